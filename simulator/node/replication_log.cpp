#include "simulator/node/replication_log.hpp"

#include "simulator/kernel/random.hpp"

#include <cassert>
#include <utility>

namespace keyslot::sim {

std::string random_hex_id(Random& random) {
    std::string id;
    while (id.size() < 40) {
        std::uint64_t bits = random.next();
        for (int digit = 0; digit < 16 && id.size() < 40; ++digit, bits >>= 4) {
            id += "0123456789abcdef"[bits & 15];
        }
    }
    return id;
}

ReplicationLog::ReplicationLog(Random& random) : id_(random_hex_id(random)) {}

void ReplicationLog::stop_recording() {
    recording_ = false;
    bytes_.clear();
    skipped_ = 0;
    first_ = offset_ + 1;
}

void ReplicationLog::append(std::string_view bytes) {
    assert(recording_);
    bytes_ += bytes;
    offset_ += static_cast<std::int64_t>(bytes.size());
    trim();
}

bool ReplicationLog::can_continue(std::string_view id, std::int64_t from) const {
    bool const same_history = id == id_ || (id == previous_id_ && from <= previous_end_);
    return same_history && recording_ && from >= first_ && from <= offset_ + 1;
}

std::string_view ReplicationLog::bytes_from(std::int64_t from) const {
    assert(from >= first_ && from <= offset_ + 1);
    return std::string_view(bytes_).substr(skipped_ + static_cast<std::size_t>(from - first_));
}

void ReplicationLog::rename(Random& random) {
    id_ = random_hex_id(random);
    forget_previous();
}

void ReplicationLog::branch(Random& random) {
    previous_id_ = std::exchange(id_, random_hex_id(random));
    previous_end_ = offset_ + 1;
}

void ReplicationLog::continue_as(std::string_view id) {
    if (id == id_) {
        return;
    }
    previous_id_ = std::exchange(id_, std::string(id));
    previous_end_ = offset_ + 1;
}

void ReplicationLog::adopt(std::string_view id, std::int64_t offset) {
    id_ = id;
    offset_ = offset;
    forget_previous();
    stop_recording();
    start_recording();
}

void ReplicationLog::forget_previous() {
    previous_id_.assign(40, '0');
    previous_end_ = -1;
}

void ReplicationLog::set_capacity(std::size_t bytes) {
    capacity_ = bytes;
    trim();
}

void ReplicationLog::trim() {
    std::size_t const kept = bytes_.size() - skipped_;
    if (kept > capacity_) {
        skipped_ += kept - capacity_;
        first_ += static_cast<std::int64_t>(kept - capacity_);
    }
    if (skipped_ > capacity_) {  // cutting costs a copy of what stays: once per `capacity_` bytes
        bytes_.erase(0, skipped_);
        skipped_ = 0;
    }
}

}  // namespace keyslot::sim
