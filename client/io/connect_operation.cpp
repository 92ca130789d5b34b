#include "client/io/connect_operation.hpp"

#include <boost/system/system_error.hpp>

namespace keyslot::io {

StreamEndpoint to_stream_endpoint(Endpoint const& to, error_code& ec) {
    if (to.address.starts_with('/')) {
        try {
            return asio::local::stream_protocol::endpoint(to.address);
        } catch (boost::system::system_error const& too_long) {
            ec = too_long.code();
            return {};
        }
    }
    auto const address = asio::ip::make_address(to.address, ec);
    return ec ? StreamEndpoint{} : asio::ip::tcp::endpoint{address, to.port};
}

std::unique_ptr<TlsSession> make_tls_session(TlsContexts& contexts, Endpoint const& to,
                                             ConnectOptions const& options, error_code& ec) {
    auto context = contexts.get(*options.tls, ec);
    if (ec) {
        return nullptr;
    }
    std::string name = options.tls->server_name;
    if (name.empty()) {
        name = options.server_name;
    }
    if (name.empty() && !to.address.starts_with('/')) {
        name = to.address;
    }
    auto session = std::make_unique<TlsSession>(std::move(context), name, options.tls->verify, ec);
    return ec ? nullptr : std::move(session);
}

}  // namespace keyslot::io
