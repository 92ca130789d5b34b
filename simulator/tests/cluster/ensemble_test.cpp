#include "simulator/tests/cluster/test_cluster.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace keyslot::sim::test {
namespace {

std::string describe(BusMessage const& message, std::int64_t at_ms, TestNode const& from) {
    std::ostringstream out;
    out << at_ms << ' ' << from.state().my_id() << ' ' << static_cast<int>(message.type) << ' '
        << message.current_epoch << ' ' << message.config_epoch << ' ' << message.about;
    for (GossipEntry const& entry : message.gossip) {
        out << ' ' << entry.contact->id << '/' << entry.flags;
    }
    return out.str();
}

std::vector<std::string> record_failover() {
    std::vector<std::string> record;
    TestCluster cluster{{.replicas_per_master = 2}};
    cluster.on_message = [&](TestNode const& from, BusMessage const& message) {
        record.push_back(describe(message, cluster.now_ms(), from));
    };
    cluster.run_ms(1000);
    cluster[1].crash();
    cluster.run_ms(8000);
    cluster[1].restart();
    cluster.run_ms(3000);
    return record;
}

TEST(Ensemble, SameRunTwiceSendsTheSameMessages) {
    EXPECT_EQ(record_failover(), record_failover());
}

/// Breaks a cluster at random for a while, watching that no epoch is won twice; then heals it.
class Trouble {
public:
    explicit Trouble(std::uint64_t seed) : random_(seed) {
        cluster_.on_message = [this](TestNode const&, BusMessage const& message) {
            watch(message);
        };
    }

    void run() {
        for (int step = 0; step < 25; ++step) {
            disturb();
            auto const pause_ms = random_.between(50, 4000);
            cluster_.run_ms(pause_ms);
        }
        cluster_.heal();
        for (std::size_t n = 0; n < cluster_.size(); ++n) {
            if (!cluster_[n].is_up()) {
                cluster_[n].restart();
            }
        }
        cluster_.run_ms(40'000);
    }

    void expect_agreement() {
        for (std::size_t n = 0; n < cluster_.size(); ++n) {
            TestNode& node = cluster_[n];
            EXPECT_TRUE(node.state().state_ok()) << n;
            EXPECT_EQ(node.info("cluster_slots_ok"), "16384") << n;
            EXPECT_EQ(node.info("cluster_size"), "3") << n;
            for (std::uint16_t slot = 0; slot < 16384;
                 slot = static_cast<std::uint16_t>(slot + 100)) {
                EXPECT_EQ(node.state().owner_of(slot), cluster_[0].state().owner_of(slot)) << n;
            }
            bool const owns_slots = node.state().owner_of(0) == node.state().my_id() ||
                                    node.state().owner_of(6000) == node.state().my_id() ||
                                    node.state().owner_of(16000) == node.state().my_id();
            EXPECT_EQ(node.state().is_master(), owns_slots) << n;
            EXPECT_EQ(node.replicates.has_value(), !owns_slots) << n;
        }
    }

private:
    void disturb() {
        std::uint64_t const kind = random_.below(7);
        TestNode& a = any();
        TestNode& b = any();
        switch (kind) {
            case 0:
                if (a.is_up()) {
                    a.crash();
                }
                break;
            case 1:
                if (!a.is_up()) {
                    a.restart();
                }
                break;
            case 2: cluster_.cut(a, b); break;
            case 3: cluster_.cut_both(a, b); break;
            case 4: cluster_.isolate(a); break;
            case 5: cluster_.heal(); break;
            default:
                if (a.is_up()) {
                    a.cluster({"FAILOVER", "FORCE"});
                }
                break;
        }
    }

    TestNode& any() { return cluster_[random_.below(cluster_.size())]; }

    // Facts 5.3: a majority votes once an epoch, so nobody else can have won it.
    void watch(BusMessage const& message) {
        if (!(message.flags & node_master) || message.slots->count() == 0) {
            return;
        }
        NodeId const& winner =
            masters_.try_emplace(message.config_epoch, message.sender->id).first->second;
        EXPECT_EQ(winner, message.sender->id)
            << "epoch " << message.config_epoch << " at " << cluster_.now_ms();
    }

    TestCluster cluster_{{.replicas_per_master = 2}};
    Random random_;
    std::map<std::uint64_t, NodeId> masters_;
};

TEST(Ensemble, NoEpochIsWonTwiceAndHealedClustersAgree) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE(seed);
        Trouble trouble{seed};
        trouble.run();
        trouble.expect_agreement();
        if (HasFailure()) {
            break;
        }
    }
}

}  // namespace
}  // namespace keyslot::sim::test
