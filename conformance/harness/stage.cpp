#include "conformance/harness/stage.hpp"

#include "client/protocol/hash_slot.hpp"
#include "conformance/harness/dialogue.hpp"
#include "conformance/harness/document_map.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 6> names{"slot", "id", "host", "port", "address", "n"};

constexpr char const* authority = "ca.crt";

std::optional<sim::TlsPort> tls_port(CaseTopology const& topology) {
    sim::TlsPort port{.authority = authority,
                      .wants_client_certificate = topology.client_certificates};
    switch (topology.ports) {
        case Ports::plain: return std::nullopt;
        case Ports::tls: break;
        case Ports::tls_of_unknown_authority: port.authority = "another.crt"; break;
        case Ports::tls_for_other_names: port.names = {"elsewhere.example"}; break;
    }
    return port;
}

}  // namespace

std::optional<TlsOptions> Stage::client_tls(CaseClient const& client) {
    if (!client.tls) {
        return std::nullopt;
    }
    TlsOptions tls{.ca_file = authority};
    if (client.certificate) {
        tls.certificate_file = "client.crt";
        tls.key_file = "client.key";
    }
    return tls;
}

Stage::Stage(sim::World& world, CaseTopology const& topology, Tls tls)
    : world_(world), console_(world) {
    sim::ClusterSpec spec;
    spec.masters = topology.masters;
    spec.replicas_per_master = topology.replicas_per_master;
    spec.node_timeout = topology.node_timeout;
    spec.require_full_coverage = topology.require_full_coverage;
    spec.ip = topology.ip;
    spec.tls = topology.ports != Ports::plain;
    if (spec.tls && tls == Tls::by_nodes) {
        spec.tls_port = tls_port(topology);
        console_.speak_tls();
    }
    cluster_ = &world.add_cluster(spec);
    if (topology.joining != 0) {
        spec.masters = topology.joining;
        spec.replicas_per_master = 0;
        spec.first_port = static_cast<std::uint16_t>(spec.first_port + cluster_->size());
        joining_ = &world.add_cluster(spec);
    }
    if (topology.second_masters != 0) {
        spec.masters = topology.second_masters;
        spec.replicas_per_master = 0;
        spec.first_port = sim::ClusterSpec{}.first_port;
        world.add_cluster(spec);
    }
}

sim::Member& Stage::node(std::string const& name) {
    try {
        return world_.node(name);
    } catch (std::out_of_range const& error) {
        throw Spoiled(error.what());
    }
}

void Stage::act(NodeStep const& step) {
    sim::Member& member = node(step.node);
    switch (step.action) {
        case NodeAction::crash: member.crash(); break;
        case NodeAction::power_off: member.crash(sim::CrashStyle::power); break;
        case NodeAction::restart: member.restart(); break;
        case NodeAction::pause: member.pause(); break;
        case NodeAction::resume: member.resume(); break;
    }
}

void Stage::cut(PartitionStep const& step, std::string const& client_host) {
    auto const hosts = [&](std::vector<std::string> names) {
        for (std::string& name : names) {
            name = name == "client" ? client_host : node(name).name();
        }
        return names;
    };
    partitions_.push_back(
        world_.partition(hosts(step.from), hosts(step.to),
                         step.one_way ? sim::Direction::one_way : sim::Direction::both));
}

Endpoint Stage::address_of(std::string const& name) { return node(name).address(); }
std::string Stage::id_of(std::string const& name) { return node(name).id(); }
std::string Stage::owner_of(std::uint16_t slot) { return cluster_->owner_of_slot(slot).name(); }

asio::awaitable<Reply> Stage::ask(std::string const& name, Words words) {
    Endpoint const address = address_of(name);
    co_return co_await console_.ask(address, std::move(words));
}

std::vector<ClusterNode> Stage::startup_nodes(std::vector<std::string> const& wanted) {
    if (wanted.empty()) {
        return cluster_->startup_nodes();
    }
    std::vector<ClusterNode> nodes;
    for (std::string const& entry : wanted) {
        std::size_t const colon = entry.find(':');
        if (colon == std::string::npos) {
            Endpoint const address = address_of(entry);
            nodes.push_back({.host = address.address, .port = address.port});
        } else {
            nodes.push_back(
                {.host = entry.substr(0, colon),
                 .port = static_cast<std::uint16_t>(std::stoi(entry.substr(colon + 1)))});
        }
    }
    return nodes;
}

std::string Stage::value_of(std::string const& name, std::string const& argument, std::size_t n) {
    if (name == "n") {
        return std::to_string(n);
    }
    if (name == "slot") {
        return std::to_string(protocol::hash_slot(argument));
    }
    if (name == "id") {
        return id_of(argument);
    }
    Endpoint const address = address_of(argument);
    if (name == "host") {
        return address.address;
    }
    std::string const port = std::to_string(address.port);
    return name == "port" ? port : address.address + ":" + port;
}

std::string Stage::fill_in(std::string text, std::size_t n) {
    for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
        std::string_view const rest = std::string_view(text).substr(at + 1);
        std::string_view found;
        for (std::string_view const name : names) {
            if (rest.starts_with(name) &&
                (name == "n" || rest.substr(name.size()).starts_with('('))) {
                found = name;
            }
        }
        if (found.empty()) {
            ++at;  // "$-1" is RESP
            continue;
        }
        std::string argument;
        std::size_t length = 1 + found.size();
        if (found != "n") {
            std::size_t const end = rest.find(')');
            if (end == std::string_view::npos) {
                throw Spoiled("no ')' in '" + text + "'");
            }
            argument = rest.substr(found.size() + 1, end - found.size() - 1);
            length = end + 2;
        }
        std::string const value = value_of(std::string(found), argument, n);
        text.replace(at, length, value);
        at += value.size();
    }
    return text;
}

Words Stage::fill_in(Words words, std::size_t n) {
    for (std::string& word : words) {
        word = fill_in(word, n);
    }
    return words;
}

asio::awaitable<Reply> Stage::command(std::string node_name, std::string_view text) {
    return command(std::move(node_name), split_words(text).value());
}

asio::awaitable<Reply> Stage::command(std::string node_name, Words words) {
    words = fill_in(std::move(words));
    std::optional<Reply> reply;
    std::string problem;
    try {
        reply = co_await ask(node_name, words);
    } catch (boost::system::system_error const& error) {
        problem = error.what();
    }
    if (reply && reply->is_error()) {
        problem = reply->text();
    }
    if (!problem.empty()) {
        throw Spoiled(node_name + " answered '" + in_one_line(words) + "' with " + problem);
    }
    co_return std::move(*reply);
}

asio::awaitable<void> Stage::prepare() {
    if (cluster_->spec().replicas_per_master != 0) {
        co_await wait_for_replicas();
    }
    if (joining_ == nullptr) {
        co_return;
    }
    Endpoint const anchor = (*cluster_)[0].address();
    std::string const meet = "CLUSTER MEET " + anchor.address + " " + std::to_string(anchor.port);
    for (sim::Member& member : joining_->nodes()) {
        co_await command(member.name(), "CLUSTER RESET");
        co_await command(member.name(), meet);
    }
    for (sim::Cluster* const cluster : {cluster_, joining_}) {
        for (sim::Member& member : cluster->nodes()) {
            co_await wait_until_joined(member.name());
        }
    }
}

// Until every node names all of them to clients: a replica that has no data yet is not named.
asio::awaitable<void> Stage::wait_for_replicas() {
    std::size_t const wanted = 1 + cluster_->spec().replicas_per_master;
    for (sim::Member& member : cluster_->nodes()) {
        bool complete = false;
        for (int tries = 0; tries < 600 && !complete; ++tries) {
            Reply const ranges = co_await command(member.name(), "CLUSTER SLOTS");
            complete = true;
            for (ReplyView const range : ranges.view()) {
                complete = complete && range.size() == 2 + wanted;
            }
            if (!complete) {
                co_await world_.sleep(100ms);
            }
        }
        if (!complete) {
            throw Spoiled(member.name() + " does not name the replicas");
        }
    }
}

// Until the node's view names every node, and none that it only shakes hands with, and the cluster is up
// by it.
asio::awaitable<void> Stage::wait_until_joined(std::string name) {
    auto const nodes = static_cast<std::ptrdiff_t>(cluster_->size() + joining_->size());
    for (int tries = 0; tries < 600; ++tries) {
        Reply const reply = co_await command(name, "CLUSTER NODES");
        std::string_view const view = reply.text();
        if (std::count(view.begin(), view.end(), '\n') == nodes &&
            view.find("handshake") == std::string_view::npos &&
            (co_await command(name, "CLUSTER INFO")).text().find("cluster_state:ok") !=
                std::string_view::npos) {
            co_return;
        }
        co_await world_.sleep(100ms);
    }
    throw Spoiled(name + " did not get to know the others");
}

// The steps of redis-cli --cluster reshard (facts, section 4.1).
asio::awaitable<void> Stage::move_slot(std::string key, std::string to) {
    std::uint16_t const number = protocol::hash_slot(key);
    std::string const slot = std::to_string(number);
    std::string const from = owner_of(number);
    co_await command(to, "CLUSTER SETSLOT " + slot + " IMPORTING $id(" + from + ")");
    co_await command(from, "CLUSTER SETSLOT " + slot + " MIGRATING $id(" + to + ")");
    co_await move_keys(slot, from, to);
    co_await command(to, "CLUSTER SETSLOT " + slot + " NODE $id(" + to + ")");
    co_await command(from, "CLUSTER SETSLOT " + slot + " NODE $id(" + to + ")");
}

asio::awaitable<void> Stage::move_keys(std::string slot, std::string from, std::string to) {
    for (;;) {
        Reply const keys = co_await command(from, "CLUSTER GETKEYSINSLOT " + slot + " 10");
        if (keys.size() == 0) {
            co_return;
        }
        std::string migrate = "MIGRATE $host(" + to + ") $port(" + to + ")";
        for (ReplyView const key : keys.view()) {
            co_await command(from, migrate + " " + std::string(key.text()) + " 0 60000");
        }
    }
}

}  // namespace keyslot::conformance
