#pragma once

#include <keyslot/reply.hpp>
#include <keyslot/sim/world.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace keyslot::conformance {

/// The administrator's redis-cli: one command to one node, over a connection of its own, from a
/// host of its own. Knows nothing of redirections.
class OperatorConsole {
public:
    explicit OperatorConsole(sim::World& world) : environment_(world.host("operator")) {}

    /// As with redis-cli --tls --insecure --cert, from now on.
    void speak_tls() { tls_ = TlsOptions{.verify = false, .certificate_file = "operator"}; }

    /// Throws boost::system::system_error when the node cannot be reached, std::runtime_error when
    /// what it says is no RESP.
    asio::awaitable<Reply> ask(Endpoint node, std::vector<std::string> words);

private:
    Environment& environment_;
    std::optional<TlsOptions> tls_;
};

}  // namespace keyslot::conformance
