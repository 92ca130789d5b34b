#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

class Blocking : public testing::Test {
protected:
    std::string ask(std::string_view line) {
        return node.send(session, std::string(line) + "\r\n");
    }
    std::string first(std::string_view line) { return node.send(one, std::string(line) + "\r\n"); }
    std::string second(std::string_view line) { return node.send(two, std::string(line) + "\r\n"); }
    std::string to_first() { return node.received(one); }
    std::string to_second() { return node.received(two); }
    std::string client_id(SessionId of) {
        std::string const reply = node.send(of, "CLIENT ID\r\n");
        return reply.substr(1, reply.find('\r') - 1);
    }
    static std::string pair(std::string_view key, std::string_view value) {
        return command({key, value});
    }

    TestNet net;
    TestNode& node = net.add_single();
    SessionId session = node.connect();
    SessionId one = node.connect();
    SessionId two = node.connect();
};

TEST_F(Blocking, a_push_serves_who_waits_longest) {
    EXPECT_EQ(first("BLPOP k 0"), "");
    EXPECT_EQ(second("BRPOP k 0"), "");
    EXPECT_EQ(ask("RPUSH k a"), ":1\r\n");
    EXPECT_EQ(to_first(), pair("k", "a"));
    EXPECT_EQ(to_second(), "");
    EXPECT_EQ(ask("EXISTS k"), ":0\r\n");
    EXPECT_EQ(ask("RPUSH k b c d"), ":3\r\n");
    EXPECT_EQ(to_second(), pair("k", "d"));
    EXPECT_EQ(ask("LRANGE k 0 -1"), command({"b", "c"}));
}

TEST_F(Blocking, one_push_serves_several) {
    first("BLPOP k 0");
    second("BLPOP k 0");
    EXPECT_EQ(ask("RPUSH k a b c"), ":3\r\n");
    EXPECT_EQ(to_first(), pair("k", "a"));
    EXPECT_EQ(to_second(), pair("k", "b"));
    EXPECT_EQ(ask("LLEN k"), ":1\r\n");
}

TEST_F(Blocking, of_several_keys_the_first_that_comes_counts) {
    first("BLPOP {k}1 {k}2 {k}1 0");
    ask("MULTI");
    ask("RPUSH {k}2 a");
    ask("RPUSH {k}1 b");
    ask("EXEC");
    EXPECT_EQ(to_first(), pair("{k}2", "a"));
    EXPECT_EQ(ask("LLEN {k}1"), ":1\r\n");
    EXPECT_EQ(first("PING"), "+PONG\r\n");
}

TEST_F(Blocking, a_transaction_is_over_before_anybody_is_served) {
    first("BLPOP k 0");
    ask("MULTI");
    ask("RPUSH k a");
    ask("DEL k");
    EXPECT_EQ(ask("EXEC"), "*2\r\n:1\r\n:1\r\n");
    EXPECT_EQ(to_first(), "");
    ask("MULTI");
    ask("RPUSH k a");
    ask("LPUSH k b");
    ask("EXEC");
    EXPECT_EQ(to_first(), pair("k", "b"));
}

TEST_F(Blocking, what_is_moved_to_another_key_is_served_on_from_there) {
    first("BLMOVE {k}1 {k}2 LEFT RIGHT 0");
    second("BLPOP {k}2 0");
    ask("RPUSH {k}1 a");
    EXPECT_EQ(to_first(), "$1\r\na\r\n");
    EXPECT_EQ(to_second(), pair("{k}2", "a"));
    EXPECT_EQ(ask("EXISTS {k}1 {k}2"), ":0\r\n");
}

TEST_F(Blocking, a_list_may_be_moved_onto_itself) {
    first("BRPOPLPUSH k k 0");
    ask("RPUSH k a");
    EXPECT_EQ(to_first(), "$1\r\na\r\n");
    EXPECT_EQ(ask("LRANGE k 0 -1"), command({"a"}));
}

TEST_F(Blocking, a_target_of_the_wrong_type_costs_no_element) {
    ask("SET {k}2 x");
    first("BLMOVE {k}1 {k}2 LEFT RIGHT 0");
    second("BLPOP {k}1 0");
    ask("RPUSH {k}1 a");
    EXPECT_EQ(to_first(), "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
    EXPECT_EQ(to_second(), pair("{k}1", "a"));
}

TEST_F(Blocking, keys_come_by_rename_copy_and_restore_too) {
    ask("RPUSH {k}1 a");
    first("BLPOP {k}2 0");
    ask("RENAME {k}1 {k}2");
    EXPECT_EQ(to_first(), pair("{k}2", "a"));
    ask("RPUSH {k}1 a");
    first("BLPOP {k}2 0");
    ask("COPY {k}1 {k}2");
    EXPECT_EQ(to_first(), pair("{k}2", "a"));
}

TEST_F(Blocking, a_value_of_another_type_wakes_nobody) {
    first("BLPOP k 0");
    ask("SET k x");
    EXPECT_EQ(to_first(), "");
    ask("DEL k");
    ask("RPUSH k a");
    EXPECT_EQ(to_first(), pair("k", "a"));
}

TEST_F(Blocking, ends_when_its_time_is_up) {
    first("BLPOP k 0.5");
    second("HELLO 3");
    second("BLMOVE {k}1 {k}2 LEFT LEFT 0.25");
    EXPECT_NE(ask("INFO clients").find("blocked_clients:2\r\n"), std::string::npos);
    EXPECT_NE(ask("INFO clients").find("clients_in_timeout_table:2\r\n"), std::string::npos);
    net.run_for(249ms);
    EXPECT_EQ(to_second(), "");
    net.run_for(1ms);
    EXPECT_EQ(to_second(), "_\r\n");
    net.run_for(249ms);
    EXPECT_EQ(to_first(), "");
    net.run_for(1ms);
    EXPECT_EQ(to_first(), "*-1\r\n");
    EXPECT_EQ(first("PING"), "+PONG\r\n");
}

TEST_F(Blocking, a_deadline_is_a_sign_of_life_and_for_ever_is_none) {
    first("BLPOP k 0");
    EXPECT_TRUE(node.wake_in_background);
    second("BLPOP k 60");
    EXPECT_FALSE(node.wake_in_background);
}

TEST_F(Blocking, the_next_commands_wait) {
    EXPECT_EQ(first("PING\r\nBLPOP k 0\r\nPING"), "+PONG\r\n");
    EXPECT_EQ(first("ECHO x"), "");
    ask("RPUSH k a");
    EXPECT_EQ(to_first(), pair("k", "a") + "+PONG\r\n$1\r\nx\r\n");
}

TEST_F(Blocking, in_a_transaction_time_is_up_at_once) {
    ask("MULTI");
    ask("BLPOP k 0");
    ask("BLMPOP 0 1 k LEFT");
    ask("BLMOVE {k}1 {k}2 LEFT LEFT 0");
    EXPECT_EQ(ask("EXEC"), "*3\r\n*-1\r\n*-1\r\n$-1\r\n");
}

TEST_F(Blocking, a_client_that_has_gone_takes_nothing) {
    first("BLPOP k 0");
    second("BLPOP k 0");
    node.disconnect(one);
    ask("RPUSH k a");
    EXPECT_EQ(to_second(), pair("k", "a"));
    second("BLPOP k 0");
    std::string const id = client_id(node.connect());
    SessionId const third = node.connect();
    node.send(third, "BLPOP k 0\r\n");
    ask("MULTI");
    ask("CLIENT KILL ID " + std::to_string(std::stoi(id) - 1));
    ask("RPUSH k a");
    ask("EXEC");
    EXPECT_EQ(to_second(), "<closed>");
    EXPECT_EQ(node.received(third), pair("k", "a"));
}

TEST_F(Blocking, client_unblock_ends_it_either_way) {
    std::string const id = client_id(one);
    EXPECT_EQ(ask("CLIENT UNBLOCK " + id), ":0\r\n");
    first("BLPOP k 0");
    EXPECT_NE(ask("CLIENT LIST ID " + id).find(" flags=b "), std::string::npos);
    EXPECT_EQ(ask("CLIENT UNBLOCK " + id), ":1\r\n");
    EXPECT_EQ(to_first(), "*-1\r\n");
    first("BLPOP k 0");
    EXPECT_EQ(ask("CLIENT UNBLOCK " + id + " ERROR"), ":1\r\n");
    EXPECT_EQ(to_first(), "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    ask("RPUSH k a");
    EXPECT_EQ(to_first(), "");
}

TEST_F(Blocking, skipped_replies_are_skipped_late_too) {
    EXPECT_EQ(first("CLIENT REPLY SKIP"), "");
    EXPECT_EQ(first("BLPOP k 0"), "");
    ask("RPUSH k a");
    EXPECT_EQ(to_first(), "");
    EXPECT_EQ(first("PING"), "+PONG\r\n");
}

TEST_F(Blocking, timeouts_are_floats_in_bounds) {
    EXPECT_EQ(ask("BLPOP k x"), "-ERR timeout is not a float or out of range\r\n");
    EXPECT_EQ(ask("BLPOP k nan"), "-ERR timeout is not a float or out of range\r\n");
    EXPECT_EQ(ask("BLPOP k -1"), "-ERR timeout is negative\r\n");
    EXPECT_EQ(ask("BLPOP k -inf"), "-ERR timeout is negative\r\n");
    EXPECT_EQ(ask("BLPOP k inf"), "-ERR timeout is negative\r\n");
    EXPECT_EQ(ask("BLPOP k 9223372036854776"), "-ERR timeout is negative\r\n");
    EXPECT_EQ(first("BLPOP k 9223372036854775"), "");
    EXPECT_EQ(second("BLPOP k 1e-30"), "");
    net.run_for(1ms);
    EXPECT_EQ(to_second(), "*-1\r\n");
    EXPECT_EQ(to_first(), "");
}

TEST_F(Blocking, is_told_as_executed_when_it_is_over) {
    node.executed_commands.clear();
    first("BLPOP k 0");
    second("BLPOP k 0.001");
    EXPECT_TRUE(node.executed_commands.empty());
    net.run_for(1ms);
    ask("RPUSH k a");
    ASSERT_EQ(node.executed_commands.size(), 3u);
    EXPECT_EQ(node.executed_commands[0].line, "BLPOP k 0.001");
    EXPECT_FALSE(node.executed_commands[0].is_write);
    EXPECT_EQ(node.executed_commands[2].line, "BLPOP k 0");
    EXPECT_TRUE(node.executed_commands[2].is_write);
}

class BlockingInCluster : public testing::Test {
protected:
    TestNet net;
    std::vector<TestNode*> nodes = net.add_cluster(3, 1);
    TestNode& owner = *nodes[2];  // of foo, slot 12182
    TestNode& other = *nodes[0];
    SessionId waiting = owner.connect();

    void block() { EXPECT_EQ(owner.send(waiting, "BLPOP foo 0\r\n"), ""); }
    /// What the client gets within the second that the client cron takes.
    std::string ending() {
        net.run_for(1s);
        return owner.received(waiting);
    }
};

TEST_F(BlockingInCluster, a_slot_that_has_gone_is_told_by_moved) {
    block();
    EXPECT_EQ(owner.ask("CLUSTER SETSLOT 12182 MIGRATING " + other.id()), "+OK\r\n");
    EXPECT_EQ(ending(), "");
    EXPECT_EQ(other.ask("CLUSTER SETSLOT 12182 IMPORTING " + owner.id()), "+OK\r\n");
    EXPECT_EQ(other.ask("CLUSTER SETSLOT 12182 NODE " + other.id()), "+OK\r\n");
    EXPECT_EQ(owner.ask("CLUSTER SETSLOT 12182 NODE " + other.id()), "+OK\r\n");
    EXPECT_EQ(ending(), "-MOVED 12182 10.0.0.1:7000\r\n");
    EXPECT_EQ(owner.send(waiting, "PING\r\n"), "+PONG\r\n");
}

TEST_F(BlockingInCluster, a_slot_without_owner_takes_the_cluster_down) {
    block();
    owner.ask("CLUSTER DELSLOTS 12182");
    EXPECT_EQ(ending(), "-CLUSTERDOWN The cluster is down\r\n");
}

TEST_F(BlockingInCluster, whoever_waits_on_a_master_that_steps_down_is_sent_away) {
    block();
    SessionId const waiting_for_replicas = owner.connect();
    EXPECT_EQ(owner.send(waiting_for_replicas, "WAIT 5 0\r\n"), "");
    nodes[5]->ask("CLUSTER FAILOVER");
    std::string const told =
        "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> "
        "replica?)\r\n<closed>";
    EXPECT_EQ(ending(), told);
    EXPECT_EQ(owner.received(waiting_for_replicas), told);
}

TEST_F(BlockingInCluster, replicas_hear_of_a_plain_pop) {
    TestNode& replica = *nodes[5];
    net.run_for(2s);
    block();
    replica.executed_commands.clear();
    owner.ask("RPUSH foo a b");
    net.run_for(10ms);
    ASSERT_EQ(replica.executed_commands.size(), 2u);
    EXPECT_EQ(replica.executed_commands[0].line, "RPUSH foo a b");
    EXPECT_EQ(replica.executed_commands[1].line, "LPOP foo");
    EXPECT_EQ(replica.ask("LRANGE foo 0 -1"), "-MOVED 12182 10.0.0.3:7000\r\n");
}

}  // namespace

}  // namespace keyslot::sim
