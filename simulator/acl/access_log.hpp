#pragma once

#include "simulator/acl/selector.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace keyslot::sim {

/// Where a command was refused.
enum class AccessContext : std::uint8_t { toplevel, multi, script };

/// ACL LOG: what users were refused, the latest first. What repeats within a minute is counted.
class AccessLog {
public:
    struct Entry {
        std::int64_t count = 1;
        Denied reason = Denied::command;
        AccessContext context = AccessContext::toplevel;
        std::string object;  ///< the command, key or channel
        std::string user;
        std::string client = {};  ///< its line of CLIENT LIST
        std::int64_t at_ms = 0;
    };

    void add(Entry entry, std::size_t entries_max);
    void clear() { entries_.clear(); }
    std::deque<Entry> const& entries() const { return entries_; }

private:
    std::deque<Entry> entries_;
};

}  // namespace keyslot::sim
