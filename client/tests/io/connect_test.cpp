#include "client/tests/io/loopback.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

namespace keyslot::io {
namespace {

using Connect = Loopback;

TEST_F(Connect, a_port_that_nobody_listens_on_is_refused) {
    Endpoint const nobody = Listener(context).endpoint();
    auto const connected = connect(nobody);
    EXPECT_EQ(connected.ec, asio::error::connection_refused);
    EXPECT_EQ(connected.stream, nullptr);
}

TEST_F(Connect, a_name_is_no_address) {
    EXPECT_EQ(connect({"localhost", 1}).ec, asio::error::invalid_argument);
}

TEST_F(Connect, a_path_that_no_unix_socket_can_have_is_refused) {
    EXPECT_TRUE(connect({"/" + std::string(4096, 'x'), 0}).ec);
    EXPECT_EQ(connect({"/nowhere/keyslot", 0}).ec, boost::system::errc::no_such_file_or_directory);
}

TEST_F(Connect, the_deadline_fails_it_with_timed_out) {
    // A listener whose backlog is full leaves the connect without an answer.
    asio::ip::tcp::acceptor full(context, {asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    std::vector<asio::ip::tcp::socket> filling;
    for (int i = 0; i < 4; ++i) {
        filling.emplace_back(context).async_connect(full.local_endpoint(), [](error_code) {});
    }
    settle();
    ConnectOptions options;
    options.deadline = environment->now() + 30ms;
    Instant const before = environment->now();
    auto const connected = connect({"127.0.0.1", full.local_endpoint().port()}, options);
    EXPECT_EQ(connected.ec, asio::error::timed_out);
    EXPECT_GE(environment->now() - before, 30ms);
}

TEST_F(Connect, the_environments_end_destroys_the_handler_uncalled) {
    Listener listener(context);
    auto const token = std::make_shared<int>(0);
    bool called = false;
    ConnectOptions options;
    options.deadline = environment->now() + 5s;
    environment->connect(
        listener.endpoint(), options,
        [&called, token](error_code, std::unique_ptr<ByteStream>) { called = true; });
    environment->resolve("localhost",
                         [&called, token](error_code, std::vector<std::string>) { called = true; });
    environment.reset();
    EXPECT_EQ(token.use_count(), 1);
    settle();
    EXPECT_FALSE(called);
}

TEST_F(Connect, works_on_a_strand_of_a_type_erased_executor) {
    Listener listener(context);
    environment =
        system_environment(asio::make_strand(asio::any_io_executor(context.get_executor())));
    auto connected = connect(listener.endpoint());
    ASSERT_FALSE(connected.ec) << connected.ec.message();
    run_until([&] { return listener.accepted; });
    Talk talk(*connected.stream);
    asio::write(listener.peer, asio::buffer("ordered", 7));
    run_until([&] { return talk.received == "ordered"; });
}

TEST_F(Connect, a_name_resolves_to_addresses_and_an_address_to_itself) {
    std::vector<std::string> of_name;
    std::vector<std::string> of_literal;
    environment->resolve("localhost", [&](error_code ec, std::vector<std::string> addresses) {
        EXPECT_FALSE(ec) << ec.message();
        of_name = std::move(addresses);
    });
    environment->resolve("::1", [&](error_code ec, std::vector<std::string> addresses) {
        EXPECT_FALSE(ec);
        of_literal = std::move(addresses);
    });
    EXPECT_TRUE(of_literal.empty());
    run_until([&] { return !of_name.empty() && !of_literal.empty(); });
    EXPECT_NE(std::find(of_name.begin(), of_name.end(), "127.0.0.1"), of_name.end());
    EXPECT_EQ(of_literal, std::vector<std::string>{"::1"});
}

TEST_F(Connect, a_name_that_does_not_exist_is_an_error) {
    std::optional<error_code> result;
    environment->resolve("no-such-host.invalid",
                         [&](error_code ec, std::vector<std::string>) { result = ec; });
    run_until([&] { return result.has_value(); });
    EXPECT_TRUE(*result);
}

TEST_F(Connect, posted_work_runs_soon_but_not_inside_the_call) {
    bool ran = false;
    environment->post([&] { ran = true; });
    EXPECT_FALSE(ran);
    run_until([&] { return ran; });
}

using TimerTest = Loopback;

TEST_F(TimerTest, runs_its_handler_once_at_the_time) {
    auto timer = environment->make_timer();
    Instant const due = environment->now() + 5ms;
    int calls = 0;
    timer->arm(due, [&] {
        ++calls;
        EXPECT_GE(environment->now(), due);
    });
    run_until([&] { return calls != 0; });
    settle();
    EXPECT_EQ(calls, 1);
}

TEST_F(TimerTest, arming_anew_replaces_even_a_wait_that_has_already_expired) {
    auto timer = environment->make_timer();
    auto const token = std::make_shared<int>(0);
    std::string order;
    timer->arm(environment->now() - 1s, [&order, token] { order += 'a'; });
    asio::post(context, [&, token] {
        timer->arm(environment->now(), [&order, token] { order += 'b'; });
        EXPECT_EQ(token.use_count(), 3) << "the test, this handler, and the one that counts";
    });
    // One pass through epoll makes both ready; the posted handler comes first.
    settle();
    EXPECT_TRUE(order == "b" || order == "ab") << order;
    order.clear();
    timer->arm(environment->now(), [&] { order += 'c'; });
    timer->arm(environment->now(), [&] { order += 'd'; });
    settle();
    EXPECT_EQ(order, "d");
}

TEST_F(TimerTest, cancel_and_destruction_destroy_the_handler_uncalled) {
    auto const token = std::make_shared<int>(0);
    bool called = false;
    auto timer = environment->make_timer();
    timer->arm(environment->now(), [&called, token] { called = true; });
    timer->cancel();
    EXPECT_EQ(token.use_count(), 1);
    timer->arm(environment->now(), [&called, token] { called = true; });
    timer.reset();
    EXPECT_EQ(token.use_count(), 1);
    settle();
    EXPECT_FALSE(called);
}

TEST_F(TimerTest, a_handler_may_arm_or_destroy_its_timer) {
    auto timer = environment->make_timer();
    int calls = 0;
    timer->arm(environment->now(), [&] {
        ++calls;
        timer->arm(environment->now(), [&] {
            ++calls;
            timer.reset();
        });
    });
    run_until([&] { return timer == nullptr; });
    EXPECT_EQ(calls, 2);
}

TEST_F(TimerTest, the_farthest_instant_is_never) {
    auto timer = environment->make_timer();
    bool called = false;
    timer->arm(Instant::max(), [&] { called = true; });
    settle();
    EXPECT_FALSE(called);
}

}  // namespace
}  // namespace keyslot::io
