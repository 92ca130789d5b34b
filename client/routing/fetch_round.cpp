#include "client/routing/fetch_round.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <utility>

namespace keyslot::routing {

using topology::ClusterView;
using topology::HostPort;
using topology::SlotMap;

FetchRound::FetchRound(std::vector<HostPort> candidates, std::vector<HostPort> start_up)
    : candidates_(std::move(candidates)), start_up_(std::move(start_up)) {
    std::reverse(candidates_.begin(), candidates_.end());
}

std::optional<HostPort> FetchRound::next() {
    if (candidates_.empty() || heard_.size() >= views_max) {
        return std::nullopt;
    }
    HostPort node = std::move(candidates_.back());
    candidates_.pop_back();
    return node;
}

bool FetchRound::offer(SlotMap& map, HostPort const& node, ClusterView view) {
    bool const is_start_up = std::find(start_up_.begin(), start_up_.end(), node) != start_up_.end();
    all_lack_access_ = false;
    bool const kin = map.is_kin(view);
    bool const is_empty = view.is_empty();
    switch (map.apply(view, {.asked = node, .others = heard_})) {
        case SlotMap::Applied::unchanged:
        case SlotMap::Applied::replaced: return true;
        case SlotMap::Applied::partly:
        case SlotMap::Applied::refused: break;
    }
    if (is_empty) {
        KEYSLOT_SOMETIMES_RARELY("fetch.empty_view");
        note(node, "its view has no slots");
    } else if (!kin) {
        note(node, "it belongs to another cluster");
        if (is_start_up && !last_resort_) {
            last_resort_ = std::move(view);
        }
    } else if (view.from_minority) {
        KEYSLOT_SOMETIMES("fetch.minority_view");
        note(node, "it does not reach the majority of the primaries");
        if (!last_resort_) {
            last_resort_ = std::move(view);
        }
    } else {
        KEYSLOT_SOMETIMES("fetch.older_view");
        note(node, "its view is older, or wants a second witness");
        heard_.push_back(std::move(view));
    }
    return false;
}

bool FetchRound::conclude(SlotMap& map) {
    if (!heard_.empty()) {
        return true;
    }
    return last_resort_ &&
           map.apply(std::move(*last_resort_), {.last_resort = true}) != SlotMap::Applied::refused;
}

void FetchRound::note(HostPort const& node, std::string_view why) {
    problems_ += problems_.empty() ? "" : "; ";
    problems_ += to_string(node);
    problems_ += ": ";
    problems_ += why;
}

}  // namespace keyslot::routing
