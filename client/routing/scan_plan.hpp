#pragma once

#include "client/topology/slot_map.hpp"
#include "client/topology/slot_ranges.hpp"

#include <keyslot/time.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace keyslot::routing {

/// What a node says of itself and of the others at one moment (CLUSTER NODES), as far as a scan needs it.
struct ScanNodeState {
    bool is_primary = false;
    bool is_cut_off = false;  ///< it does not reach most of the primaries
    std::uint64_t epoch = 0;
    topology::SlotSet owned = {};
    topology::SlotSet importing = {};
    std::map<std::uint16_t, std::string> migrating = {};  ///< slot -> id of the target
    /// The other primaries and their slots.
    std::vector<std::pair<std::string, std::vector<topology::SlotRange>>> others = {};
};

/// Which node is scanned next, and which slots that covers, so that a key that is there all the time is
/// found at least once (client-bugs 88, 89).
///
/// A visit is a SCAN of one node from its first cursor to its last, on one connection, with the node's
/// state asked before and after. Each slot has a home: the node where those of its keys are that have not
/// been seen, at first its owner. A visit of its home has seen each key that was there from beginning to
/// end. If the slot stayed, that was all of them. If it was moving, or has moved, keys went one way only,
/// from the source to the target: the target is its home from then on, even if it has been visited before.
/// After anything else (a failover, a broken connection, a migration taken back) the slot begins again at
/// its owner.
class ScanPlan {
public:
    struct Visit {
        std::string node;  ///< id of a primary
    };
    struct Wait {  ///< and have the topology fetched
        Instant until{};
    };
    struct Finished {};  ///< open() tells what could not be covered
    using Action = std::variant<Visit, Wait, Finished>;

    /// `patience`: for so long nothing may succeed before the scan ends without the rest.
    explicit ScanPlan(Duration patience) : patience_(patience) {}

    /// The topology as the client knows it now.
    void learn(std::uint64_t version, std::span<topology::Shard const> shards);
    Action next(Instant now);

    /// The chosen node's state before its first page. False: it has none of the slots it was chosen for,
    /// and the visit is over.
    bool begun(ScanNodeState state, Instant now);
    /// A page has come. Keys of other slots than wanted ones have been returned already, or will be when
    /// their home is visited.
    void got_page() { trouble_since_.reset(); }
    bool wants(std::uint16_t slot) const { return visited_.contains(slot); }
    /// Its state after the last page.
    void ended(ScanNodeState const& state, Instant now);
    /// The visit could not be carried out, or not on one connection.
    void failed(Instant now);

    /// The slots that are not covered.
    std::vector<topology::SlotRange> open() const;

private:
    struct Home {
        std::string node;
        std::uint64_t version = 0;  // of the map when it became that
    };
    struct Rest {
        Instant until{};
        int failures = 0;
    };

    std::string const* home_of(std::uint16_t slot) const;
    void forget_lost_homes();
    enum class Progress : std::uint8_t { none, moved_on, covered };
    Progress settle(std::uint16_t slot, ScanNodeState const& state);
    Progress send_on(std::uint16_t slot, std::string const& node);
    void over(Progress progress, Instant now);

    Duration patience_;
    std::uint64_t version_ = 0;
    std::vector<std::string> primaries_;  // by shard index
    std::array<std::uint16_t, topology::slot_count> owners_{};  // index into primaries_, or none
    topology::SlotSet covered_;
    std::map<std::uint16_t, Home> moved_;  // open slots whose home is not simply their owner

    std::string node_;  // under visit
    ScanNodeState before_;
    topology::SlotSet visited_;  // slots that the visit is for
    std::map<std::string, Rest> resting_;
    std::optional<Instant> trouble_since_;
    int fruitless_ = 0;  // visits in a row
};

}  // namespace keyslot::routing
