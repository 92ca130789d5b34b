#include "conformance/arms/real_stage.hpp"

#include "conformance/arms/real_assembly.hpp"

#include <charconv>
#include <utility>

namespace keyslot::conformance {

RealStage::RealStage(asio::io_context& context, sim::LiveClock& clock, Witness& witness,
                     CaseTopology const& topology, std::string const& address,
                     std::shared_ptr<asio::ssl::context> const& tls)
    : Stage(clock.world()), real_(address, topology), members_(real_.size() - topology.joining) {
    for (std::size_t node = 0; node < real_.size(); ++node) {
        proxies_.push_back(std::make_unique<NodeProxy>(
            context, clock, witness, node, real_.announced(node), real_.served(node), tls));
    }
    assemble(real_, topology, [&](std::chrono::milliseconds time) { context.run_for(time); });
}

std::size_t RealStage::index_of(std::string const& name) const {
    constexpr std::string_view prefix = "node-";
    std::size_t number = 0;
    if (name.starts_with(prefix)) {
        std::from_chars(name.data() + prefix.size(), name.data() + name.size(), number);
    }
    if (number < 1 || number > real_.size()) {
        throw Spoiled("no node " + name + " in this cluster");
    }
    return number - 1;
}

void RealStage::act(NodeStep const& step) {
    std::size_t const node = index_of(step.node);
    switch (step.action) {
        case NodeAction::crash:
            real_.crash(node);
            proxies_[node]->shut();
            break;
        case NodeAction::restart:
            real_.crash(node);
            proxies_[node]->shut();
            real_.start(node);
            proxies_[node]->open_when_served();
            break;
        case NodeAction::pause: real_.pause(node); break;
        case NodeAction::resume: real_.resume(node); break;
        // It stands still, so that the other nodes hear no more of it than clients do.
        case NodeAction::power_off:
            proxies_[node]->fall_silent();
            real_.pause(node);
            break;
    }
}

std::vector<ClusterNode> RealStage::startup_nodes(std::vector<std::string> const& wanted) {
    std::vector<ClusterNode> nodes;
    for (std::size_t node = 0; node < members_ && wanted.empty(); ++node) {
        Endpoint const at = real_.announced(node);
        nodes.push_back({.host = at.address, .port = at.port});
    }
    for (std::string const& name : wanted) {
        Endpoint const at = address_of(name);
        nodes.push_back({.host = at.address, .port = at.port});
    }
    return nodes;
}

asio::awaitable<void> RealStage::prepare() { co_return; }

Endpoint RealStage::address_of(std::string const& name) { return real_.announced(index_of(name)); }

std::string RealStage::id_of(std::string const& name) { return real_.id(index_of(name)); }

std::string RealStage::owner_of(std::uint16_t slot) {
    return "node-" + std::to_string(1 + real_.owner_of(slot));
}

// MIGRATE goes from node to node, and not by way of a proxy.
asio::awaitable<Reply> RealStage::ask(std::string const& name, Words words) {
    for (std::size_t node = 0; node < real_.size() && words[0] == "MIGRATE"; ++node) {
        if (words[2] == std::to_string(real_.announced(node).port)) {
            words[2] = std::to_string(real_.served(node).port);
            break;
        }
    }
    co_return real_.ask(index_of(name), words);
}

}  // namespace keyslot::conformance
