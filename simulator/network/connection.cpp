#include "simulator/network/connection.hpp"

#include "simulator/network/network.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cassert>

namespace keyslot::sim {

namespace {

// What a place for a segment may keep of its memory when it is used again.
constexpr std::size_t kept_capacity_max = 256 * 1024;
// Time between the pieces of a segment that a rule shreds.
constexpr Duration piece_gap = std::chrono::microseconds{1};
constexpr std::size_t traced_bytes_max = 200;

}  // namespace

void StreamEnd::receive_with(StreamReceiver& receiver) {
    connection_->sides_[side_].receiver = &receiver;
}

void StreamEnd::send(std::string_view bytes) {
    if (connection_ != nullptr) {
        connection_->send(side_, bytes);
    }
}

bool StreamEnd::is_full() const {
    return connection_ != nullptr &&
           connection_->flows_[side_].unconsumed > connection_->network_.window_bytes();
}

std::size_t StreamEnd::backlog() const {
    if (!is_full()) {
        return 0;
    }
    return connection_->flows_[side_].unconsumed - connection_->network_.window_bytes();
}

void StreamEnd::ask_for_room() { connection_->flows_[side_].room_wanted = true; }

void StreamEnd::consumed(std::size_t bytes) {
    if (connection_ != nullptr) {
        connection_->consume(side_, bytes);
    }
}

void StreamEnd::close() {
    if (Connection* const connection = std::exchange(connection_, nullptr)) {
        connection->close(side_);
        connection->release(side_);
    }
}

void StreamEnd::reset() {
    if (Connection* const connection = std::exchange(connection_, nullptr)) {
        connection->abandon(side_);
        connection->release(side_);
    }
}

Connection::Connection(Network& network, std::uint64_t number, Party initiator, Party acceptor,
                       bool background)
    : network_(network),
      number_(number),
      background_(background),
      last_sent_(network.kernel().now()) {
    sides_[0].party = std::move(initiator);
    sides_[1].party = std::move(acceptor);
}

Connection::~Connection() {
    for (Flow const& flow : flows_) {
        network_.kernel().cancel(flow.arrival);
        network_.kernel().cancel(flow.room);
    }
}

void Connection::send(unsigned side, std::string_view bytes) {
    Flow& flow = flows_[side];
    if (bytes.empty() || !sides_[side].open || flow.end != End::none) {
        return;
    }
    flow.unconsumed += bytes.size();
    Instant const now = network_.kernel().now();
    if (network_.stream_rules().has_idles()) [[unlikely]] {
        note_idleness(side);
        if (flow.end != End::none) {
            return;
        }
    }
    last_sent_ = now;
    // Replies of one batch travel together, as TCP would send them.
    if (!flow.segments.empty() && flow.segments.back().sent == now) {
        flow.segments.back().bytes += bytes;
        return;
    }
    flow.last_due =
        std::max(flow.last_due, now + network_.draw_stream_delay(host(side), host(1 - side)));
    Segment& segment = flow.segments.push();
    segment.sent = now;
    segment.due = flow.last_due;
    segment.delivered = 0;
    segment.bytes.assign(bytes);
    arm(side);
}

/// `side` has used up bytes that the other one sent.
void Connection::consume(unsigned side, std::size_t bytes) {
    unsigned const sender = 1 - side;
    Flow& flow = flows_[sender];
    assert(flow.unconsumed >= bytes);
    flow.unconsumed -= bytes;
    if (!flow.room_wanted || flow.unconsumed > network_.window_bytes()) {
        return;
    }
    flow.room_wanted = false;
    // The acknowledgement needs its time.
    Instant const at = network_.kernel().now() + network_.draw_delay(host(side), host(sender));
    EventTag const tag{.kind = EventKind::room, .background = background_, .actor = host(sender)};
    flow.room = network_.kernel().schedule(at, tag, [this, sender] {
        Side const& waiting = sides_[sender];
        if (waiting.open && waiting.receiver != nullptr) {
            waiting.receiver->on_room();
        }
    });
}

void Connection::close(unsigned side) {
    if (sides_[side].open) {
        sides_[side].open = false;
        sides_[side].receiver = nullptr;
        if (flows_[side].end == End::none) {
            end_flow(side, End::orderly);
        }
    }
}

void Connection::abandon(unsigned side) {
    if (sides_[side].open) {
        sides_[side].open = false;
        sides_[side].receiver = nullptr;
        end_flow(side, End::reset);
    }
}

void Connection::vanish(unsigned side) {
    sides_[side].open = false;
    sides_[side].receiver = nullptr;
    if (flows_[side].held) {
        flows_[side].held = false;
        flows_[side].segments.clear();
    }
}

void Connection::release(unsigned side) {
    sides_[side].has_handle = false;
    destroy_if_unused();
}

void Connection::destroy_if_unused() {
    if (!busy_ && !sides_[0].has_handle && !sides_[1].has_handle) {
        network_.forget(*this);
    }
}

/// The end travels like a segment.
void Connection::end_flow(unsigned side, End end) {
    Flow& flow = flows_[side];
    flow.last_due =
        std::max(flow.last_due,
                 network_.kernel().now() + network_.draw_stream_delay(host(side), host(1 - side)));
    set_end(side, end, flow.last_due);
}

void Connection::set_end(unsigned side, End end, Instant due) {
    Flow& flow = flows_[side];
    flow.end = end;
    flow.end_due = due;
    flow.end_arrived = false;
    if (end == End::reset) {
        flow.segments.clear();
        network_.kernel().cancel(std::exchange(flow.arrival, {}));
    }
    arm(side);
}

Instant Connection::now() const { return network_.kernel().now(); }

/// Both ends hear of it then, and nothing but what has been delivered so far counts.
void Connection::break_at(Instant when) {
    for (unsigned side = 0; side < 2; ++side) {
        flows_[side].end_forced = true;
        flows_[side].held = false;
        set_end(side, End::reset, when);
    }
}

void Connection::retry() {
    for (unsigned side = 0; side < 2; ++side) {
        Flow& flow = flows_[side];
        if (!flow.held || is_forgotten() || !network_.carries_streams(host(side), host(1 - side))) {
            continue;
        }
        flow.held = false;
        Instant const due =
            network_.kernel().now() + network_.draw_stream_delay(host(side), host(1 - side));
        if (!flow.segments.empty()) {
            flow.segments.front().due = std::max(flow.segments.front().due, due);
        }
        flow.end_due = std::max(flow.end_due, due);
        flow.last_due = std::max(flow.last_due, due);
        arm(side);
    }
}

/// Makes the arrival of what comes next from `side` an event.
void Connection::arm(unsigned side) {
    Flow& flow = flows_[side];
    if (flow.arrival || flow.held) {
        return;
    }
    Instant due{};
    if (!flow.segments.empty()) {
        due = flow.segments.front().due;
    } else if (flow.end != End::none && !flow.end_arrived) {
        due = flow.end_due;
    } else {
        return;
    }
    EventTag const tag{
        .kind = EventKind::deliver, .background = background_, .actor = host(1 - side)};
    flow.arrival = network_.kernel().schedule(due, tag, [this, side] { arrive(side); });
}

void Connection::arrive(unsigned side) {
    Flow& flow = flows_[side];
    flow.arrival = {};
    LinkState const link = network_.link(host(side), host(1 - side));
    if (((link.hold_streams || is_forgotten()) && !flow.end_forced) ||
        !network_.has_power(host(1 - side))) {
        flow.held = true;
        return;
    }
    // The receiver may drop the last handle of this connection, and may throw.
    struct Busy {
        Connection& connection;
        ~Busy() {
            connection.busy_ = false;
            connection.destroy_if_unused();
        }
    } const busy{*this};
    busy_ = true;
    if (!flow.segments.empty()) {
        arrive_bytes(side, link.bytes_at_once);
    } else {
        arrive_end(side);
    }
}

void Connection::arrive_bytes(unsigned side, std::size_t bytes_at_once) {
    Flow& flow = flows_[side];
    Segment& segment = flow.segments.front();
    // The receiver gets bytes that nothing it does can move or change.
    std::string& buffer = network_.delivery_buffer();
    if (bytes_at_once == 0) {
        bytes_at_once = segment.bytes.size();
    }
    if (segment.delivered == 0 && segment.bytes.size() <= bytes_at_once) {
        std::swap(buffer, segment.bytes);
        flow.segments.pop();
    } else {
        buffer.assign(segment.bytes, segment.delivered, bytes_at_once);
        segment.delivered += buffer.size();
        segment.due = network_.kernel().now() + piece_gap;
        if (segment.delivered == segment.bytes.size()) {
            flow.segments.pop();
        }
    }
    std::size_t const arrived = buffer.size();
    bool const breaks =
        network_.stream_rules().has_cuts() &&
        network_.stream_rules().deliver(host(side), host(1 - side), flow.cuts, buffer);
    network_.kernel().fold(hash_bytes(buffer));
    if (network_.kernel().tracing()) [[unlikely]] {
        trace_arrival(side, buffer);
    }
    if (breaks) {
        // A moment later, so that who reads has seen them.
        break_at(now() + piece_gap);
    } else {
        arm(side);
    }

    unsigned const to = 1 - side;
    if (sides_[to].open && sides_[to].receiver != nullptr) {
        std::size_t const size = buffer.size();
        std::size_t const used = size > 0 ? sides_[to].receiver->on_bytes(buffer) : 0;
        assert(used <= size);
        consume(to, std::min(used, size));
    } else {
        flow.unconsumed -= arrived;
        bounce(to);
    }
    if (buffer.capacity() > kept_capacity_max) {
        std::string{}.swap(buffer);
    }
}

/// A middlebox that has forgotten the stream lets nothing of it pass.
void Connection::note_idleness(unsigned side) {
    auto const forgotten = network_.stream_rules().forgets(host(side), host(1 - side),
                                                           network_.kernel().now() - last_sent_);
    if (!forgotten) {
        return;
    }
    if (forgotten->reset) {
        inject_reset();
    } else {
        forgotten_by_ = forgotten->by;
    }
}

bool Connection::is_forgotten() const {
    return forgotten_by_ != 0 && network_.stream_rules().is_in_force(forgotten_by_);
}

/// Bytes for an end that nobody has: its host's kernel answers with a reset.
void Connection::bounce(unsigned side) {
    if (flows_[side].end != End::reset) {
        end_flow(side, End::reset);
    }
}

void Connection::arrive_end(unsigned side) {
    Flow& flow = flows_[side];
    flow.end_arrived = true;
    error_code const reason = flow.end == End::orderly ? error_code(asio::error::eof)
                                                       : error_code(asio::error::connection_reset);
    network_.kernel().fold(static_cast<std::uint64_t>(flow.end));
    unsigned const to = 1 - side;
    if (network_.kernel().tracing()) [[unlikely]] {
        trace_arrival(side, flow.end == End::orderly ? "(eof)" : "(reset)");
    }
    if (flow.end == End::reset && !flows_[to].end_forced) {
        // The other direction is as dead: what is under way there finds nobody.
        flows_[to].segments.clear();
        network_.kernel().cancel(std::exchange(flows_[to].arrival, {}));
        flows_[to].end = End::reset;
        flows_[to].end_arrived = true;
    }
    if (sides_[to].open && sides_[to].receiver != nullptr) {
        sides_[to].receiver->on_end(reason);
    }
}

void Connection::trace_arrival(unsigned side, std::string_view bytes) const {
    network_.kernel().trace_detail(network_.host_name(host(side)) + " #" + std::to_string(number_) +
                                   " " + std::to_string(bytes.size()) + ": " +
                                   std::string(bytes.substr(0, traced_bytes_max)));
}

void Connection::describe_waits(std::vector<std::string>& lines) const {
    for (unsigned side = 0; side < 2; ++side) {
        Side const& from = sides_[side];
        if (!from.open || from.receiver == nullptr || from.receiver->waiting_for().empty()) {
            continue;
        }
        Party const& peer = sides_[1 - side].party;
        std::string line =
            network_.host_name(from.party.host) + " " + std::string(from.receiver->waiting_for()) +
            " " + network_.host_name(peer.host) + " (" + peer.address.address + ":" +
            std::to_string(peer.address.port) + ", connection " + std::to_string(number_) + ")";
        if (flows_[1 - side].held) {
            line += ", bytes held back by the link";
        }
        lines.push_back(std::move(line));
    }
}

}  // namespace keyslot::sim
