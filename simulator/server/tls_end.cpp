#include "simulator/server/tls_end.hpp"

#include <array>

namespace keyslot::sim {

error_code TlsEnd::open(std::span<char const> received, std::string& plain, std::string& wire) {
    std::array<char, 16 * 1024> record;  // as large as they get
    session_.put_input(received);
    error_code ec;
    for (;;) {
        std::size_t size = 0;
        if (session_.read(asio::buffer(record), size, ec) != io::TlsSession::Progress::done) {
            break;
        }
        plain.append(record.data(), size);
    }
    take_output(wire);
    return ec;
}

void TlsEnd::seal(std::string_view plain, std::string& wire) {
    error_code not_yet;
    session_.write(asio::buffer(plain), not_yet);
    take_output(wire);
}

void TlsEnd::close(std::string& wire) {
    session_.shutdown();
    take_output(wire);
}

void TlsEnd::take_output(std::string& wire) {
    sealed_.clear();
    session_.take_output(sealed_);
    wire.append(sealed_.data(), sealed_.size());
}

}  // namespace keyslot::sim
