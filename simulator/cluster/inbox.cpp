#include "simulator/cluster/cluster_impl.hpp"

#include <algorithm>

namespace keyslot::sim {

void ClusterState::Impl::on_bus(BusMessage const& message) {
    begin_event();
    received.count(message);
    Peer* const sender = view.find(*message.sender);
    if (is_pinned) {
        on_bus_while_pinned(sender, message);
        return settle();
    }
    if (sender != nullptr) {
        note_sender(*sender, message);
    }
    switch (message.type) {
        case BusType::ping:
        case BusType::pong:
        case BusType::meet: on_heartbeat(sender, message); break;
        case BusType::fail:
            if (sender != nullptr) {
                on_fail(message);
            }
            break;
        case BusType::publish:
            if (sender != nullptr) {
                port.deliver_publish(message.channel, message.payload, message.shard_channel);
            }
            break;
        case BusType::auth_request:
            if (sender != nullptr) {
                on_vote_request(*sender, message);
            }
            break;
        case BusType::auth_ack:
            if (sender != nullptr) {
                on_vote(*sender, message);
            }
            break;
        case BusType::update:
            if (sender != nullptr) {
                on_update(message);
            }
            break;
        case BusType::mfstart:
            if (sender != nullptr) {
                on_manual_failover_start(*sender, message);
            }
            break;
    }
    settle();
}

void ClusterState::Impl::on_bus_while_pinned(Peer* sender, BusMessage const& message) {
    if (message.type == BusType::ping || message.type == BusType::meet) {
        answer_ping(message, false);
    } else if (message.type == BusType::publish && sender != nullptr) {
        port.deliver_publish(message.channel, message.payload, message.shard_channel);
    }
    if (sender != nullptr) {
        sender->details->data_received_ms = now_ms;
        if (message.answers_ping) {
            sender->pong_received_ms = now_ms;
            sender->await_no_more();
        }
    }
}

void ClusterState::Impl::note_sender(Peer& sender, BusMessage const& message) {
    sender.details->data_received_ms = now_ms;
    if (sender.in_handshake()) {
        return;
    }
    current_epoch = std::max(current_epoch, message.current_epoch);
    sender.details->config_epoch = std::max(sender.config_epoch(), message.config_epoch);
    sender.details->replication_offset = message.replication_offset;
    bool const is_paused_for_us =
        manual.end_ms != 0 && me().master() == &sender && message.paused && !manual.master_offset;
    if (is_paused_for_us) {
        manual.master_offset = message.replication_offset;
        to_do.manual_failover = true;
    }
}

void ClusterState::Impl::answer_ping(BusMessage const& ping, bool with_gossip) {
    BusMessage pong = message(BusType::pong);
    pong.answers_ping = true;
    if (with_gossip) {
        add_gossip(pong);
    }
    answer(ping, std::move(pong));
}

void ClusterState::Impl::on_heartbeat(Peer* sender, BusMessage const& message) {
    if (message.type != BusType::pong) {
        // A node does not know its own address before somebody reaches it there.
        if (message.type == BusType::meet || me().ip().empty()) {
            me().contact = my_contact;
        }
        if (sender == nullptr && message.type == BusType::meet) {
            welcome(message);
        }
        answer_ping(message, true);
        if (sender != nullptr && sender->details->linked_from_ms == 0) {
            sender->details->linked_from_ms = now_ms;
        }
        // Whoever can reach us can probably be reached.
        if (sender != nullptr && sender->is_unreachable()) {
            keep_link(*sender);
        }
    } else if (message.answers_ping) {
        if (finish_handshake(sender, message)) {
            return;
        }
        note_stranger_at_known_address(sender, message);
    }
    if (sender == nullptr || sender == &me()) {
        return;
    }
    if (message.flags & node_nofailover) {
        sender->set(node_nofailover);
    } else {
        sender->clear(node_nofailover);
    }
    sender->details->hostname = message.hostname;
    bool const has_moved = !sender->contact->is_at_same_place_as(*message.sender);
    if (message.type == BusType::ping && !sender->in_handshake() && has_moved) {
        move_address(*sender, message.sender);
    }
    if (message.answers_ping && !has_moved) {
        if (!sender->is_linked) {
            sender->is_linked = true;
            sender->details->linked_ms = now_ms;
        }
        sender->pong_received_ms = now_ms;
        sender->await_no_more();
        if (sender->has(node_pfail)) {
            sender->clear(node_pfail);
            to_do.evaluate_state = true;
        } else if (sender->is_failed()) {
            clear_failure_if_due(*sender);
        }
    }
    note_role(*sender, message);
    Peer* const claimer = sender->is_master() ? sender : sender->master();
    if (claimer != nullptr && !view.owns_exactly(*claimer, message.slots, sender == claimer)) {
        if (sender == claimer) {
            on_claim(*sender, message.config_epoch, message.slots);
        }
        contradict_stale_claim(*sender, *claimer, message);
    }
    if (sender->is_master() && me().is_master() && message.config_epoch == me().config_epoch()) {
        resolve_epoch_collision(*sender);
    }
    on_gossip(*sender, message);
}

/// Promoted, demoted, or the replica of another master than before.
void ClusterState::Impl::note_role(Peer& sender, BusMessage const& message) {
    if (message.master.empty()) {
        to_do.evaluate_state = view.make_master(sender) || to_do.evaluate_state;
        return;
    }
    if (sender.is_master()) {
        view.unassign_all(sender);
        view.make_replica(sender);
        to_do.evaluate_state = true;
    }
    sender.set(node_slave);
    if (Peer* const master = view.find(message.master); master != nullptr && master != &sender) {
        view.set_master_of(sender, master);
    }
}

/// A majority has agreed elsewhere. Nobody argues.
void ClusterState::Impl::on_fail(BusMessage const& message) {
    Peer* const failed = view.find(message.about);
    if (failed != nullptr && !failed->has(node_fail | node_myself)) {
        mark_failed(*failed);
    }
}

void ClusterState::Impl::on_update(BusMessage const& message) {
    Peer* const about = view.find(message.about);
    if (about == nullptr || about->config_epoch() >= message.about_epoch) {
        return;
    }
    view.make_master(*about);
    about->details->config_epoch = message.about_epoch;
    on_claim(*about, message.about_epoch, message.about_slots);
}

}  // namespace keyslot::sim
