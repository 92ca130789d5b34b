#include "client/routing/slot_order.hpp"

namespace keyslot::routing {

bool SlotOrder::is_stopped(std::uint16_t slot, std::uint64_t sequence, bool reads) const {
    auto const found = slots_.find(slot);
    if (found == slots_.end()) {
        return false;
    }
    auto const& stopping = reads ? found->second.stop_reads : found->second.stop_writes;
    return !stopping.empty() && *stopping.begin() < sequence;
}

void SlotOrder::stand(std::uint16_t slot, std::uint64_t sequence, Stops stops) {
    Slot& order = slots_[slot];
    order.stop_writes.insert(sequence);
    if (stops == Stops::all) {
        order.stop_reads.insert(sequence);
    }
}

void SlotOrder::hold(std::uint16_t slot, std::uint64_t sequence, bool reads, std::uint64_t ticket) {
    stand(slot, sequence, Stops::all);
    slots_[slot].held.emplace(sequence, Held{ticket, reads});
}

void SlotOrder::leave(std::uint16_t slot, std::uint64_t sequence) {
    auto const found = slots_.find(slot);
    if (found == slots_.end()) {
        return;
    }
    Slot& order = found->second;
    order.stop_writes.erase(sequence);
    order.stop_reads.erase(sequence);
    order.held.erase(sequence);
    if (order.stop_writes.empty()) {
        slots_.erase(found);
    }
}

std::optional<std::uint64_t> SlotOrder::release(std::uint16_t slot) {
    auto const found = slots_.find(slot);
    if (found == slots_.end() || found->second.held.empty()) {
        return std::nullopt;
    }
    auto const [sequence, call] = *found->second.held.begin();
    if (is_stopped(slot, sequence, call.reads)) {
        return std::nullopt;
    }
    leave(slot, sequence);
    return call.ticket;
}

}  // namespace keyslot::routing
