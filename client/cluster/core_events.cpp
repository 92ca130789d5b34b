// What an observer is told, and the counters of each node.
#include "client/cluster/core.hpp"
#include "client/cluster/nodes.hpp"
#include "client/protocol/resp_writer.hpp"

#include <keyslot/events.hpp>

#include <map>
#include <utility>

namespace keyslot::detail {

namespace {

// Never more than the name: the words behind it may be secrets.
std::string_view command_of(Call const& call) {
    if (call.is_transaction) {
        return "MULTI";
    }
    return call.encoded.empty() ? std::string_view() : protocol::word_at(call.encoded, 0);
}

}  // namespace

void ClusterCore::on_connected(NodeLink const& link, Duration took) const {
    if (options_.observer) {
        options_.observer->on_connected({.node = link.name(), .took = took});
    }
}

void ClusterCore::on_link_ended(NodeLink const& link, std::string const& why,
                                bool was_ready) const {
    if (options_.observer) {
        options_.observer->on_disconnected(
            {.node = link.name(), .reason = why, .was_ready = was_ready});
    }
}

void ClusterCore::tell_redirection(NodeLink const& link, routing::ErrorReply const& error) const {
    if (!routing::is_redirection(error.kind)) {
        return;
    }
    std::string const to = error.target.port == 0 ? std::string() : to_string(error.target);
    options_.observer->on_redirection({.from = link.name(),
                                       .to = to,
                                       .slot = error.slot,
                                       .is_ask = error.kind == routing::ErrorKind::ask});
}

void ClusterCore::tell_retry(Call const& call, Instant until) const {
    options_.observer->on_retry({.command = command_of(call),
                                 .reason = call.no_owner || call.hops.empty()
                                               ? std::string_view("no node serves the slot")
                                               : std::string_view(call.hops.back()),
                                 .attempts = call.machine->attempts(),
                                 .pause = until - now()});
}

void ClusterCore::tell_end(Call const& call, CallResult const& result) const {
    events::CallEnded ended;
    ended.command = command_of(call);
    ended.latency = now() - call.started;
    ended.attempts = call.machine->attempts();
    if (result.failure) {
        ended.node = result.failure->node;
        ended.error = result.failure->code;
        ended.outcome = result.failure->outcome;
    } else if (call.answered_by != nullptr) {
        ended.node = call.answered_by->name();
    }
    options_.observer->on_call_ended(ended);
}

void ClusterCore::tell_refresh() const {
    options_.observer->on_refresh_begun({.reason = refresh_reason_});
}

std::shared_ptr<NodeStats> ClusterCore::stats_of(topology::HostPort const& address) {
    std::shared_ptr<NodeStats>& stats = node_stats_[address];
    if (!stats) {
        stats = std::make_shared<NodeStats>();
        stats->node = {.host = address.host, .port = address.port};
    }
    return stats;
}

std::vector<NodeStats> ClusterCore::node_stats() {
    std::vector<NodeStats> all;
    std::map<topology::HostPort, std::shared_ptr<NodeStats>> others = node_stats_;
    for (ClusterNode const& node : nodes_of(*this, NodeKind::all)) {
        NodeStats& stats = all.emplace_back();
        if (auto const found = others.extract({node.host, node.port})) {
            stats = *found.mapped();
        }
        stats.node = node;
    }
    for (auto const& [address, stats] : others) {
        all.push_back(*stats);
    }
    return all;
}

}  // namespace keyslot::detail
