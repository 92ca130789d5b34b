#include "conformance/harness/judge.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

namespace keyslot::conformance {
namespace {

std::string milliseconds(Duration duration) {
    auto const whole = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    std::string const fraction = std::to_string(1000 + whole % 1000).substr(1);
    return std::to_string(whole / 1000) + "." + fraction + " ms";
}

std::string counted(std::size_t count, Bounds bounds) {
    return bounds.contain(count) ? "" : std::to_string(count) + " times, not " + to_string(bounds);
}

std::string describe(Pattern const& pattern) {
    return "'" + in_one_line(pattern.words) + "'" +
           (pattern.node.empty() ? "" : " at " + pattern.node);
}

Mark mark_of(std::string const& name, Evidence const& evidence) {
    auto const found = evidence.marks.find(name);
    return found == evidence.marks.end() ? Mark{} : found->second;
}

class FaultFinder {
public:
    explicit FaultFinder(Evidence const& evidence) : evidence_(evidence) {}

    std::string operator()(ResultCheck const& check) const {
        return of_each_call(check.of, [&](CallSeen const& call) {
            bool const fits = !call.failed && matches_text(check.is, call.text);
            return fits ? "" : "'" + call.command + "' gave " + call.text + ", not " + check.is;
        });
    }

    std::string operator()(FailureCheck const& check) const {
        return of_each_call(check.of, [&](CallSeen const& call) -> std::string {
            if (!call.failed) {
                return "'" + call.command + "' did not fail but gave " + call.text;
            }
            // What a foreign client does not say is not held against it.
            auto const agrees = [](std::string const& wanted, std::string const& said) {
                return wanted.empty() || said.empty() || wanted == said;
            };
            bool const fits = agrees(check.code, call.code) &&
                              agrees(check.outcome, call.outcome) &&
                              call.text.find(check.says) != std::string::npos;
            return fits ? ""
                        : "'" + call.command + "' failed otherwise: " + call.code + ", " +
                              call.outcome + ": " + call.text;
        });
    }

    std::string operator()(SeenCheck const& check) const {
        std::vector<Instant> times;
        auto const& exchanges = evidence_.dialogue.exchanges;
        for (std::size_t i = mark_of(check.since, evidence_).exchanges; i < exchanges.size(); ++i) {
            if (matches(check.request, exchanges[i].node, exchanges[i].words)) {
                times.push_back(exchanges[i].at);
            }
        }
        Bounds bounds = check.times;
        if (check.within && bounds.most != Bounds{}.most) {
            bounds.most *= evidence_.burst_allowance;
        }
        std::size_t const count = check.within ? most_within(times, *check.within) : times.size();
        std::string const fault = counted(count, bounds);
        return fault.empty() ? "" : describe(check.request) + " was seen " + fault;
    }

    std::string operator()(ExecutedCheck const& check) const {
        auto const count =
            std::count_if(evidence_.executions.begin(), evidence_.executions.end(),
                          [&](ExecutionSeen const& execution) {
                              return matches(check.request, execution.node, execution.words);
                          });
        std::string const fault = counted(static_cast<std::size_t>(count), check.times);
        return fault.empty() ? "" : describe(check.request) + " was executed " + fault;
    }

    std::string operator()(FollowsCheck const& check) const {
        Pattern const before{.node = {}, .words = check.before};
        std::vector<Exchange const*> last(evidence_.dialogue.connections.size(), nullptr);
        for (Exchange const& exchange : evidence_.dialogue.exchanges) {
            Exchange const* const previous = std::exchange(last[exchange.connection], &exchange);
            if (!matches(check.request, exchange.node, exchange.words)) {
                continue;
            }
            if (previous == nullptr || !matches(before, previous->node, previous->words)) {
                return describe(check.request) + " came right after " +
                       (previous == nullptr ? "nothing"
                                            : "'" + in_one_line(previous->words) + "'") +
                       ", not after '" + in_one_line(check.before) + "'";
            }
        }
        return {};
    }

    std::string operator()(PrecededCheck const& check) const {
        Pattern const by{.node = {}, .words = check.by};
        std::vector<bool> said(evidence_.dialogue.connections.size(), false);
        for (Exchange const& exchange : evidence_.dialogue.exchanges) {
            if (matches(by, exchange.node, exchange.words)) {
                said[exchange.connection] = true;
            } else if (!said[exchange.connection] &&
                       matches(check.request, exchange.node, exchange.words)) {
                return describe(check.request) + " came on a connection without '" +
                       in_one_line(check.by) + "'";
            }
        }
        return {};
    }

    std::string operator()(OrderedCheck const& check) const {
        std::optional<long long> before;
        for (ExecutionSeen const& execution : evidence_.executions) {
            if (!matches(check.request, execution.node, execution.words)) {
                continue;
            }
            long long number = 0;
            std::string const& last = execution.words.back();
            std::from_chars(last.data(), last.data() + last.size(), number);
            if (before && number < *before) {
                return "'" + in_one_line(execution.words) + "' was executed after number " +
                       std::to_string(*before);
            }
            before = number;
        }
        return before ? "" : describe(check.request) + " was never executed";
    }

    std::string operator()(TookCheck const& check) const {
        return of_each_call(check.of, [&](CallSeen const& call) {
            Duration const took = call.ended - call.started;
            std::string const told = "'" + call.command + "' took " + milliseconds(took);
            if (check.at_most && took > *check.at_most + evidence_.clock_slack) {
                return told + ", more than " + milliseconds(*check.at_most);
            }
            return check.at_least && took < *check.at_least
                       ? told + ", less than " + milliseconds(*check.at_least)
                       : "";
        });
    }

    std::string operator()(FetchesCheck const& check) const {
        std::size_t count = 0;
        auto const& exchanges = evidence_.dialogue.exchanges;
        Exchange const* last = nullptr;
        for (std::size_t i = mark_of(check.since, evidence_).exchanges; i < exchanges.size(); ++i) {
            Exchange const& exchange = exchanges[i];
            if (is_topology_fetch(exchange.words)) {
                // What is asked in one breath (SHARDS and NODES, say) is one fetch.
                bool const is_same = last != nullptr && last->connection == exchange.connection &&
                                     exchange.at - last->at <= evidence_.breath &&
                                     last->words[1] != exchange.words[1];
                count += is_same ? 0u : 1u;
                last = &exchange;
            }
        }
        std::string const fault = counted(count, check.times);
        return fault.empty() ? "" : "the topology was fetched " + fault;
    }

    std::string operator()(RedirectionsCheck const& check) const {
        auto const& exchanges = evidence_.dialogue.exchanges;
        std::size_t count = 0;
        for (std::size_t i = mark_of(check.since, evidence_).exchanges; i < exchanges.size(); ++i) {
            std::string const& answer = exchanges[i].answer;
            count += answer.starts_with("-MOVED ") || answer.starts_with("-ASK ") ? 1u : 0u;
        }
        std::string const fault = counted(count, check.times);
        return fault.empty() ? "" : "requests were redirected " + fault;
    }

    std::string operator()(ReceivedCheck const& check) const {
        std::size_t const from = mark_of(check.since, evidence_).messages;
        std::string const fault =
            counted(count_messages(evidence_.messages, check.message, from), check.times);
        return fault.empty() ? ""
                             : "'" + check.message.message + "' on '" + check.message.channel +
                                   "' was received " + fault;
    }

    std::string operator()(GapsCheck const& check) const {
        std::size_t count = 0;
        for (std::size_t i = mark_of(check.since, evidence_).messages;
             i < evidence_.messages.size(); ++i) {
            MessageSeen const& message = evidence_.messages[i];
            count += message.gap && message.channel == check.channel ? 1u : 0u;
        }
        std::string const fault = counted(count, check.times);
        return fault.empty() ? "" : "a gap in '" + check.channel + "' was told " + fault;
    }

    std::string operator()(ConnectionsCheck const& check) const {
        std::size_t count = 0;
        auto const& connections = evidence_.dialogue.connections;
        for (std::size_t i = mark_of(check.since, evidence_).connections; i < connections.size();
             ++i) {
            count += check.node.empty() || connections[i].node == check.node ? 1u : 0u;
        }
        std::string const fault = counted(count, check.times);
        std::string const where = check.node.empty() ? "" : " to " + check.node;
        return fault.empty() ? "" : "connections" + where + " were made " + fault;
    }

private:
    template <class Look>
    std::string of_each_call(std::string const& name, Look look) const {
        bool found = false;
        for (CallSeen const& call : evidence_.calls) {
            if (call.name != name) {
                continue;
            }
            found = true;
            std::string fault = call.done ? look(call) : "'" + call.command + "' never ended";
            if (!fault.empty()) {
                return fault;
            }
        }
        return found ? "" : "there was no call '" + name + "'";
    }

    // `times` ascend.
    static std::size_t most_within(std::vector<Instant> const& times, Duration span) {
        std::size_t most = 0;
        for (std::size_t first = 0, end = 0; end < times.size();) {
            ++end;
            while (times[end - 1] - times[first] > span) {
                ++first;
            }
            most = std::max(most, end - first);
        }
        return most;
    }

    Evidence const& evidence_;
};

}  // namespace

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok: return "OK";
        case Verdict::non_strict: return "NON_STRICT";
        case Verdict::informational: return "INFORMATIONAL";
        case Verdict::unimplemented: return "UNIMPLEMENTED";
        case Verdict::not_applicable: return "NOT_APPLICABLE";
        case Verdict::failed: return "FAILED";
        case Verdict::error: return "ERROR";
    }
    return "?";
}

std::size_t count_messages(std::vector<MessageSeen> const& messages, MessagePattern const& pattern,
                           std::size_t from) {
    auto const fits = [](std::string const& wanted, std::string const& got) {
        return wanted.empty() || wanted == got;
    };
    std::size_t count = 0;
    for (std::size_t i = from; i < messages.size(); ++i) {
        MessageSeen const& seen = messages[i];
        bool const found =
            !seen.gap && fits(pattern.channel, seen.channel) && fits(pattern.message, seen.text);
        count += found ? 1u : 0u;
    }
    return count;
}

std::string find_fault(Check const& check, Evidence const& evidence) {
    return std::visit(FaultFinder{evidence}, check);
}

Judgement judge(std::vector<AcceptedOutcome> const& accept, Evidence const& evidence) {
    if (!evidence.unimplemented.empty()) {
        return {
            .verdict = Verdict::unimplemented, .outcome = {}, .reasons = {evidence.unimplemented}};
    }
    if (!evidence.spoiled.empty()) {
        return {.verdict = Verdict::error, .outcome = {}, .reasons = {evidence.spoiled}};
    }
    Judgement judgement{.verdict = Verdict::failed, .outcome = {}, .reasons = evidence.missing};
    if (!evidence.missing.empty()) {
        return judgement;
    }
    for (AcceptedOutcome const& outcome : accept) {
        bool fits = true;
        for (auto const& [text, check] : outcome.checks) {
            std::string const fault = find_fault(check, evidence);
            if (!fault.empty()) {
                judgement.reasons.push_back("not '" + outcome.name + "': " + fault);
                fits = false;
            }
        }
        if (fits) {
            return {.verdict = outcome.strict ? Verdict::ok : Verdict::non_strict,
                    .outcome = outcome.name,
                    .reasons = {}};
        }
    }
    return judgement;
}

Judgement judge_case(Case const& test, Evidence const& evidence) {
    Judgement judgement = judge(test.accept, evidence);
    bool const is_judged = judgement.verdict == Verdict::ok ||
                           judgement.verdict == Verdict::non_strict ||
                           judgement.verdict == Verdict::failed;
    if (test.level == Level::informational && is_judged) {
        judgement.verdict = Verdict::informational;
    }
    return judgement;
}

}  // namespace keyslot::conformance
