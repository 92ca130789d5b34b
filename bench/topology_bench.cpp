// From the bytes of CLUSTER SLOTS and CLUSTER SHARDS to a slot map that is ready to route by.

#include "client/protocol/resp_parser.hpp"
#include "client/topology/slot_map.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace keyslot;

std::string bulk(std::string const& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

std::string node_id(int node) {
    std::string id = "ba3ac43025fb9fd73ed1a7a5f974080eb72812f4";
    for (std::size_t i = 0; i < 8; ++i, node /= 16) {
        id[i] = "0123456789abcdef"[(node + static_cast<int>(i) * 7) % 16];
    }
    return id;
}

std::string slots_node(int node) {
    return "*4\r\n" +
           bulk("10.0." + std::to_string(node / 250) + "." + std::to_string(node % 250)) +
           ":7000\r\n" + bulk(node_id(node)) + "*0\r\n";
}

// Masters with one replica each; a master's ranges lie scattered as after a reshard.
std::string cluster_slots(int nodes, int ranges_per_master) {
    int const masters = nodes / 2;
    int const ranges = masters * ranges_per_master;
    std::string text = "*" + std::to_string(ranges) + "\r\n";
    for (int range = 0; range < ranges; ++range) {
        int const first = static_cast<int>(16384LL * range / ranges);
        int const last = static_cast<int>(16384LL * (range + 1) / ranges) - 1;
        int const master = range % masters;
        text += "*4\r\n:" + std::to_string(first) + "\r\n:" + std::to_string(last) + "\r\n" +
                slots_node(master) + slots_node(masters + master);
    }
    return text;
}

void slots_to_map(benchmark::State& state) {
    std::string const reply =
        cluster_slots(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
    topology::SlotMap map;
    std::string problem;
    bool odd = false;
    protocol::RespParser parser;  // a connection has one for all its replies
    for (auto _ : state) {
        parser.parse(reply);
        auto view = topology::parse_cluster_slots(parser.reply(), "asked", problem);
        odd = !odd;
        view->shards.front().primary.health =
            odd ? topology::Health::loading : topology::Health::online;  // never "unchanged"
        if (map.apply(std::move(*view)) != topology::SlotMap::Applied::replaced) {
            state.SkipWithError("the view was not taken over");
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(reply.size()));
}
BENCHMARK(slots_to_map)
    ->Args({6, 1})
    ->Args({1000, 1})
    ->Args({1000, 10})
    ->Unit(benchmark::kMicrosecond);

void patch_by_moved(benchmark::State& state) {
    protocol::RespParser parser;
    std::string const reply = cluster_slots(1000, 1);
    parser.parse(reply);
    std::string problem;
    topology::SlotMap map;
    map.apply(*topology::parse_cluster_slots(parser.reply(), "asked", problem));
    topology::HostPort const targets[] = {map.shards()[10].primary.address,
                                          map.shards()[20].primary.address};
    bool odd = false;
    for (auto _ : state) {
        odd = !odd;
        benchmark::DoNotOptimize(map.patch(100, targets[odd ? 1 : 0]));
    }
}
BENCHMARK(patch_by_moved);

}  // namespace
