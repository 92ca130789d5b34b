#pragma once

#include "client/protocol/resp_parser.hpp"

#include <keyslot/reply.hpp>
#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::connection {

/// Who waits for a reply. 0: nobody, the reply is swallowed.
using Ticket = std::uint64_t;
inline constexpr Ticket nobody = 0;

/// What is said on a fresh connection before any command.
struct Handshake {
    int protocol = 3;
    std::string username = {};
    std::string password = {};
    std::string client_name = {};
    bool read_only = false;  ///< a replica that is to serve reads
    bool tracking = false;  ///< invalidations of what is read here come as pushes: RESP3 only
    /// Once ready, everything that comes is a push, errors and RESP2's arrays included: a subscriber's
    /// commands are not answered one by one, so that nothing could be matched by counting (client-bugs 83).
    bool raw = false;
};

/// One multiplexed connection without its socket: which bytes go out, and which reply belongs to whom.
///
/// Replies come in the order of the commands, so that a queue of tickets says whose each one is. A ticket
/// that was given up stays in the queue with nobody behind it: its reply is swallowed when it comes and
/// can never reach another call (client-bugs 72). Pushes of RESP3 are not replies and are told apart.
class ConnectionMachine {
public:
    enum class Phase : std::uint8_t { idle, handshake, ready, broken };

    /// What the next bytes meant.
    struct Event {
        enum class Kind : std::uint8_t {
            need_more,  ///< no whole reply left in the input
            reply,  ///< `view` answers `ticket`
            push,  ///< `view` is an out-of-band message; of a raw connection, any message
            ready,  ///< the handshake is done, commands may go out
            refused,  ///< the server refused the handshake: `text`; close the connection
            broken,  ///< the bytes are not RESP, or a reply came to no command: `text`; close
        };
        Kind kind = Kind::need_more;
        Ticket ticket = nobody;
        ReplyView view{};
        std::string_view text{};
    };

    explicit ConnectionMachine(protocol::RespLimits limits = {});

    /// The stream is open: appends the handshake to `out`. Forgets any earlier connection.
    void open(Handshake const& handshake, std::string& out);
    Phase phase() const { return phase_; }
    /// Tracking was wanted, and the server does it.
    bool tracks() const { return tracks_; }

    /// What goes out right before a command, as one unit with it; its own reply tells nothing.
    enum class Before : std::uint8_t {
        nothing,
        asking,
        ping,  ///< WAIT waits for what the connection's last command had seen: make that the present
    };
    /// Appends a command to `out`. Only when ready, and not on a raw connection. `replies`: how many come to
    /// it; more than one when it is several commands that stay together (MULTI ... EXEC).
    void send(Ticket ticket, std::string_view encoded, Before before, Instant now, std::string& out,
              std::uint32_t replies = 1);

    /// Looks at the bytes received, from the first that was not yet consumed. After each event, need_more
    /// included, drop `consumed()` bytes; call again until need_more. A view points into `input`.
    /// `out`: the handshake may have to say more.
    Event next(std::string_view input, std::string& out);
    std::size_t consumed() const { return consumed_; }
    std::size_t bytes_missing() const { return parser_.bytes_missing(); }

    /// The position of the next send(), for forget().
    std::uint64_t next_position() const { return head_ + waiting_.size() - offset_; }
    /// The position whose reply comes next.
    std::uint64_t due_position() const { return head_; }
    /// The reply due at `position` is no longer waited for.
    void forget(std::uint64_t position);
    /// Replies due.
    std::size_t in_flight() const { return waiting_.size() - offset_; }
    /// When the oldest command without a reply was sent; only with in_flight() > 0.
    Instant oldest_sent() const { return waiting_[offset_].sent_at; }
    /// When the command of the last reply was sent.
    Instant answered_sent() const { return answered_sent_; }

    /// The connection ended: hands every ticket still waited for to `give_up(ticket)`, in order.
    template <class GiveUp>
    void close(GiveUp&& give_up) {
        phase_ = Phase::broken;
        std::vector<Waiting> const left = std::move(waiting_);
        waiting_.clear();
        head_ += left.size() - offset_;
        std::size_t const first = std::exchange(offset_, 0);
        for (std::size_t i = first; i < left.size(); ++i) {
            if (left[i].ticket != nobody) {
                give_up(left[i].ticket);
            }
        }
    }

private:
    struct Waiting {
        Ticket ticket;
        Instant sent_at;
    };

    void push_waiting(Ticket ticket, Instant now) { waiting_.push_back({ticket, now}); }
    Ticket pop_waiting();
    Event handshake_reply(ReplyView view, std::string& out);
    void say_hello(std::string& out);
    void say_legacy(std::string& out);
    void say_read_only(std::string& out);
    void say_tracking(std::string& out);

    protocol::RespParser parser_;
    Handshake handshake_;
    Phase phase_ = Phase::idle;
    bool legacy_ = false;  // the server has no HELLO: RESP2 with AUTH
    bool tracks_ = false;
    int tracking_due_in_ = 0;  // its answer is the one after so many
    int handshake_due_ = 0;  // replies of the handshake still to come
    std::string refusal_;
    std::size_t consumed_ = 0;
    // A queue in a vector: elements before offset_ are done, and are dropped when they are half of it.
    std::vector<Waiting> waiting_;
    std::size_t offset_ = 0;
    Instant answered_sent_{};
    std::uint64_t head_ = 0;  // position of waiting_[offset_]
};

}  // namespace keyslot::connection
