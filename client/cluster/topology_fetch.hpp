#pragma once

#include "client/topology/slot_map.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::detail {

class ClusterCore;

/// One round of asking for the topology: node after node, until one gives a view that the map takes.
struct TopologyFetch : std::enable_shared_from_this<TopologyFetch> {
    explicit TopologyFetch(ClusterCore& asking) : core(asking) {}

    void ask_next();
    void ask(topology::HostPort const& node, bool with_slots_command);
    void answered(topology::HostPort const& node, bool with_slots_command,
                  struct CallResult& result);
    void offer(topology::HostPort const& node, topology::ClusterView view);
    void problem(topology::HostPort const& node, std::string const& why);

    ClusterCore& core;
    std::vector<topology::HostPort> candidates;  // a stack: the next one is at the back
    std::vector<std::size_t> refused_coverages;  // of views that the map would not take
    std::string problems;
    bool cancelled = false;
};

}  // namespace keyslot::detail
