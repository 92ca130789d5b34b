#include "client/cluster/topology_fetch.hpp"

#include "client/cluster/core.hpp"
#include "client/topology/cluster_nodes.hpp"

#include <keyslot/detail/decode.hpp>

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
        std::uint64_t const before = core_.map_.version();
        bool const success = round_.conclude(core_.map_);
        tell_changes(before);
        finish(success);
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
        heard_.lacks_access = result.failure->code == ErrorCode::authentication;
        heard_.was_refused = result.failure->outcome != Outcome::unknown &&
                             (result.failure->code == ErrorCode::response || heard_.lacks_access);
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
        round_.failed(heard_.node, heard_.problem, heard_.lacks_access);
        ask_next();
        return;
    }
    std::uint64_t const before = core_.map_.version();
    bool const is_over = round_.offer(core_.map_, heard_.node, std::move(*heard_.view));
    tell_changes(before);
    if (is_over) {
        finish(true);
    } else {
        ask_next();
    }
}

void TopologyFetch::tell_changes(std::uint64_t version_before) {
    if (core_.map_.version() != version_before) {
        core_.doubt_calls_elsewhere();
        core_.announce();
    }
}

void TopologyFetch::finish(bool success) {
    ClusterOptions const& options = core_.options_;
    bool const is_covered = core_.map_.covered_slots() == topology::slot_count;
    if (success && !is_covered && !options.require_full_coverage &&
        !options.skip_full_coverage_check) {
        ask_coverage();
        return;
    }
    core_.holds_back_ = options.require_full_coverage;
    core_.fetch_problems_ = success ? std::string() : round_.problems();
    if (!success && round_.all_lack_access()) {
        core_.fail_for_want_of_access();
    }
    core_.fetch_finished(success);
}

// Whether the cluster would refuse everything anyway. Who cannot tell has not said so.
void TopologyFetch::ask_coverage() {
    std::array<std::string_view, 3> const words{"CONFIG", "GET", "cluster-require-full-coverage"};
    Call& call = core_.acquire();
    call.encoded.clear();
    call.route = encode(call.encoded, nullptr, words);
    call.timeout = core_.options_.attempt_timeout;
    call.completion = [self = shared_from_this()](CallResult& result) {
        if (self->cancelled_) {
            return;
        }
        auto const setting = decode<std::vector<std::string>>(result);
        self->core_.holds_back_ = setting && setting->size() == 2 && setting->back() == "yes";
        self->core_.fetch_problems_.clear();
        self->core_.fetch_finished(true);
    };
    core_.submit_on(core_.link_to(heard_.node), call);
}

}  // namespace keyslot::detail
