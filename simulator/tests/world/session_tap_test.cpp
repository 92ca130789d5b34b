// A tap between clients and nodes: what it hears, and what it may do.
#include "simulator/world/session_tap.hpp"
#include "client/protocol/resp_writer.hpp"

#include <keyslot/sim/world.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

class RecordingTap final : public SessionTap {
public:
    void on_open(Session const& session) override {
        heard.push_back("open " + std::to_string(session.node) + " from " + session.peer.address);
    }
    Fate on_request(Session const&, std::span<std::string_view const> arguments) override {
        std::string line;
        for (std::string_view const word : arguments) {
            line += (line.empty() ? "" : " ") + std::string(word);
        }
        heard.push_back(line);
        return line == trigger ? fate : Fate{};
    }
    void on_answer(Session const&, std::string_view bytes) override {
        heard.push_back("-> " + std::string(bytes.substr(0, bytes.find('\r'))));
    }
    void on_late_answer(Session const&, std::string_view bytes) override {
        heard.push_back("late -> " + std::string(bytes.substr(0, bytes.find('\r'))));
    }

    std::vector<std::string> heard;
    std::string trigger;
    Fate fate;
};

// Sends bytes to the first node, and keeps what comes back.
struct Talk {
    World world{Seed{1}};
    RecordingTap tap;
    std::unique_ptr<ByteStream> stream;
    std::array<char, 4096> buffer{};
    std::string received;
    bool ended = false;

    Talk() {
        world.tap_sessions(&tap);
        Cluster& cluster = world.add_cluster({.masters = 1});
        world.host("app").connect(cluster[0].address(), {}, [this](error_code, auto connected) {
            stream = std::move(connected);
            read();
        });
        world.run_for(1ms);
        tap.heard.clear();
    }
    void read() {
        stream->read_some(asio::buffer(buffer), [this](error_code ec, std::size_t bytes) {
            received.append(buffer.data(), bytes);
            ended = static_cast<bool>(ec);
            if (!ended) {
                read();
            }
        });
    }
    std::string say(std::string bytes) {
        received.clear();
        stream->write(asio::buffer(bytes), [](error_code, std::size_t) {});
        world.run_for(1ms);
        return received;
    }
};

using Heard = std::vector<std::string>;

TEST(SessionTap, HearsRequestsAndAnswersOneByOne) {
    Talk talk;
    EXPECT_EQ(talk.say("SET a 1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nGE"), "+OK\r\n$1\r\n1\r\n");
    EXPECT_EQ(talk.tap.heard, (Heard{"SET a 1", "-> +OK", "GET a", "-> $1"}));
    EXPECT_EQ(talk.say("T b\r\n"), "$-1\r\n");
    EXPECT_EQ(talk.tap.heard.back(), "-> $-1");
}

TEST(SessionTap, MayAnswerInTheNodesPlace) {
    Talk talk;
    talk.tap.trigger = "INCR a";
    talk.tap.fate = {.reaches_node = false, .answer = "-LOADING soon\r\n"};
    EXPECT_EQ(talk.say("SET a 1\r\nINCR a\r\nGET a\r\n"), "+OK\r\n-LOADING soon\r\n$1\r\n1\r\n");
}

TEST(SessionTap, MayDropTheNodesAnswer) {
    Talk talk;
    talk.tap.trigger = "INCR a";
    talk.tap.fate = {.keep_answer = false};
    EXPECT_EQ(talk.say("INCR a\r\nGET a\r\n"), "$1\r\n1\r\n") << "it was executed";
}

TEST(SessionTap, MayCloseTheConnection) {
    Talk talk;
    talk.tap.trigger = "INCR a";
    talk.tap.fate = {.keep_answer = false, .close = true};
    EXPECT_EQ(talk.say("SET a 1\r\nINCR a\r\nGET a\r\n"), "+OK\r\n");
    EXPECT_TRUE(talk.ended);
    EXPECT_EQ(talk.tap.heard.back(), "-> :2") << "nothing after it reaches the node";
}

TEST(SessionTap, HearsWhatABlockedRequestIsAnsweredLater) {
    Talk talk;
    EXPECT_EQ(talk.say("BLPOP a 0.1\r\n"), "");
    talk.world.run_for(200ms);
    EXPECT_EQ(talk.received, "*-1\r\n");
    EXPECT_EQ(talk.tap.heard, (Heard{"BLPOP a 0.1", "-> ", "late -> *-1"}));
}

TEST(SessionTap, MayDropWhatABlockedRequestIsAnsweredLater) {
    Talk talk;
    talk.tap.trigger = "BLPOP a 0.1";
    talk.tap.fate = {.keep_answer = false};
    talk.say("BLPOP a 0.1\r\n");
    talk.world.run_for(200ms);
    EXPECT_EQ(talk.received, "");
    EXPECT_EQ(talk.say("PING\r\n"), "+PONG\r\n");
}

TEST(SessionTap, LeavesWhatIsNoRequestToTheNode) {
    Talk talk;
    EXPECT_EQ(talk.say("*1\r\n+x\r\n"), "-ERR Protocol error: expected '$', got '+'\r\n");
    EXPECT_TRUE(talk.ended);
    EXPECT_TRUE(talk.tap.heard.empty());
}

}  // namespace
}  // namespace keyslot::sim
