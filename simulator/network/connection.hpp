#pragma once

#include "simulator/kernel/event.hpp"
#include "simulator/kernel/ring_queue.hpp"
#include "simulator/network/link_rule.hpp"
#include "simulator/network/stream_rules.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace keyslot::sim {

class Connection;
class Network;

/// Who is told what arrives at one end of a connection. Called in events of the end's host.
class StreamReceiver {
public:
    virtual ~StreamReceiver() = default;
    /// Returns how many of the bytes are consumed; the others fill the sender's window until
    /// StreamEnd::consumed() is called. May close the end, and destroy the receiver.
    virtual std::size_t on_bytes(std::string_view bytes) = 0;
    /// asio::error::eof: the peer closed in order, after all its bytes. connection_reset: bytes may be
    /// lost; it may also follow an eof.
    virtual void on_end(error_code reason) = 0;
    /// What was sent fits into the window again (see StreamEnd::ask_for_room).
    virtual void on_room() {}
    /// What it is waiting for ("reads from"), for the report of a hang; empty: nothing.
    virtual std::string_view waiting_for() const { return {}; }
};

/// One end of a TCP-like connection; closes in order when destroyed. Nothing is told to the receiver any
/// more once the end is closed.
class StreamEnd {
public:
    StreamEnd() = default;
    StreamEnd(Connection& connection, unsigned side) : connection_(&connection), side_(side) {}
    StreamEnd(StreamEnd&& other) noexcept
        : connection_(std::exchange(other.connection_, nullptr)), side_(other.side_) {}
    StreamEnd& operator=(StreamEnd&& other) noexcept {
        if (this != &other) {
            close();
            connection_ = std::exchange(other.connection_, nullptr);
            side_ = other.side_;
        }
        return *this;
    }
    StreamEnd(StreamEnd const&) = delete;
    StreamEnd& operator=(StreamEnd const&) = delete;
    ~StreamEnd() { close(); }

    explicit operator bool() const { return connection_ != nullptr; }

    /// The receiver must live until the end is closed.
    void receive_with(StreamReceiver& receiver);
    /// Never blocks, and takes everything; dropped when the connection has ended.
    void send(std::string_view bytes);
    /// More is under way than the window holds.
    bool is_full() const;
    /// So much more.
    std::size_t backlog() const;
    /// Asks for on_room(), once, when is_full().
    void ask_for_room();
    /// The receiver has used up so many of the bytes that on_bytes() left over.
    void consumed(std::size_t bytes);
    /// The peer gets all that was sent, then eof.
    void close();
    /// The peer gets connection_reset.
    void reset();

private:
    Connection* connection_ = nullptr;
    unsigned side_ = 0;
};

/// Both directions of one connection. Segments arrive in the order they were sent, each at a time of its
/// own; only the arrival of the first one is an event. What the link holds back (a cut, a host without
/// power) stays here until Network calls retry().
class Connection {
public:
    struct Party {
        HostId host = 0;
        Endpoint address;
    };
    /// `initiator` is side 0.
    Connection(Network& network, std::uint64_t number, Party initiator, Party acceptor,
               bool background);
    ~Connection();
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    std::uint64_t number() const { return number_; }
    HostId host(unsigned side) const { return sides_[side].party.host; }
    /// Nothing sent by `side` arrives before that.
    void not_before(unsigned side, Instant at) { flows_[side].last_due = at; }

    /// The link or a host has changed: what was held back tries again.
    void retry();
    /// Both ends get connection_reset now, whatever the link does.
    void inject_reset() { break_at(now()); }
    /// The process that has this end is gone: its peer gets a reset, and its receiver hears nothing more.
    void abandon(unsigned side);
    /// As abandon(), but nothing more leaves the host.
    void vanish(unsigned side);

    void describe_waits(std::vector<std::string>& lines) const;

private:
    friend class StreamEnd;
    struct Segment {
        Instant sent{};
        Instant due{};
        std::size_t delivered = 0;  // of bytes, when they arrive in pieces
        std::string bytes;
    };
    enum class End : std::uint8_t { none, orderly, reset };
    /// What one side has sent.
    struct Flow {
        RingQueue<Segment> segments;
        Instant last_due{};
        EventId arrival;  // of the first segment, or else the end
        bool held = false;
        End end = End::none;
        bool end_forced = false;  // does not ask the link
        bool end_arrived = false;
        Instant end_due{};
        std::size_t unconsumed = 0;
        bool room_wanted = false;
        EventId room;
        std::map<StreamRules::Id, CutCounter> cuts;  // what each rule has counted
    };
    struct Side {
        Party party;
        StreamReceiver* receiver = nullptr;
        bool open = true;  // the process has it
        bool has_handle = true;
    };

    void send(unsigned side, std::string_view bytes);
    void consume(unsigned side, std::size_t bytes);
    void close(unsigned side);
    void release(unsigned side);
    void end_flow(unsigned side, End end);
    void set_end(unsigned side, End end, Instant due);
    void arm(unsigned side);
    void arrive(unsigned side);
    void arrive_bytes(unsigned side, std::size_t bytes_at_once);
    void arrive_end(unsigned side);
    void bounce(unsigned side);
    Instant now() const;
    void break_at(Instant when);
    void note_idleness(unsigned side);
    bool is_forgotten() const;
    void destroy_if_unused();
    void trace_arrival(unsigned side, std::string_view bytes) const;

    Network& network_;
    std::uint64_t number_;
    bool background_;
    bool busy_ = false;  // a receiver is being called
    Instant last_sent_;  // by either side
    StreamRules::Id forgotten_by_ = 0;  // an IdleRule; 0: none
    std::array<Side, 2> sides_;
    std::array<Flow, 2> flows_;
};

}  // namespace keyslot::sim
