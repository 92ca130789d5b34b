#include "client/tests/io/loopback.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace keyslot::io {
namespace {

class Stream : public Loopback {
protected:
    void SetUp() override {
        auto connected = connect(listener.endpoint());
        ASSERT_FALSE(connected.ec) << connected.ec.message();
        stream = std::move(connected.stream);
        run_until([&] { return listener.accepted; });
    }

    void say(std::string_view text) { asio::write(listener.peer, asio::buffer(text)); }

    Listener listener{context};
    std::unique_ptr<ByteStream> stream;
};

TEST_F(Stream, carries_bytes_both_ways) {
    Talk talk(*stream);
    std::optional<std::size_t> written;
    stream->write(asio::buffer("hello", 5), [&](error_code ec, std::size_t size) {
        EXPECT_FALSE(ec);
        written = size;
    });
    EXPECT_FALSE(written) << "completed inside the initiating call";
    say("world");
    run_until([&] { return written && talk.received == "world"; });
    EXPECT_EQ(written, 5u);
    char heard[5];
    asio::read(listener.peer, asio::buffer(heard));
    EXPECT_EQ(std::string_view(heard, 5), "hello");
}

TEST_F(Stream, a_read_completes_with_whatever_is_there_and_never_inside_the_call) {
    say("ready");
    ::usleep(1000);
    char buffer[64];
    std::optional<std::size_t> size;
    stream->read_some(asio::buffer(buffer), [&](error_code, std::size_t n) { size = n; });
    EXPECT_FALSE(size);
    run_until([&] { return size.has_value(); });
    EXPECT_EQ(std::string_view(buffer, *size), "ready");
}

TEST_F(Stream, a_write_completes_only_when_all_is_taken_over) {
    std::string const large(32u << 20, 'x');
    std::optional<std::size_t> written;
    stream->write(asio::buffer(large), [&](error_code ec, std::size_t size) {
        EXPECT_FALSE(ec);
        written = size;
    });
    settle();
    EXPECT_FALSE(written) << "32 MiB do not fit the socket's buffers";
    std::size_t drained = 0;
    std::string sink(1u << 20, '\0');
    std::function<void()> drain = [&] {
        listener.peer.async_read_some(asio::buffer(sink), [&](error_code ec, std::size_t size) {
            drained += size;
            if (!ec) {
                drain();
            }
        });
    };
    drain();
    run_until([&] { return drained == large.size() && written; });
    EXPECT_EQ(written, large.size());
}

TEST_F(Stream, the_peers_end_is_eof) {
    Talk talk(*stream);
    say("bye");
    listener.peer.close();
    run_until([&] { return talk.ended.has_value(); });
    EXPECT_EQ(talk.received, "bye");
    EXPECT_EQ(*talk.ended, asio::error::eof);
}

TEST_F(Stream, close_destroys_outstanding_handlers_at_once_and_calls_none) {
    auto const token = std::make_shared<int>(0);
    char buffer[16];
    std::string const large(32u << 20, 'x');
    int calls = 0;
    stream->read_some(asio::buffer(buffer), [&calls, token](error_code, std::size_t) { ++calls; });
    stream->write(asio::buffer(large), [&calls, token](error_code, std::size_t) { ++calls; });
    EXPECT_EQ(token.use_count(), 3);
    stream->close();
    EXPECT_EQ(token.use_count(), 1);
    stream->read_some(asio::buffer(buffer), [&calls, token](error_code, std::size_t) { ++calls; });
    EXPECT_EQ(token.use_count(), 1) << "closed: nothing can be outstanding";
    settle();
    EXPECT_EQ(calls, 0);
}

TEST_F(Stream, a_completion_already_queued_is_not_delivered_after_close) {
    char buffer[16];
    int calls = 0;
    stream->write(asio::buffer("x", 1), [&](error_code, std::size_t) { ++calls; });
    say("y");
    ::usleep(1000);
    stream->read_some(asio::buffer(buffer), [&](error_code, std::size_t) { ++calls; });
    stream.reset();
    settle();
    EXPECT_EQ(calls, 0);
}

TEST_F(Stream, a_handler_may_destroy_its_stream) {
    char buffer[16];
    bool called = false;
    stream->read_some(asio::buffer(buffer), [&](error_code, std::size_t) {
        called = true;
        stream.reset();
    });
    say("x");
    run_until([&] { return called; });
    settle();
}

TEST_F(Stream,
       the_peer_reads_all_that_was_written_and_then_the_end_although_input_was_left_unread) {
    say("never read");
    ::usleep(1000);
    bool written = false;
    stream->write(asio::buffer("last words", 10), [&](error_code, std::size_t) { written = true; });
    run_until([&] { return written; });
    stream.reset();
    std::string heard;
    error_code ec;
    asio::read(listener.peer, asio::dynamic_buffer(heard), ec);
    EXPECT_EQ(heard, "last words");
    EXPECT_EQ(ec, asio::error::eof);
}

TEST_F(Stream, tcp_goes_without_nagle_and_with_keepalive) {
    // Seen from the peer: small writes arrive while earlier ones are unacknowledged. The options
    // themselves are looked up on this process' only connected client socket.
    bool found = false;
    for (int fd = 0; fd < 256; ++fd) {
        sockaddr_in remote{};
        socklen_t length = sizeof(remote);
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&remote), &length) != 0 ||
            remote.sin_family != AF_INET || ntohs(remote.sin_port) != listener.endpoint().port) {
            continue;
        }
        int no_delay = 0;
        int keep_alive = 0;
        length = sizeof(int);
        ASSERT_EQ(::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &length), 0);
        ASSERT_EQ(::getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keep_alive, &length), 0);
        EXPECT_TRUE(no_delay != 0 && keep_alive != 0);
        found = true;
    }
    EXPECT_TRUE(found);
}

TEST_F(Loopback, unix_sockets_carry_bytes_too) {
    char directory[] = "/tmp/keyslot-XXXXXX";
    ASSERT_NE(::mkdtemp(directory), nullptr);
    std::string const path = std::string(directory) + "/socket";
    asio::local::stream_protocol::acceptor acceptor(context, {path});
    asio::local::stream_protocol::socket peer(context);
    bool accepted = false;
    acceptor.async_accept(peer, [&](error_code ec) { accepted = !ec; });
    auto connected = connect({path, 0});
    ASSERT_FALSE(connected.ec) << connected.ec.message();
    run_until([&] { return accepted; });
    Talk talk(*connected.stream);
    asio::write(peer, asio::buffer("over the file system", 20));
    run_until([&] { return talk.received == "over the file system"; });
    ::unlink(path.c_str());
    ::rmdir(directory);
}

}  // namespace
}  // namespace keyslot::io
