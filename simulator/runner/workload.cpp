#include "simulator/runner/workload.hpp"

#include "client/protocol/command_table.hpp"

#include <array>
#include <utility>

namespace keyslot::sim {
namespace {

std::chrono::milliseconds in_ms(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

struct Share {
    std::uint32_t Mix::* share;
    std::string_view kind;
};
constexpr std::array<Share, 8> shares{{{&Mix::get, "get"},
                                       {&Mix::set, "set"},
                                       {&Mix::getset, "getset"},
                                       {&Mix::del, "del"},
                                       {&Mix::incr, "incr"},
                                       {&Mix::append, "append"},
                                       {&Mix::mget, "mget"},
                                       {&Mix::mset, "mset"}}};

std::string_view draw_kind(Mix const& mix, Random& random) {
    std::uint64_t all = 0;
    for (Share const& share : shares) {
        all += mix.*share.share;
    }
    std::uint64_t draw = random.below(all);
    for (Share const& share : shares) {
        if (draw < mix.*share.share) {
            return share.kind;
        }
        draw -= mix.*share.share;
    }
    return "get";  // not reached: draw < all
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
    return options;
}

WorkloadClient::WorkloadClient(World& world, Cluster& cluster, Scenario const& scenario,
                               std::uint32_t number, Recorder& recorder)
    : world_(&world),
      scenario_(&scenario),
      recorder_(&recorder),
      number_(number),
      random_(Random{scenario.seed}.fork("workload").fork(host_name(number))),
      redis_(world.host(host_name(number)),
             client_options(scenario.client, cluster.startup_nodes())) {}

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
            start_call(draw_call());
        }
    }
    co_await world_->sleep(end - world_->now());
}

std::string WorkloadClient::unique_value(std::string_view key) {
    std::string value = std::string(key) + '/' + std::to_string(++recorder_->values);
    value.resize(std::max<std::size_t>(value.size(), scenario_->workload.value_size), '.');
    return value;
}

std::vector<std::string> WorkloadClient::draw_call() {
    Workload const& workload = scenario_->workload;
    std::string_view const kind = draw_kind(workload.mix, random_);
    std::uint64_t const key = random_.below(workload.keys) + 1;
    std::string const number =
        workload.hash_tags == 0
            ? std::to_string(key)
            : '{' + std::to_string(key % workload.hash_tags + 1) + "}:" + std::to_string(key);
    std::string const user = "user:" + number;
    std::string const pair =
        "pair:" + (workload.hash_tags == 0 ? '{' + number + '}' : number) + ':';
    if (kind == "get") {
        return {"GET", user};
    }
    if (kind == "set") {
        return {"SET", user, unique_value(user)};
    }
    if (kind == "getset") {
        return {"SET", user, unique_value(user), "GET"};
    }
    if (kind == "del") {
        return {"DEL", user};
    }
    if (kind == "incr") {
        return {"INCR", "counter:" + number};
    }
    if (kind == "append") {
        return {"APPEND", "log:" + number, unique_value("log:" + number)};
    }
    if (kind == "mget") {
        return {"MGET", pair + 'a', pair + 'b'};
    }
    std::string const a = unique_value(pair + 'a');
    std::string const b = unique_value(pair + 'b');
    return {"MSET", pair + 'a', a, pair + 'b', b};
}

bool WorkloadClient::is_repeatable(std::string_view command) const {
    protocol::CommandInfo const* const info = protocol::find_command(command);
    return scenario_->client.repeatable_writes ||
           (info != nullptr && info->has(protocol::flag_readonly));
}

void WorkloadClient::start_call(std::vector<std::string> words) {
    std::vector<std::string_view> const views(words.begin(), words.end());
    std::size_t const number =
        recorder_->history.begin(words, is_repeatable(words.front()), world_->now());
    CallOptions options;
    options.repeatable = scenario_->client.repeatable_writes;
    redis_.with(options).issue_words(
        views, as_result([this, number](Result<Reply> result) { finish_call(number, result); }));
}

asio::awaitable<bool> WorkloadClient::call(std::vector<std::string> words) {
    std::vector<std::string_view> const views(words.begin(), words.end());
    std::size_t const number =
        recorder_->history.begin(words, is_repeatable(words.front()), world_->now());
    Result<Reply> const result = co_await redis_.issue_words(views, as_result);
    finish_call(number, result);
    co_return result.has_value();
}

void WorkloadClient::finish_call(std::size_t number, Result<Reply> const& result) {
    recorder_->history.end(number, result, world_->now());
    if (result) {
        CallRecord const& call = recorder_->history.calls()[number];
        recorder_->availability.succeeded(AsyncRedisCluster::keyslot(call.words.at(1)),
                                          world_->now());
    }
}

}  // namespace keyslot::sim
