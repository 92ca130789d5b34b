#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

// What a redis-server 7.0.15 does, where a dialogue cannot tell it: ids of connections, chance, replicas.
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

class TrackingOnANode : public testing::Test {
protected:
    std::string ask(SessionId session, std::string_view line) {
        return node.send(session, std::string(line) + "\r\n");
    }

    TestNet net;
    TestNode& node = net.add_single();
    SessionId listener = node.connect();  // CLIENT ID 1
    SessionId reader = node.connect();
    SessionId writer = node.connect();
};

constexpr std::string_view invalidate_foo =
    "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$3\r\nfoo\r\n";

TEST_F(TrackingOnANode, redirects_to_any_subscriber_and_nobody_else) {
    EXPECT_EQ(ask(reader, "CLIENT TRACKING ON REDIRECT 1"), "+OK\r\n");
    EXPECT_EQ(ask(reader, "CLIENT GETREDIR"), ":1\r\n");
    ask(reader, "GET foo");
    ask(writer, "SET foo x");
    EXPECT_EQ(node.received(listener), "");
    ask(listener, "SUBSCRIBE other");
    ask(reader, "GET foo");
    ask(writer, "SET foo x");
    EXPECT_EQ(node.received(listener), invalidate_foo);
    EXPECT_EQ(ask(reader, "GET foo"), "$1\r\nx\r\n");
    EXPECT_EQ(ask(reader, "SET foo y"), "+OK\r\n");
    EXPECT_EQ(node.received(listener), invalidate_foo);
    EXPECT_NE(ask(reader, "CLIENT INFO").find("flags=t "), std::string::npos);
    EXPECT_NE(ask(reader, "CLIENT INFO").find("redir=1 "), std::string::npos);
}

TEST_F(TrackingOnANode, a_flush_is_told_in_the_null_of_the_one_who_tracks) {
    ask(listener, "SUBSCRIBE other");
    ask(reader, "HELLO 3");
    ask(reader, "CLIENT TRACKING ON REDIRECT 1");
    ask(writer, "FLUSHALL");
    EXPECT_EQ(node.received(listener),
              "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n_\r\n");
}

TEST_F(TrackingOnANode, tells_of_a_redirection_whose_target_is_gone) {
    ask(reader, "HELLO 3");
    ask(reader, "CLIENT TRACKING ON REDIRECT 1");
    ask(reader, "GET foo");
    node.disconnect(listener);
    ask(writer, "SET foo x");
    EXPECT_EQ(node.received(reader), ">2\r\n$21\r\ntracking-redir-broken\r\n:1\r\n");
    EXPECT_EQ(ask(reader, "CLIENT TRACKINGINFO"),
              "%3\r\n$5\r\nflags\r\n~2\r\n$2\r\non\r\n$15\r\nbroken_redirect\r\n$8\r\nredirect\r\n:"
              "1\r\n$8\r\nprefixes\r\n*0\r\n");
    EXPECT_NE(ask(reader, "CLIENT INFO").find("flags=tR "), std::string::npos);
    ask(reader, "GET foo");
    EXPECT_EQ(ask(reader, "SET foo y"), "+OK\r\n>2\r\n$21\r\ntracking-redir-broken\r\n:1\r\n");
}

TEST_F(TrackingOnANode, forgets_keys_beyond_the_limit_and_says_so) {
    ask(reader, "HELLO 3");
    ask(writer, "CONFIG SET tracking-table-max-keys 1");
    ask(reader, "CLIENT TRACKING ON");
    EXPECT_EQ(ask(reader, "GET {a}1"), "_\r\n");
    EXPECT_EQ(ask(reader, "GET {a}2"), "_\r\n");
    EXPECT_EQ(ask(reader, "PING").substr(0, 23), ">2\r\n$10\r\ninvalidate\r\n*1");
    EXPECT_NE(ask(writer, "INFO stats").find("tracking_total_keys:1\r\n"), std::string::npos);
    EXPECT_NE(ask(writer, "INFO clients").find("tracking_clients:1\r\n"), std::string::npos);
}

TEST_F(TrackingOnANode, of_one_pipeline_a_follower_hears_once) {
    ask(reader, "HELLO 3");
    ask(reader, "CLIENT TRACKING ON BCAST");
    node.send(writer, "SET {a}2 x\r\nSET {a}1 x\r\nSET {a}2 x\r\n");
    EXPECT_EQ(node.received(reader),
              ">2\r\n$10\r\ninvalidate\r\n*2\r\n$4\r\n{a}1\r\n$4\r\n{a}2\r\n");
}

TEST(TrackingInACluster, a_replica_tells_of_what_its_master_writes) {
    TestNet net;
    auto const nodes = net.add_cluster(1, 1);
    net.run_for(5s);
    TestNode& replica = *nodes[1];
    SessionId const reader = replica.connect();
    SessionId const follower = replica.connect();
    replica.send(reader, "HELLO 3\r\nREADONLY\r\nCLIENT TRACKING ON\r\nGET foo\r\n");
    replica.send(follower, "HELLO 3\r\nCLIENT TRACKING ON BCAST PREFIX fo\r\n");
    replica.received(follower);
    nodes[0]->ask("SET foo x");
    net.run_for(10ms);
    EXPECT_EQ(replica.received(reader), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\nfoo\r\n");
    EXPECT_EQ(replica.received(follower), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\nfoo\r\n");
}

}  // namespace
}  // namespace keyslot::sim
