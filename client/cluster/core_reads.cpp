// Reads that replicas may answer.
#include "client/cluster/core.hpp"
#include "client/cluster/nodes.hpp"
#include "client/routing/read_choice.hpp"

namespace keyslot::detail {

namespace {

// A replica that refused or was lost is left alone for so long: a full resynchronisation takes seconds.
constexpr Duration avoidance = std::chrono::seconds{1};

}  // namespace

NodeLink* ClusterCore::reader_for(Call& call, std::uint16_t shard) {
    topology::Shard const& nodes = map_.shards()[shard];
    std::vector<routing::ReadCandidate> candidates;
    NodeLink& primary = link_to(nodes.primary.address);
    candidates.push_back(
        {.is_primary = true, .is_avoided = primary.resting(), .latency = primary.latency()});
    for (topology::Node const& replica : nodes.replicas) {
        auto const link = read_links_.find(replica.address);
        candidates.push_back(
            {.is_avoided = is_avoided(replica) || is_behind(call, nodes, replica),
             .latency = link == read_links_.end() ? Duration{0} : link->second->latency()});
    }
    auto const strategy =
        options_.load_balancing_strategy.value_or(LoadBalancingStrategy::round_robin);
    auto const chosen = routing::choose_reader(strategy, options_.replicas_only, candidates,
                                               read_turns_[shard]++, environment_->random());
    if (!chosen) {
        return nullptr;
    }
    if (*chosen == 0) {
        return &primary;
    }
    call.by_replica = true;
    ++stats_.replica_reads;
    return &read_link_to(nodes.replicas[*chosen - 1].address);
}

// Not the shared link: a connection that has said READONLY would go on serving reads after its master has
// become a replica, when calls for a master must be told so.
NodeLink& ClusterCore::read_link_to(topology::HostPort const& address) {
    std::shared_ptr<NodeLink>& link = read_links_[address];
    if (!link) {
        link = std::make_shared<NodeLink>(*this, address, LinkUse{.read_only = true});
    }
    return *link;
}

bool ClusterCore::is_avoided(topology::Node const& replica) const {
    auto const refused = avoided_until_.find(replica.address);
    auto const link = read_links_.find(replica.address);
    return replica.health != topology::Health::online ||
           (refused != avoided_until_.end() && now() < refused->second) ||
           (link != read_links_.end() && link->second->resting()) ||
           (options_.replica_filter && !options_.replica_filter(public_node(replica)));
}

void ClusterCore::avoid(topology::HostPort const& replica) {
    Instant const time = now();
    std::erase_if(avoided_until_, [time](auto const& entry) { return entry.second <= time; });
    avoided_until_[replica] = time + avoidance;
}

std::vector<std::shared_ptr<NodeLink>> ClusterCore::all_links() const {
    std::vector<std::shared_ptr<NodeLink>> links;
    for (auto const* shared : {&links_, &read_links_}) {
        for (auto const& [address, link] : *shared) {
            links.push_back(link);
        }
    }
    for (auto const& weak : private_links_) {
        if (auto link = weak.lock()) {
            links.push_back(std::move(link));
        }
    }
    return links;
}

}  // namespace keyslot::detail
