// Every option is obeyed, and what makes no sense is refused by name.
#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/redis_cluster.hpp>
#include <keyslot/sim/world.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string refusal_of(ClusterOptions options) {
    sim::World world{sim::Seed{7}};
    try {
        AsyncRedisCluster redis{world.host("app"), std::move(options)};
    } catch (DataError const& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.failure().message;
    }
    return "none";
}

TEST(Options, that_make_no_sense_are_refused_by_name) {
    ClusterOptions const good{.startup_nodes = {{"h", 1}}};
    EXPECT_EQ(refusal_of(good), "none");
    EXPECT_THAT(refusal_of({}), HasSubstr("startup_nodes"));
    EXPECT_THAT(refusal_of({.startup_nodes = {{"h", 0}}}), HasSubstr("port 0"));
    EXPECT_THAT(refusal_of({.startup_nodes = {{"", 1}}}), HasSubstr("startup_nodes"));
    EXPECT_THAT(refusal_of({.host = "h", .port = 0}), HasSubstr("option port"));
    auto const with = [&good](auto change) {
        ClusterOptions options = good;
        change(options);
        return refusal_of(options);
    };
    EXPECT_THAT(with([](auto& o) { o.protocol = 4; }), HasSubstr("protocol"));
    EXPECT_THAT(with([](auto& o) { o.call_timeout = -1ms; }), HasSubstr("call_timeout"));
    EXPECT_THAT(with([](auto& o) { o.call_timeout = 0ms; }), HasSubstr("call_timeout"));
    EXPECT_THAT(with([](auto& o) { o.connect_timeout = 0ms; }), HasSubstr("connect_timeout"));
    EXPECT_THAT(with([](auto& o) { o.attempt_timeout = -5ms; }), HasSubstr("attempt_timeout"));
    EXPECT_THAT(with([](auto& o) { o.refresh_period = -5ms; }), HasSubstr("refresh_period"));
    EXPECT_THAT(with([](auto& o) { o.backoff_min = 2s; }), HasSubstr("backoff_min"));
    EXPECT_THAT(with([](auto& o) { o.redirects_max = -1; }), HasSubstr("redirects_max"));
    EXPECT_THAT(with([](auto& o) { o.cluster_error_retry_attempts = -1; }),
                HasSubstr("cluster_error_retry_attempts"));
    EXPECT_THAT(with([](auto& o) { o.reinitialize_steps = -1; }), HasSubstr("reinitialize_steps"));
    EXPECT_THAT(with([](auto& o) { o.max_connections = 0; }), HasSubstr("max_connections"));
    EXPECT_THAT(with([](auto& o) { o.queue_calls_max = 0; }), HasSubstr("queue_calls_max"));
    EXPECT_THAT(with([](auto& o) { o.username = "u"; }), HasSubstr("username"));
    EXPECT_THAT(with([](auto& o) { o.client_name = "a b"; }), HasSubstr("client_name"));
    EXPECT_THAT(with([](auto& o) { o.tls.emplace().certificate_file = "x"; }), HasSubstr("tls"));
    sim::World world{sim::Seed{7}};
    EXPECT_THROW((RedisCluster{world.host("app"), ClusterOptions{}}), DataError);
}

struct Setting {
    sim::World world{sim::Seed{7}};
    sim::Cluster& cluster;

    explicit Setting(sim::ClusterSpec const& spec = {}) : cluster(world.add_cluster(spec)) {}
    ClusterOptions options() { return {.startup_nodes = cluster.startup_nodes()}; }
};

TEST(Options, host_and_port_are_one_more_start_up_node) {
    Setting setting;
    auto const nodes = setting.cluster.startup_nodes();
    RedisCluster redis{setting.world.host("app"), {.host = nodes[0].host, .port = nodes[0].port}};
    EXPECT_TRUE(redis.set("a", "1"));
    EXPECT_EQ(redis.get_primaries().size(), 3u);
}

TEST(Options, from_url_makes_a_client) {
    Setting setting;
    auto const nodes = setting.cluster.startup_nodes();
    std::string url = "redis://";
    url += nodes[0].name();
    RedisCluster redis = RedisCluster::from_url(setting.world.host("app"), url);
    EXPECT_TRUE(redis.set("a", "1"));
    auto async = AsyncRedisCluster::from_url(setting.world.host("app"), url);
    setting.world.run([&]() -> asio::awaitable<void> { EXPECT_EQ(co_await async.get("a"), "1"); });
}

TEST(Options, an_eager_start_has_the_topology_or_throws) {
    Setting setting;
    ClusterOptions options = setting.options();
    options.start = StartMode::eager;
    RedisCluster redis{setting.world.host("app"), options};
    EXPECT_EQ(redis.stats().map_version, 1u);
    AsyncRedisCluster async{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await setting.world.sleep(10ms);
        EXPECT_EQ(async.stats().map_version, 1u);
        EXPECT_TRUE(co_await async.initialize());
    });
    EXPECT_THROW((RedisCluster{setting.world.host("app"),
                               {.startup_nodes = {{"10.9.9.9", 1}}, .start = StartMode::eager}}),
                 ConnectionError);
}

TEST(Options, initialize_of_a_lazy_client_tells_whether_the_cluster_is_there) {
    Setting setting;
    RedisCluster redis{setting.world.host("app"), setting.options()};
    EXPECT_EQ(redis.stats().map_version, 0u);
    redis.initialize();
    EXPECT_EQ(redis.stats().map_version, 1u);
    AsyncRedisCluster nowhere{setting.world.host("app"),
                              {.startup_nodes = {{"10.9.9.9", 1}}, .call_timeout = 1s}};
    setting.world.run([&]() -> asio::awaitable<void> {
        auto const result = co_await nowhere.initialize(as_result);
        EXPECT_EQ(result.error().code, ErrorCode::cluster_unreachable);
    });
}

// client-bugs 9: topology, MOVED and ASK name addresses that only the cluster's side can reach.
TEST(Options, address_remap_applies_to_topology_moved_and_ask) {
    Setting setting;
    ClusterOptions options = setting.options();
    options.startup_nodes.resize(1);
    std::vector<std::string> told;
    auto const nodes = setting.cluster.startup_nodes();
    // What the client knows the nodes by: names that are not the cluster's.
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        setting.world.bind_name("outside-" + nodes[i].host, {nodes[i].host});
    }
    options.startup_nodes[0].host = "outside-" + nodes[0].host;
    options.address_remap = [&told](Endpoint const& inside) {
        told.push_back(inside.address);
        return inside.address.starts_with("outside-")
                   ? inside
                   : Endpoint{"outside-" + inside.address, inside.port};
    };
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await redis.set("a", "1");
        for (ClusterNode const& node : redis.get_nodes()) {
            EXPECT_TRUE(node.host.starts_with("outside-")) << node.host;
        }
        auto const other = redis.get_node_from_key("a") == redis.get_primaries()[0]
                               ? redis.get_primaries()[1]
                               : redis.get_primaries()[0];
        std::string inside = other.host.substr(8);
        auto const slot = std::to_string(AsyncRedisCluster::keyslot("a"));
        for (char const* const word : {"MOVED", "ASK"}) {
            std::string error = word;
            error += " " + slot + " " + inside + ":" + std::to_string(other.port);
            sim::ForgeReply rule;
            rule.command = "GET";
            rule.error = error;
            auto const forged = setting.world.forge_reply(rule);
            EXPECT_EQ(co_await redis.get("a"), "1") << word;
        }
        for (ClusterNode const& node : redis.get_nodes()) {
            EXPECT_TRUE(node.host.starts_with("outside-")) << node.host;
        }
    });
    EXPECT_FALSE(told.empty());
}

TEST(Options, credential_provider_is_asked_for_each_connection) {
    Setting setting({.password = "secret"});
    ClusterOptions options = setting.options();
    int asked = 0;
    options.credential_provider = [&asked] {
        ++asked;
        return Credentials{.password = "secret"};
    };
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        for (char const* const key : {"a", "b", "c", "d"}) {
            EXPECT_TRUE(co_await redis.set(key, "1"));
        }
    });
    EXPECT_EQ(static_cast<std::uint64_t>(asked), redis.stats().connects);

    options.credential_provider = []() -> Credentials { throw std::runtime_error("vault closed"); };
    options.call_timeout = 1s;
    AsyncRedisCluster without{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        auto const result = co_await without.get("a", as_result);
        EXPECT_EQ(result.error().code, ErrorCode::cluster_unreachable);
        EXPECT_THAT(result.error().message, HasSubstr("vault closed"));
    });
}

TEST(Options, wrong_credentials_are_told_at_once_and_are_no_matter_of_the_network) {
    Setting setting({.password = "secret"});
    for (std::string const password : {"wrong", ""}) {
        ClusterOptions options = setting.options();
        options.password = password;
        AsyncRedisCluster redis{setting.world.host("app"), options};
        setting.world.run([&]() -> asio::awaitable<void> {
            Instant const start = setting.world.now();
            auto const result = co_await redis.get("a", as_result);
            EXPECT_EQ(result.error().code, ErrorCode::authentication);
            EXPECT_EQ(result.error().outcome, Outcome::not_executed);
            EXPECT_THAT(result.error().message,
                        HasSubstr(password.empty() ? "NOAUTH" : "WRONGPASS"));
            EXPECT_THAT(result.error().message, testing::Not(HasSubstr("wrong")));
            EXPECT_LT(setting.world.now() - start, 100ms);
            auto pipe = redis.pipeline();
            pipe.get("a").get("b");
            auto const replies = co_await pipe.execute({.raise_on_error = false});
            EXPECT_EQ(replies[1].error().code, ErrorCode::authentication);
            auto const ready = co_await redis.initialize(as_result);
            EXPECT_EQ(ready.error().code, ErrorCode::authentication);
        });
    }
}

// The password is changed node by node: a client that has a map goes on where it may, and tries on elsewhere.
TEST(Options, credentials_that_a_node_stops_accepting_are_what_a_call_there_ends_with) {
    Setting setting({.password = "secret"});
    ClusterOptions options = setting.options();
    options.password = "secret";
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await redis.set("a", "1");
        auto const node = *redis.get_node_from_key("a");
        co_await redis.on(node).execute(args("CONFIG", "SET", "requirepass", "other"));
        co_await redis.on(node).execute(args("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"),
                                        as_result);
        auto const result = co_await redis.with({.timeout = 300ms}).get("a", as_result);
        EXPECT_EQ(result.error().code, ErrorCode::authentication);
        EXPECT_THAT(result.error().message, HasSubstr("within 300 ms"));
    });
}

TEST(Options, cluster_error_retry_attempts_end_a_call_before_its_deadline) {
    Setting setting({.masters = 3, .require_full_coverage = false});
    ClusterOptions options = setting.options();
    options.cluster_error_retry_attempts = 2;
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await redis.set("a", "1");
        setting.cluster.owner_of("a").crash();
        co_await setting.world.sleep(1ms);
        Instant const begin = setting.world.now();
        auto const result = co_await redis.get("a", as_result);
        EXPECT_EQ(result.error().code, ErrorCode::connection);
        EXPECT_LE(result.error().hops.size(), 3u);
        EXPECT_LT(setting.world.now() - begin, 1s);
    });
}

TEST(Options, retry_on_timeout_off_ends_a_read_with_its_attempt) {
    Setting setting;
    ClusterOptions options = setting.options();
    options.retry_on_timeout = false;
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await redis.set("a", "1");
        setting.cluster.owner_of("a").pause();
        Instant const begin = setting.world.now();
        auto const result = co_await redis.get("a", as_result);
        EXPECT_EQ(result.error().code, ErrorCode::timeout);
        EXPECT_EQ(result.error().outcome, Outcome::unknown);
        EXPECT_LT(setting.world.now() - begin, 1100ms);
    });
}

// A cluster of which some slots belong to nobody.
asio::awaitable<void> uncover(Setting& setting, AsyncRedisCluster& operator_, std::uint16_t slot) {
    for (ClusterNode const& node : setting.cluster.startup_nodes()) {
        std::string const number = std::to_string(slot);
        co_await operator_.on(node).execute(args("CLUSTER", "DELSLOTS", number), as_result);
    }
}

TEST(Options, require_full_coverage_holds_calls_back_while_a_slot_has_no_owner) {
    Setting setting({.masters = 3, .require_full_coverage = false});
    ClusterOptions strict = setting.options();
    strict.require_full_coverage = true;
    strict.call_timeout = 1s;
    AsyncRedisCluster lenient{setting.world.host("app"), setting.options()};
    AsyncRedisCluster redis{setting.world.host("strict"), strict};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await lenient.set("a", "1");
        auto const hole = static_cast<std::uint16_t>(AsyncRedisCluster::keyslot("a") - 1);
        co_await uncover(setting, lenient, hole);
        EXPECT_EQ(co_await lenient.get("a"), "1");
        auto const refused = co_await redis.get("a", as_result);
        EXPECT_EQ(refused.error().code, ErrorCode::slot_not_covered);
        EXPECT_EQ(refused.error().outcome, Outcome::not_executed);
        EXPECT_THAT(refused.error().message, HasSubstr("1 slots, and full coverage is required"));
        std::string const number = std::to_string(hole);
        co_await lenient.on(*lenient.get_node_from_key("a"))
            .execute(args("CLUSTER", "ADDSLOTS", number));
        co_await setting.world.sleep(2s);
        EXPECT_EQ(co_await redis.get("a"), "1");
    });
}

TEST(Options, what_the_cluster_itself_requires_is_asked_for_unless_skipped) {
    Setting setting({.masters = 3, .require_full_coverage = true});
    ClusterOptions options = setting.options();
    options.call_timeout = 1s;
    AsyncRedisCluster operator_{setting.world.host("operator"), options};
    AsyncRedisCluster redis{setting.world.host("app"), options};
    options.skip_full_coverage_check = true;
    AsyncRedisCluster skips{setting.world.host("other"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await operator_.set("a", "1");
        co_await uncover(setting, operator_, 1);
        auto const held_back = co_await redis.get("a", as_result);
        EXPECT_EQ(held_back.error().code, ErrorCode::slot_not_covered);
        auto const refused_there = co_await skips.get("a", as_result);
        EXPECT_EQ(refused_there.error().code, ErrorCode::cluster_down);
    });
}

TEST(Options, without_dynamic_startup_nodes_only_the_configured_ones_are_asked) {
    Setting setting;
    ClusterOptions options = setting.options();
    options.startup_nodes.resize(1);
    options.dynamic_startup_nodes = false;
    options.refresh_period = 500ms;
    std::string const& only = setting.cluster[0].name();
    int asked_elsewhere = 0;
    std::vector<sim::Fault> watches;
    for (sim::Member const& member : setting.cluster.nodes()) {
        if (member.name() != only) {
            watches.push_back(setting.world.when(
                {.received = "CLUSTER SHARDS", .node = member.name()},
                [&asked_elsewhere](sim::Occurrence const&) { ++asked_elsewhere; }));
        }
    }
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        for (char const* const key : {"a", "b", "c", "d"}) {
            co_await redis.set(key, "1");
        }
        co_await setting.world.sleep(10s);
    });
    EXPECT_GT(redis.stats().refreshes, 10u);
    EXPECT_EQ(asked_elsewhere, 0);
}

TEST(Options, reinitialize_steps_put_the_fetch_off_but_the_slot_is_corrected_at_once) {
    Setting setting;
    ClusterOptions options = setting.options();
    options.reinitialize_steps = 3;
    AsyncRedisCluster redis{setting.world.host("app"), options};
    setting.world.run([&]() -> asio::awaitable<void> {
        co_await redis.set("a", "1");
        co_await setting.world.sleep(1s);
        auto const before = redis.stats();
        ClusterNode const owner = *redis.get_node_from_key("a");
        ClusterNode const other = redis.get_primaries()[owner == redis.get_primaries()[0] ? 1 : 0];
        sim::ForgeReply rule;
        rule.command = "GET";
        rule.error =
            "MOVED " + std::to_string(AsyncRedisCluster::keyslot("a")) + " " + other.name();
        rule.node = setting.cluster.owner_of("a").name();
        auto const forged = setting.world.forge_reply(rule);
        EXPECT_EQ(co_await redis.get("a"), "1") << "the other node sends it back";
        EXPECT_EQ(redis.stats().moved, before.moved + 2);
        EXPECT_GT(redis.stats().map_version, before.map_version);
        EXPECT_EQ(redis.stats().refreshes, before.refreshes);
        co_await setting.world.sleep(1100ms);
        EXPECT_EQ(redis.stats().refreshes, before.refreshes + 1);
    });
}

}  // namespace
}  // namespace keyslot
