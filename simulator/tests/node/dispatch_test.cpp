#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>

// The order of checks of facts 2.1, with the bytes that a redis-server 7.0.15 answered.
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

class Dispatch : public testing::Test {
protected:
    std::string send(std::string_view bytes) { return node.send(session, bytes); }
    std::string ask(std::string_view line) { return send(std::string(line) + "\r\n"); }

    TestNet net;
    TestNode& node = net.add_single();
    SessionId session = node.connect();
};

TEST_F(Dispatch, runs_multibulk_and_inline_commands) {
    EXPECT_EQ(send(command({"SET", "k", "v"})), "+OK\r\n");
    EXPECT_EQ(ask("GET k"), "$1\r\nv\r\n");
    EXPECT_EQ(ask("get \"k\""), "$1\r\nv\r\n");
    EXPECT_EQ(ask(""), "");
    EXPECT_EQ(send("*0\r\n"), "");
}

TEST_F(Dispatch, takes_a_command_in_any_pieces) {
    std::string const bytes = command({"SET", "k", "value"}) + command({"GET", "k"});
    std::string got;
    for (char const c : bytes) {
        got += send(std::string(1, c));
    }
    EXPECT_EQ(got, "+OK\r\n$5\r\nvalue\r\n");
}

TEST_F(Dispatch, answers_a_pipeline_with_one_send) {
    node.sends = 0;
    EXPECT_EQ(send(command({"SET", "k", "v"}) + command({"GET", "k"}) + command({"PING"})),
              "+OK\r\n$1\r\nv\r\n+PONG\r\n");
    EXPECT_EQ(node.sends, 1);
}

TEST_F(Dispatch, closes_on_a_web_request_without_a_word) {
    EXPECT_EQ(ask("POST /"), "<closed>");
    EXPECT_EQ(node.ask("Host: x"), "<closed>");
}

TEST_F(Dispatch, closes_after_a_protocol_error) {
    EXPECT_EQ(send("PING\r\n*1\r\n+3\r\n"),
              "+PONG\r\n-ERR Protocol error: expected '$', got '+'\r\n<closed>");
}

TEST_F(Dispatch, names_unknown_commands_as_redis_does) {
    EXPECT_EQ(ask("foo"), "-ERR unknown command 'foo', with args beginning with: \r\n");
    EXPECT_EQ(ask("foo a \"b\\r\\nc\""),
              "-ERR unknown command 'foo', with args beginning with: 'a' 'b  c' \r\n");
    EXPECT_EQ(ask("cluster foo"), "-ERR unknown subcommand 'foo'. Try CLUSTER HELP.\r\n");
    EXPECT_EQ(ask("COMMAND foo"), "-ERR unknown subcommand 'foo'. Try COMMAND HELP.\r\n");
    EXPECT_EQ(ask("client setinfo a b"), "-ERR unknown subcommand 'setinfo'. Try CLIENT HELP.\r\n");
}

TEST_F(Dispatch, checks_arity_with_the_full_lower_case_name) {
    EXPECT_EQ(ask("GET"), "-ERR wrong number of arguments for 'get' command\r\n");
    EXPECT_EQ(ask("CLUSTER"), "-ERR wrong number of arguments for 'cluster' command\r\n");
    EXPECT_EQ(ask("CLUSTER KEYSLOT"),
              "-ERR wrong number of arguments for 'cluster|keyslot' command\r\n");
    EXPECT_EQ(ask("EXEC x"),
              "-EXECABORT Transaction discarded because of: wrong number of arguments "
              "for 'exec' command\r\n");
}

TEST_F(Dispatch, refuses_debug_and_module_loading) {
    EXPECT_EQ(ask("DEBUG sleep 1").substr(0, 32), "-ERR DEBUG command not allowed. ");
    EXPECT_EQ(ask("MODULE LOAD x").substr(0, 33), "-ERR MODULE command not allowed. ");
}

TEST_F(Dispatch, reports_cross_slot_before_it_runs_anything) {
    EXPECT_EQ(ask("MGET a b"), "-CROSSSLOT Keys in request don't hash to the same slot\r\n");
    EXPECT_EQ(ask("MGET a a"), "*2\r\n$-1\r\n$-1\r\n");
}

TEST(DispatchWithPassword, asks_for_it_after_existence_and_arity) {
    TestNet net;
    NodeConfig config;
    config.password = "secret";
    TestNode& node = net.add_single(config);
    SessionId const session = node.connect();
    auto const ask = [&](std::string_view line) {
        return node.send(session, std::string(line) + "\r\n");
    };
    EXPECT_EQ(ask("GET a"), "-NOAUTH Authentication required.\r\n");
    EXPECT_EQ(ask("GET"), "-ERR wrong number of arguments for 'get' command\r\n");
    EXPECT_EQ(ask("foo"), "-ERR unknown command 'foo', with args beginning with: \r\n");
    EXPECT_EQ(ask("AUTH wrong"),
              "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    EXPECT_EQ(ask("HELLO 3").substr(0, 14), "-NOAUTH HELLO ");
    EXPECT_EQ(ask("AUTH secret"), "+OK\r\n");
    EXPECT_EQ(ask("GET a"), "$-1\r\n");
    EXPECT_EQ(ask("RESET"), "+RESET\r\n");
    EXPECT_EQ(ask("GET a"), "-NOAUTH Authentication required.\r\n");
    EXPECT_EQ(ask("HELLO 3 AUTH default secret SETNAME me").substr(0, 4), "%7\r\n");
    EXPECT_EQ(ask("GET a"), "_\r\n");
    EXPECT_EQ(ask("CLIENT GETNAME"), "$2\r\nme\r\n");
}

TEST_F(Dispatch, hello_tells_of_the_node_and_switches_the_protocol) {
    EXPECT_EQ(ask("HELLO 3"),
              "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$"
              "5\r\nproto\r\n:3\r\n"
              "$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$7\r\ncluster\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
              "$7\r\nmodules\r\n*0\r\n");
    EXPECT_EQ(ask("HELLO 4"), "-NOPROTO unsupported protocol version\r\n");
    EXPECT_EQ(ask("HELLO abc"), "-ERR Protocol version is not an integer or out of range\r\n");
    EXPECT_EQ(ask("HELLO 3 foo"), "-ERR Syntax error in HELLO option 'foo'\r\n");
    EXPECT_EQ(ask("RESET"), "+RESET\r\n");
    EXPECT_EQ(ask("HELLO").substr(0, 5), "*14\r\n");
}

TEST_F(Dispatch, the_small_connection_commands) {
    EXPECT_EQ(ask("PING hi"), "$2\r\nhi\r\n");
    EXPECT_EQ(ask("ECHO a"), "$1\r\na\r\n");
    EXPECT_EQ(ask("SELECT 0"), "+OK\r\n");
    EXPECT_EQ(ask("SELECT 99"), "-ERR SELECT is not allowed in cluster mode\r\n");
    EXPECT_EQ(ask("SELECT x"), "-ERR value is not an integer or out of range\r\n");
    EXPECT_EQ(
        ask("AUTH x"),
        "-ERR AUTH <password> called without any password configured for the default user. Are "
        "you sure your configuration is correct?\r\n");
    EXPECT_EQ(ask("READONLY"), "+OK\r\n");
    EXPECT_EQ(ask("READWRITE"), "+OK\r\n");
    EXPECT_EQ(ask("REPLICAOF no one"), "-ERR REPLICAOF not allowed in cluster mode.\r\n");
    EXPECT_EQ(ask("ROLE"), "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n");
    EXPECT_EQ(ask("WAIT 1 0x"), "-ERR timeout is not an integer or out of range\r\n");
    EXPECT_EQ(ask("QUIT"), "+OK\r\n<closed>");
}

TEST_F(Dispatch, nothing_after_quit_runs) {
    EXPECT_EQ(send("QUIT\r\nPING\r\n"), "+OK\r\n<closed>");
}

TEST_F(Dispatch, client_reply_off_and_skip) {
    EXPECT_EQ(send("CLIENT REPLY SKIP\r\nPING\r\nECHO a\r\n"), "$1\r\na\r\n");
    EXPECT_EQ(send("CLIENT REPLY OFF\r\nPING\r\nfoo\r\n"), "");
    EXPECT_EQ(ask("CLIENT REPLY ON"), "+OK\r\n");
    EXPECT_EQ(ask("PING"), "+PONG\r\n");
}

TEST_F(Dispatch, client_kill_closes_others_at_once_and_itself_after_the_reply) {
    SessionId const other = node.connect();
    EXPECT_EQ(ask("CLIENT KILL ID 2"), ":1\r\n");
    EXPECT_EQ(node.received(other), "<closed>");
    EXPECT_EQ(ask("CLIENT KILL ID 2"), ":0\r\n");
    EXPECT_EQ(ask("CLIENT KILL 1.2.3.4:5"), "-ERR No such client\r\n");
    EXPECT_EQ(ask("CLIENT KILL TYPE normal SKIPME no"), ":1\r\n<closed>");
}

TEST_F(Dispatch, client_pause_parks_writes_and_runs_them_when_it_ends) {
    SessionId const other = node.connect();
    ask("SET k old");
    EXPECT_EQ(ask("CLIENT PAUSE 100 WRITE"), "+OK\r\n");
    EXPECT_EQ(node.send(other, "SET k new\r\nGET k\r\n"), "");
    EXPECT_EQ(ask("GET k"), "$3\r\nold\r\n");
    net.run_for(99ms);
    EXPECT_EQ(node.received(other), "");
    net.run_for(1ms);
    EXPECT_EQ(node.received(other), "+OK\r\n$3\r\nnew\r\n");
}

TEST_F(Dispatch, client_unpause_lets_parked_writes_go) {
    SessionId const other = node.connect();
    ask("CLIENT PAUSE 100000 WRITE");
    EXPECT_EQ(node.send(other, "SET k new\r\n"), "");
    EXPECT_EQ(ask("CLIENT UNPAUSE"), "+OK\r\n");
    EXPECT_EQ(node.received(other), "+OK\r\n");
}

TEST_F(Dispatch, a_paused_key_expires_only_in_looks) {
    ask("SET k v PX 50");
    ask("CLIENT PAUSE 10000 WRITE");
    net.run_for(200ms);
    EXPECT_EQ(ask("GET k"), "$-1\r\n");
    EXPECT_EQ(ask("DBSIZE"), ":1\r\n");
    ask("CLIENT UNPAUSE");
    net.run_for(200ms);
    EXPECT_EQ(ask("DBSIZE"), ":0\r\n");
}

TEST_F(Dispatch, command_tells_what_libraries_ask) {
    EXPECT_EQ(ask("COMMAND COUNT"), ":240\r\n");
    EXPECT_EQ(
        ask("COMMAND INFO get nosuch"),
        "*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*3\r\n+@"
        "read\r\n"
        "+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n$12\r\n"
        "begin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:"
        "1\r\n"
        "$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n$"
        "7\r\nlastkey\r\n"
        ":0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n$-1\r\n");
    EXPECT_EQ(ask("COMMAND GETKEYS mset a 1 b 2"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    EXPECT_EQ(ask("COMMAND GETKEYS ssubscribe a"), "-ERR The command has no key arguments\r\n");
    EXPECT_EQ(ask("COMMAND GETKEYS eval x 0"), "*0\r\n");
    EXPECT_EQ(ask("COMMAND LIST FILTERBY PATTERN xa*"),
              "*3\r\n$4\r\nxack\r\n$4\r\nxadd\r\n$10\r\nxautoclaim\r\n");
    EXPECT_EQ(ask("COMMAND DOCS nosuch"), "*0\r\n");
}

TEST_F(Dispatch,
       commands_that_it_does_not_run_are_unknown_once_they_have_passed_the_checks_before) {
    EXPECT_EQ(ask("XLEN"), "-ERR wrong number of arguments for 'xlen' command\r\n");
    EXPECT_EQ(ask("XLEN x"), "-ERR unknown command 'XLEN', with args beginning with: 'x' \r\n");
    EXPECT_EQ(ask("CLIENT CACHING"),
              "-ERR wrong number of arguments for 'client|caching' command\r\n");
}

TEST_F(Dispatch, subcommands_with_more_than_they_take) {
    EXPECT_EQ(
        ask("CLIENT PAUSE 10 WRITE x"),
        "-ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.\r\n");
    EXPECT_EQ(ask("client unblock 1 timeout x"),
              "-ERR unknown subcommand or wrong number of arguments for 'unblock'. Try CLIENT "
              "HELP.\r\n");
    EXPECT_EQ(ask("CONFIG SET a b c"), "-ERR syntax error\r\n");
    EXPECT_EQ(ask("CLIENT HELP x"), "-ERR wrong number of arguments for 'client|help' command\r\n");
    EXPECT_TRUE(ask("CLIENT HELP").starts_with("*48\r\n+CLIENT <subcommand> "));
    EXPECT_EQ(ask("COMMAND GETKEYS eval a 5 b"), "*0\r\n");
    EXPECT_EQ(ask("REPLCONF GETACK *"), "");
    EXPECT_EQ(ask("CLIENT PAUSE 9223372036854775807"), "+OK\r\n");
}

TEST_F(Dispatch, config_gets_and_sets) {
    EXPECT_EQ(ask("CONFIG GET save"), "*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
    EXPECT_EQ(ask("CONFIG GET appendonly"), "*2\r\n$10\r\nappendonly\r\n$2\r\nno\r\n");
    EXPECT_EQ(ask("CONFIG SET cluster-node-timeout abc"),
              "-ERR CONFIG SET failed (possibly related to argument 'cluster-node-timeout') - "
              "argument couldn't be parsed into an integer\r\n");
    EXPECT_EQ(
        ask("CONFIG SET repl-timeout 0"),
        "-ERR CONFIG SET failed (possibly related to argument 'repl-timeout') - argument must "
        "be between 1 and 2147483647 inclusive\r\n");
    EXPECT_EQ(ask("CONFIG SET nosuch 1"),
              "-ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'\r\n");
    EXPECT_EQ(ask("CONFIG SET cluster-enabled no"),
              "-ERR CONFIG SET failed (possibly related to argument 'cluster-enabled') - can't set "
              "immutable config\r\n");
    EXPECT_EQ(
        ask("CONFIG SET cluster-node-timeout 5 timeout x"),
        "-ERR CONFIG SET failed (possibly related to argument 'timeout') - argument couldn't be "
        "parsed into an integer\r\n");
    EXPECT_EQ(ask("CONFIG GET cluster-node-timeout"),
              "*2\r\n$20\r\ncluster-node-timeout\r\n$5\r\n15000\r\n");
}

TEST_F(Dispatch, counts_errors_by_their_first_word) {
    ask("foo");
    ask("MGET a b");
    ask("GET");
    EXPECT_NE(
        ask("INFO errorstats").find("errorstat_CROSSSLOT:count=1\r\nerrorstat_ERR:count=2\r\n"),
        std::string::npos);
    EXPECT_EQ(ask("INFO cluster"), "$30\r\n# Cluster\r\ncluster_enabled:1\r\n\r\n");
    EXPECT_EQ(ask("INFO nosuch"), "$0\r\n\r\n");
}

TEST_F(Dispatch, reports_every_execution_to_its_host) {
    node.executed_commands.clear();
    ask("SET k v");
    ask("GET k");
    ask("SET k v NX");
    ASSERT_EQ(node.executed_commands.size(), 3u);
    EXPECT_EQ(node.executed_commands[0].line, "SET k v");
    EXPECT_TRUE(node.executed_commands[0].is_write);
    EXPECT_FALSE(node.executed_commands[1].is_write);
    EXPECT_FALSE(node.executed_commands[2].is_write);
    ask("MGET a b");
    EXPECT_EQ(node.executed_commands.size(), 3u);
}

TEST_F(Dispatch, wakes_in_the_foreground_only_for_what_a_client_waits_for) {
    EXPECT_TRUE(node.wake_in_background);
    ask("CLIENT PAUSE 100");
    EXPECT_FALSE(node.wake_in_background);
}

TEST_F(Dispatch, expires_keys_without_being_asked) {
    ask("SET k v PX 50");
    node.executed_commands.clear();
    net.run_for(200ms);
    ASSERT_EQ(node.executed_commands.size(), 1u);
    EXPECT_EQ(node.executed_commands[0].line, "DEL k");
}

}  // namespace

}  // namespace keyslot::sim
