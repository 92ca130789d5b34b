#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>
#include <keyslot/options.hpp>
#include <keyslot/slot_range.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The CLUSTER commands, typed and parsed.
namespace keyslot {

/// CLUSTER INFO of one node.
struct ClusterInfo {
    bool ok = false;  ///< cluster_state: the node takes commands
    long long slots_assigned = 0;
    long long slots_ok = 0;
    long long slots_pfail = 0;
    long long slots_fail = 0;
    long long known_nodes = 0;
    long long size = 0;  ///< primaries with slots
    std::uint64_t current_epoch = 0;
    std::uint64_t my_epoch = 0;
    std::vector<StringPair> fields = {};  ///< all of it, as it came

    std::optional<std::string_view> find(std::string_view name) const;
};

/// A slot on the move, as its source or its target tells.
struct MovingSlot {
    std::uint16_t slot = 0;
    bool importing = false;  ///< else migrating
    std::string other_node = {};  ///< id of where it comes from, or goes to
    friend bool operator==(MovingSlot const&, MovingSlot const&) = default;
};

/// One line of CLUSTER NODES.
struct ClusterNodeInfo {
    ClusterNode node;  ///< as the node that was asked sees its address
    std::string hostname = {};
    std::string primary_id = {};  ///< of a replica
    std::uint64_t config_epoch = 0;
    bool myself = false;  ///< the node that was asked
    bool suspected = false;  ///< "fail?": that node thinks so
    bool failed = false;  ///< "fail": the majority does
    bool handshake = false;  ///< not a member yet
    bool connected = false;
    std::vector<SlotRange> slots = {};
    std::vector<MovingSlot> moving = {};  ///< only of `myself`
};

/// One entry of CLUSTER SLOTS.
struct ClusterSlots {
    SlotRange slots = {};
    std::vector<ClusterNode> nodes =
        {};  ///< the primary first; an endpoint that is null is an empty host
};

/// One node in CLUSTER SHARDS.
struct ClusterShardNode {
    std::string id;
    std::string endpoint;  ///< empty: unknown to the node that was asked
    std::string ip;
    std::string hostname;
    long long port = 0;  ///< 0: none
    long long tls_port = 0;
    std::string role;  ///< "master" or "replica"
    long long replication_offset = 0;
    std::string health;  ///< "online", "failed" or "loading"
};

/// One entry of CLUSTER SHARDS.
struct ClusterShard {
    std::vector<SlotRange> slots;
    std::vector<ClusterShardNode> nodes;
};

/// One entry of CLUSTER LINKS: a connection of the cluster bus.
struct ClusterLink {
    std::string direction;  ///< "to" or "from" that node
    std::string node;  ///< id
    long long create_time = 0;  ///< Unix time in milliseconds
    std::string events;  ///< "r", "w" or "rw"
    long long send_buffer_allocated = 0;  ///< bytes, as the next one
    long long send_buffer_used = 0;
};

/// What CLUSTER BUMPEPOCH did.
struct EpochBump {
    bool bumped = false;  ///< else the epoch was the highest already
    std::uint64_t epoch = 0;
};

/// What CLUSTER SETSLOT makes of a slot.
enum class SlotState : std::uint8_t {
    migrating,  ///< to that node
    importing,  ///< from that node
    node,       ///< it belongs to that node
};
constexpr std::string_view word_of(SlotState state) {
    return state == SlotState::migrating   ? "MIGRATING"
           : state == SlotState::importing ? "IMPORTING"
                                           : "NODE";
}

enum class FailoverMode : std::uint8_t {
    normal,    ///< planned, with the primary's help: nothing is lost
    force,     ///< without the primary
    takeover,  ///< without anybody's vote
};

enum class ResetMode : std::uint8_t {
    soft,
    hard,  ///< a new id too, and epochs begin again
};
constexpr std::string_view word_of(ResetMode mode) {
    return mode == ResetMode::soft ? "SOFT" : "HARD";
}

using Slots = ListOf<std::uint16_t>;
using SlotRanges = ListOf<SlotRange>;

namespace detail {

template <>
struct Decoder<SlotRange> {
    static Result<SlotRange> decode_two(ReplyView first, ReplyView last);
    static Result<SlotRange> decode(ReplyView reply);
};
template <>
Result<ClusterInfo> Decoder<ClusterInfo>::decode(ReplyView reply);
template <>
struct Decoder<std::vector<ClusterNodeInfo>> {
    static Result<std::vector<ClusterNodeInfo>> decode(ReplyView reply);
};
template <>
Result<ClusterSlots> Decoder<ClusterSlots>::decode(ReplyView reply);
template <>
Result<ClusterShardNode> Decoder<ClusterShardNode>::decode(ReplyView reply);
template <>
Result<ClusterShard> Decoder<ClusterShard>::decode(ReplyView reply);
template <>
Result<ClusterLink> Decoder<ClusterLink>::decode(ReplyView reply);
template <>
Result<EpochBump> Decoder<EpochBump>::decode(ReplyView reply);

}  // namespace detail

/// What nodes say of the cluster. Some primary is asked, unless on() says which node or nodes.
template <class Face>
class ClusterQueryCommands {
public:
    decltype(auto) cluster_info(detail::TokenLike auto... token) {
        return detail::call<"CLUSTER INFO", ClusterInfo>(*this, {}, std::move(token)...);
    }
    decltype(auto) cluster_nodes(detail::TokenLike auto... token) {
        return detail::call<"CLUSTER NODES", std::vector<ClusterNodeInfo>>(*this, {},
                                                                           std::move(token)...);
    }
    decltype(auto) cluster_slots(detail::TokenLike auto... token) {
        return detail::call<"CLUSTER SLOTS", std::vector<ClusterSlots>>(*this, {},
                                                                        std::move(token)...);
    }
    decltype(auto) cluster_shards(detail::TokenLike auto... token) {
        return detail::call<"CLUSTER SHARDS", std::vector<ClusterShard>>(*this, {},
                                                                         std::move(token)...);
    }
    /// The slot of a key as a server computes it; keyslot() tells the same without asking.
    decltype(auto) cluster_keyslot(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"CLUSTER KEYSLOT", long long>(*this, {key}, std::move(token)...);
    }
    /// How many keys the slot has, at its owner unless on() says where.
    decltype(auto) cluster_countkeysinslot(std::uint16_t slot, detail::TokenLike auto... token) {
        return detail::call<"CLUSTER COUNTKEYSINSLOT", long long>(*this, {slot},
                                                                  std::move(token)...);
    }
    /// Keys of the slot, at most `count`; likewise.
    decltype(auto) cluster_getkeysinslot(std::uint16_t slot, long long count,
                                         detail::TokenLike auto... token) {
        return detail::call<"CLUSTER GETKEYSINSLOT", std::vector<std::string>>(*this, {slot, count},
                                                                               std::move(token)...);
    }
    /// The id of the node that answers.
    decltype(auto) cluster_myid(detail::TokenLike auto... token) {
        return detail::call<"CLUSTER MYID", std::string>(*this, {}, std::move(token)...);
    }
    decltype(auto) cluster_links(detail::TokenLike auto... token) {
        return detail::call<"CLUSTER LINKS", std::vector<ClusterLink>>(*this, {},
                                                                       std::move(token)...);
    }
    /// The replicas of that primary.
    decltype(auto) cluster_replicas(std::string_view node_id, detail::TokenLike auto... token) {
        return detail::call<"CLUSTER REPLICAS", std::vector<ClusterNodeInfo>>(*this, {node_id},
                                                                              std::move(token)...);
    }
    /// How many primaries have told the node that answers that this one has failed.
    decltype(auto) cluster_count_failure_reports(std::string_view node_id,
                                                 detail::TokenLike auto... token) {
        return detail::call<"CLUSTER COUNT-FAILURE-REPORTS", long long>(*this, {node_id},
                                                                        std::move(token)...);
    }
};

/// What changes the cluster. Each takes the node that it is sent to, which alone is changed by it; true
/// when that has agreed. Not repeated when its outcome is unknown.
template <class Face>
class ClusterAdminCommands {
public:
    /// Slots that nobody has become that node's.
    decltype(auto) cluster_addslots(ClusterNode const& node, Slots const& slots,
                                    detail::TokenLike auto... token) {
        return at<"CLUSTER ADDSLOTS", bool>(node, {slots}, std::move(token)...);
    }
    decltype(auto) cluster_addslotsrange(ClusterNode const& node, SlotRanges const& ranges,
                                         detail::TokenLike auto... token) {
        return at<"CLUSTER ADDSLOTSRANGE", bool>(node, {ranges}, std::move(token)...);
    }
    /// The node forgets who has these slots.
    decltype(auto) cluster_delslots(ClusterNode const& node, Slots const& slots,
                                    detail::TokenLike auto... token) {
        return at<"CLUSTER DELSLOTS", bool>(node, {slots}, std::move(token)...);
    }
    decltype(auto) cluster_delslotsrange(ClusterNode const& node, SlotRanges const& ranges,
                                         detail::TokenLike auto... token) {
        return at<"CLUSTER DELSLOTSRANGE", bool>(node, {ranges}, std::move(token)...);
    }
    decltype(auto) cluster_flushslots(ClusterNode const& node, detail::TokenLike auto... token) {
        return at<"CLUSTER FLUSHSLOTS", bool>(node, {}, std::move(token)...);
    }
    /// To move a slot: importing at its target, migrating at its source, then migrate() its keys, then
    /// node at the target, at the source, and at the other primaries.
    decltype(auto) cluster_setslot(ClusterNode const& node, std::string_view node_id,
                                   std::uint16_t slot, SlotState state,
                                   detail::TokenLike auto... token) {
        return at<"CLUSTER SETSLOT", bool>(node, {slot, state, node_id}, std::move(token)...);
    }
    /// The slot does not move any more.
    decltype(auto) cluster_setslot_stable(ClusterNode const& node, std::uint16_t slot,
                                          detail::TokenLike auto... token) {
        return at<"CLUSTER SETSLOT", bool>(node, {slot, "STABLE"}, std::move(token)...);
    }
    /// The node becomes a replica of that primary.
    decltype(auto) cluster_replicate(ClusterNode const& node, std::string_view primary_id,
                                     detail::TokenLike auto... token) {
        return at<"CLUSTER REPLICATE", bool>(node, {primary_id}, std::move(token)...);
    }
    /// The node gets to know another one, by its IP address: done by and by.
    decltype(auto) cluster_meet(ClusterNode const& node, std::string_view ip, std::uint16_t port,
                                detail::TokenLike auto... token) {
        return at<"CLUSTER MEET", bool>(node, {ip, port}, std::move(token)...);
    }
    /// The node takes that one out of its table. To be said to all others within a minute.
    decltype(auto) cluster_forget(ClusterNode const& node, std::string_view node_id,
                                  detail::TokenLike auto... token) {
        return at<"CLUSTER FORGET", bool>(node, {node_id}, std::move(token)...);
    }
    decltype(auto) cluster_reset(ClusterNode const& node, ResetMode mode,
                                 detail::TokenLike auto... token) {
        return at<"CLUSTER RESET", bool>(node, {mode}, std::move(token)...);
    }
    /// A replica takes its primary's place: begun when this completes.
    decltype(auto) cluster_failover(ClusterNode const& replica, detail::TokenLike auto... token) {
        return at<"CLUSTER FAILOVER", bool>(replica, {}, std::move(token)...);
    }
    decltype(auto) cluster_failover(ClusterNode const& replica, FailoverMode mode,
                                    detail::TokenLike auto... token) {
        detail::CommandWords<"CLUSTER FAILOVER"> words;
        words.add_flag("FORCE", mode == FailoverMode::force)
            .add_flag("TAKEOVER", mode == FailoverMode::takeover);
        return at<"CLUSTER FAILOVER", bool>(replica, words, std::move(token)...);
    }
    decltype(auto) cluster_bumpepoch(ClusterNode const& node, detail::TokenLike auto... token) {
        return at<"CLUSTER BUMPEPOCH", EpochBump>(node, {}, std::move(token)...);
    }
    decltype(auto) cluster_save_config(ClusterNode const& node, detail::TokenLike auto... token) {
        return at<"CLUSTER SAVECONFIG", bool>(node, {}, std::move(token)...);
    }
    /// Of a new node that knows no other yet.
    decltype(auto) cluster_set_config_epoch(ClusterNode const& node, std::uint64_t epoch,
                                            detail::TokenLike auto... token) {
        return at<"CLUSTER SET-CONFIG-EPOCH", bool>(node, {epoch}, std::move(token)...);
    }

private:
    template <detail::CommandName name, class T, class... Token>
    decltype(auto) at(ClusterNode const& node, detail::CommandWords<name> const& words,
                      Token&&... token) {
        return static_cast<Face&>(*this).on(node).template issue_command<T>(
            detail::info_of<name>(), words, std::forward<Token>(token)...);
    }
};

}  // namespace keyslot
