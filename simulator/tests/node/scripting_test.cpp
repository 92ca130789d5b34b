#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace keyslot::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view busy =
    "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n";

std::string eval(std::string_view script) { return command({"EVAL", script, "0"}); }

struct Scripting : testing::Test {
    TestNet net;
    TestNode& node = net.add_single();
    SessionId session = node.connect();

    std::string run(std::string_view script) { return node.send(session, eval(script)); }
};

TEST_F(Scripting, writes_of_one_script_reach_the_replica_as_one_transaction) {
    TestNet cluster;
    auto const nodes = cluster.add_cluster(1, 1);
    cluster.run_for(seconds{2});
    auto const client = nodes[0]->connect();
    EXPECT_EQ(nodes[0]->send(client, command({"EVAL",
                                              "redis.call('set', KEYS[1], 'v') "
                                              "return redis.call('incr', KEYS[2])",
                                              "2", "{a}1", "{a}2"})),
              ":1\r\n");
    cluster.run_for(milliseconds{10});
    std::vector<std::string> lines;
    for (ExecutedCommand const& executed : nodes[1]->executed_commands) {
        if (executed.from_replication && executed.is_write) {
            EXPECT_TRUE(executed.in_transaction);
            lines.push_back(executed.line);
        }
    }
    EXPECT_EQ(lines, (std::vector<std::string>{"set {a}1 v", "incr {a}2"}));
}

TEST_F(Scripting, set_repl_keeps_writes_from_the_replica) {
    TestNet cluster;
    auto const nodes = cluster.add_cluster(1, 1);
    cluster.run_for(seconds{2});
    auto const client = nodes[0]->connect();
    nodes[0]->send(client, eval("redis.set_repl(redis.REPL_NONE) redis.call('set', 'a', '1') "
                                "redis.set_repl(redis.REPL_ALL) redis.call('set', 'a', '2')"));
    cluster.run_for(milliseconds{10});
    ASSERT_FALSE(nodes[1]->executed_commands.empty());
    EXPECT_EQ(nodes[1]->executed_commands.back().line, "set a 2");
}

TEST_F(Scripting, addresses_are_the_same_in_every_run) {
    TestNet other_net;
    TestNode& other = other_net.add_single();
    std::string const script =
        "local t, order = {}, '' for i = 1, 20 do t[{}] = i t[function() end] = -i end "
        "for k, v in pairs(t) do order = order .. v .. ' ' end return order .. tostring(t)";
    EXPECT_EQ(run(script), other.send(other.connect(), eval(script)));
}

TEST_F(Scripting, endless_script_makes_the_node_busy_until_it_is_killed) {
    EXPECT_EQ(run("while true do end"), "");
    auto const other = node.connect();
    EXPECT_EQ(node.send(other, "PING\r\n"), "") << "nobody is heard at first";
    net.run_for(milliseconds{4900});
    EXPECT_EQ(node.received(other), "");
    net.run_for(milliseconds{200});
    EXPECT_EQ(node.received(other), busy);
    EXPECT_EQ(node.send(other, "GET a\r\n"), busy);
    EXPECT_EQ(node.send(other, "SCRIPT KILL\r\n"), "+OK\r\n");
    net.run_for(milliseconds{2});
    EXPECT_TRUE(
        node.received(session).starts_with("-ERR Script killed by user with SCRIPT KILL... script: "
                                           "694a5fe1ddb97a4c6a1bf299d9537c7d3d0f"
                                           "84e7, on @user_script:1."));
    EXPECT_EQ(node.send(other, "SCRIPT KILL\r\n"),
              "-NOTBUSY No scripts in execution right now.\r\n");
    EXPECT_EQ(node.send(other, "PING\r\n"), "+PONG\r\n");
}

TEST_F(Scripting, script_cannot_catch_its_killing) {
    node.send(session, "CONFIG SET busy-reply-threshold 100\r\n");
    run("while true do pcall(function() while true do end end) end");
    net.run_for(milliseconds{300});
    auto const other = node.connect();
    EXPECT_EQ(node.send(other, "SCRIPT KILL\r\n"), "+OK\r\n");
    net.run_for(milliseconds{2});
    EXPECT_TRUE(node.received(session).starts_with("-ERR Script killed by user"));
}

TEST_F(Scripting, script_that_has_written_cannot_be_killed) {
    node.send(session, "CONFIG SET busy-reply-threshold 100\r\n");
    run("redis.call('set', 'a', 1) while true do end");
    net.run_for(milliseconds{300});
    EXPECT_TRUE(node.send(node.connect(), "SCRIPT KILL\r\n").starts_with("-UNKILLABLE Sorry"));
}

TEST_F(Scripting, long_script_ends_by_itself_and_who_waited_is_served_then) {
    EXPECT_EQ(run("local n = 0 for i = 1, 2000000 do n = n + 1 end redis.call('set', 'a', n) "
                  "return n"),
              "");
    auto const other = node.connect();
    EXPECT_EQ(node.send(other, "GET a\r\n"), "");
    net.run_for(seconds{2});
    EXPECT_EQ(node.received(session), ":2000000\r\n");
    EXPECT_EQ(node.received(other), "$7\r\n2000000\r\n");
}

TEST_F(Scripting, transaction_goes_on_after_a_long_script) {
    EXPECT_EQ(node.send(session, "MULTI\r\n" + eval("for i = 1, 2000000 do end return 1") +
                                     "SET a 1\r\nEXEC\r\nGET a\r\n"),
              "");
    net.run_for(seconds{2});
    EXPECT_EQ(node.received(session),
              "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n+OK\r\n$1\r\n1\r\n");
}

TEST_F(Scripting, script_goes_on_when_its_client_leaves) {
    node.send(session, "CONFIG SET busy-reply-threshold 50\r\n");
    run("for i = 1, 2000000 do end redis.call('set', 'a', 'done')");
    net.run_for(milliseconds{70});
    node.disconnect(session);
    net.run_for(seconds{2});
    EXPECT_EQ(node.send(node.connect(), "GET a\r\n"), "$4\r\ndone\r\n");
}

TEST_F(Scripting, scripts_are_forgotten_by_a_restart) {
    run("return 1");
    EXPECT_EQ(node.send(session, "SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n"),
              "*1\r\n:1\r\n");
    node.crash();
    node.restart(true);
    net.run_for(seconds{3});
    EXPECT_EQ(node.ask("SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db", seconds{1}),
              "*1\r\n:0\r\n");
}

TEST_F(Scripting, node_may_die_in_the_middle_of_a_script) {
    run("while true do end");
    net.run_for(milliseconds{100});
    node.crash();
    node.restart(true);
    net.run_for(seconds{3});
    EXPECT_EQ(node.ask("PING", seconds{1}), "+PONG\r\n");
}

TEST_F(Scripting, errors_are_counted_once) {
    run("redis.call('nosuch')");
    run("redis.pcall('nosuch')");
    run("return redis.error_reply('MYERR a')");
    std::string const info = node.send(session, "INFO errorstats\r\n");
    EXPECT_NE(info.find("errorstat_ERR:count=2\r\n"), std::string::npos) << info;
    EXPECT_NE(info.find("errorstat_MYERR:count=1\r\n"), std::string::npos) << info;
}

}  // namespace
}  // namespace keyslot::sim
