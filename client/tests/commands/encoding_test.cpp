// What every command function sends, and that there is one for every command.
#include "client/tests/commands/recorder.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <span>

namespace keyslot {
namespace {

std::vector<Encoding> all_encodings() {
    std::vector<Encoding> all;
    for (auto const family : {string_and_key_encodings, collection_encodings, sorted_set_encodings,
                              stream_encodings, other_data_encodings, server_encodings}) {
        std::vector<Encoding> const encodings = family();
        all.insert(all.end(), encodings.begin(), encodings.end());
    }
    return all;
}

TEST(TypedCommands, send_the_words_of_their_command) {
    for (Encoding const& encoding : all_encodings()) {
        Recorder redis;
        encoding.call(redis);
        EXPECT_EQ(redis.sent_words(), encoding.words);
    }
}

TEST(TypedCommands, name_the_entry_of_the_table_that_their_words_run) {
    for (Encoding const& encoding : all_encodings()) {
        Recorder redis;
        encoding.call(redis);
        EXPECT_EQ(redis.named_entry(), redis.entry_of_words()) << encoding.words;
    }
}

struct Reason {
    std::string_view why;
    std::set<std::string_view> commands;
};

/// Commands without a function; execute() sends those that anybody may send.
std::vector<Reason> without_a_function() {
    return {
        {"make a connection what it is, which is the client's own business",
         {"auth", "hello", "select", "quit", "reset", "asking", "readonly", "readwrite",
          "client|caching", "client|no-evict", "client|reply", "client|setname",
          "client|tracking"}},
        {"belong to transactions and subscriptions, which have a connection of their own",
         {"multi", "exec", "discard", "watch", "unwatch", "subscribe", "psubscribe", "ssubscribe",
          "unsubscribe", "punsubscribe", "sunsubscribe"}},
        {"turn a connection into something else", {"monitor", "sync", "psync", "script|debug"}},
        {"are spoken between servers or meant for those who develop them",
         {"replconf", "restore-asking", "debug", "pfdebug", "pfselftest"}},
        {"are refused by a server in cluster mode",
         {"move", "swapdb", "replicaof", "slaveof", "failover"}},
        {"administer the cluster", {"cluster"}},
    };
}

/// The commands that a line of words can run: not a container, but what it contains. (COMMAND is both.)
std::vector<std::string_view> all_names() {
    std::vector<std::string_view> names;
    for (protocol::CommandInfo const& command : protocol::all_commands()) {
        if (command.subcommands.empty() || command.name == "command") {
            names.push_back(command.name);
        }
        for (protocol::CommandInfo const& subcommand : command.subcommands) {
            names.push_back(subcommand.name);
        }
    }
    return names;
}

TEST(TypedCommands, there_is_one_for_every_command_that_is_not_the_clients_own) {
    std::map<std::string_view, std::string_view> excused;
    for (Reason const& reason : without_a_function()) {
        for (std::string_view const command : reason.commands) {
            excused.emplace(command, reason.why);
        }
    }
    std::set<std::string_view> typed;
    for (Encoding const& encoding : all_encodings()) {
        Recorder redis;
        encoding.call(redis);
        typed.insert(redis.named_entry()->name);
    }
    for (std::string_view const name : all_names()) {
        bool const is_cluster = name.starts_with("cluster|");
        bool const is_help = name.ends_with("|help");  // for people at a prompt
        bool const is_excused = is_cluster || is_help || excused.contains(name);
        EXPECT_NE(typed.contains(name), is_excused)
            << name << (is_excused ? " needs no excuse" : " has no function");
    }
}

TEST(TypedCommands, take_any_word_that_is_not_an_argument_for_a_completion_token) {
    struct Token {};
    static_assert(detail::TokenLike<Token>);
    static_assert(detail::TokenLike<void (*)(int)>);
    static_assert(!detail::TokenLike<SetOptions>);
    static_assert(!detail::TokenLike<Words const&>);
    static_assert(!detail::TokenLike<std::string>);
    static_assert(!detail::TokenLike<char const*>);
    static_assert(!detail::TokenLike<int>);
    static_assert(!detail::TokenLike<std::chrono::seconds>);
    static_assert(!detail::TokenLike<GeoUnit>);
}

TEST(TypedCommands, commands_word_by_word_need_no_function) {
    Recorder redis;
    redis.execute({"OBJECT", "HELP"});
    EXPECT_EQ(redis.sent_words(), "OBJECT HELP");
    redis.execute_command(std::vector<std::string>{"PING"});
    EXPECT_EQ(redis.sent_words(), "PING");
}

TEST(TypedCommands, an_argument_list_grows_beyond_what_it_holds_in_place) {
    std::vector<std::string> keys;
    std::string expected = "DEL";
    for (int i = 0; i < 100; ++i) {
        keys.push_back("key" + std::to_string(i));
        expected += ' ';
        expected += keys.back();
    }
    Recorder redis;
    redis.del(keys);
    EXPECT_EQ(redis.sent_words(), expected);
    redis.client_list({.ids = std::vector<long long>{1, 2, 3, 4, 5, 6}});
    EXPECT_EQ(redis.sent_words(), "CLIENT LIST ID 1 2 3 4 5 6");
}

}  // namespace
}  // namespace keyslot
