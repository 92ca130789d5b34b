// The line protocol, without a process: what is read, and what breaks it.
#include "conformance/arms/driver_dialogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyslot::conformance {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Kind = DriverAnswer::Kind;

class DriverDialogueTest : public testing::Test {
protected:
    std::uint64_t ask(char const* op) {
        std::uint64_t id = 0;
        dialogue_.ask({{"op", op}}, id);
        return id;
    }
    std::string problem(std::string const& line) {
        try {
            dialogue_.hear(line);
        } catch (DriverError const& error) {
            return error.what();
        }
        return "";
    }

    DriverDialogue dialogue_;
};

TEST_F(DriverDialogueTest, RequestsAreLinesWithANumber) {
    std::uint64_t id = 0;
    EXPECT_EQ(dialogue_.ask({{"op", "ping"}}, id), "{\"id\":1,\"op\":\"ping\"}\n");
    EXPECT_EQ(dialogue_.ask({{"op", "ping"}}, id), "{\"id\":2,\"op\":\"ping\"}\n");
    json const call{{"op", "call"}, {"command", {"SET", "k", "\xff\n"}}};
    std::string const line = dialogue_.ask(call, id);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1)
        << "bytes that are no text do not break it";
}

TEST_F(DriverDialogueTest, HelloTellsWhoItIs) {
    ask("hello");
    dialogue_.hear(
        R"({"id":1,"protocol":1,"name":"x","version":"2","capabilities":["ordered"],"concurrency":5})");
    EXPECT_EQ(dialogue_.info().name, "x");
    EXPECT_EQ(dialogue_.info().concurrency, 5u);
    EXPECT_TRUE(dialogue_.info().can("ordered"));
    EXPECT_FALSE(dialogue_.info().can("pipeline"));
}

TEST_F(DriverDialogueTest, HelloMustBeOfThisProtocolAndHaveAName) {
    ask("hello");
    EXPECT_THAT(problem(R"({"id":1,"protocol":2,"name":"x","version":"2"})"),
                HasSubstr("does not speak protocol 1"));
    ask("hello");
    EXPECT_THAT(problem(R"({"id":2,"protocol":1,"name":"x"})"), HasSubstr("name and version"));
}

TEST_F(DriverDialogueTest, AnAnswerIsAValueAnErrorOrWhatIsMissing) {
    for (int n = 0; n < 3; ++n) {
        ask("call");
    }
    EXPECT_EQ(dialogue_.hear(R"({"id":2,"value":[1,null,"a"]})").text, "[1, (nil), a]");
    DriverAnswer const error =
        dialogue_.hear(R"({"id":1,"error":{"message":"m","code":"timeout","outcome":"unknown"}})");
    EXPECT_EQ(error.kind, Kind::error);
    EXPECT_EQ(error.text + error.code + error.outcome, "mtimeoutunknown");
    EXPECT_EQ(dialogue_.hear(R"({"id":3,"unimplemented":"eval"})").kind, Kind::unimplemented);
    EXPECT_EQ(dialogue_.pending(), 0u);
}

TEST_F(DriverDialogueTest, MessagesAreNoAnswers) {
    dialogue_.hear(R"({"event":"message","channel":"c","message":"m"})");
    dialogue_.hear(R"({"event":"gap","channel":"c"})");
    auto const messages = dialogue_.take_messages();
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_EQ(messages[0].text, "m");
    EXPECT_TRUE(messages[1].gap);
    EXPECT_TRUE(dialogue_.take_messages().empty());
}

TEST_F(DriverDialogueTest, EverythingElseIsTheDriversFault) {
    ask("call");
    EXPECT_THAT(problem("Traceback"), HasSubstr("no answer: 'Traceback'"));
    EXPECT_THAT(problem("[1]"), HasSubstr("no answer"));
    EXPECT_THAT(problem("{}"), HasSubstr("without a number"));
    EXPECT_THAT(problem(R"({"id":-1,"value":1})"), HasSubstr("without a number"));
    EXPECT_THAT(problem(R"({"id":7,"value":1})"), HasSubstr("what was not asked"));
    EXPECT_THAT(problem(R"({"id":1})"), HasSubstr("value, error or unimplemented"));
    EXPECT_THAT(problem(R"({"id":1,"value":1})"), HasSubstr("answered twice"));
    EXPECT_LT(problem(std::string(100'000, 'x')).size(), 300u);
}

TEST(ValueLine, IsWhatCasesHave) {
    EXPECT_EQ(value_line(nullptr), "(nil)");
    EXPECT_EQ(value_line(7), "7");
    EXPECT_EQ(value_line("OK"), "OK");
    EXPECT_EQ(value_line(json::array()), "[]");
    EXPECT_EQ(value_line(json::parse(R"([1,["a",{"error":{"message":"ERR no"}}]])")),
              "[1, [a, (error) ERR no]]");
}

}  // namespace
}  // namespace keyslot::conformance
