// Rounds through functions and what belongs to the servers themselves.
#include "client/tests/commands/rounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

namespace {

constexpr std::string_view library_code = R"(#!lua name=round
redis.register_function('put', function(keys, args) return redis.call('SET', keys[1], args[1]) end)
redis.register_function{function_name='look', description='reads',
    callback=function(keys) return redis.call('GET', keys[1]) end, flags={'no-writes'}})";

}  // namespace

void functions_round(RedisCluster& redis) {
    redis.function_flush(FlushMode::sync);
    EXPECT_EQ(redis.function_load(library_code), "round");
    EXPECT_EQ(redis.function_load(library_code, {.replace = true}), "round");
    EXPECT_EQ(redis.fcall("put", "{fn}", "7").text(), "OK");
    EXPECT_EQ(redis.fcall_ro("look", "{fn}", {}).text(), "7");

    auto node = redis.on(redis.get_primaries().front());
    auto const libraries = node.function_list({"rou*", true});
    ASSERT_EQ(libraries.size(), 1u);
    EXPECT_EQ(libraries[0].name, "round");
    EXPECT_EQ(libraries[0].code, library_code);
    EXPECT_THAT(libraries[0].functions,
                UnorderedElementsAre(FunctionInfo{"put", std::nullopt, {}},
                                     FunctionInfo{"look", "reads", {"no-writes"}}));
    FunctionStats const stats = node.function_stats();
    EXPECT_FALSE(stats.running_script);
    EXPECT_THAT(stats.engines, ElementsAre(Pair("LUA", FunctionEngine{1, 2})));
    std::string const payload = node.function_dump();
    EXPECT_TRUE(redis.function_delete("round"));
    EXPECT_TRUE(redis.function_restore(payload, FunctionRestorePolicy::replace));
    EXPECT_EQ(redis.fcall_ro("look", "{fn}", {}).text(), "7");
    EXPECT_TRUE(redis.function_flush());
    EXPECT_THROW(redis.function_kill(), ResponseError);
}

void servers_round(RedisCluster& redis) {
    redis.set("{srv}", "x");
    redis.ping();
    auto node = redis.on(*redis.get_node_from_key("{srv}"));
    EXPECT_EQ(node.ping("hello"), "hello");
    EXPECT_EQ(node.echo("hello"), "hello");
    EXPECT_EQ(node.info("server").find("redis_mode"), "cluster");
    EXPECT_THAT(node.config_get("maxmemory"), ElementsAre(Pair("maxmemory", "0")));
    EXPECT_TRUE(node.config_set("slowlog-log-slower-than", "0"));
    EXPECT_GT(node.dbsize(), 0);
    EXPECT_THAT(node.keys("{srv}"), ElementsAre("{srv}"));
    EXPECT_NE(node.randomkey(), std::nullopt);
    EXPECT_GT(node.time().time_since_epoch(), 1600000000s);
    EXPECT_GT(node.lastsave().time_since_epoch(), 1600000000s);
    EXPECT_EQ(node.role().role, "master");
    EXPECT_THAT(node.role().replicas, SizeIs(1));
    EXPECT_THAT(node.module_list(), IsEmpty());
    EXPECT_GT(*node.memory_usage("{srv}", {.samples = 0}), 0);
    EXPECT_THAT(node.memory_stats(), Contains(Pair("peak.allocated", testing::_)));
    EXPECT_GE(node.wait(0, 10ms), 0);

    EXPECT_GE(node.slowlog_len(), 1);
    auto const slow = node.slowlog_get(1);
    ASSERT_EQ(slow.size(), 1u);
    EXPECT_FALSE(slow[0].command.empty());
    EXPECT_TRUE(node.config_set("slowlog-log-slower-than", "10000"));
    EXPECT_TRUE(node.slowlog_reset());
    EXPECT_THAT(node.latency_histogram("set"), ElementsAre(Pair("set", testing::_)));
    EXPECT_THAT(node.latency_latest(), IsEmpty());
    EXPECT_THAT(node.latency_history("command"), IsEmpty());

    EXPECT_EQ(node.command_count(), 240);
    auto const details = node.command_info({"get", "none"});
    ASSERT_EQ(details.size(), 2u);
    EXPECT_EQ(details[0]->arity, 2);
    EXPECT_THAT(details[0]->flags, Contains("readonly"));
    EXPECT_EQ(details[1], std::nullopt);
    EXPECT_THAT(node.command(), SizeIs(240));
    auto const docs = node.command_docs("get");
    ASSERT_EQ(docs.size(), 1u);
    EXPECT_EQ(docs[0].second.group, "string");
    EXPECT_THAT(node.command_getkeys({"mset", "a", "1", "b", "2"}), ElementsAre("a", "b"));
    EXPECT_THAT(node.command_getkeysandflags({"get", "a"}),
                ElementsAre(Pair("a", ElementsAre("RO", "access"))));
    EXPECT_THAT(node.command_list({.pattern = "xre*"}),
                UnorderedElementsAre("xread", "xreadgroup", "xrevrange"));

    EXPECT_EQ(redis.publish("round", "m"), 0);
    EXPECT_EQ(redis.spublish("{srv}", "m"), 0);
    EXPECT_THAT(node.pubsub_numsub({"a", "b"}), ElementsAre(Pair("a", 0), Pair("b", 0)));
    EXPECT_EQ(node.pubsub_numpat(), 0);
    EXPECT_THAT(node.pubsub_channels("none*"), IsEmpty());
}

void users_round(RedisCluster& redis) {
    redis.ping();
    auto node = redis.on(redis.get_primaries().front());
    EXPECT_EQ(node.acl_whoami(), "default");
    EXPECT_TRUE(node.acl_setuser("round", {"on", "nopass", "~k*", "&c*", "+get", "(+set ~s*)"}));
    auto const user = node.acl_getuser("round");
    ASSERT_TRUE(user);
    EXPECT_THAT(user->flags, IsSupersetOf({"on", "nopass"}));
    EXPECT_EQ(user->keys, "~k*");
    EXPECT_EQ(user->channels, "&c*");
    EXPECT_THAT(user->selectors, ElementsAre(AclUser::Selector{"-@all +set", "~s*", ""}));
    EXPECT_FALSE(node.acl_getuser("none"));
    EXPECT_EQ(node.acl_dryrun("round", {"get", "k1"}), "OK");
    EXPECT_NE(node.acl_dryrun("round", {"get", "x"}), "OK");
    EXPECT_THAT(node.acl_users(), UnorderedElementsAre("default", "round"));
    EXPECT_THAT(node.acl_list(), SizeIs(2));
    EXPECT_THAT(node.acl_cat("hyperloglog"), Contains("pfadd"));
    EXPECT_EQ(node.acl_genpass(128).size(), 32u);
    EXPECT_EQ(node.acl_deluser({"round", "none"}), 1);
    EXPECT_TRUE(node.acl_log_reset());
    EXPECT_THAT(node.acl_log(), IsEmpty());

    ClientFields const own = node.client_info();
    EXPECT_EQ(own.find("id"), std::to_string(node.client_id()));
    EXPECT_THAT(node.client_list({.ids = node.client_id()}), SizeIs(1));
    EXPECT_EQ(node.client_getname(), std::nullopt);
    EXPECT_EQ(node.client_getredir(), -1);
    EXPECT_EQ(node.client_trackinginfo(), (ClientTrackingInfo{{"off"}, -1, {}}));
    EXPECT_EQ(node.client_kill_filter({.addr = "127.0.0.1:1"}), 0);
    EXPECT_FALSE(node.client_unblock(node.client_id()));
    EXPECT_TRUE(node.client_pause(1ms, {.all = false}));
    EXPECT_TRUE(node.client_unpause());
}

}  // namespace keyslot
