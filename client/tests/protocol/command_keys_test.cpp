#include "client/protocol/command_table.hpp"
#include "client/protocol/hash_slot.hpp"
#include "client/protocol/inline_words.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

// command_keys.txt holds the answers of a real redis-server; record-command-keys beside it wrote
// them.

namespace keyslot::protocol {
namespace {

struct Words {
    explicit Words(std::string_view line) { split_inline_words(line, storage, list); }
    Words(Words const&) = delete;
    Words& operator=(Words const&) = delete;

    std::set<std::string_view> as_set() const {
        return list == std::vector<std::string_view>{"-"}
                   ? std::set<std::string_view>{}
                   : std::set<std::string_view>(list.begin(), list.end());
    }

    std::string storage;
    std::vector<std::string_view> list;
};

struct Found {
    bool makes_sense = false;
    std::set<std::string_view> keys;
};

Found keys_of(std::vector<std::string_view> const& arguments) {
    CommandInfo const* command = lookup_command(arguments);
    std::vector<std::uint32_t> positions{7, 7, 7};
    Found found;
    found.makes_sense = key_positions(*command, arguments, positions);
    for (std::uint32_t const position : positions) {
        found.keys.insert(arguments.at(position));
    }
    return found;
}

struct Recorded {
    std::string command, routed, told;
};

std::vector<Recorded> recorded_lines() {
    std::ifstream in("client/tests/protocol/command_keys.txt");
    std::vector<Recorded> lines;
    for (std::string line; std::getline(in, line);) {
        std::size_t const first = line.find(" | ");
        std::size_t const second = line.find(" | ", first + 1);
        if (line.starts_with('#') || second == std::string::npos) {
            continue;
        }
        lines.push_back({line.substr(0, first), line.substr(first + 3, second - first - 3),
                         line.substr(second + 3)});
    }
    return lines;
}

// client-bugs 87: XREAD with options, LMPOP, EVAL without keys and the like.
TEST(CommandKeys, AreTheWordsThatARealServerRoutesBy) {
    auto const lines = recorded_lines();
    EXPECT_GT(lines.size(), 600u);
    for (Recorded const& line : lines) {
        Words const command(line.command);
        Words const routed(line.routed);
        EXPECT_EQ(keys_of(command.list).keys, routed.as_set()) << line.command;
    }
}

TEST(CommandKeys, MakeNoSenseWhereCommandGetkeysFindsNoneEither) {
    // GETKEYS reads these by their key specifications, routing goes by the command's own rule.
    std::set<std::string_view> const told_apart = {
        "XREAD STREAMS ka kb 0", "XREAD FOO STREAMS ka 0", "MIGRATE h 1 \"\" 0 100 KEYS",
        "XREADGROUP STREAMS ka kb kc ia ib ic", "PFMERGE w1"};
    for (Recorded const& line : recorded_lines()) {
        Words const command(line.command);
        bool const has_keys = !line.told.starts_with('!') && line.told != "-";
        bool const is_refused = line.told == "!ERR Invalid arguments specified for command";
        bool const makes_sense = keys_of(command.list).makes_sense;
        bool const disagrees = makes_sense ? is_refused : has_keys;
        EXPECT_EQ(disagrees, told_apart.contains(line.command)) << line.command;
    }
}

TEST(CommandKeys, AreNeverOutsideTheArgumentsHoweverFewThereAre) {
    std::vector<std::string_view> const words = {
        "x",     "1",   "streams",      "store", "keys",  "group", "",
        "limit", "get", "999999999999", "-3",    "block", "auth2", "2"};
    auto const check = [&](CommandInfo const& command, std::string_view name) {
        for (std::size_t shift = 0; shift < words.size(); ++shift) {
            std::vector<std::string_view> arguments{name};
            for (std::size_t n = 0; n < 9; ++n) {
                std::vector<std::uint32_t> positions;
                key_positions(command, arguments, positions);
                for (std::uint32_t const position : positions) {
                    EXPECT_LT(position, arguments.size()) << name;
                }
                slot_of_command(command, arguments);
                arguments.push_back(words[(n * 5 + shift) % words.size()]);
            }
        }
    };
    for (CommandInfo const& command : all_commands()) {
        check(command, command.name);
        for (CommandInfo const& subcommand : command.subcommands) {
            check(subcommand, command.name);
        }
    }
}

SlotOfCommand slot_of(std::string_view line) {
    Words const words(line);
    return slot_of_command(words.list);
}

TEST(SlotOfCommand, TellsOneSlotFromSeveralAndFromNone) {
    using Kind = SlotOfCommand::Kind;
    EXPECT_EQ(slot_of("GET foo").kind, Kind::one_slot);
    EXPECT_EQ(slot_of("GET foo").slot, 12182);
    EXPECT_EQ(slot_of("mget {bar}1 {bar}2").kind, Kind::one_slot);
    EXPECT_EQ(slot_of("mget {bar}1 {bar}2").slot, 5061);
    EXPECT_EQ(slot_of("MGET foo bar").kind, Kind::cross_slot);
    EXPECT_EQ(slot_of("SSUBSCRIBE foo bar").kind, Kind::cross_slot);
    EXPECT_EQ(slot_of("PUBLISH foo bar").kind, Kind::keyless);
    EXPECT_EQ(slot_of("PING").kind, Kind::keyless);
    EXPECT_EQ(slot_of("EVAL return 0").kind, Kind::keyless);
    EXPECT_EQ(slot_of("CLUSTER KEYSLOT foo").kind, Kind::keyless);
    EXPECT_EQ(slot_of("OBJECT ENCODING foo").slot, 12182);
    EXPECT_EQ(slot_of("SORT foo STORE bar").kind, Kind::cross_slot);
}

TEST(SlotOfCommand, IsInvalidWhereNoServerCouldTell) {
    using Kind = SlotOfCommand::Kind;
    EXPECT_EQ(slot_of("NOSUCH foo").kind, Kind::invalid);
    EXPECT_EQ(slot_of("GET").kind, Kind::invalid);
    EXPECT_EQ(slot_of("EVAL src 3 a b").kind, Kind::invalid);
    EXPECT_EQ(slot_of("XREAD STREAMS a").kind, Kind::invalid);
    EXPECT_EQ(slot_of_command(std::span<std::string_view const>{}).kind, Kind::invalid);
}

}  // namespace
}  // namespace keyslot::protocol
