#include "client/protocol/hash_slot.hpp"
#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/endpoint.hpp"

#include <keyslot/detail/sometimes.hpp>

namespace keyslot::sim {

namespace {

std::optional<std::string> const run_here;

}  // namespace

// Nearly every command has one key in a slot of this node that nobody is moving.
std::optional<std::string> ClusterState::Impl::route(RouteQuery const& query) {
    if (query.keys.empty()) {
        return std::nullopt;
    }
    std::uint16_t const slot = protocol::hash_slot(query.keys.front());
    if (query.keys.size() == 1 && view.is_mine(slot) && is_ok && !view.has_marks()) {
        return std::nullopt;
    }
    return route_in_full(query, slot);
}

// The rows of facts 2.3, from the second on.
std::optional<std::string> ClusterState::Impl::route_in_full(RouteQuery const& query,
                                                             std::uint16_t slot) {
    Peer const* const owner = view.owner(slot);
    if (owner == nullptr) {
        return "CLUSTERDOWN Hash slot not served";
    }
    if (is_cross_slot(query, slot)) {
        return "CROSSSLOT Keys in request don't hash to the same slot";
    }
    if (!is_ok) {
        if (auto refusal = refusal_while_down(query)) {
            return refusal;
        }
    }
    if (view.has_marks()) {
        if (auto verdict = route_open_slot(query, slot)) {
            return *std::move(verdict);
        }
    }
    bool const is_read_of_my_shard = me().is_replica() && owner == me().master() &&
                                     !query.is_write &&
                                     (query.session_readonly || query.is_shard_pubsub);
    if (is_read_of_my_shard || owner == &me()) {
        return std::nullopt;
    }
    return redirect("MOVED", slot, *owner);
}

// A migrating slot is still ours: who waits there may wait for ever, as what would end it is asked to go
// to the target (facts 9.2).
std::optional<std::string> ClusterState::Impl::redirect_blocked(std::string_view key,
                                                                bool reads_here) {
    if (!is_ok) {  // even where reads are allowed: it takes a write to end the wait
        KEYSLOT_SOMETIMES_RARELY("blocked.cluster_down");
        return "CLUSTERDOWN The cluster is down";
    }
    std::uint16_t const slot = protocol::hash_slot(key);
    Peer const* const owner = view.owner(slot);
    bool const is_mine = owner == &me() || (reads_here && me().is_replica() && owner != nullptr &&
                                            owner == me().master());
    if (is_mine || view.importing_from(slot) != nullptr) {
        return std::nullopt;
    }
    if (owner == nullptr) {
        return "CLUSTERDOWN Hash slot not served";
    }
    KEYSLOT_SOMETIMES_RARELY("blocked.moved");
    return redirect("MOVED", slot, *owner);
}

bool ClusterState::Impl::is_cross_slot(RouteQuery const& query, std::uint16_t slot) const {
    std::string_view const first = query.keys.front();
    for (std::string_view const key : query.keys.subspan(1)) {
        if (key != first && protocol::hash_slot(key) != slot) {
            return true;
        }
    }
    return false;
}

// EXEC is not flagged as a write: what it runs was queued before the state changed.
std::optional<std::string> ClusterState::Impl::refusal_while_down(RouteQuery const& query) const {
    if (query.is_shard_pubsub) {
        if (config.allow_pubsubshard_when_down) {
            return std::nullopt;
        }
        return "CLUSTERDOWN The cluster is down";
    }
    if (!config.allow_reads_when_down) {
        return "CLUSTERDOWN The cluster is down";
    }
    if (query.is_write && !query.is_exec) {
        return "CLUSTERDOWN The cluster is down and only accepts read commands";
    }
    return std::nullopt;
}

// Rows 7 to 11. Channels are no keys: they exist wherever somebody subscribes, so none is ever
// missing. nullopt: the slot is not open, or not for this command.
std::optional<ClusterState::Impl::Verdict> ClusterState::Impl::route_open_slot(
    RouteQuery const& query, std::uint16_t slot) {
    Peer const* const target = view.is_mine(slot) ? view.migrating_to(slot) : nullptr;
    bool const is_importing = target == nullptr && view.importing_from(slot) != nullptr;
    if (target == nullptr && !is_importing) {
        return std::nullopt;
    }
    if (query.is_migrate) {
        return run_here;
    }
    bool is_multiple = false, is_any_here = false, is_any_missing = false;
    for (std::string_view const key : query.keys) {
        is_multiple = is_multiple || key != query.keys.front();
        if (!query.is_shard_pubsub) {
            bool const is_here = port.key_exists(key);
            is_any_here = is_any_here || is_here;
            is_any_missing = is_any_missing || !is_here;
        }
    }
    Verdict const try_again = "TRYAGAIN Multiple keys request during rehashing of slot";
    if (target != nullptr && is_any_missing) {
        KEYSLOT_SOMETIMES_RARELY_IF("route.try_again_at_source", is_any_here);
        KEYSLOT_SOMETIMES_IF("route.ask", !is_any_here);
        KEYSLOT_SOMETIMES_RARELY_IF("route.ask_for_transaction", query.is_exec && !is_any_here);
        return is_any_here ? try_again : redirect("ASK", slot, *target);
    }
    if (is_importing && (query.session_asking || query.is_restore_asking)) {
        KEYSLOT_SOMETIMES_IF("route.try_again_at_target", is_multiple && is_any_missing);
        KEYSLOT_SOMETIMES_IF("route.asking_served", query.session_asking);
        return is_multiple && is_any_missing ? try_again : run_here;
    }
    return std::nullopt;
}

std::string ClusterState::Impl::redirect(std::string_view kind, std::uint16_t slot,
                                         Peer const& to) const {
    std::string line{kind};
    line += ' ';
    line += std::to_string(slot);
    line += ' ';
    line += endpoint_in_redirect(config.preferred_endpoint_type, to);
    line += ':';
    line += std::to_string(to.port());
    return line;
}

}  // namespace keyslot::sim
