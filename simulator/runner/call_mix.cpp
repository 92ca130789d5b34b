#include "simulator/runner/call_mix.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr std::uint64_t batch_size_max = 8;
constexpr std::uint64_t pop_ms_min = 10, pop_ms_max = 200;
constexpr std::string_view count_script = "return redis.call('INCR', KEYS[1])";

struct Share {
    std::uint32_t Mix::* share;
    std::string_view kind;
};
// Those that came later stand behind: scenarios without them draw as they always did.
constexpr std::array<Share, 16> shares{{{&Mix::get, "get"},
                                        {&Mix::set, "set"},
                                        {&Mix::getset, "getset"},
                                        {&Mix::del, "del"},
                                        {&Mix::incr, "incr"},
                                        {&Mix::append, "append"},
                                        {&Mix::mget, "mget"},
                                        {&Mix::mset, "mset"},
                                        {&Mix::script, "script"},
                                        {&Mix::push, "push"},
                                        {&Mix::pop, "pop"},
                                        {&Mix::batch, "batch"},
                                        {&Mix::multi, "multi"},
                                        {&Mix::watch, "watch"},
                                        {&Mix::publish, "publish"},
                                        {&Mix::spublish, "spublish"}}};
constexpr std::size_t single_commands = 11;

std::uint64_t sum(Mix const& mix, std::span<Share const> of) {
    std::uint64_t all = 0;
    for (Share const& share : of) {
        all += mix.*share.share;
    }
    return all;
}

std::string_view draw(Mix const& mix, std::span<Share const> from, Random& random) {
    std::uint64_t draw = random.below(sum(mix, from));
    for (Share const& share : from) {
        if (draw < mix.*share.share) {
            return share.kind;
        }
        draw -= mix.*share.share;
    }
    return "get";  // not reached: draw < all
}

}  // namespace

std::string_view CallMix::draw_kind() { return draw(workload_->mix, shares, random_); }

// Nothing waits inside a pipeline.
std::string_view CallMix::draw_plain_kind() {
    std::span const plain = std::span(shares).first(single_commands - 1);
    return sum(workload_->mix, plain) == 0 ? "get" : draw(workload_->mix, plain, random_);
}

std::string CallMix::draw_number() {
    bool const is_hot = workload_->hot > 0 && random_.chance(workload_->hot, 1000);
    std::uint64_t const key = is_hot ? 1 : random_.below(workload_->keys) + 1;
    return workload_->hash_tags == 0
               ? std::to_string(key)
               : '{' + std::to_string(key % workload_->hash_tags + 1) + "}:" + std::to_string(key);
}

std::string CallMix::topic(Workload const& workload, bool of_shard, std::uint64_t number) {
    std::string const name = std::to_string(number);
    if (!of_shard) {
        return "news:" + name;
    }
    return workload.hash_tags == 0
               ? "shard:{user:" + name + '}'
               : "shard:{" + std::to_string(number % workload.hash_tags + 1) + "}:" + name;
}

std::string CallMix::unique_value(std::string_view key) {
    std::string value = std::string(key) + '/' + std::to_string(++*values_);
    value.resize(std::max<std::size_t>(value.size(), workload_->value_size), '.');
    return value;
}

CallMix::Words CallMix::draw_message(bool of_shard) {
    std::string const channel =
        topic(*workload_, of_shard, random_.below(workload_->subscribers.topics) + 1);
    return {of_shard ? "SPUBLISH" : "PUBLISH", channel, unique_value(channel)};
}

CallMix::Words CallMix::draw_call(std::string_view kind) {
    if (kind == "publish" || kind == "spublish") {
        return draw_message(kind == "spublish");
    }
    std::string const number = draw_number();
    std::string const user = "user:" + number;
    std::string const pair =
        "pair:" + (workload_->hash_tags == 0 ? '{' + number + '}' : number) + ':';
    if (kind == "get") {
        return {"GET", user};
    }
    if (kind == "set") {
        return {"SET", user, unique_value(user)};
    }
    if (kind == "getset") {
        return {"SET", user, unique_value(user), "GET"};
    }
    if (kind == "del") {
        return {"DEL", user};
    }
    if (kind == "incr") {
        return {"INCR", "counter:" + number};
    }
    if (kind == "append") {
        return {"APPEND", "log:" + number, unique_value("log:" + number)};
    }
    if (kind == "mget") {
        return {"MGET", pair + 'a', pair + 'b'};
    }
    if (kind == "script") {  // the last word tells it from all others
        std::string const key = "scripted:" + number;
        return {"EVAL", std::string(count_script), "1", key, unique_value(key)};
    }
    if (kind == "push") {
        return {"RPUSH", "queue:" + number, unique_value("queue:" + number)};
    }
    if (kind == "pop") {
        std::uint64_t const ms = pop_ms_min + random_.below(pop_ms_max - pop_ms_min + 1);
        std::string const padded = std::to_string(1000 + ms);
        return {"BLPOP", "queue:" + number, "0." + padded.substr(1)};
    }
    std::string const a = unique_value(pair + 'a');
    std::string const b = unique_value(pair + 'b');
    return {"MSET", pair + 'a', a, pair + 'b', b};
}

std::vector<CallMix::Words> CallMix::draw_batch() {
    std::string const one = "chain:" + draw_number();
    std::string const other = "chain:" + draw_number();
    std::vector<Words> calls;
    for (std::uint64_t left = 2 + random_.below(batch_size_max - 1); left > 0; --left) {
        switch (random_.below(4)) {
            case 0: calls.push_back({"SET", one, unique_value(one)}); break;
            case 1: calls.push_back({"SET", other, unique_value(other)}); break;
            case 2: calls.push_back({"GET", left % 2 == 0 ? one : other}); break;
            default: calls.push_back(draw_call(draw_plain_kind()));
        }
    }
    return calls;
}

std::vector<CallMix::Words> CallMix::draw_transaction() {
    std::string const number = draw_number();
    std::string const unit =
        "unit:" + (workload_->hash_tags == 0 ? '{' + number + '}' : number) + ':';
    std::vector<Words> calls;
    calls.push_back({"SET", unit + 'a', unique_value(unit + 'a')});
    calls.push_back({"INCR", unit + 'n'});
    if (random_.chance(1, 2)) {
        calls.push_back({"GET", unit + 'a'});
    }
    calls.push_back({"SET", unit + 'b', unique_value(unit + 'b')});
    return calls;
}

std::string CallMix::draw_tally() { return "tally:" + draw_number(); }

std::string const& key_of(CallMix::Words const& words) {
    return words.at(words.front() == "EVAL" ? 3 : 1);
}

}  // namespace keyslot::sim
