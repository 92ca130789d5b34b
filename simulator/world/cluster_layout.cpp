#include "simulator/world/cluster_layout.hpp"

#include <stdexcept>

namespace keyslot::sim {

namespace {

constexpr std::size_t slot_count = 16384;

/// 10.0.0.1 for 1, 10.0.1.0 for 256.
std::string address_of(std::size_t number) {
    return "10." + std::to_string(number >> 16 & 255) + "." + std::to_string(number >> 8 & 255) +
           "." + std::to_string(number & 255);
}

/// (n * 16384 / masters), rounded to the nearest.
std::size_t boundary(std::size_t n, std::size_t masters) {
    return (2 * n * slot_count + masters) / (2 * masters);
}

}  // namespace

std::pair<std::uint16_t, std::uint16_t> slots_of_master(std::size_t n, std::size_t masters) {
    return {static_cast<std::uint16_t>(boundary(n, masters)),
            static_cast<std::uint16_t>(boundary(n + 1, masters) - 1)};
}

std::string draw_node_id(Random& random) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string id;
    while (id.size() < 40) {
        std::uint64_t bits = random.next();
        for (int n = 0; n < 16 && id.size() < 40; ++n, bits >>= 4) {
            id += digits[bits & 15];
        }
    }
    return id;
}

std::vector<ClusterState::Preset> lay_out(ClusterSpec const& spec, std::size_t first_number,
                                          Random& random) {
    if (spec.masters == 0 || spec.masters > slot_count) {
        throw std::invalid_argument("a cluster has 1 to 16384 masters");
    }
    std::size_t const count = spec.masters * (1 + spec.replicas_per_master);
    std::vector<ClusterState::Preset> nodes(count);
    for (std::size_t n = 0; n < count; ++n) {
        ClusterState::Preset& node = nodes[n];
        NodeId const id{draw_node_id(random)};
        auto const port = static_cast<std::uint16_t>(spec.first_port + n);
        node.contact =
            make_contact(id, spec.ip.empty() ? address_of(first_number + n) : spec.ip, port);
        if (spec.announce_hostnames) {
            node.hostname = "node-" + std::to_string(first_number + n);
        }
        // redis-cli gives every node, replicas too, an epoch of its own.
        node.config_epoch = n + 1;
        if (n < spec.masters) {
            node.slots.push_back(slots_of_master(n, spec.masters));
        } else {
            node.master = nodes[(n - spec.masters) % spec.masters].contact->id;
        }
    }
    return nodes;
}

}  // namespace keyslot::sim
