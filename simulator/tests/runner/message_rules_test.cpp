#include "simulator/runner/message_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace keyslot::sim {
namespace {

using What = MessageEvent::What;
using Kind = Subscription::Kind;

// What a subscriber saw and what nodes executed, written by hand: a millisecond between two events.
class MessageRules : public testing::Test {
protected:
    void publish(std::string const& payload, std::size_t node = 0,
                 std::string const& channel = "news", std::string const& command = "PUBLISH") {
        std::vector<std::string_view> const words{command, channel, payload};
        ExecutionRecord record;
        record.at = now_ += 1ms;
        record.node = node;
        record.session = 7;
        record.arguments = words;
        executions_.append(record);
    }
    void happens(What what, std::uint64_t connection = 0, std::string payload = {}) {
        MessageEvent event{.what = what, .at = now_ += 1ms, .connection = connection};
        if (what != What::ended) {
            event.subscription = subscription_;
        }
        if (what == What::message || what == What::told_message) {
            event.channel = channel_;
            event.payload = std::move(payload);
        }
        log_.events.push_back(std::move(event));
    }
    void reads(std::uint64_t connection, std::string payload) {
        happens(What::message, connection, std::move(payload));
    }
    void tells(std::string payload) { happens(What::told_message, 0, std::move(payload)); }
    void passes(std::uint64_t connection, std::string const& payload) {
        reads(connection, payload);
        tells(payload);
    }
    void loses_messages_for_want_of_room() {
        log_.events.push_back({.what = What::told_gap, .at = now_ += 1ms});
    }
    void is_subscribed_on(std::uint64_t connection) {
        happens(What::wanted);
        happens(What::acknowledged, connection);
        happens(What::told_subscribed);
        happens(What::confirmed);
    }
    void publish_all(std::initializer_list<std::string> payloads) {
        for (std::string const& payload : payloads) {
            publish(payload);
        }
    }

    std::vector<std::string_view> broken(bool forged = false) {
        std::vector<std::string_view> rules;
        found_.clear();
        judge_messages({log_}, executions_, forged, found_);
        for (Violation const& violation : found_) {
            rules.push_back(violation.rule);
        }
        return rules;
    }

    Instant now_{};
    Subscription subscription_{Kind::channel, "news"};
    std::string channel_ = "news";
    SubscriberLog log_{.name = "subscriber-1"};
    ExecutionLog executions_;
    std::vector<Violation> found_;
};

TEST_F(MessageRules, WhatIsReadAndToldInItsOrderIsFine) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    passes(1, "a");
    passes(1, "b");
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(MessageRules, WhatRedisLosesIsNotHeldAgainstTheClient) {
    is_subscribed_on(1);
    publish_all({"a", "b", "c"});
    passes(1, "a");
    passes(1, "c");
    EXPECT_THAT(broken(), IsEmpty());
}

// message-published

TEST_F(MessageRules, AMessageThatNobodyPublishedConvicts) {
    is_subscribed_on(1);
    passes(1, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_published));
    EXPECT_THAT(broken(true), IsEmpty()) << "somebody else has written to the client";
}

TEST_F(MessageRules, AMessageThatIsPublishedLaterConvicts) {
    is_subscribed_on(1);
    passes(1, "a");
    publish("a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_published));
}

TEST_F(MessageRules, AMessageOfTheOtherKindConvicts) {
    is_subscribed_on(1);
    publish("a", 0, "news", "SPUBLISH");
    passes(1, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_published));
}

TEST_F(MessageRules, AMessageOfAnotherChannelConvicts) {
    is_subscribed_on(1);
    publish("a", 0, "sports");
    passes(1, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_published));
}

// message-subscribed

TEST_F(MessageRules, AChannelThatDoesNotFitConvicts) {
    is_subscribed_on(1);
    channel_ = "sports";
    publish("a", 0, "sports");
    passes(1, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
    EXPECT_EQ(found_.front().what,
              "subscriber-1, channel 'news', at 7ms: 'a' told, but its channel does not fit");
}

TEST_F(MessageRules, APatternGetsWhatItMatchesOnly) {
    subscription_ = {Kind::pattern, "news:*"};
    is_subscribed_on(1);
    channel_ = "news:1";
    publish("a", 0, "news:1");
    passes(1, "a");
    EXPECT_THAT(broken(), IsEmpty());
    channel_ = "sports";
    publish("b", 0, "sports");
    passes(1, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
}

TEST_F(MessageRules, AMessageBeforeItIsToldToBeSubscribedConvicts) {
    publish("a");
    happens(What::wanted);
    happens(What::acknowledged, 1);
    passes(1, "a");
    happens(What::told_subscribed);
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
}

TEST_F(MessageRules, AMessageAfterItIsGivenUpConvictsButNotOneThatWasQueued) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    reads(1, "a");
    happens(What::unwanted);
    tells("a");
    happens(What::told_unsubscribed);
    EXPECT_THAT(broken(), IsEmpty());
    passes(1, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
}

TEST_F(MessageRules, AMessageThatNoServerSentConvicts) {
    is_subscribed_on(1);
    publish("a");
    tells("a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
}

TEST_F(MessageRules, AMessageOfAConnectionThatDoesNotHoldItConvicts) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    passes(2, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
    log_.events.resize(4);
    happens(What::dropped, 1);
    passes(1, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
}

TEST_F(MessageRules, ToBeSubscribedWithoutAServersWordConvicts) {
    happens(What::wanted);
    happens(What::told_subscribed);
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
    log_.events.clear();
    is_subscribed_on(1);
    happens(What::unwanted);
    happens(What::told_unsubscribed);
    happens(What::wanted);
    happens(What::told_subscribed);
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed)) << "one word serves once";
}

TEST_F(MessageRules, SuccessBeforeAServersWordConvicts) {
    happens(What::wanted);
    happens(What::confirmed);
    happens(What::acknowledged, 1);
    happens(What::told_subscribed);
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
}

TEST_F(MessageRules, SuccessOfWhichNothingIsToldConvicts) {
    happens(What::wanted);
    happens(What::acknowledged, 1);
    happens(What::confirmed);
    EXPECT_THAT(broken(), ElementsAre(rules::message_subscribed));
}

// message-once

TEST_F(MessageRules, AMessageThatIsToldTwiceConvicts) {
    is_subscribed_on(1);
    publish("a");
    passes(1, "a");
    tells("a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_once));
}

TEST_F(MessageRules, AMessageThatIsToldAgainAfterAGapConvictsUnlessItWasReadAgain) {
    is_subscribed_on(1);
    publish("a");
    passes(1, "a");
    happens(What::ended, 1);
    happens(What::acknowledged, 2);
    happens(What::told_gap);
    auto const before = log_;
    tells("a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_once));
    log_ = before;
    passes(2, "a");  // slow on its way to the other node
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(MessageRules, AMessageThatWasPublishedTwiceMayBeToldTwice) {
    is_subscribed_on(1);
    publish_all({"a", "a"});
    passes(1, "a");
    passes(1, "a");
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(MessageRules, AnotherOrderThanThatOfReadingConvicts) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    reads(1, "a");
    reads(1, "b");
    tells("b");
    tells("a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap, rules::message_once));
}

TEST_F(MessageRules, AnotherOrderThanThatOfTheNodeConvictsButNodesHaveNoOrderAmongThem) {
    is_subscribed_on(1);
    publish("a", 0);
    publish("b", 1);
    passes(1, "b");
    passes(1, "a");
    EXPECT_THAT(broken(), IsEmpty());
    publish("c", 1);
    publish("d", 1);
    passes(1, "d");
    passes(1, "c");
    EXPECT_THAT(broken(), ElementsAre(rules::message_once));
}

TEST_F(MessageRules, AMessageOfAConnectionThatWasLeftConvicts) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    happens(What::acknowledged, 2);
    happens(What::told_gap);
    passes(2, "a");
    passes(1, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_once));
}

// message-or-gap

TEST_F(MessageRules, AMessageThatIsLeftOutConvictsUnlessAGapStandsThere) {
    is_subscribed_on(1);
    publish_all({"a", "b", "c"});
    passes(1, "a");
    reads(1, "b");
    auto const before = log_;
    passes(1, "c");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
    EXPECT_THAT(found_.front().what, HasSubstr("'b' read, and neither told nor covered by a gap"));
    log_ = before;
    loses_messages_for_want_of_room();
    passes(1, "c");
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(MessageRules, TheFirstMessageIsNotLeftOutEither) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    reads(1, "a");
    passes(1, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
}

TEST_F(MessageRules, AGapAfterTheMessageIsNotInItsPlace) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    reads(1, "a");
    passes(1, "b");
    loses_messages_for_want_of_room();
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
}

TEST_F(MessageRules, AnotherConnectionWithoutAGapConvictsWhetherOrNotAnythingWasMissed) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    passes(1, "a");
    happens(What::ended, 1);
    happens(What::acknowledged, 2);
    auto const before = log_;
    passes(2, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
    log_ = before;
    happens(What::told_gap);
    passes(2, "b");
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(MessageRules, ASlotThatWentAndCameBackOnTheSameConnectionNeedsAGap) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    passes(1, "a");
    happens(What::dropped, 1);
    happens(What::acknowledged, 1);
    auto const before = log_;
    passes(1, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
    log_ = before;
    happens(What::told_gap);
    passes(1, "b");
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(MessageRules, AGapForWantOfRoomDoesNotStandForAnotherConnection) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    passes(1, "a");
    happens(What::ended, 1);
    happens(What::acknowledged, 2);
    loses_messages_for_want_of_room();
    passes(2, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
}

TEST_F(MessageRules, AGapOfAnotherSubscriptionIsNoneOfThisOne) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    passes(1, "a");
    happens(What::ended, 1);
    happens(What::acknowledged, 2);
    subscription_.kind = Kind::pattern;
    is_subscribed_on(1);
    happens(What::ended, 1);
    happens(What::acknowledged, 2);
    happens(What::told_gap);
    subscription_.kind = Kind::channel;
    passes(2, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
}

TEST_F(MessageRules, WhatIsLeftOutAfterTheGapConvicts) {
    is_subscribed_on(1);
    publish_all({"a", "b"});
    happens(What::ended, 1);
    happens(What::acknowledged, 2);
    happens(What::told_gap);
    reads(2, "a");
    passes(2, "b");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
}

TEST_F(MessageRules, WhatIsReadAndNeverToldConvicts) {
    is_subscribed_on(1);
    publish("a");
    reads(1, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
    happens(What::ended, 1);
    EXPECT_THAT(broken(), IsEmpty()) << "the gap is due when it is held again";
    happens(What::acknowledged, 2);
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
    happens(What::told_gap);
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(MessageRules, AGapWithoutAReasonConvicts) {
    is_subscribed_on(1);
    publish("a");
    happens(What::told_gap);
    passes(1, "a");
    EXPECT_THAT(broken(), ElementsAre(rules::message_or_gap));
}

// Promises about time

TEST_F(MessageRules, CallsOfSubscribeEndByTheirDeadline) {
    log_.changes = {{"subscribe news", Instant{1s}, Instant{6s}, false},
                    {"subscribe news", Instant{1s}, Instant{7s}, true},
                    {"unsubscribe news", Instant{1s}, std::nullopt, false}};
    judge_promises({log_}, {.call_timeout = 5s, .silence_max = 2s}, Instant{9s}, found_);
    ASSERT_EQ(found_.size(), 2u);
    EXPECT_EQ(found_[0].rule, rules::keeps_deadline);
    EXPECT_EQ(found_[1].rule, rules::settles);
}

TEST_F(MessageRules, AConnectionThatIsSilentForLongMustNotBeKept) {
    auto const is_kept_for_too_long = [&](SubscriberConnection const& connection) {
        log_.connections = {connection};
        found_.clear();
        judge_promises({log_}, {.call_timeout = 5s, .silence_max = 2s}, Instant{9s}, found_);
        return found_.size() == 1 && found_.front().rule == rules::notices_silence;
    };
    EXPECT_FALSE(is_kept_for_too_long({.last_read = Instant{7s}, .holds = true}));
    EXPECT_TRUE(is_kept_for_too_long({.last_read = Instant{6s}, .holds = true}));
    EXPECT_FALSE(is_kept_for_too_long({.last_read = Instant{6s}})) << "it brings no messages";
    EXPECT_FALSE(is_kept_for_too_long({.last_read = Instant{6s}, .holds = true, .is_open = false}));
    EXPECT_TRUE(
        is_kept_for_too_long({.last_read = Instant{9s}, .holds = true, .longest_silence = 3s}));
}

}  // namespace
}  // namespace keyslot::sim
