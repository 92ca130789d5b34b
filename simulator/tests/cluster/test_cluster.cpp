#include "simulator/tests/cluster/test_cluster.hpp"

#include "client/protocol/hash_slot.hpp"

#include <algorithm>
#include <chrono>

namespace keyslot::sim::test {
namespace {

constexpr std::uint16_t first_port = 7000;
constexpr std::int64_t bus_delay_ms = 1;
constexpr std::int64_t cron_ms = 100;
constexpr std::int64_t step_ms = 5;

}  // namespace

std::string id_of(std::size_t n) {
    std::string digits = std::to_string(n + 1);
    return std::string(NodeId::length - digits.size(), 'a') + digits;
}

TestNode::TestNode(TestCluster& cluster, NodeConfig config, std::uint64_t seed)
    : cluster_(cluster),
      config_(std::move(config)),
      random_(seed),
      state_(std::make_unique<ClusterState>(config_, *this)) {}

std::string TestNode::cluster(std::initializer_list<std::string_view> words, int protocol) {
    std::vector<std::string_view> arguments{"CLUSTER"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::string out;
    protocol::RespWriter reply{out, protocol};
    state_->cluster_command(arguments, reply);
    return out;
}

std::string TestNode::info(std::string_view key) {
    std::string const text = cluster({"INFO"});
    std::string const start = "\n" + std::string{key} + ":";
    std::size_t const at = text.find(start);
    if (at == std::string::npos) {
        return {};
    }
    std::size_t const from = at + start.size();
    return text.substr(from, text.find('\r', from) - from);
}

std::string TestNode::line_about(TestNode const& other) {
    std::string const text = cluster({"NODES"});
    std::size_t const at = text.find("\n" + other.state().my_id() + " ");
    return at == std::string::npos ? std::string{}
                                   : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

bool TestNode::sees(TestNode const& other, std::string_view flags) {
    return line_about(other).find(" " + std::string{flags} + " ") != std::string::npos;
}

void TestNode::crash() {
    saved_ = state_->save();
    is_up_ = false;
    ++life_;
    replicates.reset();
}

void TestNode::restart() {
    state_ = std::make_unique<ClusterState>(config_, *this);
    state_->restore(*saved_);
    is_up_ = true;
    master_heard_ms = -1;
    state_->start();
    cluster_.schedule_cron(*this, life_, 1);
}

Instant TestNode::now() { return Instant{std::chrono::milliseconds{cluster_.now_ms()}}; }

std::int64_t TestNode::unix_time_ms() { return cluster_.now_ms(); }

void TestNode::send_bus(std::string_view, std::uint16_t bus_port, BusMessage message) {
    TestNode* const to = cluster_.node_at(static_cast<std::uint16_t>(bus_port - 10000));
    ++cluster_.messages_;
    if (cluster_.on_message) {
        cluster_.on_message(*this, message);
    }
    if (to == nullptr || cluster_.is_cut(*this, *to)) {
        return;
    }
    cluster_.schedule(bus_delay_ms, [to, message = std::move(message)] {
        if (to->is_up_) {
            to->state_->on_bus(message);
        }
    });
}

std::size_t TestNode::count_keys_in_slot(std::uint16_t slot) {
    return static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), [&](auto const& key) {
        return protocol::hash_slot(key) == slot;
    }));
}

std::vector<std::string> TestNode::keys_in_slot(std::uint16_t slot, std::size_t count) {
    std::vector<std::string> found;
    for (std::string const& key : keys) {
        if (protocol::hash_slot(key) == slot && found.size() < count) {
            found.push_back(key);
        }
    }
    return found;
}

void TestNode::drop_keys_in_slot(std::uint16_t slot) {
    std::erase_if(keys, [&](auto const& key) { return protocol::hash_slot(key) == slot; });
}

void TestNode::start_replicating(std::string_view ip, std::uint16_t port) {
    replicates.emplace(ip, port);
    follow_master();
}

void TestNode::follow_master() {
    if (!replicates || replication_stalls) {
        return;
    }
    TestNode* const master = cluster_.node_at(replicates->second);
    if (master == nullptr) {
        return;
    }
    bool const is_cut = cluster_.is_cut(*this, *master) || cluster_.is_cut(*master, *this);
    if (master->is_up_ && !is_cut) {
        offset = master->offset;
        master_heard_ms = cluster_.now_ms();
    }
}

std::int64_t TestNode::master_link_idle_ms() {
    follow_master();
    return master_heard_ms < 0 ? -1 : cluster_.now_ms() - master_heard_ms;
}

void TestNode::deliver_publish(std::string_view channel, std::string_view payload, bool shard) {
    published.push_back(std::string{channel} + "=" + std::string{payload} +
                        (shard ? " (shard)" : ""));
}

TestCluster::TestCluster(Shape const& shape) {
    std::vector<ClusterState::Preset> presets;
    int const count = shape.masters * (1 + shape.replicas_per_master);
    for (int n = 0; n < count; ++n) {
        NodeConfig config;
        config.id = id_of(static_cast<std::size_t>(n));
        config.port = static_cast<std::uint16_t>(first_port + n);
        config.node_timeout_ms = shape.node_timeout_ms;
        if (shape.configure) {
            shape.configure(config);
        }
        ClusterState::Preset preset{.contact = make_contact(config.id, config.ip, config.port),
                                    .hostname = config.hostname,
                                    .master = {},
                                    .slots = {},
                                    .config_epoch = 0};
        if (n < shape.masters) {
            // As redis-cli shares them out: 0-5460, 5461-10922, 10923-16383.
            double const share = 16384.0 / shape.masters;
            auto const bound = [&](int i) { return static_cast<std::uint16_t>(share * i + 0.5); };
            preset.slots = {{bound(n), static_cast<std::uint16_t>(bound(n + 1) - 1)}};
            preset.config_epoch = static_cast<std::uint64_t>(n) + 1;
        } else {
            preset.master =
                id_of(static_cast<std::size_t>((n - shape.masters) / shape.replicas_per_master));
        }
        presets.push_back(preset);
        add(std::move(config));
    }
    for (auto const& node : nodes_) {
        node->state_->preset(presets, static_cast<std::uint64_t>(count));
        node->state_->start();
    }
}

TestNode& TestCluster::add_fresh(std::int64_t node_timeout_ms) {
    NodeConfig config;
    config.id = id_of(nodes_.size());
    config.port = static_cast<std::uint16_t>(first_port + nodes_.size());
    config.node_timeout_ms = node_timeout_ms;
    TestNode& node = add(std::move(config));
    node.state_->start();
    return node;
}

TestNode& TestCluster::add(NodeConfig config) {
    std::uint64_t const seed = nodes_.size() + 1;
    nodes_.push_back(std::make_unique<TestNode>(*this, std::move(config), seed));
    // Nodes do not tick together.
    schedule_cron(*nodes_.back(), 0, static_cast<std::int64_t>(seed * 17 % cron_ms));
    return *nodes_.back();
}

void TestCluster::schedule(std::int64_t delay_ms, std::function<void()> run) {
    events_.push({now_ms_ + delay_ms, sequence_++, std::move(run)});
}

void TestCluster::schedule_cron(TestNode& node, std::uint64_t life, std::int64_t delay_ms) {
    schedule(delay_ms, [this, &node, life] {
        if (node.life_ == life && node.is_up_) {
            node.follow_master();
            node.state_->cron();
            schedule_cron(node, life, cron_ms);
        }
    });
}

void TestCluster::run_ms(std::int64_t ms) {
    std::int64_t const end_ms = now_ms_ + ms;
    while (!events_.empty() && events_.top().at_ms <= end_ms) {
        Event const event = events_.top();
        events_.pop();
        now_ms_ = event.at_ms;
        event.run();
    }
    now_ms_ = end_ms;
}

std::int64_t TestCluster::run_until(std::function<bool()> const& reached, std::int64_t limit_ms) {
    std::int64_t const start_ms = now_ms_;
    while (!reached()) {
        if (now_ms_ - start_ms >= limit_ms) {
            return -1;
        }
        run_ms(step_ms);
    }
    return now_ms_ - start_ms;
}

void TestCluster::cut_both(TestNode const& a, TestNode const& b) {
    cut(a, b);
    cut(b, a);
}

void TestCluster::isolate(TestNode const& node) {
    for (auto const& other : nodes_) {
        if (other.get() != &node) {
            cut_both(node, *other);
        }
    }
}

TestNode* TestCluster::node_at(std::uint16_t port) {
    std::size_t const n = static_cast<std::size_t>(port) - first_port;
    return n < nodes_.size() ? nodes_[n].get() : nullptr;
}

bool TestCluster::is_cut(TestNode const& from, TestNode const& to) const {
    return cut_.contains({from.config_.port, to.config_.port});
}

}  // namespace keyslot::sim::test
