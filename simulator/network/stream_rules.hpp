#pragma once

#include "client/protocol/resp_parser.hpp"
#include "simulator/network/link_rule.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Streams break once so much of what goes from `from` to `to` has been delivered, counted on each
/// stream since the rule is in force: so many replies, and then so many bytes more.
struct CutRule {
    std::vector<HostId> from;  ///< empty: any host
    std::vector<HostId> to;    ///< empty: any host
    std::uint64_t replies = 0;
    std::uint64_t bytes = 0;
    std::optional<std::uint64_t> streams = std::nullopt;  ///< it breaks so many; nullopt: all
};

/// Something on the way forgets streams on which nothing was sent for a while, as firewalls do.
struct IdleRule {
    std::vector<HostId> from;  ///< empty: any host
    std::vector<HostId> to;    ///< empty: any host; both directions
    Duration after{};
    /// What comes next on such a stream: a reset; or nothing gets through while the rule is in force.
    bool reset = false;
};

/// What one direction of one stream may still deliver under one CutRule.
class CutCounter {
public:
    explicit CutCounter(CutRule const& rule) : replies_(rule.replies), bytes_(rule.bytes) {}

    /// How many of the bytes may be delivered.
    std::size_t admit(std::string_view bytes);
    bool is_used_up() const { return replies_ == 0 && bytes_ == 0; }

private:
    /// How many of the bytes belong to replies that are still to be counted.
    std::size_t count_replies(std::string_view bytes);

    std::uint64_t replies_;
    std::uint64_t bytes_;
    std::string pending_;  // of a reply that is not complete
    protocol::RespParser parser_;
};

/// The rules for single streams, which LinkRules know nothing of.
class StreamRules {
public:
    using Id = std::uint64_t;

    Id add(CutRule rule);
    Id add(IdleRule rule);
    void remove(Id rule);
    bool has_cuts() const { return !cuts_.empty(); }
    bool has_idles() const { return !idles_.empty(); }
    bool is_in_force(Id rule) const { return cuts_.contains(rule) || idles_.contains(rule); }

    /// Counts a delivery by every rule for that direction. Cuts the bytes short; true: the stream
    /// breaks after them.
    bool deliver(HostId from, HostId to, std::map<Id, CutCounter>& counters, std::string& bytes);
    /// The rule, if any, by which a stream that was idle for so long has been forgotten.
    struct Forgotten {
        Id by = 0;
        bool reset = false;
    };
    std::optional<Forgotten> forgets(HostId from, HostId to, Duration idle) const;

private:
    std::map<Id, CutRule> cuts_;  // in the order they were added
    std::map<Id, IdleRule> idles_;
    Id last_ = 0;
};

}  // namespace keyslot::sim
