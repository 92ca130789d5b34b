// How the naive client brings one unit to the node that takes it.
#include "conformance/tests/naive/naive_client.hpp"

#include "client/protocol/command_table.hpp"
#include "client/protocol/hash_slot.hpp"
#include "simulator/kernel/kernel_executor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <utility>

namespace keyslot::conformance::naive {
namespace {

using namespace std::chrono_literals;

constexpr int no_slot = -1, cross_slot = -2, all_slots = -3;
constexpr int redirections_max = 10;
constexpr Duration pause_max = 500ms;

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }
std::string_view last_word(std::string_view text) { return text.substr(text.rfind(' ') + 1); }

bool is_refusal(std::string_view word) {
    return word == "TRYAGAIN" || word == "CLUSTERDOWN" || word == "LOADING" ||
           word == "MASTERDOWN" || word == "READONLY" || word == "UNBLOCKED";
}

bool is_read(Words const& words) {
    protocol::CommandInfo const* const info = protocol::find_command(words[0]);
    return info != nullptr && info->has(protocol::flag_readonly);
}

}  // namespace

NaiveClient::Ending NaiveClient::success(std::string text) {
    Ending ending;
    ending.text = std::move(text);
    return ending;
}

NaiveClient::Ending NaiveClient::failure(std::string text, std::string outcome) {
    Ending ending = success(std::move(text));
    ending.failed = true;
    ending.outcome = std::move(outcome);
    return ending;
}

int NaiveClient::slot_of(Words const& words) const {
    Words hashed = words;
    if (does("hashes-the-whole-key")) {
        for (std::string& word : hashed) {
            std::replace(word.begin(), word.end(), '{', '(');
        }
    }
    if (does("takes-the-first-word-for-the-key") && words.size() > 1) {
        return protocol::hash_slot(words[1]);
    }
    if (does("takes-every-word-for-a-key")) {
        std::set<int> slots;
        for (std::size_t n = 1; n < words.size(); ++n) {
            slots.insert(protocol::hash_slot(words[n]));
        }
        return slots.size() == 1 ? *slots.begin() : cross_slot;
    }
    std::vector<std::string_view> const arguments(hashed.begin(), hashed.end());
    auto const slot = protocol::slot_of_command(arguments);
    using Kind = protocol::SlotOfCommand::Kind;
    return slot.kind == Kind::one_slot     ? slot.slot
           : slot.kind == Kind::cross_slot ? cross_slot
                                           : no_slot;
}

Endpoint NaiveClient::target_of(int slot, bool is_read_only) {
    if (does("asks-the-first-node-always") || slot < 0) {
        return *nodes_.begin();
    }
    auto const& shard = map_[static_cast<std::size_t>(slot)];
    if (!shard) {
        return {};
    }
    bool const may_read =
        options_.read_from_replicas.value_or(false) && !does("reads-from-primaries-only");
    bool const wants_replica = (is_read_only && may_read) ||
                               (is_read_only && does("reads-from-replicas-unasked")) ||
                               (!is_read_only && does("writes-to-replicas"));
    if (!wants_replica || ++reads_ % 2 == 0) {
        bool const has_replica = wants_replica && !shard->replicas.empty();
        if (!has_replica || shunned_[shard->primary] <= now()) {
            return shard->primary;
        }
    }
    for (Endpoint const& replica : shard->replicas) {
        if (shunned_[replica] <= now()) {
            return replica;
        }
    }
    return shard->primary;
}

std::vector<Words> NaiveClient::bytes_of(Unit const& unit, bool asking) {
    std::vector<Words> words = unit.commands;
    if (unit.is_transaction) {
        words.insert(words.begin(), {"MULTI"});
        words.push_back({"EXEC"});
    }
    if (asking && !does("forgets-asking")) {
        words.insert(words.begin(), {"ASKING"});
    }
    return words;
}

asio::awaitable<void> NaiveClient::pause_for(Duration time) {
    std::function<bool()> const ends = [this] { return closed_; };
    co_await bell_.wait_until(ends, now() + time);
}

// Commands on one slot run one after the other: that keeps their order, whatever happens.
asio::awaitable<void> NaiveClient::take_turn(int slot, Instant deadline, bool& taken) {
    std::uint64_t const turn = ++last_turn_;
    turns_[slot].push_back(turn);
    std::function<bool()> const is_ours = [this, slot, turn] {
        return turns_[slot].front() == turn;
    };
    taken = co_await bell_.wait_until(is_ours, deadline);
    if (!taken) {
        std::erase(turns_[slot], turn);
        bell_.ring();
    }
}

asio::awaitable<NaiveClient::Ending> NaiveClient::deliver(Unit unit) {
    int const of_first = slot_of(unit.commands.front());
    int slot = does("is-one-at-a-time") ? all_slots : of_first;
    if (slot == no_slot || unit.blocks || does("loses-the-order")) {
        co_return co_await travel(std::move(unit));
    }
    Instant const limit = does("has-no-deadline") ? Instant::max() : unit.deadline;
    bool taken = false;
    co_await take_turn(slot, limit, taken);
    if (!taken) {
        co_return failure("no turn in time", "not_executed");
    }
    if (does("sends-after-the-deadline")) {
        Unit late = unit;
        late.deadline += 60s;
        asio::co_spawn(world_.kernel().executor(sim::world_actor), travel(std::move(late)),
                       asio::detached);
        co_await world_.sleep(unit.deadline - now());
        turns_[slot].pop_front();
        bell_.ring();
        co_return failure("no answer", "not_executed");
    }
    Ending ending = co_await travel(std::move(unit));
    turns_[slot].pop_front();
    bell_.ring();
    co_return ending;
}

// True: all of it may, and should, be sent again because of one reply, whose text is the ending's.
bool NaiveClient::is_due_again(Unit const& unit, Batch const& batch, Ending& ending) const {
    bool const ran = unit.is_transaction && !batch.replies.back().is_error();
    for (Reply const& reply : batch.replies) {
        if (!reply.is_error() || ran) {
            continue;
        }
        ending.text = reply.text();
        std::string_view const word = first_word(reply.text());
        if (does("takes-moved-anywhere-for-a-redirection") &&
            ending.text.find("MOVED") != std::string::npos) {
            ending.text = "MOVED 0 " + std::string(last_word(reply.text()));
            return true;
        }
        if (word == "MOVED" || word == "ASK") {
            return !does("hands-moved-to-the-caller");
        }
        bool const is_told = !does("knows-clusterdown-by-its-text") || word != "CLUSTERDOWN" ||
                             reply.text() == "CLUSTERDOWN The cluster is down";
        if (is_refusal(word)) {
            return is_told && !does("hands-refusals-to-the-caller") &&
                   !does("takes-refusals-for-values");
        }
        if (does("retries-every-error")) {
            return true;
        }
    }
    return false;
}

NaiveClient::Journey NaiveClient::journey_of(Unit unit) const {
    Journey journey;
    journey.unit = std::move(unit);
    journey.reads = !journey.unit.is_transaction;
    journey.asking = does("always-asks");
    for (Words const& words : journey.unit.commands) {
        int const found = slot_of(words);
        bool const differs = journey.slot != no_slot && found != no_slot && journey.slot != found;
        journey.slot = differs || found == cross_slot ? cross_slot : std::max(journey.slot, found);
        journey.reads = journey.reads && is_read(words);
    }
    journey.last = failure("nobody could be reached", "not_executed");
    return journey;
}

asio::awaitable<NaiveClient::Ending> NaiveClient::travel(Unit unit) {
    Journey journey = journey_of(std::move(unit));
    if (journey.slot == cross_slot && !does("retries-every-error")) {
        co_return failure("CROSSSLOT", "not_executed");
    }
    if (does("fetches-for-every-call")) {
        co_await refresh(journey.unit.deadline);
    }
    while (!journey.is_over) {
        co_await take_step(journey);
    }
    if (closed_ && does("forgets-callers-at-its-end")) {
        co_await world_.sleep(60s);
    }
    co_return journey.last;
}

asio::awaitable<void> NaiveClient::take_step(Journey& journey) {
    bool const is_late = now() >= journey.unit.deadline && !does("has-no-deadline");
    if (closed_ || is_late) {
        journey.last.text += last_problem_.empty() ? "" : " (" + last_problem_ + ")";
        journey.is_over = true;
        co_return;
    }
    if (nodes_.empty()) {
        co_await refresh(journey.unit.deadline);
    }
    Endpoint target;
    if (journey.next || !nodes_.empty()) {
        target = journey.next ? *journey.next : target_of(journey.slot, journey.reads);
    }
    LinePointer line;
    if (target.port != 0) {
        bool const is_alone = journey.unit.blocks && !does("blocks-on-the-shared-connection");
        Line::Hear const deaf;
        if (is_alone) {
            line = co_await connect(target, journey.unit.deadline, deaf);
        } else {
            line = co_await line_to(target, journey.unit.deadline);
        }
    }
    if (line == nullptr) {
        co_await find_another_way(journey, target);
        co_return;
    }
    std::vector<Words> const bytes = bytes_of(journey.unit, journey.asking);
    auto const batch = co_await ask(*line, bytes, limit_of(journey));
    Ending ending;
    ending.replies = batch->replies;
    if (!batch->is_complete()) {
        co_await outlive_loss(journey, target, *line, batch->lost);
    } else if (!is_due_again(journey.unit, *batch, ending)) {
        arrive(journey, std::move(ending));
    } else {
        journey.last = failure(ending.text, "not_executed");
        std::string_view const word = first_word(ending.text);
        if (word == "MOVED" || word == "ASK") {
            co_await follow(journey, target, *line);
        } else {
            co_await outlast(journey, target);
        }
    }
}

Instant NaiveClient::limit_of(Journey const& journey) const {
    bool const waits_long =
        journey.unit.blocks && !does("takes-blocked-for-dead") && !does("sends-blocked-again");
    Instant const attempt_end = now() + Duration(options_.attempt_timeout.value_or(1s));
    return does("has-no-deadline") ? Instant::max()
           : waits_long            ? journey.unit.deadline
                                   : std::min(journey.unit.deadline, attempt_end);
}

asio::awaitable<void> NaiveClient::wait_a_little(Journey& journey) {
    Duration const time = does("retries-without-a-pause") ? Duration{} : journey.pause;
    journey.pause = std::min<Duration>(2 * journey.pause, pause_max);
    co_await pause_for(does("has-no-deadline") ? time
                                               : std::min(time, journey.unit.deadline - now()));
}

asio::awaitable<void> NaiveClient::find_another_way(Journey& journey, Endpoint const& target) {
    bool const is_refused =
        last_problem_.starts_with("WRONGPASS") || last_problem_.starts_with("NOAUTH");
    if (does("gives-up-at-once") || (is_refused && !does("retries-every-error"))) {
        journey.last = failure(last_problem_, "not_executed");
        journey.is_over = true;
        co_return;
    }
    shunned_[target] = now() + 1s;
    journey.next.reset();
    journey.asking = false;
    co_await refresh(journey.unit.deadline);
    co_await wait_a_little(journey);
}

// The answer has not come, and may never.
asio::awaitable<void> NaiveClient::outlive_loss(Journey& journey, Endpoint const& target,
                                                Line& line, bool was_lost) {
    if (!was_lost && !does("forgets-what-is-due")) {
        line.close();
    }
    shunned_[target] = now() + 1s;
    journey.last = failure(was_lost ? "the connection was lost" : "no answer in time", "unknown");
    bool const may_repeat = journey.reads || journey.unit.may_repeat ||
                            does("sends-unknown-writes-again") || does("sends-blocked-again");
    journey.is_over = !may_repeat || does("never-sends-anything-again");
    co_await refresh(journey.unit.deadline);
    if (!journey.is_over) {
        co_await wait_a_little(journey);
    }
}

void NaiveClient::arrive(Journey& journey, Ending ending) const {
    if (journey.asking && !does("forgets-asking")) {
        ending.replies.erase(ending.replies.begin());
    }
    bool const is_one = journey.unit.commands.size() == 1 && !journey.unit.is_transaction;
    ending.failed = is_one && ending.replies.back().is_error() && !does("hides-errors");
    ending.text.clear();
    journey.last = std::move(ending);
    journey.is_over = true;
}

asio::awaitable<void> NaiveClient::follow(Journey& journey, Endpoint const& target, Line& line) {
    std::string const text = journey.last.text;
    journey.asking = text.starts_with("ASK");
    int const most = does("follows-one-redirection")         ? 1
                     : does("follows-redirections-for-ever") ? 100'000
                                                             : redirections_max;
    journey.is_over = ++journey.redirections > most;
    if (journey.is_over) {
        co_return;
    }
    journey.next = endpoint_in(last_word(text), target);
    if (journey.next == target && !does("keeps-the-connection-that-moved-to-itself")) {
        line.close();
    }
    bool const learns = journey.asking ? does("learns-from-ask") : !does("never-learns-from-moved");
    if (learns && journey.next && journey.slot >= 0) {
        map_[static_cast<std::size_t>(journey.slot)] = Shard{*journey.next, {}};
        if (does("trusts-moved-for-all-slots")) {
            map_.fill(Shard{*journey.next, {}});
            co_return;
        }
    }
    if (learns && !journey.asking) {
        co_await refresh(journey.unit.deadline);
    }
    bool const goes_in_circles = journey.redirections > 1 && !does("follows-redirections-for-ever");
    if (goes_in_circles || !journey.next) {
        co_await wait_a_little(journey);
    }
}

// A refusal for now: nothing has run.
asio::awaitable<void> NaiveClient::outlast(Journey& journey, Endpoint const& target) {
    std::string_view const word = first_word(journey.last.text);
    bool const has_others = replicas_.contains(target) && !does("never-shuns");
    shunned_[target] = has_others ? now() + 1s : now();
    if (word != "TRYAGAIN") {
        journey.next.reset();
        journey.asking = false;
    }
    if (word == "CLUSTERDOWN" || word == "READONLY" || word == "UNBLOCKED" ||
        does("fetches-without-a-pause")) {
        co_await refresh(journey.unit.deadline);
    }
    if (!has_others) {
        co_await wait_a_little(journey);
    }
}

}  // namespace keyslot::conformance::naive
