#include "client/cluster/subscriber.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace keyslot::detail {

namespace {

static_assert(static_cast<int>(PubSubOverflow::disconnect) ==
              static_cast<int>(routing::Overflow::disconnect));

routing::SubscriberLimits limits_of(ClusterCore const& core, PubSubOptions const& options) {
    return {.backoff_min = core.options().backoff_min,
            .backoff_max = core.options().backoff_max,
            .ping_after = options.health_check_interval,
            .answer_within = core.options().attempt_timeout};
}

std::shared_ptr<Failure const> failure(ErrorCode code, Outcome outcome, std::string message,
                                       std::string node = {}) {
    return std::make_shared<Failure const>(Failure{
        .code = code, .outcome = outcome, .message = std::move(message), .node = std::move(node)});
}

}  // namespace

Subscriber::Subscriber(std::shared_ptr<ClusterCore> core, PubSubOptions const& options)
    : core_(std::move(core)),
      options_(options),
      machine_(limits_of(*core_, options), core_->address_remap()),
      queue_(options.queue_messages_max, options.queue_bytes_max,
             static_cast<routing::Overflow>(options.overflow)),
      timer_(core_->environment().make_timer()) {}

Subscriber::~Subscriber() { shut_down_links(); }

void Subscriber::attach() {
    core_->add_listener(weak_from_this());
    if (core_->closed()) {
        on_closed();
    }
}

std::uint64_t Subscriber::subscribe(std::vector<Id> ids, Done done) {
    core_->start();
    return change(true, std::move(ids), std::move(done));
}

std::uint64_t Subscriber::unsubscribe(std::vector<Id> ids, Done done) {
    give_up_waiting_for(ids);
    return change(false, std::move(ids), std::move(done));
}

// What nobody wants any more is never acknowledged: who waits for that would wait for the deadline.
void Subscriber::give_up_waiting_for(std::vector<Id> const& ids) {
    for (auto it = changes_.begin(); it != changes_.end();) {
        auto const& [handle, change] = *it++;
        auto const given_up = std::find_if(ids.begin(), ids.end(), [&change](Id const& id) {
            return change.subscribe && change.missing.contains(id);
        });
        if (given_up != ids.end()) {
            finish(handle, problem_of(change, ErrorCode::cancelled, "given up by unsubscribe"));
        }
    }
}

std::uint64_t Subscriber::change(bool subscribe, std::vector<Id> ids, Done done) {
    std::uint64_t const handle = next_handle_++;
    Duration const timeout = options_.timeout.value_or(core_->options().call_timeout);
    changes_.emplace(handle, Change{.subscribe = subscribe,
                                    .missing = {ids.begin(), ids.end()},
                                    .deadline = core_->now() + timeout,
                                    .done = std::move(done)});
    if (ended_) {
        finish(handle, ended_);
    } else if (ids.empty()) {
        finish(handle, true);
    } else if (subscribe) {
        step(Machine::Want{std::move(ids)});
    } else {
        step(Machine::Unwant{std::move(ids)});
    }
    return handle;
}

std::uint64_t Subscriber::next(std::optional<Duration> timeout, Taken taken) {
    Waiter waiter{.handle = next_handle_++, .deadline = std::nullopt, .taken = std::move(taken)};
    if (timeout) {
        waiter.deadline = core_->now() + *timeout;
    }
    std::uint64_t const handle = waiter.handle;
    waiters_.push_back(std::move(waiter));
    hand_out();
    arm();
    return handle;
}

void Subscriber::cancel(std::uint64_t handle) {
    auto const waiter = std::find_if(waiters_.begin(), waiters_.end(),
                                     [&](Waiter const& each) { return each.handle == handle; });
    if (waiter != waiters_.end()) {
        Waiter cancelled = std::move(*waiter);
        waiters_.erase(waiter);
        complete(std::move(cancelled), failure(ErrorCode::cancelled, Outcome::not_executed,
                                               "the wait for a message was cancelled"));
    } else if (auto const found = changes_.find(handle); found != changes_.end()) {
        finish(handle, problem_of(found->second, ErrorCode::cancelled, "cancelled"));
    }
}

void Subscriber::close() {
    end(failure(ErrorCode::closed, Outcome::not_executed, "the subscriber was closed"));
}

void Subscriber::on_closed() {
    end(failure(ErrorCode::closed, Outcome::not_executed, "the client was closed"));
}

// Completions are posted, all of them: none runs inside the caller's function, and none comes back into a
// machine that is in the middle of a step.
void Subscriber::finish(std::uint64_t handle, Result<bool> result) {
    auto const found = changes_.find(handle);
    Done done = std::move(found->second.done);
    changes_.erase(found);
    core_->environment().post([done = std::move(done), result = std::move(result),
                               core = core_]() mutable { done(std::move(result)); });
}

void Subscriber::complete(Waiter waiter, Result<std::optional<PubSubMessage>> result) {
    core_->environment().post([taken = std::move(waiter.taken), result = std::move(result),
                               core = core_]() mutable { taken(std::move(result)); });
}

void Subscriber::hand_out() {
    while (!waiters_.empty() && (!queue_.empty() || ended_)) {
        Waiter waiter = std::move(waiters_.front());
        waiters_.pop_front();
        if (queue_.empty()) {
            complete(std::move(waiter), ended_);
        } else {
            complete(std::move(waiter), std::optional<PubSubMessage>(queue_.pop()));
        }
    }
}

void Subscriber::end(Problem why) {
    if (ended_) {
        return;
    }
    ended_ = std::move(why);
    timer_->cancel();
    shut_down_links();
    while (!changes_.empty()) {
        finish(changes_.begin()->first, ended_);
    }
    hand_out();
}

void Subscriber::shut_down_links() {
    for (auto const& [connection, link] : std::exchange(links_, {})) {
        link->set_owner(nullptr);
        link->shut_down();
    }
}

void Subscriber::on_ready(NodeLink& link) { step(Machine::Connected{connection_of(link)}); }

void Subscriber::on_message(NodeLink& link, ReplyView view) {
    step(Machine::Received{connection_of(link), view});
}

void Subscriber::on_ended(NodeLink& link, std::string const&, bool) {
    Machine::ConnectionId const connection = connection_of(link);
    link.set_owner(nullptr);
    std::erase_if(links_, [&](auto const& each) { return each.first == connection; });
    step(Machine::Ended{connection});
}

void Subscriber::on_topology(std::uint64_t) { step(Machine::TopologyChanged{}); }

void Subscriber::step(Machine::Event const& event) {
    if (ended_) {
        return;
    }
    auto const keep = shared_from_this();
    std::vector<Machine::Action> actions;
    machine_.step(event, core_->now(), core_->environment().random(), core_->map(), actions);
    for (Machine::Action& action : actions) {
        if (ended_) {
            return;
        }
        std::visit([this](auto& wish) { obey(wish); }, action);
    }
    hand_out();
    arm();
}

void Subscriber::obey(Machine::Open const& wish) {
    auto const link = core_->make_private_link(wish.to, {.is_patient = true, .is_raw = true});
    link->set_owner(this);
    links_.emplace_back(wish.connection, link);
    link->open();
}

void Subscriber::obey(Machine::Close const& wish) {
    if (NodeLink* const link = link_of(wish.connection)) {
        link->set_owner(nullptr);
        link->shut_down();
        // It may be this link's own message that is being worked on.
        auto const found = std::find_if(links_.begin(), links_.end(), [&](auto const& each) {
            return each.first == wish.connection;
        });
        core_->environment().post([kept = std::move(found->second)] {});
        links_.erase(found);
    }
}

void Subscriber::obey(Machine::Say const& wish) {
    if (NodeLink* const link = link_of(wish.connection); link != nullptr && link->ready()) {
        link->say(wish.bytes);
    }
}

void Subscriber::obey(Machine::Deliver& wish) {
    bool const is_notice = wish.message.kind == PubSubMessage::Kind::subscribed ||
                           wish.message.kind == PubSubMessage::Kind::unsubscribed;
    if (is_notice && options_.ignore_subscribe_messages && wish.message.payload.empty()) {
        return;
    }
    if (!queue_.push(std::move(wish.message))) {
        end(failure(ErrorCode::queue_full, Outcome::executed,
                    "messages came faster than they were taken (queue_messages_max " +
                        std::to_string(options_.queue_messages_max) + ", queue_bytes_max " +
                        std::to_string(options_.queue_bytes_max) + ")"));
    }
}

void Subscriber::obey(Machine::AskRefresh const& wish) { core_->ask_refresh(wish.reason); }

void Subscriber::obey(Machine::Learn const& wish) {
    core_->learn_owner(wish.slot, wish.owner, wish.from);
}

void Subscriber::obey(Machine::Settled const& wish) {
    for (auto it = changes_.begin(); it != changes_.end();) {
        auto& [handle, change] = *it++;
        if (change.subscribe && change.missing.erase(wish.id) != 0 && change.missing.empty()) {
            finish(handle, true);
        }
    }
}

void Subscriber::obey(Machine::Left const& wish) {
    for (auto it = changes_.begin(); it != changes_.end();) {
        auto& [handle, change] = *it++;
        if (!change.subscribe && change.missing.erase(wish.id) != 0 && change.missing.empty()) {
            finish(handle, true);
        }
    }
}

void Subscriber::obey(Machine::Refused const& wish) {
    bool const by_acl = wish.error.starts_with("NOPERM");
    Problem const why = failure(by_acl ? ErrorCode::authentication : ErrorCode::response,
                                Outcome::not_executed, wish.id.name + ": " + wish.error, wish.node);
    for (auto it = changes_.begin(); it != changes_.end();) {
        auto& [handle, change] = *it++;
        if (change.subscribe && change.missing.contains(wish.id)) {
            finish(handle, why);
        }
    }
}

Subscriber::Problem Subscriber::problem_of(Change const& change, ErrorCode code,
                                           std::string const& what) const {
    std::string message(change.subscribe ? "subscribe: " : "unsubscribe: ");
    message += what;
    constexpr std::size_t named_max = 5;
    std::size_t named = 0;
    for (Id const& id : change.missing) {
        if (named++ == named_max) {
            message += ", and " + std::to_string(change.missing.size() - named_max) + " more";
            break;
        }
        message += named == 1 ? "; not done: " : ", ";
        message += id.name;
        if (std::string const& problem = machine_.last_problem(id); !problem.empty()) {
            message += " (" + problem + ")";
        }
    }
    return failure(code, Outcome::unknown, std::move(message));
}

void Subscriber::on_timer() {
    armed_at_ = Instant::max();
    Instant const now = core_->now();
    for (auto it = changes_.begin(); it != changes_.end();) {
        auto const& [handle, change] = *it++;
        if (change.deadline <= now) {
            Duration const timeout = options_.timeout.value_or(core_->options().call_timeout);
            finish(handle, problem_of(change, ErrorCode::timeout,
                                      "no answer within " + milliseconds(timeout)));
        }
    }
    std::deque<Waiter> waiting = std::exchange(waiters_, {});
    for (Waiter& waiter : waiting) {
        if (waiter.deadline && *waiter.deadline <= now) {
            complete(std::move(waiter), std::optional<PubSubMessage>());
        } else {
            waiters_.push_back(std::move(waiter));
        }
    }
    if (machine_.next_wake() <= now) {
        step(Machine::Woken{});
    }
    arm();
}

void Subscriber::arm() {
    Instant due = machine_.next_wake();
    for (auto const& [handle, change] : changes_) {
        due = std::min(due, change.deadline);
    }
    for (Waiter const& waiter : waiters_) {
        due = std::min(due, waiter.deadline.value_or(Instant::max()));
    }
    if (due >= armed_at_ || ended_) {
        return;  // firing once for nothing is cheaper than moving the timer with every message
    }
    armed_at_ = due;
    timer_->arm(due, [this] {
        auto const keep = shared_from_this();
        on_timer();
    });
}

routing::SubscriberMachine::ConnectionId Subscriber::connection_of(NodeLink const& link) const {
    auto const found = std::find_if(links_.begin(), links_.end(),
                                    [&](auto const& each) { return each.second.get() == &link; });
    return found == links_.end() ? 0 : found->first;
}

NodeLink* Subscriber::link_of(Machine::ConnectionId connection) const {
    auto const found = std::find_if(links_.begin(), links_.end(),
                                    [&](auto const& each) { return each.first == connection; });
    return found == links_.end() ? nullptr : found->second.get();
}

}  // namespace keyslot::detail
