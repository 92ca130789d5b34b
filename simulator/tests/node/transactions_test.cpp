#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

class Transactions : public testing::Test {
protected:
    std::string ask(std::string_view line) {
        return node.send(session, std::string(line) + "\r\n");
    }
    std::string other(std::string_view line) {
        return node.send(second, std::string(line) + "\r\n");
    }

    TestNet net;
    TestNode& node = net.add_single();
    SessionId session = node.connect();
    SessionId second = node.connect();
};

TEST_F(Transactions, queue_and_run) {
    EXPECT_EQ(ask("MULTI"), "+OK\r\n");
    EXPECT_EQ(ask("SET k 1"), "+QUEUED\r\n");
    EXPECT_EQ(ask("INCR k"), "+QUEUED\r\n");
    EXPECT_EQ(other("GET k"), "$-1\r\n");
    EXPECT_EQ(ask("EXEC"), "*2\r\n+OK\r\n:2\r\n");
    EXPECT_EQ(ask("EXEC"), "-ERR EXEC without MULTI\r\n");
    EXPECT_EQ(ask("DISCARD"), "-ERR DISCARD without MULTI\r\n");
}

TEST_F(Transactions, a_refused_command_aborts) {
    ask("MULTI");
    EXPECT_EQ(ask("SET k"), "-ERR wrong number of arguments for 'set' command\r\n");
    EXPECT_EQ(ask("GET k"), "+QUEUED\r\n");
    EXPECT_EQ(ask("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
    EXPECT_EQ(ask("EXEC"), "-ERR EXEC without MULTI\r\n");
}

TEST_F(Transactions, a_command_that_fails_when_run_stops_nothing) {
    ask("SET k a");
    ask("MULTI");
    ask("INCR k");
    ask("SET k 5");
    EXPECT_EQ(ask("EXEC"), "*2\r\n-ERR value is not an integer or out of range\r\n+OK\r\n");
}

TEST_F(Transactions, nested_multi_and_watch_do_not_spoil_it) {
    ask("MULTI");
    EXPECT_EQ(ask("MULTI"), "-ERR MULTI calls can not be nested\r\n");
    EXPECT_EQ(ask("WATCH k"), "-ERR WATCH inside MULTI is not allowed\r\n");
    EXPECT_EQ(ask("EXEC"), "*0\r\n");
}

TEST_F(Transactions, commands_forbidden_inside) {
    ask("MULTI");
    EXPECT_EQ(ask("PSYNC ? -1"), "-ERR Command not allowed inside a transaction\r\n");
    EXPECT_EQ(ask("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
}

TEST_F(Transactions, slots_are_judged_together_at_exec_with_a_bare_error) {
    ask("MULTI");
    EXPECT_EQ(ask("SET a 1"), "+QUEUED\r\n");
    EXPECT_EQ(ask("SET b 1"), "+QUEUED\r\n");
    EXPECT_EQ(ask("EXEC"), "-CROSSSLOT Keys in request don't hash to the same slot\r\n");
    EXPECT_EQ(ask("EXEC"), "-ERR EXEC without MULTI\r\n");
    EXPECT_EQ(ask("EXISTS a"), ":0\r\n");
}

TEST_F(Transactions, watch_sees_writes_deletions_and_expiry) {
    for (std::string_view const change : {"SET k 2", "DEL k", "PEXPIRE k 100000", "FLUSHALL"}) {
        ask("SET k 1");
        EXPECT_EQ(ask("WATCH k"), "+OK\r\n");
        other(change);
        ask("MULTI");
        ask("GET k");
        EXPECT_EQ(ask("EXEC"), "*-1\r\n") << change;
    }
    ask("SET k 1 PX 20");
    ask("WATCH k");
    net.run_for(50ms);
    ask("MULTI");
    EXPECT_EQ(ask("EXEC"), "*-1\r\n");
    ask("HELLO 3");
    ask("WATCH k");
    other("SET k 3");
    ask("MULTI");
    EXPECT_EQ(ask("EXEC"), "_\r\n");
}

TEST_F(Transactions, watch_ends_with_exec_discard_and_unwatch) {
    for (std::string_view const end : {"EXEC", "DISCARD"}) {
        ask("WATCH k");
        ask("MULTI");
        ask(end);
        other("SET k 1");
        ask("MULTI");
        EXPECT_EQ(ask("EXEC"), "*0\r\n") << end;
    }
    ask("WATCH k");
    other("SET k 1");
    EXPECT_EQ(ask("UNWATCH"), "+OK\r\n");
    ask("MULTI");
    EXPECT_EQ(ask("EXEC"), "*0\r\n");
}

TEST_F(Transactions, watching_a_key_that_has_expired_already_is_no_conflict) {
    ask("SET k 1 PX 10");
    other("CLIENT PAUSE 1000 WRITE");  // so that it stays
    net.run_for(50ms);
    ask("WATCH k");
    other("CLIENT UNPAUSE");
    net.run_for(200ms);
    ask("MULTI");
    EXPECT_EQ(ask("EXEC"), "*0\r\n");
}

TEST_F(Transactions, hello_inside_switches_the_protocol_in_the_middle) {
    ask("MULTI");
    ask("GET nokey");
    ask("HELLO 3");
    ask("GET nokey");
    std::string const reply = ask("EXEC");
    EXPECT_TRUE(reply.starts_with("*3\r\n$-1\r\n%7\r\n"));
    EXPECT_TRUE(reply.ends_with("_\r\n"));
}

TEST_F(Transactions, quit_and_reset_run_at_once) {
    ask("MULTI");
    EXPECT_EQ(ask("RESET"), "+RESET\r\n");
    EXPECT_EQ(ask("EXEC"), "-ERR EXEC without MULTI\r\n");
    ask("MULTI");
    EXPECT_EQ(ask("QUIT"), "+OK\r\n<closed>");
}

TEST_F(Transactions, are_reported_command_by_command) {
    node.executed_commands.clear();
    ask("MULTI");
    ask("SET k 1");
    ask("GET k");
    ask("EXEC");
    ASSERT_EQ(node.executed_commands.size(), 4u);
    EXPECT_EQ(node.executed_commands[1].line, "SET k 1");
    EXPECT_TRUE(node.executed_commands[1].in_transaction);
    EXPECT_TRUE(node.executed_commands[1].is_write);
    EXPECT_FALSE(node.executed_commands[2].is_write);
    EXPECT_EQ(node.executed_commands[3].line, "EXEC");
}

TEST(TransactionsInACluster, a_moved_slot_shows_at_the_first_keyed_command) {
    TestNet net;
    TestNode& node = *net.add_cluster(3, 0)[0];
    SessionId const session = node.connect();
    auto const ask = [&](std::string_view line) {
        return node.send(session, std::string(line) + "\r\n");
    };
    EXPECT_EQ(ask("MULTI"), "+OK\r\n");
    EXPECT_EQ(ask("SET a 1"), "-MOVED 15495 10.0.0.3:7000\r\n");
    EXPECT_EQ(ask("SET bar 1"), "+QUEUED\r\n");
    EXPECT_EQ(ask("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
}

}  // namespace

}  // namespace keyslot::sim
