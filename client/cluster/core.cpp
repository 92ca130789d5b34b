#include "client/cluster/core.hpp"

#include "client/cluster/client_side_cache.hpp"
#include "client/cluster/topology_fetch.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <variant>

namespace keyslot::detail {

namespace {

topology::AddressRemap remap_of(ClusterOptions const& options) {
    if (!options.address_remap) {
        return nullptr;
    }
    return [remap = options.address_remap](topology::HostPort const& told) {
        Endpoint mapped = remap({told.host, told.port});
        return topology::HostPort{std::move(mapped.address), mapped.port};
    };
}

// What can be said of a call that is given up now. Attempts before this one may have been executed, too.
Outcome outcome_given_up(Call& call, Instant now) {
    bool const written = call.place == Call::Place::in_flight;
    if (call.pinned || !call.machine) {
        return written ? Outcome::unknown : Outcome::not_executed;
    }
    routing::CallAction const action = call.machine->step(routing::Cancelled{written}, now, 0);
    auto const* const failed = std::get_if<routing::Fail>(&action.wish);
    return failed != nullptr && failed->outcome == routing::Outcome::not_executed
               ? Outcome::not_executed
               : Outcome::unknown;
}

// The same of one that several nodes are asked; `find`: the call of a handle, nullptr when it has ended.
template <class Find>
Outcome outcome_given_up(Spread const& spread, Find&& find, Instant now) {
    for (std::size_t n = 0; n < spread.size(); ++n) {
        Call* const part = find(spread.handles()[n]);
        Result<Reply> const& ended = spread.parts()[n].result;
        Outcome const outcome = part != nullptr ? outcome_given_up(*part, now)
                                : ended         ? Outcome::executed
                                                : ended.error().outcome;
        if (outcome != Outcome::not_executed) {
            return Outcome::unknown;
        }
    }
    return Outcome::not_executed;
}

}  // namespace

ClusterCore::ClusterCore(std::shared_ptr<Environment> environment, ClusterOptions options)
    : environment_(std::move(environment)),
      executor_(environment_->get_executor()),
      options_(std::move(options)),
      limits_{.redirects_max = options_.redirects_max,
              .retries_max =
                  options_.cluster_error_retry_attempts.value_or(routing::CallLimits{}.retries_max),
              .retry_on_timeout = options_.retry_on_timeout,
              .backoff_min = options_.backoff_min,
              .backoff_max = options_.backoff_max},
      refresher_({.interval_min = options_.refresh_interval_min,
                  .period = options_.refresh_period,
                  .moved_steps = options_.reinitialize_steps}),
      address_remap_(remap_of(options_)),
      holds_back_(options_.require_full_coverage),
      reads_({.strategy =
                  options_.load_balancing_strategy.value_or(LoadBalancingStrategy::round_robin),
              .replicas_only = options_.replicas_only,
              .lag_bytes_max = options_.max_replica_lag_bytes}),
      retries_(options_.retries_per_second_max),
      timer_(environment_->make_timer()) {
    if (options_.client_side_cache) {
        cache_ = std::make_unique<ClientSideCache>(*this, *options_.client_side_cache);
    }
}

ClusterCore::~ClusterCore() = default;

connection::Handshake ClusterCore::handshake() const {
    Credentials const credentials = options_.credential_provider
                                        ? options_.credential_provider()
                                        : Credentials{options_.username, options_.password};
    return {.protocol = options_.protocol,
            .username = credentials.username,
            .password = credentials.password,
            .client_name = options_.client_name,
            .tracking = options_.client_side_cache.has_value()};
}

Call& ClusterCore::acquire() {
    if (free_calls_.empty()) {
        Call& call = calls_.emplace_back();
        call.index = static_cast<std::uint32_t>(calls_.size() - 1);
        free_calls_.push_back(&call);
    }
    Call& call = *free_calls_.back();
    free_calls_.pop_back();
    call.place = Call::Place::prepared;
    call.pinned = false;
    call.node.reset();
    call.may_ask_replicas = false;
    call.by_replica = false;
    call.is_transaction = false;
    call.pipeline = 0;
    call.answered_by = nullptr;
    call.replies = 1;
    call.next = {};
    call.last_refusal = routing::ErrorKind::other;
    call.no_owner = false;
    call.lacks_access = false;
    call.is_second_attempt = false;
    call.is_over_limit = false;
    call.cache_role = routing::CacheRole::bystander;
    call.cache_ticket = 0;
    return call;
}

void ClusterCore::release(Call& call) {
    ++call.generation;
    call.place = Call::Place::free;
    call.completion.reset();
    call.preset_failure.reset();
    call.hops.clear();
    call.encoded.clear();
    call.link = nullptr;
    call.lease.reset();
    call.spread.reset();
    call.refused_at = {};
    call.script.reset();
    call.session.reset();
    free_calls_.push_back(&call);
}

Call* ClusterCore::find(std::uint64_t handle) {
    auto const index = static_cast<std::uint32_t>(handle);
    if (index >= calls_.size()) {
        return nullptr;
    }
    Call& call = calls_[index];
    return call.handle() == handle && call.place != Call::Place::free ? &call : nullptr;
}

void ClusterCore::start() {
    if (!std::exchange(started_, true)) {
        obey(refresher_.started(now(), environment_->random()));
        if (options_.max_replica_lag_bytes) {
            watch_replication();
        }
    }
}

std::uint64_t ClusterCore::submit(Call& call) {
    if (call.lease && call.lease->link) {
        return submit_on_lease(call);
    }
    std::uint64_t const handle = call.handle();
    ++stats_.calls;
    if (cache_ && !closed_ && !draining_ && !call.preset_failure && cache_->serve(call)) {
        ++stats_.completed;
        return handle;
    }
    call.sequence = next_sequence_++;
    call.deadline = deadline_after(call.timeout);
    if (options_.observer) {
        call.started = now();
    }
    if (call.route.block) {
        call.block_until = call.route.block->milliseconds < 0
                               ? Instant::max()
                               : now() + std::chrono::milliseconds(call.route.block->milliseconds);
    }
    call.machine.emplace(limits_, call.deadline, call.repeatable, call.node.has_value());
    deadlines_of(call).add(call);
    ++callers_;
    if (closed_ || draining_) {
        call.preset_failure = std::make_shared<Failure>(
            Failure{.code = ErrorCode::closed, .message = "the client is closed"});
    }
    bool const outer = std::exchange(post_completions_, true);
    if (call.preset_failure) {
        complete(call, {.failure = call.preset_failure});
    } else {
        arm(call.deadline);
        start();
        if (call.machine->started(now())) {
            dispatch(call);
        } else {
            step(call, routing::Start{}, nullptr, nullptr);
        }
    }
    post_completions_ = outer;
    return handle;
}

std::uint64_t ClusterCore::submit_on(NodeLink& link, Call& call) {
    std::uint64_t const handle = call.handle();
    call.sequence = next_sequence_++;
    if (cache_) {
        cache_->note(call);
    }
    call.pinned = true;
    call.deadline = deadline_after(call.timeout);
    deadlines_of(call).add(call);
    arm(call.deadline);
    bool const outer = std::exchange(post_completions_, true);
    if (std::string why; closed_) {
        complete(call, {.failure = std::make_shared<Failure>(Failure{
                            .code = ErrorCode::closed, .message = "the client is closed"})});
    } else if (call.preset_failure) {
        complete(call, {.failure = call.preset_failure});
    } else if (!link.enqueue(call, why)) {
        on_attempt_failed(call, link, false, why);
    }
    post_completions_ = outer;
    return handle;
}

void ClusterCore::cancel(std::uint64_t handle) {
    Call* const call = find(handle);
    if (call == nullptr || call->place == Call::Place::prepared) {
        return;
    }
    if (call->place == Call::Place::spread) {
        for (std::uint64_t const part : std::vector(call->spread->handles())) {
            cancel(part);
        }
        return;
    }
    bool const outer = std::exchange(post_completions_, true);
    bool const written = call->place == Call::Place::in_flight;
    if (call->pinned) {
        complete(*call, {.failure = std::make_shared<Failure>(
                             Failure{.code = ErrorCode::cancelled,
                                     .outcome = written ? Outcome::unknown : Outcome::not_executed,
                                     .message = "the call was cancelled",
                                     .node = call->link != nullptr ? call->link->name() : ""})});
    } else {
        step(*call, routing::Cancelled{written}, call->link, nullptr);
    }
    post_completions_ = outer;
}

void ClusterCore::close() {
    if (std::exchange(closed_, true)) {
        return;
    }
    auto const keep = shared_from_this();
    refresher_.close();
    timer_->cancel();
    if (fetch_) {
        fetch_->cancel();
        fetch_.reset();
    }
    bool const outer = std::exchange(post_completions_, true);
    for (;;) {
        // Calls that are spread are among the endless ones, before their parts.
        Call* const call = endless_.empty() ? deadlines_.first() : endless_.first();
        if (call == nullptr) {
            break;
        }
        Outcome const outcome =
            call->place == Call::Place::spread
                ? outcome_given_up(
                      *call->spread, [this](std::uint64_t part) { return find(part); }, now())
                : outcome_given_up(*call, now());
        std::string const node = call->link != nullptr ? call->link->name() : "";
        complete(*call,
                 {.failure = std::make_shared<Failure>(Failure{.code = ErrorCode::closed,
                                                               .outcome = outcome,
                                                               .message = "the client was closed",
                                                               .node = node,
                                                               .hops = call->hops})});
    }
    post_completions_ = outer;
    for (auto& [when, work] : std::exchange(wakes_, {})) {
        environment_->post(std::move(work));
    }
    for (auto const& link : all_links()) {
        link->shut_down();
    }
    pool_.clear();
    for (auto const& listener : std::exchange(listeners_, {})) {
        if (auto const alive = listener.lock()) {
            alive->on_closed();
        }
    }
}

void ClusterCore::drain(Instant until, UniqueFunction<void(bool)> done) {
    draining_ = true;
    drained_ = std::move(done);
    if (closed_ || !has_callers()) {
        finish_draining(true);
    } else {
        drain_until_ = until;
        arm(until);
    }
}

// Posted: the last call's completion may still be under way.
void ClusterCore::finish_draining(bool all_done) {
    drain_until_ = Instant::max();
    environment_->post([self = shared_from_this(), all_done] {
        self->close();
        self->environment_->post([self, all_done] {  // behind what close() has told the callers
            if (self->drained_) {
                std::exchange(self->drained_, nullptr)(all_done);
            }
        });
    });
}

ClusterStats ClusterCore::stats() const {
    ClusterStats stats = stats_;
    stats.map_version = map_.version();
    return stats;
}

ClientSideCacheStats ClusterCore::cache_stats() const {
    return cache_ ? cache_->stats() : ClientSideCacheStats{};
}

void ClusterCore::on_reply(NodeLink& link, std::uint64_t ticket, ReplyView reply) {
    Call* const call = find(ticket);
    if (call == nullptr) {
        return;
    }
    if (--call->replies_left > 0) {
        call->queued.queued(reply);
        return;
    }
    if (call->own_link && call->lease && !reply.is_error()) {
        call->lease->link = std::move(call->own_link);
        call->lease->asking = call->next.asking;
    }
    bool const was_doubtful = leave_link(*call);
    std::uint16_t const slot = call->route.slot;
    if (call->is_transaction) {
        executed(*call, link, reply);
    } else if (reply.is_error() ? !refused(*call, link, reply) : !doubted(*call, link, reply)) {
        answer(*call, link, reply);
    }
    if (was_doubtful) {
        release_held(slot);
    }
}

void ClusterCore::answer(Call& call, NodeLink& link, ReplyView reply) {
    if (call.script) {
        link.learn(call.script->sha);
    }
    if (!call.pinned) {
        overtake_those_before(call);
        call.machine->answered();
    }
    deliver(call, &link, reply);
}

// False when the error is the caller's business.
bool ClusterCore::refused(Call& call, NodeLink& link, ReplyView reply) {
    if (call.pinned) {
        return call.lease && lease_refused(call, link, reply.text());
    }
    routing::ErrorReply error = routing::classify_error(reply.text(), asked(link.address()));
    error.target = map_.known_as(std::move(error.target));
    bool const lacks_script = error.kind == routing::ErrorKind::no_script && call.script;
    if (!routing::is_refusal(error.kind) && !lacks_script) {
        return false;
    }
    call.add_hop(link.name(), reply.text());
    if (lacks_script) {
        write_out_script(call.encoded, *std::exchange(call.script, nullptr));
    }
    call.last_refusal = error.kind;
    call.no_owner = false;
    if (options_.observer) {
        tell_redirection(link, error);
    }
    stats_.moved += error.kind == routing::ErrorKind::moved ? 1u : 0u;
    stats_.asked += error.kind == routing::ErrorKind::ask ? 1u : 0u;
    link.counters().redirections += routing::is_redirection(error.kind) ? 1u : 0u;
    if (call.by_replica && !lacks_script) {
        reads_.refused(link.address(), now());
    }
    bool const is_down =
        error.kind == routing::ErrorKind::loading || error.kind == routing::ErrorKind::cluster_down;
    bool const elsewhere = is_down && goes_to_replica(call, link);
    step(call, routing::Refused{std::move(error), link.address(), call.by_replica, elsewhere},
         &link, &reply);
    return true;
}

// True when the primary is asked as well.
bool ClusterCore::doubted(Call& call, NodeLink& link, ReplyView reply) {
    if (!call.by_replica || !options_.confirm_missing || !routing::says_nothing(reply)) {
        return false;
    }
    call.may_ask_replicas = false;
    step(call, routing::Doubted{}, &link, &reply);
    return true;
}

// The attempt on its link is over, one way or the other. True if later calls may have waited for it.
bool ClusterCore::leave_link(Call& call) {
    call.link = nullptr;
    give_back_link(call);
    call.place = Call::Place::prepared;
    if (std::exchange(call.doubtful, false)) {
        leave_order(call);
        return true;
    }
    return false;
}

void ClusterCore::on_attempt_failed(Call& call, NodeLink& link, bool written,
                                    std::string const& why) {
    bool const was_doubtful = leave_link(call);
    std::uint16_t const slot = call.route.slot;
    call.add_hop(link.name(), why);
    if (call.pinned) {
        if (call.lease) {
            call.lease->broken = why;
        }
        complete(call, {.failure = std::make_shared<Failure>(
                            Failure{.code = link.refused_credentials() ? ErrorCode::authentication
                                                                       : ErrorCode::connection,
                                    .outcome = written ? Outcome::unknown : Outcome::not_executed,
                                    .message = why,
                                    .node = link.name(),
                                    .hops = call.hops})});
        return;
    }
    call.lacks_access = link.refused_credentials();
    if (call.by_replica) {
        reads_.refused(link.address(), now());
    }
    bool const elsewhere = goes_to_replica(call, link);
    step(
        call,
        routing::Failed{link.address(), written, why, call.by_replica, link.timed_out(), elsewhere},
        &link, nullptr);
    if (was_doubtful) {
        release_held(slot);
    }
}

// Without this a client whose calls all wait, or that has none, would not notice a failover
// (client-bugs 37, 38, 39).
void ClusterCore::on_disconnect(bool is_news) {
    ++stats_.disconnects;
    if (!closed_ && started_ && is_news) {
        ask_refresh(routing::RefreshReason::connection_failed);
    }
}

// Who is blocked or subscribed there would not notice.
void ClusterCore::on_silence(NodeLink& silent) {
    for (auto const& link : all_links()) {
        if (link.get() != &silent && link->address() == silent.address() && link->ready()) {
            link->drop("the node does not answer");
        }
    }
}

void ClusterCore::ping(NodeLink& link) {
    Call& call = acquire();
    std::array<std::string_view, 1> const words{"PING"};
    call.route = encode(call.encoded, nullptr, words);
    call.timeout = options_.attempt_timeout;
    call.completion = [](CallResult&) {
    };  // without an answer the link ends, which is all that matters
    submit_on(link, call);
}

void ClusterCore::step(Call& call, routing::CallEvent const& event, NodeLink* link,
                       ReplyView const* reply) {
    if (routing::may_have_run(event)) {
        overtake_those_before(call);
    }
    routing::CallAction const action = call.machine->step(event, now(), environment_->random());
    if (action.patch && map_.patch(action.patch->first, action.patch->second,
                                   link != nullptr ? &link->address() : nullptr)) {
        doubt_calls_elsewhere();
        announce();
    }
    if (action.close_connection && link != nullptr) {
        link->drop("MOVED to the address that it came from: the connection is stale");
        if (closed_) {
            return;  // a completion on that link has closed the client, and this call with it
        }
    }
    if (action.refresh != routing::RefreshReason::none) {
        ask_refresh(action.refresh);
    }
    if (auto const* wish = std::get_if<routing::Send>(&action.wish)) {
        call.next = *wish;
        dispatch(call);
    } else if (auto const* pause = std::get_if<routing::Wait>(&action.wish)) {
        ++stats_.retries;
        if (options_.observer) {
            tell_retry(call, pause->until);
        }
        bool const is_put_off = link != nullptr &&
                                std::holds_alternative<routing::Refused>(event) &&
                                !routing::is_redirection(call.last_refusal);
        call.refused_at = is_put_off && call.pipeline != 0 ? link->mark() : LinkMark();
        wait(call, pause->until);
    } else if (std::holds_alternative<routing::Deliver>(action.wish)) {
        assert(reply != nullptr);
        deliver(call, link, *reply);
    } else {
        fail(call, std::get<routing::Fail>(action.wish));
    }
}

// Sends the call, unless an earlier one of its slot still waits: commands on one key keep their order.
void ClusterCore::dispatch(Call& call) {
    if (map_.version() == 0) {
        call.place = Call::Place::no_map;
        waiting_for_map_.push_back(
            call.handle());  // the first fetch is under way, or will be again
        return;
    }
    if (call.spread) {
        spread(call);
        return;
    }
    if (must_hold(call)) {
        hold(call);
    } else {
        send(call);
    }
}

// The limit of second attempts is asked here and not before the pause: calls of one slot gather behind the first
// of them, and would all go out with it (client-bugs 58).
void ClusterCore::send(Call& call) {
    if (std::exchange(call.is_second_attempt, false)) {
        if (Instant const allowed = retries_.reserve(now()); allowed > now()) {
            call.is_over_limit = true;
            return put_off(call, allowed);
        }
    }
    NodeLink* link = link_for(call);
    if (link == nullptr) {
        call.no_owner = true;
        step(call, routing::NoOwner{}, nullptr, nullptr);
        return;
    }
    if (call.needs_own_link() && (link = own_link_for(call, *link)) == nullptr) {
        return;
    }
    std::string why;
    if (!link->enqueue(call, why)) {
        if (link->resting()) {
            on_attempt_failed(call, *link, false, why);
        } else {
            refuse(call, *link, why);
        }
        return;
    }
    if (call.may_fall_behind()) {
        hold_others_behind(call);
    }
}

void ClusterCore::refuse(Call& call, NodeLink const& link, std::string const& why) {
    complete(call, {.failure = std::make_shared<Failure>(Failure{.code = ErrorCode::queue_full,
                                                                 .outcome = Outcome::not_executed,
                                                                 .message = why,
                                                                 .node = link.name(),
                                                                 .hops = call.hops})});
}

Instant ClusterCore::deadline_after(Duration timeout) const {
    Instant const time = now();
    return timeout < Instant::max() - time ? time + timeout : Instant::max();
}

void ClusterCore::wait(Call& call, Instant until) {
    call.is_second_attempt = true;
    put_off(call, until);
}

void ClusterCore::put_off(Call& call, Instant until) {
    call.place = Call::Place::waiting;
    call.wake_at = until;
    waits_.insert({until, call.handle()});
    stand(call, routing::SlotOrder::Stops::all);
    arm(until);
}

void ClusterCore::deliver(Call& call, NodeLink* link, ReplyView reply) {
    call.answered_by = link;
    if (reply.is_error()) {
        complete(call, {.failure = failure_of_reply(call, link, reply.text())});
    } else {
        if (cache_ && link != nullptr) {
            cache_->replied(call, *link, reply);
        }
        complete(call, {.reply = reply, .connection = link != nullptr ? link->connection() : 0});
    }
}

void ClusterCore::fail(Call& call, routing::Fail const& fail) {
    complete(call, {.failure = make_failure(call, fail)});
}

// Takes the call out of everything that knows it.
void ClusterCore::detach(Call& call) {
    deadlines_of(call).remove(call);
    if (std::exchange(call.doubtful, false)) {
        leave_order(call);
    }
    switch (call.place) {
        case Call::Place::queued:
        case Call::Place::in_flight:
            if (call.link != nullptr) {
                call.link->forget(call);
            }
            break;
        case Call::Place::waiting:
            waits_.erase({call.wake_at, call.handle()});
            leave_order(call);
            break;
        case Call::Place::held: leave_order(call); break;
        case Call::Place::spread:  // its parts find nobody any more
        case Call::Place::no_map:  // found to be gone when its turn comes
        case Call::Place::prepared:
        case Call::Place::free: break;
    }
    // One that still owes the reply is closed, so that a blocked command takes nothing for nobody.
    give_back_link(call);
}

void ClusterCore::complete(Call& call, CallResult result) {
    bool const was_deferred =
        call.place == Call::Place::waiting || call.place == Call::Place::held || call.doubtful;
    std::uint16_t const slot = call.route.slot;
    detach(call);
    if (call.session) {
        note_write(call);
    }
    bool const was_last = !call.pinned && --callers_ == 0;
    if (!call.pinned) {
        ++(result.failure ? stats_.failed : stats_.completed);
        if (options_.observer) {
            tell_end(call, result);
        }
    }
    UniqueFunction<void(CallResult&)> completion = std::move(call.completion);
    if (cache_) {
        cache_->completed(call);
    }
    release(call);
    result.executor = &executor_;
    if (post_completions_) {
        assert(result.failure != nullptr);
        environment_->post([self = shared_from_this(), completion = std::move(completion),
                            failure = std::move(result.failure)]() mutable {
            CallResult late{.failure = std::move(failure), .executor = &self->executor_};
            completion(late);
        });
    } else {
        completion(result);
    }
    if (was_deferred) {
        release_held(slot);
    }
    if (was_last && draining_) {
        finish_draining(true);
    }
}

}  // namespace keyslot::detail
