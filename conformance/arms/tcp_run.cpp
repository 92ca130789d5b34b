#include "conformance/arms/tcp_run.hpp"

#include "conformance/arms/case_tls.hpp"
#include "conformance/arms/driver_subject.hpp"
#include "conformance/arms/real_stage.hpp"
#include "simulator/cluster/cluster_state.hpp"
#include "simulator/kernel/kernel_executor.hpp"
#include "simulator/network/network.hpp"
#include "simulator/node/node.hpp"
#include "simulator/server/live_clock.hpp"
#include "simulator/server/tcp_bridge.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view client_host = "outside";
constexpr Duration calm = 150ms;
constexpr Duration clock_slack = 500ms;
constexpr std::size_t burst_allowance = 3;
constexpr Duration breath = 20ms;
constexpr Duration default_call_timeout = 5s;
constexpr std::chrono::seconds run_time_max{240};
constexpr std::chrono::seconds life_sign_patience{3};
constexpr std::chrono::seconds close_patience{3};
// Who has sent a request that lately is no driver that hangs, but a client that does not end.
constexpr Duration lively_within = 2s;
constexpr Duration ready_step = 100ms;
constexpr int ready_steps_max = 600;

/// A case's cluster on TCP ports, and its client behind a driver.
class TcpRun {
public:
    TcpRun(Case const& test, DriverCommand const& driver, TcpOptions const& options)
        : world_(sim::Seed{options.seed}, world_options()),
          clock_(context_, world_),
          tls_(test, options.address),
          is_real_(options.nodes == Nodes::real) {
        world_.external_host(client_host);
        if (is_real_) {
            set_up_real(test, options);
        } else {
            set_up_simulated(test, options);
        }
        DriverSubject::Configuration configuration{
            .nodes = stage_->startup_nodes(test.client.startup),
            .options = test.client,
            .tls = tls_.client(),
            .hello_patience = options.hello_patience,
            .missing = [&test](DriverInfo const& info) { return missing_capability(test, info); }};
        subject_.emplace(context_, clock_, driver, std::move(configuration));
        run_ = make_case_run(test, world_, *stage_, *witness_, *subject_, pace(test, options));
    }

    DriverReport play() {
        DriverReport report;
        asio::co_spawn(world_.kernel().executor(sim::world_actor), run_->play(),
                       [this](std::exception_ptr) { played_ = true; });
        clock_.start([this] {
            if (bridge_) {
                bridge_->flush();
            }
        });
        bool const in_time = run_until([this] { return played_; }, run_time_max);
        report.evidence = run_->gather();
        if (is_real_) {
            report.evidence.executions = executions_seen(report.evidence.dialogue);
        }
        if (!in_time) {
            report.evidence.spoiled = "the case takes too long";
        }
        take_leave(report.evidence);
        report.driver = subject_->info();
        report.evidence.driver_lines = subject_->last_lines();
        return report;
    }

private:
    static sim::WorldOptions world_options() {
        sim::WorldOptions options;
        auto const since_1970 = std::chrono::system_clock::now().time_since_epoch();
        options.unix_time_origin_ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
        return options;
    }

    void set_up_simulated(Case const& test, TcpOptions const& options) {
        stage_ = std::make_unique<Stage>(world_, topology(test, options), Stage::Tls::outside);
        witness_.emplace(world_, std::string(client_host));
        make_ready();
        world_.tap_sessions(&*witness_);
        std::vector<sim::Member> nodes;
        for (std::size_t n = 0; n < world_.cluster_count(); ++n) {
            auto const& members = world_.cluster(n).nodes();
            nodes.insert(nodes.end(), members.begin(), members.end());
        }
        bridge_.emplace(context_, clock_, nodes, client_host, tls_.ports());
    }

    void set_up_real(Case const& test, TcpOptions const& options) {
        witness_.emplace(world_, std::string(client_host),
                         [](sim::SessionTap::Session const& session) {
                             return "node-" + std::to_string(1 + session.node);
                         });
        stage_ = std::make_unique<RealStage>(context_, clock_, *witness_, test.topology,
                                             options.address, tls_.ports());
    }

    // A real node tells nobody what it has executed: a request that it answered with no error, and of
    // those that it queued, as soon as EXEC is answered by a list.
    static std::vector<ExecutionSeen> executions_seen(Dialogue const& dialogue) {
        std::vector<ExecutionSeen> seen;
        std::vector<std::vector<ExecutionSeen>> queued(dialogue.connections.size());
        for (Exchange const& exchange : dialogue.exchanges) {
            bool const by_script = exchange.scripted && !exchange.answer.ends_with("(lost)");
            bool const failed = exchange.answer.empty() || exchange.answer.starts_with('-');
            if (by_script || failed) {
                continue;
            }
            auto& waiting = queued[exchange.connection];
            bool const is_queued = exchange.answer.starts_with("+QUEUED");
            if (matches({.node = {}, .words = {"EXEC"}}, exchange.node, exchange.words)) {
                bool const ran = !exchange.answer.starts_with("*-1") && exchange.answer != "_";
                seen.insert(seen.end(), waiting.begin(), ran ? waiting.end() : waiting.begin());
                waiting.clear();
            }
            (is_queued ? waiting : seen)
                .push_back({.at = exchange.at, .node = exchange.node, .words = exchange.words});
        }
        return seen;
    }

    static CaseTopology topology(Case const& test, TcpOptions const& options) {
        CaseTopology topology = test.topology;
        topology.ip = options.address;
        return topology;
    }

    static Pace pace(Case const& test, TcpOptions const& options) {
        Duration const call = test.client.call_timeout.value_or(default_call_timeout);
        return {.patience = call + options.call_patience,
                .calm = calm,
                .clock_slack = clock_slack,
                .burst_allowance = burst_allowance,
                .breath = breath};
    }

    // No wall time passes before every node sees a cluster that is up.
    void make_ready() {
        world_.run([this] { return stage_->prepare(); });
        for (int step = 0; !is_ready(); ++step) {
            if (step == ready_steps_max) {
                throw Spoiled("the cluster does not come up");
            }
            world_.run_for(ready_step);
        }
    }

    bool is_ready() {
        bool ready = true;
        for (std::size_t n = 0; n < world_.cluster_count(); ++n) {
            auto& nodes = world_.cluster(n).nodes();
            ready = ready && std::all_of(nodes.begin(), nodes.end(), [](sim::Member& member) {
                        return member.node() != nullptr && member.node()->cluster().state_ok();
                    });
        }
        return ready;
    }

    bool run_until(std::function<bool()> const& holds, std::chrono::steady_clock::duration most) {
        auto const limit = std::chrono::steady_clock::now() + most;
        while (!holds() && std::chrono::steady_clock::now() < limit) {
            context_.run_one_until(limit);
        }
        return holds();
    }

    // What the driver does wrong, it may do to the last.
    void take_leave(Evidence& evidence) {
        bool const is_pending = std::any_of(evidence.calls.begin(), evidence.calls.end(),
                                            [](CallSeen const& call) { return !call.done; });
        auto const& exchanges = evidence.dialogue.exchanges;
        bool const is_talking =
            !exchanges.empty() && exchanges.back().at + lively_within > world_.now();
        if (is_pending && !is_talking && evidence.spoiled.empty() &&
            evidence.unimplemented.empty()) {
            subject_->ask_for_life();
            if (!run_until([this] { return subject_->shows_life(); }, life_sign_patience)) {
                evidence.spoiled = "the driver hangs: it does not answer a ping";
            }
        }
        subject_->close();
        run_until([this] { return subject_->closed(); }, close_patience);
        if (evidence.spoiled.empty()) {
            evidence.spoiled = subject_->problem();
        }
    }

    asio::io_context context_{1};
    sim::World world_;
    sim::LiveClock clock_;
    CaseTls tls_;
    bool is_real_;
    std::unique_ptr<Stage> stage_;
    std::optional<Witness> witness_;
    std::optional<sim::TcpBridge> bridge_;  // to simulated nodes
    std::optional<DriverSubject> subject_;
    std::unique_ptr<CaseRun> run_;
    bool played_ = false;
};

}  // namespace

DriverReport run_case_over_tcp(Case const& test, DriverCommand const& driver,
                               TcpOptions const& options) {
    DriverReport report;
    std::string const why_not =
        options.nodes == Nodes::real ? why_not_on_real_nodes(test) : why_not_over_tcp(test);
    if (!why_not.empty()) {
        report.judgement = {
            .verdict = Verdict::not_applicable, .outcome = {}, .reasons = {why_not}};
        return report;
    }
    try {
        report = TcpRun(test, driver, options).play();
    } catch (std::exception const& error) {
        report.evidence.spoiled = error.what();
    }
    report.judgement = judge_case(test, report.evidence);
    return report;
}

}  // namespace keyslot::conformance
