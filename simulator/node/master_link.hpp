#pragma once

#include "client/protocol/request_parser.hpp"
#include "simulator/node/keyspace.hpp"
#include "simulator/node/loading_window.hpp"
#include "simulator/node/node_host.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

class Server;

/// The side of replication that takes: a replica's connection to its master.
class MasterLink {
public:
    enum class State : std::uint8_t {
        none,        ///< this node is a master
        connect,     ///< to be connected at the next tick
        connecting,
        handshake,   ///< PING ... PSYNC
        transfer,    ///< the data set is on its way
        loading,     ///< it is here, and being loaded
        connected,   ///< the stream of writes runs
    };

    explicit MasterLink(Server& server) : server_(server) {}

    void follow(std::string_view ip, std::uint16_t port);
    void leave();

    void on_open(LinkId link);
    void on_bytes(LinkId link, std::string_view bytes);
    void on_closed(LinkId link);
    /// The clock: loading may be over.
    void on_time();
    /// Every second: acknowledges, tries again, gives up what has gone silent.
    void cron();

    bool has_master() const { return state_ != State::none; }
    bool is_up() const { return state_ == State::connected; }
    /// As ROLE calls it.
    std::string_view state_name() const;
    bool is_transferring() const { return state_ == State::transfer || is_loading(); }
    bool is_loading() const { return state_ == State::loading; }
    /// nullptr: not loading.
    LoadingWindow const* loading() const { return is_loading() ? &loading_ : nullptr; }
    /// Of a data set under way: all its bytes, if they are known yet, and those that have come.
    std::int64_t transfer_bytes() const { return data_size_ < 0 ? 0 : data_size_; }
    std::int64_t transferred_bytes() const;
    /// Whether the data set is one that a master had at some offset: not before the first
    /// synchronisation, nor while another one replaces it.
    bool has_history() const { return is_up() || may_continue_; }
    std::string const& master_ip() const { return ip_; }
    std::uint16_t master_port() const { return port_; }
    /// Since the master was heard of, or since the link went down; -1: never.
    std::int64_t idle_ms() const;
    /// INFO: whole seconds.
    std::int64_t silent_seconds() const;
    std::int64_t down_seconds() const;

private:
    enum class Step : std::uint8_t { ping, auth, port, address, capabilities, psync };

    void connect();
    /// Ends the connection; it is tried again at the next tick.
    void drop();
    void send(std::initializer_list<std::string_view> words);
    void send_psync();
    void acknowledge();
    /// True: something was taken off the input.
    bool advance();
    bool take_line();
    bool take_data();
    bool take_command();
    void on_handshake_reply(std::string_view line);
    void on_psync_reply(std::string_view line);
    void start_loading(std::string_view data);
    void read_on();
    void on_command(std::string_view raw);
    void run_transaction();
    void forget_stream();

    Server& server_;
    State state_ = State::none;
    Step step_ = Step::ping;
    std::string ip_;
    std::uint16_t port_ = 0;
    LinkId link_ = 0;
    Instant heard_at_{};
    Instant down_since_ = Instant::min();  ///< min: never was up
    std::string input_;
    std::size_t used_ = 0;  ///< of input_
    protocol::RequestParser parser_;
    /// MULTI has come and EXEC has not: held back, to be applied in one go.
    bool in_transaction_ = false;
    std::string transaction_bytes_;
    std::vector<std::vector<std::string>> transaction_;
    /// The id and offset that FULLRESYNC announced.
    std::string sync_id_;
    std::int64_t sync_offset_ = 0;
    std::int64_t data_size_ = -1;  ///< of the data set under way; -1: not told yet
    std::unique_ptr<Keyspace> loaded_;  ///< to take the place of the node's own
    LoadingWindow loading_;
    bool may_continue_ = false;  ///< our history is one that a master has had
};

}  // namespace keyslot::sim
