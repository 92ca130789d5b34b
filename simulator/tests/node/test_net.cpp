#include "simulator/tests/node/test_net.hpp"

#include "client/protocol/resp_writer.hpp"
#include "simulator/cluster/endpoint.hpp"
#include "simulator/node/bind_addresses.hpp"

#include <algorithm>
#include <chrono>

namespace keyslot::sim {

namespace {

constexpr Duration delay = std::chrono::milliseconds{1};

}  // namespace

TestNet::TestNet() = default;
TestNet::~TestNet() = default;

TestNode& TestNet::add(NodeConfig config) {
    std::size_t const number = nodes_.size() + 1;
    config.id = std::string(38, 'a') + std::to_string(10 + number);
    config.ip = "10.0.0." + std::to_string(number);
    config.port = 7000;
    config.repl_diskless_sync_delay_s = 0;
    return add_as_configured(std::move(config));
}

TestNode& TestNet::add_as_configured(NodeConfig config) {
    nodes_.push_back(std::make_unique<TestNode>(*this, std::move(config)));
    return *nodes_.back();
}

TestNode& TestNet::add_single(NodeConfig config) {
    TestNode& node = add(std::move(config));
    NodeConfig const& its = node.node().config();
    ClusterState::Preset const preset{
        make_contact(its.id, its.ip, its.port), "", {}, {{0, 16383}}, 1};
    node.node().cluster().preset(std::span(&preset, 1), 1);
    node.node().start();
    run_for(std::chrono::seconds{3});  // a master that has just started does not serve
    return node;
}

std::vector<TestNode*> TestNet::add_cluster(std::size_t masters, std::size_t replicas_per_master) {
    std::vector<TestNode*> made;
    std::vector<ClusterState::Preset> presets;
    std::size_t const count = masters * (1 + replicas_per_master);
    for (std::size_t n = 0; n < count; ++n) {
        NodeConfig config;
        config.node_timeout_ms = 2000;
        made.push_back(&add(config));
        NodeConfig const& its = made[n]->node().config();
        ClusterState::Preset preset{make_contact(its.id, its.ip, its.port), "", {}, {}, n + 1};
        if (n < masters) {
            preset.slots = {{static_cast<std::uint16_t>(16384 * n / masters),
                             static_cast<std::uint16_t>(16384 * (n + 1) / masters - 1)}};
        } else {
            std::size_t const master = (n - masters) % masters;
            preset.master = made[master]->id();
            preset.config_epoch = master + 1;
        }
        presets.push_back(preset);
    }
    for (TestNode* node : made) {
        node->node().cluster().preset(presets, masters);
    }
    for (TestNode* node : made) {
        node->node().start();
    }
    run_for(std::chrono::seconds{3});
    return made;
}

void TestNet::run_for(Duration duration) {
    Instant const end = now_ + duration;
    while (!events_.empty() && events_.begin()->first.first <= end) {
        auto event = events_.extract(events_.begin());
        now_ = event.key().first;
        event.mapped()();
    }
    now_ = end;
}

void TestNet::at(Instant when, std::function<void()> event) {
    events_.emplace(std::pair{std::max(when, now_), ++sequence_}, std::move(event));
}

TestNode* TestNet::find(std::string_view ip, std::uint16_t port) {
    for (auto const& node : nodes_) {
        if (node->config_.ip == ip && node->config_.port == port) {
            return node.get();
        }
    }
    return nullptr;
}

TestNode* TestNet::find_bus(std::string_view ip, std::uint16_t bus_port) {
    for (auto const& node : nodes_) {
        bool const is_there = node->node_ && node->config_.ip == ip;
        if (is_there && bus_port_of(node->node_->config()) == bus_port) {
            return node.get();
        }
    }
    return nullptr;
}

void TestNet::cut(TestNode& a, TestNode& b) { cuts_.emplace_back(&a, &b); }

bool TestNet::is_cut(TestNode const& a, TestNode const& b) const {
    return std::ranges::any_of(cuts_, [&](auto const& pair) {
        return pair == std::pair{&a, &b} || pair == std::pair{&b, &a};
    });
}

TestNode::TestNode(TestNet& net, NodeConfig config)
    : net_(net),
      config_(std::move(config)),
      random_(Random{1}.fork(config_.ip)),
      node_(std::make_unique<Node>(config_, *this)) {}

TestNode::~TestNode() = default;

std::int64_t TestNode::unix_time_ms() {
    return 1'700'000'000'000 + net_.now().time_since_epoch() / std::chrono::milliseconds{1};
}

SessionId TestNode::connect() {
    SessionId const session = ++net_.last_id;
    clients_[session] = {};
    node_->on_session_open(session, "192.168.0.1:" + std::to_string(1000 + session));
    return session;
}

std::string TestNode::send(SessionId session, std::string_view bytes) {
    if (node_) {
        node_->on_session_bytes(session, bytes);
    }
    return received(session);
}

std::string TestNode::received(SessionId session) {
    return std::exchange(clients_[session].received, {});
}

void TestNode::disconnect(SessionId session) {
    if (clients_.erase(session) != 0 && node_) {
        node_->on_session_closed(session);
    }
}

std::string TestNode::ask(std::string_view line, Duration patience) {
    SessionId const session = connect();
    std::string reply = send(session, std::string(line) + "\r\n");
    Instant const end = net_.now() + patience;
    while (reply.empty() && net_.now() < end) {
        net_.run_for(delay);
        reply = received(session);
    }
    disconnect(session);
    return reply;
}

void TestNode::crash() {
    if (!node_) {
        return;
    }
    saved_ = node_->save();
    node_.reset();
    ++wake_serial_;
    for (auto const& [id, client] : clients_) {
        if (client.node != nullptr) {
            net_.after(delay,
                       [peer = client.node, link = client.link] { peer->end_link(link, "reset"); });
        }
    }
    for (auto const& [id, link] : links_) {
        if (link.peer != nullptr) {  // else it was not open yet
            net_.after(delay, [peer = link.peer, session = link.peer_session] {
                peer->disconnect(session);
            });
        }
    }
    std::erase_if(clients_, [](auto const& entry) { return entry.second.node != nullptr; });
    links_.clear();
}

void TestNode::restart(bool keep_data) {
    node_ = std::make_unique<Node>(config_, *this);
    node_->restore(*saved_, keep_data);
    node_->start();
}

void TestNode::break_links() {
    for (auto const& [id, link] : std::map(links_)) {
        link.peer->disconnect(link.peer_session);
        end_link(id, "reset");
    }
}

void TestNode::end_link(LinkId link, std::string_view reason) {
    if (links_.erase(link) != 0 && node_) {
        node_->on_link_closed(link, reason);
    }
}

void TestNode::wake_at(Instant at, bool background) {
    wake = at;
    wake_in_background = background;
    net_.at(at, [this, serial = ++wake_serial_] {
        if (serial == wake_serial_ && node_) {
            node_->on_wake();
        }
    });
}

void TestNode::send_to_session(SessionId session, std::string_view bytes) {
    ++sends;
    Client& client = clients_.at(session);
    if (client.node == nullptr) {
        client.received += bytes;
        return;
    }
    net_.after(delay, [this, peer = client.node, link = client.link, text = std::string(bytes)] {
        if (peer->node_ && peer->links_.contains(link) && !net_.is_cut(*this, *peer)) {
            peer->node_->on_link_bytes(link, text);
        }
    });
}

void TestNode::close_session(SessionId session) {
    Client& client = clients_.at(session);
    if (client.node == nullptr) {
        client.received += "<closed>";
        return;
    }
    net_.after(delay, [peer = client.node, link = client.link] { peer->end_link(link, "eof"); });
    clients_.erase(session);
}

bool TestNode::listen_on(std::string_view bind, std::uint16_t) {
    auto const no_names = [](std::string const&) { return std::optional<std::string>(); };
    return bind_outcome(bind, config_.ip, no_names) != BindOutcome::failed;
}

void TestNode::open_link(LinkId link, std::string_view ip, std::uint16_t port) {
    links_[link] = {};
    net_.after(delay, [this, link, peer = net_.find(ip, port)] {
        if (!node_ || !links_.contains(link)) {
            return;
        }
        if (peer != nullptr && net_.is_cut(*this, *peer)) {
            return;  // silence
        }
        if (peer == nullptr || !peer->node_) {
            return end_link(link, "refused");
        }
        SessionId const session = ++net_.last_id;
        links_[link] = {peer, session};
        peer->clients_[session] = {this, link, {}};
        peer->node_->on_session_open(session, config_.ip + ":40000");
        node_->on_link_open(link);
    });
}

void TestNode::send_to_link(LinkId link, std::string_view bytes) {
    Link const to = links_.at(link);
    net_.after(delay, [this, to, text = std::string(bytes)] {
        if (to.peer->node_ && to.peer->clients_.contains(to.peer_session) &&
            !net_.is_cut(*this, *to.peer)) {
            to.peer->node_->on_session_bytes(to.peer_session, text);
        }
    });
}

void TestNode::close_link(LinkId link) {
    Link const to = links_[link];
    links_.erase(link);
    if (to.peer != nullptr) {
        net_.after(delay, [to] { to.peer->disconnect(to.peer_session); });
    }
}

void TestNode::send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) {
    TestNode* const peer = net_.find_bus(ip, bus_port);
    net_.after(delay, [this, peer, message = std::move(message)] {
        if (peer != nullptr && peer->node_ && !net_.is_cut(*this, *peer)) {
            peer->node_->on_bus(message);
        }
    });
}

void TestNode::shut_down() {
    net_.after({}, [this] { crash(); });
}

void TestNode::executed(Execution const& execution) {
    ExecutedCommand command;
    for (std::string_view const word : execution.arguments) {
        command.line += command.line.empty() ? "" : " ";
        command.line += word;
    }
    command.replication_offset = execution.replication_offset;
    command.is_write = execution.is_write;
    command.from_replication = execution.from_replication;
    command.in_transaction = execution.in_transaction;
    executed_commands.push_back(std::move(command));
}

std::string command(std::initializer_list<std::string_view> words) {
    std::string bytes;
    protocol::write_command(bytes, words);
    return bytes;
}

}  // namespace keyslot::sim
