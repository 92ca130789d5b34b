#include "simulator/acl/access_log.hpp"
#include "simulator/acl/user_table.hpp"
#include "simulator/scripting/sha.hpp"
#include "simulator/tests/node/test_net.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

// What the recorded dialogues cannot show: names in Redis' hash order, times, and connections that end.
namespace keyslot::sim {

namespace {

using namespace std::chrono_literals;

AclUser user_with(std::vector<std::string_view> const& rules) {
    AclUser user("u");
    for (std::string_view const rule : rules) {
        EXPECT_EQ(user.apply(rule), std::nullopt) << rule;
    }
    return user;
}

Denied check(AclUser const& user, std::vector<std::string_view> const& words) {
    CommandLine line(*protocol::lookup_command(words), words);
    return user.check(line).denied;
}

TEST(Acl, hashes_passwords_as_sha256) {
    EXPECT_EQ(sha256_hex("pw"), "30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4");
}

TEST(Acl, describes_rules_by_the_categories_that_fit_best) {
    EXPECT_EQ(user_with({"+@string", "-mget", "+config|get"}).root().describe_commands(),
              "-@all +@string +config|get -mget");
    EXPECT_EQ(user_with({"+@all", "-@dangerous"}).root().describe_commands(), "+@all -@dangerous");
    EXPECT_EQ(user_with({"+@all", "-@dangerous", "+info"}).root().describe_commands(),
              "+@all -@admin -flushall -flushdb -keys -migrate -restore -restore-asking -sort "
              "-sort_ro -swapdb");
    EXPECT_EQ(user_with({"+set", "+get"}).root().describe_commands(), "-@all +get +set");
}

TEST(Acl, a_container_brings_its_subcommands_along) {
    AclUser const user = user_with({"+client", "-client|kill", "allkeys"});
    EXPECT_EQ(check(user, {"CLIENT", "ID"}), Denied::no);
    EXPECT_EQ(check(user, {"CLIENT", "KILL", "x"}), Denied::command);
}

TEST(Acl, one_selector_must_allow_all_of_a_command) {
    AclUser const user = user_with({"+get", "~a*", "(+set ~b*)"});
    EXPECT_EQ(check(user, {"GET", "a"}), Denied::no);
    EXPECT_EQ(check(user, {"SET", "b", "1"}), Denied::no);
    EXPECT_EQ(check(user, {"SET", "a", "1"}), Denied::key);
    EXPECT_EQ(check(user, {"GET", "b"}), Denied::key);
    EXPECT_EQ(check(user, {"DEL", "a"}), Denied::command);
}

TEST(Acl, a_pattern_is_allowed_only_where_it_was_named) {
    AclUser const user = user_with({"+@all", "&news.*"});
    EXPECT_EQ(check(user, {"SUBSCRIBE", "news.de"}), Denied::no);
    EXPECT_EQ(check(user, {"PSUBSCRIBE", "news.*"}), Denied::no);
    EXPECT_EQ(check(user, {"PSUBSCRIBE", "news.d*"}), Denied::channel);
    EXPECT_EQ(check(user, {"PUBLISH", "sport", "x"}), Denied::channel);
    EXPECT_EQ(check(user, {"UNSUBSCRIBE", "sport"}), Denied::no);
}

TEST(Acl, rules_are_applied_all_or_none) {
    UserTable users("");
    std::vector<std::string> const rules{"on", "+nosuch"};
    EXPECT_TRUE(users.set("u", rules).has_value());
    EXPECT_EQ(users.find("u"), nullptr);
}

TEST(AccessLog, counts_repetitions_within_a_minute_only) {
    AccessLog log;
    AccessLog::Entry const entry{.reason = Denied::key, .object = "k", .user = "u"};
    auto const add_at = [&](std::int64_t ms) {
        AccessLog::Entry added = entry;
        added.at_ms = ms;
        log.add(added, 128);
    };
    add_at(0);
    add_at(60'000);
    ASSERT_EQ(log.entries().size(), 1u);
    EXPECT_EQ(log.entries()[0].count, 2);
    add_at(120'001);
    EXPECT_EQ(log.entries().size(), 2u);
    log.add({.reason = Denied::key, .object = "other", .user = "u", .at_ms = 120'001}, 2);
    EXPECT_EQ(log.entries().size(), 2u);
}

TEST(AclUsers, their_connections_end_when_they_are_deleted) {
    TestNet net;
    TestNode& node = net.add_single();
    SessionId const theirs = node.connect();
    EXPECT_EQ(node.ask("ACL SETUSER bob on >pw +@all ~*"), "+OK\r\n");
    EXPECT_EQ(node.send(theirs, "AUTH bob pw\r\nACL WHOAMI\r\n"), "+OK\r\n$3\r\nbob\r\n");
    EXPECT_EQ(node.ask("ACL DELUSER bob"), ":1\r\n");
    EXPECT_EQ(node.received(theirs), "<closed>");
}

TEST(AclUsers, may_cut_themselves_off_from_their_channels) {
    TestNet net;
    TestNode& node = net.add_single();
    node.ask("ACL SETUSER bob on nopass +@all &a");
    SessionId const bob = node.connect();
    node.send(bob, "HELLO 3 AUTH bob x\r\nSUBSCRIBE a\r\n");
    EXPECT_EQ(node.send(bob, "ACL SETUSER bob resetchannels\r\n"), "<closed>");
}

TEST(AclUsers, are_forgotten_when_the_node_restarts) {
    TestNet net;
    TestNode& node = net.add_single();
    node.ask("ACL SETUSER bob on");
    node.crash();
    node.restart(true);
    net.run_for(3s);
    EXPECT_EQ(node.ask("ACL USERS"), "*1\r\n$7\r\ndefault\r\n");
}

}  // namespace

}  // namespace keyslot::sim
