#pragma once

#include "conformance/arms/node_proxy.hpp"
#include "conformance/arms/real_cluster.hpp"
#include "conformance/harness/stage.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::conformance {

/// The stage of a case whose nodes are redis-server processes, with a proxy before each that the witness
/// listens in on. The world is there for its time alone.
class RealStage final : public Stage {
public:
    /// Throws std::runtime_error when there is no cluster to be had. Runs `context` meanwhile. `tls`: of the ports;
    /// null: they are plain.
    RealStage(asio::io_context& context, sim::LiveClock& clock, Witness& witness,
              CaseTopology const& topology, std::string const& address,
              std::shared_ptr<asio::ssl::context> const& tls);

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
    std::size_t members_;  // those that join come after them
    std::vector<std::unique_ptr<NodeProxy>> proxies_;  // before each node
};

}  // namespace keyslot::conformance
