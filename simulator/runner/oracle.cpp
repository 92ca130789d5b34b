#include "simulator/runner/oracle.hpp"

#include "client/protocol/block_time.hpp"
#include "client/protocol/command_table.hpp"
#include "simulator/faults/values.hpp"
#include "simulator/runner/call_index.hpp"
#include "simulator/runner/queue_rules.hpp"
#include "simulator/runner/unit_rules.hpp"
#include "simulator/runner/value_rules.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <span>
#include <tuple>

namespace keyslot::sim {
namespace {

// More than any timer of the client is late in simulated time.
constexpr std::chrono::milliseconds deadline_slack{100};
constexpr std::size_t violations_max = 100;
constexpr Instant never = Instant::max();

std::string time_text(Instant at) { return print_duration(at.time_since_epoch()); }

template <class Words>
std::string shortened(Words const& words) {
    constexpr std::size_t length_max = 80;
    std::string text;
    for (auto const& word : words) {
        if (!text.empty()) {
            text += ' ';
        }
        text += word;
        if (text.size() > length_max) {
            text.resize(length_max);
            text += "...";
            break;
        }
    }
    return text;
}

/// All that was called and executed in the same words.
struct Group {
    std::span<std::size_t const> calls;
    std::span<ExecutionRecord const* const> executions;  // in time order, as in the log
};

// When executions of the call may have happened.
struct Window {
    std::size_t call = 0;
    Instant from, to;
};

bool may_have_run(CallRecord const& call) {
    return !call.ended || call.ok || call.outcome != Outcome::not_executed;
}

bool surely_settled(CallRecord const& call) {
    return call.ended && (call.ok || call.outcome == Outcome::executed);
}

// The client itself may find that the time of a blocking pop is over.
bool needs_execution(CallRecord const& call) {
    return call.ended && call.ok && !(call.words.front() == "BLPOP" && call.reply.view().is_null());
}

class ExecutionJudge {
public:
    ExecutionJudge(History const& history, std::vector<Violation>& violations)
        : history_(&history), violations_(&violations) {}

    void judge(Group const& group) {
        judge_executions(group);
        judge_acknowledgements(group);
    }

private:
    // Each execution takes the open window that closes first: if any assignment explains them all,
    // this one does.
    void judge_executions(Group const& group) {
        std::vector<Window> windows;
        Instant repeatable_from = never;
        for (std::size_t const number : group.calls) {
            CallRecord const& call = history_->calls()[number];
            if (!may_have_run(call)) {
                continue;
            }
            if (call.repeatable) {  // as often as it likes, and a copy in some buffer may run late
                repeatable_from = std::min(repeatable_from, call.started);
            } else {
                windows.push_back(
                    {number, call.started, surely_settled(call) ? *call.ended : never});
            }
        }
        auto const next = assign(std::move(windows), group.executions, repeatable_from);
        for (ExecutionRecord const* const execution : next) {
            std::string what = "node-" + std::to_string(execution->node + 1) + " executed '" +
                               shortened(execution->arguments) + "' at " +
                               time_text(execution->at) + ", once more than the calls allow:";
            for (std::size_t const number : group.calls) {
                what += ' ' + describe_call(*history_, number) + ';';
            }
            blame(rules::executed_once, std::move(what), group.calls.front());
        }
    }

    // Returns the executions that no window explains.
    static std::vector<ExecutionRecord const*> assign(
        std::vector<Window> windows, std::span<ExecutionRecord const* const> executions,
        Instant repeatable_from) {
        std::sort(windows.begin(), windows.end(),
                  [](Window const& a, Window const& b) { return a.from < b.from; });
        std::vector<ExecutionRecord const*> unexplained;
        std::multiset<Instant> open;  // by when they close
        auto next = windows.begin();
        for (ExecutionRecord const* const execution : executions) {
            while (next != windows.end() && next->from <= execution->at) {
                open.insert((next++)->to);
            }
            while (!open.empty() && *open.begin() < execution->at) {
                open.erase(open.begin());
            }
            if (!open.empty()) {
                open.erase(open.begin());
            } else if (execution->at < repeatable_from) {
                unexplained.push_back(execution);
            }
        }
        return unexplained;
    }

    // The other way round: each answered call needs an execution of its own.
    void judge_acknowledgements(Group const& group) {
        std::vector<Window> windows;
        for (std::size_t const number : group.calls) {
            CallRecord const& call = history_->calls()[number];
            if (needs_execution(call)) {
                windows.push_back({number, call.started, *call.ended});
            }
        }
        std::sort(windows.begin(), windows.end(),
                  [](Window const& a, Window const& b) { return a.from < b.from; });
        std::multimap<Instant, std::size_t> open;
        auto next = windows.begin();
        auto const expire = [&](Instant now) {
            for (; !open.empty() && open.begin()->first < now; open.erase(open.begin())) {
                std::size_t const number = open.begin()->second;
                blame(rules::acknowledged_ran,
                      "answered, but no node executed it in that time: " +
                          describe_call(*history_, number),
                      number);
            }
        };
        for (ExecutionRecord const* const execution : group.executions) {
            for (; next != windows.end() && next->from <= execution->at; ++next) {
                open.emplace(next->to, next->call);
            }
            expire(execution->at);
            if (!open.empty()) {
                open.erase(open.begin());
            }
        }
        for (; next != windows.end(); ++next) {
            open.emplace(next->to, next->call);
        }
        expire(never);
    }

    void blame(std::string_view rule, std::string what, std::size_t call) {
        if (violations_->size() < violations_max) {
            violations_->push_back({rule, std::move(what), call});
        }
    }

    History const* history_;
    std::vector<Violation>* violations_;
};

/// What is not judged: the words of misled requests, and of transactions that these belong to. Of EXEC
/// and its like nobody can tell to which.
std::set<std::string, std::less<>> unsure_words(
    History const& history, std::vector<std::vector<std::string>> const& misled) {
    std::set<std::string, std::less<>> unsure;
    if (misled.empty()) {
        return unsure;
    }
    bool any_transaction = false;
    for (std::vector<std::string> const& words : misled) {
        unsure.insert(group_key(words));
        any_transaction = any_transaction || words.front() == "MULTI" || words.front() == "EXEC";
    }
    for (UnitRecord const& unit : history.units()) {
        bool const is_unsure =
            unit.kind == UnitKind::transaction &&
            (any_transaction ||
             std::any_of(unit.calls.begin(), unit.calls.end(), [&](std::size_t number) {
                 return unsure.contains(group_key(history.calls()[number].words));
             }));
        for (std::size_t i = 0; is_unsure && i < unit.calls.size(); ++i) {
            unsure.insert(group_key(history.calls()[unit.calls[i]].words));
        }
    }
    return unsure;
}

Duration blocking_time(CallRecord const& call) {
    std::vector<std::string_view> const words(call.words.begin(), call.words.end());
    protocol::CommandInfo const* const info = protocol::lookup_command(words);
    auto const block = info != nullptr ? protocol::block_time(*info, words) : std::nullopt;
    return block && block->time ? Duration(*block->time) : Duration{};
}

}  // namespace

std::string describe_call(History const& history, std::size_t number) {
    CallRecord const& call = history.calls()[number];
    std::string text = "call " + std::to_string(number) + " '" + shortened(call.words) + "', " +
                       time_text(call.started) + " to ";
    text += call.ended ? time_text(*call.ended) : "the end, still pending";
    if (call.ended) {
        text += call.ok ? ", answered" : ", " + call.error;
    }
    return text;
}

std::vector<Violation> judge_safety(History const& history, ExecutionLog const& executions,
                                    std::vector<std::vector<std::string>> const& misled) {
    CallIndex const index{history};
    std::vector<std::vector<ExecutionRecord const*>> executions_of(index.size());
    for (ExecutionRecord const& execution : executions) {
        if (execution.from_replication || execution.session == 0) {
            continue;
        }
        // What no client of this history sent (operators, nodes among themselves) is not its
        // concern.
        if (auto const group = index.find(execution.arguments)) {
            executions_of[*group].push_back(&execution);
        }
    }
    std::vector<bool> const misled_by_call = misled_calls(history, misled);
    auto const is_misled = [&](std::size_t number) { return misled_by_call[number]; };
    std::vector<Violation> violations;
    ExecutionJudge judge{history, violations};
    for (std::size_t number = 0; number < index.size(); ++number) {
        Group const group{index.calls(number), executions_of[number]};
        if (!is_misled(group.calls.front())) {
            judge.judge(group);
        }
    }
    std::vector<std::vector<std::string>> with_units = misled;
    for (UnitRecord const& unit : history.units()) {
        for (std::size_t const number : unit.calls) {
            if (is_misled(number)) {
                with_units.push_back(history.calls()[number].words);
            }
        }
    }
    judge_values(history, with_units, violations);
    judge_units(history, executions, is_misled, violations);
    judge_queues(history, executions, is_misled, violations);
    std::sort(violations.begin(), violations.end(), [](Violation const& a, Violation const& b) {
        return std::tie(a.call, a.rule, a.what) < std::tie(b.call, b.rule, b.what);
    });
    return violations;
}

std::vector<bool> misled_calls(History const& history,
                               std::vector<std::vector<std::string>> const& misled) {
    std::vector<bool> result(history.calls().size());
    std::set<std::string, std::less<>> const unsure = unsure_words(history, misled);
    for (std::size_t number = 0; !unsure.empty() && number < result.size(); ++number) {
        result[number] = unsure.contains(group_key(history.calls()[number].words));
    }
    return result;
}

std::vector<Violation> judge_liveness(History const& history, Duration call_timeout) {
    std::vector<Violation> violations;
    for (std::size_t number = 0; number < history.calls().size(); ++number) {
        CallRecord const& call = history.calls()[number];
        if (!call.ended) {
            violations.push_back(
                {rules::settles, "never ended: " + describe_call(history, number), number});
        } else if (call.let_go && *call.ended > *call.let_go) {
            violations.push_back(
                {rules::lets_go,
                 "let go at " + time_text(*call.let_go) +
                     ", and it did not end then: " + describe_call(history, number),
                 number});
        } else if (Duration const over = *call.ended - call.started - call_timeout - deadline_slack;
                   over > Duration{} && over > blocking_time(call)) {
            violations.push_back({rules::keeps_deadline,
                                  "took too long: " + describe_call(history, number), number});
        }
        if (violations.size() >= violations_max) {
            break;
        }
    }
    return violations;
}

}  // namespace keyslot::sim
