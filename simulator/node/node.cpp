#include "simulator/node/node.hpp"

#include "simulator/node/server.hpp"

#include <utility>

namespace keyslot::sim {

struct Node::Impl : Server {
    using Server::Server;
};

struct Node::Saved {
    std::shared_ptr<ClusterState::Saved const> cluster;
    Keyspace keyspace;
};

Node::Node(NodeConfig config, NodeHost& host)
    : impl_(std::make_unique<Impl>(std::move(config), host)) {}

Node::~Node() = default;

void Node::start() { impl_->start(); }

void Node::on_session_open(SessionId session, std::string_view peer) {
    impl_->on_session_open(session, peer);
}
void Node::on_session_bytes(SessionId session, std::string_view bytes) {
    impl_->on_session_bytes(session, bytes);
}
void Node::on_session_closed(SessionId session) { impl_->on_session_closed(session); }
void Node::on_link_open(LinkId link) { impl_->on_link_open(link); }
void Node::on_link_bytes(LinkId link, std::string_view bytes) { impl_->on_link_bytes(link, bytes); }
void Node::on_link_closed(LinkId link, std::string_view reason) {
    impl_->on_link_closed(link, reason);
}
void Node::on_bus(BusMessage const& message) { impl_->on_bus_message(message); }
void Node::on_wake() { impl_->on_wake(); }

void Node::change_address(std::string ip) {
    impl_->config.ip = std::move(ip);
    impl_->cluster.change_address();
}

NodeConfig const& Node::config() const { return impl_->config; }
ClusterState& Node::cluster() { return impl_->cluster; }
ClusterState const& Node::cluster() const { return impl_->cluster; }
void Node::has_replicated(std::int64_t bytes) { impl_->feed.log().start_at(bytes); }

bool Node::is_master() const { return impl_->cluster.is_master(); }
std::int64_t Node::replication_offset() const { return impl_->feed.log().offset(); }
Statistics const& Node::statistics() const { return impl_->statistics; }

std::shared_ptr<Node::Saved const> Node::save() const {
    auto saved = std::make_shared<Saved>();
    saved->cluster = impl_->cluster.save();
    saved->keyspace.copy_from(impl_->keyspace);
    return saved;
}

void Node::restore(Saved const& saved, bool keep_data) {
    impl_->enter();
    if (keep_data) {
        impl_->keyspace.copy_from(saved.keyspace);
    }
    impl_->cluster.restore(*saved.cluster);  // it looks whether somebody is in charge of each key
}

}  // namespace keyslot::sim
