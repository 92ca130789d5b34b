// Commands that several nodes answer.
#include "client/tests/cluster/setting.hpp"

#include <keyslot/redis_cluster.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

sim::ClusterSpec const six{.masters = 3, .replicas_per_master = 1, .node_timeout = 2s};

asio::awaitable<void> fill(AsyncRedisCluster& redis, int keys) {
    for (int i = 0; i < keys; ++i) {
        co_await redis.set("k" + std::to_string(i), "v");
    }
}

TEST(SeveralNodes, answer_a_command_as_its_policies_say) {
    Setting setting(six);
    setting.run([&]() -> asio::awaitable<void> {
        co_await fill(setting.redis, 100);
        EXPECT_EQ((co_await setting.redis.execute(args("DBSIZE"))).as_integer(), 100);
        EXPECT_EQ((co_await setting.redis.execute(args("KEYS", "*"))).size(), 100u);
        EXPECT_THAT((co_await setting.redis.execute(args("RANDOMKEY"))).text(),
                    testing::StartsWith("k"));
        Reply const sha = co_await setting.redis.execute(args("SCRIPT", "LOAD", "return 1"));
        Reply const known =
            co_await setting.redis.execute(args("SCRIPT", "EXISTS", sha.text(), "no"));
        EXPECT_EQ(known[0].as_integer(), 1);
        EXPECT_EQ(known[1].as_integer(), 0);
        EXPECT_EQ((co_await setting.redis.execute(args("PING"))).text(), "PONG");
        EXPECT_EQ((co_await setting.redis.execute(args("WAIT", "1", "1000"))).as_integer(), 1);
        EXPECT_EQ((co_await setting.redis.execute(args("FLUSHALL"))).text(), "OK");
        EXPECT_EQ((co_await setting.redis.execute(args("DBSIZE"))).as_integer(), 0);
    });
}

TEST(SeveralNodes, are_named_by_their_kind_or_one_by_one) {
    Setting setting(six);
    setting.run([&]() -> asio::awaitable<void> {
        AsyncRedisCluster& redis = setting.redis;
        for (auto const& [targets, count] :
             {std::pair{TargetNodes::primaries, 3u}, std::pair{TargetNodes::replicas, 3u},
              std::pair{TargetNodes::all_nodes, 6u}, std::pair{TargetNodes::random, 1u}}) {
            auto const answers = co_await redis.on(targets).execute(args("CLUSTER", "MYID"));
            std::set<std::string> ids;
            for (auto const& [node, reply] : answers) {
                EXPECT_EQ(reply->text(), node.id);
                ids.insert(node.id);
            }
            EXPECT_EQ(ids.size(), count);
        }
        std::vector<ClusterNode> const two{redis.get_nodes()[0], redis.get_nodes()[4]};
        auto const answers = co_await redis.on(two).execute(args("CLUSTER", "MYID"));
        EXPECT_EQ(answers.size(), 2u);
        EXPECT_EQ(answers[1].result->text(), two[1].id);
    });
}

TEST(SeveralNodes, that_fail_are_told_one_by_one) {
    Setting setting(six);
    setting.run([&]() -> asio::awaitable<void> {
        co_await fill(setting.redis, 10);
        sim::Member& dead = setting.cluster.node("node-2");
        dead.crash();
        auto const answers = co_await setting.redis.on(TargetNodes::primaries)
                                 .with({.timeout = 10s})
                                 .execute(args("DBSIZE"));
        int failed = 0;
        for (auto const& [node, reply] : answers) {
            failed += reply ? 0 : 1;
            EXPECT_EQ(!reply, node.port == dead.address().port);
        }
        EXPECT_EQ(failed, 1);
    });
}

TEST(SeveralNodes, make_one_failure_that_names_those_that_failed) {
    Setting setting(six);
    setting.run([&]() -> asio::awaitable<void> {
        co_await setting.redis.set("a", "1");
        setting.faults.start(
            sim::ForgeReply{.node = "node-2", .command = "flushall", .error = "ERR not now"});
        co_await setting.world.sleep(1ms);
        auto const result = co_await setting.redis.execute(args("FLUSHALL"), as_result);
        EXPECT_EQ(result.error().code, ErrorCode::response);
        EXPECT_EQ(result.error().outcome, Outcome::unknown) << "the others have done it";
        EXPECT_THAT(result.error().message, HasSubstr(setting.cluster.node("node-2").address().address));
        EXPECT_THAT(result.error().message, HasSubstr("ERR not now"));
    });
}

TEST(SeveralNodes, are_waited_for_no_longer_than_the_deadline_and_can_be_cancelled) {
    Setting setting(six);
    asio::cancellation_signal signal;
    setting.run([&]() -> asio::awaitable<void> {
        co_await fill(setting.redis, 10);
        setting.faults.start(sim::Pause{.node = "node-1"});
        setting.faults.start(sim::Pause{.node = "node-2"});
        setting.faults.start(sim::Pause{.node = "node-3"});
        co_await setting.world.sleep(1ms);
        Instant const start = setting.world.now();
        auto const late =
            co_await setting.redis.with({.timeout = 300ms}).execute(args("DBSIZE"), as_result);
        EXPECT_EQ(late.error().code, ErrorCode::timeout);
        EXPECT_EQ(setting.world.now() - start, 300ms);
        std::optional<ErrorCode> code;
        setting.redis.execute(args("DBSIZE"),
                              as_result(asio::bind_cancellation_slot(
                                  signal.slot(), [&](Result<Reply> r) { code = r.error().code; })));
        co_await setting.world.sleep(10ms);
        signal.emit(asio::cancellation_type::terminal);
        co_await setting.world.sleep(10ms);
        EXPECT_EQ(code, ErrorCode::cancelled);
        setting.redis.execute(args("DBSIZE"), as_result([](Result<Reply>) {}));
        co_await setting.world.sleep(10ms);
        setting.redis.close();
    });
}

TEST(SeveralNodes, are_asked_in_pipelines_and_by_the_blocking_client_too) {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster = world.add_cluster(six);
    RedisCluster redis{world.host("app"), {.startup_nodes = cluster.startup_nodes()}};
    auto pipe = redis.pipeline();
    pipe.set("a", "1").set("b", "2").set("c", "3").execute_command({"DBSIZE"});
    auto const replies = pipe.execute();
    EXPECT_LE(replies[3]->as_integer(), 3);
    EXPECT_EQ(redis.execute({"DBSIZE"}).as_integer(), 3);
    EXPECT_EQ(redis.on(TargetNodes::replicas).execute({"PING"}).size(), 3u);
}

}  // namespace
}  // namespace keyslot
