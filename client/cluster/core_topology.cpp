// When the topology is fetched, from whom, and what follows from a new map.
#include "client/cluster/core.hpp"
#include "client/cluster/topology_fetch.hpp"

#include <keyslot/events.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace keyslot::detail {

void ClusterCore::learn_owner(std::uint16_t slot, topology::HostPort const& owner,
                              topology::HostPort const& from) {
    if (map_.patch(slot, owner, &from)) {
        doubt_calls_elsewhere();
        announce();
    }
    ask_refresh(routing::RefreshReason::moved);
}

void ClusterCore::ask_refresh(routing::RefreshReason reason) {
    if (!closed_) {
        refresh_reason_ = routing::to_string(reason);
        obey(refresher_.requested(reason, now(), environment_->random()));
    }
}

void ClusterCore::obey(routing::RefreshMachine::Action const& action) {
    if (action.wake_at) {
        refresh_wake_ = *action.wake_at;
        arm(refresh_wake_);
    }
    if (action.start_now) {
        start_fetch();
    }
}

void ClusterCore::start_fetch() {
    ++stats_.refreshes;
    if (options_.observer) {
        tell_refresh();
    }
    refresh_reason_ = "period";  // unless something else asks for the next one
    std::vector<topology::HostPort> start_up;
    for (ClusterNode const& node : options_.startup_nodes) {
        start_up.push_back({node.host, node.port});
    }
    auto candidates = fetch_candidates(start_up);
    fetch_ = std::make_shared<TopologyFetch>(
        *this, routing::FetchRound(std::move(candidates), std::move(start_up)));
    // Not inside whatever caused it: it may be a call's submission, or a link in the middle of failing.
    environment_->post([weak = weak_from_this(), fetch = fetch_] {
        if (auto const self = weak.lock()) {
            fetch->ask_next();
        }
    });
}

// Connected nodes come first, in random order (client-bugs 44: not always the first one), then other nodes
// of the map and the start-up nodes (35, 36). Those that are known to be sick come last.
std::vector<topology::HostPort> ClusterCore::fetch_candidates(
    std::vector<topology::HostPort> start_up) {
    std::vector<topology::HostPort> known;
    std::set<topology::HostPort> failed;
    for (topology::Shard const& shard : map_.shards()) {
        if (!options_.dynamic_startup_nodes) {
            break;
        }
        known.push_back(shard.primary.address);
        for (topology::Node const& replica : shard.replicas) {
            known.push_back(replica.address);
        }
        if (shard.primary.health != topology::Health::online) {
            failed.insert(shard.primary.address);
        }
    }
    for (auto* const nodes : {&known, &start_up}) {
        for (std::size_t i = nodes->size(); i > 1; --i) {
            std::swap((*nodes)[i - 1],
                      (*nodes)[static_cast<std::size_t>(environment_->random() % i)]);
        }
    }
    for (topology::HostPort const& node : start_up) {
        if (std::find(known.begin(), known.end(), node) == known.end()) {
            known.push_back(node);
        }
    }
    auto const rank = [&](topology::HostPort const& node) {
        auto const found = links_.find(node);
        if (found != links_.end()) {
            return found->second->ready() ? 0 : found->second->sick() ? 2 : 1;
        }
        return failed.contains(node) ? 2 : 1;
    };
    std::stable_sort(known.begin(), known.end(),
                     [&](auto const& a, auto const& b) { return rank(a) < rank(b); });
    return known;
}

// Nobody has accepted the credentials, and waiting will not mend them: calls that wait for a first map are told now. (With
// a map they try on: somebody is changing a password, node by node.)
void ClusterCore::fail_for_want_of_access() {
    if (map_.version() != 0) {
        return;
    }
    auto const failure = std::make_shared<Failure const>(
        Failure{.code = ErrorCode::authentication,
                .outcome = Outcome::not_executed,
                .message = "no start-up node accepts the credentials: " + fetch_problems_});
    for (std::uint64_t const handle : std::exchange(waiting_for_map_, {})) {
        if (Call* const call = find(handle); call != nullptr && !closed_) {
            complete(*call, {.failure = failure});
        }
    }
}

void ClusterCore::fetch_finished(bool success) {
    fetch_.reset();
    if (closed_) {
        return;
    }
    if (options_.observer) {
        options_.observer->on_refresh_ended(
            {.success = success, .problems = success ? std::string_view() : fetch_problems_});
    }
    if (success) {
        map_changed();
    }
    bool const in_passing = reads_from_replicas() && map_.shows_loading();
    obey(refresher_.finished(success, now(), environment_->random(), in_passing));
}

void ClusterCore::add_listener(std::weak_ptr<TopologyListener> listener) {
    std::erase_if(listeners_, [](auto const& weak) { return weak.expired(); });
    listeners_.push_back(std::move(listener));
}

// Listeners hear once of all changes of this moment. For the observer nothing is posted: a client that is
// watched does the very same.
void ClusterCore::announce() {
    if (options_.observer) {
        options_.observer->on_topology_changed({map_.version()});
    }
    if (listeners_.empty() || std::exchange(announcing_, true)) {
        return;
    }
    environment_->post([weak = weak_from_this()] {
        auto const self = weak.lock();
        if (!self || self->closed_) {
            return;
        }
        self->announcing_ = false;
        for (auto const& listener : std::vector(self->listeners_)) {
            if (auto const alive = listener.lock()) {
                alive->on_topology(self->map_.version());
            }
        }
    });
}

// The map is in place before anybody acts on it (client-bugs 41).
void ClusterCore::map_changed() {
    pool_.keep_only(map_);
    reads_.positions().keep_only(map_);
    std::erase_if(node_stats_, [this](auto const& entry) {
        return entry.second.use_count() == 1 && !map_.lists(entry.first);
    });
    for (auto const& link : all_links()) {
        if (!link->use().is_private && !map_.lists(link->address()) && link->ready() &&
            link->idle()) {
            link->shut_down();  // links in use stay until their calls are done (client-bugs 75, 76)
        }
    }
    std::deque<std::uint64_t> const waiting = std::exchange(waiting_for_map_, {});
    for (std::uint64_t const handle : waiting) {
        if (Call* const call = find(handle)) {
            call->place = Call::Place::prepared;
            dispatch(*call);
        }
    }
}

}  // namespace keyslot::detail
