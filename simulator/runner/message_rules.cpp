#include "simulator/runner/message_rules.hpp"

#include "simulator/commands/glob.hpp"
#include "simulator/faults/values.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace keyslot::sim {
namespace {

using What = MessageEvent::What;
using Kind = Subscription::Kind;

constexpr std::size_t at_end = std::numeric_limits<std::size_t>::max();
constexpr std::size_t violations_of_one_max = 10;
// More than any timer of the client is late in simulated time.
constexpr std::chrono::milliseconds deadline_slack{100};

std::string time_text(Instant at) { return print_duration(at.time_since_epoch()); }

/// Every PUBLISH and SPUBLISH that a node executed, by what it said.
class Publications {
public:
    struct Publication {
        Instant at;
        std::tuple<std::size_t, std::size_t, std::uint64_t>
            publisher;  // cluster, node, incarnation
        std::size_t number;  // of all: those of one node in its order
        bool of_shard;
        std::string_view channel;
    };

    explicit Publications(ExecutionLog const& executions) {
        std::size_t number = 0;
        for (ExecutionRecord const& record : executions) {
            std::string_view const name = record.arguments.front();
            if (record.arguments.size() == 3 && (name == "PUBLISH" || name == "SPUBLISH")) {
                by_payload_[record.arguments[2]].push_back(
                    {record.at,
                     {record.cluster, record.node, record.incarnation},
                     number++,
                     name == "SPUBLISH",
                     record.arguments[1]});
            }
        }
    }

    std::vector<Publication> const& of(std::string_view payload) const {
        static std::vector<Publication> const none;
        auto const found = by_payload_.find(payload);
        return found == by_payload_.end() ? none : found->second;
    }

private:
    std::map<std::string_view, std::vector<Publication>> by_payload_;
};

/// One subscription of one subscriber.
class SubscriptionJudge {
public:
    SubscriptionJudge(SubscriberLog const& log, Subscription subscription,
                      Publications const& publications, bool forged,
                      std::vector<Violation>& violations)
        : log_(&log),
          subscription_(std::move(subscription)),
          publications_(&publications),
          forged_(forged),
          violations_(&violations) {}

    void judge() {
        for (std::size_t n = 0; n < log_->events.size(); ++n) {
            read(n, log_->events[n]);
        }
        for (std::size_t n = 0; n < log_->events.size(); ++n) {
            tell(n, log_->events[n]);
        }
        judge_end();
    }

private:
    struct Spell {
        std::uint64_t connection;
        std::size_t begin;
        std::size_t end = at_end;
    };
    /// A server says that it holds the subscription: as a rule the beginning of a spell. Where an
    /// `unsubscribe` did not get through it may say so again.
    struct Word {
        std::size_t at;
        std::size_t spell;
    };
    struct Frame {
        std::size_t at;
        std::size_t spell;
        bool told = false;
    };

    bool is_mine(MessageEvent const& event) const { return event.subscription == subscription_; }

    // ---- what was read

    void read(std::size_t n, MessageEvent const& event) {
        if (event.what == What::ended) {
            end_spell(n, event.connection);
        } else if (!is_mine(event)) {
            return;
        } else if (event.what == What::acknowledged) {
            if (!spell_on(event.connection)) {
                spells_.push_back({event.connection, n});
            }
            words_.push_back({n, *spell_on(event.connection)});
        } else if (event.what == What::dropped) {
            end_spell(n, event.connection);
        } else if (event.what == What::message) {
            if (auto const spell = spell_on(event.connection)) {
                frames_[event.payload].push_back({n, *spell});
                of_spell_[*spell].push_back(n);
            }
        }
    }

    std::optional<std::size_t> spell_on(std::uint64_t connection) const {
        for (std::size_t n = spells_.size(); n > 0; --n) {
            if (spells_[n - 1].connection == connection && spells_[n - 1].end == at_end) {
                return n - 1;
            }
        }
        return std::nullopt;
    }

    void end_spell(std::size_t n, std::uint64_t connection) {
        if (auto const spell = spell_on(connection)) {
            spells_[*spell].end = n;
        }
    }

    std::size_t words_by(std::size_t n) const {
        return static_cast<std::size_t>(
            std::find_if(words_.begin(), words_.end(),
                         [n](Word const& word) { return word.at >= n; }) -
            words_.begin());
    }

    /// The first message of a spell after one place and before another that was not told.
    std::optional<std::size_t> first_left_out(std::size_t spell, std::size_t from,
                                              std::size_t to) const {
        auto const read_in = of_spell_.find(spell);
        if (read_in == of_spell_.end()) {
            return std::nullopt;
        }
        auto const& all = read_in->second;
        for (auto at = std::upper_bound(all.begin(), all.end(), from); at != all.end() && *at < to;
             ++at) {
            if (!told_.contains(*at)) {
                return *at;
            }
        }
        return std::nullopt;
    }

    // ---- what was told

    void tell(std::size_t n, MessageEvent const& event) {
        if (event.what == What::told_gap && (is_mine(event) || event.subscription.name.empty())) {
            tell_gap(n, event);
        }
        if (!is_mine(event)) {
            return;
        }
        switch (event.what) {
            case What::confirmed: judge_confirmed(n, event); break;
            case What::unwanted: is_wanted_ = false; break;
            case What::wanted: is_wanted_ = true; break;
            case What::told_subscribed: tell_subscribed(n, event); break;
            case What::told_unsubscribed: is_open_ = false; break;
            case What::told_message: tell_message(n, event); break;
            default: break;
        }
    }

    // The marker of it may still be on its way to the caller, in the same instant.
    void judge_confirmed(std::size_t n, MessageEvent const& event) {
        bool const is_coming = std::any_of(log_->events.begin() + static_cast<std::ptrdiff_t>(n),
                                           log_->events.end(), [&](MessageEvent const& later) {
                                               return later.what == What::told_subscribed &&
                                                      is_mine(later) && later.at == event.at;
                                           });
        if (words_by(n) == 0 || (!is_open_ && !is_coming)) {
            blame(rules::message_subscribed, event,
                  "subscribe() succeeded, but no server held it, or nothing was told of it");
        }
    }

    void tell_subscribed(std::size_t n, MessageEvent const& event) {
        std::size_t const words = words_by(n);
        if (++words_used_ > words) {
            blame(rules::message_subscribed, event, "told to be subscribed, but no server said so");
            return;
        }
        is_open_ = true;
        current_ = words_[words - 1].spell;
        position_ = words_[words - 1].at;
        gap_ = Gap::none;
    }

    void tell_gap(std::size_t n, MessageEvent const& event) {
        bool const of_all = event.subscription.name.empty();
        if (!of_all && ++words_used_ > words_by(n)) {
            blame(rules::message_or_gap, event, "a gap was told, but no server began anew");
        }
        gap_ = of_all && gap_ == Gap::none ? Gap::of_all : of_all ? gap_ : Gap::of_this;
        gap_at_ = n;
    }

    void tell_message(std::size_t n, MessageEvent const& event) {
        Frame* const frame = find_frame(n, event);
        bool const may_be_told = judge_published(event) && judge_open(event);
        if (frame == nullptr || !may_be_told) {
            if (frame != nullptr) {
                frame->told = true;
                told_.insert(frame->at);
            } else if (may_be_told) {
                judge_without_frame(n, event);
            }
            return;
        }
        judge_order(*frame, event);
        judge_place(*frame, event);
        frame->told = true;
        told_.insert(frame->at);
        current_ = frame->spell;
        position_ = frame->at;
        gap_ = Gap::none;
    }

    bool judge_open(MessageEvent const& event) {
        if (!is_open_) {
            blame(rules::message_subscribed, event, "told, but it was not subscribed to");
        }
        return is_open_;
    }

    bool judge_published(MessageEvent const& event) {
        auto const& publications = publications_->of(event.payload);
        bool const of_shard = subscription_.kind == Kind::shard_channel;
        bool const fits = subscription_.kind == Kind::pattern
                              ? glob_match(subscription_.name, event.channel)
                              : subscription_.name == event.channel;
        if (!fits) {
            blame(rules::message_subscribed, event, "told, but its channel does not fit");
            return false;
        }
        bool const was_published =
            std::any_of(publications.begin(), publications.end(), [&](auto const& publication) {
                return publication.at <= event.at && publication.of_shard == of_shard &&
                       publication.channel == event.channel;
            });
        if (!was_published && !forged_) {
            blame(rules::message_published, event, "told, but nobody had published it");
        }
        return was_published;
    }

    // After a gap of this subscription what comes is of a new spell, so that of several copies the last
    // is meant; else the first that is not out of turn, of the spell at hand if it has one: another server may
    // have heard late that it was to hold the subscription, too.
    Frame* find_frame(std::size_t n, MessageEvent const& event) {
        auto const found = frames_.find(event.payload);
        if (found == frames_.end()) {
            return nullptr;
        }
        Frame* chosen = nullptr;
        for (Frame& frame : found->second) {
            bool const may_be = !frame.told && frame.at > position_ && frame.at < n &&
                                log_->events[frame.at].channel == event.channel;
            bool const is_nearer = chosen == nullptr || gap_ == Gap::of_this ||
                                   (frame.spell == current_ && chosen->spell != current_);
            if (may_be && is_nearer) {
                chosen = &frame;
            }
        }
        return chosen;
    }

    void judge_without_frame(std::size_t n, MessageEvent const& event) {
        auto const found = frames_.find(event.payload);
        if (found == frames_.end()) {
            blame(rules::message_subscribed, event,
                  "told, but no server that had said it holds the subscription sent it");
            return;
        }
        bool const is_left =
            std::any_of(found->second.begin(), found->second.end(),
                        [&](Frame const& frame) { return !frame.told && frame.at < n; });
        blame(rules::message_once, event,
              is_left ? "told after one that was read later" : "told once more than it was read");
    }

    void judge_order(Frame const& frame, MessageEvent const& event) {
        if (frame.spell != current_) {
            last_of_publisher_.clear();
        }
        auto const& publications = publications_->of(event.payload);
        if (publications.size() != 1) {
            return;  // published more than once, as its caller allowed: which one is not known
        }
        auto const& [last, is_first] = last_of_publisher_.try_emplace(
            publications.front().publisher, publications.front().number);
        if (!is_first && std::exchange(last->second, publications.front().number) >
                             publications.front().number) {
            blame(rules::message_once, event, "told after one that its node published later");
        }
    }

    void judge_place(Frame const& frame, MessageEvent const& event) {
        std::size_t from = position_;
        if (frame.spell < current_) {
            blame(rules::message_once, event, "told, but it is of a connection that was left");
            return;
        }
        if (frame.spell != current_) {
            from = spells_[frame.spell].begin;
            if (gap_ != Gap::of_this) {
                blame(rules::message_or_gap, event,
                      "told, but there is no gap between it and what another connection brought");
                return;
            }
        } else if (gap_ != Gap::none) {
            return;
        }
        auto const left_out = first_left_out(frame.spell, from, frame.at);
        if (left_out && gap_ != Gap::of_all) {
            blame(rules::message_or_gap, log_->events[*left_out],
                  "read, and neither told nor covered by a gap before '" + event.payload + "'");
        }
    }

    void judge_end() {
        if (!is_open_ || !is_wanted_) {
            return;
        }
        std::size_t spell = current_;
        if (gap_ == Gap::of_this && words_by(gap_at_) > 0) {
            spell = words_.at(words_by(gap_at_) - 1).spell;
        }
        if (spells_[spell].end != at_end) {
            for (std::size_t n = spell + 1; n < spells_.size(); ++n) {
                if (spells_[n].end == at_end) {
                    blame(rules::message_or_gap, log_->events[spells_[n].begin],
                          "held by a server anew, and no gap was told until the end");
                    return;
                }
            }
            return;
        }
        std::size_t const from = std::max(
            {position_, spells_[spell].begin, gap_ == Gap::of_all ? gap_at_ : std::size_t{0}});
        if (auto const left_out = first_left_out(spell, from, at_end)) {
            blame(rules::message_or_gap, log_->events[*left_out],
                  "read, and not told until the end");
        }
    }

    void blame(std::string_view rule, MessageEvent const& event, std::string const& what) {
        if (++blamed_ > violations_of_one_max) {
            return;
        }
        std::string text =
            log_->name + ", " + to_string(subscription_) + ", at " + time_text(event.at) + ": ";
        if (!event.payload.empty()) {
            text += '\'' + event.payload + "' ";
        }
        violations_->push_back({rule, text + what, std::nullopt});
    }

    SubscriberLog const* log_;
    Subscription subscription_;
    Publications const* publications_;
    bool forged_;
    std::vector<Violation>* violations_;
    std::size_t blamed_ = 0;

    std::vector<Spell> spells_;
    std::vector<Word> words_;
    std::map<std::string, std::vector<Frame>, std::less<>> frames_;  // by payload
    std::map<std::size_t, std::vector<std::size_t>> of_spell_;  // places of its messages
    std::set<std::size_t> told_;  // places of messages

    // While the stream is gone through:
    enum class Gap : std::uint8_t { none, of_this, of_all };
    bool is_wanted_ = false;
    bool is_open_ = false;  // between `subscribed` and `unsubscribed`
    std::size_t current_ = 0;  // the spell
    std::size_t position_ = 0;  // of what was told last, where it was read
    Gap gap_ = Gap::none;  // since then
    std::size_t gap_at_ = 0;
    std::size_t words_used_ = 0;  // by `subscribed` and gaps
    std::map<std::tuple<std::size_t, std::size_t, std::uint64_t>, std::size_t> last_of_publisher_;
};

}  // namespace

std::string to_string(Subscription const& subscription) {
    std::string_view const kind = subscription.kind == Kind::channel   ? "channel"
                                  : subscription.kind == Kind::pattern ? "pattern"
                                                                       : "shard channel";
    return std::string(kind) + " '" + subscription.name + '\'';
}

void judge_messages(std::vector<SubscriberLog> const& subscribers, ExecutionLog const& executions,
                    bool forged, std::vector<Violation>& violations) {
    if (subscribers.empty()) {
        return;
    }
    Publications const publications{executions};
    for (SubscriberLog const& log : subscribers) {
        std::set<Subscription> subscriptions;
        for (MessageEvent const& event : log.events) {
            if (!event.subscription.name.empty()) {
                subscriptions.insert(event.subscription);
            }
        }
        for (Subscription const& subscription : subscriptions) {
            SubscriptionJudge{log, subscription, publications, forged, violations}.judge();
        }
    }
}

void judge_promises(std::vector<SubscriberLog> const& subscribers,
                    SubscriberPromises const& promises, Instant now,
                    std::vector<Violation>& violations) {
    for (SubscriberLog const& log : subscribers) {
        for (SubscriptionChange const& change : log.changes) {
            std::string const what =
                log.name + ", " + change.words + ", from " + time_text(change.started);
            if (!change.ended) {
                violations.push_back({rules::settles, "never ended: " + what, std::nullopt});
            } else if (*change.ended - change.started > promises.call_timeout + deadline_slack) {
                violations.push_back({rules::keeps_deadline,
                                      "took too long: " + what + " to " + time_text(*change.ended),
                                      std::nullopt});
            }
        }
        Duration silence{};
        for (SubscriberConnection const& connection : log.connections) {
            bool const lasts = connection.holds && connection.is_open;
            silence = std::max({silence, connection.longest_silence,
                                lasts ? now - connection.last_read : Duration{}});
        }
        if (silence > promises.silence_max + deadline_slack) {
            violations.push_back({rules::notices_silence,
                                  log.name + " kept a connection on which nothing had come for " +
                                      print_duration(silence),
                                  std::nullopt});
        }
    }
}

}  // namespace keyslot::sim
