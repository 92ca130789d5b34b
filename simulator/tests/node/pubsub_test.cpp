#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// Publish and subscribe where several nodes and their roles matter; frames are pinned by the dialogues.
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view lost_foo = "*3\r\n$12\r\nsunsubscribe\r\n$3\r\nfoo\r\n:0\r\n";

std::string ask(TestNode& node, SessionId session, std::string_view line) {
    return node.send(session, std::string(line) + "\r\n");
}

/// One shard of a master and two replicas.
class PubSubInAShard : public testing::Test {
protected:
    PubSubInAShard() { net.run_for(5s); }

    TestNet net;
    std::vector<TestNode*> nodes = net.add_cluster(1, 2);
    TestNode& master = *nodes[0];
    TestNode& promoted = *nodes[1];
    TestNode& sibling = *nodes[2];
};

TEST_F(PubSubInAShard, shard_subscribers_stay_on_the_promoted_replica_alone) {
    SessionId const on_master = master.connect();
    SessionId const on_promoted = promoted.connect();
    SessionId const on_sibling = sibling.connect();
    ask(master, on_master, "SSUBSCRIBE foo");
    ask(promoted, on_promoted, "SSUBSCRIBE foo");
    ask(sibling, on_sibling, "SSUBSCRIBE foo");
    EXPECT_EQ(promoted.ask("CLUSTER FAILOVER"), "+OK\r\n");
    net.run_for(3s);
    EXPECT_EQ(promoted.ask("ROLE").substr(0, 16), "*3\r\n$6\r\nmaster\r\n");
    EXPECT_EQ(master.received(on_master), lost_foo);
    EXPECT_EQ(sibling.received(on_sibling), lost_foo);
    EXPECT_EQ(promoted.received(on_promoted), "");
    EXPECT_EQ(ask(master, on_master, "PING"), "+PONG\r\n");
}

TEST_F(PubSubInAShard, plain_subscribers_stay_whatever_becomes_of_their_node) {
    SessionId const on_master = master.connect();
    ask(master, on_master, "SUBSCRIBE foo");
    promoted.ask("CLUSTER FAILOVER");
    net.run_for(3s);
    EXPECT_EQ(promoted.ask("PUBLISH foo x"), ":0\r\n");
    net.run_for(10ms);
    EXPECT_EQ(master.received(on_master), "*3\r\n$7\r\nmessage\r\n$3\r\nfoo\r\n$1\r\nx\r\n");
}

TEST_F(PubSubInAShard, messages_of_one_node_keep_their_order) {
    SessionId const listener = sibling.connect();
    ask(sibling, listener, "SUBSCRIBE n");
    master.send(master.connect(), "PUBLISH n 1\r\nPUBLISH n 2\r\nPUBLISH n 3\r\n");
    net.run_for(10ms);
    EXPECT_EQ(sibling.received(listener),
              "*3\r\n$7\r\nmessage\r\n$1\r\nn\r\n$1\r\n1\r\n"
              "*3\r\n$7\r\nmessage\r\n$1\r\nn\r\n$1\r\n2\r\n"
              "*3\r\n$7\r\nmessage\r\n$1\r\nn\r\n$1\r\n3\r\n");
}

TEST_F(PubSubInAShard, keyspace_events_stay_on_the_node_that_executed) {
    SessionId const on_master = master.connect();
    SessionId const on_sibling = sibling.connect();
    sibling.ask("CONFIG SET notify-keyspace-events E$x");
    ask(master, on_master, "PSUBSCRIBE *");
    ask(sibling, on_sibling, "PSUBSCRIBE *");
    master.ask("SET foo x PX 10");
    net.run_for(300ms);
    EXPECT_EQ(master.received(on_master), "");
    // A replica tells of what it was told to do; the expiry came to it as DEL.
    EXPECT_EQ(sibling.received(on_sibling),
              "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$18\r\n__keyevent@0__:set\r\n$3\r\nfoo\r\n");
}

TEST_F(PubSubInAShard, a_subscriber_that_is_sent_too_much_at_once_is_dropped) {
    SessionId listener = master.connect();
    SessionId const patient = master.connect();
    ask(master, listener, "SUBSCRIBE a");
    master.ask("CONFIG SET client-output-buffer-limit \"pubsub 64kb 0 0\"");
    EXPECT_EQ(master.send(patient, command({"PUBLISH", "a", std::string(100'000, 'x')})), ":1\r\n");
    EXPECT_EQ(master.received(listener), "<closed>");
    EXPECT_EQ(master.send(patient, command({"ECHO", std::string(90'000, 'x')})).size(), 90'010u);
    net.run_for(10ms);
    ask(master, listener = master.connect(), "SUBSCRIBE a");
    master.send(patient, command({"PUBLISH", "a", std::string(40'000, 'x')}));
    EXPECT_GT(master.received(listener).size(), 40'000u);
}

TEST_F(PubSubInAShard, nothing_is_delivered_after_quit_or_reset) {
    SessionId const listener = master.connect();
    ask(master, listener, "SUBSCRIBE a");
    EXPECT_EQ(ask(master, listener, "RESET"), "+RESET\r\n");
    EXPECT_EQ(master.ask("PUBLISH a x"), ":0\r\n");
    ask(master, listener, "SUBSCRIBE a");
    EXPECT_EQ(ask(master, listener, "QUIT"), "+OK\r\n<closed>");
    EXPECT_EQ(master.ask("PUBLISH a x"), ":0\r\n");
}

}  // namespace
}  // namespace keyslot::sim
