#include "simulator/commands/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace keyslot::sim {
namespace {

TEST(Glob, stars_and_question_marks) {
    EXPECT_TRUE(glob_match("h?llo", "hello"));
    EXPECT_TRUE(glob_match("h*o", "hello"));
    EXPECT_TRUE(glob_match("h**", "hello"));
    EXPECT_TRUE(glob_match("*l*l*", "hello"));
    EXPECT_FALSE(glob_match("h?llo", "hllo"));
    EXPECT_FALSE(glob_match("*x", "hello"));
    EXPECT_FALSE(glob_match("hello?", "hello"));
}

TEST(Glob, brackets) {
    EXPECT_TRUE(glob_match("h[ae]llo", "hello"));
    EXPECT_TRUE(glob_match("h[f-a]llo", "hello"));  // either order
    EXPECT_FALSE(glob_match("h[^e]llo", "hello"));
    EXPECT_TRUE(glob_match("h[\\]]", "h]"));
    EXPECT_TRUE(glob_match("h[abc", "hb"));  // never closed
    EXPECT_TRUE(glob_match("h[^", "hb"));
    EXPECT_FALSE(glob_match("h[", "hb"));
    EXPECT_FALSE(glob_match("[]a]", "a"));  // ']' closes at once: nothing matches
}

TEST(Glob, backslash_takes_the_next_byte_as_it_is) {
    EXPECT_TRUE(glob_match("h\\*llo", "h*llo"));
    EXPECT_FALSE(glob_match("h\\*llo", "hello"));
    EXPECT_TRUE(glob_match("h\\", "h\\"));  // at the end it is itself
}

TEST(Glob, case_can_be_ignored) {
    EXPECT_FALSE(glob_match("MAX*", "maxmemory"));
    EXPECT_TRUE(glob_match("MAX*", "maxmemory", true));
    EXPECT_TRUE(glob_match("[A-C]x", "bX", true));
}

TEST(Glob, an_empty_text_matches_the_empty_pattern_only) {
    EXPECT_TRUE(glob_match("", ""));
    EXPECT_FALSE(glob_match("*", ""));
    EXPECT_FALSE(glob_match("", "a"));
}

TEST(Glob, many_stars_take_no_exponential_time) {
    std::string pattern;
    for (int i = 0; i < 50; ++i) {
        pattern += "a*";
    }
    EXPECT_FALSE(glob_match(pattern + "b", std::string(1000, 'a')));
}

}  // namespace
}  // namespace keyslot::sim
