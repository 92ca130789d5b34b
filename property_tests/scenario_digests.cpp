#include "property_tests/generators.hpp"
#include "simulator/runner/runner.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

/// Plays random scenarios, one line each: the scenario's number, its events, its digest and its verdict. Two
/// builds of this program, by whatever compiler, print the same.
///
///   scenario_digests [COUNT [FIRST]]
int main(int count, char** arguments) {
    std::uint64_t const runs = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 200;
    std::uint64_t const first = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
    int unexpected = 0;
    for (std::uint64_t number = first; number < first + runs; ++number) {
        keyslot::sim::Scenario const scenario = keyslot::testing::numbered_scenario(number);
        keyslot::sim::RunResult const result = keyslot::sim::run_scenario(scenario);
        std::printf("%llu events=%llu digest=%016llx %s\n", static_cast<unsigned long long>(number),
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
