#pragma once

#include "simulator/cluster/bus_message.hpp"
#include "simulator/cluster/cluster_state.hpp"

#include <cstdint>
#include <memory>
#include <string>
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

/// All times are Unix milliseconds; 0: never.
///
/// In a large cluster nothing of a peer is in the cache when gossip tells of it: what gossip reads
/// and writes stands in the first cache line.
struct alignas(64) Peer {
    ContactPtr contact;
    std::uint16_t flags = 0;
    std::uint16_t slot_count = 0;
    PeerHandle handle = no_peer;
    bool is_linked = false;  ///< it answered over the link that we opened to it
    bool must_meet = false;  ///< handshake begun by CLUSTER MEET: introduce ourselves
    std::int64_t ping_sent_ms = 0;  ///< of the oldest ping not yet answered; 0: none
    std::int64_t pong_received_ms = 0;

    std::uint64_t gossip_mark = 0;  ///< the last heartbeat that told of this node
    std::vector<FailureReport> reports;

    std::string hostname;
    bool had_replicas = false;  ///< replica migration may help it when it has none left
    Peer* master = nullptr;
    std::vector<Peer*> replicas;  ///< ascending by id
    std::uint64_t config_epoch = 0;
    std::int64_t replication_offset = 0;
    std::int64_t created_ms = 0;
    std::int64_t linked_ms = 0;
    std::int64_t linked_from_ms = 0;  ///< it first spoke to us
    std::int64_t last_sent_ms = 0;  ///< of the last ping, repeated or not
    std::int64_t data_received_ms = 0;
    std::int64_t failed_ms = 0;
    std::int64_t voted_ms = 0;  ///< this node last voted for one of its replicas
    std::int64_t orphaned_ms = 0;
    /// The slots it owns in this view, if somebody has asked since they last changed. In a cluster
    /// at peace this is the very object that the owner claims by, so that a heartbeat compares
    /// pointers.
    std::shared_ptr<SlotSet const> slots;

    NodeId const& id() const { return contact->id; }
    std::string const& ip() const { return contact->ip; }
    std::uint16_t port() const { return contact->port; }
    std::uint16_t bus_port() const { return contact->bus_port; }

    bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
    bool is_master() const { return has(node_master); }
    bool is_replica() const { return has(node_slave); }
    bool is_failed() const { return has(node_fail); }
    bool is_unreachable() const { return has(node_pfail | node_fail); }
    bool in_handshake() const { return has(node_handshake); }
    void set(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags | flag); }
    void clear(std::uint16_t flag) { flags = static_cast<std::uint16_t>(flags & ~flag); }
};

}  // namespace keyslot::sim
