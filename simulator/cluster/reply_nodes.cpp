#include "client/protocol/hash_slot.hpp"
#include "simulator/cluster/cluster_impl.hpp"

#include <algorithm>
#include <map>

namespace keyslot::sim {
namespace {

struct FlagName {
    std::uint16_t flag;
    std::string_view name;
};

constexpr FlagName flag_names[] = {
    {node_myself, "myself"}, {node_master, "master"},
    {node_slave, "slave"},   {node_pfail, "fail?"},
    {node_fail, "fail"},     {node_handshake, "handshake"},
    {node_noaddr, "noaddr"}, {node_nofailover, "nofailover"},
};

constexpr std::string_view kind_names[Traffic::kinds] = {
    "ping",     "pong",   "meet",    "fail",   "publish",      "auth-req",
    "auth-ack", "update", "mfstart", "module", "publishshard",
};

constexpr std::size_t line_size_usual = 200;  // of CLUSTER NODES, without the slots

std::string names_of(std::uint16_t flags) {
    std::string names;
    for (auto const& [flag, name] : flag_names) {
        if (flags & flag) {
            names += names.empty() ? "" : ",";
            names += name;
        }
    }
    return names.empty() ? "noflags" : names;
}

class InfoText {
public:
    void line(std::string_view key, std::string_view value) {
        text_.append(key).append(":").append(value).append("\r\n");
    }
    void line(std::string_view key, std::uint64_t value) { line(key, std::to_string(value)); }
    void traffic(std::string_view direction, Traffic const& traffic) {
        std::uint64_t total = 0;
        for (std::size_t kind = 0; kind < Traffic::kinds; ++kind) {
            std::uint64_t const count = traffic.by_kind[kind];
            total += count;
            if (count > 0) {
                line(stats_key(kind_names[kind], direction), count);
            }
        }
        line(stats_key({}, direction), total);
    }
    std::string const& text() const { return text_; }

private:
    static std::string stats_key(std::string_view kind, std::string_view direction) {
        std::string key = "cluster_stats_messages_";
        key += kind;
        key += kind.empty() ? "" : "_";
        return key += direction;
    }

    std::string text_;
};

}  // namespace

void ClusterState::Impl::reply_info(Arguments, Reply& reply) {
    std::size_t ok = 0, pfail = 0, fail = 0;
    for (Peer const* const peer : view.peers()) {
        (peer->is_failed() ? fail : peer->has(node_pfail) ? pfail : ok) += peer->slot_count;
    }
    InfoText info;
    info.line("cluster_state", is_ok ? "ok" : "fail");
    info.line("cluster_slots_assigned", view.assigned_slots());
    info.line("cluster_slots_ok", ok);
    info.line("cluster_slots_pfail", pfail);
    info.line("cluster_slots_fail", fail);
    info.line("cluster_known_nodes", view.size());
    info.line("cluster_size", size);
    info.line("cluster_current_epoch", current_epoch);
    info.line("cluster_my_epoch", my_master().config_epoch());
    info.traffic("sent", sent);
    info.traffic("received", received);
    info.line("total_cluster_links_buffer_limit_exceeded", 0);
    reply.verbatim("txt", info.text());
}

void ClusterState::Impl::reply_nodes(Arguments, Reply& reply) {
    std::vector<std::string> const slots = describe_slots();
    std::string text;
    text.reserve(view.size() * line_size_usual);
    for (Peer const* const peer : view.peers()) {
        text += describe(*peer, slots[peer->handle]);
        text += '\n';
    }
    reply.verbatim("txt", text);
}

void ClusterState::Impl::reply_replicas(Arguments arguments, Reply& reply) {
    Peer const* const peer = view.find(arguments[2]);
    if (peer == nullptr) {
        reply.error("ERR Unknown node " + std::string{arguments[2]});
        return;
    }
    if (peer->is_replica()) {
        reply.error("ERR The specified node is not a master");
        return;
    }
    reply.array(peer->replicas().size());
    for (Peer const* const replica : peer->replicas()) {
        reply.bulk(describe(*replica, {}));
    }
}

/// By handle: " 0-5460 5462", and for this node its marks.
std::vector<std::string> ClusterState::Impl::describe_slots() {
    std::vector<std::string> texts;
    for (SlotRun const& run : view.runs()) {
        PeerHandle const handle = run.owner->handle;
        texts.resize(std::max<std::size_t>(texts.size(), handle + 1u));
        texts[handle] += ' ';
        texts[handle] += std::to_string(run.first);
        if (run.last != run.first) {
            texts[handle] += '-';
            texts[handle] += std::to_string(run.last);
        }
    }
    for (Peer const* const peer : view.peers()) {
        texts.resize(std::max<std::size_t>(texts.size(), peer->handle + 1u));
    }
    // Of a slot with both marks only the first is shown.
    std::map<std::uint16_t, std::string> marks;
    for (auto const& [slot, peer] : view.migrating()) {
        marks.try_emplace(slot, "->-" + peer->id().str());
    }
    for (auto const& [slot, peer] : view.importing()) {
        marks.try_emplace(slot, "-<-" + peer->id().str());
    }
    for (auto const& [slot, mark] : marks) {
        texts[myself_handle] += " [" + std::to_string(slot) + mark + "]";
    }
    return texts;
}

std::string ClusterState::Impl::describe(Peer const& peer, std::string_view slots) {
    std::uint64_t const epoch =
        peer.master() != nullptr ? peer.master()->config_epoch() : peer.config_epoch();
    std::string line;
    line.reserve(line_size_usual + slots.size());
    line.append(peer.id()).append(" ").append(peer.ip());
    line.append(":").append(std::to_string(peer.port()));
    line.append("@").append(std::to_string(peer.bus_port()));
    if (!peer.details->hostname.empty()) {
        line.append(",").append(peer.details->hostname);
    }
    line.append(" ").append(names_of(peer.flags));
    line.append(" ").append(peer.master() != nullptr ? peer.master()->id().view() : "-");
    line.append(" ").append(std::to_string(peer.ping_sent_ms()));
    line.append(" ").append(std::to_string(peer.pong_received_ms));
    line.append(" ").append(std::to_string(epoch));
    line += peer.is_linked ? " connected" : " disconnected";
    line += slots;
    return line;
}

void ClusterState::Impl::reply_links(Arguments, Reply& reply) {
    std::size_t links = 0;
    for (Peer const* const peer : view.peers()) {
        if (peer != &me() && peer->is_linked) {
            links += peer->details->linked_from_ms != 0 ? 2 : 1;
        }
    }
    auto const describe_link = [&](Peer const& peer, std::string_view direction,
                                   std::int64_t since) {
        reply.map(6);
        reply.bulk("direction");
        reply.bulk(direction);
        reply.bulk("node");
        reply.bulk(peer.id());
        reply.bulk("create-time");
        reply.integer(since);
        reply.bulk("events");
        reply.bulk("r");
        reply.bulk("send-buffer-allocated");
        reply.integer(0);
        reply.bulk("send-buffer-used");
        reply.integer(0);
    };
    reply.array(links);
    for (Peer const* const peer : view.peers()) {
        if (peer == &me() || !peer->is_linked) {
            continue;
        }
        describe_link(*peer, "to", peer->details->linked_ms);
        if (peer->details->linked_from_ms != 0) {
            describe_link(*peer, "from", peer->details->linked_from_ms);
        }
    }
}

}  // namespace keyslot::sim
