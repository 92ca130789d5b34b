#include "simulator/world/cluster.hpp"

#include "client/protocol/hash_slot.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace keyslot::sim {

std::string const& Member::name() const {
    return server_->network().host_name(server_->place().host);
}
std::string const& Member::id() const {
    Node const* const running = node();
    return running != nullptr && server_->config().cluster_enabled ? running->cluster().my_id()
                                                                   : server_->config().id;
}
Endpoint const& Member::address() const { return server_->address(); }
Endpoint const& Member::listening() const { return server_->listening(); }
std::size_t Member::index() const { return server_->place().index; }
bool Member::is_up() const { return server_->is_up(); }
bool Member::is_paused() const {
    return server_->kernel().is_frozen(server_->place().host, Stop::paused);
}
bool Member::is_master() const { return is_up() && server_->node()->is_master(); }

void Member::crash(CrashStyle style) {
    server_->crash(style == CrashStyle::process ? HostState::process_down : HostState::power_down);
}
void Member::restart(bool keep_data) { server_->restart(keep_data); }
void Member::pause() { server_->kernel().freeze(server_->place().host); }
void Member::resume() { server_->kernel().thaw(server_->place().host); }
void Member::skew_clock(std::int64_t parts_per_million, Duration offset) {
    skew_clock(
        {.monotonic_ppm = parts_per_million, .wall_ppm = parts_per_million, .wall_jump = offset});
}
void Member::skew_clock(ClockSkew const& skew) { server_->skew_clock(skew); }
void Member::correct_clock() { skew_clock(ClockSkew{.wall_jump = -clock_error()}); }
Duration Member::clock_error() const { return server_->clock_error(); }
void Member::change_address(std::string ip) { server_->change_address(std::move(ip)); }

Node* Member::node() { return server_->node(); }
Node const* Member::node() const { return server_->node(); }

Cluster::Cluster(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cluster::~Cluster() = default;

ClusterSpec const& Cluster::spec() const { return impl_->spec; }
std::vector<Member>& Cluster::nodes() { return impl_->members; }
std::size_t Cluster::size() const { return impl_->members.size(); }
Member& Cluster::operator[](std::size_t n) { return impl_->members.at(n); }

std::vector<ClusterNode> Cluster::startup_nodes() const {
    bool const names = impl_->spec.endpoint_type == EndpointType::hostname &&
                       impl_->spec.announce_hostnames;
    std::vector<ClusterNode> nodes;
    for (auto const& preset : impl_->layout) {
        Contact const& contact = *preset.contact;
        nodes.push_back({.host = names ? preset.hostname : contact.ip,
                         .port = contact.port});
    }
    return nodes;
}

std::vector<std::vector<std::pair<std::uint16_t, std::uint16_t>>> Cluster::dealt_slots() const {
    std::vector<std::vector<std::pair<std::uint16_t, std::uint16_t>>> shares;
    for (auto const& preset : impl_->layout) {
        if (!preset.slots.empty()) {
            shares.push_back(preset.slots);
        }
    }
    return shares;
}

Member& Cluster::node(std::string_view name) {
    for (Member& member : impl_->members) {
        if (member.name() == name || member.id() == name) {
            return member;
        }
    }
    throw std::out_of_range("no node " + std::string(name) + " in this cluster");
}

Member& Cluster::owner_of(std::string_view key) { return owner_of_slot(protocol::hash_slot(key)); }

Member& Cluster::owner_of_slot(std::uint16_t slot) {
    std::vector<std::size_t> votes(impl_->members.size());
    for (Member& voter : impl_->members) {
        if (!voter.is_up() || voter.is_paused()) {
            continue;
        }
        std::string_view const owner = std::as_const(*voter.node()).cluster().owner_of(slot);
        for (Member const& candidate : impl_->members) {
            votes[candidate.index()] += candidate.id() == owner ? 1u : 0u;
        }
    }
    auto const most = std::max_element(votes.begin(), votes.end());
    if (*most == 0) {
        throw std::out_of_range("no node owns slot " + std::to_string(slot));
    }
    return impl_->members[static_cast<std::size_t>(most - votes.begin())];
}

}  // namespace keyslot::sim
