#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <string>

// What a server does to clients that are too many, too idle or too greedy, and maxmemory.
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view ok = "+OK\r\n";

class Limits : public testing::Test {
protected:
    std::string ask(std::string_view line) { return node.send(admin, std::string(line) + "\r\n"); }

    TestNet net;
    TestNode& node = net.add_single();
    SessionId admin = node.connect();
};

TEST_F(Limits, one_connection_more_than_maxclients_is_told_and_closed) {
    EXPECT_EQ(ask("CONFIG SET maxclients 2"), ok);
    SessionId const second = node.connect();
    EXPECT_EQ(node.received(second), "");
    SessionId const third = node.connect();
    EXPECT_EQ(node.received(third),
              "-ERR max number of clients + cluster connections reached\r\n<closed>");
    node.disconnect(second);
    EXPECT_EQ(node.ask("PING"), "+PONG\r\n");
}

TEST_F(Limits, protected_mode_turns_strangers_away_while_there_is_no_password) {
    EXPECT_EQ(ask("CONFIG SET protected-mode yes"), ok);
    EXPECT_TRUE(node.received(node.connect()).starts_with("-DENIED Redis is running in protected"));
    EXPECT_EQ(ask("ACL SETUSER default >pw"), ok);
    EXPECT_EQ(node.received(node.connect()), "");
}

TEST_F(Limits, idle_connections_are_dropped_after_the_timeout) {
    EXPECT_EQ(ask("CONFIG SET timeout 3"), ok);
    SessionId const idle = node.connect();
    net.run_for(2s);
    EXPECT_EQ(ask("PING"), "+PONG\r\n");
    net.run_for(3500ms);
    EXPECT_EQ(node.received(idle), "<closed>");
    EXPECT_EQ(ask("PING"), "+PONG\r\n");
}

TEST_F(Limits, a_reply_beyond_the_hard_limit_is_never_sent) {
    EXPECT_EQ(ask("CONFIG SET client-output-buffer-limit \"normal 1024 0 0\""), ok);
    EXPECT_EQ(ask("SET small " + std::string(10'000, 'x')), ok);
    EXPECT_EQ(ask("SET large " + std::string(20'000, 'x')), ok);
    EXPECT_TRUE(node.ask("GET small").starts_with("$10000\r\n"));
    EXPECT_EQ(node.ask("GET large"), "<closed>");
}

TEST_F(Limits, a_command_beyond_the_query_buffer_limit_is_not_waited_for) {
    EXPECT_EQ(ask("CONFIG SET client-query-buffer-limit 1mb"), ok);
    SessionId const greedy = node.connect();
    EXPECT_EQ(node.send(greedy, "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2000000\r\n"), "");
    EXPECT_EQ(node.send(greedy, std::string(1'000'000, 'x')), "");
    EXPECT_EQ(node.send(greedy, std::string(100'000, 'x')), "<closed>");
}

TEST_F(Limits, proto_max_bulk_len_holds_for_open_connections) {
    EXPECT_EQ(ask("CONFIG SET proto-max-bulk-len 1mb"), ok);
    EXPECT_EQ(node.send(admin, "*2\r\n$4\r\nECHO\r\n$1048577\r\n"),
              "-ERR Protocol error: invalid bulk length\r\n<closed>");
}

TEST(Options, are_lines_of_redis_conf) {
    TestNet net;
    NodeConfig config;
    config.options = {{"maxmemory-policy", "allkeys-lru"}, {"enable-debug-command", "yes"}};
    TestNode& node = net.add_single(config);
    EXPECT_EQ(node.ask("CONFIG GET maxmemory-policy"),
              "*2\r\n$16\r\nmaxmemory-policy\r\n$11\r\nallkeys-lru\r\n");
    EXPECT_EQ(node.ask("DEBUG SLEEP 0"), "+OK\r\n");
    config.options = {{"nosuch", "1"}};
    EXPECT_THROW(net.add_single(config), std::invalid_argument);
}

class Eviction : public Limits {
protected:
    /// Room for what is there and not a byte more.
    void fill(std::string_view policy) {
        std::string const value(1000, 'x');
        for (std::string_view const key : {"a", "b", "c"}) {
            EXPECT_EQ(ask("SET " + std::string(key) + " " + value), ok);
            net.run_for(10ms);
        }
        std::string const memory = ask("INFO memory");
        std::size_t const at = memory.find("used_memory:") + 12;
        std::string const used = memory.substr(at, memory.find('\r', at) - at);
        EXPECT_EQ(ask("CONFIG SET maxmemory " + used + " maxmemory-policy " + std::string(policy)),
                  ok);
    }
};

TEST_F(Eviction, without_a_policy_writes_are_refused_and_reads_are_not) {
    fill("noeviction");
    EXPECT_EQ(ask("SET d 1"), ok);  // it is found out only afterwards
    EXPECT_EQ(ask("SET e 1"), "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
    EXPECT_EQ(ask("EXISTS a b c d"), "-CROSSSLOT Keys in request don't hash to the same slot\r\n");
    EXPECT_EQ(ask("DEL a"), ":1\r\n");
    EXPECT_EQ(ask("SET e 1"), ok);
}

TEST_F(Eviction, lru_takes_the_key_that_was_not_used_for_longest) {
    fill("allkeys-lru");
    EXPECT_EQ(ask("STRLEN a"), ":1000\r\n");
    EXPECT_EQ(ask("SET d 1"), ok);
    EXPECT_EQ(ask("PING"), "+PONG\r\n");
    EXPECT_EQ(ask("EXISTS b"), ":0\r\n");
    EXPECT_EQ(ask("EXISTS a"), ":1\r\n");
    EXPECT_NE(ask("INFO stats").find("evicted_keys:1\r\n"), std::string::npos);
}

TEST_F(Eviction, volatile_policies_take_only_keys_that_expire) {
    fill("volatile-ttl");
    EXPECT_EQ(ask("SET d 1 EX 100"), ok);
    EXPECT_EQ(ask("SET e 1 EX 50"), ok);
    EXPECT_EQ(ask("DBSIZE"), ":3\r\n");
    EXPECT_EQ(ask("SET f 1"), ok);
    EXPECT_EQ(ask("SET g 1"), "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
}

TEST_F(Eviction, random_policies_end_when_it_fits) {
    fill("allkeys-random");
    EXPECT_EQ(ask("SET d 1"), ok);
    EXPECT_EQ(ask("PING"), "+PONG\r\n");
    EXPECT_EQ(ask("DBSIZE"), ":3\r\n");
}

}  // namespace

}  // namespace keyslot::sim
