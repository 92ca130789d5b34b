// Calls that several nodes answer.
#include "client/cluster/core.hpp"
#include "client/cluster/nodes.hpp"
#include "client/routing/reply_merge.hpp"

#include <keyslot/detail/decode.hpp>

#include <algorithm>
#include <utility>

namespace keyslot::detail {

namespace {

// All that went wrong, and the outcome that is true of the whole.
std::shared_ptr<Failure const> failure_of_parts(NodeResults<Reply> const& parts) {
    Failure failure;
    bool first = true;
    bool some_ran = false;
    for (auto const& [node, result] : parts) {
        some_ran =
            some_ran || result.has_value() || result.error().outcome != Outcome::not_executed;
        if (result) {
            continue;
        }
        Failure const& of_part = result.error();
        if (std::exchange(first, false)) {
            failure = of_part;
            failure.message.clear();
        }
        failure.message += failure.message.empty() ? "" : "; ";
        failure.message += node.name();
        failure.message += ": ";
        failure.message += of_part.message;
    }
    failure.outcome = some_ran ? Outcome::unknown : Outcome::not_executed;
    return std::make_shared<Failure const>(std::move(failure));
}

}  // namespace

void ClusterCore::find_targets(Spread& spread) {
    if (!spread.targets) {
        return;
    }
    TargetNodes const targets = *spread.targets;
    spread.parts.clear();
    for (topology::Shard const& shard : map_.shards()) {
        if (targets == TargetNodes::primaries ? !shard.slots.empty()
                                              : targets != TargetNodes::replicas) {
            spread.parts.push_back({public_node(shard.primary), Reply()});
        }
        if (targets == TargetNodes::primaries) {
            continue;
        }
        for (topology::Node const& replica : shard.replicas) {
            spread.parts.push_back({public_node(replica), Reply()});
        }
    }
    if (targets == TargetNodes::random && !spread.parts.empty()) {
        NodeResult<Reply> const drawn =
            spread.parts[static_cast<std::size_t>(environment_->random() % spread.parts.size())];
        spread.parts.assign(1, drawn);
    }
}

void ClusterCore::spread(Call& call) {
    std::shared_ptr<Spread> const state = call.spread;
    find_targets(*state);
    if (state->parts.empty()) {
        complete(call, {.failure = std::make_shared<Failure>(
                            Failure{.code = ErrorCode::invalid_argument,
                                    .message = "the cluster has no such nodes"})});
        return;
    }
    // The parts end by the deadline, and the call with the last of them.
    Instant const deadline = call.deadline;
    deadlines_of(call).remove(call);
    call.deadline = Instant::max();
    endless_.add(call);
    call.place = Call::Place::spread;
    state->missing = state->parts.size();
    state->handles.assign(state->parts.size(), 0);
    std::uint64_t const handle = call.handle();
    CommandRoute route = call.route;
    route.spread = nullptr;
    for (std::size_t n = 0; n < state->parts.size(); ++n) {
        Call& part = acquire();
        part.encoded = call.encoded;
        part.route = route;
        part.script = call.script;
        part.node = state->parts[n].node;
        part.repeatable = call.repeatable;
        part.timeout = deadline == Instant::max() ? Duration::max() : deadline - now();
        part.completion = [this, handle, n](CallResult& result) {
            part_completed(handle, n, result);
        };
        state->handles[n] = submit(part);
    }
}

void ClusterCore::part_completed(std::uint64_t handle, std::size_t part, CallResult const& result) {
    Call* const call = find(handle);
    if (call == nullptr) {
        return;  // the client was closed
    }
    Spread& spread = *call->spread;
    spread.parts[part].result = decode<Reply>(result);
    if (--spread.missing == 0) {
        parts_completed(*call);
    }
}

void ClusterCore::parts_completed(Call& call) {
    std::shared_ptr<Spread> const spread = call.spread;
    if (spread->merged_by == nullptr) {
        complete(call, {.parts = &spread->parts});
        return;
    }
    bool const one_is_enough =
        spread->merged_by->response_policy == protocol::ResponsePolicy::one_succeeded;
    std::vector<Reply> replies;
    for (auto const& part : spread->parts) {
        if (part.result) {
            replies.push_back(*part.result);
        }
    }
    if (replies.empty() || (replies.size() < spread->parts.size() && !one_is_enough)) {
        complete(call, {.failure = failure_of_parts(spread->parts)});
        return;
    }
    auto const merged = routing::merge(*spread->merged_by, replies, environment_->random());
    if (!merged) {
        complete(call, {.failure = unexpected_reply(replies.front(), "replies that fit together")});
        return;
    }
    complete(call, {.reply = merged->view()});
}

}  // namespace keyslot::detail
