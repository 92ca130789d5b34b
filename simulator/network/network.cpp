#include "simulator/network/network.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace keyslot::sim {

namespace {

bool includes(std::vector<HostId> const& hosts, HostId host) {
    return hosts.empty() || std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

}  // namespace

Network::Network(Kernel& kernel, Random random, NetworkOptions options)
    : kernel_(kernel), random_(random), options_(options) {
    kernel_.add_wait_source(*this);
}

Network::~Network() {
    kernel_.remove_wait_source(*this);
    // Handlers may own streams, so they go while connections are there.
    while (!attempts_.empty()) {
        cancel_connect(attempts_.begin()->first);
    }
}

HostId Network::add_host(HostOptions options) {
    HostId const host = kernel_.add_actor(options.name);
    names_.bind(options.name, {options.ip});
    hosts_by_name_[options.name] = host;
    hosts_.resize(host + 1);
    hosts_[host].options = std::move(options);
    return host;
}

std::optional<HostId> Network::find_host(std::string_view name) const {
    auto const found = hosts_by_name_.find(name);
    return found == hosts_by_name_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<HostId> Network::find_address(std::string_view ip) const {
    for (HostId host = 0; host < hosts_.size(); ++host) {
        if (!ip.empty() && hosts_[host].options.ip == ip) {
            return host;
        }
    }
    return std::nullopt;
}

void Network::crash(HostId host, HostState state) {
    assert(state != HostState::up);
    kernel_.thaw(host, Stop::paused);
    kernel_.thaw(host, Stop::busy);
    hosts_[host].state = state;
    for (auto& [endpoint, service] : services_) {
        if (service.host == host) {
            service.acceptor = nullptr;
        }
    }
    for (auto const& [number, connection] : connections_) {
        for (unsigned side = 0; side < 2; ++side) {
            if (connection->host(side) != host) {
                continue;
            }
            if (state == HostState::power_down) {
                connection->vanish(side);
            } else {
                connection->abandon(side);
            }
        }
    }
    links_changed();
}

void Network::restart(HostId host) {
    hosts_[host].state = HostState::up;
    links_changed();
}

void Network::move_host(HostId host, std::string ip) {
    reset_streams({host}, {});
    std::erase_if(services_, [host](auto const& service) { return service.second.host == host; });
    names_.bind(host_name(host), {ip});
    hosts_[host].options.ip = std::move(ip);
}

void Network::listen(HostId host, Endpoint const& at, Acceptor& acceptor) {
    ++changes_;
    services_[at] = {host, &acceptor};
}

void Network::close_listener(Endpoint const& at) {
    ++changes_;
    if (auto const found = services_.find(at); found != services_.end()) {
        found->second.acceptor = nullptr;
    }
}

bool Network::is_listened_on(Endpoint const& at) const {
    auto const found = services_.find(at);
    return found != services_.end() && found->second.acceptor != nullptr;
}

Fault Network::add_rule(LinkRule rule) {
    LinkRules::Id const id = rules_.add(std::move(rule));
    links_changed();
    return Fault{[this, id] {
        rules_.remove(id);
        links_changed();
    }};
}

void Network::links_changed() {
    ++changes_;
    for (auto const& [number, connection] : connections_) {
        connection->retry();
    }
}

void Network::reset_streams(std::vector<HostId> const& from, std::vector<HostId> const& to) {
    for (auto const& [number, connection] : connections_) {
        HostId const a = connection->host(0);
        HostId const b = connection->host(1);
        if ((includes(from, a) && includes(to, b)) || (includes(from, b) && includes(to, a))) {
            connection->inject_reset();
        }
    }
}

Duration Network::draw_jitter(Duration most) { return Duration{random_.between(0, most.count())}; }

void Network::describe_waits(std::vector<std::string>& lines) const {
    for (auto const& [number, attempt] : attempts_) {
        lines.push_back(host_name(attempt.from) + " connects to " + attempt.to.address + ":" +
                        std::to_string(attempt.to.port));
    }
    for (auto const& [number, connection] : connections_) {
        connection->describe_waits(lines);
    }
}

}  // namespace keyslot::sim
