#include "client/protocol/ascii.hpp"
#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/command_arguments.hpp"

#include <arpa/inet.h>

namespace keyslot::sim {
namespace {

using protocol::equals_ignoring_case;

constexpr std::int64_t bus_port_distance = bus_port_of(0);
constexpr std::int64_t port_max = 65535;

bool is_ip_literal(std::string const& text) {
    in6_addr address{};  // room for both families
    return inet_pton(AF_INET, text.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_port(std::int64_t number) { return number > 0 && number <= port_max; }

}  // namespace

void ClusterState::Impl::meet_node(Arguments arguments, Reply& reply) {
    auto const port_number = read_integer(arguments[3]);
    if (!port_number) {
        reply.error("ERR Invalid TCP base port specified: " + std::string{arguments[3]});
        return;
    }
    std::int64_t bus_port = *port_number <= port_max ? *port_number + bus_port_distance : 0;
    if (arguments.size() == 5) {
        auto const given = read_integer(arguments[4]);
        if (!given) {
            reply.error("ERR Invalid TCP bus port specified: " + std::string{arguments[4]});
            return;
        }
        bus_port = *given;
    }
    std::string const ip{arguments[2]};
    if (!is_ip_literal(ip) || !is_port(*port_number) || !is_port(bus_port)) {
        reply.error("ERR Invalid node address specified: " + ip + ":" + std::string{arguments[3]});
        return;
    }
    meet(ip, static_cast<std::uint16_t>(*port_number), static_cast<std::uint16_t>(bus_port));
    reply.ok();
}

void ClusterState::Impl::forget_node(Arguments arguments, Reply& reply) {
    Peer* const peer = view.find(arguments[2]);
    if (peer == nullptr) {
        reply.error("ERR Unknown node " + std::string{arguments[2]});
    } else if (peer == &me()) {
        reply.error("ERR I tried hard but I can't forget myself...");
    } else if (peer == me().master()) {
        reply.error("ERR Can't forget my master!");
    } else {
        ban(peer->id());
        forget(*peer);
        reply.ok();
    }
}

void ClusterState::Impl::replicate_node(Arguments arguments, Reply& reply) {
    Peer* const peer = view.find(arguments[2]);
    if (peer == nullptr) {
        reply.error("ERR Unknown node " + std::string{arguments[2]});
    } else if (peer == &me()) {
        reply.error("ERR Can't replicate myself");
    } else if (peer->is_replica()) {
        reply.error("ERR I can only replicate a master, not a replica.");
    } else if (me().is_master() && (me().slot_count != 0 || !port.dataset_empty())) {
        reply.error("ERR To set a master the node must be empty and without assigned slots.");
    } else {
        replicate(*peer);
        reply.ok();
    }
}

void ClusterState::Impl::reply_failure_reports(Arguments arguments, Reply& reply) {
    if (Peer* const peer = view.find(arguments[2])) {
        reply.integer(static_cast<std::int64_t>(count_failure_reports(*peer)));
    } else {
        reply.error("ERR Unknown node " + std::string{arguments[2]});
    }
}

void ClusterState::Impl::reset_node(Arguments arguments, Reply& reply) {
    bool const is_hard = arguments.size() == 3 && equals_ignoring_case(arguments[2], "hard");
    if (arguments.size() == 3 && !is_hard && !equals_ignoring_case(arguments[2], "soft")) {
        reply.error("ERR syntax error");
        return;
    }
    if (me().is_master() && !port.dataset_empty()) {
        reply.error("ERR CLUSTER RESET can't be called with master nodes containing keys");
        return;
    }
    reset(is_hard);
    reply.ok();
}

/// Back to a node that knows nobody and owns nothing; a hard reset makes it another node.
void ClusterState::Impl::reset(bool is_hard) {
    if (me().is_replica()) {
        step_up_without_master();
        port.flush_dataset();
    }
    view.clear_marks();
    reset_manual_failover();
    view.unassign_all(me());
    std::vector<Peer*> const all{view.peers().begin(), view.peers().end()};
    for (Peer* const peer : all) {
        if (peer != &me()) {
            forget(*peer);
        }
    }
    if (is_hard) {
        current_epoch = 0;
        me().details->config_epoch = 0;
        last_vote_epoch = 0;
        my_contact = contact_as_configured(random_id());
        view.rename(
            me(), make_contact(my_contact->id, me().ip(), my_contact->port, my_contact->bus_port));
        my_id = me().id().str();
    }
    to_do.evaluate_state = true;
}

void ClusterState::Impl::fail_over(Arguments arguments, Reply& reply) {
    FailoverKind kind = FailoverKind::ask_master;
    if (arguments.size() == 3) {
        if (equals_ignoring_case(arguments[2], "force")) {
            kind = FailoverKind::force;
        } else if (equals_ignoring_case(arguments[2], "takeover")) {
            kind = FailoverKind::takeover;
        } else {
            reply.error("ERR syntax error");
            return;
        }
    }
    Peer const* const master = me().master();
    if (me().is_master()) {
        reply.error("ERR You should send CLUSTER FAILOVER to a replica");
    } else if (master == nullptr) {
        reply.error("ERR I'm a replica but my master is unknown to me");
    } else if (kind == FailoverKind::ask_master && (master->is_failed() || !master->is_linked)) {
        reply.error("ERR Master is down or failed, please use CLUSTER FAILOVER FORCE");
    } else {
        begin_manual_failover(kind);
        reply.ok();
    }
}

void ClusterState::Impl::bump_epoch(Arguments, Reply& reply) {
    std::string_view const outcome = bump_epoch_without_consensus() ? "BUMPED " : "STILL ";
    reply.simple(std::string{outcome} + std::to_string(me().config_epoch()));
}

void ClusterState::Impl::set_config_epoch(Arguments arguments, Reply& reply) {
    auto const epoch = read_integer(arguments[2]);
    if (!epoch) {
        reply.error(not_an_integer);
    } else if (*epoch < 0) {
        reply.error("ERR Invalid config epoch specified: " + std::to_string(*epoch));
    } else if (view.size() > 1) {
        reply.error(
            "ERR The user can assign a config epoch only when the node does not know any other "
            "node.");
    } else if (me().config_epoch() != 0) {
        reply.error("ERR Node config epoch is already non-zero");
    } else {
        me().details->config_epoch = static_cast<std::uint64_t>(*epoch);
        current_epoch = std::max(current_epoch, me().config_epoch());
        reply.ok();
    }
}

/// nodes.conf is whatever save() gives: always saved.
void ClusterState::Impl::save_config(Arguments, Reply& reply) { reply.ok(); }

}  // namespace keyslot::sim
