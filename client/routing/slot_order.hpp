#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace keyslot::routing {

/// The order of calls within each slot: who waits behind whom. A call is named by its sequence, a number that is
/// greater the later it was submitted.
///
/// A call that may yet have to be sent, or sent again, is noted with stand(); those of its slot that were
/// submitted after it are then held, until it has gone (leave()).
class SlotOrder {
public:
    /// Whom a call stops that stands in the way.
    enum class Stops : std::uint8_t {
        all,
        writes,  ///< it is a read that will probably be answered: other reads may overtake it
    };

    /// Whether the call has to wait behind an earlier one of its slot.
    bool must_hold(std::uint16_t slot, std::uint64_t sequence, bool reads) const {
        return !slots_.empty() && is_stopped(slot, sequence, reads);
    }
    /// From now on it stops later calls of its slot. A second time changes nothing.
    void stand(std::uint16_t slot, std::uint64_t sequence, Stops stops);
    /// It waits for release(), and stops later calls meanwhile. `ticket`: what release() calls it.
    void hold(std::uint16_t slot, std::uint64_t sequence, bool reads, std::uint64_t ticket);
    /// It stops nobody any more, and is not held. One that is not known changes nothing.
    void leave(std::uint16_t slot, std::uint64_t sequence);
    /// The first call held in that slot, if nothing stops it any more: it leaves, and may go. To be asked
    /// again, once that call has gone, until nullopt.
    std::optional<std::uint64_t> release(std::uint16_t slot);

    /// Nobody stands in anybody's way.
    bool empty() const { return slots_.empty(); }

private:
    struct Held {
        std::uint64_t ticket;
        bool reads;
    };
    struct Slot {
        std::set<std::uint64_t> stop_writes;  // all that stand or are held
        std::set<std::uint64_t> stop_reads;
        std::map<std::uint64_t, Held> held;
    };

    bool is_stopped(std::uint16_t slot, std::uint64_t sequence, bool reads) const;

    std::map<std::uint16_t, Slot> slots_;  // those in which somebody stands
};

}  // namespace keyslot::routing
