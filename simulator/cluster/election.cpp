#include "simulator/cluster/cluster_impl.hpp"
#include "simulator/cluster/slot_set.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>

namespace keyslot::sim {
namespace {

constexpr std::int64_t election_delay_ms = 500;
constexpr std::uint64_t election_jitter_ms = 500;
constexpr std::int64_t rank_delay_ms = 1000;
constexpr std::int64_t election_timeout_ms_min = 2000;
constexpr std::int64_t vote_spacing_factor = 2;

}  // namespace

/// A replica whose master is FAIL stands for election (facts 5.3). Called again and again: each
/// call goes as far as time and votes allow.
void ClusterState::Impl::advance_election() {
    bool const is_manual = manual.end_ms != 0 && manual.can_start;
    if (!may_stand_for_election(is_manual)) {
        return;
    }
    std::int64_t const timeout_ms = std::max(config.node_timeout_ms * 2, election_timeout_ms_min);
    if (now_ms - election.at_ms > timeout_ms * 2) {
        KEYSLOT_SOMETIMES_RARELY_IF("election.without_majority", election.is_requested);
        schedule_election();
        if (manual.end_ms == 0) {
            return;
        }
    }
    if (!election.is_requested && manual.end_ms == 0) {
        int const rank = rank_among_siblings();
        if (rank > election.rank) {
            KEYSLOT_SOMETIMES_RARELY("election.overtaken_in_rank");
            election.at_ms += (rank - election.rank) * rank_delay_ms;
            election.rank = rank;
        }
    }
    if (now_ms < election.at_ms || now_ms - election.at_ms > timeout_ms) {
        return;
    }
    if (!election.is_requested) {
        ++current_epoch;
        election.epoch = current_epoch;
        election.is_requested = true;
        request_votes();
        return;
    }
    if (election.votes >= size / 2 + 1) {
        KEYSLOT_SOMETIMES_IF("election.won_by_hand", manual.end_ms != 0);
        KEYSLOT_SOMETIMES_IF("election.won", manual.end_ms == 0);
        me().details->config_epoch = std::max(me().config_epoch(), election.epoch);
        take_over_from_master();
    }
}

bool ClusterState::Impl::may_stand_for_election(bool is_manual) {
    Peer const* const master = me().master();
    if (me().is_master() || master == nullptr || master->slot_count == 0) {
        return false;
    }
    if (is_manual) {
        return true;
    }
    if (!master->is_failed() || config.replica_no_failover) {
        return false;
    }
    if (config.replica_validity_factor == 0) {
        return true;
    }
    std::int64_t const limit_ms = config.repl_ping_period_s * std::int64_t{1000} +
                                  config.node_timeout_ms * config.replica_validity_factor;
    std::int64_t const idle_ms = port.master_link_idle_ms();
    if (idle_ms < 0) {
        return false;  // it has never had any data of this master
    }
    std::int64_t age_ms = idle_ms / 1000 * 1000;
    if (age_ms > config.node_timeout_ms) {
        age_ms -= config.node_timeout_ms;
    }
    KEYSLOT_SOMETIMES_RARELY_IF("election.data_too_old", age_ms > limit_ms);
    return age_ms <= limit_ms;
}

void ClusterState::Impl::schedule_election() {
    std::uint64_t const jitter = port.random().below(election_jitter_ms);
    election.votes = 0;
    election.is_requested = false;
    election.rank = rank_among_siblings();
    election.at_ms = now_ms + election_delay_ms + static_cast<std::int64_t>(jitter) +
                     election.rank * rank_delay_ms;
    if (manual.end_ms != 0) {
        election.rank = 0;
        election.at_ms = now_ms;
    }
    broadcast_pong_to_siblings();
}

/// How many siblings have more of the master's data.
int ClusterState::Impl::rank_among_siblings() {
    std::int64_t const offset = port.replication_offset();
    int rank = 0;
    for (Peer const* const sibling : me().master()->replicas()) {
        bool const is_better = sibling != &me() && !sibling->has(node_nofailover) &&
                               sibling->details->replication_offset > offset;
        rank += is_better ? 1 : 0;
    }
    return rank;
}

void ClusterState::Impl::on_vote_request(Peer& candidate, BusMessage const& request) {
    if (deserves_vote(candidate, request)) {
        last_vote_epoch = current_epoch;
        candidate.master()->details->voted_ms = now_ms;
        answer(request, message(BusType::auth_ack));
    }
}

bool ClusterState::Impl::deserves_vote(Peer const& candidate, BusMessage const& request) {
    if (!me().is_master() || me().slot_count == 0) {
        return false;
    }
    // One vote an epoch; hearing the request has raised ours to at least its epoch.
    if (request.current_epoch < current_epoch || last_vote_epoch == current_epoch) {
        KEYSLOT_SOMETIMES_RARELY_IF("election.second_candidate_in_epoch",
                                    last_vote_epoch == current_epoch);
        return false;
    }
    Peer const* const master = candidate.master();
    if (candidate.is_master() || master == nullptr) {
        return false;
    }
    if (!master->is_failed() && !request.force_ack) {
        return false;
    }
    if (now_ms - master->details->voted_ms < config.node_timeout_ms * vote_spacing_factor) {
        KEYSLOT_SOMETIMES_RARELY("election.voted_lately");
        return false;
    }
    // It must not take slots that somebody owns by a newer epoch than it knows.
    return !request.slots || all_slots(*request.slots, [&](std::uint16_t slot) {
        Peer const* const owner = view.owner(slot);
        return view.is_up_for_grabs(slot) || owner->config_epoch() <= request.config_epoch;
    });
}

void ClusterState::Impl::on_vote(Peer const& voter, BusMessage const& vote) {
    if (voter.is_master() && voter.slot_count > 0 && vote.current_epoch >= election.epoch) {
        ++election.votes;
        to_do.election = true;
    }
}

}  // namespace keyslot::sim
