#include "client/tests/io/loopback.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

namespace keyslot::io {
namespace {

/// Blocks for `pause` of the environment's own time.
void sleep_on(Environment& environment, Duration pause) {
    std::unique_ptr<Timer> timer;
    environment.block_on([&](Environment::Completion done) {
        timer = environment.make_timer();
        timer->arm(environment.now() + pause, [done = std::move(done)]() mutable { done(); });
    });
    environment.block_on([&](Environment::Completion done) {
        timer.reset();
        done();
    });
}

TEST(Runtime, block_on_returns_when_the_completion_is_called) {
    auto const environment = make_system_environment();
    Instant const before = environment->now();
    sleep_on(*environment, 3ms);
    EXPECT_GE(environment->now() - before, 3ms);
}

TEST(Runtime, a_completion_may_be_called_at_once) {
    auto const environment = make_system_environment();
    int calls = 0;
    for (int i = 0; i < 1000; ++i) {
        environment->block_on([&](Environment::Completion done) {
            ++calls;
            done();
        });
    }
    EXPECT_EQ(calls, 1000);
}

TEST(Runtime, posted_work_and_timers_run_without_anybody_waiting) {
    auto const environment = make_system_environment();
    for (int round = 0; round < 2; ++round) {  // before any blocking call, and after one
        std::promise<void> ran;
        std::unique_ptr<Timer> timer;
        environment->post([&] {
            timer = environment->make_timer();
            timer->arm(environment->now() + 1ms, [&] {
                timer.reset();
                ran.set_value();
            });
        });
        EXPECT_EQ(ran.get_future().wait_for(5s), std::future_status::ready);
        sleep_on(*environment, 1ms);
    }
}

TEST(Runtime, many_threads_block_at_the_same_time) {
    auto const environment = make_system_environment();
    int counter = 0;  // touched on the executor only
    std::atomic<int> finished = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            for (int call = 0; call < 200; ++call) {
                environment->block_on([&](Environment::Completion done) {
                    ++counter;
                    environment->post([&counter, done = std::move(done)]() mutable {
                        ++counter;
                        done();
                    });
                });
                if (call % 50 == i) {
                    sleep_on(*environment, 1ms);
                    std::this_thread::sleep_for(std::chrono::milliseconds(7 * (i % 2)));
                }
            }
            ++finished;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(finished, 8);
    EXPECT_EQ(counter, 8 * 200 * 2);
}

TEST(Runtime, a_long_call_does_not_hold_up_the_others) {
    auto const environment = make_system_environment();
    auto long_call = std::async(std::launch::async, [&] { sleep_on(*environment, 60ms); });
    Instant const before = environment->now();
    for (int i = 0; i < 5; ++i) {
        sleep_on(*environment, 1ms);
    }
    EXPECT_LT(environment->now() - before, 50ms);
    long_call.get();
}

TEST(Runtime, block_on_from_inside_is_a_logic_error) {
    auto const environment = make_system_environment();
    std::promise<bool> refused;
    auto const nested = [&] {
        try {
            environment->block_on([](Environment::Completion done) { done(); });
            return false;
        } catch (std::logic_error const&) {
            return true;
        }
    };
    environment->post([&] { refused.set_value(nested()); });
    EXPECT_TRUE(refused.get_future().get()) << "on the serving thread";
    bool from_start = false;
    bool from_handler = false;
    environment->block_on([&](Environment::Completion done) {
        from_start = nested();
        environment->post([&, done = std::move(done)]() mutable {
            from_handler = nested();
            done();
        });
    });
    EXPECT_TRUE(from_start);
    EXPECT_TRUE(from_handler);
}

TEST(Runtime, what_start_throws_comes_out_and_a_lost_completion_is_an_error) {
    auto const environment = make_system_environment();
    EXPECT_THROW(environment->block_on([](Environment::Completion) { throw std::bad_alloc{}; }),
                 std::bad_alloc);
    EXPECT_THROW(environment->block_on([](Environment::Completion) {}), std::runtime_error);
    EXPECT_THROW(environment->block_on([&](Environment::Completion done) {
        environment->post([done = std::move(done)] {});
    }),
                 std::runtime_error);
    sleep_on(*environment, 1ms);  // and it still works
}

TEST(Runtime, ends_cleanly_with_work_under_way) {
    for (int i = 0; i < 20; ++i) {
        auto const environment = make_system_environment();
        std::unique_ptr<Timer> timer;
        environment->block_on([&](Environment::Completion done) {
            timer = environment->make_timer();
            timer->arm(environment->now() + 1h, [] {});
            environment->resolve("localhost", [](error_code, std::vector<std::string>) {});
            done();
        });
        environment->block_on([&](Environment::Completion done) {
            timer.reset();
            done();
        });
    }
}

TEST(Runtime, the_last_owner_may_go_on_its_own_thread) {
    for (int i = 0; i < 20; ++i) {
        std::promise<void> handler_is_last;
        std::promise<void> gone;
        auto environment = make_system_environment();
        environment->post([owner = environment, &handler_is_last, &gone]() mutable {
            handler_is_last.get_future().wait();
            owner.reset();
            gone.set_value();
        });
        environment.reset();
        handler_is_last.set_value();
        EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
    }
}

/// A server in a thread of its own that sends back what it reads.
class EchoServer {
public:
    EchoServer() : thread_([this] { serve(); }) {}
    ~EchoServer() {
        error_code ignored;
        asio::ip::tcp::socket(context_).connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }
    Endpoint endpoint() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }

private:
    void serve() {
        auto peer = acceptor_.accept();
        std::string buffer(1u << 20, '\0');
        error_code ec;
        for (;;) {
            std::size_t const size = peer.read_some(asio::buffer(buffer), ec);
            if (ec) {
                return;
            }
            asio::write(peer, asio::buffer(buffer, size), ec);
        }
    }

    asio::io_context context_;
    asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
    std::thread thread_;
};

class RuntimeStream : public testing::Test {
protected:
    void SetUp() override {
        environment->block_on([&](Environment::Completion done) {
            ConnectOptions options;
            options.deadline = environment->now() + 5s;
            environment->connect(server.endpoint(), options,
                                 [&, done = std::move(done)](
                                     error_code ec, std::unique_ptr<ByteStream> made) mutable {
                                     EXPECT_FALSE(ec) << ec.message();
                                     stream = std::move(made);
                                     done();
                                 });
        });
        ASSERT_NE(stream, nullptr);
    }
    void TearDown() override {
        environment->block_on([&](Environment::Completion done) {
            stream.reset();
            done();
        });
    }

    EchoServer server;
    std::shared_ptr<Environment> environment = make_system_environment();
    std::unique_ptr<ByteStream> stream;
};

TEST_F(RuntimeStream, carries_small_and_large_messages) {
    for (std::size_t const size : {1u, 100u, 20u << 20, 5u}) {
        std::string const sent(size, 'x');
        std::string received;
        std::string buffer(1u << 20, '\0');
        bool written = false;
        std::function<void()> read;
        Environment::Completion completion;
        auto const finish_when_both_are_through = [&] {
            if (written && received.size() == sent.size()) {
                completion();
            }
        };
        read = [&] {
            stream->read_some(asio::buffer(buffer), [&](error_code ec, std::size_t n) {
                EXPECT_FALSE(ec);
                received.append(buffer, 0, n);
                if (received.size() < sent.size()) {
                    read();
                } else {
                    finish_when_both_are_through();
                }
            });
        };
        environment->block_on([&](Environment::Completion done) {
            completion = std::move(done);
            stream->write(asio::buffer(sent), [&](error_code ec, std::size_t n) {
                EXPECT_FALSE(ec);
                EXPECT_EQ(n, sent.size());
                written = true;
                finish_when_both_are_through();
            });
            EXPECT_FALSE(written) << "completed inside the initiating call";
            read();
        });
        EXPECT_EQ(received, sent);
    }
}

TEST_F(RuntimeStream, a_finished_write_is_not_delivered_after_close) {
    bool called = false;
    environment->block_on([&](Environment::Completion done) {
        stream->write(asio::buffer("x", 1), [&](error_code, std::size_t) { called = true; });
        stream->close();
        environment->post([done = std::move(done)]() mutable { done(); });
    });
    EXPECT_FALSE(called);
}

TEST(Runtime, posted_work_never_runs_inside_the_call_and_keeps_its_order) {
    auto const environment = make_system_environment();
    std::string order;
    environment->block_on([&](Environment::Completion done) {
        environment->post([&, done = std::move(done)]() mutable {
            order += 'b';
            environment->post([&, done = std::move(done)]() mutable {
                order += 'd';
                done();
            });
            order += 'c';
        });
        order += 'a';
    });
    EXPECT_EQ(order, "abcd");
}

TEST(BlockOn, waits_for_a_context_that_another_thread_runs) {
    asio::io_context context;
    auto const guard = asio::make_work_guard(context);
    auto const environment = system_environment(context.get_executor());
    std::thread thread([&] { context.run(); });
    sleep_on(*environment, 1ms);
    std::promise<bool> refused;
    environment->post([&] {
        try {
            environment->block_on([](Environment::Completion done) { done(); });
            refused.set_value(false);
        } catch (std::logic_error const&) {
            refused.set_value(true);
        }
    });
    EXPECT_TRUE(refused.get_future().get());
    EXPECT_THROW(environment->block_on([](Environment::Completion) {}), std::runtime_error);
    context.stop();
    thread.join();
}

}  // namespace
}  // namespace keyslot::io
