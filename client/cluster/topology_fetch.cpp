#include "client/cluster/topology_fetch.hpp"

#include "client/cluster/core.hpp"

#include <algorithm>
#include <array>

namespace keyslot::detail {

void TopologyFetch::ask_next() {
    if (cancelled) {
        return;
    }
    if (candidates.empty()) {
        core.fetch_problems_ = problems;
        core.fetch_finished(false);
        return;
    }
    topology::HostPort const node = std::move(candidates.back());
    candidates.pop_back();
    ask(node, false);
}

void TopologyFetch::ask(topology::HostPort const& node, bool with_slots_command) {
    std::array<std::string_view, 2> const words{"CLUSTER", with_slots_command ? "SLOTS" : "SHARDS"};
    Call& call = core.acquire();
    call.encoded.clear();
    call.route = encode(call.encoded, nullptr, words);
    call.timeout = core.options_.attempt_timeout;
    call.completion = [self = shared_from_this(), node, with_slots_command](CallResult& result) {
        self->answered(node, with_slots_command, result);
    };
    core.submit_on(core.link_to(node), call);
}

void TopologyFetch::answered(topology::HostPort const& node, bool with_slots_command,
                             CallResult& result) {
    if (cancelled) {
        return;
    }
    if (result.failure) {
        // CLUSTER SHARDS came with 7.0; before there was SLOTS.
        if (!with_slots_command && result.failure->code == ErrorCode::response &&
            result.failure->message.find("unknown subcommand") != std::string::npos) {
            ask(node, true);
            return;
        }
        problem(node, result.failure->message);
        ask_next();
        return;
    }
    std::string why;
    auto view = with_slots_command
                    ? topology::parse_cluster_slots(result.reply, node.host, why)
                    : topology::parse_cluster_shards(result.reply, node.host,
                                                     core.options_.tls.has_value(), why);
    if (!view) {
        problem(node, why);
        ask_next();
        return;
    }
    offer(node, std::move(*view));
}

// A view that covers less than the map may come from a node that was reset, expelled or never joined:
// it counts only when a second node says the same (client-bugs 29, 30, 32).
void TopologyFetch::offer(topology::HostPort const& node, topology::ClusterView view) {
    std::size_t const coverage = view.covered_slots();
    int const confirmations = 1 + static_cast<int>(std::count(refused_coverages.begin(),
                                                              refused_coverages.end(), coverage));
    switch (core.map_.apply(view, confirmations)) {
        case topology::SlotMap::Applied::refused:
            refused_coverages.push_back(coverage);
            problem(node, "its view covers " + std::to_string(coverage) + " slots only");
            ask_next();
            return;
        case topology::SlotMap::Applied::replaced:
        case topology::SlotMap::Applied::unchanged: core.fetch_finished(true); return;
    }
}

void TopologyFetch::problem(topology::HostPort const& node, std::string const& why) {
    problems += (problems.empty() ? "" : "; ") + to_string(node) + ": " + why;
}

}  // namespace keyslot::detail
