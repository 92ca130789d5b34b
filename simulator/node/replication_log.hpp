#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keyslot::sim {

class Random;

/// The history of writes that a node has: its name (replication id), its length (offset), and the last
/// bytes of it (backlog), by which a replica that was away for a moment catches up.
///
/// A master appends what it writes, a replica what its master sent: both keep byte for byte the same
/// stream, so that after a failover the siblings can continue with the promoted replica.
class ReplicationLog {
public:
    explicit ReplicationLog(Random& random);

    std::string const& id() const { return id_; }
    std::int64_t offset() const { return offset_; }
    std::string const& previous_id() const { return previous_id_; }
    /// Up to here (exclusive) the history under previous_id() is ours as well; -1: there is none.
    std::int64_t previous_end() const { return previous_end_; }

    /// Redis keeps no history before the first replica has come; offsets do not move until then.
    bool recording() const { return recording_; }
    void start_recording() { recording_ = true; }
    /// A master that nobody replicates any more, after repl-backlog-ttl.
    void stop_recording();
    void append(std::string_view bytes);

    /// Can a replica that knows the history `id` up to before `from` go on from there?
    bool can_continue(std::string_view id, std::int64_t from) const;
    std::string_view bytes_from(std::int64_t from) const;

    /// So many bytes of it have been written long ago. Before anything is appended.
    void start_at(std::int64_t offset) {
        offset_ = offset;
        first_ = offset + 1;
    }
    /// A new history begins: first replica of a master, or RESET.
    void rename(Random& random);
    /// Promotion: the history goes on under a new name, the old one stays valid up to here.
    void branch(Random& random);
    /// The master, while continuing, said that its history has a new name.
    void continue_as(std::string_view id);
    /// Full synchronisation: this is the master's history now.
    void adopt(std::string_view id, std::int64_t offset);
    void forget_previous();

    std::int64_t first_byte() const { return recording_ ? first_ : 0; }
    std::int64_t length() const { return offset_ - first_ + 1; }
    std::size_t capacity() const { return capacity_; }
    void set_capacity(std::size_t bytes);

private:
    void trim();

    std::string id_;
    std::string previous_id_ = std::string(40, '0');
    std::int64_t offset_ = 0;
    std::int64_t previous_end_ = -1;
    bool recording_ = false;
    std::size_t capacity_ = 1024 * 1024;
    // bytes_ holds the stream from first_ (offsets count from 1) to offset_; `skipped_` bytes at its
    // front are out of the backlog already and are cut off now and then.
    std::string bytes_;
    std::size_t skipped_ = 0;
    std::int64_t first_ = 1;
};

/// 40 hex digits: ids of histories and nodes.
std::string random_hex_id(Random& random);

}  // namespace keyslot::sim
