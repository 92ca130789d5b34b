#include "client/cluster/topology_fetch.hpp"

#include "client/cluster/core.hpp"
#include "client/topology/cluster_nodes.hpp"

#include <array>
#include <utility>

namespace keyslot::detail {

namespace {

constexpr std::string_view shards = "SHARDS";
constexpr std::string_view slots = "SLOTS";
constexpr std::string_view nodes = "NODES";

}  // namespace

void TopologyFetch::ask_next() {
    if (cancelled_) {
        return;
    }
    auto node = round_.next();
    if (!node) {
        finish(round_.conclude(core_.map_));
        return;
    }
    heard_ = {};
    heard_.node = std::move(*node);
    ask(shards);
    ask(nodes);
}

void TopologyFetch::ask(std::string_view subcommand) {
    std::array<std::string_view, 2> const words{"CLUSTER", subcommand};
    Call& call = core_.acquire();
    call.encoded.clear();
    call.route = encode(call.encoded, nullptr, words);
    call.timeout = core_.options_.attempt_timeout;
    call.completion = [self = shared_from_this(), subcommand](CallResult& result) {
        self->answered(subcommand, result);
    };
    ++heard_.due;
    core_.submit_on(core_.link_to(heard_.node), call);
}

void TopologyFetch::answered(std::string_view subcommand, CallResult& result) {
    if (cancelled_) {
        return;
    }
    if (subcommand == nodes) {
        if (!result.failure && !result.reply.is_aggregate()) {
            heard_.nodes_text = result.reply.text();
        }
    } else {
        read_shape(subcommand, result);
    }
    if (--heard_.due == 0) {
        judge();
    }
}

void TopologyFetch::read_shape(std::string_view subcommand, CallResult& result) {
    if (result.failure) {
        heard_.problem = result.failure->message;
        heard_.was_refused = result.failure->outcome != Outcome::unknown &&
                             (result.failure->code == ErrorCode::response ||
                              result.failure->code == ErrorCode::authentication);
        // CLUSTER SHARDS came with 7.0; before there was SLOTS.
        heard_.knows_shards = subcommand != shards || !heard_.was_refused ||
                              heard_.problem.find("unknown subcommand") == std::string::npos;
        return;
    }
    topology::Asked const asked = core_.asked(heard_.node);
    heard_.view = subcommand == slots
                      ? topology::parse_cluster_slots(result.reply, asked, heard_.problem)
                      : topology::parse_cluster_shards(
                            result.reply, asked, core_.options_.tls.has_value(), heard_.problem);
}

void TopologyFetch::judge() {
    if (!std::exchange(heard_.knows_shards, true)) {
        ask(slots);
        return;
    }
    std::string ignored;
    auto const lines = topology::parse_node_lines(heard_.nodes_text, ignored);
    if (lines && !lines->empty()) {
        if (heard_.view) {
            topology::learn_epochs(*heard_.view, *lines);
        } else if (heard_.was_refused) {
            heard_.view = topology::view_of(*lines, core_.asked(heard_.node));
        }
    }
    if (!heard_.view) {
        round_.failed(heard_.node, heard_.problem);
        ask_next();
    } else if (round_.offer(core_.map_, heard_.node, std::move(*heard_.view))) {
        finish(true);
    } else {
        ask_next();
    }
}

void TopologyFetch::finish(bool success) {
    core_.fetch_problems_ = success ? std::string() : round_.problems();
    core_.fetch_finished(success);
}

}  // namespace keyslot::detail
