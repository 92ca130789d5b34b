#pragma once

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/network/bus.hpp"
#include "simulator/network/network.hpp"
#include "simulator/network/tls_handshake.hpp"
#include "simulator/node/bind_addresses.hpp"
#include "simulator/node/node.hpp"
#include "simulator/world/node_clock.hpp"
#include "simulator/world/routing_log.hpp"
#include "simulator/world/session_taps.hpp"
#include "simulator/world/triggers.hpp"

#include <keyslot/sim/execution_log.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// What all servers of a world share.
struct WorldParts {
    Kernel& kernel;
    Network& network;
    Bus& bus;
    ExecutionLog& executions;
    RoutingLog& routing;
    bool& record_executions;
    SessionTaps& taps;
    Triggers& triggers;
    std::int64_t unix_time_origin_ms;
};

/// A node on its host: what joins Node, which does no I/O, to the simulated network, and what remains
/// when the node crashes.
class NodeServer final : private NodeHost, private Acceptor, private BusReceiver {
public:
    struct Place {
        std::size_t cluster = 0;
        std::size_t index = 0;  // in the cluster
        HostId host = 0;
    };
    /// `presets` must outlive the server; empty: it starts out knowing itself alone.
    NodeServer(WorldParts parts, Place place, NodeConfig config,
               std::vector<ClusterState::Preset> const& presets, Random random);
    ~NodeServer() override;

    /// From the next connection on. No port: who does not is welcome as well.
    void speak_tls(std::optional<TlsPort> port) {
        speaks_tls_ = true;
        tls_port_ = std::move(port);
    }
    void start();
    void crash(HostState how);
    void restart(bool keep_data);
    void skew_clock(ClockSkew const& skew);
    Duration clock_error() const { return clock_.wall_error(parts_.kernel.now()); }
    void change_address(std::string ip);
    /// Every command that comes over a session keeps the whole node busy for so long; zero: none does.
    void take_per_command(Duration time) { per_command_ = time; }
    /// Sends bytes of nobody's asking on the sessions opened from these addresses; `sent` hears which.
    void push(std::string_view bytes, std::vector<std::string> const& peers,
              std::function<void(SessionTap::Session const&)> const& sent);
    /// For triggers that wait for a change of role or of the cluster's state.
    void note_state();

    bool is_up() const { return node_ != nullptr; }
    Node* node() { return node_.get(); }
    Place const& place() const { return place_; }
    NodeConfig const& config() const { return config_; }
    Endpoint const& address() const { return address_; }
    /// Where it accepts clients; port 0: nowhere.
    Endpoint const& listening() const { return listening_; }
    Kernel& kernel() { return parts_.kernel; }
    Network& network() { return parts_.network; }

private:
    class Session;
    class Link;

    Instant now() override { return clock_.at(parts_.kernel.now()); }
    std::int64_t unix_time_ms() override { return clock_.unix_time_ms(parts_.kernel.now()); }
    Random& random() override { return random_; }
    void wake_at(Instant at, bool background) override;
    void send_to_session(SessionId session, std::string_view bytes) override;
    std::size_t unsent_bytes(SessionId session) override;
    void close_session(SessionId session) override;
    bool listen_on(std::string_view bind, std::uint16_t port) override;
    void open_link(LinkId link, std::string_view ip, std::uint16_t port) override;
    void send_to_link(LinkId link, std::string_view bytes) override;
    void close_link(LinkId link) override;
    void send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) override;
    void shut_down() override;
    void executed(Execution const& execution) override;
    void refused(Refusal const& refusal) override;

    void on_accept(StreamEnd end, Endpoint const& peer) override;
    void on_bus(BusMessage const& message) override {
        node_->on_bus(message);
        note_state();
    }

    void listen();
    BindOutcome bind_to(std::string_view addresses) const;
    void schedule_wake();
    RoutingLog::Place routing_place(SessionId session) const;
    void be_busy(SessionId session, std::size_t commands);
    void finish_work();
    std::unique_ptr<TlsAcceptor> acceptor() const;
    Session* find_session(SessionId session);
    void forget_session(SessionId session);
    std::unique_ptr<Link> take_link(LinkId link);

    WorldParts parts_;
    Place place_;
    NodeConfig config_;
    Endpoint address_;
    Endpoint listening_;  // differs from address_ after CONFIG SET port
    bool speaks_tls_ = false;
    std::optional<TlsPort> tls_port_;
    bool hears_ = false;  // on listening_: there is a port, and `bind` covers the address
    Endpoint bus_address_;
    std::vector<ClusterState::Preset> const& presets_;
    Random random_;
    NodeClock clock_;
    std::uint64_t incarnation_ = 0;
    std::shared_ptr<Node::Saved const> saved_;

    Duration per_command_{};
    EventId busy_;  // its end
    EventId ending_;  // of a process that has shut down
    SessionId busy_with_ = 0;

    EventId wake_;
    Instant wake_time_{};  // by the node's own clock
    bool wake_background_ = false;
    // Ids count from 1, as in Redis: the place of session n is n - 1.
    std::vector<std::unique_ptr<Session>> sessions_;
    std::map<LinkId, std::unique_ptr<Link>> links_;
    std::unique_ptr<Node> node_;
};

}  // namespace keyslot::sim
