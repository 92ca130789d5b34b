#pragma once

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/kernel/random.hpp"

#include <keyslot/sim/cluster.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// The slots of master `n` of `masters`, first and last, as `redis-cli --cluster create` deals them.
std::pair<std::uint16_t, std::uint16_t> slots_of_master(std::size_t n, std::size_t masters);

/// The slots of each master. Every master has some, and the ranges of one do not touch.
std::vector<std::vector<std::pair<std::uint16_t, std::uint16_t>>> deal_slots(SlotLayout layout,
                                                                             std::size_t masters,
                                                                             Random& random);

/// 40 hex digits.
std::string draw_node_id(Random& random);

/// What every node is told about every node: masters first, then replicas, dealt to the masters in turn.
/// `first_number` is the number of the first node in its World, from 1.
std::vector<ClusterState::Preset> lay_out(ClusterSpec const& spec, std::size_t first_number,
                                          Random& random);

}  // namespace keyslot::sim
