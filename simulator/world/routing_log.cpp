#include "simulator/world/routing_log.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace keyslot::sim {
namespace {

bool same_word(std::string_view word, std::string_view upper) {
    return std::ranges::equal(word, upper, [](char a, char b) {
        return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
    });
}

/// "MOVED 7 10.0.0.1:7000" -> 7
std::optional<std::uint16_t> slot_of(std::string_view error) {
    std::size_t const space = error.find(' ');
    if (space == std::string_view::npos) {
        return std::nullopt;
    }
    std::uint16_t slot = 0;
    auto const [end, problem] =
        std::from_chars(error.data() + space + 1, error.data() + error.size(), slot);
    return problem == std::errc{} ? std::optional(slot) : std::nullopt;
}

}  // namespace

bool RoutingLog::tells_topology(std::span<std::string_view const> arguments) {
    return arguments.size() == 2 && same_word(arguments[0], "CLUSTER") &&
           (same_word(arguments[1], "SHARDS") || same_word(arguments[1], "SLOTS") ||
            same_word(arguments[1], "NODES"));
}

void RoutingLog::opened(Place const& place, std::string peer) {
    opened_.push_back({place, std::move(peer)});
}

void RoutingLog::told(Place const& place, ClusterState const& view) {
    told_.push_back({place, std::make_shared<View const>(View{view.claims(), view.followings()})});
}

void RoutingLog::refused(Place const& place, Refusal const& refusal, ClusterState const& view) {
    Refused& record = refused_.emplace_back();
    record.place = place;
    record.error = refusal.error;
    record.words.assign(refusal.arguments.begin(), refusal.arguments.end());
    bool const is_ask = refusal.error.starts_with("ASK ");
    std::optional<std::uint16_t> const slot =
        is_ask || refusal.error.starts_with("MOVED ") ? slot_of(refusal.error) : std::nullopt;
    if (!slot) {
        return;
    }
    auto const claim = view.claim_on(*slot);
    record.kind = is_ask ? Kind::ask : Kind::moved;
    record.slot = *slot;
    record.epoch = claim ? claim->epoch : 0;
    record.target = is_ask ? view.migrating_to(*slot) : claim ? claim->owner : NodeId{};
}

void RoutingLog::clear() {
    opened_.clear();
    told_.clear();
    refused_.clear();
}

}  // namespace keyslot::sim
