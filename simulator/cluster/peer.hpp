#pragma once

#include "simulator/cluster/bus_message.hpp"
#include "simulator/cluster/cluster_state.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// A node in another node's view. What owns a slot is kept as a handle and not as a pointer: the
/// table of 16384 owners is the larger part of what a node of a large cluster weighs.
using PeerHandle = std::uint16_t;
inline constexpr PeerHandle no_peer = 0;
inline constexpr PeerHandle myself_handle = 1;

struct Peer;

/// Some master said that it cannot reach the node which holds this report.
struct FailureReport {
    Peer const* reporter = nullptr;
    std::int64_t at_ms = 0;
};

/// What is known of a peer beyond what gossip reads and writes. All times are Unix milliseconds; 0:
/// never. In a large cluster none of it is in the cache when a heartbeat of the peer arrives, or when
/// cron looks after it: what these need stands in the first cache line, and what the heartbeat alone
/// needs in the second one.
struct alignas(64) PeerDetails {
    std::int64_t created_ms = 0;
    std::int64_t linked_ms = 0;
    std::int64_t linked_from_ms = 0;  ///< it first spoke to us
    std::int64_t ping_sent_ms = 0;  ///< of the oldest ping not yet answered; 0: none
    std::int64_t last_sent_ms = 0;  ///< of the last ping, repeated or not
    std::int64_t data_received_ms = 0;
    std::uint64_t config_epoch = 0;
    std::int64_t replication_offset = 0;

    std::string hostname;
    Peer* master = nullptr;
    /// The slots it owns in this view, if somebody has asked since they last changed. In a cluster
    /// at peace this is the very object that the owner claims by, so that a heartbeat compares
    /// pointers.
    std::shared_ptr<SlotSet const> slots;
    bool must_meet = false;  ///< handshake begun by CLUSTER MEET: introduce ourselves
    bool had_replicas = false;  ///< replica migration may help it when it has none left

    std::vector<Peer*> replicas;  ///< ascending by id
    std::vector<FailureReport> reports;
    std::int64_t failed_ms = 0;
    std::int64_t voted_ms = 0;  ///< this node last voted for one of its replicas
    std::int64_t orphaned_ms = 0;
};

/// In a cluster of 1,000 nodes a million of these are visited at random, a hundred for each heartbeat
/// that comes or goes: they are small, and those of one view lie close together.
struct alignas(32) Peer {
    ContactPtr contact;
    std::int64_t pong_received_ms = 0;
    PeerDetails* details = nullptr;  ///< of the pool that both live in
    std::uint16_t flags = 0;
    std::uint16_t slot_count = 0;
    PeerHandle handle = no_peer;
    bool is_linked : 1 = false;  ///< it answered over the link that we opened to it

    NodeId const& id() const { return contact->id; }
    std::string const& ip() const { return contact->ip; }
    std::uint16_t port() const { return contact->port; }
    std::uint16_t bus_port() const { return contact->bus_port; }
    Peer* master() const { return details->master; }
    std::vector<Peer*> const& replicas() const { return details->replicas; }
    std::uint64_t config_epoch() const { return details->config_epoch; }

    bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
    bool is_master() const { return has(node_master); }
    bool is_replica() const { return has(node_slave); }
    bool is_failed() const { return has(node_fail); }
    bool is_unreachable() const { return has(node_pfail | node_fail); }
    bool in_handshake() const { return has(node_handshake); }
    void set(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags | flag); }
    void clear(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags & ~flag); }

    /// A ping was sent and not yet answered.
    bool is_awaited() const { return is_awaited_; }
    std::int64_t ping_sent_ms() const { return details->ping_sent_ms; }
    void await_since(std::int64_t ms) {
        details->ping_sent_ms = ms;
        is_awaited_ = ms != 0;
    }
    void await_no_more() { await_since(0); }

    /// By masters that cannot reach it.
    bool is_reported() const { return is_reported_; }
    std::vector<FailureReport> const& reports() const { return details->reports; }
    void report(Peer const& reporter, std::int64_t at_ms) {
        is_reported_ = true;
        for (FailureReport& known : details->reports) {
            if (known.reporter == &reporter) {
                known.at_ms = at_ms;
                return;
            }
        }
        details->reports.push_back({.reporter = &reporter, .at_ms = at_ms});
    }
    template <class Predicate>
    void drop_reports_if(Predicate&& predicate) {
        if (is_reported_) {
            std::erase_if(details->reports, std::forward<Predicate>(predicate));
            is_reported_ = !details->reports.empty();
        }
    }

private:
    bool is_awaited_ : 1 = false;
    bool is_reported_ : 1 = false;
};
static_assert(sizeof(Peer) == 32);

}  // namespace keyslot::sim
