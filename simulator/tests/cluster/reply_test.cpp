#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

#include <algorithm>

// The shapes of facts 3.3 to 3.5, byte for byte as a real 7.0.15 sends them.
namespace keyslot::sim::test {
namespace {

std::string bulk(std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string{text} + "\r\n";
}

class Replies : public testing::Test {
protected:
    std::string const& id(std::size_t n) { return cluster_[n].state().my_id(); }
    std::string slots_node(std::size_t n) {
        return "*4\r\n" + bulk("127.0.0.1") + ":" + std::to_string(7000 + n) + "\r\n" + bulk(id(n));
    }
    std::string shards_node(std::size_t n, std::string_view role, std::string_view health) {
        return bulk("id") + bulk(id(n)) + bulk("port") + ":" + std::to_string(7000 + n) + "\r\n" +
               bulk("ip") + bulk("127.0.0.1") + bulk("endpoint") + bulk("127.0.0.1") +
               bulk("role") + bulk(role) + bulk("replication-offset") + ":100\r\n" +
               bulk("health") + bulk(health);
    }

    TestCluster cluster_{{.masters = 1, .replicas_per_master = 1}};
};

TEST_F(Replies, Slots) {
    cluster_.run_ms(2000);
    std::string const head = "*1\r\n*4\r\n:0\r\n:16383\r\n";
    EXPECT_EQ(cluster_[0].cluster({"SLOTS"}),
              head + slots_node(0) + "*0\r\n" + slots_node(1) + "*0\r\n");
    EXPECT_EQ(cluster_[1].cluster({"slots"}, 3),
              head + slots_node(0) + "%0\r\n" + slots_node(1) + "%0\r\n");
}

TEST_F(Replies, SlotsHideReplicasWithoutDataAndFailedOnes) {
    std::string const lone = "*1\r\n*3\r\n:0\r\n:16383\r\n" + slots_node(0) + "*0\r\n";
    cluster_[0].offset = 0;
    cluster_[1].offset = 0;
    cluster_.run_ms(2000);
    EXPECT_EQ(cluster_[0].cluster({"SLOTS"}), lone);
    EXPECT_EQ(cluster_[1].cluster({"SLOTS"}), lone);
}

TEST_F(Replies, SlotsOfAnEmptyNode) {
    TestCluster cluster;
    EXPECT_EQ(cluster.add_fresh().cluster({"SLOTS"}), "*0\r\n");
}

TEST_F(Replies, SlotsByHostname) {
    cluster_[0].config().hostname = "h.x";
    cluster_.run_ms(2000);
    TestNode& node = cluster_[1];
    auto const described = [&](std::string_view endpoint, std::size_t n,
                               std::string_view metadata) {
        return "*4\r\n" + std::string{endpoint} + ":" + std::to_string(7000 + n) + "\r\n" +
               bulk(id(n)) + std::string{metadata};
    };
    std::string const head = "*1\r\n*4\r\n:0\r\n:16383\r\n";
    std::string const ip = bulk("ip") + bulk("127.0.0.1");
    std::string const hostname = bulk("hostname") + bulk("h.x");
    EXPECT_EQ(node.cluster({"SLOTS"}), head + described(bulk("127.0.0.1"), 0, "*2\r\n" + hostname) +
                                           described(bulk("127.0.0.1"), 1, "*0\r\n"));
    node.config().preferred_endpoint_type = EndpointType::hostname;
    EXPECT_EQ(node.cluster({"SLOTS"}, 3), head + described(bulk("h.x"), 0, "%1\r\n" + ip) +
                                              described(bulk("?"), 1, "%1\r\n" + ip));
    node.config().preferred_endpoint_type = EndpointType::unknown_endpoint;
    EXPECT_EQ(node.cluster({"SLOTS"}), head + described("$-1\r\n", 0, "*4\r\n" + ip + hostname) +
                                           described("$-1\r\n", 1, "*2\r\n" + ip));
    EXPECT_EQ(node.cluster({"SLOTS"}, 3), head + described("_\r\n", 0, "%2\r\n" + ip + hostname) +
                                              described("_\r\n", 1, "%1\r\n" + ip));
}

TEST_F(Replies, Shards) {
    cluster_.run_ms(2000);
    std::string const nodes_2 = "*2\r\n*14\r\n" + shards_node(0, "master", "online") + "*14\r\n" +
                                shards_node(1, "replica", "online");
    EXPECT_EQ(cluster_[0].cluster({"SHARDS"}),
              "*1\r\n*4\r\n" + bulk("slots") + "*2\r\n:0\r\n:16383\r\n" + bulk("nodes") + nodes_2);
    std::string const nodes_3 = "*2\r\n%7\r\n" + shards_node(0, "master", "online") + "%7\r\n" +
                                shards_node(1, "replica", "online");
    EXPECT_EQ(cluster_[1].cluster({"SHARDS"}, 3),
              "*1\r\n%2\r\n" + bulk("slots") + "*2\r\n:0\r\n:16383\r\n" + bulk("nodes") + nodes_3);
}

// Observed on 7.0.15 with port 0, tls-port and tls-cluster.
TEST_F(Replies, ShardsOfAClusterThatSpeaksTlsTellTheTlsPortAndNoOther) {
    cluster_[0].config().tls = true;
    std::string const shards = cluster_[0].cluster({"SHARDS"});
    EXPECT_NE(shards.find("$8\r\ntls-port\r\n:"), std::string::npos);
    EXPECT_EQ(shards.find("$4\r\nport\r\n"), std::string::npos);
}

TEST_F(Replies, ShardsShowFailedNodesAndHostnames) {
    TestCluster cluster{{.masters = 3, .replicas_per_master = 1}};
    cluster[1].config().hostname = "h.x";
    cluster.run_ms(3000);
    cluster[0].crash();
    ASSERT_NE(cluster.run_until([&] { return cluster[3].state().is_master(); }), -1);
    cluster.run_ms(1500);
    std::string const shards = cluster[2].cluster({"SHARDS"}, 3);
    EXPECT_TRUE(shards.starts_with("*4\r\n%2\r\n" + bulk("slots") + "*0\r\n" + bulk("nodes") +
                                   "*1\r\n%7\r\n" + bulk("id") + bulk(cluster[0].state().my_id())));
    EXPECT_NE(shards.find(bulk("role") + bulk("master") + bulk("replication-offset") + ":100\r\n" +
                          bulk("health") + bulk("fail")),
              std::string::npos);
    EXPECT_NE(shards.find("%8\r\n" + bulk("id") + bulk(cluster[1].state().my_id())),
              std::string::npos);
    EXPECT_NE(shards.find(bulk("endpoint") + bulk("127.0.0.1") + bulk("hostname") + bulk("h.x") +
                          bulk("role")),
              std::string::npos);
    EXPECT_EQ(cluster[2].cluster({"SLOTS"}).substr(0, 4), "*3\r\n");
}

TEST_F(Replies, NodesLines) {
    std::string const about_master = cluster_[1].line_about(cluster_[0]);
    std::string const head = id(0) + " 127.0.0.1:7000@17000 master - 0 1699999999";
    EXPECT_EQ(about_master.substr(0, head.size()), head);
    EXPECT_TRUE(about_master.ends_with(" 1 connected 0-16383"));
    EXPECT_EQ(cluster_[1].line_about(cluster_[1]),
              id(1) + " 127.0.0.1:7001@17001 myself,slave " + id(0) + " 0 0 1 connected");
    cluster_[0].config().hostname = "h.x";
    cluster_.run_ms(2000);
    EXPECT_TRUE(cluster_[1]
                    .line_about(cluster_[0])
                    .starts_with(id(0) + " 127.0.0.1:7000@17000,h.x master "));
    std::string const text = cluster_[0].cluster({"NODES"});
    EXPECT_EQ(text.substr(0, 1), "$");
    EXPECT_TRUE(text.ends_with("\n\r\n"));
    EXPECT_EQ(cluster_[0].cluster({"NODES"}, 3).find("txt:"), 6u);
}

TEST_F(Replies, NodesSplitRuns) {
    cluster_[0].cluster({"DELSLOTS", "5", "7", "8", "16383"});
    EXPECT_TRUE(cluster_[0].line_about(cluster_[0]).ends_with(" connected 0-4 6 9-16382"));
}

TEST_F(Replies, Info) {
    TestCluster cluster;
    EXPECT_EQ(cluster.add_fresh().cluster({"INFO"}),
              bulk("cluster_state:fail\r\ncluster_slots_assigned:0\r\ncluster_slots_ok:0\r\n"
                   "cluster_slots_pfail:0\r\ncluster_slots_fail:0\r\ncluster_known_nodes:1\r\n"
                   "cluster_size:1\r\ncluster_current_epoch:0\r\ncluster_my_epoch:0\r\n"
                   "cluster_stats_messages_sent:0\r\ncluster_stats_messages_received:0\r\n"
                   "total_cluster_links_buffer_limit_exceeded:0\r\n"));
    cluster_.run_ms(5000);
    EXPECT_NE(cluster_[0].info("cluster_stats_messages_ping_sent"), "");
    EXPECT_NE(cluster_[0].info("cluster_stats_messages_pong_received"), "");
    EXPECT_EQ(cluster_[0].info("cluster_stats_messages_meet_sent"), "");
}

TEST_F(Replies, LoneNodeWithAllSlotsIsOkAfterTwoSeconds) {
    TestCluster cluster;
    TestNode& node = cluster.add_fresh();
    node.cluster({"ADDSLOTSRANGE", "0", "16383"});
    EXPECT_EQ(node.info("cluster_state"), "fail");
    std::int64_t const ok_ms = cluster.run_until([&] { return node.state().state_ok(); });
    EXPECT_GE(ok_ms, 1900);
    EXPECT_LE(ok_ms, 2200);
    // It has never been told its own address: clients are to reuse the one they have.
    EXPECT_EQ(node.cluster({"SLOTS"}), "*1\r\n*3\r\n:0\r\n:16383\r\n*4\r\n$0\r\n\r\n:7000\r\n" +
                                           bulk(node.state().my_id()) + "*0\r\n");
}

TEST_F(Replies, KeysInSlots) {
    cluster_[0].keys = {"bar", "{bar}2", "foo"};
    EXPECT_EQ(cluster_[0].cluster({"KEYSLOT", "foo"}), ":12182\r\n");
    EXPECT_EQ(cluster_[0].cluster({"COUNTKEYSINSLOT", "5061"}), ":2\r\n");
    EXPECT_EQ(cluster_[0].cluster({"COUNTKEYSINSLOT", "16384"}), "-ERR Invalid slot\r\n");
    EXPECT_EQ(cluster_[0].cluster({"COUNTKEYSINSLOT", "x"}),
              "-ERR value is not an integer or out of range\r\n");
    EXPECT_EQ(cluster_[0].cluster({"GETKEYSINSLOT", "5061", "1"}), "*1\r\n$3\r\nbar\r\n");
    EXPECT_EQ(cluster_[0].cluster({"GETKEYSINSLOT", "5061", "-1"}),
              "-ERR Invalid slot or number of keys\r\n");
    EXPECT_EQ(cluster_[0].cluster({"GETKEYSINSLOT", "5061", "x"}),
              "-ERR value is not an integer or out of range\r\n");
}

TEST_F(Replies, Replicas) {
    std::string const line = cluster_[0].line_about(cluster_[1]);
    EXPECT_EQ(cluster_[0].cluster({"REPLICAS", id(0)}), "*1\r\n" + bulk(line));
    EXPECT_EQ(cluster_[0].cluster({"SLAVES", id(1)}),
              "-ERR The specified node is not a master\r\n");
    EXPECT_EQ(cluster_[0].cluster({"REPLICAS", "x"}), "-ERR Unknown node x\r\n");
}

TEST_F(Replies, Links) {
    std::string const since = std::to_string(cluster_.now_ms());
    auto const link = [&](std::string_view direction) {
        return bulk("direction") + bulk(direction) + bulk("node") + bulk(id(1)) +
               bulk("create-time") + ":" + since + "\r\n" + bulk("events") + bulk("r") +
               bulk("send-buffer-allocated") + ":0\r\n" + bulk("send-buffer-used") + ":0\r\n";
    };
    EXPECT_EQ(cluster_[0].cluster({"LINKS"}),
              "*2\r\n*12\r\n" + link("to") + "*12\r\n" + link("from"));
    EXPECT_EQ(cluster_[0].cluster({"LINKS"}, 3),
              "*2\r\n%6\r\n" + link("to") + "%6\r\n" + link("from"));
}

TEST_F(Replies, Help) {
    std::string const help = cluster_[0].cluster({"HELP"});
    EXPECT_TRUE(help.starts_with("*56\r\n+CLUSTER <subcommand> "));
    EXPECT_EQ(std::count(help.begin(), help.end(), '\n'), 57);
}

}  // namespace
}  // namespace keyslot::sim::test
