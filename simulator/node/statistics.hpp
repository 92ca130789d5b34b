#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

struct CommandCalls {
    std::int64_t calls = 0;
    std::int64_t rejected = 0;
    std::int64_t failed = 0;
};

/// The counters behind INFO stats and INFO errorstats.
struct Statistics {
    std::int64_t connections_received = 0;
    std::int64_t rejected_connections = 0;
    std::int64_t commands_processed = 0;
    std::int64_t expired_keys = 0;
    std::int64_t evicted_keys = 0;
    std::int64_t keyspace_hits = 0;
    std::int64_t keyspace_misses = 0;
    std::int64_t changes_since_save = 0;
    std::int64_t last_save_s = 0;
    std::int64_t full_syncs = 0;
    std::int64_t partial_syncs = 0;
    std::int64_t partial_syncs_refused = 0;
    std::int64_t error_replies = 0;
    std::map<std::string, std::int64_t, std::less<>> errors_by_code;

    std::vector<CommandCalls> commands;  // by command number

    CommandCalls& calls_of(std::size_t command_number) {
        if (command_number >= commands.size()) {
            commands.resize(command_number + 1);
        }
        return commands[command_number];
    }

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
