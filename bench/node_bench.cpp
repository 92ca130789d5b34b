#include "client/protocol/resp_writer.hpp"
#include "simulator/cluster/cluster_state.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/node/node.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <string_view>

// What one command costs a simulated node, from the bytes of a session to the bytes of its reply: no
// kernel, no network.
namespace keyslot::sim {

namespace {

class QuietHost final : public NodeHost {
public:
    Instant now() override { return Instant{std::chrono::seconds{10}}; }
    std::int64_t unix_time_ms() override { return 1'700'000'000'000; }
    Random& random() override { return random_; }
    void wake_at(Instant, bool) override {}
    void send_to_session(SessionId, std::string_view bytes) override { sent += bytes.size(); }
    void close_session(SessionId) override {}
    void open_link(LinkId, std::string_view, std::uint16_t) override {}
    void send_to_link(LinkId, std::string_view) override {}
    void close_link(LinkId) override {}
    void send_bus(std::string_view, std::uint16_t, BusMessage) override {}
    void executed(Execution const&) override { ++commands; }

    std::size_t sent = 0;
    std::size_t commands = 0;

private:
    Random random_{1};
};

struct Bench {
    Bench() {
        ClusterState::Preset const preset{
            make_contact(config().id, "10.0.0.1", 7000), "", {}, {{0, 16383}}, 1};
        node.cluster().preset(std::span(&preset, 1), 1);
        node.start();
        node.on_session_open(1, "10.0.0.2:1");
        node.on_session_bytes(1, "CONFIG SET cluster-require-full-coverage no\r\n");
    }
    static NodeConfig config() {
        NodeConfig config;
        config.id = std::string(40, 'a');
        config.cluster_enabled = true;
        return config;
    }

    QuietHost host;
    Node node{config(), host};
};

std::string request(std::initializer_list<std::string_view> words, int times) {
    std::string bytes;
    for (int n = 0; n < times; ++n) {
        protocol::write_command(bytes, words);
    }
    return bytes;
}

void run(benchmark::State& state, std::initializer_list<std::string_view> words) {
    Bench bench;
    bench.node.on_session_bytes(1, request({"SET", "key:000000000001", "value:0000000001"}, 1));
    int const pipelined = static_cast<int>(state.range(0));
    std::string const bytes = request(words, pipelined);
    std::size_t const before = bench.host.commands;
    for (auto _ : state) {
        bench.node.on_session_bytes(1, bytes);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(bench.host.commands - before));
}

void node_get(benchmark::State& state) { run(state, {"GET", "key:000000000001"}); }
void node_set(benchmark::State& state) {
    run(state, {"SET", "key:000000000001", "value:0000000001"});
}
void node_ping(benchmark::State& state) { run(state, {"PING"}); }

BENCHMARK(node_get)->Arg(1)->Arg(100);
BENCHMARK(node_set)->Arg(1)->Arg(100);
BENCHMARK(node_ping)->Arg(1)->Arg(100);

}  // namespace

}  // namespace keyslot::sim
