#pragma once

#include "client/topology/slot_map.hpp"

#include <keyslot/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::routing {

/// How far a node's data go, as INFO replication says.
struct ReplicationPosition {
    bool is_primary = false;
    std::uint64_t offset = 0;  ///< of what it has written, or taken over from its primary
    std::string
        history;  ///< the replication id: offsets of different ones tell nothing of each other
    friend bool operator==(ReplicationPosition const&, ReplicationPosition const&) = default;
};

/// nullopt: it is none, or of a replica that follows nobody right now.
std::optional<ReplicationPosition> parse_replication_info(std::string_view info);

/// How far each node was when it was last asked.
class ReplicationWatch {
public:
    struct Seen {
        ReplicationPosition position;
        Instant asked_at{};
    };

    /// `position` nullopt: it could not be told.
    void told(topology::HostPort const& node, std::optional<ReplicationPosition> position,
              Instant asked_at);
    /// nullptr: not known.
    Seen const* seen(topology::HostPort const& node) const;
    /// By how many bytes the replica was behind; nullopt: not known.
    std::optional<std::uint64_t> lag(topology::HostPort const& primary,
                                     topology::HostPort const& replica) const;
    void keep_only(topology::SlotMap const& map);

private:
    std::map<topology::HostPort, Seen> seen_;
};

/// What one caller has written, and so who can give it back to that caller: after a write in a slot nobody but
/// its primary, until a replica has got as far as the primary was when it was asked after the write.
class SessionMarks {
public:
    /// A write in that slot ended at that time, however it ended.
    void wrote(std::uint16_t slot, Instant at) { marks_[slot] = {.written_at = at}; }
    /// A write ended that belongs to no slot: FLUSHALL, say.
    void wrote_everywhere(Instant at) {
        marks_.clear();
        everywhere_ = at;
    }

    bool may_read(std::uint16_t slot, topology::HostPort const& primary,
                  topology::HostPort const& replica, ReplicationWatch const& watch);

private:
    struct Mark {
        Instant written_at{};
        /// Where that primary was after the write.
        std::optional<topology::HostPort> primary = std::nullopt;
        ReplicationPosition position = {};
    };

    std::map<std::uint16_t, Mark> marks_;  // by slot
    std::optional<Instant> everywhere_;
};

}  // namespace keyslot::routing
