#include "conformance/fidelity/stage_of_nodes.hpp"

#include <stdexcept>
#include <vector>

namespace keyslot::fidelity {

namespace {

using sim::ClusterState;
using sim::NodeConfig;

constexpr std::uint16_t first_port = 17001;  // five digits, like those of the recorded servers
constexpr int bus_port_distance = 10000;
constexpr std::chrono::seconds warm_up{6};   // a master that has just started does not serve
constexpr std::string_view session_end = "<closed>";
constexpr std::string_view node_names[] = {"A", "B", "C", "D"};

struct Role {
    std::string name;
    std::vector<std::pair<std::uint16_t, std::uint16_t>> slots;
    std::string master;
    std::uint64_t config_epoch = 0;
};

std::vector<Role> roles(std::string_view topology) {
    if (topology == "empty") {
        return {{"A", {}, "", 1}};
    }
    if (topology == "single") {
        return {{"A", {{0, 16383}}, "", 1}};
    }
    std::vector<Role> three{
        {"A", {{0, 5460}}, "", 1}, {"B", {{5461, 10922}}, "", 2}, {"C", {{10923, 16383}}, "", 3}};
    if (topology == "three") {
        return three;
    }
    if (topology == "replica") {
        three.push_back({"D", {}, "A", 1});
        return three;
    }
    throw std::invalid_argument("no topology " + std::string(topology));
}

std::string id_of(std::string_view name) {
    return name.empty() ? "" : std::string(40, static_cast<char>(name[0] - 'A' + 'a'));
}

std::uint16_t port_of(std::string_view name) {
    return static_cast<std::uint16_t>(first_port + (name[0] - 'A'));
}

void set_option(NodeConfig& config, std::string const& name, std::string const& value) {
    if (name == "requirepass") {
        config.password = value;
    } else if (name == "cluster-require-full-coverage") {
        config.require_full_coverage = value == "yes";
    } else if (name == "cluster-allow-reads-when-down") {
        config.allow_reads_when_down = value == "yes";
    } else {
        config.options.emplace_back(name, value);
    }
}

}  // namespace

StageOfNodes::StageOfNodes(std::string_view topology,
                           std::map<std::string, std::string> const& options) {
    std::vector<ClusterState::Preset> presets;
    std::uint64_t masters = 0;
    for (Role const& role : roles(topology)) {
        NodeConfig config;
        config.id = id_of(role.name);
        config.port = port_of(role.name);
        config.repl_diskless_sync_delay_s = 0;  // like the servers that were recorded
        for (auto const& [name, value] : options) {
            set_option(config, name, value);
        }
        presets.push_back({sim::make_contact(config.id, config.ip, config.port), "",
                           id_of(role.master), role.slots, role.config_epoch});
        masters += role.master.empty() ? 1 : 0;
        nodes_[role.name] = &net_.add_as_configured(std::move(config));
    }
    for (auto const& [name, node] : nodes_) {
        node->node().cluster().preset(presets, masters);
    }
    for (auto const& [name, node] : nodes_) {
        node->node().start();
    }
    net_.run_for(warm_up);
}

std::map<std::string, std::string> StageOfNodes::variables() {
    std::map<std::string, std::string> result;
    for (std::string_view const name : node_names) {
        std::string const variable = "%" + std::string(name);
        result[variable + "%"] = id_of(name);
        result[variable + ".port%"] = std::to_string(port_of(name));
        result[variable + ".bus%"] = std::to_string(port_of(name) + bus_port_distance);
    }
    return result;
}

sim::SessionId StageOfNodes::session(std::string const& node, std::string const& connection) {
    auto const [place, is_new] = sessions_.try_emplace({node, connection});
    if (is_new) {
        place->second = nodes_.at(node)->connect();
    }
    return place->second;
}

void StageOfNodes::send(std::string const& node, std::string const& connection,
                        std::string_view bytes) {
    sim::TestNode& peer = *nodes_.at(node);
    peer.node().on_session_bytes(session(node, connection), bytes);
}

std::string StageOfNodes::received(std::string const& node, std::string const& connection,
                                   bool& closed) {
    std::string bytes = nodes_.at(node)->received(session(node, connection));
    if (bytes.ends_with(session_end)) {
        bytes.resize(bytes.size() - session_end.size());
        sessions_.erase({node, connection});
        closed = true;
    }
    return bytes;
}

}  // namespace keyslot::fidelity
