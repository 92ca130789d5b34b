#include "client/protocol/command_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

namespace keyslot::protocol {
namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    }
    return out;
}

TEST(CommandTable, HoldsTheCommandsOfRedis70SortedByName) {
    auto const commands = all_commands();
    EXPECT_EQ(commands.size(), 240u);
    std::size_t subcommands = 0;
    for (CommandInfo const& command : commands) {
        subcommands += command.subcommands.size();
    }
    EXPECT_EQ(subcommands, 126u);
    EXPECT_TRUE(std::is_sorted(commands.begin(), commands.end(),
                               [](auto const& a, auto const& b) { return a.name < b.name; }));
}

TEST(CommandTable, FindsEveryCommandInWhateverCase) {
    for (CommandInfo const& command : all_commands()) {
        EXPECT_EQ(find_command(command.name), &command);
        EXPECT_EQ(find_command(upper(command.name)), &command);
        EXPECT_EQ(find_command(std::string(command.name) + "!"), nullptr);
        for (CommandInfo const& subcommand : command.subcommands) {
            std::string_view const own = subcommand.name.substr(command.name.size() + 1);
            EXPECT_EQ(find_subcommand(command, upper(own)), &subcommand);
        }
    }
}

TEST(CommandTable, FindsNothingThatIsNoCommand) {
    using std::string_view_literals::operator""sv;
    for (std::string_view const name :
         {"", "ge", "gets", "cluster|slots", "G\x05T", "get ", "ge\0"}) {
        EXPECT_EQ(find_command(name), nullptr) << name;
    }
    EXPECT_EQ(find_command("get\0"sv), nullptr);
    EXPECT_EQ(find_command(std::string(100'000, 'a')), nullptr);
}

TEST(CommandTable, LooksUpASubcommandByTheSecondWord) {
    std::string_view const setslot[] = {"Cluster", "SetSlot", "1"};
    std::string_view const unknown[] = {"CLUSTER", "NOSUCH"};
    std::string_view const alone[] = {"cluster"};
    std::string_view const plain[] = {"get", "help"};
    EXPECT_EQ(lookup_command(setslot)->name, "cluster|setslot");
    EXPECT_EQ(lookup_command(unknown)->name, "cluster");
    EXPECT_EQ(lookup_command(alone)->name, "cluster");
    EXPECT_EQ(lookup_command(plain)->name, "get");
    EXPECT_EQ(lookup_command({}), nullptr);
}

TEST(CommandTable, KnowsFlagsArityAndKeys) {
    CommandInfo const& set = *find_command("set");
    EXPECT_TRUE(set.has(flag_write));
    EXPECT_TRUE(set.has(flag_denyoom));
    EXPECT_FALSE(set.has(flag_readonly));
    EXPECT_FALSE(set.accepts_arity(2));
    EXPECT_TRUE(set.accepts_arity(3));
    EXPECT_TRUE(set.accepts_arity(9));
    EXPECT_EQ(set.group, "string");
    EXPECT_EQ(set.since, "1.0.0");
    ASSERT_EQ(set.key_specs.size(), 1u);
    EXPECT_EQ(set.key_specs[0].notes, "RW and ACCESS due to the optional `GET` argument");
    CommandInfo const& get = *find_command("get");
    EXPECT_TRUE(get.accepts_arity(2));
    EXPECT_FALSE(get.accepts_arity(3));
    CommandInfo const& xread = *find_command("xread");
    ASSERT_EQ(xread.key_specs.size(), 1u);
    EXPECT_EQ(xread.key_specs[0].keyword, "STREAMS");
    EXPECT_EQ(xread.key_specs[0].limit, 2);
    EXPECT_TRUE(find_command("spublish")->key_specs[0].not_key);
}

TEST(CommandTable, MarksWhatAPauseOfWritesHoldsBackBesideWrites) {
    std::set<std::string_view> names;
    for (CommandInfo const& command : all_commands()) {
        if (command.has(flag_may_replicate)) {
            names.insert(command.name);
        }
    }
    EXPECT_EQ(names, (std::set<std::string_view>{"eval", "evalsha", "fcall", "pfcount", "publish",
                                                 "spublish"}));
}

TEST(CommandTable, TurnsTipsIntoPolicies) {
    EXPECT_EQ(find_command("mset")->request_policy, RequestPolicy::multi_shard);
    EXPECT_EQ(find_command("mset")->response_policy, ResponsePolicy::all_succeeded);
    EXPECT_EQ(find_command("dbsize")->request_policy, RequestPolicy::all_shards);
    EXPECT_EQ(find_command("dbsize")->response_policy, ResponsePolicy::agg_sum);
    EXPECT_EQ(find_command("scan")->request_policy, RequestPolicy::special);
    CommandInfo const& script = *find_command("script");
    EXPECT_EQ(find_subcommand(script, "load")->request_policy, RequestPolicy::all_nodes);
    EXPECT_EQ(find_subcommand(script, "exists")->response_policy, ResponsePolicy::agg_logical_and);
    EXPECT_EQ(find_subcommand(script, "kill")->response_policy, ResponsePolicy::one_succeeded);
    EXPECT_EQ(find_command("get")->request_policy, RequestPolicy::none);
}

TEST(CommandTable, IsUpToDateWithTheRecordedTable) {
    // The tests run in the root of the repository.
    EXPECT_EQ(std::system("scripts/generate-command-table --check"), 0);
}

}  // namespace
}  // namespace keyslot::protocol
