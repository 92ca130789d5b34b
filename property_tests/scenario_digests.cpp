#include "property_tests/generators.hpp"
#include "simulator/runner/runner.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

/// Plays random scenarios, one line each: the scenario's number, its events and its digest. Two builds of
/// this program, by whatever compiler, print the same.
///
///   scenario_digests [COUNT [SEED [down]]]
///
/// With `down` one node of each cluster never comes back.
int main(int count, char** arguments) {
    std::uint64_t const runs = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 200;
    std::uint64_t const seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
    auto const scenarios = keyslot::testing::scenario();
    int unexpected = 0;
    for (std::uint64_t n = 0; n < runs; ++n) {
        rc::Random const random{seed + n};
        keyslot::sim::Scenario scenario = scenarios(random, rc::kNominalSize).value();
        if (count > 3) {
            std::uint32_t const nodes =
                scenario.cluster.masters * (1 + scenario.cluster.replicas_per_master);
            scenario.stays_down = "node-" + std::to_string(1 + n % nodes);
        }
        keyslot::sim::RunResult const result = keyslot::sim::run_scenario(scenario);
        std::printf("%llu events=%llu digest=%016llx %s\n", static_cast<unsigned long long>(n),
                    static_cast<unsigned long long>(result.events),
                    static_cast<unsigned long long>(result.digest),
                    std::string(to_string(result.verdict())).c_str());
        if (result.verdict() != keyslot::sim::Verdict::held) {
            ++unexpected;
            for (auto const* violations : {&result.safety, &result.liveness}) {
                for (keyslot::sim::Violation const& violation : *violations) {
                    std::fprintf(stderr, "# %s: %s\n", std::string(violation.rule).c_str(),
                                 violation.what.c_str());
                }
            }
            std::fputs(to_yaml(scenario).c_str(), stderr);
        }
    }
    return unexpected == 0 ? 0 : 1;
}
