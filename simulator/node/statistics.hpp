#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// The counters behind INFO stats and INFO errorstats.
struct Statistics {
    std::int64_t connections_received = 0;
    std::int64_t rejected_connections = 0;
    std::int64_t commands_processed = 0;
    std::int64_t expired_keys = 0;
    std::int64_t full_syncs = 0;
    std::int64_t partial_syncs = 0;
    std::int64_t partial_syncs_refused = 0;
    std::int64_t error_replies = 0;
    std::map<std::string, std::int64_t, std::less<>> errors_by_code;

    /// `line` is an error reply without its '-': it counts by its first word.
    void count_error(std::string_view line) {
        ++error_replies;
        std::string_view const code = line.substr(0, line.find_first_of(" \r"));
        auto const found = errors_by_code.find(code);
        if (found != errors_by_code.end()) {
            ++found->second;
        } else {
            errors_by_code.emplace(code, 1);
        }
    }
};

}  // namespace keyslot::sim
