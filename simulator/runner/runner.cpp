#include "simulator/runner/runner.hpp"

#include "simulator/faults/player/host_names.hpp"
#include "simulator/faults/player/slot_repair.hpp"
#include "simulator/kernel/event_log.hpp"
#include "simulator/network/network.hpp"
#include "simulator/runner/economy_rules.hpp"
#include "simulator/runner/latency_rules.hpp"
#include "simulator/runner/message_rules.hpp"
#include "simulator/runner/rest_of_cluster.hpp"
#include "simulator/runner/routing_rules.hpp"
#include "simulator/runner/stream_tape.hpp"
#include "simulator/runner/subscriber_client.hpp"
#include "simulator/runner/workload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>
#include <variant>

namespace keyslot::sim {
namespace {

constexpr int progress_steps = 50;
constexpr std::size_t timeline_stretches = 200;
constexpr std::chrono::milliseconds poll{10};
constexpr std::chrono::milliseconds between_messages{200};
constexpr std::chrono::seconds hears_within{10};

ClusterSpec cluster_spec(Topology const& topology) {
    ClusterSpec spec;
    spec.masters = topology.masters;
    spec.replicas_per_master = topology.replicas_per_master;
    spec.node_timeout = std::chrono::ceil<std::chrono::milliseconds>(topology.node_timeout);
    spec.latency = topology.latency;
    spec.jitter = topology.jitter;
    spec.require_full_coverage = topology.require_full_coverage;
    spec.slot_layout = topology.slots;
    spec.endpoint_type = topology.endpoints;
    spec.announce_hostnames = topology.endpoints == EndpointType::hostname;
    if (topology.endpoints == EndpointType::unknown_endpoint) {
        spec.ip = "10.0.0.1";
    }
    return spec;
}

/// The cluster next door.
ClusterSpec neighbour_spec(Topology const& topology) {
    ClusterSpec spec = cluster_spec(topology);
    spec.masters = topology.neighbour_masters;
    spec.replicas_per_master = 0;
    return spec;
}

WorldOptions world_options(Scenario const& scenario, EventLog* log) {
    WorldOptions options;
    options.latency = scenario.cluster.latency;
    options.jitter = scenario.cluster.jitter;
    options.log = log;
    return options;
}

// A range to which few calls are made is not out of reach between two of them.
Duration outage_min(Scenario const& scenario) {
    Rate const& rate = scenario.workload.rate;
    Duration const between_calls = rate.period / rate.count * scenario.cluster.masters;
    return std::max<Duration>(std::chrono::milliseconds{500}, 10 * between_calls);
}

// Nodes are told apart by their ids; after CLUSTER RESET HARD one has another.
bool changes_ids(Scenario const& scenario) {
    return std::any_of(scenario.faults.begin(), scenario.faults.end(), [](TimedFault const& timed) {
        auto const* const reset = std::get_if<ResetNode>(&timed.fault);
        return reset != nullptr && reset->hard;
    });
}

/// Whether nodes' answers about slots may have been made up: then nobody knows what a client was told.
bool forges_redirections(Scenario const& scenario) {
    return std::any_of(scenario.faults.begin(), scenario.faults.end(), [](TimedFault const& timed) {
        auto const* const forged = std::get_if<ForgeReply>(&timed.fault);
        return std::holds_alternative<Push>(timed.fault) ||
               (forged != nullptr &&
                (!forged->reply.empty() || forged->error.starts_with("MOVED ") ||
                 forged->error.starts_with("ASK ")));
    });
}

/// Only slots move, if anything.
bool is_undisturbed(Scenario const& scenario) {
    return scenario.stays_down.text.empty() &&
           std::all_of(scenario.faults.begin(), scenario.faults.end(), [](TimedFault const& timed) {
               return std::holds_alternative<Migrate>(timed.fault) ||
                      std::holds_alternative<Heal>(timed.fault);
           });
}

class ScenarioRun {
public:
    ScenarioRun(Scenario const& scenario, RunOptions const& options)
        : scenario_(&scenario),
          options_(&options),
          world_(Seed{scenario.seed}, world_options(scenario, options.log)),
          cluster_(&world_.add_cluster(cluster_spec(scenario.cluster))) {
        if (options.trace) {
            world_.trace_to([this](std::string_view line) { options_->trace(line); });
        }
        if (scenario.cluster.neighbour_masters > 0) {
            world_.add_cluster(neighbour_spec(scenario.cluster));
        }
        for (std::uint32_t number = 1; number <= scenario.workload.clients; ++number) {
            hosts_.push_back(WorkloadClient::host_name(number));
            clients_.push_back(std::make_unique<WorkloadClient>(world_, *cluster_, scenario, number,
                                                                recorder_, options.spoiler));
        }
        add_subscribers();
        player_.emplace(world_, *cluster_, hosts_);
        if (options.chronicle) {
            chronicler_.emplace(world_);
            chronicler_->look(world_.now(), {});
            world_.watch(Chronicle::resolution,
                         [this](Instant at) { chronicler_->look(at, client_stats()); });
        }
    }

    RunResult play() {
        try {
            world_.run([this] { return main(); });
        } catch (HangError const& hang) {
            liveness_.push_back({rules::settles, hang.what(), std::nullopt});
        }
        return result();
    }

private:
    void add_subscribers() {
        Workload const& load = scenario_->workload;
        recorder_.subscribers.resize(load.subscribers.count);
        for (std::uint32_t number = 1; number <= load.subscribers.count; ++number) {
            SubscriberLog& log = recorder_.subscribers[number - 1];
            Environment& host =
                world_.host(WorkloadClient::host_name((number - 1) % load.clients + 1));
            tapes_.push_back(std::make_unique<TapedEnvironment>(host, log));
            subscribers_.push_back(std::make_unique<SubscriberClient>(world_, *cluster_, *scenario_,
                                                                      number, *tapes_.back(), log));
        }
    }

    asio::awaitable<void> main() {
        start_ = world_.now();
        // The masters' shares at the start, wherever the slots go later.
        recorder_.availability.begin(cluster_->dealt_slots(), start_, outage_min(*scenario_));
        for (auto const& client : clients_) {
            asio::co_spawn(world_.host("operator").get_executor(), client->run(),
                           [this](std::exception_ptr) { ++clients_done_; });
        }
        for (auto const& subscriber : subscribers_) {
            subscriber->start();
        }
        for (TimedFault const& timed : scenario_->faults) {
            asio::co_spawn(world_.host("operator").get_executor(), strike(timed), asio::detached);
        }
        // The same sleeps whether or not anybody watches: watching must not change the run.
        Duration const step = scenario_->workload.duration / progress_steps;
        for (int i = 0; i < progress_steps; ++i) {
            co_await world_.sleep(step);
            report_progress(1000 * (i + 1) / (progress_steps + 1));
        }
        co_await settle();
    }

    asio::awaitable<void> strike(TimedFault const& timed) {
        co_await world_.sleep(timed.at);
        if (healing_) {
            co_return;
        }
        if (timed.on) {
            player_->start_when(*timed.on, timed.fault);
        } else {
            player_->start(timed.fault);
        }
    }

    asio::awaitable<void> settle() {
        healing_ = true;
        healed_ = world_.now();
        player_->disarm();
        Instant const healed_by = world_.now() + scenario_->settle;
        asio::co_spawn(world_.host("operator").get_executor(), player_->heal(scenario_->settle),
                       asio::detached);
        while (scenario_->workload.close && clients_done_ < clients_.size()) {
            co_await world_.sleep(poll);
        }
        std::vector<std::string> keys = probe_keys();
        bool const is_whole = scenario_->stays_down.text.empty();
        if (!is_whole) {
            asio::co_spawn(world_.host("operator").get_executor(), keep_down(), asio::detached);
            co_await wait_for_rest(keys, healed_by);
            keep_what_is_served(keys);
        }
        for (std::string const& key : keys) {
            co_await probe(key, healed_by);
        }
        worst_ = recorder_.availability.worst(world_.now());
        outages_ = recorder_.availability.outages(world_.now());
        while (world_.now() < healed_by &&
               (recorder_.history.pending() > 0 || subscriptions_change() ||
                player_->anything_active() || (is_whole && !slot_gaps(*cluster_).empty()))) {
            co_await world_.sleep(poll);
        }
        if (liveness_.empty()) {
            co_await call_everything(keys);
        }
        if (liveness_.empty() && is_whole) {
            co_await reach_subscribers(std::max(healed_by, world_.now() + hears_within));
        }
        if (liveness_.empty() && !is_whole) {
            co_await call_straight(keys);
        }
        settled_ = true;
        report_progress(1000);
    }

    // Whatever the end of a fault does to that node.
    asio::awaitable<void> keep_down() {
        HostNames const names{world_, *cluster_, hosts_};
        Member& node = names.node(scenario_->stays_down, {});
        while (!settled_) {
            if (node.is_up()) {
                node.crash();
            }
            co_await world_.sleep(poll);
        }
    }

    asio::awaitable<void> wait_for_rest(std::vector<std::string> const& keys, Instant until) {
        co_await world_.sleep(scenario_->cluster.node_timeout);  // until then they see nothing
        while (world_.now() < until &&
               !std::all_of(keys.begin(), keys.end(),
                            [this](std::string const& key) { return is_key_served(key); })) {
            co_await world_.sleep(poll);
        }
    }

    bool is_key_served(std::string const& key) const {
        return rest_serves(*cluster_, AsyncRedisCluster::keyslot(key));
    }
    void keep_what_is_served(std::vector<std::string>& keys) const {
        std::erase_if(keys, [this](std::string const& key) { return !is_key_served(key); });
    }

    // Each client has just called each range: now it knows its way.
    asio::awaitable<void> call_straight(std::vector<std::string> keys) {
        for (auto const& client : clients_) {
            for (std::string const& key : keys) {
                ClusterStats const before = client->stats();
                std::vector<std::string> set{"SET", key, client->unique_value(key)};
                bool const wrote = co_await client->call(std::move(set));
                ClusterStats const after = client->stats();
                bool const is_straight = wrote && after.moved == before.moved &&
                                         after.asked == before.asked &&
                                         after.retries == before.retries;
                if (!is_straight && is_key_served(key)) {
                    std::size_t const call = recorder_.history.calls().size() - 1;
                    liveness_.push_back(
                        {rules::reaches_the_rest,
                         "a node is down, the others serve the slot, and it was " +
                             std::string(wrote ? "redirected or tried again: " : "not answered: ") +
                             describe_call(recorder_.history, call),
                         call});
                }
            }
        }
    }

    // One key of each master's share at the start.
    std::vector<std::string> probe_keys() const {
        std::vector<std::string> keys;
        for (Availability::Slots const& share : cluster_->dealt_slots()) {
            keys.push_back(probe_key(share));
        }
        return keys;
    }

    static std::string probe_key(Availability::Slots const& share) {
        for (std::uint32_t n = 0;; ++n) {
            std::string key = "probe:" + std::to_string(n);
            std::uint16_t const slot = AsyncRedisCluster::keyslot(key);
            for (auto const& [first, last] : share) {
                if (slot >= first && slot <= last) {
                    return key;
                }
            }
        }
    }

    asio::awaitable<void> probe(std::string key, Instant until) {
        WorkloadClient& client = *clients_.front();
        for (;;) {
            std::vector<std::string> words{"SET", key, client.unique_value(key)};
            if (co_await client.call(std::move(words))) {
                co_return;
            }
            if (world_.now() >= until) {
                liveness_.push_back({rules::recovers,
                                     "healed, but no call to '" + key +
                                         "' succeeded within the settle time; " +
                                         describe_slot_gaps(*cluster_),
                                     recorder_.history.calls().size() - 1});
                co_return;
            }
            co_await world_.sleep(poll);
        }
    }

    asio::awaitable<void> wait_for_repair() {
        Instant const until = healed_ + scenario_->settle;
        while (world_.now() < until && !slot_gaps(*cluster_).empty()) {
            co_await world_.sleep(poll);
        }
    }

    // Now that all is well, every client must reach every range.
    asio::awaitable<void> call_everything(std::vector<std::string> const& keys) {
        for (auto const& client : clients_) {
            for (std::string const& key : keys) {
                std::vector<std::string> set{"SET", key, client->unique_value(key)};
                std::vector<std::string> get{"GET", key};
                bool wrote = co_await client->call(set);
                bool read = co_await client->call(get);
                if (!wrote || !read) {
                    // Operations that crossed each other may have shown what they did only now.
                    co_await wait_for_repair();
                    wrote = co_await client->call(set);
                    read = co_await client->call(get);
                }
                if (!wrote || !read) {
                    std::size_t const call = recorder_.history.calls().size() - (read ? 2 : 1);
                    liveness_.push_back(
                        {rules::recovers,
                         "settled, but a call failed: " + describe_call(recorder_.history, call),
                         call});
                }
            }
        }
    }

    // New messages must reach every subscription. What is published in vain, because nodes do not agree
    // on who owns a slot, is no subscriber's fault.
    asio::awaitable<void> reach_subscribers(Instant until) {
        for (auto const& subscriber : subscribers_) {
            while (!subscriber->is_done() && world_.now() < until) {
                co_await world_.sleep(poll);
            }
            for (Subscription const& subscription : subscriber->subscriptions()) {
                std::size_t const published = co_await reach(*subscriber, subscription, until);
                if (published > 0) {
                    auto const number = static_cast<std::size_t>(&subscriber - subscribers_.data());
                    liveness_.push_back({rules::hears_again,
                                         "healed, but of " + std::to_string(published) +
                                             " messages that were published then none reached " +
                                             recorder_.subscribers[number].name + ", " +
                                             to_string(subscription),
                                         std::nullopt});
                }
            }
        }
        if (!subscribers_.empty()) {
            co_await world_.sleep(between_messages);
        }
    }

    /// How many messages were published in vain; 0 when one has come.
    asio::awaitable<std::size_t> reach(SubscriberClient& subscriber,
                                       Subscription const& subscription, Instant until) {
        std::string const channel = SubscriberClient::channel_of(subscription);
        bool const of_shard = subscription.kind == Subscription::Kind::shard_channel;
        std::vector<std::string> payloads;
        while (world_.now() < until) {
            std::string payload = clients_.front()->unique_value(channel);
            std::vector<std::string> words{of_shard ? "SPUBLISH" : "PUBLISH", channel, payload};
            if (co_await clients_.front()->call(std::move(words))) {
                payloads.push_back(std::move(payload));
            }
            Instant const next = world_.now() + between_messages;
            while (world_.now() < next) {
                bool const has_come =
                    std::any_of(payloads.begin(), payloads.end(), [&](std::string const& each) {
                        return subscriber.was_told(subscription, each);
                    });
                if (has_come) {
                    co_return std::size_t{0};
                }
                co_await world_.sleep(poll);
            }
        }
        co_return payloads.size();
    }

    void count_messages(RunResult& result) const {
        for (SubscriberLog const& log : recorder_.subscribers) {
            for (MessageEvent const& event : log.events) {
                result.messages.told += event.what == MessageEvent::What::told_message ? 1u : 0u;
                result.messages.gaps += event.what == MessageEvent::What::told_gap ? 1u : 0u;
            }
        }
        for (CallRecord const& call : recorder_.history.calls()) {
            std::string const& name = call.words.front();
            result.messages.published +=
                call.ok && (name == "PUBLISH" || name == "SPUBLISH") ? 1u : 0u;
        }
    }

    void report_progress(int thousandths) {
        if (options_->progress) {
            options_->progress(thousandths);
        }
    }

    void count_calls(RunResult& result) const {
        result.timeline.resize(timeline_stretches);
        Duration const stretch = world_.now().time_since_epoch() / timeline_stretches + Duration{1};
        for (CallRecord const& call : recorder_.history.calls()) {
            ++result.calls;
            result.succeeded += call.ok ? 1u : 0u;
            if (!call.ended) {
                continue;
            }
            auto const place = static_cast<std::size_t>(call.ended->time_since_epoch() / stretch);
            ++(call.ok ? result.timeline[place].answered : result.timeline[place].failed);
            if (!call.ok) {
                ++result.errors[std::string(to_string(call.code)) + ", " +
                                std::string(to_string(call.outcome))];
            }
        }
    }

    bool subscriptions_change() const {
        return std::ranges::any_of(recorder_.subscribers, [](SubscriberLog const& log) {
            return std::ranges::any_of(log.changes,
                                       [](auto const& change) { return !change.ended; });
        });
    }

    RunResult result() {
        RunResult result;
        result.seed = scenario_->seed;
        count_calls(result);
        result.client = client_stats();
        if (chronicler_) {
            world_.watch({}, {});
            chronicler_->look(world_.now(), result.client);
            result.chronicle = chronicler_->take();
        }
        result.worst_unavailability = worst_;
        result.outages = outages_;
        result.safety =
            judge_safety(recorder_.history, world_.executions(), world_.misled_requests());
        judge_more(result);
        result.liveness = judge_liveness(recorder_.history, scenario_->client.call_timeout);
        judge_messages(recorder_.subscribers, world_.executions(),
                       !world_.misled_requests().empty(), result.safety);
        judge_promises(recorder_.subscribers,
                       {.call_timeout = scenario_->client.call_timeout,
                        .silence_max = PubSubOptions{}.health_check_interval +
                                       scenario_->client.attempt_timeout},
                       world_.now(), result.liveness);
        count_messages(result);
        result.liveness.insert(result.liveness.begin(), liveness_.begin(), liveness_.end());
        for (std::size_t id = 0; id < player_->size(); ++id) {
            result.faults.push_back(player_->report(id));
        }
        result.events = world_.events();
        result.digest = world_.digest();
        result.healed = healed_;
        result.simulated = world_.now().time_since_epoch();
        return result;
    }

    void judge_more(RunResult& result) {
        std::vector<bool> const misled = misled_calls(recorder_.history, world_.misled_requests());
        auto const is_misled = [&misled](std::size_t number) { return misled[number]; };
        if (!forges_redirections(*scenario_) && !changes_ids(*scenario_)) {
            judge_routing(recorder_.history, world_.executions(), world_.routing(),
                          routing_context(), is_misled, result.safety);
        }
        result.data = judge_data(recorder_.history, world_.executions(),
                                 scenario_->client.read_from_replicas, is_misled, result.safety);
        std::vector<std::shared_ptr<ClientAccount>> accounts;
        for (auto const& client : clients_) {
            if (recorder_.history.pending() == 0) {
                client->close_accounts();
            }
            accounts.insert(accounts.end(), client->accounts().begin(), client->accounts().end());
        }
        judge_economy(recorder_.history, world_.routing(), accounts,
                      client_options(scenario_->client, {}), is_misled, result.safety);
        if (auto untouched = untouched_shards(*scenario_)) {
            result.latencies_judged = judge_latency(
                recorder_.history, world_.executions(), world_.routing(), scenario_->cluster,
                {.untouched = std::move(*untouched),
                 .clients = client_addresses(),
                 .call_timeout = scenario_->client.call_timeout,
                 .until = start_ + scenario_->workload.duration},
                is_misled, result.safety);
        }
    }

    std::vector<std::string> client_addresses() {
        std::vector<std::string> addresses;
        Network& network = world_.network();
        for (std::string const& host : hosts_) {
            addresses.push_back(network.host_ip(*network.find_host(host)));
        }
        return addresses;
    }

    RoutingContext routing_context() {
        RoutingContext context;
        for (Member const& member : cluster_->nodes()) {
            context.node_ids.emplace_back(member.id());
        }
        context.clients = client_addresses();
        context.reads_from_replicas = scenario_->client.read_from_replicas;
        context.is_undisturbed = is_undisturbed(*scenario_);
        if (scenario_->workload.close) {
            context.renewed = start_ + scenario_->workload.duration;
        }
        return context;
    }

    ClusterStats client_stats() const {
        ClusterStats sum;
        for (auto const& client : clients_) {
            add(sum, client->stats());
        }
        return sum;
    }

    Scenario const* scenario_;
    RunOptions const* options_;
    // Before the world: what is still pending at the end knows them.
    Recorder recorder_;
    std::vector<std::unique_ptr<TapedEnvironment>> tapes_;
    World world_;
    Cluster* cluster_;
    std::vector<std::string> hosts_;
    std::vector<std::unique_ptr<WorkloadClient>> clients_;
    std::vector<std::unique_ptr<SubscriberClient>> subscribers_;
    std::optional<FaultPlayer> player_;
    std::vector<Violation> liveness_;
    Availability::Gap worst_;
    std::vector<Availability::Outages> outages_;
    std::optional<Chronicler> chronicler_;
    Instant start_{}, healed_{};
    bool healing_ = false, settled_ = false;
    std::size_t clients_done_ = 0;
};

}  // namespace

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::held: return "held";
        case Verdict::unsafe: return "SAFETY VIOLATED";
        case Verdict::stuck: return "LIVENESS VIOLATED";
    }
    return "";
}

RunResult run_scenario(Scenario const& scenario, RunOptions const& options) {
    return ScenarioRun{scenario, options}.play();
}

std::optional<std::string> check_scenario_deterministic(Scenario const& scenario) {
    auto const divergence = check_deterministic([&scenario](EventLog& log) {
        RunOptions options;
        options.log = &log;
        run_scenario(scenario, options);
    });
    return divergence ? std::optional(divergence->report) : std::nullopt;
}

}  // namespace keyslot::sim
