#include "simulator/runner/economy_rules.hpp"
#include "simulator/tests/runner/hand_made_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

namespace keyslot::sim {
namespace {

class EconomyRules : public testing::Test {
protected:
    ClusterObserver& observer() { return *client_; }
    void refresh(Duration from, Duration to) {
        time_ = from;
        observer().on_refresh_begun({});
        time_ = to;
        observer().on_refresh_ended({});
    }
    void fails_to_connect(Duration when) {
        time_ = when;
        observer().on_disconnected({.node = "10.0.0.1:7000", .reason = "refused"});
    }
    std::vector<std::string_view> broken() {
        std::vector<Violation> violations;
        judge_economy(
            run_.history, routing_, {client_}, {}, [](std::size_t) { return false; }, violations);
        return rules_of(violations);
    }

    HandMadeRun run_;
    RoutingLog routing_;
    Duration time_{};
    std::shared_ptr<ClientAccount> client_ =
        std::make_shared<ClientAccount>([this] { return Instant{time_}; });
};

TEST_F(EconomyRules, ACallIsRedirectedSixteenTimesAndThenFails) {
    run_.begins(0s, {"SET", "k", "1"});
    for (int n = 0; n < 17; ++n) {
        routing_.add(RoutingLog::Refused{
            .kind = RoutingLog::Kind::moved, .error = {}, .words = {"SET", "k", "1"}});
    }
    EXPECT_THAT(broken(), IsEmpty());
    routing_.add(RoutingLog::Refused{
        .kind = RoutingLog::Kind::ask, .error = {}, .words = {"SET", "k", "1"}});
    EXPECT_THAT(broken(), ElementsAre(rules::redirections_end));
}

TEST_F(EconomyRules, RefreshesKeepTheirDistance) {
    refresh(1s, 1001ms);
    refresh(1200ms, 1201ms);
    EXPECT_THAT(broken(), IsEmpty());
    refresh(1399ms, 1400ms);
    EXPECT_THAT(broken(), ElementsAre(rules::refreshes_rarely));
}

TEST_F(EconomyRules, TwoRefreshesAtOnceConvict) {
    time_ = 1s;
    observer().on_refresh_begun({});
    time_ = 2s;
    observer().on_refresh_begun({});
    EXPECT_THAT(broken(), ElementsAre(rules::refreshes_rarely));
}

TEST_F(EconomyRules, ConnectsToADeadNodeHavePauses) {
    for (int n = 0; n < 100; ++n) {
        fails_to_connect(n * 100ms);
    }
    EXPECT_THAT(broken(), IsEmpty());
    for (int n = 0; n < 30; ++n) {
        fails_to_connect(20s + n * 10ms);
    }
    EXPECT_THAT(broken(), ElementsAre(rules::reconnects_rarely));
    run_.begins(19s, {"BLPOP", "queue", "1"});  // on a connection of its own
    EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(EconomyRules, AClosedClientIsSilent) {
    time_ = 1s;
    client_->close();
    observer().on_call_ended({});
    EXPECT_THAT(broken(), IsEmpty()) << "calls end when it is closed";
    time_ = 2s;
    observer().on_refresh_begun({});
    EXPECT_THAT(broken(), ElementsAre(rules::closed_is_silent));
}

TEST_F(EconomyRules, EveryCallIsCountedAsEnded) {
    client_->count({.calls = 3, .completed = 2, .failed = 1});
    EXPECT_THAT(broken(), IsEmpty());
    client_->count({.calls = 3, .completed = 1, .failed = 1});
    EXPECT_THAT(broken(), ElementsAre(rules::nothing_is_left));
}

}  // namespace
}  // namespace keyslot::sim
