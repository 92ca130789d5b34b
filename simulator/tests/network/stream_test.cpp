#include "simulator/tests/network/network_fixture.hpp"

#include <gmock/gmock.h>

namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct StreamTest : NetworkTest {};

TEST_F(StreamTest, connecting_takes_a_round_trip) {
    auto const stream = connect();
    ASSERT_NE(stream, nullptr);
    EXPECT_EQ(kernel.now(), at(200us));
    EXPECT_THAT(peer.sessions, SizeIs(1));
}

TEST_F(StreamTest, bytes_arrive_after_the_latency_of_the_link) {
    auto const stream = connect();
    write(*stream, "hello");
    run();
    ASSERT_THAT(peer.sessions[0]->arrivals, SizeIs(1));
    EXPECT_EQ(peer.sessions[0]->arrivals[0], std::pair(at(300us), std::string("hello")));
    EXPECT_THAT(write_results, ElementsAre("Success"));
}

TEST_F(StreamTest, no_handler_runs_inside_the_initiating_call) {
    peer.echoes = true;
    auto const stream = connect();
    write(*stream, "x");
    EXPECT_THAT(write_results, IsEmpty());
    run();
    std::string const& later = read(*stream);  // it has arrived already
    EXPECT_EQ(later, "");
    run();
    EXPECT_EQ(later, "x");
}

TEST_F(StreamTest, what_is_sent_at_one_moment_travels_as_one_segment) {
    auto const stream = connect();
    peer.sessions[0]->end.send("+OK\r\n");
    peer.sessions[0]->end.send("+PONG\r\n");
    std::string const& got = read(*stream);
    run();
    EXPECT_EQ(got, "+OK\r\n+PONG\r\n");
}

TEST_F(StreamTest, a_read_takes_no_more_than_its_buffer_holds) {
    auto const stream = connect();
    peer.sessions[0]->end.send("abcdef");
    std::string small(4, ' ');
    std::vector<std::size_t> sizes;
    auto const keep_size = [&](error_code, std::size_t size) { sizes.push_back(size); };
    stream->read_some(asio::buffer(small), keep_size);
    run();
    EXPECT_EQ(small, "abcd");
    stream->read_some(asio::buffer(small), keep_size);
    run();
    EXPECT_EQ(small, "efcd");
    EXPECT_THAT(sizes, ElementsAre(4u, 2u));
}

TEST_F(StreamTest, a_close_reaches_the_peer_after_all_bytes) {
    auto stream = connect();
    write(*stream, "bye");
    stream.reset();
    run();
    EXPECT_EQ(peer.sessions[0]->text, "bye");
    EXPECT_THAT(peer.sessions[0]->ends, ElementsAre("End of file"));
}

TEST_F(StreamTest, bytes_that_had_arrived_are_read_before_the_end_of_the_stream) {
    auto const stream = connect();
    peer.sessions[0]->end.send("last words");
    peer.sessions[0]->end.close();
    run();
    std::string const& first = read(*stream);
    run();
    EXPECT_EQ(first, "last words");
    std::string const& second = read(*stream);
    run();
    EXPECT_EQ(second, "(End of file)");
}

TEST_F(StreamTest, close_drops_outstanding_handlers_without_calling_them) {
    auto const witness = std::make_shared<int>(0);
    auto const stream = connect();
    auto const handler = [witness](error_code, std::size_t) { ++*witness; };
    stream->read_some(asio::buffer(buffer), handler);
    stream->write(asio::buffer("x", 1), handler);
    stream->close();
    EXPECT_EQ(witness.use_count(), 2);  // here and in `handler`
    run();
    EXPECT_EQ(*witness, 0);
}

TEST_F(StreamTest, a_read_handler_may_destroy_its_stream) {
    auto stream = connect();
    stream->read_some(asio::buffer(buffer), [&](error_code, std::size_t) { stream.reset(); });
    peer.sessions[0]->end.send("x");
    run();
    EXPECT_EQ(stream, nullptr);
    EXPECT_THAT(peer.sessions[0]->ends, ElementsAre("End of file"));
    peer.sessions.clear();
    EXPECT_EQ(network.connection_count(), 0u);
}

TEST_F(StreamTest, a_reset_overtakes_bytes_and_fails_reads_and_writes) {
    auto const stream = connect();
    peer.sessions[0]->end.send("never seen");
    peer.sessions[0]->end.reset();
    std::string const& got = read(*stream);
    run();
    EXPECT_EQ(got, "(Connection reset by peer)");
    write(*stream, "x");
    run();
    EXPECT_THAT(write_results, ElementsAre("Connection reset by peer"));
}

TEST_F(StreamTest, bytes_for_a_closed_end_are_answered_with_a_reset) {
    auto const stream = connect();
    peer.sessions[0]->end.close();
    std::string const& end = read(*stream);
    run();
    EXPECT_EQ(end, "(End of file)");
    write(*stream, "anybody there?");
    std::string const& late = read(*stream);
    EXPECT_EQ(late, "");
    run();
    EXPECT_EQ(late, "(End of file)");
    std::string const& after = read(*stream);
    run();
    EXPECT_EQ(after, "(Connection reset by peer)");
}

TEST_F(StreamTest, a_write_beyond_the_window_waits_until_the_peer_has_read) {
    auto const stream = connect();
    kernel.freeze(node);
    write(*stream, std::string(network.window_bytes() + 1, 'x'));
    run();
    EXPECT_THAT(write_results, IsEmpty());
    kernel.thaw(node);
    run();
    EXPECT_THAT(write_results, ElementsAre("Success"));
}

TEST_F(StreamTest, a_write_of_just_the_window_is_taken_over_at_once) {
    auto const stream = connect();
    kernel.freeze(node);
    write(*stream, std::string(network.window_bytes(), 'x'));
    run();
    EXPECT_THAT(write_results, ElementsAre("Success"));
}

TEST_F(StreamTest, jitter_changes_times_but_never_the_order) {
    Fault const jitter = network.add_rule({.from = {}, .to = {}, .jitter = 10ms});
    auto const stream = connect();
    std::string sent;
    for (char c = 'a'; c <= 'z'; ++c) {
        write(*stream, std::string(1, c));
        sent += c;
        run_for(1us);
    }
    run();
    EXPECT_EQ(peer.sessions[0]->text, sent);
    EXPECT_GT(peer.sessions[0]->arrivals.size(), 1u);
}

TEST_F(StreamTest, a_local_host_has_no_latency) {
    HostId const bridge = network.add_host({.name = "bridge", .ip = "10.2.0.1", .local = true});
    SimEnvironment outside{network, bridge, Random{3}};
    bool connected = false;
    outside.connect(endpoint, {},
                    [&](error_code, std::unique_ptr<ByteStream>) { connected = true; });
    run();
    EXPECT_TRUE(connected);
    EXPECT_EQ(kernel.now(), at(0us));
}

TEST_F(StreamTest, the_digest_of_a_busy_network_is_the_same_everywhere) {
    peer.echoes = true;
    Fault const jitter = network.add_rule({.from = {}, .to = {}, .jitter = 3ms});
    auto const stream = connect();
    for (int n = 0; n < 50; ++n) {
        write(*stream,
              std::string(static_cast<std::size_t>(1 + n * n), static_cast<char>('a' + n % 26)));
        read(*stream);
        run();
    }
    // Pinned for every compiler and build type; changes only when the simulated network does.
    EXPECT_EQ(kernel.digest(), 11125784791461394636u);
}

TEST_F(StreamTest, nothing_is_left_when_both_ends_are_gone) {
    {
        auto const stream = connect();
        write(*stream, "x");
        kernel.step();
    }
    peer.sessions.clear();
    EXPECT_EQ(network.connection_count(), 0u);
    run();
}

}  // namespace
}  // namespace keyslot::sim
