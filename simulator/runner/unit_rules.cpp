#include "simulator/runner/unit_rules.hpp"

#include "client/protocol/command_table.hpp"
#include "simulator/runner/call_index.hpp"
#include "simulator/runner/call_mix.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace keyslot::sim {
namespace {

/// Where commands ran that only one call has in these words.
class Executions {
public:
    Executions(History const& history, ExecutionLog const& log)
        : log_(&log), index_(history), places_(index_.size()) {
        for (std::size_t n = 0; n < log.size(); ++n) {
            if (log[n].from_replication || log[n].session == 0) {
                continue;
            }
            if (auto const group = index_.find(log[n].arguments)) {
                places_[*group].push_back(n);
            }
        }
    }

    /// Is it the only one in its words?
    bool is_unique(std::size_t call) const {
        return index_.calls(index_.group_of(call)).size() == 1;
    }
    /// Places in the log, ascending; of a call that is unique.
    std::vector<std::size_t> const& of(std::size_t call) const {
        return places_[index_.group_of(call)];
    }
    ExecutionLog const& log() const { return *log_; }

private:
    ExecutionLog const* log_;
    CallIndex index_;
    std::vector<std::vector<std::size_t>> places_;  // by group
};

std::vector<std::string> keys_of(std::vector<std::string> const& words) {
    std::vector<std::string_view> const views(words.begin(), words.end());
    std::vector<std::uint32_t> positions;
    protocol::CommandInfo const* const info = protocol::lookup_command(views);
    if (info == nullptr || !protocol::key_positions(*info, views, positions)) {
        return {};
    }
    std::vector<std::string> keys;
    for (std::uint32_t const position : positions) {
        keys.push_back(words[position]);
    }
    return keys;
}

class UnitJudge {
public:
    UnitJudge(History const& history, ExecutionLog const& log,
              std::function<bool(std::size_t)> const& is_misled, std::vector<Violation>& violations)
        : history_(&history),
          executions_(history, log),
          is_misled_(&is_misled),
          violations_(&violations) {}

    void judge(UnitRecord const& unit) {
        if (unit.kind == UnitKind::pipeline) {
            judge_order(unit);
        } else if (std::none_of(unit.calls.begin(), unit.calls.end(), *is_misled_)) {
            judge_wholeness(unit);
            judge_reads(unit);
        }
    }

private:
    CallRecord const& call(std::size_t number) const { return history_->calls()[number]; }

    // All commands that are known from all others ran equally often, each time as a block.
    void judge_wholeness(UnitRecord const& unit) {
        for (std::size_t i = 0; i < unit.calls.size(); ++i) {
            std::size_t const number = unit.calls[i];
            if (!executions_.is_unique(number)) {
                continue;
            }
            for (std::size_t const place : executions_.of(number)) {
                if (place < i || !is_whole_at(unit, place - i)) {
                    blame(rules::all_or_nothing, number,
                          "ran, but not together with the rest of its transaction");
                    return;
                }
            }
        }
    }

    bool is_whole_at(UnitRecord const& unit, std::size_t first) const {
        ExecutionLog const& log = executions_.log();
        if (first + unit.calls.size() > log.size()) {
            return false;
        }
        for (std::size_t i = 0; i < unit.calls.size(); ++i) {
            ExecutionRecord const& record = log[first + i];
            ExecutionRecord const& head = log[first];
            if (!record.in_transaction || record.cluster != head.cluster ||
                record.node != head.node || record.session != head.session ||
                !std::ranges::equal(record.arguments, call(unit.calls[i]).words)) {
                return false;
            }
        }
        return true;
    }

    void judge_reads(UnitRecord const& unit) {
        std::map<std::string, std::string> written;
        for (std::size_t i = 0; i < unit.calls.size(); ++i) {
            CallRecord const& one = call(unit.calls[i]);
            if (!one.ended || !one.ok) {
                return;
            }
            std::string const& key = key_of(one.words);
            if (one.words.front() == "SET") {
                written[key] = one.words[2];
            } else if (one.words.front() == "GET" && written.contains(key)) {
                if (one.reply.view().text() != written[key]) {
                    blame(rules::watch_holds, unit.calls[i],
                          "the transaction does not read what it has written");
                }
            } else if (i == 0 && unit.founded_on && !(*is_misled_)(*unit.founded_on)) {
                CallRecord const& before = call(*unit.founded_on);
                if (to_string(before.reply.view()) != to_string(one.reply.view())) {
                    blame(rules::watch_holds, unit.calls[i],
                          "EXEC ran although the watched key was not any more what call " +
                              std::to_string(*unit.founded_on) + " had read");
                }
            }
        }
    }

    // What may be repeated may run late as well.
    void judge_order(UnitRecord const& unit) {
        std::map<std::string, std::pair<std::size_t, std::size_t>> latest;  // call, place in log
        for (std::size_t const number : unit.calls) {
            CallRecord const& one = call(number);
            if (!executions_.is_unique(number) || one.repeatable || (*is_misled_)(number)) {
                continue;
            }
            auto const& places = executions_.of(number);
            if (places.empty()) {
                continue;
            }
            bool const is_settled = one.ended && (one.ok || one.outcome == Outcome::executed);
            for (std::string const& key : keys_of(one.words)) {
                auto const before = latest.find(key);
                if (before != latest.end() && places.front() < before->second.second) {
                    blame(rules::keeps_order, number,
                          "ran before an earlier command of its pipeline on the same key, " +
                              describe_call(*history_, before->second.first));
                }
                if (is_settled &&
                    (before == latest.end() || places.front() > before->second.second)) {
                    latest[key] = {number, places.front()};
                }
            }
        }
    }

    void blame(std::string_view rule, std::size_t number, std::string const& what) {
        violations_->push_back({rule, what + ": " + describe_call(*history_, number), number});
    }

    History const* history_;
    Executions executions_;
    std::function<bool(std::size_t)> const* is_misled_;
    std::vector<Violation>* violations_;
};

}  // namespace

void judge_units(History const& history, ExecutionLog const& executions,
                 std::function<bool(std::size_t)> const& is_misled,
                 std::vector<Violation>& violations) {
    if (history.units().empty()) {
        return;
    }
    UnitJudge judge{history, executions, is_misled, violations};
    for (UnitRecord const& unit : history.units()) {
        judge.judge(unit);
    }
}

}  // namespace keyslot::sim
