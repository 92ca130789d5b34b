#include "bench/count_allocations.hpp"
#include "client/protocol/command_table.hpp"
#include "client/protocol/hash_slot.hpp"
#include "client/protocol/request_parser.hpp"
#include "client/protocol/resp_parser.hpp"
#include "client/protocol/resp_writer.hpp"

#include <benchmark/benchmark.h>
#include <hiredis/hiredis.h>

#include <string>

// What the protocol layer costs, beside hiredis in the same run. Ratios hold from machine to
// machine, the nanoseconds do not.

namespace {

using namespace keyslot;
using namespace keyslot::protocol;

std::string bulk_of(std::size_t bytes) {
    std::string reply;
    RespWriter(reply).bulk(std::string(bytes, 'v'));
    return reply;
}

std::string array_of_bulks(std::size_t elements, std::size_t bytes) {
    std::string reply;
    RespWriter writer(reply);
    writer.array(elements);
    for (std::size_t n = 0; n < elements; ++n) {
        writer.bulk(std::string(bytes, 'v'));
    }
    return reply;
}

std::string document(int kind) {
    switch (kind) {
        case 0: return bulk_of(16);
        case 1: return array_of_bulks(100, 16);
        case 2: return bulk_of(64 * 1024);
        case 3: return ":1234\r\n";
        default: return "+OK\r\n";
    }
}

void name(benchmark::State& state) {
    constexpr char const* names[] = {"$16", "*100 x $16", "$65536", ":1234", "+OK"};
    state.SetLabel(names[state.range(0)]);
}

void parse_view(benchmark::State& state) {
    std::string const input = document(static_cast<int>(state.range(0)));
    RespParser parser;
    parser.parse(input);
    bench::CountAllocations const count(state);
    for (auto _ : state) {
        std::string_view view = input;
        benchmark::DoNotOptimize(view);
        benchmark::DoNotOptimize(parser.parse(view));
        benchmark::DoNotOptimize(parser.reply());
    }
    count.report();
    name(state);
}
BENCHMARK(parse_view)->DenseRange(0, 4);

void parse_owned(benchmark::State& state) {
    std::string const input = document(static_cast<int>(state.range(0)));
    RespParser parser;
    parser.parse(input);
    bench::CountAllocations const count(state);
    for (auto _ : state) {
        std::string_view view = input;
        benchmark::DoNotOptimize(view);
        parser.parse(view);
        Reply reply(parser.reply());
        benchmark::DoNotOptimize(reply);
    }
    count.report();
    name(state);
}
BENCHMARK(parse_owned)->DenseRange(0, 4);

void parse_hiredis(benchmark::State& state) {
    std::string const input = document(static_cast<int>(state.range(0)));
    redisReader* reader = redisReaderCreate();
    for (auto _ : state) {
        void* reply = nullptr;
        redisReaderFeed(reader, input.data(), input.size());
        redisReaderGetReply(reader, &reply);
        benchmark::DoNotOptimize(reply);
        freeReplyObject(reply);
    }
    redisReaderFree(reader);
    name(state);
}
BENCHMARK(parse_hiredis)->DenseRange(0, 4);

void encode_set(benchmark::State& state) {
    std::string const key(16, 'k'), value(16, 'v');
    std::string out;
    for (auto _ : state) {
        out.clear();
        write_command(out, {"SET", key, value});
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(encode_set);

void encode_set_hiredis(benchmark::State& state) {
    std::string const key(16, 'k'), value(16, 'v');
    char const* words[] = {"SET", key.data(), value.data()};
    std::size_t const lengths[] = {3, key.size(), value.size()};
    for (auto _ : state) {
        char* command = nullptr;
        benchmark::DoNotOptimize(redisFormatCommandArgv(&command, 3, words, lengths));
        redisFreeCommand(command);
    }
}
BENCHMARK(encode_set_hiredis);

void request_parse_set(benchmark::State& state) {
    std::string command;
    write_command(command, {"SET", std::string(16, 'k'), std::string(16, 'v')});
    RequestParser parser;
    for (auto _ : state) {
        std::string_view view = command;
        benchmark::DoNotOptimize(view);
        parser.parse(view);
        benchmark::DoNotOptimize(parser.arguments());
    }
}
BENCHMARK(request_parse_set);

void slot_of_key(benchmark::State& state) {
    std::string const key(static_cast<std::size_t>(state.range(0)), 'k');
    for (auto _ : state) {
        std::string_view view = key;
        benchmark::DoNotOptimize(view);
        benchmark::DoNotOptimize(hash_slot(view));
    }
}
BENCHMARK(slot_of_key)->Arg(8)->Arg(16)->Arg(32)->Arg(64)->Arg(256);

void slot_of_tagged_key(benchmark::State& state) {
    std::string const key = "{user:1000}:followers";
    for (auto _ : state) {
        std::string_view view = key;
        benchmark::DoNotOptimize(view);
        benchmark::DoNotOptimize(hash_slot(view));
    }
}
BENCHMARK(slot_of_tagged_key);

void find_command_by_name(benchmark::State& state) {
    constexpr std::string_view names[] = {"GET", "zunionstore", "GEORADIUSBYMEMBER_RO",
                                          "nosuchcommand"};
    std::string_view const command = names[state.range(0)];
    for (auto _ : state) {
        std::string_view view = command;
        benchmark::DoNotOptimize(view);
        benchmark::DoNotOptimize(find_command(view));
    }
    state.SetLabel(std::string(command));
}
BENCHMARK(find_command_by_name)->DenseRange(0, 3);

void slot_of_mget(benchmark::State& state) {
    std::vector<std::string_view> arguments(static_cast<std::size_t>(state.range(0)) + 1,
                                            "{user:1}:a");
    arguments[0] = "MGET";
    for (auto _ : state) {
        benchmark::DoNotOptimize(slot_of_command(arguments));
    }
}
BENCHMARK(slot_of_mget)->Arg(1)->Arg(10);

void slot_of_get(benchmark::State& state) {
    std::string_view const arguments[] = {"GET", "0123456789abcdef"};
    for (auto _ : state) {
        benchmark::DoNotOptimize(slot_of_command(arguments));
    }
}
BENCHMARK(slot_of_get);

}  // namespace
