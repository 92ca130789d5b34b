#include "simulator/world/node_server.hpp"

#include "client/protocol/request_parser.hpp"
#include "simulator/cluster/endpoint.hpp"
#include "simulator/world/tapped_session.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace keyslot::sim {

namespace {

/// Longer than an instant, and shorter than anything else.
constexpr Duration hold_time = std::chrono::microseconds{1};
constexpr Duration busy_poll = std::chrono::milliseconds{1};

std::string_view reason_of(error_code ec) {
    if (ec == asio::error::eof) {
        return "eof";
    }
    if (ec == asio::error::connection_refused) {
        return "refused";
    }
    return ec == asio::error::connection_reset ? "reset" : "timeout";
}

/// What a slow node is busy with.
struct Backlog {
    std::string waiting;  // to be handled when the time is up

    /// How many commands are complete with these bytes.
    std::size_t count_commands(std::string_view bytes) {
        counted += bytes;
        std::size_t commands = 0;
        std::size_t used = 0;
        while (used < counted.size()) {
            auto const status = counter.parse(std::string_view(counted).substr(used));
            if (status == protocol::ParseStatus::need_more) {
                break;
            }
            if (status == protocol::ParseStatus::error) {  // the fault began within a request
                counter.reset();
                used = counted.size();
            } else {
                used += counter.consumed();
            }
            ++commands;
        }
        counted.erase(0, used);
        return commands;
    }

    std::string counted;  // of a command that is not complete
    protocol::RequestParser counter;
};

}  // namespace

/// A client's connection. It lives on while the node handles its bytes, although the node has closed it.
class NodeServer::Session final : public StreamReceiver {
public:
    Session(NodeServer& server, SessionId id, StreamEnd accepted, Endpoint const& peer)
        : end(std::move(accepted)),
          server_(server),
          known_as_{.cluster = server.place_.cluster,
                    .node = server.place_.index,
                    .incarnation = server.incarnation_,
                    .id = id,
                    .peer = peer,
                    .host = server.place_.host} {
        end.receive_with(*this);
        if (server.speaks_tls_) {
            tls_ = server.acceptor();
        }
        if (!server.parts_.taps.empty()) {
            tap(TappedSession::Opened::now);
        }
    }
    ~Session() override { server_.parts_.kernel.cancel(held_); }

    SessionTap::Session const& known_as() const { return known_as_; }

    std::size_t on_bytes(std::string_view bytes) override {
        std::size_t const all = bytes.size();
        if (!tls_ || shake_hands(bytes)) {
            hear(bytes);
        }
        return all;
    }
    void hear(std::string_view bytes) {
        if (server_.per_command_ > Duration{}) {
            if (backlog_ == nullptr) {
                backlog_ = std::make_unique<Backlog>();
            }
            if (std::size_t const commands = backlog_->count_commands(bytes); commands > 0) {
                backlog_->waiting += bytes;
                server_.be_busy(known_as_.id, commands);
                return;
            }
        }
        handle(bytes);
    }
    /// What kept the node busy takes effect.
    void finish_work() {
        std::string const bytes = std::exchange(backlog_->waiting, {});
        handle(bytes);
    }
    void send(std::string_view bytes) {
        if (!tapped_ || tapped_->lets_pass(bytes)) {
            end.send(bytes);
        }
    }
    void on_end(error_code) override { go(); }
    /// False: it must not be destroyed yet.
    bool close() {
        end.close();
        return !handling_;
    }

    StreamEnd end;

private:
    using Next = TappedSession::Next;

    void tap(TappedSession::Opened opened) {
        tapped_ = std::make_unique<TappedSession>(server_.parts_.taps, known_as_, opened);
    }
    /// True: some of the bytes are behind the handshake, and left.
    bool shake_hands(std::string_view& bytes) {
        std::string answer;
        TlsAcceptor::State const state = tls_->hear(bytes, answer);
        end.send(answer);
        if (state == TlsAcceptor::State::refused) {
            end.close();
            go();
            return false;
        }
        return !bytes.empty();
    }
    // The last that this object does.
    void go() {
        NodeServer& server = server_;
        SessionId const id = known_as_.id;
        server.forget_session(id);
        server.node_->on_session_closed(id);
    }
    void handle(std::string_view bytes) {
        if (!tapped_ && !server_.parts_.taps.empty()) {
            tap(TappedSession::Opened::earlier);
        }
        run([&] {
            if (tapped_) {
                return tapped_->on_bytes(bytes, *server_.node_, end);
            }
            server_.node_->on_session_bytes(known_as_.id, bytes);
            return Next::more;
        });
    }
    void go_on() {
        run([this] { return tapped_->go_on(*server_.node_, end); });
    }
    template <class F>
    void run(F&& talk) {
        NodeServer& server = server_;
        handling_ = true;
        Next const next = talk();
        handling_ = false;
        if (end && next == Next::close) {
            end.close();
            server.node_->on_session_closed(known_as_.id);
        }
        if (!end) {
            server.forget_session(known_as_.id);
        } else if (next == Next::held) {
            EventTag const tag{.kind = EventKind::control, .actor = server.place_.host};
            held_ = server.parts_.kernel.schedule(server.parts_.kernel.now() + hold_time, tag,
                                                  [this] { go_on(); });
        }
        server.note_state();
    }
    NodeServer& server_;
    SessionTap::Session known_as_;
    bool handling_ = false;
    std::unique_ptr<TlsAcceptor> tls_;  // nullptr: the port is a plain one
    std::unique_ptr<TappedSession> tapped_;  // nullptr: nobody listens
    EventId held_;  // a request that waits
    std::unique_ptr<Backlog> backlog_;  // nullptr: the node has never been slow
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
        if (server_.tls_port_) {
            tls_ = std::make_unique<TlsConnector>(
                TlsOptions{.verify = false, .certificate_file = "node"}, "");
            end.send(tls_->hello());
            return;
        }
        server_.node_->on_link_open(id_);
        server_.note_state();
    }
    std::size_t on_bytes(std::string_view bytes) override {
        std::size_t const all = bytes.size();
        if (!tls_) {
            tell([this, bytes] { server_.node_->on_link_bytes(id_, bytes); });
        } else if (std::optional<error_code> const outcome = tls_->hear(bytes)) {
            // A node says nothing unasked: there is nothing behind the handshake.
            tls_.reset();
            if (*outcome) {
                ended(*outcome);
            } else {
                tell([this] { server_.node_->on_link_open(id_); });
            }
        }
        return all;
    }
    void on_end(error_code reason) override { ended(reason); }

    StreamEnd end;
    Network::ConnectId connecting = 0;
    bool handling = false;

private:
    // What the node is told may close the link; then this object goes.
    template <class F>
    void tell(F&& what) {
        handling = true;
        what();
        handling = false;
        server_.note_state();
        if (!end) {
            std::unique_ptr<Link> const self = server_.take_link(id_);
        }
    }
    void ended(error_code reason) {
        std::unique_ptr<Link> const self = server_.take_link(id_);
        server_.node_->on_link_closed(id_, reason_of(reason));
        server_.note_state();
    }

    NodeServer& server_;
    LinkId id_;
    std::unique_ptr<TlsConnector> tls_;  // nullptr: no handshake is under way
};

NodeServer::NodeServer(WorldParts parts, Place place, NodeConfig config,
                       std::vector<ClusterState::Preset> const& presets, Random random)
    : parts_(parts),
      place_(place),
      config_(std::move(config)),
      address_{config_.ip, config_.port},
      listening_(address_),
      bus_address_{config_.ip, bus_port_of(config_)},
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
    if (std::string const& bind = node_->config().bind; bind_to(bind) == BindOutcome::failed) {
        throw std::invalid_argument("bind '" + bind + "': " + address_.address +
                                    " is not there, or is given twice");
    }
    listen();
    node_->start();
}

BindOutcome NodeServer::bind_to(std::string_view addresses) const {
    return bind_outcome(addresses, address_.address, [this](std::string const& name) {
        std::vector<std::string> found;
        if (!parts_.network.names().resolve(name, found)) {
            return std::optional(found.front());
        }
        return name == "localhost" ? std::optional<std::string>("127.0.0.1") : std::nullopt;
    });
}

void NodeServer::listen() {
    bool const is_bound = bind_to(node_->config().bind) == BindOutcome::heard;
    hears_ = is_bound && listening_.port != 0;
    if (hears_) {
        parts_.network.listen(place_.host, listening_, *this);
    }
    if (config_.cluster_enabled && is_bound) {
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
    parts_.kernel.cancel(std::exchange(busy_, {}));
    parts_.kernel.cancel(std::exchange(ending_, {}));
    if (config_.cluster_enabled) {
        config_.id = node_->cluster().my_id();
    }
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
    listening_ = address_;
    listen();
    node_->start();
}

void NodeServer::skew_clock(ClockSkew const& skew) {
    clock_.skew(parts_.kernel.now(), skew);
    if (parts_.kernel.is_pending(wake_)) {
        schedule_wake();
    }
}

void NodeServer::change_address(std::string ip) {
    parts_.network.move_host(place_.host, ip);
    parts_.bus.close_listener(bus_address_);
    config_.ip = address_.address = listening_.address = bus_address_.address = std::move(ip);
    if (node_ != nullptr) {
        node_->change_address(config_.ip);
        listen();
    }
}

bool NodeServer::listen_on(std::string_view bind, std::uint16_t port) {
    BindOutcome const outcome = bind_to(bind);
    bool const hears = outcome == BindOutcome::heard && port != 0;
    Endpoint const wanted{listening_.address, port};
    bool const is_ours = hears_ && wanted == listening_;
    if (outcome == BindOutcome::failed ||
        (hears && !is_ours && parts_.network.is_listened_on(wanted))) {
        return false;
    }
    if (hears_) {
        parts_.network.close_listener(listening_);
    }
    listening_ = wanted;
    hears_ = hears;
    if (hears_) {
        parts_.network.listen(place_.host, listening_, *this);
    }
    return true;
}

/// The event loop is at it until then: whatever else comes has to wait, the bus and cron too.
void NodeServer::be_busy(SessionId session, std::size_t commands) {
    busy_with_ = session;
    parts_.kernel.freeze(place_.host, Stop::busy);
    Instant const done = parts_.kernel.now() + per_command_ * static_cast<Duration::rep>(commands);
    busy_ = parts_.kernel.schedule(done, {.kind = EventKind::control}, [this] { finish_work(); });
}

void NodeServer::finish_work() {
    if (parts_.kernel.is_frozen(place_.host, Stop::paused)) {  // stopped in the middle of it
        EventTag const tag{.kind = EventKind::control, .background = true};
        busy_ =
            parts_.kernel.schedule(parts_.kernel.now() + busy_poll, tag, [this] { finish_work(); });
        return;
    }
    parts_.kernel.thaw(place_.host, Stop::busy);
    if (Session* const session = find_session(busy_with_)) {
        session->finish_work();
    }
}

void NodeServer::push(std::string_view bytes, std::vector<std::string> const& peers,
                      std::function<void(SessionTap::Session const&)> const& sent) {
    for (auto const& session : sessions_) {
        if (session != nullptr && std::find(peers.begin(), peers.end(),
                                            session->known_as().peer.address) != peers.end()) {
            session->end.send(bytes);
            sent(session->known_as());
        }
    }
}

void NodeServer::note_state() {
    if (parts_.triggers.wait_for_states() && node_ != nullptr) [[unlikely]] {
        parts_.triggers.note_state(place_.host, node_->is_master(), node_->cluster().state_ok());
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
    wake_ = parts_.kernel.schedule(clock_.when(wake_time_), tag, [this] {
        node_->on_wake();
        note_state();
    });
}

void NodeServer::on_accept(StreamEnd end, Endpoint const& peer) {
    auto const id = static_cast<SessionId>(sessions_.size() + 1);
    sessions_.push_back(std::make_unique<Session>(*this, id, std::move(end), peer));
    if (parts_.record_executions) {
        parts_.routing.opened(routing_place(id), peer.address);
    }
    node_->on_session_open(id, peer.address + ":" + std::to_string(peer.port));
}

std::unique_ptr<TlsAcceptor> NodeServer::acceptor() const {
    std::vector<std::string> own{address_.address};
    if (!config_.hostname.empty()) {
        own.push_back(config_.hostname);
    }
    return std::make_unique<TlsAcceptor>(tls_port_, std::move(own));
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

/// The node is in the middle of a call: it goes when that is over.
void NodeServer::shut_down() {
    EventTag const tag{.kind = EventKind::control, .actor = place_.host};
    ending_ = parts_.kernel.schedule(parts_.kernel.now(), tag,
                                     [this] { crash(HostState::process_down); });
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
                              .config_epoch = node_->cluster().config_epoch(),
                              .is_write = execution.is_write,
                              .from_replication = execution.from_replication,
                              .in_transaction = execution.in_transaction,
                              .arguments = execution.arguments});
    if (execution.session != 0 && RoutingLog::tells_topology(execution.arguments)) {
        parts_.routing.told(routing_place(execution.session), node_->cluster());
    }
}

void NodeServer::refused(Refusal const& refusal) {
    if (parts_.record_executions) {
        parts_.routing.refused(routing_place(refusal.session), refusal, node_->cluster());
    }
}

RoutingLog::Place NodeServer::routing_place(SessionId session) const {
    return {.at = parts_.kernel.now(),
            .executed = parts_.executions.size(),
            .cluster = place_.cluster,
            .node = place_.index,
            .incarnation = incarnation_,
            .session = session};
}

}  // namespace keyslot::sim
