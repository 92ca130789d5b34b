#pragma once

#include "simulator/runner/history.hpp"

#include <keyslot/sim/execution_log.hpp>
#include <keyslot/time.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a client must never do, judged by what the nodes really executed. Redis itself may lose
/// acknowledged writes when it fails over: nothing here holds that against the client.
namespace keyslot::sim {

/// The rules, by the names that reports use.
namespace rules {
inline constexpr std::string_view executed_once = "executed-once";
inline constexpr std::string_view acknowledged_ran = "acknowledged-ran";
inline constexpr std::string_view reply_matches = "reply-matches";
inline constexpr std::string_view value_was_written = "value-was-written";
inline constexpr std::string_view all_or_nothing = "all-or-nothing";
inline constexpr std::string_view keeps_order = "keeps-order";
inline constexpr std::string_view watch_holds = "watch-holds";
inline constexpr std::string_view popped_once = "popped-once";
inline constexpr std::string_view reaches_caller = "reaches-caller";
inline constexpr std::string_view message_published = "message-published";
inline constexpr std::string_view message_subscribed = "message-subscribed";
inline constexpr std::string_view message_once = "message-once";
inline constexpr std::string_view message_or_gap = "message-or-gap";
inline constexpr std::string_view goes_by_its_map = "goes-by-its-map";
inline constexpr std::string_view follows_redirections = "follows-redirections";
inline constexpr std::string_view asks_properly = "asks-properly";
inline constexpr std::string_view map_never_goes_back = "map-never-goes-back";
inline constexpr std::string_view linearizable = "linearizable";
inline constexpr std::string_view redirections_end = "redirections-end";
inline constexpr std::string_view refreshes_rarely = "refreshes-rarely";
inline constexpr std::string_view reconnects_rarely = "reconnects-rarely";
inline constexpr std::string_view closed_is_silent = "closed-is-silent";
inline constexpr std::string_view nothing_is_left = "nothing-is-left";
inline constexpr std::string_view untouched_are_fast = "untouched-are-fast";
inline constexpr std::string_view settles = "settles";
inline constexpr std::string_view lets_go = "lets-go";
inline constexpr std::string_view keeps_deadline = "keeps-deadline";
inline constexpr std::string_view recovers = "recovers";
inline constexpr std::string_view notices_silence = "notices-silence";
inline constexpr std::string_view hears_again = "hears-again";
inline constexpr std::string_view reaches_the_rest = "reaches-the-rest";
}  // namespace rules

struct Violation {
    std::string_view rule;
    std::string what;                 ///< in words, with the call and its times
    std::optional<std::size_t> call;  ///< its number in the history, where one call is to blame
};

/// Safety. The calls of the history are matched with the executions of the log by their words, so
/// it convicts most sharply where words are unique; where the same words were sent several times it
/// accepts whatever some assignment of executions to calls explains.
///
/// executed-once: every execution belongs to a call that had begun, that did not end
/// `not_executed`, and that no other execution belongs to, unless the call was repeatable; none
/// comes after a plain call has been answered. acknowledged-ran: every answered call was executed
/// between its start and its end. reply-matches: replies have the type and range that their command
/// gives. value-was-written: a read gives what some call that may have run wrote to that very key.
/// What units and queues owe is told at judge_units() and judge_queues().
///
/// `misled`: requests whose replies were forged, word by word. Calls of these words are not judged,
/// nor is anything by the values of the keys they name, nor transactions that they are part of.
std::vector<Violation> judge_safety(History const& history, ExecutionLog const& executions,
                                    std::vector<std::vector<std::string>> const& misled = {});

/// By number: is a call one of those that are not judged because of misled requests?
std::vector<bool> misled_calls(History const& history,
                               std::vector<std::vector<std::string>> const& misled);

/// Liveness of the calls themselves: each has ended, within `call_timeout` (and the time that it may
/// block) and a little more, and at once when it was cancelled or its client closed.
std::vector<Violation> judge_liveness(History const& history, Duration call_timeout);

/// "call 17: SET user:1 x, 1.5s to 1.502s"
std::string describe_call(History const& history, std::size_t number);

}  // namespace keyslot::sim
