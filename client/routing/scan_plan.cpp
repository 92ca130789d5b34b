#include "client/routing/scan_plan.hpp"

#include <algorithm>
#include <utility>

namespace keyslot::routing {

using topology::slot_count;
using topology::SlotMap;
using topology::SlotRange;

namespace {

constexpr int fruitless_max = 16;
constexpr Duration rest_min = std::chrono::milliseconds(100);
constexpr Duration rest_max = std::chrono::seconds(2);

template <class Function>
void for_each_slot(topology::SlotSet const& slots, Function function) {
    for (SlotRange const& range : slots.ranges()) {
        for (std::uint32_t slot = range.first; slot <= range.last; ++slot) {
            function(static_cast<std::uint16_t>(slot));
        }
    }
}

std::string const* owner_in(ScanNodeState const& state, std::uint16_t slot) {
    for (auto const& [node, ranges] : state.others) {
        for (SlotRange const& range : ranges) {
            if (range.first <= slot && slot <= range.last) {
                return &node;
            }
        }
    }
    return nullptr;
}

std::string const* target_in(ScanNodeState const& state, std::uint16_t slot) {
    auto const found = state.migrating.find(slot);
    return found == state.migrating.end() ? nullptr : &found->second;
}

}  // namespace

void ScanPlan::learn(std::uint64_t version, std::span<topology::Shard const> shards) {
    if (version == version_) {
        return;
    }
    version_ = version;
    primaries_.clear();
    owners_.fill(SlotMap::no_shard);
    for (topology::Shard const& shard : shards) {
        auto const index = static_cast<std::uint16_t>(primaries_.size());
        primaries_.push_back(shard.primary.id);
        for (SlotRange const& range : shard.slots) {
            std::fill(owners_.begin() + range.first, owners_.begin() + range.last + 1, index);
        }
    }
    forget_lost_homes();
}

// A target that a newer topology does not have among its primaries is gone: the slot begins again.
void ScanPlan::forget_lost_homes() {
    std::erase_if(moved_, [this](auto const& moved) {
        return moved.second.version < version_ && std::find(primaries_.begin(), primaries_.end(),
                                                            moved.second.node) == primaries_.end();
    });
}

std::string const* ScanPlan::home_of(std::uint16_t slot) const {
    if (auto const moved = moved_.find(slot); moved != moved_.end()) {
        bool const known =
            std::find(primaries_.begin(), primaries_.end(), moved->second.node) != primaries_.end();
        return known ? &moved->second.node : nullptr;
    }
    std::uint16_t const owner = owners_[slot];
    // A node that only a redirection has told of has no id yet.
    return owner == SlotMap::no_shard || version_ == 0 || primaries_[owner].empty()
               ? nullptr
               : &primaries_[owner];
}

ScanPlan::Action ScanPlan::next(Instant now) {
    std::vector<SlotRange> const missing = open();
    if (missing.empty() || fruitless_ >= fruitless_max) {
        return Finished{};
    }
    Instant wake = now + rest_max;
    std::string const* last = nullptr;
    for (SlotRange const& range : missing) {
        for (std::uint32_t slot = range.first; slot <= range.last; ++slot) {
            std::string const* const home = home_of(static_cast<std::uint16_t>(slot));
            if (home == nullptr) {
                wake = std::min(wake, now + rest_min);
            } else if (home != last) {
                auto const rest = resting_.find(*home);
                if (rest == resting_.end() || rest->second.until <= now) {
                    node_ = *home;
                    return Visit{node_};
                }
                wake = std::min(wake, rest->second.until);
                last = home;
            }
        }
    }
    if (!trouble_since_) {
        trouble_since_ = now;
    }
    if (now - *trouble_since_ >= patience_) {
        return Finished{};
    }
    return Wait{wake};
}

bool ScanPlan::begun(ScanNodeState state, Instant now) {
    before_ = std::move(state);
    visited_ = {};
    if (before_.is_primary && !before_.is_cut_off) {
        for (SlotRange const& range : open()) {
            for (std::uint32_t n = range.first; n <= range.last; ++n) {
                auto const slot = static_cast<std::uint16_t>(n);
                std::string const* const home = home_of(slot);
                bool const is_here =
                    before_.owned.contains(slot) ||
                    (moved_.find(slot) != moved_.end() && before_.importing.contains(slot));
                if (home != nullptr && *home == node_ && is_here) {
                    visited_.insert({slot, slot});
                } else if (home != nullptr && *home == node_) {
                    moved_.erase(slot);  // what was to come here did not, or has gone on
                }
            }
        }
    }
    if (visited_.size() == 0) {
        failed(now);
        return false;
    }
    return true;
}

ScanPlan::Progress ScanPlan::send_on(std::uint16_t slot, std::string const& node) {
    moved_.insert_or_assign(slot, Home{node, version_});
    return Progress::moved_on;
}

// What the visit has done for the slot.
ScanPlan::Progress ScanPlan::settle(std::uint16_t slot, ScanNodeState const& after) {
    std::string const* const target_before = target_in(before_, slot);
    bool const was_importing = before_.importing.contains(slot);
    moved_.erase(slot);
    if (!after.owned.contains(slot)) {
        if (was_importing && after.importing.contains(slot)) {
            covered_.insert({slot, slot});
            return Progress::covered;
        }
        std::string const* const owner = was_importing ? nullptr : owner_in(after, slot);
        return owner != nullptr ? send_on(slot, *owner) : Progress::none;
    }
    if (std::string const* const target = target_in(after, slot)) {
        bool const one_way = target_before == nullptr || *target_before == *target;
        return one_way ? send_on(slot, *target) : Progress::none;
    }
    // It can have gone and come back in between, with some of its keys: whoever takes a slot takes a new
    // epoch, unless it has the highest already (facts, section 6). A slot that was on its way here and
    // has come to stay is not asked for that: a whole second migration within one visit would be needed.
    if (target_before != nullptr || (!was_importing && before_.epoch != after.epoch)) {
        return Progress::none;
    }
    covered_.insert({slot, slot});
    return Progress::covered;
}

void ScanPlan::ended(ScanNodeState const& state, Instant now) {
    Progress best = Progress::none;
    if (state.is_primary && !state.is_cut_off) {
        for_each_slot(visited_,
                      [&](std::uint16_t slot) { best = std::max(best, settle(slot, state)); });
    } else {
        for_each_slot(visited_, [&](std::uint16_t slot) { moved_.erase(slot); });
    }
    over(best, now);
}

void ScanPlan::failed(Instant now) { over(Progress::none, now); }

// Only a slot that is covered is a success: one that is sent to and fro between two nodes must not keep
// the scan going for ever.
void ScanPlan::over(Progress progress, Instant now) {
    if (progress == Progress::covered) {
        trouble_since_.reset();
        fruitless_ = 0;
    } else {
        fruitless_ += visited_.size() != 0 ? 1 : 0;
        trouble_since_ = trouble_since_.value_or(now);
    }
    if (progress == Progress::none) {
        Rest& rest = resting_[node_];
        rest.until = now + std::min(rest_max, rest_min * (1 << std::min(rest.failures, 8)));
        ++rest.failures;
    } else {
        resting_.erase(node_);
    }
    visited_ = {};
}

std::vector<SlotRange> ScanPlan::open() const {
    return covered_.missing_of({0, slot_count - 1}).ranges();
}

}  // namespace keyslot::routing
