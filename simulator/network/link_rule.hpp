#pragma once

#include "simulator/kernel/event.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace keyslot::sim {

/// A host is an actor of the kernel.
using HostId = ActorId;

enum class ConnectFate : std::uint8_t { accept, refuse, black_hole };

/// How a link, from one host to another, is different while the rule is in force. What a rule leaves
/// open, the next one decides, in the order they were added; last come the link's own latency and jitter.
struct LinkRule {
    std::vector<HostId> from;  ///< empty: any host
    std::vector<HostId> to;  ///< empty: any host
    /// Bytes of streams stay under way until the rule is gone (TCP sends them again).
    std::optional<bool> hold_streams = std::nullopt;
    /// Messages of the cluster bus are lost.
    std::optional<bool> drop_bus = std::nullopt;
    std::optional<ConnectFate> connects = std::nullopt;
    std::optional<Duration> latency = std::nullopt;
    std::optional<Duration> jitter = std::nullopt;
    /// Streams take so much longer; the bus and connects do not.
    std::optional<Duration> stream_delay = std::nullopt;
    /// Bytes arrive at most so many at a time.
    std::optional<std::size_t> bytes_at_once = std::nullopt;

    static LinkRule cut(std::vector<HostId> from, std::vector<HostId> to);
};

/// All rules, and each link's own latency, taken together.
struct LinkState {
    bool hold_streams = false;
    bool drop_bus = false;
    ConnectFate connects = ConnectFate::accept;
    Duration latency{};
    Duration jitter{};
    Duration stream_delay{};
    std::size_t bytes_at_once = 0;  ///< 0: all
};

class LinkRules {
public:
    using Id = std::uint64_t;

    Id add(LinkRule rule);
    void remove(Id rule) { rules_.erase(rule); }
    bool empty() const { return rules_.empty(); }

    /// `own` with all that the rules say about this link.
    LinkState apply(HostId from, HostId to, LinkState const& own) const;

private:
    std::map<Id, LinkRule> rules_;  // in the order they were added
    Id last_ = 0;
};

}  // namespace keyslot::sim
