#include "client/cluster/node_link.hpp"

#include "client/cluster/core.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>
#include <utility>

namespace keyslot::detail {

namespace {

constexpr std::size_t batch_bytes_max = 256 * 1024;  // one write; what is left goes with the next
constexpr std::size_t read_bytes_min = 16 * 1024;
constexpr std::size_t buffer_bytes_kept = 1024 * 1024;  // a larger buffer is given back when empty

bool is_unix_path(std::string const& host) { return host.starts_with('/'); }

}  // namespace

NodeLink::NodeLink(ClusterCore& core, topology::HostPort address, LinkUse use)
    : core_(core),
      address_(std::move(address)),
      name_(to_string(address_)),
      use_(use),
      counters_(core.stats_of(address_)) {}

NodeLink::~NodeLink() = default;

bool NodeLink::resting() const { return state_ == State::closed && core_.now() < resting_until_; }

bool NodeLink::idle() const {
    return queue_.empty() && machine_.in_flight() == 0 && state_ != State::connecting &&
           state_ != State::handshake;
}

void NodeLink::open() {
    if (state_ == State::closed) {
        dial();
    }
}

void NodeLink::say(std::string_view encoded) {
    assert(use_.is_raw && state_ == State::ready);
    said_ += encoded;
    request_flush();
}

void NodeLink::learn(std::string const& script_sha) {
    constexpr std::size_t scripts_max = 1000;
    if (scripts_.size() < scripts_max) {
        scripts_.insert(script_sha);
    }
}

bool NodeLink::enqueue(Call& call, std::string& why) {
    if (resting() || (use_.is_private && ended())) {
        why = last_problem_;
        return false;
    }
    // What asks for the topology or for a sign of life must not be refused (client-bugs 43).
    if (!call.pinned && queue_.size() + machine_.in_flight() >= core_.options().queue_calls_max) {
        why = "the queue of " + name_ + " is full (queue_calls_max " +
              std::to_string(core_.options().queue_calls_max) + ")";
        return false;
    }
    call.link = this;
    call.place = Call::Place::queued;
    queue_.push_back(&call);
    if (state_ == State::closed) {
        dial();
    } else {
        request_flush();
    }
    return true;
}

void NodeLink::forget(Call& call) {
    if (call.place == Call::Place::in_flight) {
        for (std::uint32_t n = call.replies - call.replies_left; n < call.replies; ++n) {
            machine_.forget(call.position + n);
        }
    } else {
        // From the back: what is given up early is mostly what was added last.
        auto const found = std::find(queue_.rbegin(), queue_.rend(), &call);
        assert(found != queue_.rend());
        queue_.erase(std::next(found).base());
    }
    call.link = nullptr;
}

void NodeLink::dial() {
    state_ = State::connecting;
    timed_out_ = false;
    dialled_at_ = core_.now();
    reopen_at_ = Instant::max();
    connect_problem_.clear();
    refused_credentials_ = false;
    connect_deadline_ = core_.now() + core_.options().connect_timeout;
    connection_ = core_.on_connect();
    core_.check_links_at(connect_deadline_);
    std::uint64_t const number = ++dial_number_;
    if (is_unix_path(address_.host)) {
        addresses_ = {address_.host};
        dial_next(number);
        return;
    }
    core_.environment().resolve(
        address_.host,
        [weak = weak_from_this(), number](error_code failure, std::vector<std::string> addresses) {
            auto const self = weak.lock();
            if (!self || self->dial_number_ != number) {
                return;
            }
            if (failure || addresses.empty()) {
                self->fail("cannot resolve " + self->address_.host + ": " +
                               (failure ? failure.message() : "no address"),
                           true);
                return;
            }
            self->addresses_ = std::move(addresses);
            std::reverse(self->addresses_.begin(), self->addresses_.end());
            self->dial_next(number);
        });
}

// Tries the addresses of the name one after the other; addresses_ is a stack. Each has its share of the time that is
// left, so that one that swallows everything does not keep the others from being tried.
void NodeLink::dial_next(std::uint64_t number) {
    auto const left = static_cast<std::int64_t>(addresses_.size());
    Instant const deadline = core_.now() + (connect_deadline_ - core_.now()) / left;
    std::string const address = std::move(addresses_.back());
    addresses_.pop_back();
    ConnectOptions options{
        .tls = core_.options().tls, .server_name = address_.host, .deadline = deadline};
    if (auto const& name_of = core_.options().tls_server_name; options.tls && name_of) {
        if (std::string name = name_of({.host = address_.host, .port = address_.port});
            !name.empty()) {
            options.tls->server_name = std::move(name);
        }
    }
    core_.environment().connect(
        {address, address_.port}, std::move(options),
        [weak = weak_from_this(), number](error_code failure, std::unique_ptr<ByteStream> stream) {
            auto const self = weak.lock();
            if (!self || self->dial_number_ != number) {
                return;
            }
            if (!failure) {
                self->connected(std::move(stream));
            } else if (self->connect_problem_ = failure.message(); self->addresses_.empty()) {
                self->fail("cannot connect: " + self->connect_problem_, true);
            } else {
                self->dial_next(number);
            }
        });
}

void NodeLink::connected(std::unique_ptr<ByteStream> stream) {
    stream_ = std::move(stream);
    state_ = State::handshake;
    last_received_ = core_.now();
    begin_ = end_ = 0;
    scripts_.clear();
    writing_.clear();
    more_handshake_.clear();
    write_pending_ = false;
    try {
        connection::Handshake handshake = core_.handshake();
        handshake.read_only = use_.read_only;
        handshake.raw = use_.is_raw;
        handshake.tracking = handshake.tracking && !use_.is_private && !use_.read_only;
        machine_.open(handshake, writing_);
    } catch (std::exception const& problem) {
        fail("no credentials: " + std::string(problem.what()), true);
        return;
    } catch (...) {
        fail("no credentials", true);
        return;
    }
    write_buffer();
    read();
}

void NodeLink::read() {
    if (begin_ == end_) {
        begin_ = end_ = 0;
        if (buffer_.size() > buffer_bytes_kept) {
            buffer_.resize(read_bytes_min);
            buffer_.shrink_to_fit();
        }
    }
    std::size_t const wanted = std::max(read_bytes_min, machine_.bytes_missing());
    if (buffer_.size() - end_ < wanted / 2) {
        if (begin_ != 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= std::exchange(begin_, 0);
        }
        // Doubling keeps the copying linear however large the reply is.
        if (buffer_.size() - end_ < wanted) {
            buffer_.resize(
                std::max(buffer_.size() * 2, end_ + std::min(wanted, end_ + read_bytes_min)));
        }
    }
    stream_->read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                       [this](error_code failure, std::size_t bytes) {
                           // A completion may destroy the client: it and this link stay until the end.
                           auto const keep_core = core_.shared_from_this();
                           auto const keep_link = shared_from_this();
                           if (failure) {
                               fail(failure == asio::error::eof ? "the node closed the connection"
                                                                : failure.message(),
                                    state_ != State::ready);
                           } else {
                               received(bytes);
                           }
                       });
}

void NodeLink::received(std::size_t bytes) {
    end_ += bytes;
    last_received_ = core_.now();
    std::uint64_t const number = dial_number_;
    in_receive_ = true;
    for (;;) {
        auto const event = machine_.next({buffer_.data() + begin_, end_ - begin_}, more_handshake_);
        begin_ += machine_.consumed();
        if (event.kind == connection::ConnectionMachine::Event::Kind::need_more) {
            break;
        }
        if (!handle(event) || number != dial_number_ || !stream_) {
            in_receive_ = false;
            return;
        }
    }
    in_receive_ = false;
    flush();
    if (stream_) {
        read();
    }
}

bool NodeLink::handle(connection::ConnectionMachine::Event const& event) {
    using Kind = connection::ConnectionMachine::Event::Kind;
    switch (event.kind) {
        case Kind::ready:
            state_ = State::ready;
            connect_failures_ = 0;
            last_problem_.clear();
            ++counters_->connects;
            core_.on_connected(*this, core_.now() - dialled_at_);
            core_.check_links_at(next_check());
            if (owner_ != nullptr) {
                owner_->on_ready(*this);
            }
            return true;
        case Kind::reply: {
            Duration const took = last_received_ - machine_.answered_sent();
            latency_ = latency_ == Duration{0} ? took : (latency_ * 7 + took) / 8;
            counters_->latency.record(took);
            ++counters_->replies;
            counters_->errors += event.view.is_error() ? 1u : 0u;
            core_.on_reply(*this, event.ticket, event.view);
            return true;
        }
        case Kind::refused:
            refused_credentials_ =
                failure_of_error(event.text, false).code == ErrorCode::authentication;
            fail("the node refused the handshake: " + std::string(event.text), true);
            return false;
        case Kind::broken: fail("protocol error: " + std::string(event.text), false); return false;
        case Kind::push:
            if (owner_ != nullptr) {
                owner_->on_message(*this, event.view);
            }
            return true;
        case Kind::need_more: return true;
    }
    return true;
}

void NodeLink::request_flush() {
    if (state_ != State::ready || write_pending_ || flush_requested_ || in_receive_) {
        return;  // received(), the write's end or the handshake's end will see to it
    }
    flush_requested_ = true;
    core_.environment().post([weak = weak_from_this()] {
        if (auto const self = weak.lock()) {
            self->flush_requested_ = false;
            self->flush();
        }
    });
}

void NodeLink::flush() {
    if (write_pending_) {
        return;
    }
    if (state_ == State::handshake && !more_handshake_.empty()) {
        writing_ = std::exchange(more_handshake_, {});
        write_buffer();
        return;
    }
    if (state_ == State::ready && !said_.empty()) {
        writing_ = std::exchange(said_, {});
        write_buffer();
        return;
    }
    if (state_ != State::ready || queue_.empty()) {
        return;
    }
    writing_.clear();
    Instant const now = core_.now();
    if (machine_.in_flight() == 0) {
        core_.check_links_at(now + core_.options().attempt_timeout);
    }
    while (!queue_.empty() && writing_.size() < batch_bytes_max) {
        Call& call = *queue_.front();
        queue_.pop_front();
        if (core_.must_hold(call)) {  // one before it was refused meanwhile
            core_.hold(call);
            continue;
        }
        machine_.send(call.handle(), call.encoded, call.before(), now, writing_, call.replies);
        call.position = machine_.next_position() - call.replies;
        call.replies_left = call.replies;
        call.queued = {};
        call.place = Call::Place::in_flight;
    }
    if (!writing_.empty()) {
        write_buffer();
    }
}

void NodeLink::write_buffer() {
    write_pending_ = true;
    stream_->write(asio::buffer(writing_), [this](error_code failure, std::size_t) {
        auto const keep_core = core_.shared_from_this();
        auto const keep_link = shared_from_this();
        write_pending_ = false;
        if (failure) {
            fail(failure.message(), state_ != State::ready);
        } else {
            flush();
        }
    });
}

// A connection that nobody shares with others is looked after by its user.
bool NodeLink::is_asked_for_health() const {
    return !use_.is_private && core_.options().health_check_interval.count() > 0;
}

Instant NodeLink::next_check() const {
    if (state_ == State::closed) {
        return reopen_at_;
    }
    if (state_ == State::connecting || state_ == State::handshake) {
        return connect_deadline_;
    }
    if (state_ == State::ready && machine_.in_flight() > 0 && !use_.is_patient) {
        return std::max(machine_.oldest_sent(), last_received_) + core_.options().attempt_timeout;
    }
    if (state_ == State::ready && idle() && is_asked_for_health()) {
        return last_received_ + core_.options().health_check_interval;
    }
    return Instant::max();
}

void NodeLink::check(Instant now) {
    if (now < next_check()) {
        return;
    }
    if (state_ == State::closed) {
        reopen_at_ = Instant::max();
        if (core_.map().lists(address_)) {
            dial();
        }
    } else if (state_ == State::ready && idle()) {
        core_.ping(*this);
    } else if (state_ == State::ready) {
        timed_out_ = true;
        core_.on_silence(*this);
        fail("no answer within " + std::to_string(core_.options().attempt_timeout.count()) + " ms",
             false);
    } else {
        fail("no connection within " + std::to_string(core_.options().connect_timeout.count()) +
                 " ms",
             true);
    }
}

// An idle connection may end for no reason but its idleness: it is made again quietly, and only when that
// fails is it news (client-bugs 55). After a moment, so that not all clients of a node come at once.
void NodeLink::reopen_soon() {
    constexpr auto moment =
        static_cast<std::uint64_t>(Duration(std::chrono::milliseconds{100}).count());
    reopen_at_ =
        core_.now() + Duration(static_cast<std::int64_t>(core_.environment().random() % moment));
    core_.check_links_at(reopen_at_);
}

// The stream may be running the handler we are in: it is closed now and destroyed later.
void NodeLink::release_stream() {
    if (stream_) {
        stream_->close();
        core_.environment().post([stream = std::shared_ptr<ByteStream>(std::move(stream_))] {});
    }
}

void NodeLink::fail(std::string const& why, bool could_not_connect) {
    if (state_ == State::closed) {
        return;
    }
    auto const keep_link = shared_from_this();
    bool const was_ready = state_ == State::ready;
    bool const had_calls = !queue_.empty() || machine_.in_flight() > 0;
    ++dial_number_;
    state_ = State::closed;
    write_pending_ = false;
    release_stream();
    last_problem_ = why;
    ++(was_ready ? counters_->disconnects : counters_->connect_failures);
    counters_->lost += machine_.in_flight();
    core_.on_link_ended(*this, why, was_ready);
    if (could_not_connect) {
        // Full jitter, so that the clients of a node that comes back do not arrive together.
        auto const longest = std::min<Duration>(
            core_.options().backoff_max,
            core_.options().backoff_min * (1 << std::min(connect_failures_, 10)));
        ++connect_failures_;
        auto const range = static_cast<std::uint64_t>(longest.count()) + 1;
        resting_until_ =
            core_.now() + Duration(static_cast<std::int64_t>(core_.environment().random() % range));
    }
    said_.clear();
    bool const lost_while_idle = was_ready && !had_calls && !use_.is_private;
    if (lost_while_idle) {
        reopen_soon();
    }
    // Calls that could not be sent tell it themselves.
    core_.on_disconnect(was_ready ? !lost_while_idle : !had_calls);

    // First let go of every call, then tell them: a call may come straight back to this link.
    std::vector<std::uint64_t> written;
    machine_.close([&](connection::Ticket ticket) {
        if (written.empty() ||
            written.back() != ticket) {  // once, however many replies it waits for
            written.push_back(ticket);
        }
    });
    std::vector<std::uint64_t> unwritten;
    for (Call const* call : std::exchange(queue_, {})) {
        unwritten.push_back(call->handle());
    }
    for (auto const* handles : {&written, &unwritten}) {
        for (std::uint64_t const handle : *handles) {
            if (Call* const call = core_.find(handle)) {
                call->link = nullptr;
            }
        }
    }
    for (std::uint64_t const handle : written) {
        if (Call* const call = core_.find(handle)) {
            core_.on_attempt_failed(*call, *this, true, why);
        }
    }
    for (std::uint64_t const handle : unwritten) {
        if (Call* const call = core_.find(handle)) {
            core_.on_attempt_failed(*call, *this, false, why);
        }
    }
    if (owner_ != nullptr) {
        owner_->on_ended(*this, why, could_not_connect);
    }
}

void NodeLink::shut_down() {
    ++dial_number_;
    state_ = State::closed;
    reopen_at_ = Instant::max();
    machine_.close([](connection::Ticket) {});
    queue_.clear();
    said_.clear();
    release_stream();
}

}  // namespace keyslot::detail
