#pragma once

#include "client/cluster/call.hpp"
#include "client/connection/connection_machine.hpp"
#include "client/topology/slot_map.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/node_stats.hpp>

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::detail {

class ClusterCore;
class NodeLink;

/// What a connection is for.
struct LinkUse {
    /// Belongs to one user (a transaction, a blocking command, a subscriber) and ends with its connection:
    /// it is never dialled a second time, because what the server knew of it is gone.
    bool is_private = false;
    bool read_only = false;  ///< READONLY is part of its handshake
    /// Silence is no sign of trouble: a command may block for as long as it likes.
    bool is_patient = false;
    /// Everything received goes to the owner: subscriptions. Such a link takes no calls, only say().
    bool is_raw = false;
};

/// Hears of a link. Called on the executor, never inside a call of the link's own functions but shut_down().
class LinkOwner {
public:
    virtual void on_ready(NodeLink&) {}
    /// A push; of a raw link, any message. Valid during the call.
    virtual void on_message(NodeLink&, ReplyView) {}
    /// The connection ended, or could not be made. Not told after shut_down().
    virtual void on_ended(NodeLink&, std::string const& /*why*/, bool /*could_not_connect*/) {}

protected:
    ~LinkOwner() = default;
};

/// One connection to one node: dials when a call needs it, writes calls in batches, gives the replies
/// back. Knows nothing of slots; what a reply means is the core's business. The client has one for each
/// node, which all calls share, and private ones for what cannot share.
class NodeLink : public std::enable_shared_from_this<NodeLink> {
public:
    NodeLink(ClusterCore& core, topology::HostPort address, LinkUse use = {});
    ~NodeLink();
    NodeLink(NodeLink const&) = delete;
    NodeLink& operator=(NodeLink const&) = delete;

    topology::HostPort const& address() const { return address_; }
    std::string const& name() const { return name_; }
    LinkUse const& use() const { return use_; }
    bool ready() const { return state_ == State::ready; }
    /// The server tells when a key that was read here changes.
    bool tracks() const { return ready() && machine_.tracks(); }
    /// Its connection's number: no other connection of the client, before or after, has the same.
    std::uint64_t connection() const { return connection_; }
    /// A private link whose connection is over.
    bool ended() const { return state_ == State::closed && dial_number_ != 0; }
    /// `owner` (nullptr: nobody) must outlive the link or be taken away again.
    void set_owner(LinkOwner* owner) { owner_ = owner; }
    /// Refused or unreachable a moment ago: not tried again before its back-off is over.
    bool resting() const;
    /// It ended in a failure and has not been connected since.
    bool sick() const { return state_ != State::ready && !last_problem_.empty(); }
    /// Nothing under way and nothing waiting.
    bool idle() const;

    /// Dials without waiting for a call. Once, for a private link.
    void open();
    /// Of a raw link that is ready: sends an encoded command, to which nothing is matched.
    void say(std::string_view encoded);
    NodeStats& counters() { return *counters_; }
    /// How long its answers take, the recent ones counting more; zero: none yet.
    Duration latency() const { return latency_; }
    /// The last connection was given up because nothing came.
    bool timed_out() const { return timed_out_; }
    /// The node did not accept the credentials when it was last tried.
    bool refused_credentials() const { return refused_credentials_; }
    /// When the last byte came.
    Instant last_received() const { return last_received_; }

    /// A script has run on this connection, so that its node has it.
    void learn(std::string const& script_sha);
    bool knows(std::string_view script_sha) const { return scripts_.contains(script_sha); }

    /// Takes a call over: it goes out with the next batch, after the connection is made if need be.
    /// False when the link rests, has ended for good, or its queue is full; `why` says which.
    bool enqueue(Call& call, std::string& why);
    /// Behind all that has been written so far.
    LinkMark mark() { return {weak_from_this(), connection_, machine_.next_position()}; }
    /// Whether what was written before the mark has been answered, or never will be.
    bool has_passed(LinkMark const& mark) const {
        return state_ != State::ready || connection_ != mark.connection ||
               machine_.due_position() >= mark.position;
    }
    /// The call is no longer waited for (deadline, cancellation).
    void forget(Call& call);

    /// Ends the connection as stale: every call on it fails over by the rules.
    void drop(std::string const& why) { fail(why, false); }
    /// Ends the connection without telling any call.
    void shut_down();

    /// When check() must be called next; Instant::max(): no need.
    Instant next_check() const;
    /// Gives up a connection that does not get made, or does not answer; asks one that has been silent.
    void check(Instant now);

private:
    enum class State : std::uint8_t { closed, connecting, handshake, ready };

    void dial();
    void dial_next(std::uint64_t dial_number);
    void connected(std::unique_ptr<ByteStream> stream);
    void read();
    void received(std::size_t bytes);
    void flush();
    void request_flush();
    void write_buffer();
    bool handle(connection::ConnectionMachine::Event const& event);
    void fail(std::string const& why, bool could_not_connect);
    void reopen_soon();
    bool is_asked_for_health() const;
    void release_stream();

    ClusterCore& core_;
    topology::HostPort const address_;
    std::string const name_;
    LinkUse const use_;
    std::shared_ptr<NodeStats> const counters_;
    LinkOwner* owner_ = nullptr;
    connection::ConnectionMachine machine_;
    State state_ = State::closed;
    std::unique_ptr<ByteStream> stream_;
    std::deque<Call*> queue_;
    std::string writing_;  // belongs to the stream while write_pending_
    std::string more_handshake_;  // what the handshake still has to say after HELLO
    std::string said_;  // by say(), not written yet
    bool timed_out_ = false;
    bool refused_credentials_ = false;
    bool write_pending_ = false;
    bool flush_requested_ = false;
    bool in_receive_ = false;
    std::vector<char> buffer_;  // received bytes begin_..end_
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t connection_ = 0;
    std::uint64_t dial_number_ = 0;  // tells a late answer of an earlier attempt
    std::set<std::string, std::less<>> scripts_;  // that have run on this connection
    std::vector<std::string> addresses_;
    std::string connect_problem_;
    Instant connect_deadline_{};
    Instant dialled_at_{};
    Instant last_received_{};
    Duration latency_{};
    Instant resting_until_{};
    Instant reopen_at_ = Instant::max();
    int connect_failures_ = 0;
    std::string last_problem_;
};

}  // namespace keyslot::detail
