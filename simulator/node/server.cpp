#include "simulator/node/server.hpp"

#include "simulator/kernel/random.hpp"
#include "simulator/node/snapshot.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

namespace keyslot::sim {

namespace {

constexpr Duration cron_period = std::chrono::milliseconds{100};
constexpr std::uint64_t cron_runs_per_second = 10;
/// Keys the active cycle may delete in one go: more wait for the next one, as in Redis, where the cycle
/// is bounded by time.
constexpr std::size_t expired_per_cycle_max = 1000;

}  // namespace

Server::Server(NodeConfig node_config, NodeHost& node_host)
    : config(std::move(node_config)),
      host(node_host),
      users(config.password),
      parameters(config),
      feed(*this),
      master_link(*this),
      migration(*this),
      pubsub(*this),
      tracking(*this),
      scripts(*this),
      shutdown(*this),
      cluster(config, *this) {
    keyspace.set_listener(this);
    apply_parameters();
    enter();  // a preset or restored view of the cluster asks for the time before start()
}

Server::~Server() { keyspace.set_listener(nullptr); }

void Server::start() {
    enter();
    started_at_ = now_;
    statistics.last_save_s = unix_time_ms_ / 1000;
    // Real servers do not tick in step.
    auto const phase = static_cast<std::int64_t>(
        host.random().below(static_cast<std::uint64_t>(cron_period.count())));
    cron_at_ = now_ + Duration{phase};
    if (keyspace.empty()) {
        finish_start();
    } else {
        auto const bytes = static_cast<std::int64_t>(write_snapshot(keyspace).size());
        own_loading_ =
            LoadingWindow::of(config, now_, bytes, static_cast<std::int64_t>(keyspace.size()));
    }
    settle();
}

/// The data is there: only now a replica looks for its master.
void Server::finish_start() {
    own_loading_.reset();
    cluster.start();
}

void Server::on_session_open(SessionId id, std::string_view peer) {
    if (shutdown.is_over()) {
        return;
    }
    if (suspended()) {
        deferred_.emplace_back([this, id, from = std::string(peer)] { on_session_open(id, from); });
        return;
    }
    enter();
    Session& session = sessions.open(id, peer, now_);
    session.parser.set_limits(request_limits());
    log_out(session);
    ++statistics.connections_received;
    if (!admit(session)) {
        settle();
    }
}

void Server::on_session_bytes(SessionId id, std::string_view bytes) {
    if (shutdown.is_over()) {
        return;
    }
    if (suspended()) {
        deferred_.emplace_back(
            [this, id, text = std::string(bytes)] { on_session_bytes(id, text); });
        return;
    }
    Session* const session = sessions.find(id);
    if (session == nullptr) {
        return;  // closed by us while the bytes were on their way
    }
    enter();
    session->active_at = now_;
    consume(*session, bytes);
    settle();
}

void Server::on_session_closed(SessionId id) {
    if (shutdown.is_over()) {
        return;
    }
    if (suspended()) {
        deferred_.emplace_back([this, id] { on_session_closed(id); });
        return;
    }
    if (Session* const session = sessions.find(id)) {
        enter();
        if (session == scripts.caller()) {
            scripts.caller_left();
        } else {
            forget(*session);
        }
        settle();
    }
}

void Server::on_link_open(LinkId link) {
    if (shutdown.is_over()) {
        return;
    }
    if (is_deaf_to_links() && !migration.owns(link)) {
        deferred_.emplace_back([this, link] { on_link_open(link); });
        return;
    }
    enter();
    if (migration.owns(link)) {
        migration.on_open(link);
    } else {
        master_link.on_open(link);
    }
    settle();
    run_deferred();
}

void Server::on_link_bytes(LinkId link, std::string_view bytes) {
    if (shutdown.is_over()) {
        return;
    }
    if (is_deaf_to_links() && !migration.owns(link)) {
        deferred_.emplace_back(
            [this, link, text = std::string(bytes)] { on_link_bytes(link, text); });
        return;
    }
    enter();
    if (migration.owns(link)) {
        migration.on_bytes(link, bytes);
    } else {
        master_link.on_bytes(link, bytes);
    }
    settle();
    run_deferred();
}

void Server::on_link_closed(LinkId link, std::string_view reason) {
    if (shutdown.is_over()) {
        return;
    }
    if (is_deaf_to_links() && !migration.owns(link)) {
        deferred_.emplace_back(
            [this, link, why = std::string(reason)] { on_link_closed(link, why); });
        return;
    }
    enter();
    if (migration.owns(link)) {
        migration.on_closed(link, reason);
    } else {
        master_link.on_closed(link);
    }
    settle();
    run_deferred();
}

void Server::on_bus_message(BusMessage const& message) {
    if (shutdown.is_over()) {
        return;
    }
    if (suspended()) {
        deferred_.emplace_back([this, message] { on_bus_message(message); });
        return;
    }
    enter();
    cluster.on_bus(message);
    settle();
}

void Server::on_wake() {
    if (shutdown.is_over()) {
        return;
    }
    armed_ = {};
    enter();
    if (migration.active()) {
        if (now_ >= migration.deadline()) {
            migration.on_deadline();
        }
    } else if (sleep_.sleeper != nullptr) {
        if (now_ >= sleep_.until) {
            wake_up();
        }
    } else if (scripts.is_suspended()) {
        current_ = scripts.caller();  // others may have been answered in between
        scripts.on_wake();
    } else if (is_loading() && now_ < loading()->until) {
        is_looking_ = now_ >= look_at_;
    } else {
        release_paused();
        if (own_loading_) {
            finish_start();
        }
        master_link.on_time();
        feed.expire_waits();
        expire_blocked();
        if (now_ >= cron_at_) {
            cron();
        }
    }
    settle();
    run_deferred();
    is_looking_ = false;
}

// A node that is busy with a script puts events of its links off once more: they stay in order.
void Server::run_deferred() {
    if (deferred_.empty()) {
        return;
    }
    auto events = std::exchange(deferred_, {});
    while (!suspended() && !shutdown.is_over() && !events.empty()) {
        UniqueFunction<void()> event = std::move(events.front());
        events.pop_front();
        event();
    }
    for (; !events.empty(); events.pop_back()) {
        deferred_.push_front(std::move(events.back()));
    }
}

void Server::fall_asleep(Session& session, Arguments arguments, Duration duration) {
    session.blocked = Blocked::asleep;
    sleep_ = {&session, now_ + duration, {arguments.begin(), arguments.end()}};
}

void Server::wake_up() {
    Sleep const over = std::exchange(sleep_, {});
    protocol::RespWriter(over.sleeper->output, over.sleeper->protocol).ok();
    std::vector<std::string_view> const views(over.words.begin(), over.words.end());
    finish_set_aside(*over.sleeper, views, false);
}

void Server::enter() {
    now_ = host.now();
    unix_time_ms_ = host.unix_time_ms();
}

/// What Redis does before it sleeps: run those who need not wait any more, ask replicas for
/// acknowledgements, send, close, and tell when to be woken.
void Server::settle() {
    if (shutdown.is_over()) {
        return;
    }
    if (!suspended()) {
        run_unblocked();
    }
    if (shutdown.is_over()) {
        return;  // one of them has ended it
    }
    if (!suspended()) {
        feed.ask_for_acknowledgements();
        tracking.broadcast();
        std::vector<Session*>& to_flush = sessions.to_flush();
        for (std::size_t n = 0; n < to_flush.size(); ++n) {
            Session& session = *std::exchange(to_flush[n], nullptr);
            session.flush_queued = false;
            flush(session);
        }
        to_flush.clear();
    }
    arm_wake();
}

void Server::run_unblocked() {
    for (std::size_t n = 0; n < runnable_.size() && !suspended() && !shutdown.is_over(); ++n) {
        Session& session = *std::exchange(runnable_[n], nullptr);
        consume(session, {});
    }
    std::erase(runnable_, nullptr);
}

void Server::flush(Session& session) {
    bool const has_reply = !session.output.empty();
    if (has_reply && !session.close_now) {
        host.send_to_session(session.id, session.output);
        session.active_at = now_;
    }
    session.output.clear();
    session.reply_start = 0;
    // Redis closes when the reply has left: where CLIENT REPLY OFF holds it back, it never does.
    if (session.close_now || (session.close_after_reply && has_reply)) {
        host.close_session(session.id);
        forget(session);
    }
}

void Server::forget(Session& session) {
    watches.unwatch(session);
    pubsub.forget(session);
    stop_waiting(session);
    tracking.disable(session);
    stop_monitoring(session);
    feed.detach(session);
    std::erase(runnable_, &session);
    std::erase(parked_, &session);
    sessions.erase(session);
}

void Server::push(Session& session, std::string_view frame) {
    if (session.closing()) {
        return;
    }
    if (&session == current_ && session.is_muted()) {  // all from reply_start on will be cut off
        session.output.insert(session.reply_start, frame);
        session.reply_start += frame.size();
    } else {
        session.output += frame;
    }
    limit_output(session);
    sessions.queue_flush(session);
}

void Server::close_after_reply(Session& session) {
    session.close_after_reply = true;
    sessions.queue_flush(session);
}

void Server::close_now(Session& session) {
    stop_waiting(session);  // nothing may be spent on it any more
    session.close_now = true;
    sessions.queue_flush(session);
}

void Server::unblock(Session& session) {
    session.blocked = Blocked::no;
    runnable_.push_back(&session);
    sessions.queue_flush(session);
}

void Server::release_paused() {
    for (Session* session : std::exchange(parked_, {})) {
        unblock(*session);
    }
}

void Server::cron() {
    // A node that was frozen does not make up for the ticks it missed.
    cron_at_ += cron_period * (1 + (now_ - cron_at_) / cron_period);
    ++cron_runs_;
    redirect_blocked();
    shutdown.cron();
    if (shutdown.is_over()) {
        return;
    }
    if (config.cluster_enabled) {
        cluster.cron();
    }
    expire_keys();
    if (cron_runs_ % cron_runs_per_second == 0) {
        master_link.cron();
        feed.cron();
        migration.cron();
        drop_idle_sessions();
        sessions.each([this](Session& session) { limit_output(session); });
    }
}

void Server::expire_keys() {
    if (!active_expire_ || is_replica() || is_paused() || keyspace.expiring() == 0) {
        return;
    }
    keyspace.remove_expired(unix_time_ms_, expired_per_cycle_max);
    for (std::vector<std::string>& words : std::exchange(to_propagate_, {})) {
        to_propagate_.push_back(std::move(words));  // each on its own: no transaction around them
        finish_unit();
    }
}

void Server::arm_wake() {
    Wake wake;
    if (migration.active()) {
        wake = {migration.deadline(), false};
    } else if (sleep_.sleeper != nullptr) {
        wake = {sleep_.until, false};
    } else if (scripts.is_suspended()) {
        wake = {scripts.next_slice(), false};
    } else if (is_loading()) {
        if (look_at_ <= now_) {
            look_at_ = loading()->look_after(now_);
        }
        wake = {look_at_, false};
    } else {
        look_at_ = {};
        Instant const urgent =
            std::min({pause.end(now_), feed.next_wait_deadline(), blocked_keys.next_deadline()});
        wake.background = urgent == Instant::max();
        wake.at = std::min(cron_at_, urgent);
    }
    if (wake != armed_ && wake.at != Instant::max()) {
        armed_ = wake;
        host.wake_at(wake.at, wake.background);
    }
}

// ClusterPort

void Server::send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) {
    host.send_bus(ip, bus_port, std::move(message));
}

ExpiryRule Server::expiry_rule() const {
    bool const hidden = is_replica() || pause_kind() != PauseKind::none;
    return {unix_time_ms_, hidden ? ExpiredKeys::hidden : ExpiredKeys::removed};
}

bool Server::key_exists(std::string_view key) {
    // Routing only looks: it deletes nothing (facts 2.3).
    return keyspace.exists(key, {unix_time_ms_, ExpiredKeys::hidden});
}

std::size_t Server::count_keys_in_slot(std::uint16_t slot) {
    return keyspace.count_keys_in_slot(slot);
}

std::vector<std::string> Server::keys_in_slot(std::uint16_t slot, std::size_t count) {
    return keyspace.keys_in_slot(slot, count);
}

void Server::start_replicating(std::string_view ip, std::uint16_t port) {
    dismiss_blocked();
    feed.become_replica();
    master_link.follow(ip, port);
}

void Server::stop_replicating() {
    if (!is_replica()) {
        return;
    }
    master_link.leave();
    feed.become_master();
}

/// A replica that has no data set yet, or none any more, is at nought: so the others know.
std::int64_t Server::replication_offset() {
    return is_replica() && !master_link.has_history() ? 0 : feed.log().offset();
}

std::int64_t Server::master_link_idle_ms() { return master_link.idle_ms(); }

void Server::pause_writes_until(Instant until) {
    pause.pause_writes_by_failover(until);
    release_paused();
}

void Server::deliver_publish(std::string_view channel, std::string_view payload, bool shard) {
    pubsub.deliver(channel, payload, shard);
}

// KeyspaceListener

void Server::on_key_changed(std::string_view key) {
    if (!watches.empty()) {
        watches.touch(key, keyspace);
    }
    tracking.on_key_changed(key, current_);
}

void Server::on_key_added(Entry const& entry) {
    if (!blocked_keys.empty()) {
        blocked_keys.on_key_added(entry.key(), type_of(entry.value));
    }
}

void Server::on_key_expired(std::string_view key) {
    ++statistics.expired_keys;
    tracking.on_key_expired(key);
    propagate({"DEL", std::string(key)});
    std::string_view const words[] = {"DEL", key};
    report(nullptr, words, true, false);
}

/// Facts 7.5: heard on this node alone.
void Server::on_event(NotifyClass type, std::string_view event, std::string_view key) {
    NotifyFlags const& flags = parameters.notify_events;
    if (!flags.wants(type)) {
        return;
    }
    if (flags.wants_keyspace()) {
        pubsub.deliver("__keyspace@0__:" + std::string(key), event, false);
    }
    if (flags.wants_keyevent()) {
        pubsub.deliver("__keyevent@0__:" + std::string(event), key, false);
    }
}

void Server::on_flush() {
    watches.touch_existing(keyspace);
    tracking.on_flush(current_);
}

}  // namespace keyslot::sim
