#pragma once

#include "client/protocol/resp_parser.hpp"
#include "simulator/node/node_host.hpp"
#include "simulator/node/session.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class Server;

/// MIGRATE: keys go to another node as RESTORE-ASKING, over a connection that is kept for the next time.
/// The node does nothing else until the target has answered or has had its time (facts 4.3).
class Migration {
public:
    struct Request {
        std::string ip;
        std::uint16_t port = 0;
        std::int64_t database = 0;
        Duration timeout{};
        bool copy = false;
        bool replace = false;
        std::vector<std::string> authentication;  ///< the AUTH command for the target; empty: none
        std::vector<std::string> keys;  ///< those that are here
        std::vector<std::string> arguments;  ///< of the MIGRATE itself
    };

    explicit Migration(Server& server) : server_(server) {}

    /// The session's reply follows when it is over.
    void start(Session& session, Request request);
    bool active() const { return session_ != nullptr; }
    Instant deadline() const { return deadline_; }

    bool owns(LinkId link) const { return find(link) != nullptr; }
    void on_open(LinkId link);
    void on_bytes(LinkId link, std::string_view bytes);
    void on_closed(LinkId link, std::string_view reason);
    void on_deadline();
    /// Every second: closes connections that nobody has used for a while.
    void cron();

private:
    struct Connection {
        LinkId link = 0;
        std::string ip;
        std::uint16_t port = 0;
        Instant used_at{};
        std::int64_t database = -1;  ///< selected there; -1: not known
    };
    enum class Phase : std::uint8_t { connecting, waiting };

    Connection* find(LinkId link);
    Connection const* find(LinkId link) const;
    Connection* find(std::string_view ip, std::uint16_t port);
    void close(LinkId link);
    void connect();
    void send_all();
    bool take_reply();
    void on_reply(ReplyView reply);
    void fail(std::string_view what, bool timed_out);
    void finish();
    void answer(std::string_view error);

    Server& server_;
    std::vector<Connection> connections_;
    Session* session_ = nullptr;
    Request request_;
    LinkId link_ = 0;
    Phase phase_ = Phase::connecting;
    bool may_retry_ = true;
    Instant deadline_ = Instant::max();
    protocol::RespParser parser_;
    std::string input_;
    std::size_t replies_before_keys_ = 0;  ///< AUTH, SELECT
    std::size_t replies_ = 0;
    std::vector<std::string> moved_;
    std::string error_;  ///< the first that the target answered
    bool refused_ = false;  ///< AUTH or SELECT failed: no key moves, even if it was restored there
};

}  // namespace keyslot::sim
