#pragma once

#include <keyslot/environment.hpp>

#include <boost/asio/ssl/context.hpp>

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <tuple>

namespace keyslot::io {

/// TLS contexts by what they are made from: reading a trust store costs milliseconds, a cluster has many
/// connections, and they all share one.
class TlsContexts {
public:
    /// The context for `options`; null, with `ec` set, when one of its files cannot be used.
    std::shared_ptr<asio::ssl::context> get(TlsOptions const& options, error_code& ec);

private:
    // With the files' times: a certificate renewed on disk is taken up by the next connection.
    using FileTimes = std::array<std::filesystem::file_time_type, 3>;
    using Key = std::tuple<bool, std::string, std::string, std::string>;
    struct Entry {
        FileTimes times;
        std::shared_ptr<asio::ssl::context> context;
    };

    std::map<Key, Entry> entries_;
};

}  // namespace keyslot::io
