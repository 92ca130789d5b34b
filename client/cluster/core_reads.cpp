// Reads that replicas may answer.
#include "client/cluster/core.hpp"
#include "client/cluster/nodes.hpp"

namespace keyslot::detail {

NodeLink* ClusterCore::reader_for(Call& call, std::uint16_t shard) {
    topology::Shard const& nodes = map_.shards()[shard];
    NodeLink& primary = link_to(nodes.primary.address);
    std::vector<routing::ReadCandidate> candidates = read_candidates(nodes, primary);
    auto const chosen = reads_.choose(shard, nodes, call.route.slot, call.session.get(), candidates,
                                      now(), environment_->random());
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

std::vector<routing::ReadCandidate> ClusterCore::read_candidates(topology::Shard const& nodes,
                                                                 NodeLink const& primary) const {
    std::vector<routing::ReadCandidate> candidates;
    candidates.push_back(
        {.is_primary = true, .is_avoided = primary.resting(), .latency = primary.latency()});
    for (topology::Node const& replica : nodes.replicas) {
        candidates.push_back(candidate(replica));
    }
    return candidates;
}

// Of a read that its primary has not answered. Reads leave that alone for a while.
bool ClusterCore::goes_to_replica(Call const& call, NodeLink const& link) {
    std::uint16_t const shard = map_.shard_of(call.route.slot);
    bool const is_by_map = call.may_ask_replicas && !call.node && !call.next.to;
    if (!is_by_map || call.by_replica || shard == topology::SlotMap::no_shard ||
        map_.shards()[shard].primary.address != link.address()) {
        return false;
    }
    reads_.refused(link.address(), now());
    topology::Shard const& nodes = map_.shards()[shard];
    std::vector<routing::ReadCandidate> candidates = read_candidates(nodes, link);
    return reads_.has_reader(nodes, call.route.slot, call.session.get(), candidates, now());
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

// What its connection and the caller say of it.
routing::ReadCandidate ClusterCore::candidate(topology::Node const& replica) const {
    auto const found = read_links_.find(replica.address);
    NodeLink const* const link = found == read_links_.end() ? nullptr : found->second.get();
    bool const is_unwanted =
        options_.replica_filter && !options_.replica_filter(public_node(replica));
    return {.is_avoided = is_unwanted || (link != nullptr && link->resting()),
            .latency = link == nullptr ? Duration{0} : link->latency()};
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
