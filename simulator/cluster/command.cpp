#include "client/protocol/ascii.hpp"
#include "client/protocol/hash_slot.hpp"
#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/command_arguments.hpp"

#include <algorithm>

namespace keyslot::sim {
namespace {

using protocol::equals_ignoring_case;

using Impl = ClusterState::Impl;

/// `least` and `most` arguments, CLUSTER and the subcommand included: what the command table's
/// arity lets pass may still be wrong.
struct Subcommand {
    std::string_view name;
    std::size_t least, most;
    void (Impl::*handle)(Impl::Arguments, Impl::Reply&);
};

constexpr std::size_t any_number = 1u << 20;

constexpr Subcommand subcommands[] = {
    {"slots", 2, 2, &Impl::reply_slots},
    {"shards", 2, 2, &Impl::reply_shards},
    {"nodes", 2, 2, &Impl::reply_nodes},
    {"info", 2, 2, &Impl::reply_info},
    {"myid", 2, 2, &Impl::reply_my_id},
    {"links", 2, 2, &Impl::reply_links},
    {"keyslot", 3, 3, &Impl::reply_key_slot},
    {"countkeysinslot", 3, 3, &Impl::count_keys_in_slot},
    {"getkeysinslot", 4, 4, &Impl::get_keys_in_slot},
    {"setslot", 4, any_number, &Impl::set_slot},
    {"addslots", 3, any_number, &Impl::add_slots},
    {"addslotsrange", 4, any_number, &Impl::add_slot_ranges},
    {"delslots", 3, any_number, &Impl::delete_slots},
    {"delslotsrange", 4, any_number, &Impl::delete_slot_ranges},
    {"flushslots", 2, 2, &Impl::flush_slots},
    {"meet", 4, 5, &Impl::meet_node},
    {"forget", 3, 3, &Impl::forget_node},
    {"replicate", 3, 3, &Impl::replicate_node},
    {"replicas", 3, 3, &Impl::reply_replicas},
    {"slaves", 3, 3, &Impl::reply_replicas},
    {"count-failure-reports", 3, 3, &Impl::reply_failure_reports},
    {"failover", 2, 3, &Impl::fail_over},
    {"reset", 2, 3, &Impl::reset_node},
    {"bumpepoch", 2, 2, &Impl::bump_epoch},
    {"set-config-epoch", 3, 3, &Impl::set_config_epoch},
    {"saveconfig", 2, 2, &Impl::save_config},
    {"help", 2, 2, &Impl::help},
};

constexpr std::string_view help_lines[] = {
    "CLUSTER <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "ADDSLOTS <slot> [<slot> ...]",
    "    Assign slots to current node.",
    "ADDSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    "    Assign slots which are between <start-slot> and <end-slot> to current node.",
    "BUMPEPOCH",
    "    Advance the cluster config epoch.",
    "COUNT-FAILURE-REPORTS <node-id>",
    "    Return number of failure reports for <node-id>.",
    "COUNTKEYSINSLOT <slot>",
    "    Return the number of keys in <slot>.",
    "DELSLOTS <slot> [<slot> ...]",
    "    Delete slots information from current node.",
    "DELSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    "    Delete slots information which are between <start-slot> and <end-slot> from current node.",
    "FAILOVER [FORCE|TAKEOVER]",
    "    Promote current replica node to being a master.",
    "FORGET <node-id>",
    "    Remove a node from the cluster.",
    "GETKEYSINSLOT <slot> <count>",
    "    Return key names stored by current node in a slot.",
    "FLUSHSLOTS",
    "    Delete current node own slots information.",
    "INFO",
    "    Return information about the cluster.",
    "KEYSLOT <key>",
    "    Return the hash slot for <key>.",
    "MEET <ip> <port> [<bus-port>]",
    "    Connect nodes into a working cluster.",
    "MYID",
    "    Return the node id.",
    "NODES",
    "    Return cluster configuration seen by node. Output format:",
    "    <id> <ip:port> <flags> <master> <pings> <pongs> <epoch> <link> <slot> ...",
    "REPLICATE <node-id>",
    "    Configure current node as replica to <node-id>.",
    "RESET [HARD|SOFT]",
    "    Reset current node (default: soft).",
    "SET-CONFIG-EPOCH <epoch>",
    "    Set config epoch of current node.",
    "SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|STABLE|NODE <node-id>)",
    "    Set slot state.",
    "REPLICAS <node-id>",
    "    Return <node-id> replicas.",
    "SAVECONFIG",
    "    Force saving cluster configuration on disk.",
    "SLOTS",
    "    Return information about slots range mappings. Each range is made of:",
    "    start, end, master and replicas IP addresses, ports and ids",
    "SHARDS",
    "    Return information about slot range mappings and the nodes associated with them.",
    "LINKS",
    "    Return information about all network links between this node and its peers.",
    "    Output format is an array where each array element is a map containing attributes of a "
    "link",
    "HELP",
    "    Prints this help.",
};

}  // namespace

void ClusterState::Impl::command(Arguments arguments, Reply& reply) {
    std::string_view const name = arguments.size() > 1 ? arguments[1] : std::string_view{};
    auto const found =
        std::find_if(std::begin(subcommands), std::end(subcommands),
                     [&](auto const& entry) { return equals_ignoring_case(name, entry.name); });
    if (found == std::end(subcommands) || arguments.size() < found->least ||
        arguments.size() > found->most) {
        reply.error("ERR unknown subcommand or wrong number of arguments for '" +
                    std::string{name.substr(0, 128)} + "'. Try CLUSTER HELP.");
        return;
    }
    (this->*found->handle)(arguments, reply);
}

void ClusterState::Impl::help(Arguments, Reply& reply) {
    reply.array(std::size(help_lines));
    for (std::string_view const line : help_lines) {
        reply.simple(line);
    }
}

void ClusterState::Impl::reply_my_id(Arguments, Reply& reply) { reply.bulk(me().id()); }

void ClusterState::Impl::reply_key_slot(Arguments arguments, Reply& reply) {
    reply.integer(protocol::hash_slot(arguments[2]));
}

void ClusterState::Impl::count_keys_in_slot(Arguments arguments, Reply& reply) {
    if (!read_integer(arguments[2])) {
        reply.error(not_an_integer);
    } else if (auto const slot = read_slot(arguments[2])) {
        reply.integer(static_cast<std::int64_t>(port.count_keys_in_slot(*slot)));
    } else {
        reply.error("ERR Invalid slot");
    }
}

void ClusterState::Impl::get_keys_in_slot(Arguments arguments, Reply& reply) {
    auto const count = read_integer(arguments[3]);
    if (!read_integer(arguments[2]) || !count) {
        reply.error(not_an_integer);
        return;
    }
    auto const slot = read_slot(arguments[2]);
    if (!slot || *count < 0) {
        reply.error("ERR Invalid slot or number of keys");
        return;
    }
    auto const keys = port.keys_in_slot(*slot, static_cast<std::size_t>(*count));
    reply.array(keys.size());
    for (std::string const& key : keys) {
        reply.bulk(key);
    }
}

}  // namespace keyslot::sim
