#include "client/protocol/block_time.hpp"

#include "client/protocol/resp_writer.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace keyslot::protocol {
namespace {

using std::chrono::milliseconds;

std::optional<BlockTime> of(std::string const& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(word);
    }
    std::vector<std::string_view> const views(words.begin(), words.end());
    return block_time(*lookup_command(views), views);
}

TEST(BlockTime, stands_where_each_command_has_it) {
    auto const seconds = [](std::size_t word, int ms) {
        return BlockTime{word, true, milliseconds(ms)};
    };
    auto const millis = [](std::size_t word, int ms) {
        return BlockTime{word, false, milliseconds(ms)};
    };
    EXPECT_EQ(of("BLPOP a b 1.5"), seconds(3, 1500));
    EXPECT_EQ(of("brpop a 2"), seconds(2, 2000));
    EXPECT_EQ(of("BLMOVE a b LEFT RIGHT 0.001"), seconds(5, 1));
    EXPECT_EQ(of("BRPOPLPUSH a b 3"), seconds(3, 3000));
    EXPECT_EQ(of("BZPOPMIN a b 1"), seconds(3, 1000));
    EXPECT_EQ(of("BZPOPMAX a 1"), seconds(2, 1000));
    EXPECT_EQ(of("BLMPOP 2.5 2 a b LEFT COUNT 9"), seconds(1, 2500));
    EXPECT_EQ(of("BZMPOP 1 1 a MIN"), seconds(1, 1000));
    EXPECT_EQ(of("XREAD COUNT 2 BLOCK 300 STREAMS a 0"), millis(4, 300));
    EXPECT_EQ(of("XREADGROUP GROUP block 7 BLOCK 9 STREAMS a >"), millis(5, 9));
    EXPECT_EQ(of("WAIT 1 250"), millis(2, 250));
}

TEST(BlockTime, zero_is_for_ever_and_so_is_what_no_clock_can_count) {
    EXPECT_EQ(of("BLPOP a 0"), (BlockTime{2, true, std::nullopt}));
    EXPECT_EQ(of("XREAD BLOCK 0 STREAMS a 0"), (BlockTime{2, false, std::nullopt}));
    EXPECT_EQ(of("BLPOP a 1e300"), (BlockTime{2, true, std::nullopt}));
    EXPECT_EQ(of("WAIT 1 9223372036854775807"), (BlockTime{2, false, std::nullopt}));
}

TEST(BlockTime, what_does_not_block_or_makes_no_sense_has_none) {
    for (char const* line :
         {"GET a", "LPOP a", "XREAD COUNT 2 STREAMS BLOCK 5", "BLPOP a x", "BLPOP a -1",
          "BLPOP a nan", "XREAD BLOCK x STREAMS a 0", "WAIT 1", "XREAD BLOCK", "BLPOP"}) {
        EXPECT_EQ(of(line), std::nullopt) << line;
    }
}

TEST(BlockTime, what_is_left_never_reads_as_for_ever) {
    BlockTime const seconds{2, true, {}};
    BlockTime const millis{2, false, {}};
    EXPECT_EQ(block_word(seconds, milliseconds(1500)), "1.500");
    EXPECT_EQ(block_word(seconds, milliseconds(20)), "0.020");
    EXPECT_EQ(block_word(seconds, milliseconds(0)), "0.001");
    EXPECT_EQ(block_word(seconds, milliseconds(-5)), "0.001");
    EXPECT_EQ(block_word(millis, milliseconds(0)), "1");
    EXPECT_EQ(block_word(millis, milliseconds(77)), "77");
}

TEST(ReplaceWord, puts_a_word_of_any_length_in_anothers_place) {
    std::string command;
    write_command(command, {"BLPOP", "a\r\n$1\r\nb", "10"});
    replace_word(command, 2, "0.001");
    std::string expected;
    write_command(expected, {"BLPOP", "a\r\n$1\r\nb", "0.001"});
    EXPECT_EQ(command, expected);
    EXPECT_EQ(word_at(command, 2), "0.001");
    EXPECT_EQ(words_of(command), (std::vector<std::string_view>{"BLPOP", "a\r\n$1\r\nb", "0.001"}));
    replace_word(command, 0, "X");
    expected.clear();
    write_command(expected, {"X", "a\r\n$1\r\nb", "0.001"});
    EXPECT_EQ(command, expected);
}

}  // namespace
}  // namespace keyslot::protocol
