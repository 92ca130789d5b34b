#pragma once

#include "simulator/runner/oracle.hpp"
#include "simulator/world/routing_log.hpp"

#include <functional>
#include <string>
#include <vector>

namespace keyslot::sim {

/// What the routing of a run is judged by.
struct RoutingContext {
    /// Of the cluster's nodes by index, as they are at the end. What was named by another id is not judged.
    std::vector<NodeId> node_ids;
    /// Addresses of the clients' hosts.
    std::vector<std::string> clients;
    /// Reads may go to a replica of whoever has been named.
    bool reads_from_replicas = false;
    /// Every node could be reached all the time: only slots have moved, if anything.
    bool is_undisturbed = false;
    /// From then on a client may know less than one before it on its host.
    Instant renewed = Instant::max();
};

/// Checks where calls with a key went, by what nodes had told that very client before.
///
/// goes-by-its-map: without ASKING a call reaches only nodes that have been named to its client as the owner
/// of its slot, in a topology or by MOVED (a read also their replicas, if the client reads from them). ASK
/// names nobody: it is good for one command.
///
/// follows-redirections: a call that was refused with MOVED or ASK and comes again comes where it was sent,
/// after ASK with ASKING; or, where that was out of reach, to whom its client has been named otherwise. It
/// is back at the node that refused it only if somebody has named that node since, or with a higher epoch.
///
/// asks-properly: ASKING stands immediately before a command, or before the MULTI of a transaction, that
/// this client was sent to this node by ASK, and once for each time that it comes there so. What follows a
/// WATCH that came so does likewise, up to its EXEC.
///
/// map-never-goes-back: once a node has answered a call on a slot, later calls of that client do not begin
/// at another node of which only claims with a lower epoch are known, unless one of the two said so since,
/// or two nodes did, one of them since and the other within the last ten seconds.
///
/// Where calls go is told of those that no other has in the same words and that may run only once: of
/// them each arrival is the consequence of the one before. `is_misled`: calls not to be judged.
void judge_routing(History const& history, ExecutionLog const& executions,
                   RoutingLog const& routing, RoutingContext const& context,
                   std::function<bool(std::size_t)> const& is_misled,
                   std::vector<Violation>& violations);

}  // namespace keyslot::sim
