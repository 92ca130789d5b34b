#include "simulator/tests/network/network_fixture.hpp"

#include <gmock/gmock.h>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct FaultTest : NetworkTest {
    Fault cut_both_ways() {
        Fault there = network.add_rule(LinkRule::cut({app}, {node}));
        Fault back = network.add_rule(LinkRule::cut({node}, {app}));
        return Fault{[there = std::move(there), back = std::move(back)]() mutable {
            there.heal();
            back.heal();
        }};
    }
};

TEST_F(FaultTest, a_connect_where_nobody_listens_is_refused) {
    endpoint.port = 7001;
    EXPECT_EQ(connect(), nullptr);
    EXPECT_EQ(connect_error, asio::error::connection_refused);
    EXPECT_EQ(kernel.now(), at(200us));
}

TEST_F(FaultTest, a_connect_to_an_address_without_a_host_is_unreachable) {
    endpoint.address = "10.9.9.9";
    EXPECT_EQ(connect(), nullptr);
    EXPECT_EQ(connect_error, asio::error::host_unreachable);
    EXPECT_EQ(connect(kernel.now() + 1s), nullptr);
    EXPECT_EQ(connect_error, asio::error::timed_out);
}

TEST_F(FaultTest, a_black_holed_connect_times_out_at_its_deadline) {
    Fault const hole =
        network.add_rule({.from = {app}, .to = {node}, .connects = ConnectFate::black_hole});
    EXPECT_EQ(connect(at(2s)), nullptr);
    EXPECT_EQ(connect_error, asio::error::timed_out);
    EXPECT_EQ(kernel.now(), at(2s));
}

TEST_F(FaultTest, a_black_holed_connect_without_a_deadline_gives_up_like_tcp) {
    Fault const hole = cut_both_ways();
    EXPECT_EQ(connect(), nullptr);
    EXPECT_EQ(connect_error, asio::error::timed_out);
    EXPECT_EQ(kernel.now(), at(127s + 100us));
}

TEST_F(FaultTest, a_black_holed_connect_succeeds_when_the_cut_heals_before_a_repetition) {
    Fault cut = cut_both_ways();
    kernel.schedule(at(2s), {}, [&] { cut.heal(); });
    EXPECT_NE(connect(at(10s)), nullptr);
    EXPECT_EQ(kernel.now(), at(3s + 200us));
}

TEST_F(FaultTest, a_rule_can_refuse_connects) {
    Fault const refusal =
        network.add_rule({.from = {app}, .to = {node}, .connects = ConnectFate::refuse});
    EXPECT_EQ(connect(), nullptr);
    EXPECT_EQ(connect_error, asio::error::connection_refused);
}

TEST_F(FaultTest, bytes_sent_into_a_cut_and_caught_by_it_arrive_after_it_heals) {
    auto const stream = connect();
    write(*stream, "before ");
    run_for(1us);
    {
        Fault const cut = cut_both_ways();
        write(*stream, "while ");
        run_for(10s);
        EXPECT_EQ(peer.sessions[0]->text, "");
    }
    Instant const healed = kernel.now();
    run();
    EXPECT_EQ(peer.sessions[0]->text, "before while ");
    EXPECT_EQ(peer.sessions[0]->arrivals[0].first, healed + 100us);
}

TEST_F(FaultTest, a_one_way_cut_lets_the_other_direction_pass) {
    auto const stream = connect();
    Fault const cut = network.add_rule(LinkRule::cut({app}, {node}));
    write(*stream, "question");
    peer.sessions[0]->end.send("answer");
    std::string const& got = read(*stream);
    run();
    EXPECT_EQ(got, "answer");
    EXPECT_EQ(peer.sessions[0]->text, "");
}

TEST_F(FaultTest, rules_are_asked_in_the_order_they_were_added) {
    Fault const first = network.add_rule({.from = {app}, .to = {node}, .latency = 5ms});
    Fault second = network.add_rule({.from = {}, .to = {}, .latency = 7ms, .bytes_at_once = 3});
    EXPECT_EQ(network.link(app, node).latency, 5ms);
    EXPECT_EQ(network.link(app, node).bytes_at_once, 3u);
    EXPECT_EQ(network.link(node, app).latency, 7ms);
    second.heal();
    EXPECT_EQ(network.link(node, app).latency, 100us);
}

TEST_F(FaultTest, a_kept_rule_outlives_its_handle) {
    {
        Fault rule = network.add_rule({.from = {app}, .to = {node}, .latency = 5ms});
        rule.keep();
        EXPECT_FALSE(rule.active());
    }
    EXPECT_EQ(network.link(app, node).latency, 5ms);
}

TEST_F(FaultTest, a_shredded_stream_arrives_byte_by_byte) {
    auto const stream = connect();
    Fault const shredder = network.add_rule({.from = {app}, .to = {node}, .bytes_at_once = 1});
    write(*stream, "abc");
    run();
    EXPECT_THAT(peer.sessions[0]->arrivals, SizeIs(3));
    EXPECT_EQ(peer.sessions[0]->text, "abc");
}

TEST_F(FaultTest, resetting_the_streams_of_a_link_reaches_both_ends) {
    auto const stream = connect();
    std::string const& got = read(*stream);
    Fault const cut = cut_both_ways();  // which does not matter
    network.reset_streams({node}, {app});
    run();
    EXPECT_EQ(got, "(Connection reset by peer)");
    EXPECT_THAT(peer.sessions[0]->ends, ElementsAre("Connection reset by peer"));
}

TEST_F(FaultTest, the_crash_of_a_process_resets_its_streams_and_refuses_connects) {
    auto const stream = connect();
    std::string const& got = read(*stream);
    network.crash(node, HostState::process_down);
    peer.sessions.clear();
    run();
    EXPECT_EQ(got, "(Connection reset by peer)");
    EXPECT_EQ(connect(), nullptr);
    EXPECT_EQ(connect_error, asio::error::connection_refused);
    network.restart(node);
    network.listen(node, endpoint, peer);
    EXPECT_NE(connect(), nullptr);
}

TEST_F(FaultTest, the_reset_of_a_crash_cannot_cross_a_cut) {
    auto const stream = connect();
    std::string const& got = read(*stream);
    Fault cut = cut_both_ways();
    network.crash(node, HostState::process_down);
    run();
    EXPECT_EQ(got, "");
    cut.heal();
    run();
    EXPECT_EQ(got, "(Connection reset by peer)");
}

TEST_F(FaultTest, a_host_without_power_is_silent_until_it_is_back_and_resets_what_it_forgot) {
    auto const stream = connect();
    std::string const& got = read(*stream);
    network.crash(node, HostState::power_down);
    peer.sessions.clear();
    write(*stream, "hello?");
    run();
    EXPECT_EQ(got, "");
    EXPECT_EQ(connect(kernel.now() + 1s), nullptr);
    EXPECT_EQ(connect_error, asio::error::timed_out);
    network.restart(node);
    run();
    EXPECT_EQ(got, "(Connection reset by peer)");
}

TEST_F(FaultTest, a_paused_host_accepts_by_its_backlog_and_answers_when_resumed) {
    peer.echoes = true;
    kernel.freeze(node);
    auto const stream = connect();
    ASSERT_NE(stream, nullptr);
    EXPECT_THAT(peer.sessions, IsEmpty());
    write(*stream, "a");
    std::string const& got = read(*stream);
    run_for(1s);
    write(*stream, "b");
    run_for(1s);
    EXPECT_EQ(got, "");
    kernel.thaw(node);
    run();
    EXPECT_EQ(got, "ab");
}

TEST_F(FaultTest, a_hang_names_who_reads_from_whom) {
    auto const stream = connect();
    read(*stream);
    Fault const cut = cut_both_ways();
    peer.sessions[0]->end.send("held");
    try {
        bool const done = false;
        kernel.drive(done, {});
        FAIL();
    } catch (HangError const& error) {
        EXPECT_THAT(
            error.waits(),
            ElementsAre("app reads from node (10.0.0.1:7000, connection 1), bytes held back "
                        "by the link"));
    }
}

}  // namespace
}  // namespace keyslot::sim
