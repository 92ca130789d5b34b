#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>

// Facts 4: "foo" is in slot 12182, of the third master; it goes to the first.
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

class Migrate : public testing::Test {
protected:
    void open_slot() {
        EXPECT_EQ(target.ask("CLUSTER SETSLOT 12182 IMPORTING " + source.id()), "+OK\r\n");
        EXPECT_EQ(source.ask("CLUSTER SETSLOT 12182 MIGRATING " + target.id()), "+OK\r\n");
    }
    std::string migrate(std::string_view rest) {
        return source.ask("MIGRATE 10.0.0.1 7000 " + std::string(rest), 10s);
    }
    std::string asking(std::string_view line) {
        SessionId const session = target.connect();
        return target.send(session, "ASKING\r\n" + std::string(line) + "\r\n").substr(5);
    }

    TestNet net;
    std::vector<TestNode*> nodes = net.add_cluster(3, 0);
    TestNode& target = *nodes[0];
    TestNode& source = *nodes[2];
};

TEST_F(Migrate, moves_a_key_with_its_value_and_what_is_left_of_its_time) {
    source.ask("SET foo bar PX 100000");
    open_slot();
    net.run_for(1s);
    EXPECT_EQ(migrate("foo 0 1000"), "+OK\r\n");
    EXPECT_EQ(source.ask("GET foo"), "-ASK 12182 10.0.0.1:7000\r\n");
    EXPECT_EQ(target.ask("GET foo"), "-MOVED 12182 10.0.0.3:7000\r\n");
    EXPECT_EQ(asking("GET foo"), "$3\r\nbar\r\n");
    EXPECT_TRUE(asking("PTTL foo").starts_with(":98"));
}

TEST_F(Migrate, moves_many_keys_and_skips_those_that_are_missing) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 2");
    open_slot();
    EXPECT_EQ(migrate("\"\" 0 1000 KEYS foo nokey{foo} {foo}b"), "+OK\r\n");
    EXPECT_EQ(source.ask("DBSIZE"), ":0\r\n");
    EXPECT_EQ(asking("MGET foo {foo}b"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
    EXPECT_EQ(migrate("\"\" 0 1000 KEYS foo {foo}b"), "+NOKEY\r\n");
}

TEST_F(Migrate, copy_keeps_and_replace_overwrites) {
    source.ask("SET foo 1");
    open_slot();
    EXPECT_EQ(migrate("foo 0 1000 COPY"), "+OK\r\n");
    EXPECT_EQ(source.ask("GET foo"), "$1\r\n1\r\n");
    EXPECT_EQ(
        migrate("foo 0 1000"),
        "-ERR Target instance replied with error: BUSYKEY Target key name already exists.\r\n");
    EXPECT_EQ(source.ask("GET foo"), "$1\r\n1\r\n");
    source.ask("SET foo 2");
    EXPECT_EQ(migrate("foo 0 1000 REPLACE"), "+OK\r\n");
    EXPECT_EQ(asking("GET foo"), "$1\r\n2\r\n");
}

TEST_F(Migrate, keys_that_were_taken_are_gone_whatever_became_of_the_rest) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 2");
    open_slot();
    asking("SET {foo}b busy");
    EXPECT_EQ(
        migrate("\"\" 0 1000 KEYS foo {foo}b"),
        "-ERR Target instance replied with error: BUSYKEY Target key name already exists.\r\n");
    EXPECT_EQ(source.ask("GET foo"), "-ASK 12182 10.0.0.1:7000\r\n");
    EXPECT_EQ(source.ask("GET {foo}b"), "$1\r\n2\r\n");
}

TEST_F(Migrate, the_targets_refusals_come_back) {
    source.ask("SET foo 1");
    EXPECT_EQ(migrate("foo 0 1000"),
              "-ERR Target instance replied with error: MOVED 12182 10.0.0.3:7000\r\n");
    open_slot();
    EXPECT_EQ(
        migrate("foo 1 1000"),
        "-ERR Target instance replied with error: ERR SELECT is not allowed in cluster mode\r\n");
    EXPECT_EQ(source.ask("DBSIZE"), ":1\r\n");
}

TEST_F(Migrate, a_failed_auth_leaves_the_key_on_both_sides) {
    source.ask("SET foo 1");
    open_slot();
    EXPECT_TRUE(migrate("foo 0 1000 AUTH2 nobody x")
                    .starts_with("-ERR Target instance replied with error: WRONGPASS "));
    EXPECT_EQ(source.ask("DBSIZE"), ":1\r\n");
    EXPECT_EQ(target.ask("DBSIZE"), ":1\r\n");
}

TEST_F(Migrate, arguments_that_make_no_sense) {
    source.ask("SET foo 1");
    EXPECT_EQ(migrate("foo 0 1000 KEYS foo"),
              "-ERR When using MIGRATE KEYS option, the key argument must be set to the empty "
              "string\r\n");
    EXPECT_EQ(migrate("foo 0 1000 huh"), "-ERR syntax error\r\n");
    EXPECT_EQ(migrate("foo x 1000"), "-ERR value is not an integer or out of range\r\n");
}

TEST_F(Migrate, a_target_that_is_not_there) {
    source.ask("SET foo 1");
    EXPECT_EQ(source.ask("MIGRATE 10.0.0.9 7000 foo 0 1000", 10s),
              "-IOERR error or timeout writing to target instance\r\n");
    net.cut(source, target);
    EXPECT_EQ(migrate("foo 0 1000"), "-IOERR error or timeout connecting to the client\r\n");
}

TEST_F(Migrate, a_target_that_falls_silent) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 1");
    open_slot();
    EXPECT_EQ(migrate("foo 0 1000"), "+OK\r\n");
    net.cut(source, target);
    EXPECT_EQ(migrate("{foo}b 0 1000"), "-IOERR error or timeout reading to target instance\r\n");
    EXPECT_EQ(source.ask("GET {foo}b"), "$1\r\n1\r\n");
}

TEST_F(Migrate, blocks_the_whole_node_meanwhile) {
    source.ask("SET foo 1");
    open_slot();
    SessionId const mover = source.connect();
    SessionId const other = source.connect();
    EXPECT_EQ(source.send(mover, "MIGRATE 10.0.0.1 7000 foo 0 1000\r\nPING\r\n"), "");
    EXPECT_EQ(source.send(other, "PING\r\n"), "");
    SessionId const late = source.connect();
    EXPECT_EQ(source.send(late, "GET foo\r\n"), "");
    net.run_for(20ms);
    EXPECT_EQ(source.received(mover), "+OK\r\n+PONG\r\n");
    EXPECT_EQ(source.received(other), "+PONG\r\n");
    EXPECT_EQ(source.received(late), "-ASK 12182 10.0.0.1:7000\r\n");
}

TEST_F(Migrate, works_inside_a_transaction) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 1");
    open_slot();
    SessionId const session = source.connect();
    source.executed_commands.clear();
    EXPECT_EQ(
        source.send(session, "MULTI\r\nMIGRATE 10.0.0.1 7000 foo 0 1000\r\nGET {foo}b\r\nEXEC\r\n"),
        "");
    net.run_for(20ms);
    EXPECT_EQ(source.received(session), "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n$1\r\n1\r\n");
    ASSERT_EQ(source.executed_commands.size(), 4u);
    EXPECT_TRUE(source.executed_commands[1].is_write);
}

/// redis.call waits for the target as a client would, and the whole node with it.
class MigrateInScript : public Migrate {
protected:
    std::string eval(std::string_view script, std::string_view rest = "1 foo 10.0.0.1 7000") {
        return source.ask("EVAL \"" + std::string(script) + "\" " + std::string(rest), 10s);
    }
    static constexpr std::string_view call =
        "return redis.call('MIGRATE',ARGV[1],ARGV[2],KEYS[1],0,1000)";
};

TEST_F(MigrateInScript, moves_the_key_or_finds_none) {
    source.ask("SET foo bar");
    open_slot();
    source.executed_commands.clear();
    EXPECT_EQ(eval(call), "+OK\r\n");
    ASSERT_GE(source.executed_commands.size(), 1u);
    EXPECT_TRUE(source.executed_commands[0].line.starts_with("MIGRATE 10.0.0.1 7000 foo"));
    EXPECT_TRUE(source.executed_commands[0].is_write);
    EXPECT_EQ(source.ask("GET foo"), "-ASK 12182 10.0.0.1:7000\r\n");
    EXPECT_EQ(asking("GET foo"), "$3\r\nbar\r\n");
    EXPECT_EQ(source.ask("CLUSTER SETSLOT 12182 STABLE"), "+OK\r\n");
    EXPECT_EQ(eval(call), "+NOKEY\r\n");
}

TEST_F(MigrateInScript, errors_name_the_script) {
    source.ask("SET foo bar");
    EXPECT_EQ(eval(call, "1 foo 10.0.0.1 7000"),
              "-ERR Target instance replied with error: MOVED 12182 10.0.0.3:7000 script: "
              "5f33806ec5d7e23897952ed2d781f28035634edc, on @user_script:1.\r\n");
    EXPECT_EQ(eval(call, "1 foo 10.0.0.1 1").substr(0, 58),
              "-IOERR error or timeout writing to target instance script:");
    EXPECT_EQ(source.ask("GET foo"), "$3\r\nbar\r\n");
}

TEST_F(MigrateInScript, goes_on_in_the_middle_of_the_script_with_nothing_in_between) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 2");
    open_slot();
    SessionId const mover = source.connect();
    SessionId const other = source.connect();
    std::string const script =
        "EVAL \"redis.call('INCR',KEYS[2]) "
        "local a = redis.pcall('MIGRATE','10.0.0.1',7000,KEYS[1],0,1000) "
        "local b = redis.pcall('MIGRATE','10.0.0.1',7000,KEYS[1],0,1000) "
        "return {a, b, redis.call('GET',KEYS[2])}\" 2 foo {foo}b\r\nPING\r\n";
    EXPECT_EQ(source.send(mover, script), "");
    EXPECT_EQ(source.send(other, "INCR {foo}b\r\n"), "");
    net.run_for(20ms);
    EXPECT_EQ(source.received(mover), "*3\r\n+OK\r\n+NOKEY\r\n$1\r\n3\r\n+PONG\r\n");
    EXPECT_EQ(source.received(other), ":4\r\n");
}

TEST_F(MigrateInScript, of_a_transaction_is_part_of_it) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 1");
    open_slot();
    SessionId const session = source.connect();
    EXPECT_EQ(source.send(session, "MULTI\r\nEVAL \"" + std::string(call) +
                                       "\" 1 foo 10.0.0.1 7000\r\nGET {foo}b\r\nEXEC\r\n"),
              "");
    net.run_for(20ms);
    EXPECT_EQ(source.received(session), "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n$1\r\n1\r\n");
}

TEST_F(MigrateInScript, ends_when_its_time_is_up_or_the_node_dies) {
    source.ask("SET foo 1");
    open_slot();
    net.cut(source, target);
    EXPECT_EQ(eval(call).substr(0, 56), "-IOERR error or timeout connecting to the client script:");
    SessionId const session = source.connect();
    source.send(session,
                "EVAL \"while true do redis.pcall('MIGRATE','10.0.0.1',7000,KEYS[1],0,1000) end\" "
                "1 foo\r\n");
    net.run_for(10ms);
    source.crash();
    source.restart(true);
    net.run_for(10ms);
    EXPECT_FALSE(source.ask("PING", 10ms).empty());
}

TEST_F(Migrate, moving_a_watched_key_away_breaks_the_transaction) {
    source.ask("SET foo 1");
    open_slot();
    SessionId const watcher = source.connect();
    source.send(watcher, "WATCH foo\r\nMULTI\r\nPING\r\n");
    EXPECT_EQ(migrate("foo 0 1000"), "+OK\r\n");
    EXPECT_EQ(source.send(watcher, "EXEC\r\n"), "*-1\r\n");
}

TEST_F(Migrate, reuses_its_connection_for_ten_seconds) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 1");
    open_slot();
    target.executed_commands.clear();
    migrate("foo 0 1000");
    migrate("{foo}b 0 1000");
    ASSERT_EQ(target.executed_commands.size(), 3u);
    EXPECT_EQ(target.executed_commands[0].line, "SELECT 0");
    EXPECT_TRUE(target.executed_commands[1].line.starts_with("RESTORE-ASKING foo 0 "));
    EXPECT_TRUE(target.executed_commands[2].line.starts_with("RESTORE-ASKING {foo}b 0 "));
    EXPECT_NE(target.ask("CLIENT LIST").find("cmd=restore-asking"), std::string::npos);
    net.run_for(12s);
    EXPECT_EQ(target.ask("CLIENT LIST").find("cmd=restore-asking"), std::string::npos);
}

TEST_F(Migrate, a_connection_that_the_target_has_closed_meanwhile_is_made_anew) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 1");
    open_slot();
    EXPECT_EQ(migrate("foo 0 1000"), "+OK\r\n");
    target.ask("CLIENT KILL TYPE normal");  // the source has not heard of it when it asks again
    EXPECT_EQ(migrate("{foo}b 0 1000"), "+OK\r\n");
    EXPECT_EQ(asking("MGET foo {foo}b"), "*2\r\n$1\r\n1\r\n$1\r\n1\r\n");
    EXPECT_EQ(source.ask("DBSIZE"), ":0\r\n");
}

TEST_F(Migrate, a_second_refusal_is_final) {
    source.ask("SET foo 1");
    source.ask("SET {foo}b 1");
    open_slot();
    EXPECT_EQ(migrate("foo 0 1000"), "+OK\r\n");
    target.crash();
    EXPECT_EQ(migrate("{foo}b 0 1000"), "-IOERR error or timeout writing to target instance\r\n");
    EXPECT_EQ(source.ask("GET {foo}b"), "$1\r\n1\r\n");
}

TEST_F(Migrate, a_key_that_expires_while_the_connection_is_made_goes_nowhere) {
    source.ask("SET foo 1 PX 1");
    source.ask("SET {foo}b 2");
    open_slot();
    net.run_for(1ms);  // its last moment
    EXPECT_EQ(migrate("\"\" 0 1000 KEYS foo {foo}b"), "+OK\r\n");
    EXPECT_EQ(asking("EXISTS foo"), ":0\r\n");
    EXPECT_EQ(asking("EXISTS {foo}b"), ":1\r\n");
}

TEST_F(Migrate, asking_holds_for_one_command_or_one_transaction) {
    open_slot();
    SessionId const session = target.connect();
    auto const send = [&](std::string_view bytes) { return target.send(session, bytes); };
    EXPECT_EQ(send("ASKING\r\nSET foo 1\r\nGET foo\r\n"),
              "+OK\r\n+OK\r\n-MOVED 12182 10.0.0.3:7000\r\n");
    EXPECT_EQ(send("ASKING\r\nASKING\r\nGET foo\r\n"), "+OK\r\n+OK\r\n$1\r\n1\r\n");
    EXPECT_EQ(send("ASKING\r\nMULTI\r\nGET foo\r\nGET foo\r\nEXEC\r\nGET foo\r\n"),
              "+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n$1\r\n1\r\n$1\r\n1\r\n"
              "-MOVED 12182 10.0.0.3:7000\r\n");
    EXPECT_EQ(send("MULTI\r\nASKING\r\nGET foo\r\nDISCARD\r\n"),
              "+OK\r\n+QUEUED\r\n-MOVED 12182 10.0.0.3:7000\r\n+OK\r\n");
    EXPECT_EQ(send("ASKING\r\nMGET foo {foo}b\r\n"),
              "+OK\r\n-TRYAGAIN Multiple keys request during rehashing of slot\r\n");
}

TEST_F(Migrate, a_transaction_on_a_moved_slot_ends_with_a_bare_redirection) {
    source.ask("SET foo 1");
    open_slot();
    SessionId const session = source.connect();
    source.send(session, "MULTI\r\nGET foo\r\n");
    EXPECT_EQ(migrate("foo 0 1000"), "+OK\r\n");
    EXPECT_EQ(source.send(session, "EXEC\r\n"), "-ASK 12182 10.0.0.1:7000\r\n");
    EXPECT_EQ(source.send(session, "EXEC\r\n"), "-ERR EXEC without MULTI\r\n");
}

TEST(Payload, dump_and_restore) {
    TestNet net;
    TestNode& node = net.add_single();
    node.ask("SET a hello");
    std::string const reply = node.ask("DUMP a");
    std::size_t const head = reply.find("\r\n") + 2;
    std::string const payload = reply.substr(head, reply.size() - head - 2);
    SessionId const session = node.connect();
    auto const send = [&](std::initializer_list<std::string_view> words) {
        return node.send(session, command(words));
    };
    EXPECT_EQ(send({"RESTORE", "a", "0", payload}), "-BUSYKEY Target key name already exists.\r\n");
    EXPECT_EQ(send({"RESTORE", "a", "0", payload, "REPLACE"}), "+OK\r\n");
    EXPECT_EQ(send({"RESTORE", "b", "1000", payload}), "+OK\r\n");
    EXPECT_EQ(send({"GET", "b"}), "$5\r\nhello\r\n");
    EXPECT_EQ(send({"PTTL", "b"}), ":1000\r\n");
    EXPECT_EQ(send({"RESTORE", "c", "-1", payload}), "-ERR Invalid TTL value, must be >= 0\r\n");
    EXPECT_EQ(send({"RESTORE", "c", "0", "x"}),
              "-ERR DUMP payload version or checksum are wrong\r\n");
    std::string broken = payload;
    broken[1] = '!';
    EXPECT_EQ(send({"RESTORE", "c", "0", broken}),
              "-ERR DUMP payload version or checksum are wrong\r\n");
    EXPECT_EQ(send({"RESTORE", "c", "0", payload, "FREQ", "256"}),
              "-ERR Invalid FREQ value, must be >= 0 and <= 255\r\n");
    EXPECT_EQ(send({"RESTORE", "c", "0", payload, "IDLETIME", "1", "FREQ", "1"}),
              "-ERR syntax error\r\n");
    EXPECT_EQ(send({"RESTORE", "a", "1", payload, "ABSTTL", "REPLACE"}), "+OK\r\n");
    EXPECT_EQ(send({"EXISTS", "a"}), ":0\r\n");
    EXPECT_EQ(send({"DUMP", "nokey"}), "$-1\r\n");
}

}  // namespace

}  // namespace keyslot::sim
