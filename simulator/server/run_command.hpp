#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keyslot::sim {

struct RunCommand {
    std::vector<std::string> files;
    std::optional<std::uint64_t> seed;  ///< instead of the files' own
    std::string seeds;                  ///< "N..M": each of them
    std::string trace_file;
    std::string report_file;
    std::string check = "first";        ///< which runs are done twice: none, first, all
};

/// Exit codes of keyslot-sim.
enum ExitCode : int {
    exit_held = 0,
    exit_usage = 1,
    exit_safety = 2,
    exit_liveness = 3,
    exit_not_deterministic = 4
};

/// keyslot-sim run. Returns the exit code.
int run_scenarios(RunCommand const& command);

}  // namespace keyslot::sim
