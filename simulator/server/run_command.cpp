#include "simulator/server/run_command.hpp"

#include "simulator/faults/values.hpp"
#include "simulator/runner/runner.hpp"
#include "simulator/server/progress_bar.hpp"
#include "simulator/server/report.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace keyslot::sim {
namespace {

struct NamedScenario {
    std::string file;
    Scenario scenario;
};

// "3..17". Empty: the text is none.
std::vector<std::uint64_t> parse_seeds(std::string const& text) {
    constexpr std::uint64_t runs_max = 1'000'000;
    auto const dots = text.find("..");
    auto const first = parse_unsigned(std::string_view(text).substr(0, dots));
    auto const last =
        dots == std::string::npos ? first : parse_unsigned(std::string_view(text).substr(dots + 2));
    std::vector<std::uint64_t> seeds;
    if (first && last && *first <= *last && *last - *first < runs_max) {
        for (std::uint64_t seed = *first;; ++seed) {
            seeds.push_back(seed);
            if (seed == *last) {
                break;
            }
        }
    }
    return seeds;
}

// All mistakes of all files are told before anything runs.
std::optional<std::vector<NamedScenario>> load_all(std::vector<std::string> const& files) {
    std::vector<NamedScenario> scenarios;
    bool good = true;
    for (std::string const& file : files) {
        Parsed<Scenario> parsed = load_scenario(file);
        for (Problem const& problem : parsed.problems) {
            std::cerr << to_string(problem) << '\n';
        }
        good = good && parsed.value;
        if (parsed.value) {
            scenarios.push_back({file, std::move(*parsed.value)});
        }
    }
    return good ? std::optional(std::move(scenarios)) : std::nullopt;
}

int exit_code_of(Verdict verdict) {
    return verdict == Verdict::unsafe  ? exit_safety
           : verdict == Verdict::stuck ? exit_liveness
                                       : exit_held;
}

// Of several verdicts the gravest: safety, then determinism, then liveness.
int graver(int a, int b) {
    auto const weight = [](int code) {
        return code == exit_safety              ? 3
               : code == exit_not_deterministic ? 2
               : code == exit_liveness          ? 1
                                                : 0;
    };
    return weight(a) >= weight(b) ? a : b;
}

class Session {
public:
    explicit Session(RunCommand const& command) : command_(&command) {}

    bool open_trace() {
        if (command_->trace_file.empty()) {
            return true;
        }
        trace_.open(command_->trace_file, std::ios::binary);
        if (!trace_) {
            std::cerr << command_->trace_file << ": cannot be written\n";
        }
        return static_cast<bool>(trace_);
    }

    void run(NamedScenario const& named) {
        auto const before = std::chrono::steady_clock::now();
        RunResult const result = run_scenario(named.scenario, options(named.file));
        Duration const wall = std::chrono::steady_clock::now() - before;
        std::cout << text_report(named.file, result, wall) << std::flush;
        exit_code_ = graver(exit_code_, exit_code_of(result.verdict()));
        if (result.verdict() != Verdict::held) {
            std::cout << "reproduce with: keyslot-sim run " << named.file << " --seed "
                      << result.seed << "\n\n";
        }
        reports_.push_back({named.file, to_yaml(named.scenario), result, wall});
        if (command_->check == "all" || (command_->check == "first" && reports_.size() == 1)) {
            check_twice(named);
        }
    }

    bool finish() {
        if (reports_.size() > 1) {
            std::cout << summary_table(reports_) << std::flush;
        }
        if (command_->report_file.empty()) {
            return true;
        }
        std::ofstream file(command_->report_file, std::ios::binary);
        file << html_report(reports_);
        if (!file) {
            std::cerr << command_->report_file << ": cannot be written\n";
        }
        return static_cast<bool>(file);
    }

    int exit_code() const { return exit_code_; }

private:
    RunOptions options(std::string const& file) {
        RunOptions options;
        options.chronicle = !command_->report_file.empty();
        bar_.begin(file);
        options.progress = [this](int thousandths) { bar_.show(thousandths); };
        if (trace_.is_open()) {
            options.trace = [this](std::string_view line) { trace_ << line << '\n'; };
        }
        return options;
    }

    void check_twice(NamedScenario const& named) {
        bar_.begin(named.file + " (twice more, compared)");
        if (auto const divergence = check_scenario_deterministic(named.scenario)) {
            exit_code_ = graver(exit_code_, exit_not_deterministic);
            std::cout << "NOT DETERMINISTIC: two runs with seed " << named.scenario.seed
                      << " part:\n"
                      << *divergence << "\n";
        } else {
            std::cout << "run twice more with seed " << named.scenario.seed
                      << ": the same, event by event\n\n";
        }
    }

    RunCommand const* command_;
    std::ofstream trace_;
    ProgressBar bar_;
    std::vector<NamedResult> reports_;
    int exit_code_ = exit_held;
};

}  // namespace

int run_scenarios(RunCommand const& command) {
    auto const scenarios = load_all(command.files);
    if (!scenarios) {
        return exit_usage;
    }
    std::vector<std::uint64_t> seeds;
    if (!command.seeds.empty()) {
        seeds = parse_seeds(command.seeds);
        if (seeds.empty()) {
            std::cerr << "--seeds: '" << command.seeds << "' is not a range (for example 1..100)\n";
            return exit_usage;
        }
    } else if (command.seed) {
        seeds.push_back(*command.seed);
    }
    Session session{command};
    if (!session.open_trace()) {
        return exit_usage;
    }
    for (NamedScenario const& named : *scenarios) {
        if (seeds.empty()) {
            session.run(named);
        }
        for (std::uint64_t const seed : seeds) {
            NamedScenario seeded = named;
            seeded.scenario.seed = seed;
            session.run(seeded);
        }
    }
    return session.finish() ? session.exit_code() : exit_usage;
}

}  // namespace keyslot::sim
