#include "simulator/runner/value_rules.hpp"

#include "client/protocol/command_table.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace keyslot::sim {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

bool may_have_run(CallRecord const& call) {
    return !call.ended || call.ok || call.outcome != Outcome::not_executed;
}

/// Who wrote what, as far as the history tells.
class Writes {
public:
    explicit Writes(History const& history) {
        for (CallRecord const& call : history.calls()) {
            if (may_have_run(call)) {
                note(call);
            }
        }
    }

    bool is_opaque(std::string_view key) const { return opaque_.contains(key); }
    bool is_counter_tainted(std::string_view key) const {
        return is_opaque(key) || values_.contains(key) || repeated_.contains(key);
    }

    /// Some call that began by then may have written that value to that key.
    bool was_written(std::string_view key, std::string_view value, Instant by) const {
        auto const of_key = values_.find(key);
        if (of_key == values_.end()) {
            return false;
        }
        auto const written = of_key->second.find(value);
        return written != of_key->second.end() && written->second <= by;
    }

    /// How many calls that count the key up, or down, began by then.
    std::int64_t steps(std::string_view key, Instant by) const {
        auto const found = steps_.find(key);
        return found == steps_.end()
                   ? 0
                   : std::upper_bound(found->second.begin(), found->second.end(), by) -
                         found->second.begin();
    }

private:
    void note(CallRecord const& call) {
        std::string const name = lower(call.words.front());
        auto const& words = call.words;
        if ((name == "set" || name == "getset") && words.size() >= 3) {
            write(words[1], words[2], call.started);
        } else if (name == "mset") {
            for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
                write(words[i], words[i + 1], call.started);
            }
        } else if ((name == "incr" || name == "decr") && words.size() >= 2) {
            steps_[words[1]].push_back(call.started);
            if (call.repeatable) {
                repeated_.insert(words[1]);
            }
        } else if (name == "rpush") {
            for (std::size_t i = 2; i < words.size(); ++i) {
                write(words[1], words[i], call.started);
            }
        } else if (name == "eval") {
            steps_[words.at(3)].push_back(call.started);
            if (call.repeatable) {
                repeated_.insert(words[3]);
            }
        } else if (name != "del" && name != "blpop" && name != "watch") {
            taint(call);
        }
    }

    void write(std::string const& key, std::string const& value, Instant at) {
        values_[key].try_emplace(value, at);  // the first to begin: the history is in that order
    }

    void taint(CallRecord const& call) {
        std::vector<std::string_view> const words(call.words.begin(), call.words.end());
        protocol::CommandInfo const* const info = protocol::lookup_command(words);
        if (info == nullptr || (info->flags & protocol::flag_readonly) != 0) {
            return;
        }
        std::vector<std::uint32_t> positions;
        if (protocol::key_positions(*info, words, positions)) {
            for (std::uint32_t const position : positions) {
                opaque_.insert(call.words[position]);
            }
        }
    }

    std::map<std::string, std::map<std::string, Instant, std::less<>>, std::less<>> values_;
    std::map<std::string, std::vector<Instant>, std::less<>> steps_;
    std::set<std::string, std::less<>> opaque_;    // written by commands not modelled here
    std::set<std::string, std::less<>> repeated_;  // counted by calls that may run twice
};

class ValueJudge {
public:
    ValueJudge(History const& history, std::vector<Violation>& violations)
        : history_(&history), violations_(&violations), writes_(history) {}

    void judge(std::size_t number) {
        CallRecord const& call = history_->calls()[number];
        if (!call.ended || !call.ok) {
            return;
        }
        std::string const name = lower(call.words.front());
        auto const& words = call.words;
        if (name == "get" || name == "getset" || (name == "set" && asks_for_old(words))) {
            judge_read(number, words.at(1), call.reply.view());
        } else if (name == "set" || name == "mset") {
            expect(number,
                   call.reply.type() == ReplyType::simple_string && call.reply.text() == "OK");
        } else if (name == "mget") {
            judge_mget(number, call);
        } else if (name == "del") {
            expect_integer(number, call, 0, static_cast<std::int64_t>(words.size()) - 1);
        } else if (name == "append") {
            expect_integer(number, call, static_cast<std::int64_t>(words.at(2).size()),
                           std::numeric_limits<std::int64_t>::max());
        } else if (name == "incr" || name == "decr") {
            judge_count(number, call, words.at(1), name == "incr");
        } else if (name == "eval") {
            judge_count(number, call, words.at(3), true);
        } else if (name == "rpush") {
            expect_integer(number, call, std::ssize(words) - 2,
                           std::numeric_limits<std::int64_t>::max());
        } else if (name == "publish" || name == "spublish") {
            expect_integer(number, call, 0, std::numeric_limits<std::int64_t>::max());
        } else if (name == "blpop") {
            judge_pop(number, call);
        }
    }

private:
    static bool asks_for_old(std::vector<std::string> const& words) {
        return std::any_of(words.begin() + std::min<std::ptrdiff_t>(3, std::ssize(words)),
                           words.end(),
                           [](std::string const& word) { return lower(word) == "get"; });
    }

    void judge_mget(std::size_t number, CallRecord const& call) {
        bool const fits =
            call.reply.type() == ReplyType::array && call.reply.size() == call.words.size() - 1;
        expect(number, fits);
        for (std::size_t i = 0; fits && i < call.reply.size(); ++i) {
            judge_read(number, call.words[i + 1], call.reply[i]);
        }
    }

    void judge_read(std::size_t number, std::string const& key, ReplyView reply) {
        if (reply.is_null()) {
            return;  // never written, deleted, or lost by Redis
        }
        if (reply.type() != ReplyType::bulk_string) {
            expect(number, false);
            return;
        }
        if (!writes_.is_opaque(key) &&
            !writes_.was_written(key, reply.text(), *history_->calls()[number].ended)) {
            blame(rules::value_was_written, number,
                  "'" + std::string(reply.text().substr(0, 60)) + "' was never written to '" + key +
                      "'");
        }
    }

    void judge_pop(std::size_t number, CallRecord const& call) {
        ReplyView const reply = call.reply.view();
        if (reply.is_null()) {
            return;
        }
        bool const fits = reply.type() == ReplyType::array && reply.size() == 2 &&
                          reply[0].type() == ReplyType::bulk_string &&
                          reply[0].text() == call.words.at(1) && !reply[1].is_null();
        expect(number, fits);
        if (fits) {
            judge_read(number, call.words[1], reply[1]);
        }
    }

    void judge_count(std::size_t number, CallRecord const& call, std::string const& key, bool up) {
        auto const value =
            call.reply.type() == ReplyType::integer ? call.reply.as_integer() : std::nullopt;
        expect(number, value.has_value());
        if (value && !writes_.is_counter_tainted(key)) {
            std::int64_t const steps = writes_.steps(key, *call.ended);
            expect(number, up ? *value <= steps : *value >= -steps);
        }
    }

    void expect_integer(std::size_t number, CallRecord const& call, std::int64_t low,
                        std::int64_t high) {
        auto const value =
            call.reply.type() == ReplyType::integer ? call.reply.as_integer() : std::nullopt;
        expect(number, value && *value >= low && *value <= high);
    }

    void expect(std::size_t number, bool fits) {
        if (!fits) {
            blame(rules::reply_matches, number,
                  "the reply '" + to_string(history_->calls()[number].reply.view()).substr(0, 60) +
                      "' cannot be to this call");
        }
    }

    void blame(std::string_view rule, std::size_t number, std::string const& what) {
        violations_->push_back({rule, what + ": " + describe_call(*history_, number), number});
    }

    History const* history_;
    std::vector<Violation>* violations_;
    Writes writes_;
};

}  // namespace

void judge_values(History const& history, std::vector<std::vector<std::string>> const& misled,
                  std::vector<Violation>& violations) {
    std::set<std::string, std::less<>> unsure;  // keys, and other words: no matter
    for (std::vector<std::string> const& words : misled) {
        unsure.insert(words.begin() + std::min<std::ptrdiff_t>(1, std::ssize(words)), words.end());
    }
    auto const is_sure = [&](CallRecord const& call) {
        return std::none_of(call.words.begin() + 1, call.words.end(),
                            [&](std::string const& word) { return unsure.contains(word); });
    };
    ValueJudge judge{history, violations};
    for (std::size_t number = 0; number < history.calls().size(); ++number) {
        if (is_sure(history.calls()[number])) {
            judge.judge(number);
        }
    }
}

}  // namespace keyslot::sim
