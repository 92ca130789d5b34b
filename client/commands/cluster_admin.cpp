#include <keyslot/cluster_admin.hpp>

#include "client/commands/decode_struct.hpp"
#include "client/commands/text_fields.hpp"
#include "client/topology/cluster_nodes.hpp"
#include "client/topology/reply_fields.hpp"

#include <charconv>

namespace keyslot {

void SlotRange::append_to(detail::ArgumentList& words) const { words.add(first).add(last); }

std::optional<std::string_view> ClusterInfo::find(std::string_view name) const {
    return detail::find_field(fields, name);
}

namespace detail {

namespace {

std::shared_ptr<Failure const> misunderstood(std::string message) {
    return std::make_shared<Failure const>(Failure{
        .code = ErrorCode::protocol, .outcome = Outcome::executed, .message = std::move(message)});
}

template <class Number>
void read_number(std::string_view digits, Number& number) {
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
}

ClusterNodeInfo info_of_line(topology::NodeLine const& line) {
    ClusterNodeInfo info{.node = {.host = std::string(line.host),
                                  .port = line.port,
                                  .id = std::string(line.id),
                                  .role = line.primary ? NodeRole::primary : NodeRole::replica},
                         .hostname = std::string(line.hostname),
                         .primary_id = std::string(line.primary_id),
                         .config_epoch = line.epoch,
                         .myself = line.myself,
                         .suspected = line.suspected,
                         .failed = line.failed,
                         .handshake = line.handshake,
                         .connected = line.connected};
    for (auto const& [first, last] : line.slots) {
        info.slots.push_back({first, last});
    }
    for (topology::SlotMark const& mark : line.marks) {
        info.moving.push_back({mark.slot, mark.importing, std::string(mark.other_node)});
    }
    return info;
}

// [host or null, port, id, ...]
Result<ClusterNode> node_in_slots(ReplyView reply) {
    if (!reply.is_aggregate() || reply.size() < 3) {
        return unexpected_reply(reply, "a node: host, port and id");
    }
    return ClusterNode{.host = std::string(reply[0].text()),
                       .port = topology::port_number(reply[1]),
                       .id = std::string(reply[2].text()),
                       .role = NodeRole::replica};
}

}  // namespace

Result<SlotRange> Decoder<SlotRange>::decode_two(ReplyView first, ReplyView last) {
    auto const from = topology::slot_number(first);
    auto const to = topology::slot_number(last);
    if (!from || !to) {
        return unexpected_reply(from ? last : first, "a slot");
    }
    return SlotRange{*from, *to};
}

Result<SlotRange> Decoder<SlotRange>::decode(ReplyView reply) {
    if (!reply.is_aggregate() || reply.size() != 2) {
        return unexpected_reply(reply, "two slots");
    }
    return decode_two(reply[0], reply[1]);
}

template <>
Result<ClusterInfo> Decoder<ClusterInfo>::decode(ReplyView reply) {
    Result<std::string> const text = Decoder<std::string>::decode(reply);
    if (!text) {
        return text.failure();
    }
    ClusterInfo info{.fields = text_fields(*text, '\n', ':')};
    auto const state = info.find("cluster_state");
    if (!state) {
        return misunderstood("CLUSTER INFO has no cluster_state");
    }
    info.ok = *state == "ok";
    auto const read = [&info](std::string_view name, auto& number) {
        read_number(info.find(name).value_or(""), number);
    };
    read("cluster_slots_assigned", info.slots_assigned);
    read("cluster_slots_ok", info.slots_ok);
    read("cluster_slots_pfail", info.slots_pfail);
    read("cluster_slots_fail", info.slots_fail);
    read("cluster_known_nodes", info.known_nodes);
    read("cluster_size", info.size);
    read("cluster_current_epoch", info.current_epoch);
    read("cluster_my_epoch", info.my_epoch);
    return info;
}

// One text of lines (NODES), or an array of lines (REPLICAS).
Result<std::vector<ClusterNodeInfo>> Decoder<std::vector<ClusterNodeInfo>>::decode(
    ReplyView reply) {
    std::string text;
    if (reply.is_aggregate()) {
        for (ReplyView const line : reply) {
            text += line.text();
            text += '\n';
        }
    } else {
        text = reply.text();
    }
    std::string problem;
    auto const lines = topology::parse_node_lines(text, problem);
    if (!lines) {
        return misunderstood(problem);
    }
    std::vector<ClusterNodeInfo> nodes;
    nodes.reserve(lines->size());
    for (topology::NodeLine const& line : *lines) {
        nodes.push_back(info_of_line(line));
    }
    return nodes;
}

template <>
Result<ClusterSlots> Decoder<ClusterSlots>::decode(ReplyView reply) {
    if (!reply.is_aggregate() || reply.size() < 3) {
        return unexpected_reply(reply, "two slots and their nodes");
    }
    Result<SlotRange> const range = Decoder<SlotRange>::decode_two(reply[0], reply[1]);
    if (!range) {
        return range.failure();
    }
    ClusterSlots entry{.slots = *range};
    for (std::size_t n = 2; n < reply.size(); ++n) {
        Result<ClusterNode> node = node_in_slots(reply[n]);
        if (!node) {
            return node.failure();
        }
        entry.nodes.push_back(std::move(*node));
    }
    entry.nodes.front().role = NodeRole::primary;
    return entry;
}

template <>
Result<ClusterShardNode> Decoder<ClusterShardNode>::decode(ReplyView reply) {
    StructDecoder<ClusterShardNode> decoder(reply);
    decoder.named("id", &ClusterShardNode::id)
        .maybe_named("ip", &ClusterShardNode::ip)
        .maybe_named("hostname", &ClusterShardNode::hostname)
        .maybe_named("port", &ClusterShardNode::port)
        .maybe_named("tls-port", &ClusterShardNode::tls_port)
        .named("role", &ClusterShardNode::role)
        .maybe_named("replication-offset", &ClusterShardNode::replication_offset)
        .maybe_named("health", &ClusterShardNode::health);
    auto const endpoint = reply.is_aggregate() ? reply.find("endpoint") : std::nullopt;
    if (endpoint && !endpoint->is_null()) {
        decoder.named("endpoint", &ClusterShardNode::endpoint);
    }
    return decoder.result();
}

template <>
Result<ClusterShard> Decoder<ClusterShard>::decode(ReplyView reply) {
    return StructDecoder<ClusterShard>(reply)
        .named("slots", &ClusterShard::slots)
        .named("nodes", &ClusterShard::nodes)
        .result();
}

template <>
Result<ClusterLink> Decoder<ClusterLink>::decode(ReplyView reply) {
    return StructDecoder<ClusterLink>(reply)
        .named("direction", &ClusterLink::direction)
        .named("node", &ClusterLink::node)
        .named("create-time", &ClusterLink::create_time)
        .named("events", &ClusterLink::events)
        .named("send-buffer-allocated", &ClusterLink::send_buffer_allocated)
        .named("send-buffer-used", &ClusterLink::send_buffer_used)
        .result();
}

// "BUMPED 7" or "STILL 7"
template <>
Result<EpochBump> Decoder<EpochBump>::decode(ReplyView reply) {
    std::string_view const text = reply.text();
    EpochBump bump{.bumped = text.starts_with("BUMPED ")};
    if (!bump.bumped && !text.starts_with("STILL ")) {
        return unexpected_reply(reply, "BUMPED or STILL");
    }
    read_number(text.substr(text.find(' ') + 1), bump.epoch);
    return bump;
}

}  // namespace detail

}  // namespace keyslot
