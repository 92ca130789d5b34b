#include "simulator/runner/routing_rules.hpp"

#include "client/protocol/command_table.hpp"
#include "simulator/faults/values.hpp"
#include "simulator/runner/call_index.hpp"
#include "simulator/runner/call_mix.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>

namespace keyslot::sim {
namespace {

constexpr std::size_t violations_max = 100;
constexpr std::size_t nobody = ~std::size_t{0};
/// So long one node's word is worth something as the second of two.
constexpr Duration witness_time = std::chrono::seconds{10};

/// A node was named to a client as the owner of a slot.
struct Naming {
    std::size_t node = 0;
    std::size_t by = 0;
    std::uint64_t epoch = 0;  // the highest so far
    std::size_t place = 0;    // the latest, among all that is told
    Instant at{};
};

/// A node has answered a call on a slot.
struct Proof {
    std::size_t node = nobody;
    std::uint64_t epoch = 0;
    std::size_t place = 0;
    Instant answered{};  // the client knows it from then on
};

/// What a client knows of a slot.
struct SlotKnowledge {
    std::vector<Naming> namings;
    Proof proof;
};

/// One connection.
struct SessionState {
    std::size_t client = nobody;
    bool is_asking = false;  // ASKING was the command before, or stands before this transaction
    bool in_transaction = false;
    std::optional<std::uint16_t> watched = {};  // a slot of WATCH that an ASK had sent here
};

/// What became of the last arrival of a call.
struct Chain {
    bool arrived = false;
    RoutingLog::Kind kind = RoutingLog::Kind::other;
    bool was_refused = false;
    bool was_asking = false;
    std::size_t node = nobody;
    std::size_t target = nobody;
    std::uint64_t epoch = 0;
    std::size_t place = 0;
};

struct Client {
    std::vector<SlotKnowledge> slots;  // as RoutingJudge's
    std::set<std::pair<std::size_t, std::size_t>> replicas;  // with their master
    std::set<std::pair<std::size_t, std::size_t>> asked;  // chain, node
    std::set<std::pair<std::uint16_t, std::size_t>> asked_slots;  // slot, node
};

/// A command of a client at a node: executed or refused.
template <class Words>
struct Arrival {
    RoutingLog::Place place;
    Words words;
    RoutingLog::Refused const* refused = nullptr;
    std::uint64_t epoch = 0;
    std::size_t order = 0;  // among all that is told
};

bool is(std::string_view word, std::string_view upper) { return word == upper; }

class RoutingJudge {
public:
    RoutingJudge(History const& history, RoutingContext const& context,
                 std::function<bool(std::size_t)> const& is_misled,
                 std::vector<Violation>& violations)
        : history_(&history),
          context_(&context),
          is_misled_(&is_misled),
          violations_(&violations),
          index_(history),
          clients_(context.clients.size()) {
        describe_groups();
    }

    void judge(ExecutionLog const& executions, RoutingLog const& routing) {
        for (RoutingLog::Opened const& opened : routing.sessions()) {
            open(opened);
        }
        auto told = routing.views().begin();
        auto refused = routing.refusals().begin();
        for (std::size_t n = 0; n <= executions.size(); ++n) {
            for (; told != routing.views().end() && told->place.executed <= n; ++told) {
                hear(*told);
            }
            for (; refused != routing.refusals().end() && refused->place.executed <= n; ++refused) {
                arrive(Arrival<std::vector<std::string> const&>{
                    refused->place, refused->words, &*refused, refused->epoch, ++order_});
            }
            if (n < executions.size() && executions[n].session != 0) {
                ExecutionRecord const& record = executions[n];
                arrive(Arrival<std::span<std::string_view const> const&>{
                    {record.at, n, record.cluster, record.node, record.incarnation, record.session},
                    record.arguments,
                    nullptr,
                    record.config_epoch,
                    ++order_});
            }
        }
    }

private:
    using SessionKey = std::tuple<std::size_t, std::uint64_t, SessionId>;

    /// What is known of all calls of the same words beforehand.
    struct Group {
        std::size_t call = 0;  // the first
        std::size_t chain = 0;  // a transaction's calls share one
        std::uint16_t slot = 0;
        std::size_t place = 0;  // of the slot among all that are judged
        bool is_shared = false;  // by transactions: nobody can tell whose it is
        bool is_single = false;  // one call, which may run once
        bool is_read = false;
        bool is_judged = false;
    };

    void describe_groups() {
        groups_.resize(index_.size());
        for (std::size_t number = 0; number < groups_.size(); ++number) {
            Group& group = groups_[number];
            std::span<std::size_t const> const calls = index_.calls(number);
            CallRecord const& call = history_->calls()[calls.front()];
            group.call = calls.front();
            group.chain = number;
            std::vector<std::string_view> const words(call.words.begin(), call.words.end());
            auto const route = protocol::slot_of_command(words);
            group.is_judged = route.kind == protocol::SlotOfCommand::Kind::one_slot &&
                              std::none_of(calls.begin(), calls.end(), *is_misled_);
            // Every node of a shard takes SPUBLISH, whoever owns the slot.
            group.is_single =
                calls.size() == 1 && !call.repeatable && call.words.front() != "SPUBLISH";
            if (group.is_judged) {
                group.slot = route.slot;
                slots_.push_back(group.slot);
                protocol::CommandInfo const* const info =
                    protocol::find_command(call.words.front());
                group.is_read = info != nullptr && info->has(protocol::flag_readonly);
            }
        }
        number_slots();
        chains_.resize(groups_.size());
        for (UnitRecord const& unit : history_->units()) {
            if (unit.kind != UnitKind::transaction || unit.calls.empty()) {
                continue;
            }
            std::size_t const first = index_.group_of(unit.calls.front());
            for (std::size_t const call : unit.calls) {
                Group& group = groups_[index_.group_of(call)];
                group.chain = first;
                group.is_single = false;
                group.is_shared = index_.calls(index_.group_of(call)).size() > 1;
            }
        }
    }

    void number_slots() {
        std::sort(slots_.begin(), slots_.end());
        slots_.erase(std::unique(slots_.begin(), slots_.end()), slots_.end());
        for (Group& group : groups_) {
            auto const at = std::lower_bound(slots_.begin(), slots_.end(), group.slot);
            group.place = static_cast<std::size_t>(at - slots_.begin());
        }
        for (Client& client : clients_) {
            client.slots.resize(slots_.size());
        }
    }

    std::size_t index_of(NodeId const& id) const {
        auto const found = std::find(context_->node_ids.begin(), context_->node_ids.end(), id);
        return found == context_->node_ids.end() || id.empty()
                   ? nobody
                   : static_cast<std::size_t>(found - context_->node_ids.begin());
    }

    void open(RoutingLog::Opened const& opened) {
        auto const found =
            std::find(context_->clients.begin(), context_->clients.end(), opened.peer);
        if (opened.place.cluster == 0 && found != context_->clients.end()) {
            sessions_[key_of_session(opened.place)].client =
                static_cast<std::size_t>(found - context_->clients.begin());
        }
    }
    static SessionKey key_of_session(RoutingLog::Place const& place) {
        return {place.node, place.incarnation, place.session};
    }
    SessionState* session_at(RoutingLog::Place const& place) {
        if (place.cluster != 0) {
            return nullptr;
        }
        auto const found = sessions_.find(key_of_session(place));
        return found == sessions_.end() ? nullptr : &found->second;
    }

    void name(SlotKnowledge& slot, std::size_t node, RoutingLog::Place const& by,
              std::uint64_t epoch) {
        auto const found =
            std::find_if(slot.namings.begin(), slot.namings.end(),
                         [&](Naming const& old) { return old.node == node && old.by == by.node; });
        bool const is_new = found == slot.namings.end();
        if (slot.namings.empty()) {
            slot.namings.reserve(context_->node_ids.size());
        }
        Naming& naming =
            is_new ? slot.namings.emplace_back(Naming{.node = node, .by = by.node}) : *found;
        naming.epoch = std::max(naming.epoch, epoch);
        naming.place = order_;
        naming.at = by.at;
    }

    void hear(RoutingLog::Told const& told) {
        SessionState const* const session = session_at(told.place);
        if (session == nullptr) {
            return;
        }
        ++order_;
        Client& client = clients_[session->client];
        auto slot = slots_.begin();
        for (ClusterState::Claim const& claim : told.view->claims) {
            slot = std::lower_bound(slot, slots_.end(), claim.first);
            std::size_t const owner = index_of(claim.owner);
            for (; slot != slots_.end() && *slot <= claim.last; ++slot) {
                if (owner != nobody) {
                    auto const place = static_cast<std::size_t>(slot - slots_.begin());
                    name(client.slots[place], owner, told.place, claim.epoch);
                }
            }
        }
        for (ClusterState::Following const& following : told.view->followings) {
            client.replicas.emplace(index_of(following.replica), index_of(following.master));
        }
    }

    template <class Words>
    static bool is_keyed(Words const& words) {
        std::vector<std::string_view> const views(words.begin(), words.end());
        return protocol::slot_of_command(views).kind == protocol::SlotOfCommand::Kind::one_slot;
    }

    template <class Words>
    void arrive(Arrival<Words> const& arrival) {
        SessionState* const session = session_at(arrival.place);
        if (session == nullptr) {
            return;
        }
        std::string_view const name = arrival.words.front();
        if (is(name, "ASKING")) {
            if (session->is_asking) {
                blame_session(arrival.place, *session, "ASKING twice in a row");
            }
            session->is_asking = true;
            return;
        }
        if (is(name, "MULTI")) {
            session->in_transaction = true;
            return;
        }
        if (is(name, "EXEC") || is(name, "DISCARD")) {
            session->in_transaction = session->is_asking = false;
            session->watched.reset();
            return;
        }
        std::optional<std::size_t> const group = index_.find(arrival.words);
        if (!group && is_keyed(arrival.words)) {
            return;  // no client sent it: a script did
        }
        if (group) {
            arrive(arrival, *session, groups_[*group]);
            if (session->is_asking && is(name, "WATCH")) {
                session->watched = groups_[*group].slot;
            }
        } else if (session->is_asking && !session->in_transaction) {
            blame_session(arrival.place, *session,
                          "ASKING before '" + std::string(name) + "', which no ASK had sent there");
        }
        if (!session->in_transaction) {
            session->is_asking = false;
        }
    }

    template <class Words>
    void arrive(Arrival<Words> const& arrival, SessionState const& session, Group const& group) {
        if (!group.is_judged) {
            return;
        }
        Client& client = clients_[session.client];
        SlotKnowledge& slot = client.slots[group.place];
        Chain& chain = chains_[group.chain];
        std::size_t const node = arrival.place.node;
        if (session.is_asking) {
            judge_asking(arrival, session, group, client, chain);
        } else {
            judge_knowledge(arrival, group, client, slot);
        }
        if (group.is_single) {
            if (chain.arrived) {
                judge_next(arrival, session, group, slot, chain);
            } else {
                judge_first(arrival, group, slot);
            }
        }
        note(arrival, session, group, client, slot, chain);
        if (arrival.refused == nullptr && group.is_single && !session.is_asking) {
            CallRecord const& call = history_->calls()[group.call];
            if (call.ended && call.ok) {
                slot.proof = later(slot.proof, {node, arrival.epoch, arrival.order, *call.ended});
            }
        }
    }

    static Proof later(Proof const& old, Proof const& fresh) {
        return old.node == nobody || fresh.epoch > old.epoch ||
                       (fresh.node == old.node && fresh.epoch == old.epoch &&
                        fresh.answered < old.answered)
                   ? fresh
                   : old;
    }

    template <class Words>
    void note(Arrival<Words> const& arrival, SessionState const& session, Group const& group,
              Client& client, SlotKnowledge& slot, Chain& chain) {
        RoutingLog::Refused const* const refused = arrival.refused;
        chain = {.arrived = true,
                 .kind = refused != nullptr ? refused->kind : RoutingLog::Kind::other,
                 .was_refused = refused != nullptr,
                 .was_asking = session.is_asking,
                 .node = arrival.place.node,
                 .target = refused != nullptr ? index_of(refused->target) : nobody,
                 .epoch = arrival.epoch,
                 .place = arrival.order};
        if (chain.target == nobody) {
            return;
        }
        if (chain.kind == RoutingLog::Kind::moved) {
            name(slot, chain.target, arrival.place, refused->epoch);
        } else if (chain.kind == RoutingLog::Kind::ask) {
            client.asked.emplace(group.chain, chain.target);
            client.asked_slots.emplace(group.slot, chain.target);
        }
    }

    template <class Words>
    void judge_asking(Arrival<Words> const& arrival, SessionState const& session,
                      Group const& group, Client const& client, Chain const& chain) {
        if (session.watched == group.slot) {
            return;  // what belongs to WATCH goes where WATCH has gone
        }
        std::size_t const node = arrival.place.node;
        bool const was_sent = group.is_shared ? client.asked_slots.contains({group.slot, node})
                                              : client.asked.contains({group.chain, node});
        bool const is_repeated = chain.was_refused && chain.was_asking && chain.node == node &&
                                 chain.kind != RoutingLog::Kind::moved;
        bool const is_sent_now =
            chain.kind == RoutingLog::Kind::ask && chain.target == node && chain.was_refused;
        if (!was_sent || (group.is_single && !is_sent_now && !is_repeated)) {
            blame_session(arrival.place, session,
                          "ASKING before " + describe_call(*history_, group.call) +
                              ", which no ASK had sent there");
        }
    }

    template <class Words>
    void judge_knowledge(Arrival<Words> const& arrival, Group const& group, Client const& client,
                         SlotKnowledge const& slot) {
        std::size_t const node = arrival.place.node;
        bool const is_known =
            std::any_of(slot.namings.begin(), slot.namings.end(), [&](Naming const& naming) {
                return naming.node == node || (context_->reads_from_replicas && group.is_read &&
                                               client.replicas.contains({node, naming.node}));
            });
        if (!is_known) {
            blame(rules::goes_by_its_map, group.call,
                  node_text(node) + " got it at " + time_text(arrival.place.at) +
                      ", and nobody had named that node to the client as the owner of slot " +
                      std::to_string(group.slot));
        }
    }

    template <class Words>
    void judge_next(Arrival<Words> const& arrival, SessionState const& session, Group const& group,
                    SlotKnowledge const& slot, Chain const& chain) {
        if (!chain.was_refused || chain.target == nobody || chain.kind == RoutingLog::Kind::other) {
            return;
        }
        std::size_t const node = arrival.place.node;
        bool const is_ask = chain.kind == RoutingLog::Kind::ask;
        bool const is_there = node == chain.target && (!is_ask || session.is_asking);
        if (is_there || session.is_asking) {
            return;  // ASKING has been judged already
        }
        std::string const sent = node_text(chain.node) + " had sent it to " +
                                 node_text(chain.target) + (is_ask ? " by ASK" : " by MOVED");
        if (context_->is_undisturbed) {
            blame(rules::follows_redirections, group.call,
                  sent + (node == chain.target ? ", where it came without ASKING"
                                               : ", and it came to " + node_text(node)));
        } else if (!is_ask && node == chain.node && node != chain.target &&
                   !is_named_again(slot, node, chain)) {
            blame(rules::follows_redirections, group.call,
                  sent + ", and it came back without anybody having said so");
        }
    }

    static bool is_named_again(SlotKnowledge const& slot, std::size_t node, Chain const& chain) {
        return std::any_of(slot.namings.begin(), slot.namings.end(), [&](Naming const& naming) {
            return naming.node == node &&
                   (naming.place > chain.place || naming.epoch > chain.epoch);
        });
    }

    template <class Words>
    void judge_first(Arrival<Words> const& arrival, Group const& group, SlotKnowledge const& slot) {
        Proof const& proof = slot.proof;
        std::size_t const node = arrival.place.node;
        CallRecord const& call = history_->calls()[group.call];
        if (proof.node == nobody || proof.node == node || call.started <= proof.answered ||
            call.started >= context_->renewed) {
            return;
        }
        std::size_t witnesses = 0;
        bool is_fresh = false;
        for (Naming const& naming : slot.namings) {
            if (naming.node != node) {
                continue;
            }
            bool const is_later = naming.place > proof.place;
            // The same epoch as well: a deposed primary sends that of its successor, so that a node cut off from the
            // successor takes its slots to be claimed with it.
            if (naming.epoch >= proof.epoch ||
                (is_later && (naming.by == proof.node || naming.by == node))) {
                return;
            }
            is_fresh = is_fresh || is_later;
            witnesses += naming.at + witness_time > proof.answered ? 1u : 0u;
        }
        if (!is_fresh || witnesses < 2) {
            blame(rules::map_never_goes_back, group.call,
                  "it began at " + node_text(node) + " although " + node_text(proof.node) +
                      " had answered the client on slot " + std::to_string(group.slot) +
                      " with epoch " + std::to_string(proof.epoch) + " by " +
                      time_text(proof.answered));
        }
    }

    static std::string node_text(std::size_t node) { return "node-" + std::to_string(node + 1); }
    static std::string time_text(Instant at) { return print_duration(at.time_since_epoch()); }

    void blame(std::string_view rule, std::size_t call, std::string const& what) {
        if (violations_->size() < violations_max) {
            violations_->push_back({rule, what + ": " + describe_call(*history_, call), call});
        }
    }
    void blame_session(RoutingLog::Place const& place, SessionState const& session,
                       std::string const& what) {
        if (violations_->size() < violations_max) {
            violations_->push_back({rules::asks_properly,
                                    node_text(place.node) + " got from client " +
                                        std::to_string(session.client + 1) + " at " +
                                        time_text(place.at) + ": " + what,
                                    std::nullopt});
        }
    }

    History const* history_;
    RoutingContext const* context_;
    std::function<bool(std::size_t)> const* is_misled_;
    std::vector<Violation>* violations_;
    CallIndex index_;
    std::vector<Group> groups_;
    std::vector<Chain> chains_;
    std::vector<std::uint16_t> slots_;  // of all calls that are judged, ascending
    std::map<SessionKey, SessionState> sessions_;
    std::vector<Client> clients_;
    std::size_t order_ = 0;
};

}  // namespace

void judge_routing(History const& history, ExecutionLog const& executions,
                   RoutingLog const& routing, RoutingContext const& context,
                   std::function<bool(std::size_t)> const& is_misled,
                   std::vector<Violation>& violations) {
    RoutingJudge judge{history, context, is_misled, violations};
    judge.judge(executions, routing);
}

}  // namespace keyslot::sim
