#include "simulator/tests/network/network_fixture.hpp"

#include "simulator/network/bus.hpp"

#include <gmock/gmock.h>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct EnvironmentTest : NetworkTest {
    std::string resolve(std::string name) {
        std::string answer = "none";
        environment.resolve(std::move(name),
                            [&](error_code ec, std::vector<std::string> addresses) {
                                answer = ec ? ec.message() : "";
                                for (std::string const& address : addresses) {
                                    answer += address + " ";
                                }
                            });
        EXPECT_EQ(answer, "none");
        run();
        return answer;
    }
};

TEST_F(EnvironmentTest, a_timer_fires_once_and_arming_it_anew_replaces_what_was_armed) {
    std::vector<int> fired;
    auto const timer = environment.make_timer();
    timer->arm(at(1s), [&] { fired.push_back(1); });
    timer->arm(at(2s), [&] { fired.push_back(2); });
    run();
    EXPECT_THAT(fired, ElementsAre(2));
    EXPECT_EQ(environment.now(), at(2s));
    timer->arm(at(1s), [&] { fired.push_back(3); });  // in the past: soon
    EXPECT_THAT(fired, ElementsAre(2));
    run();
    EXPECT_THAT(fired, ElementsAre(2, 3));
}

TEST_F(EnvironmentTest, a_timer_drops_its_handler_when_cancelled_or_destroyed) {
    auto const witness = std::make_shared<int>(0);
    auto timer = environment.make_timer();
    timer->arm(at(1s), [witness] { ++*witness; });
    timer->cancel();
    EXPECT_EQ(witness.use_count(), 1);
    timer->arm(at(1s), [witness] { ++*witness; });
    timer.reset();
    EXPECT_EQ(witness.use_count(), 1);
    run();
    EXPECT_EQ(*witness, 0);
}

TEST_F(EnvironmentTest, a_timer_may_be_armed_again_by_its_own_handler) {
    int fired = 0;
    auto const timer = environment.make_timer();
    std::function<void()> again = [&] {
        if (++fired < 3) {
            timer->arm(environment.now() + 1s, again);
        }
    };
    timer->arm(at(1s), again);
    run();
    EXPECT_EQ(fired, 3);
    EXPECT_EQ(environment.now(), at(3s));
}

TEST_F(EnvironmentTest, names_of_hosts_and_addresses_resolve) {
    EXPECT_EQ(resolve("node"), "10.0.0.1 ");
    EXPECT_EQ(resolve("192.168.0.1"), "192.168.0.1 ");
    EXPECT_EQ(resolve("::1"), "::1 ");
    EXPECT_EQ(resolve("nowhere"),
              asio::error::make_error_code(asio::error::host_not_found).message());
}

TEST_F(EnvironmentTest, a_name_can_be_bound_anew_and_fail_for_a_while) {
    network.names().bind("redis", {"10.0.0.1", "10.0.0.2"});
    EXPECT_EQ(resolve("redis"), "10.0.0.1 10.0.0.2 ");
    network.names().bind("redis", {"10.0.0.3"});
    EXPECT_EQ(resolve("redis"), "10.0.0.3 ");
    network.names().fail("redis", NameFailure::not_found);
    EXPECT_NE(resolve("redis"), "10.0.0.3 ");
    network.names().restore("redis", NameFailure::not_found);
    EXPECT_EQ(resolve("redis"), "10.0.0.3 ");
}

TEST_F(EnvironmentTest, there_are_no_unix_sockets) {
    endpoint = {"/run/redis.sock", 0};
    EXPECT_EQ(connect(), nullptr);
    EXPECT_EQ(connect_error, asio::error::connection_refused);
}

TEST_F(EnvironmentTest, block_on_drives_the_world_until_the_completion_is_called) {
    auto const timer = environment.make_timer();
    environment.block_on([&](Environment::Completion done) {
        timer->arm(at(3s), [done = std::move(done)]() mutable { done(); });
    });
    EXPECT_EQ(environment.now(), at(3s));
}

TEST_F(EnvironmentTest, block_on_is_refused_inside_the_world_and_ends_a_hang) {
    bool refused = false;
    environment.post([&] {
        EXPECT_THROW(environment.block_on([](Environment::Completion) {}), std::logic_error);
        refused = true;
    });
    run();
    EXPECT_TRUE(refused);
    EXPECT_THROW(environment.block_on([](Environment::Completion) {}), HangError);
}

TEST_F(EnvironmentTest, each_host_draws_from_a_stream_of_its_own) {
    SimEnvironment same{network, app, Random{2}};
    SimEnvironment other{network, node, Random{3}};
    std::uint64_t const first = environment.random();
    EXPECT_EQ(first, same.random());
    EXPECT_NE(first, other.random());
}

struct BusTest : NetworkTest {
    struct Inbox final : BusReceiver {
        void on_bus(BusMessage const& message) override { payloads.push_back(message.payload); }
        std::vector<std::string> payloads;
    };
    BusTest() { bus.listen(node, to, inbox); }
    void send(std::string payload) {
        BusMessage message;
        message.payload = std::move(payload);
        bus.send(app, to, std::move(message));
    }
    Bus bus{network};
    Endpoint to{"10.0.0.1", 17000};
    Inbox inbox;
};

TEST_F(BusTest, messages_arrive_in_order_although_jitter_would_have_it_otherwise) {
    Fault const jitter = network.add_rule({.from = {}, .to = {}, .jitter = 10ms});
    for (int n = 0; n < 10; ++n) {
        send(std::to_string(n));
    }
    run();
    EXPECT_THAT(inbox.payloads, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

TEST_F(BusTest, messages_are_lost_on_a_cut_link_whether_it_is_cut_before_or_after_they_leave) {
    send("under way");
    Fault cut = network.add_rule(LinkRule::cut({app}, {node}));
    send("into the cut");
    run();
    cut.heal();
    run();
    send("after");
    run();
    EXPECT_THAT(inbox.payloads, ElementsAre("after"));
}

TEST_F(BusTest, messages_to_nobody_are_lost) {
    send("under way");
    bus.close_listener(to);
    run();
    bus.send(app, {"10.0.0.9", 17000}, {});
    run();
    EXPECT_THAT(inbox.payloads, testing::IsEmpty());
}

TEST_F(BusTest, the_bus_is_background) {
    send("x");
    bool const done = false;
    EXPECT_THROW(kernel.drive(done, {.hang_grace = 0s}), HangError);
}

}  // namespace
}  // namespace keyslot::sim
