#include "simulator/runner/economy_rules.hpp"

#include "simulator/faults/values.hpp"
#include "simulator/runner/call_index.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

namespace keyslot::sim {
namespace {

constexpr std::chrono::seconds window{1};
// Pauses are drawn from nothing up to their longest: a dozen short ones may follow each other, not more.
constexpr std::size_t connects_of_luck = 24;
constexpr std::size_t connects_of_a_call = 8;

std::string time_text(Instant at) { return print_duration(at.time_since_epoch()); }

class EconomyJudge {
public:
    EconomyJudge(History const& history, ClusterOptions const& options,
                 std::vector<Violation>& violations)
        : history_(&history), options_(&options), violations_(&violations) {}

    void judge_redirections(RoutingLog const& routing,
                            std::function<bool(std::size_t)> const& is_misled) {
        CallIndex const index{*history_};
        std::vector<int> redirections(index.size());
        for (RoutingLog::Refused const& refused : routing.refusals()) {
            if (refused.kind == RoutingLog::Kind::other) {
                continue;
            }
            auto const group = index.find(refused.words);
            if (!group || index.calls(*group).size() != 1) {
                continue;
            }
            std::size_t const call = index.calls(*group).front();
            bool const is_judged = !history_->calls()[call].repeatable && !is_misled(call);
            if (is_judged && ++redirections[*group] == options_->redirects_max + 2) {
                blame(rules::redirections_end,
                      "redirected more than " + std::to_string(options_->redirects_max) +
                          " times: " + describe_call(*history_, call),
                      call);
            }
        }
    }

    void judge(ClientAccount const& client) {
        judge_refreshes(client);
        for (auto const& [node, times] : client.failed_connects()) {
            judge_connects(node, times);
        }
        if (client.afterwards()) {
            blame(rules::closed_is_silent,
                  "a client that was closed at " + time_text(*client.closed()) + ' ' +
                      client.afterwards()->second + " at " + time_text(client.afterwards()->first));
        }
        if (client.stats() &&
            client.stats()->calls != client.stats()->completed + client.stats()->failed) {
            blame(rules::nothing_is_left, "all calls have ended, and a client counts " +
                                              std::to_string(client.stats()->calls) + " begun, " +
                                              std::to_string(client.stats()->completed) +
                                              " completed and " +
                                              std::to_string(client.stats()->failed) + " failed");
        }
    }

private:
    void judge_refreshes(ClientAccount const& client) {
        if (client.refreshes_at_once() > 1) {
            blame(rules::refreshes_rarely,
                  std::to_string(client.refreshes_at_once()) + " refreshes at the same time");
        }
        std::vector<Instant> const& times = client.refreshes();
        for (std::size_t n = 1; n < times.size(); ++n) {
            if (times[n] - times[n - 1] < options_->refresh_interval_min) {
                blame(rules::refreshes_rarely, "refreshed at " + time_text(times[n - 1]) +
                                                   " and again at " + time_text(times[n]));
                return;
            }
        }
    }

    void judge_connects(std::string const& node, std::vector<Instant> const& times) {
        std::size_t first = 0;
        for (std::size_t last = 0; last < times.size(); ++last) {
            while (times[last] - times[first] > window) {
                ++first;
            }
            std::size_t const connects = last - first + 1;
            if (connects > connects_of_luck &&
                connects > connects_of_luck +
                               connects_of_a_call * own_connections(times[first], times[last])) {
                blame(rules::reconnects_rarely, std::to_string(connects) + " connects to " + node +
                                                    " failed between " + time_text(times[first]) +
                                                    " and " + time_text(times[last]));
                return;
            }
        }
    }

    std::size_t own_connections(Instant from, Instant to) const {
        return static_cast<std::size_t>(std::count_if(
            history_->calls().begin(), history_->calls().end(), [&](CallRecord const& call) {
                bool const needs_one =
                    call.words.front() == "BLPOP" || call.words.front() == "WATCH";
                return needs_one && call.started <= to && (!call.ended || *call.ended >= from);
            }));
    }

    void blame(std::string_view rule, std::string what,
               std::optional<std::size_t> call = std::nullopt) {
        violations_->push_back({rule, std::move(what), call});
    }

    History const* history_;
    ClusterOptions const* options_;
    std::vector<Violation>* violations_;
};

}  // namespace

void judge_economy(History const& history, RoutingLog const& routing,
                   std::vector<std::shared_ptr<ClientAccount>> const& clients,
                   ClusterOptions const& options, std::function<bool(std::size_t)> const& is_misled,
                   std::vector<Violation>& violations) {
    EconomyJudge judge{history, options, violations};
    judge.judge_redirections(routing, is_misled);
    for (std::shared_ptr<ClientAccount> const& client : clients) {
        judge.judge(*client);
    }
}

}  // namespace keyslot::sim
