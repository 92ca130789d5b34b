// Which connection a call goes out on, and where nodes are.
#include "client/cluster/core.hpp"

#include "client/cluster/client_side_cache.hpp"
#include "client/protocol/block_time.hpp"
#include "client/protocol/resp_writer.hpp"

#include <chrono>
#include <utility>

namespace keyslot::detail {

NodeLink* ClusterCore::link_for(Call& call) {
    call.by_replica = false;
    if (call.node) {
        return &link_to(address_of(*call.node));
    }
    if (call.next.to) {
        return &link_to(*call.next.to);
    }
    if (lacks_coverage()) {
        return nullptr;
    }
    if (call.route.kind != CommandRoute::Kind::slot) {
        return some_primary();
    }
    std::uint16_t const shard = map_.shard_of(call.route.slot);
    if (shard == topology::SlotMap::no_shard) {
        return nullptr;
    }
    if (shard_links_version_ != map_.version()) {
        shard_links_.assign(map_.shards().size(), nullptr);
        reads_.restart(map_.shards().size());
        shard_links_version_ = map_.version();
    }
    if (call.may_ask_replicas) {
        return reader_for(call, shard);
    }
    NodeLink*& link = shard_links_[shard];
    if (link == nullptr) {
        link = &link_to(map_.shards()[shard].primary.address);
    }
    return link;
}

NodeLink& ClusterCore::link_to(topology::HostPort const& address) {
    std::shared_ptr<NodeLink>& link = links_[address];
    if (!link) {
        link = std::make_shared<NodeLink>(*this, address);
        link->set_owner(cache_.get());
    }
    return *link;
}

std::shared_ptr<NodeLink> ClusterCore::make_private_link(topology::HostPort const& address,
                                                         LinkUse use) {
    use.is_private = true;
    auto link = std::make_shared<NodeLink>(*this, address, use);
    std::erase_if(private_links_, [](auto const& weak) { return weak.expired(); });
    private_links_.push_back(link);
    return link;
}

// An id stays when an address changes; a node that the map does not list is where it was said to be.
topology::HostPort ClusterCore::address_of(ClusterNode const& node) const {
    if (!node.id.empty()) {
        for (topology::Shard const& shard : map_.shards()) {
            if (shard.primary.id == node.id) {
                return shard.primary.address;
            }
            for (topology::Node const& replica : shard.replicas) {
                if (replica.id == node.id) {
                    return replica.address;
                }
            }
        }
    }
    return {node.host, node.port};
}

// Any primary will do for a command without keys: one that does not rest, if there is one.
NodeLink* ClusterCore::some_primary() {
    auto const shards = map_.shards();
    if (shards.empty()) {
        return nullptr;
    }
    std::size_t const first = static_cast<std::size_t>(environment_->random() % shards.size());
    NodeLink* chosen = nullptr;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        topology::Shard const& shard = shards[(first + i) % shards.size()];
        if (shard.slots.empty()) {
            continue;
        }
        NodeLink& link = link_to(shard.primary.address);
        if (!link.resting()) {
            return &link;
        }
        chosen = &link;
    }
    return chosen;
}

// A call that blocks would hold up all others on the shared link. That one is opened all the same: it
// tells whether the node is there, which a blocked connection cannot. nullptr: the call has gone on.
NodeLink* ClusterCore::own_link_for(Call& call, NodeLink& shared) {
    std::string why = "the node could not be reached a moment ago";
    if (shared.resting()) {
        on_attempt_failed(call, shared, false, why);
        return nullptr;
    }
    shared.open();
    call.own_link = pool_.take(shared.address(), why);
    if (!call.own_link) {
        refuse(call, shared, why);
        return nullptr;
    }
    if (call.route.block && call.route.block->milliseconds >= 0 && call.machine->attempts() > 1) {
        // Of the time it was given, what is left (client-bugs 85).
        CommandRoute::Block const& block = *call.route.block;
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(call.block_until - now());
        protocol::replace_word(
            call.encoded, block.word,
            protocol::block_word({.word = block.word, .in_seconds = block.in_seconds, .time = left},
                                 left));
    }
    return call.own_link.get();
}

void ClusterCore::give_back_link(Call& call) {
    if (call.own_link) {
        pool_.give_back(std::move(call.own_link), true);
        call.own_link = nullptr;
    }
}

}  // namespace keyslot::detail
