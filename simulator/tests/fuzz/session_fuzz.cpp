#include "client/protocol/resp_parser.hpp"
#include "client/protocol/resp_writer.hpp"
#include "simulator/cluster/cluster_state.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/node/node.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// Hostile bytes on two client connections of one node that serves every slot.
///
/// The first byte chooses the state that the first connection is in when they come, the second how many
/// of the rest arrive at once. A byte 0xFF among them is not sent: with the byte after it, it lets time
/// pass or sends what follows on the other connection. Whatever comes, all that the node says on a
/// connection must be RESP.
namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

constexpr SessionId first_session = 1;
constexpr SessionId second_session = 2;

/// Takes what the node says on one connection.
struct Listener {
    void hear(std::string_view bytes) {
        heard += bytes;
        while (!heard.empty() && !is_replica) {
            auto const status = parser.parse(heard);
            if (status == protocol::ParseStatus::need_more) {
                return;
            }
            if (status == protocol::ParseStatus::error) {
                std::fprintf(stderr, "not RESP: %s\n", heard.c_str());
                std::abort();
            }
            heard.erase(0, parser.consumed());
        }
    }

    std::string heard;
    protocol::RespParser parser;
    bool is_replica = false;  ///< PSYNC: a data set follows, which is not RESP
    bool is_open = true;
};

class FuzzHost final : public NodeHost {
public:
    Instant now() override { return time; }
    std::int64_t unix_time_ms() override {
        return 1'700'000'000'000 + time.time_since_epoch() / 1ms;
    }
    Random& random() override { return random_; }
    void wake_at(Instant at, bool) override { wake = at; }
    void send_to_session(SessionId session, std::string_view bytes) override {
        listener(session).hear(bytes);
    }
    void close_session(SessionId session) override { listener(session).is_open = false; }
    void open_link(LinkId, std::string_view, std::uint16_t) override {}
    void send_to_link(LinkId, std::string_view) override {}
    void close_link(LinkId) override {}
    void send_bus(std::string_view, std::uint16_t, BusMessage) override {}
    void executed(Execution const&) override {}

    Listener& listener(SessionId session) { return session == first_session ? first : second; }

    Instant time{10s};
    Instant wake = Instant::max();
    Listener first, second;

private:
    Random random_{1};
};

NodeConfig config() {
    NodeConfig config;
    config.id = std::string(40, 'a');
    return config;
}

/// The states that a connection can be in when the worst comes.
std::string_view opening(std::uint8_t choice) {
    static constexpr std::string_view openings[] = {
        "",
        "HELLO 3\r\n",
        "MULTI\r\nSET a 1\r\n",
        "HELLO 3\r\nMULTI\r\nSUBSCRIBE c\r\n",
        "SUBSCRIBE news\r\nPSUBSCRIBE n*\r\n",
        "HELLO 3\r\nSUBSCRIBE news\r\nSSUBSCRIBE news\r\n",
        "HELLO 3\r\nCLIENT TRACKING ON\r\nGET a\r\n",
        "BLPOP list 0\r\n",
        "SET a 1\r\nWATCH a\r\nMULTI\r\n",
        "RPUSH l 3 1 2\r\nSADD s 3 1 2\r\nZADD z 1 a 2 b\r\nHSET h f 1 g 2\r\nSET n 10\r\n",
        "ACL SETUSER default on >secret\r\nRESET\r\n",
        "CLIENT REPLY OFF\r\n",
        "ASKING\r\n",
        "MONITOR\r\n",
    };
    return openings[choice % std::size(openings)];
}

class Attack {
public:
    Attack() {
        ClusterState::Preset const preset{
            make_contact(config().id, "10.0.0.1", 7000), "", {}, {{0, 16383}}, 1};
        node_.cluster().preset(std::span(&preset, 1), 1);
        node_.start();
        node_.on_session_open(first_session, "10.0.0.2:1");
        node_.on_session_open(second_session, "10.0.0.3:1");
    }

    void send(SessionId session, std::string_view bytes) {
        Listener& listener = host_.listener(session);
        if (!listener.is_open || bytes.empty()) {
            return;
        }
        note_replication(session, bytes);
        node_.on_session_bytes(session, bytes);
    }

    void wait(Duration time) {
        Instant const until = host_.time + time;
        while (host_.wake <= until) {
            host_.time = std::max(host_.time, host_.wake);
            host_.wake = Instant::max();
            node_.on_wake();
        }
        host_.time = until;
    }

    void end() {
        for (SessionId const session : {first_session, second_session}) {
            if (host_.listener(session).is_open) {
                node_.on_session_closed(session);
            }
        }
        wait(2s);
    }

private:
    /// SYNC and PSYNC turn the connection into a replica's.
    void note_replication(SessionId session, std::string_view bytes) {
        std::string& tail = session == first_session ? first_tail_ : second_tail_;
        for (char const c : bytes) {
            tail += static_cast<char>(c | 0x20);
        }
        if (tail.find("sync") != std::string::npos) {
            host_.listener(session).is_replica = true;
        }
        tail.erase(0, tail.size() - std::min<std::size_t>(tail.size(), 3));
    }

    FuzzHost host_;
    Node node_{config(), host_};
    std::string first_tail_, second_tail_;
};

void attack(std::string_view bytes) {
    if (bytes.size() < 2) {
        return;
    }
    auto const byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
    Attack attack;
    attack.send(first_session, opening(byte(0)));
    std::size_t const at_once = std::size_t{1} + byte(1);
    SessionId session = first_session;
    std::string piece;
    for (std::size_t at = 2; at < bytes.size(); ++at) {
        if (byte(at) != 0xFF || at + 1 == bytes.size()) {
            piece += bytes[at];
            if (piece.size() < at_once) {
                continue;
            }
        }
        attack.send(session, piece);
        piece.clear();
        if (byte(at) == 0xFF && at + 1 < bytes.size()) {
            std::uint8_t const what = byte(++at);
            if (what % 2 == 0) {
                attack.wait(std::chrono::milliseconds{what} * 10);
            } else {
                session = session == first_session ? second_session : first_session;
            }
        }
    }
    attack.send(session, piece);
    attack.end();
}

}  // namespace
}  // namespace keyslot::sim

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    keyslot::sim::attack({reinterpret_cast<char const*>(data), size});
    return 0;
}
