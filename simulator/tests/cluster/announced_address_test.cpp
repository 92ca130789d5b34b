#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

// cluster-announce-ip, -port, -bus-port: what a node says of itself, wherever it is.
namespace keyslot::sim::test {
namespace {

using namespace std::string_literals;

TEST(AnnouncedAddress, IsTheOwnFromTheStartAndThatOfAllOnceTheyHaveHeardOfIt) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[0].config().announce_port = 7777;
    EXPECT_NE(cluster[0].cluster({"NODES"}).find(":7777@17000 myself,master"), std::string::npos);
    cluster.run_ms(3000);
    std::string const line = cluster[1].line_about(cluster[0]);
    EXPECT_NE(line.find(" 127.0.0.1:7777@17000 master "), std::string::npos) << line;
    EXPECT_NE(line.find(" connected "), std::string::npos) << line;
    EXPECT_EQ(cluster[3].replicates, (std::pair{"127.0.0.1"s, std::uint16_t{7777}}));
    cluster[0].config().announce_port = 0;
    cluster.run_ms(3000);
    EXPECT_NE(cluster[1].line_about(cluster[0]).find(":7000@17000 "), std::string::npos);
    EXPECT_EQ(cluster[3].replicates, (std::pair{"127.0.0.1"s, std::uint16_t{7000}}));
}

TEST(AnnouncedAddress, ThatNobodyListensAtCostsTheLinkThere) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[0].config().announce_bus_port = 9;
    cluster.run_ms(1500);
    EXPECT_NE(cluster[1].line_about(cluster[0]).find(":7000@9 "), std::string::npos);
    EXPECT_NE(cluster[1].line_about(cluster[0]).find(" disconnected"), std::string::npos);
    // Its own pings are answered the way they came.
    EXPECT_NE(cluster[0].line_about(cluster[1]).find(" connected"), std::string::npos);
}

TEST(AnnouncedAddress, TakenBackLeavesTheNodeWithoutOneUntilItIsTold) {
    TestCluster cluster{{}};
    cluster.run_ms(3000);
    cluster[0].config().announce_ip = "127.0.0.9";
    EXPECT_NE(cluster[0].cluster({"NODES"}).find(" 127.0.0.9:7000@17000 myself"),
              std::string::npos);
    cluster[0].config().announce_ip = "";
    EXPECT_NE(cluster[0].cluster({"NODES"}).find(" :7000@17000 myself"), std::string::npos);
    cluster.run_ms(3000);
    EXPECT_NE(cluster[0].cluster({"NODES"}).find(" 127.0.0.1:7000@17000 myself"),
              std::string::npos);
}

TEST(AnnouncedAddress, OfANodeThatIsMetIsTheOneThatOthersLearn) {
    TestCluster cluster;
    TestNode& a = cluster.add_fresh();
    TestNode& b = cluster.add_fresh();
    b.config().announce_port = 7777;
    a.cluster({"MEET", "127.0.0.1", "7001"});
    cluster.run_ms(2000);
    EXPECT_NE(a.line_about(b).find(" 127.0.0.1:7777@17001 master "), std::string::npos);
    EXPECT_NE(b.line_about(a).find(" 127.0.0.1:7000@17000 master "), std::string::npos);
    b.crash();
    b.restart();
    EXPECT_NE(b.cluster({"NODES"}).find(":7777@17001 myself"), std::string::npos);
}

}  // namespace
}  // namespace keyslot::sim::test
