// What would become of a command: the same encoding and the same map as a call, but nothing is sent.
#include <keyslot/explain.hpp>

#include "client/cluster/nodes.hpp"
#include "client/protocol/command_table.hpp"
#include "client/routing/key_groups.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace keyslot::detail {

namespace {

std::string_view name_of(protocol::RequestPolicy policy) {
    switch (policy) {
        case protocol::RequestPolicy::all_nodes: return "all_nodes";
        case protocol::RequestPolicy::all_shards: return "all_shards";
        case protocol::RequestPolicy::multi_shard: return "multi_shard";
        case protocol::RequestPolicy::special: return "special";
        case protocol::RequestPolicy::none: break;
    }
    return "";
}

std::string_view name_of(protocol::ResponsePolicy policy) {
    switch (policy) {
        case protocol::ResponsePolicy::all_succeeded: return "all_succeeded";
        case protocol::ResponsePolicy::one_succeeded: return "one_succeeded";
        case protocol::ResponsePolicy::agg_sum: return "agg_sum";
        case protocol::ResponsePolicy::agg_min: return "agg_min";
        case protocol::ResponsePolicy::agg_max: return "agg_max";
        case protocol::ResponsePolicy::agg_logical_and: return "agg_logical_and";
        case protocol::ResponsePolicy::agg_logical_or: return "agg_logical_or";
        case protocol::ResponsePolicy::special: return "special";
        case protocol::ResponsePolicy::none: break;
    }
    return "";
}

std::vector<std::string> keys_of(protocol::CommandInfo const* info,
                                 std::span<std::string_view const> words) {
    std::vector<std::uint32_t> positions;
    std::vector<std::string> keys;
    if (info != nullptr && protocol::key_positions(*info, words, positions)) {
        for (std::uint32_t const position : positions) {
            keys.emplace_back(words[position]);
        }
    }
    return keys;
}

class Explainer {
public:
    Explainer(ClusterCore& core, CallOptions const& options) : core_(core), options_(options) {}

    Explanation explain(std::span<std::string_view const> words) {
        std::string encoded;
        CommandRoute const route = encode(encoded, nullptr, words);
        protocol::CommandInfo const* const info =
            words.empty() ? nullptr : protocol::lookup_command(words);
        describe(info, route);
        split(keys_of(info, words));
        switch (route.kind) {
            case CommandRoute::Kind::invalid:
                refuse(ErrorCode::invalid_argument, "the command has no words");
                break;
            case CommandRoute::Kind::cross_slot: cross_slot(); break;
            case CommandRoute::Kind::slot: one_slot(route.slot); break;
            case CommandRoute::Kind::keyless: keyless(route, info); break;
        }
        return std::move(said_);
    }

private:
    void describe(protocol::CommandInfo const* info, CommandRoute const& route) {
        said_.reads = route.reads;
        said_.repeatable = route.repeatable || options_.repeatable;
        said_.blocks = route.block.has_value();
        said_.read_from_replicas = route.reads && route.kind == CommandRoute::Kind::slot &&
                                   !route.block && options_.read_from_replicas &&
                                   core_.reads_from_replicas();
        if (info != nullptr) {
            said_.command = info->name;
            said_.request_policy = name_of(info->request_policy);
            said_.response_policy = name_of(info->response_policy);
        }
    }

    void split(std::vector<std::string> const& keys) {
        for (routing::KeyGroup const& group : routing::group_by_slot(keys)) {
            Explanation::Part part{.slot = group.slot, .node = owner(group.slot)};
            for (std::size_t const key : group.keys) {
                part.keys.push_back(keys[key]);
            }
            said_.parts.push_back(std::move(part));
        }
    }

    void refuse(ErrorCode code, std::string why) {
        said_.refused_with = code;
        said_.refused = std::move(why);
    }

    void cross_slot() {
        refuse(ErrorCode::cross_slot, "its keys belong to several slots");
        constexpr std::array<std::string_view, 6> splittable{"del",  "exists", "mget",
                                                             "mset", "touch",  "unlink"};
        if (std::find(splittable.begin(), splittable.end(), said_.command) != splittable.end()) {
            said_.split_by = said_.command + "_nonatomic";
        }
    }

    void one_slot(std::uint16_t slot) {
        std::uint16_t const shard = core_.map().shard_of(slot);
        said_.why = said_.parts.empty() ? "it asks for slot " : "its keys are in slot ";
        said_.why += std::to_string(slot);
        if (shard == topology::SlotMap::no_shard) {
            said_.why += core_.map().version() == 0
                             ? ", and the topology has not been fetched yet"
                             : ", which no known node serves: it would wait for one";
            return;
        }
        topology::Shard const& owner = core_.map().shards()[shard];
        if (said_.read_from_replicas) {
            said_.why += ", and replicas may answer reads";
            for (topology::Node const& replica : owner.replicas) {
                said_.nodes.push_back(public_node(replica));
            }
        }
        said_.nodes.insert(said_.nodes.begin(), public_node(owner.primary));
    }

    void keyless(CommandRoute const& route, protocol::CommandInfo const* info) {
        said_.is_for_all_nodes = route.spread != nullptr;
        if (info == nullptr) {
            said_.why = "Redis 7.0 has no such command: some primary may know it";
        } else if (route.spread == nullptr) {
            said_.why = "it has no keys: some primary that has slots";
        } else {
            said_.why = "it has no keys, and its request policy is " + said_.request_policy;
        }
        bool const all = route.spread != nullptr &&
                         route.spread->request_policy == protocol::RequestPolicy::all_nodes;
        for (topology::Shard const& shard : core_.map().shards()) {
            if (all || !shard.slots.empty()) {
                said_.nodes.push_back(public_node(shard.primary));
            }
            for (topology::Node const& replica : shard.replicas) {
                if (all) {
                    said_.nodes.push_back(public_node(replica));
                }
            }
        }
    }

    std::optional<ClusterNode> owner(std::uint16_t slot) const {
        std::uint16_t const shard = core_.map().shard_of(slot);
        if (shard == topology::SlotMap::no_shard) {
            return std::nullopt;
        }
        return public_node(core_.map().shards()[shard].primary);
    }

    ClusterCore& core_;
    CallOptions options_;
    Explanation said_;
};

}  // namespace

Explanation explain(ClusterCore& core, std::vector<std::string> const& words,
                    CallOptions const& options) {
    std::vector<std::string_view> const views(words.begin(), words.end());
    return Explainer(core, options).explain(views);
}

}  // namespace keyslot::detail

namespace keyslot {

std::string Explanation::to_string() const {
    std::string text = command.empty() ? "unknown command" : command;
    auto const line = [&text](std::string_view label, std::string_view value) {
        if (!value.empty()) {
            text += '\n';
            text += label;
            text += value;
        }
    };
    for (Part const& part : parts) {
        std::string said = std::to_string(part.slot);
        said += part.node ? " at " : ", served by nobody known";
        said += part.node ? part.node->name() : "";
        said += ", keys:";
        for (std::string const& key : part.keys) {
            said += ' ';
            said += key;
        }
        line("slot ", said);
    }
    std::string names;
    for (ClusterNode const& node : nodes) {
        names += names.empty() ? "" : " ";
        names += node.name();
    }
    line(is_for_all_nodes ? "each of: " : "one of: ", names);
    line("because ", why);
    if (refused_with) {
        std::string said(keyslot::to_string(*refused_with));
        said += ": ";
        said += refused;
        line("refused with ", said);
    }
    line("can be split by ", split_by);
    line("", reads ? "reads" : "may write");
    line("", repeatable ? "sent again when its outcome is unknown"
                        : "not sent again when its outcome is unknown");
    line("", blocks ? "waits at the server, on a connection of its own" : "");
    line("request policy ", request_policy);
    line("response policy ", response_policy);
    return text;
}

}  // namespace keyslot
