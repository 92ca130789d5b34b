// Calls that several nodes answer: their parts go out and come back.
#include "client/cluster/core.hpp"

#include <keyslot/detail/decode.hpp>

#include <utility>

namespace keyslot::detail {

void ClusterCore::spread(Call& call) {
    std::shared_ptr<Spread> const state = call.spread;
    state->find_nodes(map_, state->draws() ? environment_->random() : 0);
    if (state->size() == 0) {
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
    std::uint64_t const handle = call.handle();
    CommandRoute route = call.route;
    route.spread = nullptr;
    for (std::size_t n = 0; n < state->size(); ++n) {
        Call& part = acquire();
        part.encoded = call.encoded;
        part.route = route;
        part.script = call.script;
        part.node = state->node(n);
        part.repeatable = call.repeatable;
        part.timeout = deadline == Instant::max() ? Duration::max() : deadline - now();
        part.completion = [this, handle, n](CallResult& result) {
            part_completed(handle, n, result);
        };
        state->submitted(n, submit(part));
    }
}

void ClusterCore::part_completed(std::uint64_t handle, std::size_t part, CallResult const& result) {
    Call* const call = find(handle);
    if (call == nullptr) {
        return;  // the client was closed
    }
    if (call->spread->ended(part, decode<Reply>(result))) {
        parts_completed(*call);
    }
}

void ClusterCore::parts_completed(Call& call) {
    std::shared_ptr<Spread> const spread = call.spread;
    if (!spread->makes_one_reply()) {
        complete(call, {.parts = &spread->parts()});
        return;
    }
    if (auto failure = spread->failure()) {
        complete(call, {.failure = std::move(failure)});
        return;
    }
    Result<Reply> const merged = spread->merged(environment_->random());
    if (merged) {
        complete(call, {.reply = merged->view()});
    } else {
        complete(call, {.failure = merged.failure()});
    }
}

}  // namespace keyslot::detail
