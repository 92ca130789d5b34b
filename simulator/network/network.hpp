#pragma once

#include "simulator/kernel/kernel.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/network/connection.hpp"
#include "simulator/network/link_rule.hpp"
#include "simulator/network/names.hpp"
#include "simulator/network/stream_rules.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/sim/fault.hpp>
#include <keyslot/unique_function.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

struct NetworkOptions {
    /// One-way, of links between hosts that say nothing else.
    Duration latency = std::chrono::microseconds{100};
    /// Up to this much is added, drawn for each segment.
    Duration jitter{};
    /// A write is taken over when no more than this is under way on its stream: socket buffers.
    std::size_t window_bytes = 1024 * 1024;
};

struct HostOptions {
    std::string name;
    std::string ip;
    /// Of all its links; of two hosts' latencies the larger counts, and so with jitter.
    std::optional<Duration> latency = std::nullopt;
    std::optional<Duration> jitter = std::nullopt;
    /// No latency to any other host: a bridge to real sockets.
    bool local = false;
};

/// What happens to peers of a host that crashes, and to whoever connects to it until it is back.
enum class HostState : std::uint8_t {
    up,
    process_down,  ///< the operating system is there: streams are reset, connects refused
    power_down,  ///< nobody answers, and nobody was told
};

/// Takes the connections made to one endpoint.
class Acceptor {
public:
    virtual ~Acceptor() = default;
    virtual void on_accept(StreamEnd end, Endpoint const& peer) = 0;
};

/// The hosts, and what carries bytes between them: connections with the timing and the faults of their
/// links. Everything happens in events of the kernel.
class Network final : public WaitSource {
public:
    using ConnectHandler = UniqueFunction<void(error_code, StreamEnd)>;
    using ConnectId = std::uint64_t;

    Network(Kernel& kernel, Random random, NetworkOptions options = {});
    ~Network() override;

    Kernel& kernel() { return kernel_; }
    Kernel const& kernel() const { return kernel_; }
    NameTable& names() { return names_; }

    // Hosts.

    /// The host's name is bound to its address. Several hosts may share an address.
    HostId add_host(HostOptions options);
    /// nullopt: no such host.
    std::optional<HostId> find_host(std::string_view name) const;
    /// The first host with that address; nullopt: none.
    std::optional<HostId> find_address(std::string_view ip) const;
    std::string const& host_name(HostId host) const { return kernel_.actor_name(host); }
    std::string const& host_ip(HostId host) const { return hosts_[host].options.ip; }
    /// The process ends (an up host's connections with it) and nobody listens there any more.
    void crash(HostId host, HostState state);
    /// Up again; whoever serves there must listen() again.
    void restart(HostId host);
    /// From now on the host, its name and whoever serves there are at that address; its streams break.
    /// Whoever serves there must listen() again.
    void move_host(HostId host, std::string ip);
    HostState host_state(HostId host) const { return hosts_[host].state; }
    bool has_power(HostId host) const { return hosts_[host].state != HostState::power_down; }

    // Connections.

    /// `acceptor` must live until close_listener(), or the host's crash.
    void listen(HostId host, Endpoint const& at, Acceptor& acceptor);
    void close_listener(Endpoint const& at);
    bool is_listened_on(Endpoint const& at) const;
    /// Answers once: a stream, connection_refused, host_unreachable or timed_out (at `deadline`, none if
    /// it is the origin; or when the repeated attempts are used up, after 127 s). `background`: what
    /// happens on this connection is no sign of life for the kernel.
    ConnectId connect(HostId from, Endpoint const& to, Instant deadline, bool background,
                      ConnectHandler handler);
    /// What a SYN would meet that arrives now; an address that nobody has is a black hole.
    ConnectFate fate_of_connect(HostId from, Endpoint const& to) const;
    /// Grows whenever fate_of_connect() may have another answer.
    std::uint64_t changes() const { return changes_; }
    /// Drops the handlers of all that are under way.
    void drop_connects();
    /// Drops the handler, if it has not been called.
    void cancel_connect(ConnectId connect);

    // Links and faults.

    Fault add_rule(LinkRule rule);
    Fault add_rule(CutRule rule) { return add_stream_rule(std::move(rule)); }
    Fault add_rule(IdleRule rule) { return add_stream_rule(std::move(rule)); }
    /// Resets the connections between these hosts; an empty list is every host.
    void reset_streams(std::vector<HostId> const& from, std::vector<HostId> const& to);
    LinkState link(HostId from, HostId to) const {
        LinkState const own = own_link(from, to);
        return rules_.empty() || from == to ? own : rules_.apply(from, to, own);
    }
    /// How long something takes that is sent now.
    Duration draw_delay(HostId from, HostId to) {
        LinkState const state = link(from, to);
        return state.jitter > Duration{} ? state.latency + draw_jitter(state.jitter)
                                         : state.latency;
    }
    /// The same for bytes of a stream.
    Duration draw_stream_delay(HostId from, HostId to) {
        Duration const delay = draw_delay(from, to);
        return rules_.empty() ? delay : delay + link(from, to).stream_delay;
    }
    bool carries_streams(HostId from, HostId to) const {
        return !link(from, to).hold_streams && has_power(to);
    }

    std::size_t window_bytes() const { return options_.window_bytes; }
    std::size_t connection_count() const { return connections_.size(); }
    void describe_waits(std::vector<std::string>& lines) const override;

    // For Connection.
    StreamRules& stream_rules() { return stream_rules_; }
    void forget(Connection& connection) { connections_.erase(connection.number()); }
    std::string& delivery_buffer() { return delivery_buffer_; }

private:
    struct Host {
        HostOptions options;
        HostState state = HostState::up;
        std::uint16_t last_port = 32767;
    };
    struct Service {
        HostId host = 0;
        Acceptor* acceptor = nullptr;  // nullptr: nobody listens
    };
    struct Attempt {
        HostId from = 0;
        Endpoint to;
        bool background = false;
        int tries = 0;
        EventId step;
        EventId deadline;
        ConnectHandler handler;
    };

    LinkState own_link(HostId from, HostId to) const {
        Host const& a = hosts_[from];
        Host const& b = hosts_[to];
        if (a.options.local || b.options.local) {
            return {};
        }
        return {.latency = std::max(a.options.latency.value_or(options_.latency),
                                    b.options.latency.value_or(options_.latency)),
                .jitter = std::max(a.options.jitter.value_or(options_.jitter),
                                   b.options.jitter.value_or(options_.jitter))};
    }
    Duration draw_jitter(Duration most);
    void links_changed();
    template <class Rule>
    Fault add_stream_rule(Rule rule) {
        StreamRules::Id const id = stream_rules_.add(std::move(rule));
        return Fault{[this, id] {
            stream_rules_.remove(id);
            links_changed();
        }};
    }

    std::optional<HostId> host_at(Endpoint const& at) const;
    void schedule_step(ConnectId number, HostId actor, Duration after,
                       void (Network::*step)(ConnectId));
    void knock(ConnectId number);
    void knock_again(ConnectId number);
    void refuse(ConnectId number);
    void give_up_unreachable(ConnectId number);
    void time_out(ConnectId number);
    void establish(ConnectId number, HostId to);
    void finish(ConnectId number, error_code ec, StreamEnd end);
    Endpoint next_client_address(HostId host);

    Kernel& kernel_;
    Random random_;
    NetworkOptions options_;
    NameTable names_;
    std::vector<Host> hosts_;  // by HostId; actors that are no hosts have an unused place
    std::map<std::string, HostId, std::less<>> hosts_by_name_;
    LinkRules rules_;
    StreamRules stream_rules_;
    std::map<Endpoint, Service> services_;
    std::map<ConnectId, Attempt> attempts_;
    ConnectId last_attempt_ = 0;
    std::uint64_t changes_ = 0;
    std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::uint64_t last_connection_ = 0;
    std::string delivery_buffer_;
};

}  // namespace keyslot::sim
