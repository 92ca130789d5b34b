#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/endpoint.hpp"

#include <algorithm>

namespace keyslot::sim {

std::int64_t ClusterState::Impl::offset_of(Peer const& peer) {
    return &peer == &me() ? port.replication_offset() : peer.details->replication_offset;
}

/// Facts 3.4: a failed master is shown, a failed replica is not, nor one in its first
/// synchronisation.
void ClusterState::Impl::reply_slots(Arguments, Reply& reply) {
    std::span<SlotRun const> const runs = view.runs();
    reply.array(runs.size());
    std::vector<Peer const*> shown;
    for (SlotRun const& run : runs) {
        shown.assign(1, run.owner);
        for (Peer const* const replica : run.owner->replicas()) {
            if (!replica->is_failed() && offset_of(*replica) != 0) {
                shown.push_back(replica);
            }
        }
        reply.array(2 + shown.size());
        reply.integer(run.first);
        reply.integer(run.last);
        for (Peer const* const peer : shown) {
            reply_slots_node(*peer, reply);
        }
    }
}

void ClusterState::Impl::reply_slots_node(Peer const& peer, Reply& reply) {
    EndpointType const type = config.preferred_endpoint_type;
    reply.array(4);
    if (auto const endpoint = endpoint_of(type, peer)) {
        reply.bulk(*endpoint);
    } else {
        reply.null();
    }
    reply.integer(peer.port());
    reply.bulk(peer.id());
    bool const has_ip = type != EndpointType::ip;
    bool const has_hostname = type != EndpointType::hostname && !peer.details->hostname.empty();
    reply.map((has_ip ? 1u : 0u) + (has_hostname ? 1u : 0u));
    if (has_ip) {
        reply.bulk("ip");
        reply.bulk(peer.ip());
    }
    if (has_hostname) {
        reply.bulk("hostname");
        reply.bulk(peer.details->hostname);
    }
}

/// Facts 3.5: everybody is shown, by master.
void ClusterState::Impl::reply_shards(Arguments, Reply& reply) {
    std::vector<SlotRun> runs(view.runs().begin(), view.runs().end());
    std::sort(runs.begin(), runs.end(), [](SlotRun const& a, SlotRun const& b) {
        return a.owner == b.owner ? a.first < b.first : a.owner->id() < b.owner->id();
    });
    auto const is_master = [](Peer const* peer) { return peer->is_master(); };
    auto const masters = std::count_if(view.peers().begin(), view.peers().end(), is_master);
    reply.array(static_cast<std::size_t>(masters));
    auto run = runs.begin();
    for (Peer const* const master : view.peers()) {
        if (!master->is_master()) {
            continue;
        }
        run = std::find_if(run, runs.end(),
                           [&](auto const& r) { return r.owner->id() >= master->id(); });
        auto const end =
            std::find_if(run, runs.end(), [&](auto const& r) { return r.owner != master; });
        reply.map(2);
        reply.bulk("slots");
        reply.array(static_cast<std::size_t>(end - run) * 2);
        for (; run != end; ++run) {
            reply.integer(run->first);
            reply.integer(run->last);
        }
        reply.bulk("nodes");
        reply.array(1 + master->replicas().size());
        reply_shards_node(*master, reply);
        for (Peer const* const replica : master->replicas()) {
            reply_shards_node(*replica, reply);
        }
    }
}

void ClusterState::Impl::reply_shards_node(Peer const& peer, Reply& reply) {
    auto const field = [&](std::string_view key, std::string_view value) {
        reply.bulk(key);
        reply.bulk(value);
    };
    std::int64_t const offset = offset_of(peer);
    reply.map(peer.details->hostname.empty() ? 7 : 8);
    field("id", peer.id());
    reply.bulk(config.tls ? "tls-port" : "port");
    reply.integer(peer.port());
    field("ip", peer.ip());
    field("endpoint", endpoint_in_redirect(config.preferred_endpoint_type, peer));
    if (!peer.details->hostname.empty()) {
        field("hostname", peer.details->hostname);
    }
    field("role", peer.is_replica() ? "replica" : "master");
    reply.bulk("replication-offset");
    reply.integer(offset);
    bool const is_loading = peer.is_replica() && offset == 0;
    field("health", peer.is_failed() ? "fail" : is_loading ? "loading" : "online");
}

}  // namespace keyslot::sim
