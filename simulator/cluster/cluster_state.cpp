#include "simulator/cluster/cluster_state.hpp"

#include "client/protocol/hash_slot.hpp"
#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/endpoint.hpp"

namespace keyslot::sim {

ClusterState::Impl::Impl(NodeConfig const& config_of_node, ClusterPort& port_of_node)
    : config(config_of_node),
      port(port_of_node),
      my_contact(contact_as_configured(config.id)),
      announced_ip(config.announce_ip),
      announced_ports(config.announce_port, config.announce_bus_port),
      // Its own address is empty until somebody reaches it there (facts 3.3).
      view(make_contact(config.id, announced_ip, my_contact->port, my_contact->bus_port)),
      my_id(config.id) {
    me().details->hostname = config.hostname;
    me().is_linked = true;
    follow_configuration();
}

bool ClusterState::Impl::announces_another_place() const {
    return !config.announce_ip.empty() || config.announce_port != 0 ||
           config.announce_bus_port != 0;
}

ContactPtr ClusterState::Impl::contact_as_configured(NodeId const& id) const {
    std::uint16_t const port_number =
        config.announce_port != 0 ? config.announce_port : config.port;
    std::uint16_t const bus_port =
        config.announce_bus_port != 0 ? config.announce_bus_port : bus_port_of(config);
    return make_contact(id, config.announce_ip.empty() ? config.ip : config.announce_ip,
                        port_number, bus_port);
}

/// CONFIG SET cluster-announce-hostname, -ip, -port and -bus-port; and a machine that has moved.
void ClusterState::Impl::follow_configuration() {
    if (me().details->hostname != config.hostname) {
        me().details->hostname = config.hostname;
    }
    bool const announces = announces_another_place();
    if (!announces && !my_place && my_contact->is_at(config.ip, config.port)) {
        return;  // as nearly always
    }
    ContactPtr const contact = contact_as_configured(me().id());
    if (!announces) {
        my_place.reset();
    } else if (!my_place || !my_place->is_at(config.ip, config.port)) {
        my_place = make_contact(me().id(), config.ip, config.port, bus_port_of(config));
    }
    if (contact->is_at_same_place_as(*my_contact) && announced_ip == config.announce_ip) {
        return;
    }
    my_contact = contact;
    // Where nothing is announced any more, it must hear again where it is.
    std::string const own_ip = announced_ip == config.announce_ip ? me().ip() : config.announce_ip;
    announced_ip = config.announce_ip;
    // CONFIG SET port: the others learn the new port (and look for the bus beside it, in vain), while the
    // node itself goes on to show the old one.
    std::pair const ports{config.announce_port, config.announce_bus_port};
    bool const keeps_ports = ports == announced_ports;
    announced_ports = ports;
    me().contact = make_contact(me().id(), own_ip, keeps_ports ? me().port() : my_contact->port,
                                keeps_ports ? me().bus_port() : my_contact->bus_port);
}

void ClusterState::Impl::start() {
    begin_event();
    keep_replicating();
    settle();
}

void ClusterState::Impl::begin_event() {
    now_ms = port.unix_time_ms();
    follow_configuration();
}

void ClusterState::Impl::settle() {
    ToDo const now_to_do = std::exchange(to_do, {});
    if (me().is_replica() && now_to_do.manual_failover) {
        advance_manual_failover();
    }
    if (me().is_replica() && (now_to_do.manual_failover || now_to_do.election)) {
        advance_election();
    }
    if (now_to_do.evaluate_state || to_do.evaluate_state) {
        to_do.evaluate_state = false;
        evaluate_state();
    }
    for (std::uint16_t const slot : view.take_slots_that_left()) {
        port.slot_left_shard(slot);
    }
    if (told_ownership_version != view.ownership_version() || told_ok != is_ok) {
        told_ownership_version = view.ownership_version();
        told_ok = is_ok;
        port.ownership_changed();
    }
}

void ClusterState::Impl::preset(std::span<Preset const> nodes, std::uint64_t epoch) {
    begin_event();
    for (Preset const& node : nodes) {
        bool const is_me = node.contact->id == me().id();
        Peer& peer = is_me ? me() : view.add(node.contact, node_master, now_ms);
        peer.contact = node.contact;
        peer.details->hostname = node.hostname;
        peer.details->config_epoch = node.config_epoch;
        peer.is_linked = true;
        if (&peer != &me()) {
            // They have been together for a while, and do not all ping in the same tenth of a
            // second.
            auto const half_timeout_ms = static_cast<std::uint64_t>(config.node_timeout_ms / 2);
            std::uint64_t const age_ms = port.random().below(half_timeout_ms + 1);
            peer.pong_received_ms = peer.details->data_received_ms =
                now_ms - static_cast<std::int64_t>(age_ms);
            peer.details->linked_ms = peer.details->linked_from_ms = now_ms;
        }
        for (auto const& [first, last] : node.slots) {
            view.assign_free(first, last, peer);
        }
    }
    for (Preset const& node : nodes) {
        if (!node.master.empty()) {
            Peer& replica = *view.find(node.contact->id);
            view.make_replica(replica);
            view.set_master_of(replica, view.find(node.master));
            replica.details->replication_offset = 1;  // in step as far as anybody knows
        }
    }
    current_epoch = epoch;
    current_epoch = greatest_epoch();
    // The world begins with a cluster at peace: nobody has just come back.
    first_evaluated_ms = 0;
    to_do.evaluate_state = true;
    settle();
}

std::shared_ptr<ClusterState::Saved const> ClusterState::Impl::save() {
    auto saved = std::make_shared<Saved>();
    saved->my_id = me().id();
    saved->current_epoch = current_epoch;
    saved->last_vote_epoch = last_vote_epoch;
    for (Peer const* const peer : view.peers()) {
        if (peer->in_handshake()) {
            continue;
        }
        saved->nodes.push_back(
            {.contact = peer->contact,
             .hostname = peer->details->hostname,
             .flags = peer->flags,
             .master = peer->master() != nullptr ? peer->master()->id() : NodeId{},
             .config_epoch = peer->config_epoch(),
             .is_ping_pending = peer->is_awaited(),
             .has_ponged = peer->pong_received_ms != 0});
    }
    for (SlotRun const& run : view.runs()) {
        saved->slots.push_back({run.first, run.last, run.owner->id()});
    }
    for (auto const& [slot, peer] : view.migrating()) {
        saved->migrating.emplace_back(slot, peer->id());
    }
    for (auto const& [slot, peer] : view.importing()) {
        saved->importing.emplace_back(slot, peer->id());
    }
    return saved;
}

void ClusterState::Impl::restore(Saved const& saved) {
    begin_event();
    my_contact = contact_as_configured(saved.my_id);
    my_id = saved.my_id.str();
    for (Saved::Node const& node : saved.nodes) {
        bool const is_me = node.contact->id == saved.my_id;
        if (is_me) {
            // Its ports and its host name are those of its configuration.
            std::string const& ip = announced_ip.empty() ? node.contact->ip : announced_ip;
            view.rename(me(),
                        make_contact(saved.my_id, ip, my_contact->port, my_contact->bus_port));
        }
        Peer& peer = is_me ? me() : view.add(node.contact, 0, now_ms);
        peer.flags = node.flags;
        peer.details->config_epoch = node.config_epoch;
        if (is_me) {
            continue;
        }
        peer.details->hostname = node.hostname;
        peer.await_since(node.is_ping_pending ? now_ms : 0);
        peer.pong_received_ms = node.has_ponged ? now_ms : 0;
        peer.details->failed_ms = peer.is_failed() ? now_ms : 0;
    }
    for (Saved::Node const& node : saved.nodes) {
        if (!node.master.empty()) {
            view.set_master_of(*view.find(node.contact->id), view.find(node.master));
        }
    }
    for (Saved::Slots const& slots : saved.slots) {
        if (Peer* const owner = view.find(slots.owner)) {
            view.assign_free(slots.first, slots.last, *owner);
        }
    }
    for (auto const& [slot, id] : saved.migrating) {
        view.set_migrating(slot, *view.find(id));
    }
    for (auto const& [slot, id] : saved.importing) {
        view.set_importing(slot, *view.find(id));
    }
    current_epoch = saved.current_epoch;
    current_epoch = greatest_epoch();  // an UPDATE raises the epoch of its subject alone
    last_vote_epoch = saved.last_vote_epoch;
    justify_keys();
}

/// A slot of which there are keys is served if nobody else serves it, and else marked as importing, so
/// that whoever looks after the cluster sees them.
void ClusterState::Impl::justify_keys() {
    if (me().is_replica()) {
        return;  // its master knows
    }
    for (std::uint16_t slot = 0; slot < protocol::slot_count; ++slot) {
        bool const is_known = view.is_mine(slot) || view.importing_from(slot) != nullptr;
        if (is_known || port.count_keys_in_slot(slot) == 0) {
            continue;
        }
        if (Peer* const owner = view.owner(slot)) {
            view.set_importing(slot, *owner);
        } else {
            view.assign(slot, me());
        }
    }
}

ClusterState::ClusterState(NodeConfig const& config, ClusterPort& port)
    : impl_(std::make_unique<Impl>(config, port)) {}

ClusterState::~ClusterState() = default;

void ClusterState::start() { impl_->start(); }

void ClusterState::cron() { impl_->cron(); }

void ClusterState::on_bus(BusMessage const& message) { impl_->on_bus(message); }

void ClusterState::on_replication_progress() {
    if (impl_->manual.end_ms != 0) {
        impl_->begin_event();
        impl_->to_do.manual_failover = true;
        impl_->settle();
    }
}

std::optional<std::string> ClusterState::route(RouteQuery const& query) {
    return impl_->route(query);
}

std::optional<std::string> ClusterState::redirect_blocked(std::string_view key, bool reads_here) {
    return impl_->redirect_blocked(key, reads_here);
}

void ClusterState::cluster_command(std::span<std::string_view const> arguments,
                                   protocol::RespWriter& reply) {
    impl_->begin_event();
    impl_->command(arguments, reply);
    impl_->settle();
}

void ClusterState::publish(std::string_view channel, std::string_view payload, bool shard) {
    impl_->begin_event();
    impl_->publish(channel, payload, shard);
}

void ClusterState::pin_view(bool pinned) { impl_->is_pinned = pinned; }

void ClusterState::change_address() {
    impl_->begin_event();
    impl_->me().contact = impl_->my_contact;
}

std::string const& ClusterState::my_id() const { return impl_->my_id; }

bool ClusterState::is_master() const { return impl_->me().is_master(); }

bool ClusterState::state_ok() const { return impl_->is_ok; }

std::size_t ClusterState::known_nodes() const { return impl_->view.size(); }

std::size_t ClusterState::owned_slots() const { return impl_->view.myself().slot_count; }

std::string_view ClusterState::owner_of(std::uint16_t slot) const {
    Peer const* const owner = impl_->view.owner(slot);
    return owner != nullptr ? owner->id().view() : std::string_view{};
}

std::vector<ClusterState::Claim> ClusterState::claims() const {
    std::vector<Claim> claims;
    for (SlotRun const& run : impl_->view.runs()) {
        claims.push_back({run.first, run.last, run.owner->id(), run.owner->config_epoch()});
    }
    return claims;
}

std::optional<ClusterState::Claim> ClusterState::claim_on(std::uint16_t slot) const {
    Peer const* const owner = impl_->view.owner(slot);
    return owner != nullptr ? std::optional(Claim{slot, slot, owner->id(), owner->config_epoch()})
                            : std::nullopt;
}

std::vector<ClusterState::Following> ClusterState::followings() const {
    std::vector<Following> followings;
    for (Peer const* const peer : impl_->view.peers()) {
        if (peer->master() != nullptr) {
            followings.push_back({peer->id(), peer->master()->id()});
        }
    }
    return followings;
}

NodeId ClusterState::migrating_to(std::uint16_t slot) const {
    Peer const* const target = impl_->view.migrating_to(slot);
    return target != nullptr ? target->id() : NodeId{};
}

std::uint64_t ClusterState::config_epoch() const {
    Peer const& me = impl_->me();
    return me.master() != nullptr ? me.master()->config_epoch() : me.config_epoch();
}

std::optional<std::pair<std::string, std::uint16_t>> ClusterState::master_address() const {
    Peer const* const master = impl_->me().master();
    if (master == nullptr || master->has(node_noaddr)) {
        return std::nullopt;
    }
    return std::pair{master->ip(), master->port()};
}

void ClusterState::preset(std::span<Preset const> nodes, std::uint64_t current_epoch) {
    impl_->preset(nodes, current_epoch);
}

std::shared_ptr<ClusterState::Saved const> ClusterState::save() const { return impl_->save(); }

void ClusterState::restore(Saved const& saved) { impl_->restore(saved); }

}  // namespace keyslot::sim
