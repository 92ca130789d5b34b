#pragma once

#include "conformance/arms/real_cluster.hpp"
#include "conformance/harness/case.hpp"

#include <chrono>
#include <functional>

namespace keyslot::conformance {

/// Makes a cluster of processes that know nobody, laid out as the simulator does. Returns when every node
/// sees a cluster that is up and names all replicas to clients. `pass` lets so much time pass, in which
/// the proxies work: replicas come to their masters through them. Throws std::runtime_error.
void assemble(RealCluster& cluster, CaseTopology const& topology,
              std::function<void(std::chrono::milliseconds)> const& pass);

}  // namespace keyslot::conformance
