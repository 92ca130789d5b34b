// keyslot-conformance: plays the cases of a catalogue on Keyslot's own client and judges it.
#include "conformance/harness/case_reader.hpp"
#include "conformance/harness/own_client.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace keyslot;

enum ExitCode : int { all_passed = 0, usage = 1, some_failed = 2, broken_catalogue = 3 };

struct Wishes {
    std::string directory = KEYSLOT_CONFORMANCE_CASES;
    std::vector<std::string> cases;  // parts of ids; empty: all
    std::uint64_t seed = 1;
    bool list = false;
    bool dialogue = false;
};

bool wanted(Wishes const& wishes, conformance::Case const& test) {
    return wishes.cases.empty() ||
           std::any_of(wishes.cases.begin(), wishes.cases.end(), [&](std::string const& part) {
               return test.id.find(part) != std::string::npos;
           });
}

int run(Wishes const& wishes, std::vector<conformance::Case> const& cases) {
    std::size_t counts[4] = {};
    for (conformance::Case const& test : cases) {
        conformance::CaseReport const report = conformance::run_case(test, wishes.seed);
        std::cout << conformance::to_string(test, report, wishes.dialogue) << std::flush;
        ++counts[static_cast<std::size_t>(report.judgement.verdict)];
    }
    std::cout << cases.size() << " cases";
    for (auto const verdict : {conformance::Verdict::passed, conformance::Verdict::tolerated,
                               conformance::Verdict::failed, conformance::Verdict::spoiled}) {
        std::cout << ", " << counts[static_cast<std::size_t>(verdict)] << ' '
                  << conformance::to_string(verdict);
    }
    std::cout << '\n';
    return counts[2] + counts[3] == 0 ? all_passed : some_failed;
}

}  // namespace

int main(int argc, char** argv) {
    Wishes wishes;
    CLI::App app{
        "Judges Keyslot's client case by case against the rules of the cluster specification,\n"
        "in a simulated cluster and in virtual time."};
    app.add_option("--cases", wishes.directory, "Directory of the cases (*.yaml)")
        ->check(CLI::ExistingDirectory);
    app.add_option("--case", wishes.cases, "Only cases whose id contains this; may be repeated");
    app.add_option("--seed", wishes.seed, "All that chance decides")->capture_default_str();
    app.add_flag("--list", wishes.list, "List the cases and what each demands, and run none");
    app.add_flag("--dialogue", wishes.dialogue, "Print what the nodes saw, of passed cases too");
    CLI11_PARSE(app, argc, argv);

    conformance::Catalogue catalogue = conformance::load_catalogue(wishes.directory);
    if (!catalogue.problems.empty()) {
        for (sim::Problem const& problem : catalogue.problems) {
            std::cerr << to_string(problem) << '\n';
        }
        return broken_catalogue;
    }
    std::erase_if(catalogue.cases, [&](auto const& test) { return !wanted(wishes, test); });
    if (catalogue.cases.empty()) {
        std::cerr << "no case has such an id; --list shows them all\n";
        return usage;
    }
    if (wishes.list) {
        for (conformance::Case const& test : catalogue.cases) {
            std::cout << test.id << "  (" << to_string(test.level) << ")\n    " << test.requirement
                      << '\n';
        }
        return all_passed;
    }
    return run(wishes, catalogue.cases);
}
