#include "simulator/world/node_server.hpp"

#include "simulator/world/tapped_session.hpp"

#include <boost/asio/error.hpp>

#include <cassert>
#include <utility>

namespace keyslot::sim {

namespace {

constexpr std::uint16_t bus_port_offset = 10000;

std::string_view reason_of(error_code ec) {
    if (ec == asio::error::eof) {
        return "eof";
    }
    if (ec == asio::error::connection_refused) {
        return "refused";
    }
    return ec == asio::error::connection_reset ? "reset" : "timeout";
}

}  // namespace

/// A client's connection. It lives on while the node handles its bytes, although the node has closed it.
class NodeServer::Session final : public StreamReceiver {
public:
    Session(NodeServer& server, SessionId id, StreamEnd accepted, Endpoint const& peer)
        : end(std::move(accepted)), server_(server), id_(id) {
        end.receive_with(*this);
        if (SessionTap* const tap = server.parts_.tap) {
            tapped_ = std::make_unique<TappedSession>(
                *tap, SessionTap::Session{server.place_.cluster, server.place_.index,
                                          server.incarnation_, id, peer});
        }
    }

    std::size_t on_bytes(std::string_view bytes) override {
        bool stays_open = true;
        handling_ = true;
        if (tapped_) {
            stays_open = tapped_->on_bytes(bytes, *server_.node_, end);
        } else {
            server_.node_->on_session_bytes(id_, bytes);
        }
        handling_ = false;
        if (end && !stays_open) {
            end.close();
            server_.node_->on_session_closed(id_);
        }
        if (!end) {
            server_.forget_session(id_);
        }
        return bytes.size();
    }
    void send(std::string_view bytes) {
        if (!tapped_ || tapped_->lets_pass(bytes)) {
            end.send(bytes);
        }
    }
    void on_end(error_code) override {
        NodeServer& server = server_;
        SessionId const id = id_;
        server.forget_session(id);
        server.node_->on_session_closed(id);
    }
    /// False: it must not be destroyed yet.
    bool close() {
        end.close();
        return !handling_;
    }

    StreamEnd end;

private:
    NodeServer& server_;
    SessionId id_;
    bool handling_ = false;
    std::unique_ptr<TappedSession> tapped_;  // nullptr: nobody listens
};

/// A connection to another node's client port.
class NodeServer::Link final : public StreamReceiver {
public:
    Link(NodeServer& server, LinkId id) : server_(server), id_(id) {}
    ~Link() override { server_.parts_.network.cancel_connect(connecting); }

    void opened(error_code ec, StreamEnd connected) {
        connecting = 0;
        if (ec) {
            return ended(ec);
        }
        end = std::move(connected);
        end.receive_with(*this);
        server_.node_->on_link_open(id_);
    }
    std::size_t on_bytes(std::string_view bytes) override {
        handling = true;
        server_.node_->on_link_bytes(id_, bytes);
        handling = false;
        if (!end) {
            std::unique_ptr<Link> const self = server_.take_link(id_);
        }
        return bytes.size();
    }
    void on_end(error_code reason) override { ended(reason); }

    StreamEnd end;
    Network::ConnectId connecting = 0;
    bool handling = false;

private:
    void ended(error_code reason) {
        std::unique_ptr<Link> const self = server_.take_link(id_);
        server_.node_->on_link_closed(id_, reason_of(reason));
    }

    NodeServer& server_;
    LinkId id_;
};

NodeServer::NodeServer(WorldParts parts, Place place, NodeConfig config,
                       std::vector<ClusterState::Preset> const& presets, Random random)
    : parts_(parts),
      place_(place),
      config_(std::move(config)),
      address_{config_.ip, config_.port},
      bus_address_{config_.ip, static_cast<std::uint16_t>(config_.port + bus_port_offset)},
      presets_(presets),
      random_(random),
      clock_(parts.unix_time_origin_ms) {}

NodeServer::~NodeServer() = default;

void NodeServer::start() {
    assert(node_ == nullptr);
    node_ = std::make_unique<Node>(config_, static_cast<NodeHost&>(*this));
    if (config_.cluster_enabled && !presets_.empty()) {
        node_->cluster().preset(presets_, presets_.size());
    }
    listen();
    node_->start();
}

void NodeServer::listen() {
    parts_.network.listen(place_.host, address_, *this);
    if (config_.cluster_enabled) {
        parts_.bus.listen(place_.host, bus_address_, *this);
    }
}

void NodeServer::crash(HostState how) {
    if (node_ == nullptr) {
        return;
    }
    parts_.network.crash(place_.host, how);
    parts_.bus.close_listener(bus_address_);
    parts_.kernel.cancel(std::exchange(wake_, {}));
    saved_ = node_->save();
    node_.reset();
    sessions_.clear();
    links_.clear();
}

void NodeServer::restart(bool keep_data) {
    crash(HostState::process_down);
    ++incarnation_;
    parts_.network.restart(place_.host);
    node_ = std::make_unique<Node>(config_, static_cast<NodeHost&>(*this));
    node_->restore(*saved_, keep_data);
    listen();
    node_->start();
}

void NodeServer::skew_clock(std::int64_t parts_per_million, Duration wall_jump) {
    clock_.skew(parts_.kernel.now(), parts_per_million, wall_jump);
    if (parts_.kernel.is_pending(wake_)) {
        schedule_wake();
    }
}

void NodeServer::wake_at(Instant at, bool background) {
    if (parts_.kernel.is_pending(wake_) && at == wake_time_ && background == wake_background_) {
        return;
    }
    wake_time_ = at;
    wake_background_ = background;
    schedule_wake();
}

void NodeServer::schedule_wake() {
    parts_.kernel.cancel(wake_);
    EventTag const tag{
        .kind = EventKind::wake, .background = wake_background_, .actor = place_.host};
    wake_ = parts_.kernel.schedule(clock_.when(wake_time_), tag, [this] { node_->on_wake(); });
}

void NodeServer::on_accept(StreamEnd end, Endpoint const& peer) {
    auto const id = static_cast<SessionId>(sessions_.size() + 1);
    sessions_.push_back(std::make_unique<Session>(*this, id, std::move(end), peer));
    node_->on_session_open(id, peer.address + ":" + std::to_string(peer.port));
}

NodeServer::Session* NodeServer::find_session(SessionId session) {
    return session == 0 || session > sessions_.size() ? nullptr : sessions_[session - 1].get();
}

void NodeServer::forget_session(SessionId session) { sessions_[session - 1].reset(); }

void NodeServer::send_to_session(SessionId session, std::string_view bytes) {
    if (Session* const found = find_session(session)) {
        found->send(bytes);
    }
}

std::size_t NodeServer::unsent_bytes(SessionId session) {
    Session const* const found = find_session(session);
    return found != nullptr ? found->end.backlog() : 0;
}

void NodeServer::close_session(SessionId session) {
    Session* const found = find_session(session);
    if (found != nullptr && found->close()) {
        forget_session(session);
    }
}

void NodeServer::open_link(LinkId link, std::string_view ip, std::uint16_t port) {
    auto& place = links_[link];
    place = std::make_unique<Link>(*this, link);
    place->connecting = parts_.network.connect(
        place_.host, {std::string(ip), port}, {}, true,
        [to = place.get()](error_code ec, StreamEnd end) { to->opened(ec, std::move(end)); });
}

void NodeServer::send_to_link(LinkId link, std::string_view bytes) {
    if (auto const found = links_.find(link); found != links_.end()) {
        found->second->end.send(bytes);
    }
}

void NodeServer::close_link(LinkId link) {
    auto const found = links_.find(link);
    if (found == links_.end()) {
        return;
    }
    found->second->end.close();
    if (!found->second->handling) {
        std::unique_ptr<Link> const dropped = take_link(link);
    }
}

std::unique_ptr<NodeServer::Link> NodeServer::take_link(LinkId link) {
    auto const found = links_.find(link);
    if (found == links_.end()) {
        return nullptr;
    }
    std::unique_ptr<Link> taken = std::move(found->second);
    links_.erase(found);
    return taken;
}

void NodeServer::send_bus(std::string_view ip, std::uint16_t bus_port, BusMessage message) {
    parts_.bus.send(place_.host, {std::string(ip), bus_port}, std::move(message));
}

void NodeServer::executed(Execution const& execution) {
    if (!parts_.record_executions) {
        return;
    }
    parts_.executions.append({.at = parts_.kernel.now(),
                              .node = place_.index,
                              .cluster = place_.cluster,
                              .session = execution.session,
                              .incarnation = incarnation_,
                              .replication_offset = execution.replication_offset,
                              .is_write = execution.is_write,
                              .from_replication = execution.from_replication,
                              .in_transaction = execution.in_transaction,
                              .arguments = execution.arguments});
}

}  // namespace keyslot::sim
