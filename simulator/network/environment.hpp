#pragma once

#include "simulator/kernel/kernel.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/network/network.hpp"

#include <keyslot/environment.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::sim {

/// The outside as a program on one simulated host sees it. Of TLS there is the handshake (TlsPort), and behind it
/// plain bytes. There are no unix sockets.
class SimEnvironment final : public Environment {
public:
    /// `limits` bound what block_on() may take.
    SimEnvironment(Network& network, HostId host, Random random, RunLimits limits = {});
    ~SimEnvironment() override;

    asio::any_io_executor get_executor() override;
    Instant now() const override { return network_.kernel().now(); }
    std::unique_ptr<Timer> make_timer() override;
    void post(UniqueFunction<void()> work) override;
    void resolve(std::string host, ResolveHandler handler) override;
    void connect(Endpoint const& to, ConnectOptions options, ConnectHandler handler) override;
    std::uint64_t random() override { return random_.next(); }
    /// Throws HangError as Kernel::drive() does.
    void block_on(UniqueFunction<void(Completion)> start) override;

    HostId host() const { return host_; }

private:
    class Handshake;

    EventTag tag(EventKind kind) const { return {.kind = kind, .actor = host_}; }

    Network& network_;
    HostId host_;
    Random random_;
    RunLimits limits_;
    std::vector<std::unique_ptr<Handshake>> handshakes_;
};

}  // namespace keyslot::sim
