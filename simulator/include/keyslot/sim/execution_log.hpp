#pragma once

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// One command that one node executed: the ground truth, which no real cluster can give.
struct ExecutionRecord {
    Instant at;                      ///< simulated time
    std::size_t node = 0;            ///< index of the node in its cluster: 0 is node-1
    std::size_t cluster = 0;         ///< index of the cluster in its World
    std::uint64_t session = 0;       ///< client id on that node; 0: none (expiry, replication)
    std::uint64_t incarnation = 0;   ///< restarts of the node so far
    std::int64_t replication_offset = 0;  ///< after the command
    std::uint64_t config_epoch = 0;  ///< of the node's shard, in the node's view
    bool is_write = false;           ///< it changed the data set
    bool from_replication = false;   ///< applied by a replica
    bool in_transaction = false;
    std::span<std::string_view const> arguments;  ///< the name first; owned by the log
};

/// Every execution in the order it happened. Records keep their place and their text until clear().
class ExecutionLog {
public:
    using Iterator = std::deque<ExecutionRecord>::const_iterator;

    /// Copies the record and its arguments.
    void append(ExecutionRecord const& record);
    void clear();

    std::size_t size() const { return records_.size(); }
    bool empty() const { return records_.empty(); }
    ExecutionRecord const& operator[](std::size_t n) const { return records_[n]; }
    Iterator begin() const { return records_.begin(); }
    Iterator end() const { return records_.end(); }

private:
    std::byte* allocate(std::size_t bytes);

    std::deque<ExecutionRecord> records_;
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    std::byte* free_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace keyslot::sim
