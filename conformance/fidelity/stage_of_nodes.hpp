#pragma once

#include "simulator/tests/node/test_net.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace keyslot::fidelity {

/// The simulated counterpart of the clusters that scripts/record-fidelity starts: same names, same
/// ids, same division of slots.
class StageOfNodes {
public:
    /// "empty", "single", "three" or "replica"; throws std::invalid_argument for others, and for
    /// options that a simulated node does not have.
    StageOfNodes(std::string_view topology, std::map<std::string, std::string> const& options);

    /// "%A%" (the id of node A), "%A.port%" and so on.
    static std::map<std::string, std::string> variables();

    void send(std::string const& node, std::string const& connection, std::string_view bytes);
    /// Everything that has come on that connection since it was last asked for; sets `closed` if
    /// the node has ended it. A later send() opens a new one.
    std::string received(std::string const& node, std::string const& connection, bool& closed);
    void run_for(std::chrono::milliseconds time) { net_.run_for(time); }

private:
    sim::SessionId session(std::string const& node, std::string const& connection);

    sim::TestNet net_;
    std::map<std::string, sim::TestNode*> nodes_;
    std::map<std::pair<std::string, std::string>, sim::SessionId> sessions_;
};

}  // namespace keyslot::fidelity
