#include "simulator/runner/workload.hpp"

#include "client/protocol/command_table.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr int count_up_attempts = 4;
constexpr std::uint32_t calls_to_close_on = 8;

std::chrono::milliseconds in_ms(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

std::vector<std::string_view> views_of(std::vector<std::string> const& words) {
    return {words.begin(), words.end()};
}

/// "17/..." -> 17; what is not there counts as 0.
std::uint64_t leading_number(ReplyView value) {
    std::uint64_t number = 0;
    if (value.type() == ReplyType::bulk_string) {
        for (char const c : value.text()) {
            if (c < '0' || c > '9') {
                break;
            }
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        }
    }
    return number;
}

// At once, soon, or when the call has probably been answered or is held up.
Duration draw_delay(Random& random) {
    switch (random.below(4)) {
        case 0: return Duration{};
        case 1: return std::chrono::microseconds{random.below(1000)};
        case 2: return std::chrono::microseconds{random.below(50'000)};
        default: return std::chrono::microseconds{random.below(3'000'000)};
    }
}

}  // namespace

ClusterOptions client_options(ClientSettings const& settings,
                              std::vector<ClusterNode> startup_nodes) {
    ClusterOptions options;
    options.startup_nodes = std::move(startup_nodes);
    options.protocol = static_cast<int>(settings.protocol);
    options.connect_timeout = in_ms(settings.connect_timeout);
    options.attempt_timeout = in_ms(settings.attempt_timeout);
    options.call_timeout = in_ms(settings.call_timeout);
    options.redirects_max = static_cast<int>(settings.redirects_max);
    options.read_from_replicas = settings.read_from_replicas;
    return options;
}

void add(ClusterStats& sum, ClusterStats const& one) {
    sum.calls += one.calls;
    sum.completed += one.completed;
    sum.failed += one.failed;
    sum.moved += one.moved;
    sum.asked += one.asked;
    sum.replica_reads += one.replica_reads;
    sum.retries += one.retries;
    sum.refreshes += one.refreshes;
    sum.connects += one.connects;
    sum.disconnects += one.disconnects;
}

WorkloadClient::WorkloadClient(World& world, Cluster& cluster, Scenario const& scenario,
                               std::uint32_t number, Recorder& recorder, CallSpoiler spoiler)
    : world_(&world),
      cluster_(&cluster),
      scenario_(&scenario),
      recorder_(&recorder),
      spoiler_(std::move(spoiler)),
      number_(number),
      mix_(scenario.workload, Random{scenario.seed}.fork("workload").fork(host_name(number)),
           recorder.values),
      cancellations_(Random{scenario.seed}.fork("cancellations").fork(host_name(number))),
      closings_(Random{scenario.seed}.fork("closings").fork(host_name(number))),
      redis_(make_client()) {}

std::unique_ptr<AsyncRedisCluster> WorkloadClient::make_client() {
    ClusterOptions options = client_options(scenario_->client, cluster_->startup_nodes());
    accounts_.push_back(std::make_shared<ClientAccount>([world = world_] { return world->now(); }));
    options.observer = accounts_.back();
    return std::make_unique<AsyncRedisCluster>(world_->host(host_name(number_)),
                                               std::move(options));
}

ClusterStats WorkloadClient::stats() const {
    ClusterStats sum = closed_stats_;
    add(sum, redis_->stats());
    return sum;
}

asio::awaitable<void> WorkloadClient::run() {
    Workload const& workload = scenario_->workload;
    std::int64_t const batch_calls = std::int64_t{workload.clients} * workload.pipeline;
    Duration const interval{
        std::max<std::int64_t>(1, workload.rate.period.count() / workload.rate.count * batch_calls +
                                      workload.rate.period.count() % workload.rate.count *
                                          batch_calls / workload.rate.count)};
    Instant const end = world_->now() + workload.duration;
    Instant next = world_->now() + interval * (number_ - 1) / workload.clients;
    for (; next < end; next += interval) {
        co_await world_->sleep(next - world_->now());
        for (std::uint32_t i = 0; i < workload.pipeline; ++i) {
            start_any();
        }
    }
    co_await world_->sleep(end - world_->now());
    if (workload.close) {
        co_await close_with_calls_in_flight();
    }
}

void WorkloadClient::start_any() {
    std::uint32_t const calls_max = scenario_->workload.calls_max;
    if (calls_max > 0 && recorder_->started >= calls_max) {
        return;
    }
    ++recorder_->started;
    std::string_view const kind = mix_.draw_kind();
    if (kind == "batch") {
        start_batch(mix_.draw_batch(), UnitKind::pipeline);
    } else if (kind == "multi") {
        start_batch(mix_.draw_transaction(), UnitKind::transaction);
    } else if (kind == "watch") {
        asio::co_spawn(redis_->get_executor(), count_up(mix_.draw_tally()), asio::detached);
    } else {
        start_call(mix_.draw_call(kind));
    }
}

void WorkloadClient::start_call(Words words) {
    std::size_t const number = begin_call(words);
    auto const signal = draw_signal();
    auto finish = [this, number, signal](Result<Reply> result) { finish_call(number, result); };
    if (signal) {
        redis_->with(call_options())
            .issue_words(views_of(words), as_result(asio::bind_cancellation_slot(
                                              signal->slot(), std::move(finish))));
        let_cancel(signal, {number});
    } else {
        redis_->with(call_options()).issue_words(views_of(words), as_result(std::move(finish)));
    }
}

void WorkloadClient::start_batch(std::vector<Words> const& calls, UnitKind kind) {
    std::size_t const unit = begin_unit(calls, kind);
    auto pipeline = redis_->pipeline({.transaction = kind == UnitKind::transaction});
    for (Words const& words : calls) {
        pipeline.issue_words(views_of(words));
    }
    PipelineOptions const options{.raise_on_error = false, .call = call_options()};
    auto const signal = draw_signal();
    auto finish = [this, unit, signal](Result<Replies> results) { finish_unit(unit, results); };
    if (signal) {
        pipeline.execute(
            options, as_result(asio::bind_cancellation_slot(signal->slot(), std::move(finish))));
        let_cancel(signal, recorder_->history.units()[unit].calls);
    } else {
        pipeline.execute(options, as_result(std::move(finish)));
    }
}

asio::awaitable<void> WorkloadClient::count_up(std::string key) {
    for (int attempt = 0; attempt < count_up_attempts; ++attempt) {
        bool const done = co_await try_to_count_up(key);
        if (done) {
            co_return;
        }
    }
}

// False when somebody else changed the key meanwhile.
asio::awaitable<bool> WorkloadClient::try_to_count_up(std::string const& key) {
    AsyncTransaction transaction = redis_->transaction(call_options());
    std::vector<std::string_view> const keys{key};
    std::size_t const watch = begin_call({"WATCH", key});
    Result<bool> const watched = co_await transaction.watch(keys, as_result);
    finish_call(watch, watched ? Result<Reply>(Reply::simple_string("OK"))
                               : Result<Reply>(watched.failure()));
    if (!watched) {
        co_return watched.error().code != ErrorCode::watch;
    }
    Words const get{"GET", key};
    std::size_t const read = begin_call(get);
    std::vector<std::string_view> const get_words = views_of(get);
    Result<Reply> const value = co_await transaction.issue_words(get_words, as_result);
    finish_call(read, value);
    if (!value) {
        co_return value.error().code != ErrorCode::watch;
    }
    std::uint64_t const count = leading_number(value->view()) + 1;
    Words const set{"SET", key, std::to_string(count) + '/' + mix_.unique_value(key)};
    std::size_t const unit = begin_unit({get, set}, UnitKind::transaction, read);
    transaction.multi().issue_words(get_words);
    transaction.multi().issue_words(views_of(set));
    PipelineOptions const options{.raise_on_error = false, .call = call_options()};
    Result<Replies> const replies = co_await transaction.execute(options, as_result);
    finish_unit(unit, replies);
    co_return replies || replies.error().code != ErrorCode::watch;
}

asio::awaitable<bool> WorkloadClient::call(Words words) {
    std::vector<std::string_view> const views = views_of(words);
    std::size_t const number = begin_call(words);
    Result<Reply> const result = co_await redis_->issue_words(views, as_result);
    finish_call(number, result);
    co_return result.has_value();
}

std::shared_ptr<asio::cancellation_signal> WorkloadClient::draw_signal() {
    std::uint32_t const share = scenario_->workload.cancel;
    return share > 0 && cancellations_.chance(share, 1000)
               ? std::make_shared<asio::cancellation_signal>()
               : nullptr;
}

void WorkloadClient::let_cancel(std::shared_ptr<asio::cancellation_signal> signal,
                                std::vector<std::size_t> calls) {
    Duration const delay = draw_delay(cancellations_);
    asio::co_spawn(redis_->get_executor(), cancel_later(std::move(signal), std::move(calls), delay),
                   asio::detached);
}

asio::awaitable<void> WorkloadClient::cancel_later(
    std::shared_ptr<asio::cancellation_signal> signal, std::vector<std::size_t> calls,
    Duration delay) {
    co_await world_->sleep(delay);
    for (std::size_t const number : calls) {
        recorder_->history.let_go(number, world_->now());
    }
    signal->emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> WorkloadClient::close_with_calls_in_flight() {
    for (std::uint32_t i = 0; i < calls_to_close_on; ++i) {
        start_any();
    }
    co_await world_->sleep(std::chrono::microseconds{closings_.below(5000)});
    for (std::size_t const number : pending_) {
        recorder_->history.let_go(number, world_->now());
    }
    if (closings_.chance(1, 2)) {
        redis_->close();
    }
    add(closed_stats_, redis_->stats());
    accounts_.back()->close();
    redis_ = make_client();
}

std::size_t WorkloadClient::begin_call(Words const& words) {
    std::size_t const number =
        recorder_->history.begin(words, is_repeatable(words.front()), world_->now());
    pending_.insert(number);
    return number;
}

std::size_t WorkloadClient::begin_unit(std::vector<Words> const& calls, UnitKind kind,
                                       std::optional<std::size_t> founded_on) {
    std::size_t const unit = recorder_->history.begin_unit(kind, founded_on);
    for (Words const& words : calls) {
        recorder_->history.add_to_unit(unit, begin_call(words));
    }
    return unit;
}

void WorkloadClient::finish_call(std::size_t number, Result<Reply> const& result) {
    pending_.erase(number);
    recorder_->history.end(number, result, world_->now());
    CallRecord const& call = recorder_->history.calls()[number];
    if (result && call.words.front() != "PUBLISH") {  // which any node takes
        recorder_->availability.succeeded(AsyncRedisCluster::keyslot(key_of(call.words)),
                                          world_->now());
    }
}

void WorkloadClient::finish_unit(std::size_t unit, Result<Replies> const& results) {
    std::vector<std::size_t> const calls = recorder_->history.units()[unit].calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        finish_call(calls[i], results ? (*results)[i] : Result<Reply>(results.failure()));
    }
}

// WATCH changes nothing, and may be sent as often as one likes.
bool WorkloadClient::is_repeatable(std::string_view command) const {
    protocol::CommandInfo const* const info = protocol::find_command(command);
    return scenario_->client.repeatable_writes || command == "WATCH" ||
           (info != nullptr && info->has(protocol::flag_readonly));
}

CallOptions WorkloadClient::call_options() const {
    CallOptions const options{.repeatable = scenario_->client.repeatable_writes};
    return spoiler_ ? spoiler_(options) : options;
}

}  // namespace keyslot::sim
