#include "simulator/node/master_link.hpp"

#include "client/protocol/resp_writer.hpp"
#include "simulator/node/server.hpp"
#include "simulator/node/snapshot.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace keyslot::sim {

namespace {

std::int64_t to_number(std::string_view text) {
    std::int64_t number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::int64_t whole_seconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

void MasterLink::follow(std::string_view ip, std::uint16_t port) {
    if (state_ == State::none) {
        // A master that steps down can continue with the node promoted in its place, if that knows our
        // history up to where we are.
        may_continue_ = server_.feed.log().recording();
    } else {
        drop();
    }
    ip_ = ip;
    port_ = port;
    connect();
}

void MasterLink::leave() {
    drop();
    state_ = State::none;
    down_since_ = Instant::min();
    ip_.clear();
    port_ = 0;
}

void MasterLink::connect() {
    link_ = server_.new_link();
    state_ = State::connecting;
    heard_at_ = server_.now();
    forget_stream();
    server_.host.open_link(link_, ip_, port_);
}

void MasterLink::forget_stream() {
    input_.clear();
    used_ = 0;
    parser_.reset();
    in_transaction_ = false;
    transaction_.clear();
    transaction_bytes_.clear();
    data_size_ = -1;
    loaded_.reset();
}

void MasterLink::drop() {
    if (state_ == State::connected) {
        down_since_ = server_.now();
    }
    if (link_ != 0) {
        server_.host.close_link(std::exchange(link_, 0));
    }
    state_ = State::connect;
    forget_stream();
}

void MasterLink::on_open(LinkId link) {
    if (link != link_) {
        return;
    }
    heard_at_ = server_.now();
    state_ = State::handshake;
    step_ = Step::ping;
    send({"PING"});
}

void MasterLink::on_closed(LinkId link) {
    if (link != link_) {
        return;
    }
    link_ = 0;
    if (is_loading()) {
        return;  // noticed when it is over
    }
    bool const was_up = is_up();
    drop();
    if (was_up) {
        connect();  // at once: in a second the master's backlog might be gone
    }
}

void MasterLink::on_bytes(LinkId link, std::string_view bytes) {
    if (link != link_) {
        return;
    }
    heard_at_ = server_.now();
    input_ += bytes;
    read_on();
}

void MasterLink::read_on() {
    LinkId const link = link_;
    while (link_ == link && advance()) {}
    if (link_ == link) {
        input_.erase(0, used_);
        used_ = 0;
        server_.cluster.on_replication_progress();
    }
}

bool MasterLink::advance() {
    switch (state_) {
        case State::handshake: return take_line();
        case State::transfer: return take_data();
        case State::connected: return take_command();
        default: return false;
    }
}

bool MasterLink::take_line() {
    std::size_t const end = input_.find('\n', used_);
    if (end == std::string::npos) {
        return false;
    }
    std::string_view line = std::string_view(input_).substr(used_, end - used_);
    used_ = end + 1;
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    if (!line.empty()) {  // an empty line is a sign of life of a busy master
        on_handshake_reply(line);
    }
    return true;
}

void MasterLink::on_handshake_reply(std::string_view line) {
    bool const refused = line.starts_with('-');
    switch (step_) {
        case Step::ping:
            if (refused && !line.starts_with("-NOAUTH")) {
                return drop();
            }
            if (!server_.parameters.master_password().empty()) {
                step_ = Step::auth;
                return send({"AUTH", server_.parameters.master_password()});
            }
            break;
        case Step::auth:
            if (refused) {
                return drop();
            }
            break;
        case Step::port:  // an old master may not know these: no reason to stop
            if (std::string const ip = server_.parameters.text("replica-announce-ip");
                !ip.empty()) {
                step_ = Step::address;
                return send({"REPLCONF", "ip-address", ip});
            }
            [[fallthrough]];
        case Step::address:
            step_ = Step::capabilities;
            return send({"REPLCONF", "capa", "eof", "capa", "psync2"});
        case Step::capabilities: step_ = Step::psync; return send_psync();
        case Step::psync: return on_psync_reply(line);
    }
    step_ = Step::port;
    std::int64_t const announced = server_.parameters.number("replica-announce-port");
    send({"REPLCONF", "listening-port",
          std::to_string(announced != 0 ? announced : server_.config.port)});
}

void MasterLink::send_psync() {
    ReplicationLog const& log = server_.feed.log();
    if (may_continue_) {
        send({"PSYNC", log.id(), std::to_string(log.offset() + 1)});
    } else {
        send({"PSYNC", "?", "-1"});
    }
}

void MasterLink::on_psync_reply(std::string_view line) {
    if (line.starts_with("+FULLRESYNC ")) {
        KEYSLOT_SOMETIMES("replication.started_over");
        line.remove_prefix(12);
        std::size_t const space = line.find(' ');
        sync_id_ = line.substr(0, space);
        sync_offset_ = to_number(line.substr(space + 1));
        state_ = State::transfer;
        may_continue_ = false;
    } else if (line.starts_with("+CONTINUE")) {
        ReplicationLog& log = server_.feed.log();
        if (line.size() == 10 + log.id().size() && line.substr(10) != log.id()) {
            log.continue_as(line.substr(10));
            server_.feed.disconnect_all();  // our own replicas must learn the new name
        }
        log.start_recording();
        state_ = State::connected;
        acknowledge();
    } else {
        drop();  // -NOMASTERLINK, -LOADING: later
    }
}

bool MasterLink::take_data() {
    if (data_size_ < 0) {
        std::size_t const end = input_.find('\n', used_);
        if (end == std::string::npos) {
            return false;
        }
        std::string_view const line = std::string_view(input_).substr(used_, end - used_);
        used_ = end + 1;
        if (line.starts_with('$')) {
            data_size_ = to_number(line.substr(1));
        }
        return true;
    }
    auto const size = static_cast<std::size_t>(data_size_);
    if (input_.size() - used_ < size) {
        return false;
    }
    std::string_view const data = std::string_view(input_).substr(used_, size);
    used_ += size;
    start_loading(data);
    return true;
}

/// The old data goes at once. What the master sends meanwhile waits (facts 6).
void MasterLink::start_loading(std::string_view data) {
    server_.feed.disconnect_all();
    server_.flush_dataset();
    loaded_ = std::make_unique<Keyspace>();
    if (!read_snapshot(data, *loaded_, server_.unix_time_ms(),
                       server_.parameters.encoding_limits)) {
        return drop();
    }
    auto const keys = static_cast<std::int64_t>(loaded_->size());
    state_ = State::loading;
    loading_ = LoadingWindow::of(server_.config, server_.now(), data_size_, keys);
    if (keys == 0) {
        loading_.until = server_.now();
        return on_time();  // so quick that nobody would notice
    }
}

void MasterLink::on_time() {
    if (!is_loading() || server_.now() < loading_.until) {
        return;
    }
    server_.keyspace.copy_from(*loaded_);
    loaded_.reset();
    server_.feed.log().adopt(sync_id_, sync_offset_);
    may_continue_ = true;
    state_ = State::connected;
    heard_at_ = server_.now();
    if (link_ == 0) {
        drop();
        return connect();
    }
    acknowledge();
    read_on();
}

std::int64_t MasterLink::transferred_bytes() const {
    return data_size_ < 0 ? 0
                          : std::min(data_size_, static_cast<std::int64_t>(input_.size() - used_));
}

bool MasterLink::take_command() {
    auto const status = parser_.parse(std::string_view(input_).substr(used_));
    if (status == protocol::ParseStatus::need_more) {
        return false;
    }
    if (status == protocol::ParseStatus::error) {
        drop();
        return false;
    }
    std::string_view const raw = std::string_view(input_).substr(used_, parser_.consumed());
    used_ += parser_.consumed();
    on_command(raw);
    return true;
}

void MasterLink::on_command(std::string_view raw) {
    Arguments const arguments = parser_.arguments();
    Binding const* const binding = arguments.empty() ? nullptr : find_binding(arguments).binding;
    if (binding != nullptr && binding->special == Special::multi) {
        in_transaction_ = true;
    }
    if (in_transaction_) {
        transaction_bytes_ += raw;
        if (binding != nullptr && binding->special == Special::exec) {
            return run_transaction();
        }
        transaction_.emplace_back(arguments.begin(), arguments.end());
        return;
    }
    if (arguments.size() == 3 && same_word(arguments[1], "getack")) {
        acknowledge();
    }
    server_.feed.relay(raw);
    if (binding != nullptr) {
        server_.apply_from_master(*binding, arguments, false);
        server_.serve_ready_keys();
    }
}

/// The offset moves over a transaction in one step: a link lost in the middle of it starts it anew.
void MasterLink::run_transaction() {
    std::vector<std::string_view> views;
    server_.feed.relay(transaction_bytes_);
    for (std::vector<std::string> const& words : transaction_) {
        views.assign(words.begin(), words.end());
        Binding const* const binding = find_binding(views).binding;
        if (binding != nullptr) {
            server_.apply_from_master(*binding, views, true);
        }
    }
    server_.serve_ready_keys();
    in_transaction_ = false;
    transaction_.clear();
    transaction_bytes_.clear();
}

void MasterLink::cron() {
    Duration const silence = server_.now() - heard_at_;
    switch (state_) {
        case State::none: return;
        case State::connect: return connect();
        case State::connected:
            if (silence > std::chrono::seconds{server_.parameters.repl_timeout_s}) {
                drop();
                return connect();
            }
            return acknowledge();
        case State::loading: return;
        case State::connecting:
        case State::handshake:
        case State::transfer:
            if (silence > std::chrono::seconds{server_.parameters.repl_timeout_s}) {
                drop();
            }
    }
}

void MasterLink::send(std::initializer_list<std::string_view> words) {
    std::string request;
    protocol::write_command(request, words);
    server_.host.send_to_link(link_, request);
}

void MasterLink::acknowledge() {
    send({"REPLCONF", "ACK", std::to_string(server_.feed.log().offset())});
}

std::string_view MasterLink::state_name() const {
    switch (state_) {
        case State::none: return "none";
        case State::connect: return "connect";
        case State::connecting: return "connecting";
        case State::handshake: return "handshake";
        case State::transfer:
        case State::loading: return "sync";
        case State::connected: return "connected";
    }
    return {};
}

std::int64_t MasterLink::idle_ms() const {
    if (!is_up() && down_since_ == Instant::min()) {
        return -1;
    }
    Duration const idle = server_.now() - (is_up() ? heard_at_ : down_since_);
    return std::chrono::duration_cast<std::chrono::milliseconds>(idle).count();
}

std::int64_t MasterLink::silent_seconds() const {
    return is_up() ? whole_seconds(server_.now() - heard_at_) : -1;
}

std::int64_t MasterLink::down_seconds() const {
    return down_since_ == Instant::min() ? -1 : whole_seconds(server_.now() - down_since_);
}

}  // namespace keyslot::sim
