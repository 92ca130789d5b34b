#include "conformance/harness/own_client.hpp"

#include "conformance/harness/reply_line.hpp"
#include "conformance/harness/stage.hpp"
#include "conformance/harness/witness.hpp"
#include "simulator/network/network.hpp"

#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace keyslot::conformance {
namespace {

std::chrono::milliseconds in_ms(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

// As the enumerators are called, and the case files with them.
std::string in_one_word(std::string_view text) {
    std::string word(text);
    std::replace(word.begin(), word.end(), ' ', '_');
    return word;
}

std::string outcome_word(Outcome outcome) {
    switch (outcome) {
        case Outcome::not_executed: return "not_executed";
        case Outcome::executed: return "executed";
        case Outcome::unknown: return "unknown";
    }
    return "?";
}

/// Our client on the host "app".
class OwnClient final : public Subject {
public:
    OwnClient(CaseClient const& wanted, sim::World& world, Stage& stage)
        : world_(world), client_(world.host("app"), options(wanted, stage)) {}

    asio::awaitable<void> call(CallStep const& step, Words words, CallSeen& seen) override {
        std::vector<std::string_view> const arguments(words.begin(), words.end());
        CallOptions options;
        options.repeatable = step.repeatable;
        if (step.timeout) {
            options.timeout = in_ms(*step.timeout);
        }
        seen.started = world_.now();
        auto with = client_.with(options);
        Result<Reply> const result =
            co_await with.execute(std::span<std::string_view const>(arguments), as_result);
        seen.ended = world_.now();
        seen.failed = !result.has_value();
        if (result) {
            seen.text = reply_line(*result);
        } else {
            seen.text = result.error().to_string();
            seen.code = in_one_word(to_string(result.error().code));
            seen.outcome = outcome_word(result.error().outcome);
        }
    }

    void close() override { client_.close(); }

private:
    static ClusterOptions options(CaseClient const& wanted, Stage& stage) {
        ClusterOptions options;
        options.startup_nodes = stage.startup_nodes(wanted.startup);
        auto const set = [](auto& option, auto const& value) {
            if (value) {
                option = in_ms(*value);
            }
        };
        set(options.call_timeout, wanted.call_timeout);
        set(options.attempt_timeout, wanted.attempt_timeout);
        set(options.connect_timeout, wanted.connect_timeout);
        set(options.refresh_period, wanted.refresh_period);
        if (wanted.redirects_max) {
            options.redirects_max = static_cast<int>(*wanted.redirects_max);
        }
        return options;
    }

    sim::World& world_;
    AsyncRedisCluster client_;
};

CaseReport play(Case const& test, std::uint64_t seed) {
    sim::WorldOptions options;
    options.hang_grace = 2 * Pace{}.patience;  // the case waits long enough by itself
    sim::World world{sim::Seed{seed}, options};
    sim::Network& network = world.network();
    world.host("app");
    Stage stage{world, test.topology};
    Witness witness{world, network.host_ip(*network.find_host("app"))};
    OwnClient client{test.client, world, stage};
    world.tap_sessions(&witness);
    auto const run = make_case_run(test, world, stage, witness, client, {});
    CaseReport report;
    try {
        world.run([&]() -> asio::awaitable<void> {
            co_await stage.prepare();
            co_await run->play();
        });
    } catch (std::exception const& error) {
        report.evidence.spoiled = error.what();
    }
    client.close();
    std::string const hang = std::move(report.evidence.spoiled);
    report.evidence = run->gather();
    if (!hang.empty()) {
        report.evidence.spoiled = hang;
    }
    return report;
}

}  // namespace

CaseReport run_case(Case const& test, std::uint64_t seed) {
    CaseReport report;
    try {
        report = play(test, seed);
    } catch (Spoiled const& error) {
        report.evidence.spoiled = error.what();
    }
    report.judgement = judge_case(test, report.evidence);
    return report;
}

}  // namespace keyslot::conformance
