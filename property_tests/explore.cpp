#include "property_tests/generators.hpp"
#include "property_tests/shrink.hpp"
#include "simulator/runner/runner.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

/// Plays the random scenarios FIRST, FIRST + STRIDE, ... and tells on standard output what came of them, a
/// line of JSON now and then and a last one with everything. scripts/explore runs one for each core.
namespace keyslot {
namespace {

struct Arguments {
    std::uint64_t first = 1, stride = 1, count = 1000;
    std::uint64_t twice_every = 50;
    std::uint64_t down_every = 20;
    bool stop = false;
    std::string keep = "build/explore";
    std::uint64_t shrinks_max = 1000;
};

struct MarkCount {
    bool rare = false;
    std::uint64_t runs = 0, hits = 0;
};

/// What a run broke first; empty: nothing.
std::string broken_rule(sim::RunResult const& result) {
    for (auto const* violations : {&result.safety, &result.liveness}) {
        if (!violations->empty()) {
            return std::string(violations->front().rule);
        }
    }
    return {};
}

class Ensemble {
public:
    explicit Ensemble(Arguments const& arguments) : arguments_(&arguments) {}

    void play() {
        for (std::uint64_t n = 0;
             n < arguments_->count && !(arguments_->stop && !failures_.empty()); ++n) {
            play_one(arguments_->first + n * arguments_->stride, n);
            ++runs_;
            if (n % 20 == 19) {
                std::cout << nlohmann::json{{"runs", n + 1}} << std::endl;
            }
        }
        tell();
    }

private:
    void play_one(std::uint64_t number, std::uint64_t n) {
        sim::Scenario scenario = testing::numbered_scenario(number);
        if (arguments_->down_every > 0 &&
            n % arguments_->down_every == arguments_->down_every - 1) {
            std::uint32_t const nodes =
                scenario.cluster.masters * (1 + scenario.cluster.replicas_per_master);
            scenario.stays_down = "node-" + std::to_string(1 + number % nodes);
        }
        std::map<std::string_view, std::uint64_t> const before = hits();
        sim::RunResult const result = sim::run_scenario(scenario);
        count_marks(before);
        calls_ += result.calls;
        events_ += result.events;
        if (std::string const rule = broken_rule(result); !rule.empty()) {
            keep_failure(number, scenario, rule, result);
        }
        if (arguments_->twice_every > 0 && n % arguments_->twice_every == 0) {
            if (auto const divergence = sim::check_scenario_deterministic(scenario)) {
                failures_.push_back({{"scenario", number}, {"rule", "deterministic"}});
                write(number, ".yaml", "# not deterministic\n" + sim::to_yaml(scenario));
                std::cerr << *divergence << '\n';
            }
        }
    }

    static std::map<std::string_view, std::uint64_t> hits() {
        std::map<std::string_view, std::uint64_t> all;
        for (auto const* mark = detail::Mark::first(); mark != nullptr; mark = mark->next()) {
            all[mark->name()] = mark->hits();
        }
        return all;
    }

    void count_marks(std::map<std::string_view, std::uint64_t> const& before) {
        for (auto const* mark = detail::Mark::first(); mark != nullptr; mark = mark->next()) {
            MarkCount& count = marks_[std::string(mark->name())];
            std::uint64_t const more = mark->hits() - before.at(mark->name());
            count.rare = mark->rare();
            count.hits += more;
            count.runs += more > 0 ? 1u : 0u;
        }
    }

    void keep_failure(std::uint64_t number, sim::Scenario const& scenario, std::string const& rule,
                      sim::RunResult const& result) {
        failures_.push_back({{"scenario", number}, {"rule", rule}});
        write(number, ".yaml", describe(result) + sim::to_yaml(scenario));
        if (arguments_->stop) {
            return;
        }
        auto const still_broken = [&rule](sim::Scenario const& simpler) {
            return broken_rule(sim::run_scenario(simpler)) == rule;
        };
        sim::Scenario const small =
            testing::shrink(scenario, still_broken, arguments_->shrinks_max);
        write(number, ".small.yaml", describe(sim::run_scenario(small)) + sim::to_yaml(small));
    }

    static std::string describe(sim::RunResult const& result) {
        std::string text;
        for (auto const* violations : {&result.safety, &result.liveness}) {
            for (sim::Violation const& violation : *violations) {
                text += "# " + std::string(violation.rule) + ": " + violation.what + '\n';
            }
        }
        return text;
    }

    void write(std::uint64_t number, std::string const& ending, std::string const& text) const {
        std::filesystem::create_directories(arguments_->keep);
        std::ofstream{arguments_->keep + "/scenario-" + std::to_string(number) + ending} << text;
    }

    void tell() const {
        nlohmann::json marks = nlohmann::json::object();
        for (auto const& [name, count] : marks_) {
            marks[name] = {{"rare", count.rare}, {"runs", count.runs}, {"hits", count.hits}};
        }
        std::cout << nlohmann::json{{"runs", runs_},         {"calls", calls_}, {"events", events_},
                                    {"failures", failures_}, {"marks", marks},  {"done", true}}
                  << std::endl;
    }

    Arguments const* arguments_;
    std::map<std::string, MarkCount> marks_;
    std::vector<nlohmann::json> failures_;
    std::uint64_t runs_ = 0, calls_ = 0, events_ = 0;
};

}  // namespace
}  // namespace keyslot

int main(int argc, char** argv) {
    keyslot::Arguments arguments;
    CLI::App app{"Plays random scenarios and counts what they reach"};
    app.add_option("--first", arguments.first, "Number of the first scenario");
    app.add_option("--stride", arguments.stride, "Distance to the next");
    app.add_option("--count", arguments.count, "How many");
    app.add_option("--twice-every", arguments.twice_every,
                   "Every so many-th is played twice and compared; 0: none");
    app.add_option("--down-every", arguments.down_every,
                   "In every so many-th one node never comes back; 0: in none");
    app.add_flag("--stop", arguments.stop, "End at the first that breaks a rule, as it was drawn");
    app.add_option("--keep", arguments.keep, "Where failing scenarios are written");
    app.add_option("--shrinks-max", arguments.shrinks_max,
                   "How many simpler ones are tried of each that fails");
    CLI11_PARSE(app, argc, argv);
    keyslot::Ensemble{arguments}.play();
    return 0;
}
