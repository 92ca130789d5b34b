#include "simulator/runner/queue_rules.hpp"

#include "simulator/node/text_hash.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace keyslot::sim {
namespace {

/// One list that BLPOP takes from.
struct Queue {
    std::vector<std::size_t> pops;
    bool is_unsure = false;  // misled, or by calls that may run twice
    std::optional<std::pair<std::size_t, std::uint64_t>> home;  // node and incarnation
    bool has_moved = false;
    std::size_t taken = 0;  // by the nodes' account
};

class QueueJudge {
public:
    QueueJudge(History const& history, std::function<bool(std::size_t)> const& is_misled,
               std::vector<Violation>& violations)
        : history_(&history), violations_(&violations) {
        for (std::size_t number = 0; number < history.calls().size(); ++number) {
            CallRecord const& call = history.calls()[number];
            std::string const& name = call.words.front();
            if (name == "BLPOP" || name == "RPUSH") {
                Queue& queue = queues_[call.words[1]];
                queue.is_unsure = queue.is_unsure || call.repeatable || is_misled(number);
                if (name == "BLPOP") {
                    queue.pops.push_back(number);
                }
            }
        }
        for (auto& [name, queue] : queues_) {
            by_name_.emplace(name, &queue);
        }
    }

    void look_at(ExecutionLog const& executions) {
        for (ExecutionRecord const& record : executions) {
            if (record.from_replication) {
                followers_.insert(record.node);
            }
            if (record.cluster != 0 || record.from_replication || record.session == 0) {
                continue;
            }
            std::string_view const name = record.arguments.front();
            bool const is_own = name == "BLPOP" || name == "RPUSH";
            for (std::string_view const word : record.arguments.subspan(1)) {
                if (auto const found = by_name_.find(word); found != by_name_.end()) {
                    note(*found->second, record, is_own);
                    found->second->taken += name == "BLPOP" && record.is_write ? 1u : 0u;
                }
            }
        }
    }

    void judge() {
        for (auto const& [key, queue] : queues_) {
            if (!queue.is_unsure) {
                judge(key, queue);
            }
        }
    }

private:
    static void note(Queue& queue, ExecutionRecord const& record, bool is_own) {
        std::pair const here{record.node, record.incarnation};
        queue.has_moved = queue.has_moved || !is_own || (queue.home && *queue.home != here);
        queue.home = here;
    }

    void judge(std::string const& key, Queue const& queue) {
        bool const keeps_its_word =
            !queue.has_moved && queue.home && !followers_.contains(queue.home->first);
        std::set<std::string, std::less<>> delivered;
        std::size_t received = 0, unknown = 0;
        for (std::size_t const number : queue.pops) {
            CallRecord const& call = history_->calls()[number];
            if (!call.ended || (!call.ok && call.outcome == Outcome::unknown)) {
                ++unknown;
            }
            ReplyView const reply = call.reply.view();
            if (!call.ok || !reply.is_aggregate() || reply.size() != 2) {
                continue;
            }
            ++received;
            if (!delivered.emplace(reply[1].text()).second && keeps_its_word) {
                violations_->push_back({rules::popped_once,
                                        "'" + std::string(reply[1].text()) +
                                            "' had gone to another caller already: " +
                                            describe_call(*history_, number),
                                        number});
            }
        }
        if (queue.taken > received + unknown) {
            violations_->push_back(
                {rules::reaches_caller,
                 std::to_string(queue.taken) + " elements were taken from '" + key + "', and " +
                     std::to_string(received) +
                     " reached a caller; unknown: " + std::to_string(unknown),
                 queue.pops.empty() ? std::optional<std::size_t>() : queue.pops.front()});
        }
    }

    History const* history_;
    std::vector<Violation>* violations_;
    std::map<std::string, Queue, std::less<>> queues_;
    // Most words of a run are no queue's: looked up, never walked.
    std::unordered_map<std::string_view, Queue*, TextHash> by_name_;
    std::set<std::size_t> followers_;  // nodes that have applied what a master sent
};

}  // namespace

void judge_queues(History const& history, ExecutionLog const& executions,
                  std::function<bool(std::size_t)> const& is_misled,
                  std::vector<Violation>& violations) {
    QueueJudge judge{history, is_misled, violations};
    judge.look_at(executions);
    judge.judge();
}

}  // namespace keyslot::sim
