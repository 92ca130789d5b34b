#include "conformance/fidelity/dialogue.hpp"
#include "conformance/fidelity/stage_of_nodes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace keyslot::fidelity {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds answer_time_max{6000};
constexpr std::size_t exchanges_min = 1000;  // nobody loses a file unnoticed

std::vector<std::filesystem::path> dialogue_files() {
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(KEYSLOT_DIALOGUES)) {
        if (entry.path().extension() == ".dialogue") {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    return files;
}

struct Answer {
    std::string bytes;
    bool closed = false;
};

/// Plays one side of a dialogue to simulated nodes.
class Player {
public:
    explicit Player(Dialogue const& dialogue) : stage_(dialogue.topology, dialogue.options) {}

    void play(SwitchTo const& step) { at_ = step; }
    void play(Pause const& step) { stage_.run_for(step.time); }
    void play(Exchange const& exchange) {
        Answer const answer = ask(exchange);
        EXPECT_TRUE(exchange.answer.matches(answer.bytes) && answer.closed == exchange.closes)
            << "line " << exchange.line << ", on " << at_.node << ' ' << at_.connection << "\n> "
            << exchange.source << "\nRedis:\n"
            << show_bytes(exchange.answer.text()) << (exchange.closes ? "closed\n" : "")
            << "simulator:\n"
            << show_bytes(answer.bytes) << (answer.closed ? "closed\n" : "");
    }

private:
    /// Waits for what is expected, and a little longer for what is not.
    Answer ask(Exchange const& exchange) {
        Answer answer;
        stage_.send(at_.node, at_.connection, exchange.request);
        receive(answer);
        for (milliseconds waited{0}; !answer.closed && waited < answer_time_max; ++waited) {
            bool const complete = !exchange.closes && exchange.answer.matches(answer.bytes);
            stage_.run_for(milliseconds{1});
            receive(answer);
            if (complete) {
                break;
            }
        }
        return answer;
    }

    void receive(Answer& answer) {
        answer.bytes += stage_.received(at_.node, at_.connection, answer.closed);
    }

    StageOfNodes stage_;
    SwitchTo at_{"A", ""};
};

class Fidelity : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Fidelity, simulated_nodes_answer_as_redis_did) {
    Dialogue const dialogue = read_dialogue(GetParam(), StageOfNodes::variables());
    Player player(dialogue);
    for (auto const& step : dialogue.steps) {
        std::visit([&](auto const& what) { player.play(what); }, step);
    }
}

INSTANTIATE_TEST_SUITE_P(dialogues, Fidelity, testing::ValuesIn(dialogue_files()),
                         [](auto const& file) {
                             std::string name = file.param.stem().string();
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(Dialogues, are_many) {
    std::size_t exchanges = 0;
    for (auto const& file : dialogue_files()) {
        for (auto const& step : read_dialogue(file, StageOfNodes::variables()).steps) {
            exchanges += std::holds_alternative<Exchange>(step) ? 1 : 0;
        }
    }
    EXPECT_GE(exchanges, exchanges_min);
}

TEST(ExpectedAnswer, has_holes_for_numbers_and_texts) {
    ExpectedAnswer answer;
    answer.add_bytes("$");
    answer.add_hole(ExpectedAnswer::Hole::number);
    answer.add_bytes("\r\nid:");
    answer.add_hole(ExpectedAnswer::Hole::text);
    answer.add_bytes(";\r\n");
    EXPECT_TRUE(answer.matches("$12\r\nid:abc;\r\n"));
    EXPECT_TRUE(answer.matches("$-1\r\nid:a;\r\n"));
    EXPECT_FALSE(answer.matches("$\r\nid:abc;\r\n"));
    EXPECT_FALSE(answer.matches("$12\r\nid:;\r\n"));
    EXPECT_FALSE(answer.matches("$12\r\nid:abc\r\nx;\r\n"));
    EXPECT_FALSE(answer.matches("$12\r\nid:abc;\r\n+OK\r\n"));
    EXPECT_EQ(answer.text(), "$%int%\r\nid:%text%;\r\n");
}

}  // namespace
}  // namespace keyslot::fidelity
