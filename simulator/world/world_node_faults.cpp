// Faults of single nodes and of what is said to them, and what sets them off.
#include "simulator/world/world_impl.hpp"

#include <stdexcept>
#include <utility>

namespace keyslot::sim {

Fault World::slow_node(std::string const& node, Duration per_command) {
    NodeServer& server = impl_->find_server(node);
    server.take_per_command(per_command);
    return Fault{[&server] { server.take_per_command(Duration{}); }};
}

Fault World::skew_clock(std::string const& node, ClockSkew const& skew) {
    Member& member = this->node(node);
    member.skew_clock(skew);
    return Fault{[&member] { member.correct_clock(); }};
}

Fault World::pin_view(std::string const& node) {
    Member& member = this->node(node);
    if (!member.is_up()) {
        throw std::runtime_error(node + " is down");
    }
    member.node()->cluster().pin_view(true);
    return Fault{[&member] {
        if (member.is_up()) {
            member.node()->cluster().pin_view(false);
        }
    }};
}

Fault World::lag(std::string const& node, std::optional<Duration> delay) {
    NodeServer const& server = impl_->find_server(node);
    LinkRule rule{.from = {}, .to = {server.place().host}};
    for (auto const& other : impl_->clusters[server.place().cluster]->impl_->servers) {
        if (other.get() != &server) {
            rule.from.push_back(other->place().host);
        }
    }
    if (rule.from.empty()) {
        return {};
    }
    if (delay) {
        rule.stream_delay = delay;
    } else {
        rule.hold_streams = true;
    }
    return impl_->add_rule(std::move(rule), Direction::one_way);
}

Fault World::forge_reply(ForgeReply rule) { return impl_->forger.forge(std::move(rule)); }

void World::push(std::string const& node, std::vector<std::string> const& to,
                 std::string_view bytes) {
    std::vector<std::string> peers;
    for (HostId const host : impl_->find_hosts(to)) {
        peers.push_back(impl_->network.host_ip(host));
    }
    impl_->find_server(node).push(bytes, peers, [&](SessionTap::Session const& session) {
        impl_->forger.note_push(session, bytes);
    });
}

std::vector<std::vector<std::string>> const& World::misled_requests() const {
    return impl_->forger.misled();
}

Fault World::when(Trigger trigger, UniqueFunction<void(Occurrence const&)> action) {
    return when(std::move(trigger), std::move(action),
                [](HostName const& name, std::string const& host) { return name.text == host; });
}

Fault World::when(Trigger trigger, UniqueFunction<void(Occurrence const&)> action,
                  std::function<bool(HostName const&, std::string const&)> stands_for) {
    if (trigger.step || !trigger.started.empty() || !trigger.ended.empty()) {
        throw std::invalid_argument("a World knows nothing of faults and migrations");
    }
    bool const is_of_state = trigger.becomes.has_value();
    Fault handle =
        impl_->triggers.add(std::move(trigger), std::move(stands_for), std::move(action));
    for (auto const& cluster : impl_->clusters) {
        for (auto const& server : cluster->impl_->servers) {
            if (is_of_state) {
                server->note_state();  // what changes is told by what was
            }
        }
    }
    return handle;
}

}  // namespace keyslot::sim
