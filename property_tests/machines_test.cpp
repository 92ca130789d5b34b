// The rules of routing and connections, held to by the machines themselves for every sequence of events up to a
// depth: no search can miss one.
#include "client/connection/connection_machine.hpp"
#include "client/protocol/resp_writer.hpp"
#include "client/routing/call_machine.hpp"
#include "client/routing/refresh_machine.hpp"
#include "client/topology/slot_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using topology::HostPort;

HostPort const node_a{"a", 1}, node_b{"b", 2}, node_c{"c", 3};

// --- One call -----------------------------------------------------------------------------------------

using routing::CallAction;
using routing::CallEvent;
using routing::ErrorKind;

routing::Refused refusal(ErrorKind kind, HostPort target = {}, HostPort from = node_a) {
    return {.error = {.kind = kind, .slot = 7, .target = std::move(target)},
            .from = std::move(from)};
}

/// What can happen to an attempt under way.
std::vector<CallEvent> attempt_events() {
    std::vector<CallEvent> events{routing::Answered{}};
    for (HostPort const& target : {node_a, node_b, node_c, HostPort{}}) {
        events.emplace_back(refusal(ErrorKind::moved, target));
    }
    events.emplace_back(refusal(ErrorKind::ask, node_b));
    events.emplace_back(refusal(ErrorKind::ask, node_c));
    events.emplace_back(refusal(ErrorKind::ask));
    for (ErrorKind const kind :
         {ErrorKind::try_again, ErrorKind::cluster_down, ErrorKind::loading, ErrorKind::read_only,
          ErrorKind::no_script, ErrorKind::cross_slot, ErrorKind::other}) {
        events.emplace_back(refusal(kind));
    }
    auto by_replica = refusal(ErrorKind::master_down);
    by_replica.by_replica = true;
    events.emplace_back(by_replica);
    for (bool const written : {false, true}) {
        for (bool const timed_out : {false, true}) {
            events.emplace_back(routing::Failed{
                .node = node_a, .written = written, .reason = "x", .timed_out = timed_out});
        }
        events.emplace_back(routing::DeadlineReached{written});
        events.emplace_back(routing::Cancelled{written});
    }
    events.emplace_back(routing::NoOwner{});
    return events;
}

std::vector<CallEvent> pause_events() {
    return {routing::Woken{}, routing::DeadlineReached{false}, routing::Cancelled{false}};
}

/// One sequence of events, judged step by step by rules that know nothing of the machine.
class CallWitness {
public:
    static constexpr routing::CallLimits limits{.redirects_max = 3, .attempts_max = 64};
    static constexpr Instant deadline{10s};

    CallWitness(bool repeatable, bool fixed)
        : repeatable_(repeatable), fixed_(fixed), machine_(limits, deadline, repeatable, fixed) {
        judge(routing::Start{}, machine_.step(routing::Start{}, now_, 5));
    }

    bool ended() const { return ended_; }
    bool pausing() const { return pausing_; }
    std::string const& broken() const { return broken_; }

    void happens(CallEvent const& event) {
        if (pausing_ && std::holds_alternative<routing::Woken>(event)) {
            now_ = std::max(now_, wake_at_);
        }
        now_ += 1ms;
        judge(event, machine_.step(event, now_, 5));
    }

    /// Whatever comes after the end changes nothing.
    void outlives(CallEvent const& event) {
        CallAction const again = machine_.step(event, now_, 9);
        expect(again.wish == last_.wish, "says something else after its end");
        expect(!again.patch && !again.close_connection, "acts after its end");
    }

private:
    void judge(CallEvent const& event, CallAction const& action) {
        note(event);
        judge_teaching(event, action);
        pausing_ = false;
        if (auto const* const send = std::get_if<routing::Send>(&action.wish)) {
            judge_send(*send);
        } else if (auto const* const wait = std::get_if<routing::Wait>(&action.wish)) {
            expect(wait->until <= deadline, "waits beyond its deadline");
            pausing_ = true;
            wake_at_ = wait->until;
        } else {
            ended_ = true;
            if (auto const* const fail = std::get_if<routing::Fail>(&action.wish)) {
                judge_outcome(*fail);
            }
        }
        last_ = action;
    }

    void note(CallEvent const& event) {
        if (auto const* const failed = std::get_if<routing::Failed>(&event)) {
            may_have_run_ = may_have_run_ || failed->written;
            asking_ = false;
            redirected_.reset();
        } else if (std::holds_alternative<routing::NoOwner>(event)) {
            asking_ = false;
            redirected_.reset();
        } else if (auto const* const late = std::get_if<routing::DeadlineReached>(&event)) {
            may_have_run_ = may_have_run_ || late->written;
        } else if (auto const* const cancelled = std::get_if<routing::Cancelled>(&event)) {
            may_have_run_ = may_have_run_ || cancelled->written;
        } else if (auto const* const refused = std::get_if<routing::Refused>(&event)) {
            note_refusal(refused->error);
        }
    }

    void note_refusal(routing::ErrorReply const& error) {
        bool const is_redirection = routing::is_redirection(error.kind);
        redirects_ += is_redirection ? 1 : 0;
        if (is_redirection && error.target.port != 0) {
            asking_ = error.kind == ErrorKind::ask;
            redirected_ = error.target;
        } else if (error.kind != ErrorKind::try_again && error.kind != ErrorKind::no_script) {
            asking_ = false;
            redirected_.reset();
        }
    }

    void judge_teaching(CallEvent const& event, CallAction const& action) {
        auto const* const refused = std::get_if<routing::Refused>(&event);
        ErrorKind const kind = refused != nullptr ? refused->error.kind : ErrorKind::other;
        expect(kind == ErrorKind::moved || !action.patch, "learns the map from what is not MOVED");
        if (kind == ErrorKind::moved) {
            expect(action.refresh == routing::RefreshReason::moved,
                   "MOVED does not make a refresh due");
            bool const to_itself = refused->error.target == refused->from;
            bool const teaches = refused->error.target.port != 0 && !to_itself && !fixed_;
            expect(action.patch.has_value() == teaches, "MOVED teaches the wrong thing");
            expect(action.close_connection == (to_itself && !fixed_),
                   "MOVED to itself means a stale connection, and nothing else does");
        }
        bool const is_good_ask = kind == ErrorKind::ask && refused->error.target.port != 0;
        if (kind == ErrorKind::try_again || is_good_ask) {
            expect(action.refresh == routing::RefreshReason::none,
                   "a slot on its way says nothing about the map");
        }
        if (std::holds_alternative<routing::Failed>(event)) {
            expect(action.refresh == routing::RefreshReason::connection_failed,
                   "a failed attempt does not make a refresh due");
        }
    }

    void judge_send(routing::Send const& send) {
        expect(!ended_, "sends after its end");
        expect(now_ < deadline, "sends after its deadline");
        expect(repeatable_ || !may_have_run_, "sends again what may have run");
        expect(redirects_ <= limits.redirects_max, "follows too many redirections");
        expect(send.asking == asking_, "ASKING where no ASK led, or none where one did");
        expect(!redirected_ || send.to == redirected_, "does not go where it was sent");
        expect(redirected_ || !send.to, "goes where nobody sent it");
    }

    void judge_outcome(routing::Fail const& fail) {
        expect((fail.outcome == routing::Outcome::unknown) == may_have_run_,
               "is wrong about whether it may have run");
    }

    void expect(bool holds, char const* rule) {
        if (!holds && broken_.empty()) {
            broken_ = rule;
        }
    }

    bool repeatable_, fixed_;
    routing::CallMachine machine_;
    Instant now_{};
    Instant wake_at_{};
    CallAction last_{.wish = routing::Deliver{}};
    std::optional<HostPort> redirected_;
    bool asking_ = false, may_have_run_ = false, ended_ = false, pausing_ = false;
    int redirects_ = 0;
    std::string broken_;
};

std::string told(std::vector<std::size_t> const& path, std::string const& rule) {
    std::string text = rule + ", after the events";
    for (std::size_t const step : path) {
        text += ' ' + std::to_string(step);
    }
    return text;
}

/// Every sequence of so many attempts. Machines are not copied: each sequence is played from its beginning.
class CallSearch {
public:
    CallSearch(bool repeatable, bool fixed) : repeatable_(repeatable), fixed_(fixed) {}

    std::uint64_t go(std::size_t depth) {
        std::vector<std::size_t> path;
        extend(path, depth);
        return sequences_;
    }

private:
    CallWitness play(std::vector<std::size_t> const& path) const {
        CallWitness witness(repeatable_, fixed_);
        for (std::size_t const step : path) {
            witness.happens((witness.pausing() ? pauses_ : attempts_)[step]);
        }
        return witness;
    }

    void extend(std::vector<std::size_t>& path, std::size_t depth) {
        CallWitness witness = play(path);
        ++sequences_;
        if (witness.ended()) {
            for (CallEvent const& event : attempts_) {
                witness.outlives(event);
            }
            witness.outlives(routing::Woken{});
        }
        ASSERT_EQ(witness.broken(), "") << told(path, witness.broken());
        if (depth == 0 || witness.ended()) {
            return;
        }
        std::size_t const events = witness.pausing() ? pauses_.size() : attempts_.size();
        for (std::size_t step = 0; step < events; ++step) {
            path.push_back(step);
            extend(path, depth - 1);
            path.pop_back();
            if (testing::Test::HasFatalFailure()) {
                return;
            }
        }
    }

    bool repeatable_, fixed_;
    std::vector<CallEvent> const attempts_ = attempt_events(), pauses_ = pause_events();
    std::uint64_t sequences_ = 0;
};

TEST(Machines, ACallKeepsItsRulesInEverySequenceOfEvents) {
    std::uint64_t sequences = 0;
    for (bool const repeatable : {false, true}) {
        for (bool const fixed : {false, true}) {
            sequences += CallSearch(repeatable, fixed).go(6);
            ASSERT_FALSE(HasFatalFailure())
                << (repeatable ? "repeatable " : "") << (fixed ? "fixed" : "");
        }
    }
    std::printf("%llu sequences\n", static_cast<unsigned long long>(sequences));
    EXPECT_GT(sequences, 100'000u);
}

// --- When the topology is fetched ----------------------------------------------------------------------

/// One fetch at a time, never more often than the floor, and always one after what asked for it.
struct RefreshWitness {
    static constexpr routing::RefreshLimits limits{
        .interval_min = 200ms, .period = 30s, .backoff_max = 1s};
    routing::RefreshMachine machine{limits};
    Instant now{};
    std::optional<Instant> last_start, wake_at;
    bool running = false, wanted = false, closed = false;

    bool obeys(routing::RefreshMachine::Action const& action) {
        if (action.wake_at) {
            wake_at = action.wake_at;
        }
        if (!action.start_now) {
            return running == machine.running();
        }
        bool const in_order =
            !running && !closed && (!last_start || now - *last_start >= limits.interval_min);
        running = true;
        wanted = false;
        last_start = now;
        wake_at.reset();
        return in_order && machine.running();
    }
    /// What asked is answered by a fetch under way that began later, or there will be one soon.
    bool will_answer() const {
        return closed || !wanted || running || (wake_at && *wake_at - now <= 2s);
    }
};

void search_refreshes(RefreshWitness const& so_far, std::size_t depth, std::uint64_t& sequences) {
    ++sequences;
    ASSERT_TRUE(so_far.will_answer());
    if (depth == 0) {
        return;
    }
    for (Duration const pause : {Duration{1ms}, Duration{150ms}, Duration{1100ms}}) {
        for (int what = 0; what < 6; ++what) {
            RefreshWitness next = so_far;
            next.now += pause;
            bool good = true;
            if (next.wake_at && *next.wake_at <= next.now && what != 2) {
                good = next.obeys(next.machine.woken(next.now, 77));
            }
            switch (what) {
                case 0:
                case 1:
                    next.wanted = true;
                    good = good && next.obeys(next.machine.requested(
                                       what == 0 ? routing::RefreshReason::moved
                                                 : routing::RefreshReason::connection_failed,
                                       next.now, 77));
                    break;
                case 2: good = good && next.obeys(next.machine.woken(next.now, 3)); break;
                case 3:
                case 4:
                    if (!next.running) {
                        continue;
                    }
                    next.running = false;
                    good = good && next.obeys(next.machine.finished(what == 3, next.now, 11));
                    break;
                default:
                    next.machine.close();
                    next.closed = true;
                    next.running = false;
                    good =
                        good && !next.machine.requested(routing::RefreshReason::moved, next.now, 1)
                                     .start_now;
            }
            ASSERT_TRUE(good) << "two at once, or too soon";
            search_refreshes(next, next.closed ? 0 : depth - 1, sequences);
            if (testing::Test::HasFatalFailure()) {
                return;
            }
        }
    }
}

TEST(Machines, RefreshesComeOneAtATimeNotTooOftenAndAlwaysWhenAskedFor) {
    std::uint64_t sequences = 0;
    RefreshWitness begin;
    ASSERT_TRUE(begin.obeys(begin.machine.started(begin.now, 1)));
    search_refreshes(begin, 5, sequences);
    std::printf("%llu sequences\n", static_cast<unsigned long long>(sequences));
    EXPECT_GT(sequences, 100'000u);
}

// --- Whose reply it is ---------------------------------------------------------------------------------

/// A connection and a server behind it that answers every command with its own number.
class ConnectionWitness {
public:
    ConnectionWitness() {
        std::string out;
        machine_.open({}, out);
        take("%1\r\n+server\r\n+redis\r\n");
    }

    static constexpr int actions = 7;
    /// False: the action makes no sense now.
    bool act(int action) {
        switch (action) {
            case 0: return send(connection::ConnectionMachine::Before::nothing, 1);
            case 1: return send(connection::ConnectionMachine::Before::asking, 1);
            case 2: return send(connection::ConnectionMachine::Before::nothing, 3);
            case 3: return forget(0);
            case 4: return !calls_.empty() && forget(calls_.size() - 1);
            case 5: return answer(1);
            default: return answer(2);
        }
    }
    bool good() const { return good_; }

private:
    struct Command {
        connection::Ticket ticket;
        std::uint64_t position;
        std::uint32_t replies;
        bool forgotten = false;
    };

    bool send(connection::ConnectionMachine::Before before, std::uint32_t replies) {
        std::string out;
        connection::Ticket const ticket = ++last_ticket_;
        std::string encoded;
        protocol::write_command(encoded, {"GET", std::to_string(ticket)});
        machine_.send(ticket, encoded, before, Instant{}, out, replies);
        bool const asks = before == connection::ConnectionMachine::Before::asking;
        std::string const asking = "*1\r\n$6\r\nASKING\r\n";
        good_ = good_ && out == (asks ? asking : "") + encoded;
        if (asks) {
            due_.push_back(connection::nobody);
        }
        for (std::uint32_t n = 0; n < replies; ++n) {
            due_.push_back(ticket);
        }
        calls_.push_back({ticket, machine_.next_position() - replies, replies});
        return true;
    }

    bool forget(std::size_t place) {
        if (place >= calls_.size() || calls_[place].forgotten) {
            return false;
        }
        Command& call = calls_[place];
        call.forgotten = true;
        for (std::uint32_t n = 0; n < call.replies; ++n) {
            machine_.forget(call.position + n);
        }
        std::replace(due_.begin(), due_.end(), call.ticket, connection::nobody);
        return true;
    }

    bool answer(std::size_t replies) {
        if (due_.size() < replies) {
            return false;
        }
        std::string bytes;
        std::vector<connection::Ticket> expected;
        for (; replies > 0; --replies) {
            bytes += "+" + std::to_string(due_.front()) + "\r\n";
            if (due_.front() != connection::nobody) {
                expected.push_back(due_.front());
            }
            due_.pop_front();
        }
        good_ = good_ && take(bytes) == expected;
        return true;
    }

    std::vector<connection::Ticket> take(std::string bytes) {
        std::vector<connection::Ticket> told;
        std::string out;
        for (;;) {
            auto const event = machine_.next(bytes, out);
            if (event.kind == connection::ConnectionMachine::Event::Kind::reply) {
                good_ = good_ && event.view.text() == std::to_string(event.ticket);
                told.push_back(event.ticket);
            } else if (event.kind == connection::ConnectionMachine::Event::Kind::need_more) {
                return told;
            } else {
                good_ = good_ && event.kind == connection::ConnectionMachine::Event::Kind::ready;
            }
            bytes.erase(0, machine_.consumed());
        }
    }

    connection::ConnectionMachine machine_;
    std::vector<Command> calls_;
    std::deque<connection::Ticket> due_;
    connection::Ticket last_ticket_ = 0;
    bool good_ = true;
};

TEST(Machines, AReplyGoesToTheCallWhoseTurnItIsAndToNobodyWhoGaveUp) {
    constexpr std::size_t depth = 6;
    std::uint64_t sequences = 0, all = 1;
    for (std::size_t n = 0; n < depth; ++n) {
        all *= ConnectionWitness::actions;
    }
    for (std::uint64_t code = 0; code < all; ++code) {
        ConnectionWitness witness;
        std::uint64_t left = code;
        bool sensible = true;
        for (std::size_t n = 0; n < depth && sensible; ++n, left /= ConnectionWitness::actions) {
            sensible = witness.act(static_cast<int>(left % ConnectionWitness::actions));
        }
        ASSERT_TRUE(witness.good()) << "sequence " << code;
        sequences += sensible ? 1 : 0;
    }
    std::printf("%llu sequences\n", static_cast<unsigned long long>(sequences));
    EXPECT_GT(sequences, 10'000u);
}

// --- Which view is believed ----------------------------------------------------------------------------

/// Slots 100 to 199 go from A to B and back, each time with a greater config epoch; whoever is asked may be
/// behind. A and B have slots of their own besides, and C has never had any of these.
topology::ClusterView view_at(std::uint64_t epoch, std::string const& asked) {
    bool const is_at_a = epoch % 2 == 1;
    auto const shard = [&](std::string id, HostPort address, bool has_it, topology::SlotRange own) {
        topology::Shard made{.primary = {.id = std::move(id), .address = std::move(address)}};
        made.slots = {own};
        if (has_it && own.last < 100) {
            made.slots.push_back({100, 199});
        } else if (has_it) {
            made.slots.insert(made.slots.begin(), {100, 199});
        }
        // The one that lost it last knows the epoch it had.
        made.epoch = has_it ? epoch : epoch - 1;
        return made;
    };
    topology::ClusterView view;
    view.shards = {
        shard("a", node_a, is_at_a, {0, 99}),
        shard("b", node_b, !is_at_a, {200, 8000}),
        {.primary = {.id = "c", .address = node_c}, .slots = {{8001, 16383}}, .epoch = 0}};
    view.has_epochs = true;
    view.answered_by = asked;
    return view;
}

TEST(Machines, AnOlderViewNeverReplacesANewerOneWhateverTheirOrder) {
    constexpr std::size_t length = 4;
    constexpr std::uint64_t epochs = 4;
    std::array<std::string, 3> const nodes{"a", "b", "c"};
    std::array<HostPort, 3> const addresses{node_a, node_b, node_c};
    std::uint64_t sequences = 0;
    std::uint64_t const kinds = epochs * nodes.size();
    for (std::uint64_t code = 0; code < kinds * kinds * kinds * kinds; ++code) {
        topology::SlotMap map;
        std::uint64_t newest = 0, left = code;
        for (std::size_t n = 0; n < length; ++n, left /= kinds) {
            std::uint64_t const epoch = 1 + left % kinds % epochs;
            std::size_t const node = left % kinds / epochs;
            map.apply(view_at(epoch, nodes[node]), {.asked = addresses[node]});
            newest = std::max(newest, epoch);
            HostPort const* const owner = map.primary_of(150);
            ASSERT_TRUE(owner != nullptr) << "sequence " << code;
            ASSERT_EQ(owner->host, newest % 2 == 1 ? "a" : "b")
                << "sequence " << code << ": after a view of epoch " << epoch << ", the newest was "
                << newest;
        }
        ++sequences;
    }
    std::printf("%llu sequences\n", static_cast<unsigned long long>(sequences));
}

}  // namespace
}  // namespace keyslot
