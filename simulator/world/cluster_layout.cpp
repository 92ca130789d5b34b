#include "simulator/world/cluster_layout.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace keyslot::sim {

namespace {

constexpr std::size_t slot_count = 16384;
constexpr std::size_t ranges_per_master = 8;  // of scattered slots, on the average

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

namespace {

using Share = std::vector<std::pair<std::uint16_t, std::uint16_t>>;

/// So many cuts between slots, in order; none twice.
std::vector<std::size_t> draw_cuts(std::size_t count, Random& random) {
    std::set<std::size_t> cuts;
    while (cuts.size() < count) {
        cuts.insert(1 + random.below(slot_count - 1));
    }
    return {cuts.begin(), cuts.end()};
}

/// The range after cut `n`, counted from 0; before the first cut is a range too.
std::pair<std::uint16_t, std::uint16_t> range_at(std::vector<std::size_t> const& cuts,
                                                 std::size_t n) {
    std::size_t const first = n == 0 ? 0 : cuts[n - 1];
    std::size_t const end = n < cuts.size() ? cuts[n] : slot_count;
    return {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(end - 1)};
}

/// Every master gets a range, and then whoever is drawn, but never two that touch.
std::vector<Share> scatter(std::size_t masters, Random& random) {
    std::size_t const ranges = std::min(masters * ranges_per_master, slot_count);
    std::vector<std::size_t> const cuts = draw_cuts(ranges - 1, random);
    std::vector<Share> shares(masters);
    std::size_t last = 0;
    for (std::size_t n = 0; n < ranges; ++n) {
        std::size_t owner = n;
        if (n >= masters) {
            owner = random.below(masters - 1);
            owner += owner >= last ? 1u : 0u;
        }
        shares[owner].push_back(range_at(cuts, n));
        last = owner;
    }
    return shares;
}

}  // namespace

std::vector<Share> deal_slots(SlotLayout layout, std::size_t masters, Random& random) {
    if (layout == SlotLayout::scattered && masters > 1) {
        return scatter(masters, random);
    }
    std::vector<std::size_t> const cuts =
        layout == SlotLayout::uneven ? draw_cuts(masters - 1, random) : std::vector<std::size_t>{};
    std::vector<Share> shares;
    for (std::size_t n = 0; n < masters; ++n) {
        shares.push_back(
            {layout == SlotLayout::uneven ? range_at(cuts, n) : slots_of_master(n, masters)});
    }
    return shares;
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
    Random slots = random.fork("slots");
    std::vector<Share> const shares = deal_slots(spec.slot_layout, spec.masters, slots);
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
            node.slots = shares[n];
        } else {
            node.master = nodes[(n - spec.masters) % spec.masters].contact->id;
        }
    }
    return nodes;
}

}  // namespace keyslot::sim
