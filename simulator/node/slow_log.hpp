#pragma once

#include "client/protocol/command_table.hpp"
#include "simulator/node/session.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace keyslot::sim {

/// SLOWLOG: commands that took too long, the latest first.
class SlowLog {
public:
    struct Entry {
        std::int64_t id = 0;
        std::int64_t at_s = 0;
        std::int64_t duration_us = 0;
        std::vector<std::string> words;
        std::string peer;
        std::string client_name;
    };

    void add(Entry entry, std::size_t entries_max);
    void clear() { entries_.clear(); }
    std::deque<Entry> const& entries() const { return entries_; }

private:
    std::int64_t next_id_ = 0;
    std::deque<Entry> entries_;
};

/// The words of a command as others may see them: passwords are "(redacted)".
std::vector<std::string> redacted(protocol::CommandInfo const& info, Arguments arguments);

/// As SLOWLOG keeps them: not too many, and none too long.
void shorten(std::vector<std::string>& words);

}  // namespace keyslot::sim
