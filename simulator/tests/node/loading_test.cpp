#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// A replica that gets its master's whole data set: what clients see of it (facts 6).
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view loading = "-LOADING Redis is loading the dataset in memory\r\n";

constexpr std::string_view look_often = "CONFIG SET loading-process-events-interval-bytes 1024";

/// A master with some keys, and a replica that is about to load them, a millisecond for each key. Every few
/// milliseconds it looks who is there.
class Loading : public testing::Test {
protected:
    Loading() {
        net.run_for(5s);
        for (int n = 0; n < 500; ++n) {
            master.ask("SET key:" + std::to_string(n) + " " + std::string(150, 'x'));
        }
        net.run_for(100ms);
        // Its history is gone: it must begin anew, once it knows the cluster again.
        master.ask("CONFIG SET repl-diskless-sync-delay 1");
        replica.crash();
        replica.restart(false);
    }
    void start_loading() {
        replica.ask("CONFIG SET key-load-delay 1000");
        replica.ask(look_often);
        for (int n = 0; n < 3000 && ask("INFO persistence").find("loading:1") == npos; ++n) {
            net.run_for(1ms);
        }
    }
    std::string ask(std::string_view line) { return replica.ask(line, 20ms); }
    std::string ask_in_session(std::string_view line) {
        std::string reply = replica.send(session, std::string(line) + "\r\n");
        for (int n = 0; n < 20 && reply.empty(); ++n) {
            net.run_for(1ms);
            reply = replica.received(session);
        }
        return reply;
    }

    static constexpr auto npos = std::string::npos;
    TestNet net;
    std::vector<TestNode*> nodes = net.add_cluster(1, 1);
    TestNode& master = *nodes[0];
    TestNode& replica = *nodes[1];
    SessionId session = 0;
};

TEST_F(Loading, refuses_what_may_not_run_meanwhile) {
    start_loading();
    session = replica.connect();
    EXPECT_EQ(ask("PING"), loading);
    EXPECT_EQ(ask("CLUSTER SLOTS"), loading);
    EXPECT_EQ(ask("CLUSTER INFO"), loading);
    EXPECT_EQ(ask("ASKING"), loading);
    EXPECT_EQ(ask("DBSIZE"), loading);
    EXPECT_EQ(ask("SCAN 0"), loading);
    EXPECT_EQ(ask("WAIT 0 0"), loading);
    EXPECT_EQ(ask_in_session("READONLY"), "+OK\r\n");
    EXPECT_EQ(ask_in_session("GET key:1"), loading);
    EXPECT_EQ(ask("SET key:1 x").substr(0, 6), "-MOVED");  // where it goes comes first
    EXPECT_EQ(ask("ECHO a"), "$1\r\na\r\n");
    EXPECT_EQ(ask("PUBLISH a x"), ":0\r\n");
    EXPECT_EQ(ask("CLIENT GETNAME"), "$-1\r\n");
    EXPECT_EQ(ask("CLUSTER HELP").substr(0, 4), "*56\r");
    EXPECT_TRUE(ask("ROLE").ends_with("$4\r\nsync\r\n:-1\r\n"));
    EXPECT_EQ(ask_in_session("MULTI"), "+OK\r\n");
    EXPECT_EQ(ask_in_session("DBSIZE"), loading);
    EXPECT_EQ(ask_in_session("EXEC"),
              "-EXECABORT Transaction discarded because of previous errors.\r\n");
}

TEST_F(Loading, ends_by_itself_with_all_keys_and_what_was_written_meanwhile) {
    start_loading();
    EXPECT_NE(ask("INFO replication").find("master_sync_in_progress:1\r\n"), npos);
    EXPECT_NE(ask("INFO persistence").find("loading_total_bytes:"), npos);
    master.ask("SET key:500 late");
    net.run_for(400ms);
    EXPECT_EQ(ask("PING"), loading);
    net.run_for(300ms);
    EXPECT_EQ(ask("PING"), "+PONG\r\n");
    EXPECT_EQ(ask("DBSIZE"), ":501\r\n");
    EXPECT_NE(ask("INFO replication").find("master_link_status:up\r\n"), npos);
    EXPECT_NE(ask("INFO persistence").find("loading:0\r\n"), npos);
}

TEST_F(Loading, others_do_not_show_the_replica_meanwhile) {
    start_loading();
    net.run_for(300ms);
    EXPECT_EQ(master.ask("CLUSTER SLOTS").find(replica.id()), npos);
    EXPECT_NE(master.ask("CLUSTER SHARDS").find("loading"), npos);
    net.run_for(5s);
    EXPECT_NE(master.ask("CLUSTER SLOTS").find(replica.id()), npos);
    EXPECT_EQ(master.ask("CLUSTER SHARDS").find("loading"), npos);
}

TEST_F(Loading, a_link_lost_meanwhile_is_noticed_afterwards) {
    start_loading();
    replica.break_links();
    net.run_for(300ms);
    EXPECT_EQ(ask("PING"), loading);
    net.run_for(1s);
    EXPECT_EQ(ask("DBSIZE"), ":500\r\n");
    EXPECT_NE(ask("INFO replication").find("master_link_status:up\r\n"), npos);
}

/// A master that comes back with 3 MB, and its replica. It takes 60 ms to load them, and after 2 MB, or 42 ms,
/// it looks who is there.
class LoadingItsOwn : public testing::Test {
protected:
    LoadingItsOwn() {
        for (int n = 0; n < 300; ++n) {
            master.ask("SET key:" + std::to_string(n) + " " + std::string(10'000, 'x'));
        }
        net.run_for(100ms);
    }

    TestNet net;
    std::vector<TestNode*> nodes = net.add_cluster(1, 1);
    TestNode& master = *nodes[0];
    TestNode& replica = *nodes[1];
};

TEST_F(LoadingItsOwn, a_restarted_node_answers_loading_between_chunks_of_2_mb) {
    master.crash();
    master.restart(true);
    SessionId const session = master.connect();
    std::string const pipeline = "PING\r\nGET key:1\r\nDBSIZE\r\nCLUSTER INFO\r\nECHO a\r\n";
    EXPECT_EQ(master.send(session, pipeline), "");
    net.run_for(41ms);
    EXPECT_EQ(master.received(session), "");
    net.run_for(4ms);
    EXPECT_EQ(master.received(session),
              std::string(loading) + "-CLUSTERDOWN The cluster is down\r\n" +  // comes first
                  std::string(loading) + std::string(loading) + "$1\r\na\r\n");
    // This was the only look: what comes now is answered when all is there.
    EXPECT_EQ(master.send(session, "PING\r\nDBSIZE\r\nINFO persistence\r\n"), "");
    net.run_for(10ms);
    EXPECT_EQ(master.received(session), "");
    net.run_for(10ms);
    std::string const late = master.received(session);
    EXPECT_TRUE(late.starts_with("+PONG\r\n:300\r\n")) << late;
    EXPECT_NE(late.find("loading:0\r\n"), std::string::npos);
}

TEST_F(LoadingItsOwn, tells_how_far_it_has_come) {
    master.crash();
    master.restart(true);
    std::string const info = master.ask("INFO persistence", 50ms);
    EXPECT_NE(info.find("loading:1\r\n"), std::string::npos);
    EXPECT_NE(info.find("loading_loaded_perc:69.67"), std::string::npos) << info;
}

TEST_F(LoadingItsOwn, a_restarted_replica_looks_for_its_master_when_it_has_loaded) {
    replica.crash();
    replica.restart(true);
    EXPECT_NE(replica.ask("INFO replication", 50ms).find("role:master\r\n"), std::string::npos);
    EXPECT_NE(replica.ask("INFO replication", 50ms).find("role:slave\r\n"), std::string::npos);
    net.run_for(2s);
    EXPECT_NE(replica.ask("INFO replication").find("master_link_status:up\r\n"), std::string::npos);
}

TEST_F(LoadingItsOwn, an_empty_node_is_there_at_once) {
    master.crash();
    master.restart(false);
    EXPECT_EQ(master.ask("PING"), "+PONG\r\n");
}

/// As long as the configuration says, and not a word meanwhile.
TEST_F(LoadingItsOwn, of_few_data_nobody_is_told) {
    NodeConfig config;
    config.key_load_delay_us = 10'000;
    TestNode& node = net.add_single(config);
    node.ask("SET a 1");
    node.ask("SET b 1");
    node.crash();
    node.restart(true);
    SessionId const session = node.connect();
    EXPECT_EQ(node.send(session, "PING\r\n"), "");
    net.run_for(20ms);
    EXPECT_EQ(node.received(session), "");
    net.run_for(2ms);
    EXPECT_EQ(node.received(session), "+PONG\r\n");
}

TEST_F(Loading, stale_data_switched_off_comes_before_it) {
    replica.ask("CONFIG SET replica-serve-stale-data no");
    start_loading();
    EXPECT_EQ(ask("PING").substr(0, 12), "-MASTERDOWN ");
    EXPECT_EQ(ask("CLUSTER INFO"), loading);
}

}  // namespace
}  // namespace keyslot::sim
