#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

// A node that ends by SHUTDOWN, and one that sleeps.
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto npos = std::string::npos;

TEST(Shutdown, ends_at_once_where_no_replica_has_less_and_answers_nobody) {
    TestNet net;
    TestNode& node = net.add_single();
    SessionId const client = node.connect();
    SessionId const other = node.connect();
    EXPECT_EQ(node.send(client, "SET a 1\r\n"), "+OK\r\n");
    EXPECT_EQ(node.send(client, "GET a\r\nSHUTDOWN NOSAVE\r\nPING\r\n"), "<closed>");
    EXPECT_EQ(node.received(other), "<closed>");
    net.run_for(1ms);
    EXPECT_FALSE(node.is_up());
    node.restart(true);
    net.run_for(4s);
    EXPECT_EQ(node.ask("GET a"), "$1\r\n1\r\n");
}

TEST(Shutdown, what_makes_no_sense_is_refused) {
    TestNet net;
    TestNode& node = net.add_single();
    for (std::string_view const line :
         {"SHUTDOWN x", "SHUTDOWN SAVE NOSAVE", "SHUTDOWN ABORT NOW"}) {
        EXPECT_EQ(node.ask(line), "-ERR syntax error\r\n") << line;
    }
    EXPECT_EQ(node.ask("SHUTDOWN ABORT"), "-ERR No shutdown in progress.\r\n");
}

/// A master whose replica hears nothing.
class LaggingReplica : public testing::Test {
protected:
    LaggingReplica() {
        net.cut(*nodes[0], *nodes[1]);
        EXPECT_EQ(master.send(client, "SET a 1\r\n"), "+OK\r\n");
        EXPECT_EQ(master.send(client, "SHUTDOWN\r\n"), "");
        net.run_for(200ms);
    }

    TestNet net;
    std::vector<TestNode*> nodes = net.add_cluster(1, 1);
    TestNode& master = *nodes[0];
    SessionId client = master.connect();
};

TEST_F(LaggingReplica, holds_the_shutdown_up_for_ten_seconds_in_which_nothing_is_written) {
    EXPECT_EQ(master.ask("GET a"), "$1\r\n1\r\n");
    EXPECT_NE(master.ask("INFO server").find("shutdown_in_milliseconds:9800\r\n"), npos);
    EXPECT_NE(master.ask("CLIENT LIST").find("flags=b"), npos);
    SessionId const writer = master.connect();
    EXPECT_EQ(master.send(writer, "SET a 2\r\n"), "");
    EXPECT_EQ(master.ask("SHUTDOWN NOW"), "");  // waits likewise
    net.run_for(9700ms);
    EXPECT_TRUE(master.is_up());
    net.run_for(300ms);
    EXPECT_FALSE(master.is_up());
    EXPECT_EQ(master.received(writer), "<closed>");
    EXPECT_EQ(master.received(client), "<closed>");
}

TEST_F(LaggingReplica, need_not_be_waited_for) {
    EXPECT_EQ(master.ask("SHUTDOWN ABORT"), "+OK\r\n");
    EXPECT_EQ(master.ask("SHUTDOWN NOW"), "<closed>");
    net.run_for(1ms);
    EXPECT_FALSE(master.is_up());
}

TEST(Shutdown, goes_on_once_all_replicas_have_acknowledged_everything) {
    TestNet net;
    TestNode& node = net.add_single();
    SessionId const replica = node.connect();
    SessionId const client = node.connect();
    node.send(replica, "PSYNC ? -1\r\n");
    node.send(client, "SET a 1\r\n");
    node.received(replica);
    EXPECT_EQ(node.send(client, "SHUTDOWN\r\n"), "");
    EXPECT_EQ(node.received(replica), "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");
    node.send(replica, "REPLCONF ACK 50\r\n");  // without the GETACK itself
    net.run_for(200ms);
    EXPECT_TRUE(node.is_up());
    node.send(replica, "REPLCONF ACK 87\r\n");
    net.run_for(101ms);
    EXPECT_FALSE(node.is_up());
    EXPECT_EQ(node.received(client), "<closed>");
}

TEST_F(LaggingReplica, leaves_time_to_abort) {
    SessionId const writer = master.connect();
    EXPECT_EQ(master.send(writer, "SET a 2\r\n"), "");
    EXPECT_EQ(master.ask("SHUTDOWN ABORT"), "+OK\r\n");
    EXPECT_EQ(master.received(client), "-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
    EXPECT_EQ(master.received(writer), "+OK\r\n");
    EXPECT_EQ(master.ask("INFO server").find("shutdown_in_milliseconds"), npos);
    net.run_for(11s);
    EXPECT_TRUE(master.is_up());
    EXPECT_EQ(master.send(client, "PING\r\n"), "+PONG\r\n");
}

TEST(Shutdown, of_a_busy_node_must_not_save) {
    TestNet net;
    TestNode& node = net.add_single();
    SessionId const client = node.connect();
    node.send(client, command({"EVAL", "while true do end", "0"}));
    net.run_for(6s);
    EXPECT_EQ(node.ask("SHUTDOWN"),
              "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN "
              "NOSAVE.\r\n");
    EXPECT_TRUE(node.is_up());
    node.ask("SHUTDOWN NOSAVE");
    net.run_for(1ms);
    EXPECT_FALSE(node.is_up());
    EXPECT_EQ(node.received(client), "<closed>");
}

TEST(DebugSleep, stops_the_whole_node_and_answers_when_it_is_over) {
    TestNet net;
    NodeConfig config;
    config.options = {{"enable-debug-command", "yes"}};
    TestNode& node = net.add_single(config);
    SessionId const client = node.connect();
    SessionId const other = node.connect();
    EXPECT_EQ(node.send(client, "DEBUG SLEEP 0.3\r\nECHO a\r\n"), "");
    EXPECT_EQ(node.send(other, "PING\r\n"), "");
    net.run_for(299ms);
    EXPECT_EQ(node.received(client), "");
    EXPECT_EQ(node.received(other), "");
    net.run_for(1ms);
    EXPECT_EQ(node.received(client), "+OK\r\n$1\r\na\r\n");
    EXPECT_EQ(node.received(other), "+PONG\r\n");
    EXPECT_EQ(node.ask("DEBUG SLEEP x"), "+OK\r\n");
    EXPECT_EQ(node.ask("DEBUG SLEEP -1"), "+OK\r\n");
}

TEST(DebugSleep, within_a_transaction_delays_what_follows) {
    TestNet net;
    NodeConfig config;
    config.options = {{"enable-debug-command", "yes"}};
    TestNode& node = net.add_single(config);
    SessionId const client = node.connect();
    node.send(client, "MULTI\r\nSET a 1\r\nDEBUG SLEEP 1\r\nGET a\r\n");
    EXPECT_EQ(node.send(client, "EXEC\r\n"), "");
    net.run_for(1s);
    EXPECT_EQ(node.received(client), "*3\r\n+OK\r\n+OK\r\n$1\r\n1\r\n");
}

}  // namespace

}  // namespace keyslot::sim
