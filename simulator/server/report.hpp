#pragma once

#include "simulator/runner/runner.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

struct NamedResult {
    std::string file;
    std::string scenario;  ///< as YAML, with the seed that was played
    RunResult result;
    Duration wall{};
};

/// What one run showed, as a table; the last line is "seed=... events=... digest=... sim=...
/// wall=...".
std::string text_report(std::string_view file, RunResult const& result, Duration wall);
/// One line per run.
std::string summary_table(std::vector<NamedResult> const& results);
/// All runs as a page of its own, each with the timeline of its faults.
std::string html_report(std::vector<NamedResult> const& results);

/// "1.234s"
std::string in_seconds(Duration duration);
/// 16 hex digits
std::string digest_text(std::uint64_t digest);

}  // namespace keyslot::sim
