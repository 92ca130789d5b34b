#include "client/routing/slot_order.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace keyslot::routing {
namespace {

constexpr std::uint16_t slot = 5, other_slot = 6;
constexpr bool reads = true, writes = false;
using Stops = SlotOrder::Stops;

// Tickets are a hundred more than sequences.
void hold(SlotOrder& order, std::uint64_t sequence, bool kind) {
    order.hold(slot, sequence, kind, sequence + 100);
}

std::vector<std::uint64_t> released(SlotOrder& order) {
    std::vector<std::uint64_t> tickets;
    while (auto const ticket = order.release(slot)) {
        tickets.push_back(*ticket);
    }
    return tickets;
}

using Tickets = std::vector<std::uint64_t>;

TEST(SlotOrder, StopsNobodyWhileNobodyStands) {
    SlotOrder order;
    EXPECT_TRUE(order.empty());
    EXPECT_FALSE(order.must_hold(slot, 1, writes));
    EXPECT_FALSE(order.must_hold(slot, 1, reads));
    EXPECT_EQ(order.release(slot), std::nullopt);
}

TEST(SlotOrder, StopsLaterCallsOfTheSameSlotOnly) {
    SlotOrder order;
    order.stand(slot, 3, Stops::all);
    EXPECT_TRUE(order.must_hold(slot, 4, writes));
    EXPECT_TRUE(order.must_hold(slot, 4, reads));
    EXPECT_FALSE(order.must_hold(slot, 2, writes)) << "submitted before it";
    EXPECT_FALSE(order.must_hold(slot, 3, writes)) << "itself";
    EXPECT_FALSE(order.must_hold(other_slot, 4, writes));
}

TEST(SlotOrder, LetsReadsOvertakeAReadThatStopsWritesOnly) {
    SlotOrder order;
    order.stand(slot, 3, Stops::writes);
    EXPECT_FALSE(order.must_hold(slot, 4, reads));
    EXPECT_TRUE(order.must_hold(slot, 4, writes));
    hold(order, 4, writes);
    EXPECT_TRUE(order.must_hold(slot, 5, reads)) << "it would overtake the write that is held";
}

TEST(SlotOrder, ReleasesThoseHeldInTheirOrderOnceTheCallBeforeThemLeaves) {
    SlotOrder order;
    order.stand(slot, 1, Stops::all);
    hold(order, 3, reads);
    hold(order, 2, writes);
    EXPECT_EQ(released(order), Tickets{});
    order.leave(slot, 1);
    EXPECT_EQ(released(order), (Tickets{102, 103}));
    EXPECT_TRUE(order.empty());
}

TEST(SlotOrder, KeepsTheRestHeldWhenTheCallReleasedHasToWaitItself) {
    SlotOrder order;
    order.stand(slot, 1, Stops::all);
    hold(order, 2, writes);
    hold(order, 3, writes);
    order.leave(slot, 1);
    EXPECT_EQ(order.release(slot), 102u);
    order.stand(slot, 2, Stops::all);  // it was redirected, say, and pauses
    EXPECT_EQ(released(order), Tickets{});
    order.leave(slot, 2);
    EXPECT_EQ(released(order), Tickets{103});
}

TEST(SlotOrder, ForgetsACallThatIsGivenUpWhileItIsHeld) {
    SlotOrder order;
    order.stand(slot, 1, Stops::all);
    hold(order, 2, writes);
    hold(order, 3, writes);
    order.leave(slot, 2);
    order.leave(slot, 1);
    EXPECT_EQ(released(order), Tickets{103});
}

TEST(SlotOrder, IsNotDisturbedByACallThatStandsTwiceOrLeavesUnknown) {
    SlotOrder order;
    order.leave(slot, 9);
    order.stand(slot, 1, Stops::all);
    order.stand(slot, 1, Stops::all);
    order.leave(slot, 9);
    EXPECT_TRUE(order.must_hold(slot, 2, writes));
    order.leave(slot, 1);
    EXPECT_TRUE(order.empty());
}

}  // namespace
}  // namespace keyslot::routing
