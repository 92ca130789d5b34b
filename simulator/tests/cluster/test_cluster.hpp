#pragma once

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/kernel/random.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim::test {

class TestCluster;

/// One node as its ClusterState sees it: a few keys, and replication that takes no time.
class TestNode : public ClusterPort {
public:
    TestNode(TestCluster& cluster, NodeConfig config, std::uint64_t seed);

    ClusterState& state() { return *state_; }
    ClusterState const& state() const { return *state_; }
    NodeConfig& config() { return config_; }

    /// CLUSTER <words>: the reply's bytes.
    std::string cluster(std::initializer_list<std::string_view> words, int protocol = 2);
    /// The value of one line of CLUSTER INFO.
    std::string info(std::string_view key);
    /// The line of CLUSTER NODES about a node, without its end; empty if there is none.
    std::string line_about(TestNode const& other);
    bool sees(TestNode const& other, std::string_view flags);

    void crash();
    /// With nodes.conf; the data stays.
    void restart();
    bool is_up() const { return is_up_; }

    Instant now() override;
    std::int64_t unix_time_ms() override;
    Random& random() override { return random_; }
    void send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) override;
    bool key_exists(std::string_view key) override { return keys.contains(std::string{key}); }
    std::size_t count_keys_in_slot(std::uint16_t slot) override;
    std::vector<std::string> keys_in_slot(std::uint16_t slot, std::size_t count) override;
    bool dataset_empty() override { return keys.empty(); }
    void drop_keys_in_slot(std::uint16_t slot) override;
    void flush_dataset() override { keys.clear(); }
    void start_replicating(std::string_view ip, std::uint16_t port) override;
    void stop_replicating() override { replicates.reset(); }
    std::int64_t replication_offset() override { return offset; }
    std::int64_t master_link_idle_ms() override;
    bool master_link_up() override { return master_link_idle_ms() == 0; }
    void pause_writes_until(Instant until) override {
        pauses += until > now() ? 1 : 0;
        writes_paused_until = until;
    }
    void ownership_changed() override { ++ownership_changes; }
    void slot_left_shard(std::uint16_t slot) override { left_shard.push_back(slot); }
    void deliver_publish(std::string_view channel, std::string_view payload, bool shard) override;

    /// The master's data flows as long as both ends are up and the link is not cut.
    void follow_master();
    bool are_writes_paused() { return writes_paused_until > now(); }

    std::set<std::string> keys;
    std::int64_t offset = 100;
    std::optional<std::pair<std::string, std::uint16_t>> replicates;
    std::int64_t master_heard_ms = -1;
    Instant writes_paused_until{};
    int pauses = 0;
    int ownership_changes = 0;
    std::vector<std::uint16_t> left_shard;
    std::vector<std::string> published;
    bool replication_stalls = false;

private:
    friend class TestCluster;

    TestCluster& cluster_;
    NodeConfig config_;
    Random random_;
    std::unique_ptr<ClusterState> state_;
    std::shared_ptr<ClusterState::Saved const> saved_;
    bool is_up_ = true;
    std::uint64_t life_ = 0;  // cron of an earlier life must not run
};

/// Several nodes, a bus with a delay of 1 ms, and a clock that jumps from event to event.
class TestCluster {
public:
    struct Shape {
        int masters = 3;
        int replicas_per_master = 1;
        std::int64_t node_timeout_ms = 2000;
        std::function<void(NodeConfig&)> configure = {};
    };

    TestCluster() = default;
    /// Masters first, then the replicas of the first master, and so on.
    explicit TestCluster(Shape const& shape);

    /// A node that knows nobody.
    TestNode& add_fresh(std::int64_t node_timeout_ms = 2000);
    TestNode& operator[](std::size_t n) { return *nodes_[n]; }
    std::size_t size() const { return nodes_.size(); }

    void run_ms(std::int64_t ms);
    /// Runs until `reached`; returns the milliseconds it took, to within 5; -1: more than
    /// `limit_ms`.
    std::int64_t run_until(std::function<bool()> const& reached, std::int64_t limit_ms = 30'000);

    void cut(TestNode const& from, TestNode const& to) {
        cut_.insert({from.config_.port, to.config_.port});
    }
    void cut_both(TestNode const& a, TestNode const& b);
    void isolate(TestNode const& node);
    void heal() { cut_.clear(); }

    std::int64_t now_ms() const { return now_ms_; }
    std::uint64_t messages() const { return messages_; }
    /// Called for each message that is sent.
    std::function<void(TestNode const&, BusMessage const&)> on_message;

private:
    friend class TestNode;
    struct Event {
        std::int64_t at_ms;
        std::uint64_t sequence;
        std::function<void()> run;
        bool operator<(Event const& other) const {  // the queue's top is the greatest
            return std::pair{at_ms, sequence} > std::pair{other.at_ms, other.sequence};
        }
    };

    TestNode& add(NodeConfig config);
    void schedule(std::int64_t delay_ms, std::function<void()> run);
    void schedule_cron(TestNode& node, std::uint64_t life, std::int64_t delay_ms);
    TestNode* node_at(std::uint16_t port);
    bool is_cut(TestNode const& from, TestNode const& to) const;

    std::vector<std::unique_ptr<TestNode>> nodes_;
    std::priority_queue<Event> events_;
    std::set<std::pair<std::uint16_t, std::uint16_t>> cut_;
    std::int64_t now_ms_ = 1'700'000'000'000;
    std::uint64_t sequence_ = 0, messages_ = 0;
};

/// A made-up id: 40 times the digit, or counted up for larger n.
std::string id_of(std::size_t n);

}  // namespace keyslot::sim::test
