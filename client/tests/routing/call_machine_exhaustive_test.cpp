// Every sequence of events up to a small depth, and long walks at random: what must hold in all of
// them.

#include "client/tests/routing/call_script.hpp"

#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace keyslot::routing {
namespace {

using namespace std::chrono_literals;

std::vector<CallEvent> const refusals{moved_to(node_b),
                                      moved_to(node_a),
                                      moved_to({}),
                                      ask(node_b),
                                      ask({}),
                                      refused(ErrorKind::try_again),
                                      refused(ErrorKind::cluster_down),
                                      refused(ErrorKind::loading),
                                      refused(ErrorKind::master_down),
                                      refused(ErrorKind::read_only)};
std::vector<CallEvent> const endings{Answered{},
                                     refused(ErrorKind::cross_slot),
                                     refused(ErrorKind::other),
                                     Overtaken{},
                                     DeadlineReached{false},
                                     DeadlineReached{true},
                                     Cancelled{false},
                                     Cancelled{true}};
std::vector<CallEvent> const troubles{failed(false), failed(true), NoOwner{}, Doubted{}};
// What only a read can meet.
std::vector<CallEvent> const of_replicas{
    Refused{.error = {.kind = ErrorKind::loading, .slot = some_slot, .target = {}},
            .from = node_c,
            .by_replica = true},
    Failed{.node = node_c, .written = true, .reason = "reset", .by_replica = true},
    Failed{.node = node_c, .reason = "refused", .elsewhere = true}};

std::vector<CallEvent> all_of(std::initializer_list<std::vector<CallEvent>> groups) {
    std::vector<CallEvent> all;
    for (auto const& group : groups) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

std::vector<CallEvent> const any_event =
    all_of({{Start{}, Woken{}}, refusals, endings, troubles, of_replicas});
// What a shell can meet: while a command is under way, and in a pause.
std::vector<CallEvent> const while_sent = all_of({refusals, endings, troubles});
std::vector<CallEvent> const while_waiting{Woken{}, Overtaken{}, DeadlineReached{false},
                                           Cancelled{false}};

// Follows a call and knows, event by event, what it may do.
class Judge {
public:
    Judge(bool repeatable, CallLimits limits)
        : repeatable_(repeatable), limits_(limits), machine_(limits_, deadline_, repeatable) {}

    CallWish const& wish() const { return wish_; }
    bool done() const {
        return std::holds_alternative<Deliver>(wish_) || std::holds_alternative<Fail>(wish_);
    }

    void play(CallEvent const& event, std::uint64_t random) {
        if (!repeatable_ && std::holds_alternative<Doubted>(event)) {
            return;  // what only a read can meet
        }
        bool const was_done = done_;
        CallWish const before = wish_;
        CallAction const action = machine_.step(event, now_, random);
        wish_ = action.wish;
        if (was_done) {
            ASSERT_EQ(action, CallAction{.wish = before}) << "an end is an end";
            return;
        }
        note(event);
        judge_side_effects(event, action);
        judge_wish(event);
        done_ = done();
        if (auto const* wait = std::get_if<Wait>(&wish_)) {
            now_ = wait->until;
        }
    }

private:
    void note(CallEvent const& event) {
        if (auto const* refusal = std::get_if<Refused>(&event)) {
            ErrorKind const kind = refusal->error.kind;
            bool const redirected = kind == ErrorKind::moved || kind == ErrorKind::ask;
            if (redirected && refusal->error.target.port != 0) {
                allowed_ = {.to = refusal->error.target, .asking = kind == ErrorKind::ask};
            } else if (kind != ErrorKind::try_again) {
                allowed_ = by_map;
            }
        } else if (auto const* failure = std::get_if<Failed>(&event)) {
            allowed_ = by_map;
            in_doubt_ = in_doubt_ || failure->written;
        } else if (std::holds_alternative<NoOwner>(event)) {
            allowed_ = by_map;
        } else if (std::holds_alternative<Doubted>(event)) {
            allowed_ = by_map;
            in_doubt_ = true;
        } else if (auto const* deadline = std::get_if<DeadlineReached>(&event)) {
            in_doubt_ = in_doubt_ || deadline->written;
        } else if (auto const* cancelled = std::get_if<Cancelled>(&event)) {
            in_doubt_ = in_doubt_ || cancelled->written;
        }
    }

    static void judge_side_effects(CallEvent const& event, CallAction const& action) {
        auto const* refusal = std::get_if<Refused>(&event);
        bool const moved = refusal != nullptr && refusal->error.kind == ErrorKind::moved;
        bool const to_itself = moved && refusal->error.target == refusal->from;
        ASSERT_EQ(action.close_connection, to_itself);
        bool const patches = moved && !to_itself && refusal->error.target.port != 0;
        ASSERT_EQ(action.patch.has_value(), patches) << "MOVED patches, ASK never (client-bugs 17)";
        if (patches) {
            ASSERT_EQ(action.patch->second, refusal->error.target);
        }
        bool const try_again = refusal != nullptr && refusal->error.kind == ErrorKind::try_again;
        if (moved || std::holds_alternative<Failed>(event) ||
            std::holds_alternative<NoOwner>(event)) {
            ASSERT_NE(action.refresh, RefreshReason::none) << "client-bugs 2, 37, 38, 39";
        }
        if (try_again) {
            ASSERT_EQ(action.refresh, RefreshReason::none) << "client-bugs 20";
        }
    }

    void judge_wish(CallEvent const& event) {
        if (auto const* send = std::get_if<Send>(&wish_)) {
            ++sends_;
            ASSERT_EQ(*send, allowed_);
            ASSERT_LT(now_, deadline_);
            ASSERT_TRUE(repeatable_ || !in_doubt_) << "client-bugs 56";
        } else if (auto const* wait = std::get_if<Wait>(&wish_)) {
            ASSERT_GE(wait->until, now_);
            ASSERT_LE(wait->until, deadline_);
        } else if (auto const* failure = std::get_if<Fail>(&wish_)) {
            ASSERT_EQ(failure->outcome, in_doubt_ ? Outcome::unknown : Outcome::not_executed);
        } else {
            bool const reply_at_hand =
                std::holds_alternative<Answered>(event) || std::holds_alternative<Refused>(event);
            ASSERT_TRUE(reply_at_hand) << "nothing to deliver";
        }
        ASSERT_EQ(sends_, machine_.attempts());
        ASSERT_LE(sends_, limits_.attempts_max);
        ASSERT_LE(machine_.redirects(), limits_.redirects_max);
    }

    bool repeatable_;
    CallLimits limits_;
    Instant deadline_ = at(200ms);
    Instant now_{};
    CallMachine machine_;
    CallWish wish_ = Wait{};
    bool done_ = false;
    bool in_doubt_ = false;
    int sends_ = 0;
    Send allowed_{};
};

struct Path {
    bool repeatable;
    CallLimits limits;
    std::vector<CallEvent const*> events;

    Judge replay() const {
        Judge judge(repeatable, limits);
        for (std::size_t i = 0; i < events.size(); ++i) {
            judge.play(*events[i], 0x9e3779b97f4a7c15u * (i + 1));
        }
        return judge;
    }
};

void every_sequence(Path& path, int depth) {
    if (depth == 0) {
        path.replay();
        return;
    }
    for (CallEvent const& event : any_event) {
        path.events.push_back(&event);
        every_sequence(path, depth - 1);
        path.events.pop_back();
        if (testing::Test::HasFatalFailure()) {
            return;
        }
    }
}

std::span<CallEvent const> possible_events(CallWish const& wish) {
    if (std::holds_alternative<Send>(wish)) {
        return while_sent;
    }
    return while_waiting;
}

void every_honest_sequence(Path& path, int depth) {
    Judge const judge = path.replay();
    if (depth == 0 || judge.done() || testing::Test::HasFatalFailure()) {
        return;
    }
    for (CallEvent const& event : possible_events(judge.wish())) {
        path.events.push_back(&event);
        every_honest_sequence(path, depth - 1);
        path.events.pop_back();
    }
}

TEST(CallMachineExhaustive, EverySequenceOfThreeEventsOfAnyKindIsAnswered) {
    for (bool const repeatable : {false, true}) {
        Path path{repeatable, {.redirects_max = 1, .attempts_max = 2}, {}};
        every_sequence(path, 3);
    }
}

TEST(CallMachineExhaustive, EveryCourseOfACallUpToSixEventsKeepsTheRules) {
    static CallEvent const start = Start{};
    for (bool const repeatable : {false, true}) {
        for (int const redirects_max : {0, 1, 16}) {
            Path path{repeatable, {.redirects_max = redirects_max, .attempts_max = 3}, {&start}};
            every_honest_sequence(path, 5);
        }
    }
}

TEST(CallMachineExhaustive, LongCallsEndWithinTheirBudgetsWhateverHappens) {
    std::mt19937_64 random(1);
    for (int walk = 0; walk < 2000; ++walk) {
        Judge judge(walk % 2 == 0, {.redirects_max = 5, .attempts_max = 12});
        judge.play(Start{}, random());
        int steps = 0;
        while (!judge.done()) {
            // Endings would end most walks at once: only what goes on is drawn.
            std::span<CallEvent const> events = refusals;
            if (std::holds_alternative<Wait>(judge.wish())) {
                events = std::span(while_waiting).first(1);
            } else if (random() % 4 == 0) {
                events = troubles;
            }
            std::uint64_t const which = random() % events.size();
            judge.play(events[which], random());
            ASSERT_LT(++steps, 2 * 12 + 2);
            if (HasFatalFailure()) {
                return;
            }
        }
    }
}

}  // namespace
}  // namespace keyslot::routing
