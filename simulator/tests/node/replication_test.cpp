#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

/// A replica's side of the protocol, spoken by the test.
class Stream : public testing::Test {
protected:
    std::string ask(std::string_view line) { return node.ask(line); }
    std::string stream() { return node.received(replica); }

    void attach() {
        EXPECT_EQ(node.send(replica, "PING\r\n"), "+PONG\r\n");
        EXPECT_EQ(node.send(replica, "REPLCONF listening-port 7777\r\n"), "+OK\r\n");
        EXPECT_EQ(node.send(replica, "REPLCONF capa psync2\r\n"), "+OK\r\n");
        std::string const reply = node.send(replica, "PSYNC ? -1\r\n");
        EXPECT_TRUE(reply.starts_with("+FULLRESYNC "));
        id = reply.substr(12, 40);
        EXPECT_EQ(reply.substr(52, 4), " 0\r\n");
    }

    TestNet net;
    TestNode& node = net.add_single();
    SessionId replica = node.connect();
    std::string id;
};

constexpr std::string_view select = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";

TEST_F(Stream, there_is_no_history_before_the_first_replica) {
    ask("SET a 1");
    EXPECT_EQ(node.node().replication_offset(), 0);
    attach();
    ask("SET a 1");
    EXPECT_EQ(node.node().replication_offset(), 50);
}

TEST_F(Stream, writes_follow_as_they_came_after_a_select) {
    attach();
    EXPECT_EQ(ask("sEt a 1"), "+OK\r\n");
    EXPECT_EQ(stream(), std::string(select) + "*3\r\n$3\r\nsEt\r\n$1\r\na\r\n$1\r\n1\r\n");
    ask("GET a");
    EXPECT_EQ(stream(), "");
}

TEST_F(Stream, expired_keys_are_deleted_ahead_of_the_command_that_met_them) {
    attach();
    ask("SET b 1 PX 1");
    stream();
    net.run_for(2ms);
    ask("SET b 2");
    EXPECT_EQ(stream(),
              "*1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nDEL\r\n$1\r\nb\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$"
              "1\r\n2\r\n"
              "*1\r\n$4\r\nEXEC\r\n");
    ask("SET b 1 PX 1");
    stream();
    net.run_for(2ms);
    EXPECT_EQ(ask("GET b"), "$-1\r\n");
    EXPECT_EQ(stream(), "*2\r\n$3\r\nDEL\r\n$1\r\nb\r\n");
}

TEST_F(Stream, transactions_are_wrapped_unless_they_wrote_once) {
    attach();
    SessionId const client = node.connect();
    node.send(client, "MULTI\r\nSET a 1\r\nGET a\r\nEXEC\r\n");
    EXPECT_EQ(stream(), std::string(select) + "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
    node.send(client, "MULTI\r\nSET a 1\r\nINCR a\r\nEXEC\r\n");
    EXPECT_EQ(stream(),
              "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$4\r\nINCR\r\n$"
              "1\r\na\r\n"
              "*1\r\n$4\r\nEXEC\r\n");
}

TEST_F(Stream, a_ping_comes_every_ten_seconds) {
    attach();
    net.run_for(10s);
    EXPECT_EQ(stream(), "*1\r\n$4\r\nping\r\n");
    EXPECT_EQ(node.node().replication_offset(), 14);
}

TEST_F(Stream, a_replica_that_makes_the_master_answer_is_no_replica) {
    attach();
    EXPECT_EQ(node.send(replica, "REPLCONF ACK 0\r\n"), "");
    EXPECT_EQ(node.send(replica, "GET a\r\n"), "<closed>");
}

TEST_F(Stream, role_and_info_show_the_replica) {
    attach();
    ask("SET a 1");
    node.send(replica, "REPLCONF ACK 50\r\n");
    EXPECT_EQ(ask("ROLE"),
              "*3\r\n$6\r\nmaster\r\n:50\r\n*1\r\n*3\r\n$11\r\n192.168.0.1\r\n$4\r\n7777\r\n$2\r\n"
              "50\r\n");
    std::string const info = ask("INFO replication");
    EXPECT_NE(
        info.find("connected_slaves:1\r\nslave0:ip=192.168.0.1,port=7777,state=online,offset=50,"
                  "lag=0\r\n"),
        std::string::npos);
    EXPECT_NE(info.find("master_replid:" + id + "\r\n"), std::string::npos);
    EXPECT_NE(info.find("repl_backlog_first_byte_offset:1\r\nrepl_backlog_histlen:50\r\n"),
              std::string::npos);
}

TEST_F(Stream, continues_from_the_backlog_or_starts_anew) {
    attach();
    ask("SET a 1");
    node.disconnect(replica);
    ask("SET a 2");
    replica = node.connect();
    EXPECT_EQ(node.send(replica, "PSYNC " + id + " 51\r\n"),
              "+CONTINUE " + id + "\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n2\r\n");
    for (std::string const& line : {"PSYNC " + id + " 79\r\n", "PSYNC " + id + " 0\r\n",
                                    "PSYNC " + std::string(40, 'f') + " 10\r\n"}) {
        SessionId const late = node.connect();
        EXPECT_TRUE(node.send(late, line).starts_with("+FULLRESYNC " + id + " 77\r\n")) << line;
    }
}

TEST_F(Stream, a_backlog_that_is_too_short_means_a_full_synchronisation) {
    attach();
    ask("CONFIG SET repl-backlog-size 16384");  // less is not to be had
    std::string const filler(16'300, 'x');
    ask("SET a " + filler);
    ask("SET a 1");
    ask("SET a 2");
    SessionId const late = node.connect();
    EXPECT_TRUE(node.send(late, "PSYNC " + id + " 15\r\n").starts_with("+FULLRESYNC "));
    SessionId const in_time = node.connect();
    EXPECT_TRUE(node.send(in_time, "PSYNC " + id + " 50\r\n").starts_with("+CONTINUE "));
}

TEST_F(Stream, wait_counts_acknowledgements_of_the_sessions_own_writes) {
    attach();
    SessionId const client = node.connect();
    EXPECT_EQ(node.send(client, "SET a 1\r\nWAIT 0 0\r\n"), "+OK\r\n:0\r\n");
    stream();
    EXPECT_EQ(node.send(client, "WAIT 1 1000\r\nPING\r\n"), "");
    EXPECT_EQ(stream(), "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");
    node.send(replica, "REPLCONF ACK 49\r\n");
    EXPECT_EQ(node.received(client), "");
    node.send(replica, "REPLCONF ACK 50\r\n");
    EXPECT_EQ(node.received(client), ":1\r\n+PONG\r\n");
    node.send(replica, "REPLCONF ACK 87\r\n");  // the GETACK counts for the PING after it
    EXPECT_EQ(node.send(client, "WAIT 2 10\r\n"), "");
    net.run_for(10ms);
    EXPECT_EQ(node.received(client), ":1\r\n");
    node.send(replica, "REPLCONF ACK 1000\r\n");
    EXPECT_EQ(node.send(client, "MULTI\r\nWAIT 5 0\r\nEXEC\r\n"), "+OK\r\n+QUEUED\r\n*1\r\n:1\r\n");
}

TEST_F(Stream, client_unblock_ends_a_wait) {
    SessionId const client = node.connect();
    EXPECT_EQ(node.send(client, "WAIT 1 0\r\n"), "");
    EXPECT_EQ(ask("CLIENT UNBLOCK 2"), ":1\r\n");
    EXPECT_EQ(node.received(client), ":0\r\n");
    node.send(client, "WAIT 1 0\r\n");
    EXPECT_EQ(ask("CLIENT UNBLOCK 2 ERROR"), ":1\r\n");
    EXPECT_EQ(node.received(client), "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    EXPECT_EQ(ask("CLIENT UNBLOCK 2"), ":0\r\n");
}

TEST_F(Stream, silent_replicas_are_dropped_after_a_minute) {
    attach();
    net.run_for(59s);
    stream();
    net.run_for(4s);
    EXPECT_TRUE(stream().ends_with("<closed>"));
}

TEST_F(Stream, writes_can_demand_replicas) {
    ask("CONFIG SET min-replicas-to-write 1");
    EXPECT_EQ(ask("SET a 1"), "-NOREPLICAS Not enough good replicas to write.\r\n");
    attach();
    EXPECT_EQ(ask("SET a 1"), "+OK\r\n");
    net.run_for(12s);
    EXPECT_EQ(ask("SET a 1"), "-NOREPLICAS Not enough good replicas to write.\r\n");
    EXPECT_EQ(ask("GET a"), "$1\r\n1\r\n");
}

TEST_F(Stream, whoever_comes_first_waits_for_others_and_one_data_set_serves_them_all) {
    ask("CONFIG SET repl-diskless-sync-delay 5");
    net.run_for(50ms);
    node.send(replica, "REPLCONF capa eof capa psync2\r\n");
    EXPECT_EQ(node.send(replica, "PSYNC ? -1\r\n"), "");
    EXPECT_NE(ask("INFO replication").find("state=wait_bgsave,offset=0,lag=0\r\n"),
              std::string::npos);
    EXPECT_EQ(ask("ROLE"), "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n");
    net.run_for(3s);
    EXPECT_EQ(stream(), "\n\n\n");
    SessionId const second = node.connect();
    node.send(second, "REPLCONF capa eof\r\n");
    node.send(second, "PSYNC ? -1\r\n");
    net.run_for(1s);
    EXPECT_EQ(stream(), "\n");
    net.run_for(2s);
    EXPECT_NE(stream().find("+FULLRESYNC "), std::string::npos);
    EXPECT_NE(node.received(second).find("+FULLRESYNC "), std::string::npos);
}

TEST_F(Stream, nobody_waits_where_enough_are_waiting_or_the_data_set_goes_by_disk) {
    ask("CONFIG SET repl-diskless-sync-delay 5");
    EXPECT_TRUE(node.send(replica, "PSYNC ? -1\r\n").starts_with("+FULLRESYNC "));  // no capa eof
    ask("CONFIG SET repl-diskless-sync no");
    SessionId const by_disk = node.connect();
    node.send(by_disk, "REPLCONF capa eof\r\n");
    EXPECT_TRUE(node.send(by_disk, "PSYNC ? -1\r\n").starts_with("+FULLRESYNC "));
    ask("CONFIG SET repl-diskless-sync yes repl-diskless-sync-max-replicas 2");
    SessionId const first = node.connect();
    SessionId const second = node.connect();
    node.send(first, "REPLCONF capa eof\r\n");
    node.send(second, "REPLCONF capa eof\r\n");
    EXPECT_EQ(node.send(first, "PSYNC ? -1\r\n"), "");
    net.run_for(2s);
    EXPECT_EQ(node.received(first), "\n\n");
    EXPECT_EQ(node.send(second, "PSYNC ? -1\r\n"), "");
    net.run_for(1s);
    EXPECT_NE(node.received(first).find("+FULLRESYNC "), std::string::npos);
    EXPECT_NE(node.received(second).find("+FULLRESYNC "), std::string::npos);
}

TEST(DisklessDelay, is_five_seconds_unless_told_otherwise) {
    TestNet net;
    NodeConfig config;
    config.id = std::string(40, 'a');
    TestNode& node = net.add_as_configured(config);
    node.node().start();
    EXPECT_EQ(node.ask("CONFIG GET repl-diskless-sync-delay"),
              "*2\r\n$24\r\nrepl-diskless-sync-delay\r\n$1\r\n5\r\n");
    EXPECT_EQ(node.node().config().repl_diskless_sync_delay_s, 5);
}

/// Three masters, a replica each. Key "foo" (12182) belongs to the third, whose replica is nodes[5].
class ReplicatedCluster : public testing::Test {
protected:
    TestNet net;
    std::vector<TestNode*> nodes = net.add_cluster(3, 1);
    TestNode& master = *nodes[2];
    TestNode& replica = *nodes[5];

    std::string replica_get(std::string_view key) {
        SessionId const session = replica.connect();
        std::string const reply =
            replica.send(session, "READONLY\r\nGET " + std::string(key) + "\r\n").substr(5);
        replica.disconnect(session);
        return reply;
    }
    void expect_in_step() {
        EXPECT_EQ(master.node().replication_offset(), replica.node().replication_offset());
    }
};

TEST_F(ReplicatedCluster, the_replica_has_what_the_master_acknowledged_a_moment_ago) {
    EXPECT_EQ(master.ask("SET foo 1"), "+OK\r\n");
    EXPECT_EQ(replica_get("foo"), "$-1\r\n");
    net.run_for(2ms);
    EXPECT_EQ(replica_get("foo"), "$1\r\n1\r\n");
    expect_in_step();
    EXPECT_GT(master.node().replication_offset(), 0);
}

TEST_F(ReplicatedCluster, data_from_before_comes_with_the_full_synchronisation) {
    TestNet other;
    TestNode& single = other.add_single();
    single.ask("SET a 1");
    single.ask("SET b 2 PX 100000");
    SessionId const session = single.connect();
    std::string const reply = single.send(session, "PSYNC ? -1\r\n");
    EXPECT_NE(reply.find("a"), std::string::npos);
    replica.break_links();
    master.ask("SET foo before");
    net.run_for(2s);
    EXPECT_EQ(replica_get("foo"), "$6\r\nbefore\r\n");
}

TEST_F(ReplicatedCluster, replicas_answer_moved_unless_readonly) {
    EXPECT_EQ(replica.ask("GET foo"), "-MOVED 12182 10.0.0.3:7000\r\n");
    EXPECT_EQ(replica.ask("SET foo 1"), "-MOVED 12182 10.0.0.3:7000\r\n");
    EXPECT_EQ(replica.ask("FLUSHALL"),
              "-READONLY You can't write against a read only replica.\r\n");
    EXPECT_EQ(replica.ask("WAIT 1 1").substr(0, 48),
              "-ERR WAIT cannot be used with replica instances.");
}

TEST_F(ReplicatedCluster, a_writable_replica_takes_what_names_no_key_and_keeps_it_to_itself) {
    master.ask("SET foo 1");
    net.run_for(2ms);
    replica.ask("CONFIG SET replica-read-only no min-replicas-to-write 1");
    EXPECT_EQ(replica.ask("SET foo 2"), "-MOVED 12182 10.0.0.3:7000\r\n");
    EXPECT_EQ(replica.ask("FLUSHALL"), "+OK\r\n");
    EXPECT_EQ(replica.ask("DBSIZE"), ":0\r\n");
    net.run_for(2s);
    EXPECT_EQ(master.ask("DBSIZE"), ":1\r\n");
    expect_in_step();
    EXPECT_NE(replica.ask("INFO replication").find("slave_read_only:0\r\n"), std::string::npos);
    EXPECT_EQ(replica.ask("WAIT 0 0").substr(0, 48),
              "-ERR WAIT cannot be used with replica instances.");
}

TEST_F(ReplicatedCluster, an_expired_key_is_hidden_on_the_replica_until_the_del_comes) {
    master.ask("SET foo 1 PX 1000");
    net.run_for(500ms);
    net.cut(master, replica);
    net.run_for(600ms);
    EXPECT_EQ(replica_get("foo"), "$-1\r\n");
    EXPECT_EQ(replica.ask("DBSIZE"), ":1\r\n");
    net.heal();
}

TEST_F(ReplicatedCluster, a_lost_link_continues_where_it_was) {
    master.ask("SET foo 1");
    net.run_for(2ms);
    replica.break_links();
    master.ask("SET foo 2");
    net.run_for(20ms);
    EXPECT_EQ(replica_get("foo"), "$1\r\n2\r\n");
    expect_in_step();
    EXPECT_NE(master.ask("INFO stats").find("sync_full:1\r\nsync_partial_ok:1\r\n"),
              std::string::npos);
}

TEST_F(ReplicatedCluster, a_transaction_is_applied_as_one) {
    SessionId const client = master.connect();
    master.send(client, "MULTI\r\nSET foo 1\r\nINCR foo\r\nEXEC\r\n");
    replica.executed_commands.clear();
    net.run_for(2ms);
    ASSERT_EQ(replica.executed_commands.size(), 2u);
    EXPECT_TRUE(replica.executed_commands[0].in_transaction);
    EXPECT_TRUE(replica.executed_commands[0].from_replication);
    EXPECT_EQ(replica.executed_commands[0].replication_offset, master.node().replication_offset());
    EXPECT_EQ(replica_get("foo"), "$1\r\n2\r\n");
    expect_in_step();
}

TEST_F(ReplicatedCluster, role_and_info_of_a_replica) {
    EXPECT_EQ(replica.ask("ROLE").substr(0, 51),
              "*5\r\n$5\r\nslave\r\n$8\r\n10.0.0.3\r\n:7000\r\n$9\r\nconnected\r\n");
    std::string const info = replica.ask("INFO replication");
    EXPECT_NE(info.find("role:slave\r\nmaster_host:10.0.0.3\r\nmaster_port:7000\r\n"
                        "master_link_status:up\r\n"),
              std::string::npos);
    EXPECT_NE(replica.ask("HELLO").find("$7\r\nreplica\r\n"), std::string::npos);
}

TEST_F(ReplicatedCluster, stale_replicas_refuse_if_told_so) {
    replica.ask("CONFIG SET replica-serve-stale-data no");
    EXPECT_EQ(replica.ask("PING"), "+PONG\r\n");
    master.crash();
    net.run_for(100ms);
    EXPECT_EQ(replica.ask("PING"),
              "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is "
              "set to 'no'.\r\n");
    EXPECT_EQ(replica.ask("INFO nosuch"), "$0\r\n\r\n");
}

TEST_F(ReplicatedCluster, the_replica_takes_over_with_the_data_and_the_old_master_follows_it) {
    master.ask("SET foo kept");
    net.run_for(2ms);
    master.crash();
    net.run_for(6s);
    EXPECT_TRUE(replica.node().is_master());
    EXPECT_EQ(replica.ask("GET foo"), "$4\r\nkept\r\n");
    EXPECT_EQ(replica.ask("SET foo new"), "+OK\r\n");
    master.restart(true);
    net.run_for(5s);
    EXPECT_FALSE(master.node().is_master());
    SessionId const session = master.connect();
    EXPECT_EQ(master.send(session, "READONLY\r\nGET foo\r\n"), "+OK\r\n$3\r\nnew\r\n");
    expect_in_step();
}

TEST_F(ReplicatedCluster, a_manual_failover_loses_nothing_and_the_old_master_continues_partially) {
    EXPECT_EQ(replica.ask("CLUSTER FAILOVER"), "+OK\r\n");
    net.run_for(2s);
    EXPECT_TRUE(replica.node().is_master());
    EXPECT_FALSE(master.node().is_master());
    EXPECT_NE(replica.ask("INFO stats").find("sync_full:0\r\nsync_partial_ok:1\r\n"),
              std::string::npos);
    EXPECT_EQ(replica.ask("SET foo 1"), "+OK\r\n");
    net.run_for(10ms);
    expect_in_step();
    std::string const info = replica.ask("INFO replication");
    EXPECT_EQ(info.find("second_repl_offset:-1"), std::string::npos);
}

TEST_F(ReplicatedCluster, writes_wait_for_a_manual_failover_and_are_then_redirected) {
    SessionId const client = master.connect();
    replica.ask("CLUSTER FAILOVER");
    net.run_for(1500us);  // MFSTART has arrived, the votes have not
    EXPECT_EQ(master.send(client, "GET foo\r\nSET foo 1\r\n"), "$-1\r\n");
    net.run_for(1s);
    EXPECT_EQ(master.received(client), "-MOVED 12182 10.0.0.6:7000\r\n");
    EXPECT_EQ(master.send(client, "PING\r\n"), "+PONG\r\n");
}

TEST_F(ReplicatedCluster, a_restart_keeps_the_data_or_not) {
    for (bool const keep : {true, false}) {
        TestNet other;
        auto const three = other.add_cluster(3, 0);
        three[2]->ask("SET foo 1");
        three[2]->crash();
        other.run_for(500ms);
        three[2]->restart(keep);
        other.run_for(4s);
        EXPECT_EQ(three[2]->ask("GET foo"), keep ? "$1\r\n1\r\n" : "$-1\r\n");
    }
}

TEST_F(ReplicatedCluster, a_wait_on_a_master_that_steps_down_ends_with_the_connection) {
    SessionId const client = master.connect();
    master.send(client, "SET foo 1\r\nWAIT 2 0\r\n");
    replica.ask("CLUSTER FAILOVER");
    net.run_for(2s);
    EXPECT_EQ(master.received(client),
              "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> "
              "replica?)\r\n<closed>");
}

TEST_F(ReplicatedCluster, a_replica_is_listed_as_it_announces_itself) {
    replica.ask("CONFIG SET replica-announce-ip 10.9.9.9 replica-announce-port 4711");
    replica.break_links();
    net.run_for(2s);
    EXPECT_NE(master.ask("ROLE").find("$8\r\n10.9.9.9\r\n$4\r\n4711\r\n"), std::string::npos);
    EXPECT_NE(master.ask("INFO replication").find("slave0:ip=10.9.9.9,port=4711,state=online,"),
              std::string::npos);
}

TEST(ClusterPort, is_where_the_bus_is) {
    TestNet net;
    std::vector<TestNode*> nodes;
    for (int n = 0; n < 2; ++n) {
        NodeConfig config;
        config.options = {{"cluster-port", "9001"}};
        nodes.push_back(&net.add(config));
        nodes.back()->node().start();
    }
    EXPECT_EQ(nodes[0]->ask("CONFIG GET cluster-port"),
              "*2\r\n$12\r\ncluster-port\r\n$4\r\n9001\r\n");
    EXPECT_EQ(nodes[0]->ask("CONFIG SET cluster-port 1"),
              "-ERR CONFIG SET failed (possibly related to argument 'cluster-port') - can't set "
              "immutable config\r\n");
    EXPECT_NE(nodes[0]->ask("CLUSTER NODES").find(" :7000@9001 myself,master"), std::string::npos);
    EXPECT_EQ(nodes[0]->ask("CLUSTER MEET 10.0.0.2 7000 9001"), "+OK\r\n");
    net.run_for(3s);
    EXPECT_NE(nodes[0]->ask("CLUSTER NODES").find(" 10.0.0.2:7000@9001 master"), std::string::npos);
    EXPECT_NE(nodes[1]->ask("CLUSTER NODES").find(" 10.0.0.1:7000@9001 master"), std::string::npos);
}

TEST(Siblings, continue_with_the_promoted_replica_partially) {
    TestNet net;
    auto const nodes = net.add_cluster(3, 2);
    TestNode& master = *nodes[2];
    master.ask("SET foo 1");
    net.run_for(2ms);
    master.crash();
    net.run_for(8s);
    TestNode& promoted = nodes[5]->node().is_master() ? *nodes[5] : *nodes[8];
    TestNode& sibling = &promoted == nodes[5] ? *nodes[8] : *nodes[5];
    ASSERT_TRUE(promoted.node().is_master());
    EXPECT_EQ(promoted.ask("SET foo 2"), "+OK\r\n");
    net.run_for(2s);
    EXPECT_NE(promoted.ask("INFO stats").find("sync_full:0\r\nsync_partial_ok:1\r\n"),
              std::string::npos);
    EXPECT_EQ(promoted.node().replication_offset(), sibling.node().replication_offset());
}

}  // namespace

}  // namespace keyslot::sim
