#include "simulator/kernel/kernel.hpp"
#include "simulator/kernel/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Instant at(Duration since_start) { return Instant{since_start}; }

struct KernelTest : testing::Test {
    void run() {
        while (kernel.step()) {}
    }
    EventId note(Instant when, int number, EventTag tag = {}) {
        return kernel.schedule(when, tag, [this, number] { ran.push_back(number); });
    }
    Kernel kernel;
    std::vector<int> ran;
};

TEST_F(KernelTest, events_run_by_time_and_then_in_the_order_they_were_scheduled) {
    note(at(2ms), 3);
    note(at(1ms), 1);
    note(at(2ms), 4);
    note(at(1ms), 2);
    run();
    EXPECT_THAT(ran, ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(kernel.now(), at(2ms));
}

TEST_F(KernelTest, what_is_scheduled_for_now_comes_after_what_was_scheduled_for_now_before) {
    kernel.schedule(at(1ms), {}, [&] {
        note(kernel.now(), 2);
        note(at(0ms), 3);
    });
    note(at(1ms), 1);
    run();
    EXPECT_THAT(ran, ElementsAre(1, 2, 3));
    EXPECT_EQ(kernel.now(), at(1ms));
}

TEST_F(KernelTest, a_cancelled_event_does_not_run_and_does_not_move_time) {
    EventId const id = note(at(5ms), 1);
    note(at(1ms), 2);
    EXPECT_TRUE(kernel.is_pending(id));
    kernel.cancel(id);
    EXPECT_FALSE(kernel.is_pending(id));
    kernel.cancel(id);
    run();
    EXPECT_THAT(ran, ElementsAre(2));
    EXPECT_EQ(kernel.now(), at(1ms));
}

TEST_F(KernelTest, an_event_cannot_be_cancelled_by_the_name_of_another_that_had_its_place) {
    EventId const old = note(at(1ms), 1);
    kernel.cancel(old);
    note(at(1ms), 2);
    kernel.cancel(old);
    run();
    EXPECT_THAT(ran, ElementsAre(2));
}

TEST_F(KernelTest, a_handler_may_cancel_itself_and_others) {
    EventId self;
    EventId other;
    self = kernel.schedule(at(1ms), {}, [&] {
        kernel.cancel(self);
        kernel.cancel(other);
        ran.push_back(1);
    });
    other = note(at(1ms), 2);
    run();
    EXPECT_THAT(ran, ElementsAre(1));
}

TEST_F(KernelTest, order_holds_for_many_random_events_and_cancellations) {
    Random random{7};
    std::vector<std::pair<std::int64_t, int>> expected;
    std::vector<EventId> ids;
    for (int n = 0; n < 5000; ++n) {
        auto const when = random.between(1, 300);
        ids.push_back(note(at(Duration{when}), n));
        expected.emplace_back(when, n);
    }
    for (int n = 4999; n >= 0; --n) {
        if (random.chance(4, 5)) {
            kernel.cancel(ids[static_cast<std::size_t>(n)]);
            expected.erase(expected.begin() + n);
        }
    }
    std::sort(expected.begin(), expected.end());
    run();
    ASSERT_EQ(ran.size(), expected.size());
    for (std::size_t n = 0; n < ran.size(); ++n) {
        ASSERT_EQ(ran[n], expected[n].second);
    }
    EXPECT_EQ(kernel.events(), expected.size());
}

TEST_F(KernelTest, run_until_stops_the_clock_there_and_runs_what_is_due_then) {
    note(at(1ms), 1);
    note(at(2ms), 2);
    note(at(3ms), 3);
    EXPECT_EQ(kernel.next_deadline(), at(1ms));
    kernel.run_until(at(2ms));
    EXPECT_THAT(ran, ElementsAre(1, 2));
    EXPECT_EQ(kernel.now(), at(2ms));
    EXPECT_EQ(kernel.next_deadline(), at(3ms));
    kernel.run_until(at(2500us));
    EXPECT_EQ(kernel.now(), at(2500us));
    run();
    EXPECT_EQ(kernel.next_deadline(), std::nullopt);
}

TEST_F(KernelTest, a_frozen_actor_gets_all_it_missed_in_order_when_thawed) {
    ActorId const node = kernel.add_actor("node");
    note(at(1ms), 1, {.actor = node});
    EventId const dropped = note(at(2ms), 2, {.actor = node});
    note(at(3ms), 3, {.actor = node});
    note(at(4ms), 4);
    kernel.freeze(node);
    run();
    EXPECT_THAT(ran, ElementsAre(4));
    kernel.cancel(dropped);
    kernel.thaw(node);
    run();
    EXPECT_THAT(ran, ElementsAre(4, 1, 3));
    EXPECT_EQ(kernel.now(), at(4ms));
}

TEST_F(KernelTest, an_exception_passes_through_and_the_kernel_goes_on) {
    kernel.schedule(at(1ms), {}, [] { throw std::runtime_error("boom"); });
    note(at(2ms), 2);
    EXPECT_THROW(run(), std::runtime_error);
    run();
    EXPECT_THAT(ran, ElementsAre(2));
}

TEST_F(KernelTest, the_digest_tells_time_kind_actor_payload_and_order) {
    auto const digest_of = [](auto build) {
        Kernel fresh;
        fresh.add_actor("a");
        build(fresh);
        while (fresh.step()) {}
        return fresh.digest();
    };
    auto const event = [](Duration when, EventTag tag, std::uint64_t payload) {
        return [=](Kernel& k) { k.schedule(at(when), tag, [&k, payload] { k.fold(payload); }); };
    };
    auto const base = digest_of(event(1ms, {}, 1));
    EXPECT_EQ(base, digest_of(event(1ms, {}, 1)));
    EXPECT_NE(base, digest_of(event(2ms, {}, 1)));
    EXPECT_NE(base, digest_of(event(1ms, {.kind = EventKind::bus}, 1)));
    EXPECT_NE(base, digest_of(event(1ms, {.actor = 1}, 1)));
    EXPECT_NE(base, digest_of(event(1ms, {}, 2)));
    // Pinned: it must be the same on every compiler, in every build, and next year.
    EXPECT_EQ(base, 2547288332611884422u);
}

TEST(HashBytes, every_byte_and_the_length_count) {
    std::string const text(100, 'x');
    std::vector<std::uint64_t> seen;
    for (std::size_t length = 0; length <= text.size(); ++length) {
        seen.push_back(hash_bytes(std::string_view(text).substr(0, length)));
        for (std::size_t n = 0; n < length; ++n) {
            std::string changed = text.substr(0, length);
            changed[n] = 'y';
            seen.push_back(hash_bytes(changed));
        }
    }
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

struct HangTest : KernelTest {
    bool done = false;
    std::string verdict(RunLimits const& limits = {}) {
        try {
            kernel.drive(done, limits);
        } catch (HangError const& error) {
            return error.what();
        }
        return "none";
    }
};

TEST_F(HangTest, drive_ends_as_soon_as_it_is_done) {
    kernel.schedule(at(1ms), {}, [&] { done = true; });
    note(at(2ms), 2);
    EXPECT_EQ(verdict(), "none");
    EXPECT_EQ(kernel.now(), at(1ms));
    EXPECT_TRUE(ran.empty());
}

TEST_F(HangTest, an_empty_queue_is_a_hang) {
    note(at(1ms), 1);
    EXPECT_THAT(verdict(), HasSubstr("nothing will ever happen again, at 0.001 s"));
}

struct Heartbeat {
    explicit Heartbeat(Kernel& on) : kernel(on) { beat(); }
    void beat() {
        kernel.schedule(kernel.now() + 100ms, {.kind = EventKind::wake, .background = true},
                        [this] { beat(); });
    }
    Kernel& kernel;
};

TEST_F(HangTest, background_events_alone_are_a_hang_after_the_grace_period) {
    Heartbeat const heartbeat{kernel};
    note(at(3s), 1);
    EXPECT_THAT(verdict(), HasSubstr("nothing but background work since 3.000 s"));
    EXPECT_EQ(kernel.now(), at(63s));
}

TEST_F(HangTest, a_foreground_event_however_far_off_is_no_hang) {
    Heartbeat const heartbeat{kernel};
    kernel.schedule(at(1h), {}, [&] { done = true; });
    EXPECT_EQ(verdict(), "none");
}

TEST_F(HangTest, events_of_a_frozen_actor_are_no_hope_and_are_reported) {
    ActorId const node = kernel.add_actor("node-1");
    kernel.freeze(node);
    kernel.schedule(at(1s), {.actor = node}, [&] { done = true; });
    EXPECT_THAT(verdict(), HasSubstr("node-1 is paused, with 1 events held back"));
}

TEST_F(HangTest, limits_of_time_and_events_end_a_run_and_name_what_was_to_come) {
    struct Loop {
        void go() {
            kernel.schedule(kernel.now() + 1s, {.kind = EventKind::timer}, [this] { go(); });
        }
        Kernel& kernel;
    } loop{kernel};
    loop.go();
    EXPECT_THAT(verdict({.time_max = 10s}), HasSubstr("simulated time allowed"));
    EXPECT_THAT(verdict({.events_max = 10}),
                testing::AllOf(HasSubstr("number of events allowed"),
                               HasSubstr("world waits for a timer event due at")));
}

TEST_F(HangTest, running_the_kernel_from_inside_is_refused) {
    kernel.schedule(at(1ms), {}, [&] { EXPECT_THROW(kernel.step(), std::logic_error); });
    run();
}

TEST_F(KernelTest, the_trace_is_one_line_of_json_for_each_event) {
    std::vector<std::string> lines;
    kernel.trace_to([&](std::string_view line) { lines.emplace_back(line); });
    ActorId const node = kernel.add_actor("node-1");
    kernel.schedule(at(5ns), {.kind = EventKind::bus, .actor = node},
                    [&] { kernel.trace_detail("say \"hi\"\r\n"); });
    kernel.schedule(at(6ns), {.kind = EventKind::wake, .actor = node},
                    [&] { kernel.trace_note("moved", node, "slot 1"); });
    run();
    kernel.trace_to(nullptr);
    note(at(7ns), 1);
    run();
    EXPECT_THAT(
        lines,
        ElementsAre(R"({"t":5,"seq":1,"kind":"bus","actor":"node-1","detail":"say \"hi\"\r\n"})",
                    R"({"t":6,"seq":2,"kind":"wake","actor":"node-1"})",
                    R"({"t":6,"seq":2,"kind":"moved","actor":"node-1","detail":"slot 1"})"));
}

TEST(Determinism, two_equal_runs_do_not_diverge) {
    EXPECT_FALSE(check_deterministic([](EventLog& log) {
        Kernel kernel;
        kernel.log_to(&log);
        kernel.schedule(at(1ms), {}, [&] { kernel.fold(7); });
        kernel.step();
    }));
}

TEST(Determinism, the_first_different_event_is_shown_with_those_before_it) {
    int runs = 0;
    auto const divergence = check_deterministic([&](EventLog& log) {
        Kernel kernel;
        kernel.log_to(&log);
        ActorId const node = kernel.add_actor("node-1");
        std::uint64_t const odd = static_cast<std::uint64_t>(++runs);
        kernel.schedule(at(1ms), {}, [] {});
        kernel.schedule(at(2ms), {.actor = node}, [&kernel, odd] { kernel.fold(odd); });
        while (kernel.step()) {}
    });
    ASSERT_TRUE(divergence);
    EXPECT_EQ(divergence->index, 1u);
    EXPECT_THAT(divergence->report, HasSubstr("both:   #0 +1000000 ns world post"));
    EXPECT_THAT(divergence->report, HasSubstr("first:  #1 +2000000 ns node-1 post"));
}

}  // namespace
}  // namespace keyslot::sim
