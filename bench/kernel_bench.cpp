// What the simulator's machinery costs by itself: events, wake-ups of coroutines, streams.
#include "simulator/kernel/kernel_executor.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/network/environment.hpp"
#include "simulator/network/network.hpp"

#include <benchmark/benchmark.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <memory>
#include <string>

namespace {

namespace asio = boost::asio;
using namespace keyslot;
using namespace keyslot::sim;
using namespace std::chrono_literals;

/// Schedules its next event when one runs.
struct Ticker {
    void tick() {
        kernel->schedule(
            kernel->now() + Duration{1 + static_cast<std::int64_t>(random.next() & 1023)}, {},
            [this] { tick(); });
    }
    Kernel* kernel;
    Random random;
};

void events(benchmark::State& state) {
    Kernel kernel;
    std::vector<Ticker> tickers;
    for (std::int64_t n = 0; n < state.range(0); ++n) {
        tickers.push_back({&kernel, Random{static_cast<std::uint64_t>(n)}});
    }
    for (Ticker& ticker : tickers) {
        ticker.tick();
    }
    Instant const begin = kernel.now();
    std::int64_t const span = 512 * 100 / state.range(0) + 1;
    Instant until = begin;
    std::uint64_t const before = kernel.events();
    for (auto _ : state) {
        until += Duration{span * 10};
        kernel.run_until(until);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(kernel.events() - before));
}
BENCHMARK(events)->Arg(10)->Arg(1000)->Arg(100'000);

void posts(benchmark::State& state) {
    Kernel kernel;
    std::uint64_t left = 0;
    struct Again {
        void operator()() const {
            if ((*left)-- > 0) {
                kernel->schedule(kernel->now(), {}, *this);
            }
        }
        Kernel* kernel;
        std::uint64_t* left;
    };
    for (auto _ : state) {
        left = 1000;
        kernel.schedule(kernel.now(), {}, Again{&kernel, &left});
        kernel.run_until(kernel.now());
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(posts);

void schedule_and_cancel(benchmark::State& state) {
    Kernel kernel;
    for (auto _ : state) {
        kernel.cancel(kernel.schedule(kernel.now() + 5s, {}, [] {}));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(schedule_and_cancel);

asio::awaitable<void> wake_up(std::int64_t times) {
    auto const executor = co_await asio::this_coro::executor;
    for (std::int64_t n = 0; n < times; ++n) {
        co_await asio::post(executor, asio::use_awaitable);
    }
}

void coroutine_wake_ups(benchmark::State& state) {
    Kernel kernel;
    for (auto _ : state) {
        asio::co_spawn(kernel.executor(world_actor), wake_up(1000), asio::detached);
        kernel.run_until(kernel.now());
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(coroutine_wake_ups);

/// Sends back what it gets.
struct Echo final : Acceptor, StreamReceiver {
    void on_accept(StreamEnd accepted, Endpoint const&) override {
        end = std::move(accepted);
        end.receive_with(*this);
    }
    std::size_t on_bytes(std::string_view bytes) override {
        end.send(bytes);
        return bytes.size();
    }
    void on_end(error_code) override {}
    StreamEnd end;
};

/// One question and one answer at a time, by the seam's ByteStream: three events.
void stream_round_trips(benchmark::State& state) {
    Kernel kernel;
    Network network{kernel, Random{1}};
    HostId const app = network.add_host({.name = "app", .ip = "10.1.0.1"});
    HostId const node = network.add_host({.name = "node", .ip = "10.0.0.1"});
    SimEnvironment environment{network, app, Random{2}};
    Echo echo;
    network.listen(node, {"10.0.0.1", 7000}, echo);
    std::unique_ptr<ByteStream> stream;
    environment.connect({"10.0.0.1", 7000}, {}, [&](error_code, std::unique_ptr<ByteStream> made) {
        stream = std::move(made);
    });
    kernel.run_until(kernel.now() + 1ms);

    std::string const question(static_cast<std::size_t>(state.range(0)), 'x');
    std::vector<char> answer(65536);
    std::size_t received = 0;
    struct Reader {
        void go() {
            stream.read_some(asio::buffer(into), [this](error_code, std::size_t size) {
                received += size;
                if (received < expected) {
                    go();
                }
            });
        }
        ByteStream& stream;
        std::vector<char>& into;
        std::size_t& received;
        std::size_t expected;
    } reader{*stream, answer, received, question.size()};
    for (auto _ : state) {
        received = 0;
        reader.go();
        stream->write(asio::buffer(question), [](error_code, std::size_t) {});
        kernel.run_until(kernel.now() + 200us);
        if (received != question.size()) {
            state.SkipWithError("the echo is not there");
        }
    }
    state.SetItemsProcessed(state.iterations());
    stream.reset();
    echo.end.close();
}
BENCHMARK(stream_round_trips)->Arg(50)->Arg(4096)->Arg(65536);

void payload_hash(benchmark::State& state) {
    std::string const bytes(static_cast<std::size_t>(state.range(0)), 'x');
    for (auto _ : state) {
        benchmark::DoNotOptimize(hash_bytes(bytes));
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(payload_hash)->Arg(50)->Arg(65536);

}  // namespace
