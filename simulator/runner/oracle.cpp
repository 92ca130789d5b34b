#include "simulator/runner/oracle.hpp"

#include "simulator/faults/values.hpp"
#include "simulator/runner/value_rules.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
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

// Joined so that no two lists of words look alike.
template <class Words>
std::string group_key(Words const& words) {
    std::string key;
    for (auto const& word : words) {
        key += std::to_string(word.size());
        key += ':';
        key += word;
    }
    return key;
}

struct Group {
    std::vector<std::size_t> calls;
    std::vector<ExecutionRecord const*> executions;  // in time order, as in the log
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
        std::vector<Window> windows, std::vector<ExecutionRecord const*> const& executions,
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
            if (call.ended && call.ok) {
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
    // An ordered map: violations come in the same order on every machine.
    std::map<std::string, Group> groups;
    for (std::size_t number = 0; number < history.calls().size(); ++number) {
        groups[group_key(history.calls()[number].words)].calls.push_back(number);
    }
    for (ExecutionRecord const& execution : executions) {
        if (execution.from_replication || execution.session == 0) {
            continue;
        }
        // What no client of this history sent (operators, nodes among themselves) is not its
        // concern.
        if (auto const group = groups.find(group_key(execution.arguments)); group != groups.end()) {
            group->second.executions.push_back(&execution);
        }
    }
    for (std::vector<std::string> const& words : misled) {
        groups.erase(group_key(words));
    }
    std::vector<Violation> violations;
    ExecutionJudge judge{history, violations};
    for (auto const& [words, group] : groups) {
        judge.judge(group);
    }
    judge_values(history, misled, violations);
    std::sort(violations.begin(), violations.end(), [](Violation const& a, Violation const& b) {
        return std::tie(a.call, a.rule, a.what) < std::tie(b.call, b.rule, b.what);
    });
    return violations;
}

std::vector<Violation> judge_liveness(History const& history, Duration call_timeout) {
    std::vector<Violation> violations;
    for (std::size_t number = 0; number < history.calls().size(); ++number) {
        CallRecord const& call = history.calls()[number];
        if (!call.ended) {
            violations.push_back(
                {rules::settles, "never ended: " + describe_call(history, number), number});
        } else if (*call.ended - call.started > call_timeout + deadline_slack) {
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
