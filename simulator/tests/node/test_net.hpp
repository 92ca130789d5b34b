#pragma once

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/node/node.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// What a node executed, kept.
struct ExecutedCommand {
    std::string line;  ///< the words, with blanks between them
    std::int64_t replication_offset = 0;
    bool is_write = false;
    bool from_replication = false;
    bool in_transaction = false;
};

class TestNode;

/// A handful of nodes wired by hand: a virtual clock, and a millisecond on the way between any two.
class TestNet {
public:
    TestNet();
    ~TestNet();

    /// Nodes 1, 2, ...: 10.0.0.n:7000. Without `slots` a master of all.
    TestNode& add(NodeConfig config = {});
    /// A node with the id and address that the configuration names.
    TestNode& add_as_configured(NodeConfig config);
    /// A cluster: `masters` with the slots divided, and for each so many replicas, in this order.
    std::vector<TestNode*> add_cluster(std::size_t masters, std::size_t replicas_per_master);
    /// The same as one node that owns every slot.
    TestNode& add_single(NodeConfig config = {});

    void run_for(Duration duration);
    Instant now() const { return now_; }

    void at(Instant when, std::function<void()> event);
    void after(Duration delay, std::function<void()> event) { at(now_ + delay, std::move(event)); }
    TestNode* find(std::string_view ip, std::uint16_t port);
    TestNode* find_bus(std::string_view ip, std::uint16_t bus_port);

    /// No link or message between these two arrives any more.
    void cut(TestNode& a, TestNode& b);
    void heal() { cuts_.clear(); }
    bool is_cut(TestNode const& a, TestNode const& b) const;

    std::uint64_t last_id = 0;

private:
    friend class TestNode;
    std::vector<std::pair<TestNode const*, TestNode const*>> cuts_;
    std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events_;
    std::uint64_t sequence_ = 0;
    Instant now_{};
    std::vector<std::unique_ptr<TestNode>> nodes_;
};

/// A node and its host.
class TestNode final : public NodeHost {
public:
    TestNode(TestNet& net, NodeConfig config);
    ~TestNode() override;

    Node& node() { return *node_; }
    std::string const& id() const { return config_.id; }

    /// A client connection: bytes in, all bytes that came back out. "<closed>" at the end of a session.
    SessionId connect();
    std::string send(SessionId session, std::string_view bytes);
    /// What has come since.
    std::string received(SessionId session);
    void disconnect(SessionId session);
    /// One inline command on a connection of its own; runs the net until `patience` has passed or a
    /// reply is there.
    std::string ask(std::string_view line, Duration patience = {});

    /// Dies: links and sessions end.
    void crash();
    void restart(bool keep_data);
    bool is_up() const { return node_ != nullptr; }

    std::vector<ExecutedCommand> executed_commands;
    /// Cuts the connection to the master and nothing else.
    void break_links();
    /// What the host was last asked.
    Instant wake{};
    bool wake_in_background = true;
    int sends = 0;  ///< calls of send_to_session

private:
    friend class TestNet;
    struct Link {
        TestNode* peer = nullptr;
        SessionId peer_session = 0;
    };
    struct Client {
        TestNode* node = nullptr;  ///< nullptr: a test's own connection
        LinkId link = 0;
        std::string received;
    };

    // NodeHost
    Instant now() override { return net_.now(); }
    std::int64_t unix_time_ms() override;
    Random& random() override { return random_; }
    void wake_at(Instant at, bool background) override;
    void send_to_session(SessionId session, std::string_view bytes) override;
    void close_session(SessionId session) override;
    bool listen_on(std::string_view bind, std::uint16_t port) override;
    void open_link(LinkId link, std::string_view ip, std::uint16_t port) override;
    void send_to_link(LinkId link, std::string_view bytes) override;
    void close_link(LinkId link) override;
    void send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) override;
    void shut_down() override;
    void executed(Execution const& execution) override;

    void end_link(LinkId link, std::string_view reason);

    TestNet& net_;
    NodeConfig config_;
    Random random_;
    std::unique_ptr<Node> node_;
    std::shared_ptr<Node::Saved const> saved_;
    std::uint64_t wake_serial_ = 0;
    std::map<LinkId, Link> links_;
    std::map<SessionId, Client> clients_;
};

/// The bytes of a command as a client library sends it.
std::string command(std::initializer_list<std::string_view> words);

}  // namespace keyslot::sim
