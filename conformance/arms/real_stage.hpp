#pragma once

#include "conformance/arms/real_cluster.hpp"
#include "conformance/harness/stage.hpp"

#include <string>

namespace keyslot::conformance {

/// The stage of a case whose nodes are redis-server processes. The world is there for its time alone.
class RealStage final : public Stage {
public:
    /// Throws std::runtime_error when there is no cluster to be had.
    RealStage(sim::World& world, CaseTopology const& topology, std::string const& address)
        : Stage(world),
          real_(address, topology.masters, topology.node_timeout, topology.require_full_coverage) {}

    RealCluster& real() { return real_; }
    void act(NodeStep const& step) override;
    std::vector<ClusterNode> startup_nodes(std::vector<std::string> const& wanted) override;
    asio::awaitable<void> prepare() override;

protected:
    Endpoint address_of(std::string const& name) override;
    std::string id_of(std::string const& name) override;
    std::string owner_of(std::uint16_t slot) override;
    asio::awaitable<Reply> ask(std::string const& name, Words words) override;

private:
    std::size_t index_of(std::string const& name) const;

    RealCluster real_;
};

}  // namespace keyslot::conformance
