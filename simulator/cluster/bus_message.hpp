#pragma once

#include "simulator/cluster/contact.hpp"
#include "simulator/cluster/slot_set.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace keyslot::sim {

enum class BusType : std::uint8_t {
    ping,
    pong,
    meet,
    fail,
    publish,
    auth_request,
    auth_ack,
    update,
    mfstart
};

/// What one node says of another in the gossip section of a heartbeat. (On the wire there is also when
/// the sender last pinged it: no receiver looks at that.)
struct GossipEntry {
    ContactPtr contact;
    std::int64_t pong_received_ms = 0;  ///< whole seconds, as on the wire
    std::uint32_t id_digest = 0;  ///< the contact's, at hand
    std::uint16_t flags = 0;  ///< ClusterNode flags as the sender sees them
};

/// A message of the cluster bus as a value: the facts a real one carries, not its wire format.
struct BusMessage {
    BusType type = BusType::ping;
    // The sender of every message:
    ContactPtr sender;
    /// Where the sender really is, if it announces another place: answers go back the way the message
    /// came. nullptr: there.
    ContactPtr sent_from;
    std::string hostname;
    std::uint16_t flags = 0;  ///< the sender's own flags
    NodeId master;  ///< id of its master; empty for a master
    std::uint64_t current_epoch = 0;
    std::uint64_t config_epoch = 0;  ///< a replica sends its master's
    std::int64_t replication_offset = 0;
    bool state_ok = true;
    bool force_ack = false;  ///< manual failover: vote although the master is not FAIL
    bool paused = false;  ///< manual failover: the master holds writes; offset is final
    /// Slots the sender (a replica: its master) claims. Shared: a node makes a new set only when
    /// its claim changes, so that a heartbeat in a large cluster costs no copy of 2 KiB.
    std::shared_ptr<SlotSet const> slots;
    // By type:
    std::vector<GossipEntry> gossip;  ///< ping, pong, meet
    bool answers_ping = false;  ///< pong: an answer and not a broadcast
    NodeId about;  ///< fail, update: the node it is about
    std::uint64_t about_epoch = 0;  ///< update: that node's config epoch
    std::shared_ptr<SlotSet const> about_slots;  ///< update: the slots it claims
    std::string channel, payload;  ///< publish
    bool shard_channel = false;  ///< publish: SPUBLISH

    Contact const& origin() const { return sent_from ? *sent_from : *sender; }
};

}  // namespace keyslot::sim
