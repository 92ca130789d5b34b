#pragma once

#include "simulator/runner/client_account.hpp"
#include "simulator/runner/oracle.hpp"
#include "simulator/world/routing_log.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace keyslot::sim {

/// Checks that clients spend no more than they may, by the limits of their options.
///
/// redirections-end: a call is refused with MOVED or ASK as often as redirects_max and once more. Judged by
/// calls that no other has in the same words and that may run only once.
///
/// refreshes-rarely: one at a time, and refresh_interval_min or more between the beginnings of two.
///
/// reconnects-rarely: of connections that cannot be made there are, in any second and to one node, no
/// more than the doubling pauses from backoff_min to backoff_max leave room for, and eight for each call that
/// needs a connection of its own and was under way then: each has its own pauses.
///
/// closed-is-silent: a closed client does nothing any more.
///
/// nothing-is-left: once all calls of a client have ended, it has counted as many ended as begun.
void judge_economy(History const& history, RoutingLog const& routing,
                   std::vector<std::shared_ptr<ClientAccount>> const& clients,
                   ClusterOptions const& options, std::function<bool(std::size_t)> const& is_misled,
                   std::vector<Violation>& violations);

}  // namespace keyslot::sim
