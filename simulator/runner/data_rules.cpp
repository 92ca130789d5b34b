#include "simulator/runner/data_rules.hpp"

#include "simulator/node/text_hash.hpp"
#include "simulator/runner/call_index.hpp"
#include "simulator/runner/linearizability.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace keyslot::sim {
namespace {

using Kind = KeyOperation::Kind;

constexpr std::size_t steps_max = 20'000;
constexpr std::size_t nodes_of_a_cluster_max = 1'000'000;

/// A key's way through the nodes.
struct Home {
    std::size_t node = 0;
    std::uint64_t incarnation = 0, epoch = 0;
    Moment last;  // it was used there
    std::size_t last_place = 0;
};

struct Key {
    std::vector<KeyOperation> operations;
    bool is_judged = true;
    std::optional<Home> home;
    bool has_parted = false;
    std::size_t written = 0;  // by clients, since the beginning
    std::map<std::size_t, std::size_t> applied;  // of these, by replication, on each node
    std::optional<std::size_t> restored;  // there, and MIGRATE has not ended yet
};

Moment moment(Instant at, std::size_t place) { return {at.time_since_epoch().count(), place}; }
// Places of executions are even: there is room between two of them.
std::size_t place_of(std::size_t number) { return 2 * number + 2; }

std::optional<Kind> kind_of(std::vector<std::string> const& words) {
    static constexpr std::array<std::pair<std::string_view, Kind>, 8> kinds{
        {{"GET", Kind::get},
         {"SET", Kind::set},
         {"GETSET", Kind::getset},
         {"APPEND", Kind::append},
         {"DEL", Kind::del},
         {"INCR", Kind::incr},
         {"MGET", Kind::get},
         {"MSET", Kind::set}}};
    for (auto const& [name, kind] : kinds) {
        if (words.front() != name) {
            continue;
        }
        if (name == "SET" && words.size() == 4 && words[3] == "GET") {
            return Kind::getset;
        }
        bool const fits =
            name == "MGET" || name == "MSET" ||
            words.size() ==
                (kind == Kind::get || kind == Kind::del || kind == Kind::incr ? 2u : 3u);
        return fits ? std::optional(kind) : std::nullopt;
    }
    return std::nullopt;
}

bool is_read(Kind kind) { return kind == Kind::get; }

class DataJudge {
public:
    DataJudge(History const& history, bool reads_from_replicas,
              std::function<bool(std::size_t)> const& is_misled, std::vector<Violation>& violations)
        : history_(&history),
          skips_reads_(reads_from_replicas),
          violations_(&violations),
          index_(history),
          executed_(index_.size()) {
        for (std::size_t number = 0; number < history.calls().size(); ++number) {
            meet(number, is_misled);
        }
        for (auto& [name, key] : keys_) {
            by_name_.emplace(name, &key);
        }
    }

    void look_at(ExecutionLog const& executions) {
        for (std::size_t n = 0; n < executions.size(); ++n) {
            // Nodes of a cluster next door count as others: two clusters may have become one.
            ExecutionRecord record = executions[n];
            record.node += record.cluster * nodes_of_a_cluster_max;
            look_at(record, n);
        }
    }

    DataVerdicts judge() {
        for (std::size_t number = 0; number < history_->calls().size(); ++number) {
            add_operations(number);
        }
        DataVerdicts verdicts;
        for (auto& [name, key] : keys_) {
            if (key.is_judged && !key.operations.empty()) {
                judge(name, key, verdicts);
            }
        }
        return verdicts;
    }

private:
    // Of the words behind the name. Others than those of kind_of() may have keys anywhere.
    template <class Words, class F>
    static void each_key(Words const& words, F&& call) {
        std::string_view const name = words.front();
        std::size_t const step = name == "MSET" ? 2 : 1;
        bool const has_one = name == "SET" || name == "GETSET" || name == "APPEND" ||
                             name == "GET" || name == "INCR" || name == "DEL" ||
                             name == "RESTORE-ASKING" || name == "RESTORE";
        for (std::size_t n = 1;
             n < (has_one ? std::min<std::size_t>(words.size(), 2) : words.size()); n += step) {
            call(n);
        }
    }

    void meet(std::size_t number, std::function<bool(std::size_t)> const& is_misled) {
        CallRecord const& call = history_->calls()[number];
        std::optional<Kind> const kind = kind_of(call.words);
        bool const may_repeat = call.repeatable && kind && !is_read(*kind);
        bool const is_unsure = !kind || may_repeat || is_misled(number);
        if (call.words.front() == "WATCH") {
            return;
        }
        each_key(call.words, [&](std::size_t n) {
            Key& key = keys_[call.words[n]];
            key.is_judged = key.is_judged && !is_unsure;
        });
    }

    void look_at(ExecutionRecord const& record, std::size_t n) {
        std::string_view const name = record.arguments.front();
        std::uint64_t& newest = newest_[record.node];
        newest = std::max(newest, record.incarnation);
        if (record.from_replication) {
            followed_[record.node] = n;
            if (record.is_write) {
                each_key(record.arguments, [&](std::size_t word) {
                    if (Key* const key = find(record.arguments[word])) {
                        ++key->applied[record.node];
                    }
                });
            }
            return;
        }
        if (record.session == 0 || record.arguments.size() < 2) {
            return;
        }
        bool is_ours = false;
        each_key(record.arguments, [&](std::size_t word) {
            if (Key* const key = find(record.arguments[word])) {
                is_ours = true;
                if (name == "RESTORE-ASKING" || name == "RESTORE") {
                    key->restored = record.node;
                } else if (name == "MIGRATE") {
                    migrated(*key, record, n);
                } else {
                    used(*key, record, n);
                }
            }
        });
        if (is_ours) {
            if (auto const group = index_.find(record.arguments)) {
                executed_[*group].push_back(moment(record.at, place_of(n)));
            }
        }
    }

    Key* find(std::string_view name) {
        auto const found = by_name_.find(name);
        return found == by_name_.end() || !found->second->is_judged ? nullptr : found->second;
    }

    void used(Key& key, ExecutionRecord const& record, std::size_t n) {
        Moment const now = moment(record.at, place_of(n));
        if (key.home && parts(key, record)) {
            part(key, now);
        }
        key.home = Home{record.node, record.incarnation, record.config_epoch, now, n};
        if (record.is_write) {
            ++key.written;
        }
    }

    bool parts(Key const& key, ExecutionRecord const& record) const {
        Home const& home = *key.home;
        if (home.node == record.node) {
            auto const followed = followed_.find(record.node);
            return home.incarnation != record.incarnation ||
                   home.epoch != record.config_epoch ||  // it may have dropped the slot meanwhile
                   (followed != followed_.end() && followed->second > home.last_place);
        }
        auto const applied = key.applied.find(record.node);
        // Who was restarted without data may have made its replicas forget, before one of them took over.
        auto const newest = newest_.find(home.node);
        return key.has_parted || record.incarnation > 0 ||
               (newest != newest_.end() && newest->second > home.incarnation) ||
               (applied == key.applied.end() ? 0 : applied->second) < key.written;
    }

    void part(Key& key, Moment const& now) {
        key.has_parted = true;
        KeyOperation& forget = key.operations.emplace_back();
        forget.kind = Kind::forget;
        forget.from = {key.home->last.time, key.home->last.place + 1};
        forget.to = {now.time, now.place - 1};
    }

    void migrated(Key& key, ExecutionRecord const& record, std::size_t n) {
        std::optional<std::size_t> const to = std::exchange(key.restored, std::nullopt);
        if (!to || !key.home) {
            return;
        }
        Moment const now = moment(record.at, place_of(n));
        if (key.home->node != record.node || parts(key, record)) {
            part(key, now);
        }
        key.home = Home{*to, 0, record.config_epoch, now, n};
        // Only the target has it now; a replica of the source that takes over knows nothing of the move.
        key.applied = {{*to, ++key.written}};
    }

    void add_operations(std::size_t number) {
        CallRecord const& call = history_->calls()[number];
        std::optional<Kind> const kind = kind_of(call.words);
        bool const may_have_run = !call.ended || call.ok || call.outcome == Outcome::unknown;
        if (!kind || !may_have_run || (is_read(*kind) && (skips_reads_ || !call.ok))) {
            return;
        }
        std::size_t place = 0;
        each_key(call.words, [&](std::size_t word) {
            std::size_t const part = place++;
            if (Key* const key = find(call.words[word])) {
                add_operation(*key, number, *kind, word, part);
            }
        });
    }

    void add_operation(Key& key, std::size_t number, Kind kind, std::size_t word,
                       std::size_t part) {
        CallRecord const& call = history_->calls()[number];
        std::size_t const group = index_.group_of(number);
        bool const is_unique = index_.calls(group).size() == 1;
        std::vector<Moment> const& executed = executed_[group];
        KeyOperation operation;
        operation.kind = kind;
        operation.call = number;
        operation.from = moment(call.started, 0);
        operation.to = call.ok ? moment(*call.ended, ~std::size_t{0}) : Moment::never();
        operation.is_optional = !call.ok;
        if (executed.empty() && !call.ok) {
            return;  // it never ran
        }
        if (is_unique && !is_read(kind)) {
            if (executed.size() != 1) {
                key.is_judged = false;  // other rules have a word to say
                return;
            }
            operation.from = operation.to = executed.front();
            operation.is_optional = false;
        }
        if (word + 1 < call.words.size() && !is_read(kind) && kind != Kind::del) {
            operation.argument = call.words[word + 1];
        }
        if (call.ok) {
            take_answer(operation, call, part);
        }
        key.operations.push_back(std::move(operation));
    }

    static void take_answer(KeyOperation& operation, CallRecord const& call, std::size_t part) {
        ReplyView reply = call.reply.view();
        if (call.words.front() == "MGET") {
            if (!reply.is_aggregate() || reply.size() <= part) {
                return;
            }
            reply = reply[part];
        }
        switch (operation.kind) {
            case Kind::get:
            case Kind::getset:
                operation.is_answered = reply.is_null() || reply.type() == ReplyType::bulk_string;
                operation.found = operation.is_answered && !reply.is_null();
                if (operation.found) {
                    operation.text = reply.text();
                }
                break;
            case Kind::append:
            case Kind::del:
            case Kind::incr: {
                auto const number =
                    reply.type() == ReplyType::integer ? reply.as_integer() : std::nullopt;
                operation.is_answered = number.has_value();
                operation.number = number.value_or(0);
                break;
            }
            default: break;
        }
    }

    void judge(std::string const& name, Key& key, DataVerdicts& verdicts) {
        ++verdicts.keys;
        LinearizabilityResult const result =
            check_linearizable(std::move(key.operations), steps_max);
        if (result.verdict == Linearizable::unknown) {
            ++verdicts.unknown;
        } else if (result.verdict == Linearizable::no) {
            violations_->push_back({rules::linearizable,
                                    "no order of the calls on '" + name +
                                        "' explains all answers, and the nodes' data "
                                        "had not parted; in the longest the next is " +
                                        describe_call(*history_, result.unexplained),
                                    result.unexplained});
        }
    }

    History const* history_;
    bool skips_reads_;
    std::vector<Violation>* violations_;
    CallIndex index_;
    std::vector<std::vector<Moment>> executed_;  // by group
    std::map<std::string, Key, std::less<>> keys_;
    // Most words of a run are no key's: looked up, never walked.
    std::unordered_map<std::string_view, Key*, TextHash> by_name_;
    std::map<std::size_t, std::size_t> followed_;  // node: when it last applied what a master sent
    std::map<std::size_t, std::uint64_t> newest_;  // incarnation of each node
};

}  // namespace

DataVerdicts judge_data(History const& history, ExecutionLog const& executions,
                        bool reads_from_replicas, std::function<bool(std::size_t)> const& is_misled,
                        std::vector<Violation>& violations) {
    DataJudge judge{history, reads_from_replicas, is_misled, violations};
    judge.look_at(executions);
    return judge.judge();
}

}  // namespace keyslot::sim
