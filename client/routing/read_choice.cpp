#include "client/routing/read_choice.hpp"

#include <algorithm>
#include <vector>

namespace keyslot::routing {
namespace {

bool takes_primary(LoadBalancingStrategy strategy) {
    return strategy == LoadBalancingStrategy::round_robin ||
           strategy == LoadBalancingStrategy::lowest_latency;
}

std::vector<std::size_t> usable_readers(LoadBalancingStrategy strategy, bool replicas_only,
                                        std::span<ReadCandidate const> candidates) {
    std::vector<std::size_t> usable;
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        bool const is_wanted =
            !candidates[n].is_primary || (takes_primary(strategy) && !replicas_only);
        if (is_wanted && !candidates[n].is_avoided) {
            usable.push_back(n);
        }
    }
    return usable;
}

// A node without a latency yet is asked first: else it would never get one.
std::size_t fastest(std::span<ReadCandidate const> candidates,
                    std::span<std::size_t const> usable) {
    return *std::min_element(usable.begin(), usable.end(), [&](std::size_t a, std::size_t b) {
        return candidates[a].latency < candidates[b].latency;
    });
}

}  // namespace

std::optional<std::size_t> choose_reader(LoadBalancingStrategy strategy, bool replicas_only,
                                         std::span<ReadCandidate const> candidates,
                                         std::uint64_t turn, std::uint64_t random) {
    std::vector<std::size_t> const usable = usable_readers(strategy, replicas_only, candidates);
    std::optional<std::size_t> primary;
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        if (candidates[n].is_primary) {
            primary = n;
        }
    }
    if (usable.empty()) {
        return replicas_only ? std::nullopt : primary;
    }
    switch (strategy) {
        case LoadBalancingStrategy::round_robin:
        case LoadBalancingStrategy::round_robin_replicas: return usable[turn % usable.size()];
        case LoadBalancingStrategy::random_replica: return usable[random % usable.size()];
        case LoadBalancingStrategy::lowest_latency: return fastest(candidates, usable);
    }
    return primary;
}

bool has_reader(LoadBalancingStrategy strategy, bool replicas_only,
                std::span<ReadCandidate const> candidates) {
    return !usable_readers(strategy, replicas_only, candidates).empty();
}

bool says_nothing(ReplyView reply) {
    if (reply.is_null()) {
        return true;
    }
    if (reply.is_aggregate()) {
        return reply.empty() || std::any_of(reply.begin(), reply.end(),
                                            [](ReplyView element) { return element.is_null(); });
    }
    switch (reply.type()) {
        case ReplyType::integer:
        case ReplyType::boolean: return reply.as_integer() == 0 || reply.as_integer() == -2;
        case ReplyType::simple_string: return reply.text() == "none";
        case ReplyType::bulk_string: return reply.text().empty();
        default: return false;
    }
}

}  // namespace keyslot::routing
