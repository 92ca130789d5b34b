#include "client/routing/message_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace keyslot::routing {
namespace {

PubSubMessage message(std::string payload) {
    return {.channel = "c", .payload = std::move(payload)};
}

std::vector<std::string> taken(MessageQueue& queue) {
    std::vector<std::string> all;
    while (!queue.empty()) {
        PubSubMessage const next = queue.pop();
        all.push_back(next.kind == PubSubMessage::Kind::gap ? "gap " + std::to_string(next.missed)
                                                            : next.payload);
    }
    return all;
}

TEST(MessageQueue, drops_nothing_up_to_its_limit) {
    MessageQueue queue(3, 1 << 20, Overflow::drop_oldest);
    for (auto const* payload : {"1", "2", "3"}) {
        EXPECT_TRUE(queue.push(message(payload)));
    }
    EXPECT_EQ(queue.dropped(), 0u);
    EXPECT_THAT(taken(queue), testing::ElementsAre("1", "2", "3"));
    EXPECT_EQ(queue.bytes(), 0u);
}

TEST(MessageQueue, puts_one_marker_in_the_place_of_the_oldest) {
    MessageQueue queue(2, 1 << 20, Overflow::drop_oldest);
    for (auto const* payload : {"1", "2", "3", "4", "5"}) {
        EXPECT_TRUE(queue.push(message(payload)));
    }
    EXPECT_EQ(queue.size(), 2u);
    EXPECT_THAT(taken(queue), testing::ElementsAre("gap 3", "4", "5"));
}

TEST(MessageQueue, puts_one_marker_in_the_place_of_the_newest) {
    MessageQueue queue(2, 1 << 20, Overflow::drop_newest);
    for (auto const* payload : {"1", "2", "3", "4"}) {
        EXPECT_TRUE(queue.push(message(payload)));
    }
    EXPECT_EQ(queue.pop().payload, "1");
    EXPECT_TRUE(queue.push(message("5")));
    EXPECT_TRUE(queue.push(message("6")));
    EXPECT_THAT(taken(queue), testing::ElementsAre("2", "gap 2", "5", "gap 1"));
}

TEST(MessageQueue, refuses_a_message_when_it_is_to_disconnect) {
    MessageQueue queue(1, 1 << 20, Overflow::disconnect);
    EXPECT_TRUE(queue.push(message("1")));
    EXPECT_FALSE(queue.push(message("2")));
    EXPECT_THAT(taken(queue), testing::ElementsAre("1"));
}

TEST(MessageQueue, is_bounded_in_bytes_too) {
    for (auto const policy : {Overflow::drop_oldest, Overflow::drop_newest}) {
        MessageQueue queue(1000, 10'000, policy);
        for (int i = 0; i < 50; ++i) {
            EXPECT_TRUE(queue.push(message(std::string(1000, 'x'))));
            EXPECT_LE(queue.bytes(), 10'000u);
        }
        EXPECT_EQ(queue.size() + queue.dropped(), 50u);
        EXPECT_TRUE(queue.push(message(std::string(20'000, 'x'))))
            << "it never fits, and is counted";
        EXPECT_LE(queue.bytes(), 10'000u);
    }
}

TEST(MessageQueue, keeps_the_gaps_of_subscriptions_apart_from_its_own) {
    MessageQueue queue(2, 1 << 20, Overflow::drop_oldest);
    PubSubMessage gap;
    gap.kind = PubSubMessage::Kind::gap;
    gap.channel = "c";
    EXPECT_TRUE(queue.push(gap));
    EXPECT_TRUE(queue.push(message("1")));
    EXPECT_EQ(queue.pop(), gap);
    EXPECT_THAT(taken(queue), testing::ElementsAre("1"));
}

}  // namespace
}  // namespace keyslot::routing
