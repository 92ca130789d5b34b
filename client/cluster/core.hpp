#pragma once

#include "client/cluster/call.hpp"
#include "client/cluster/deadline_list.hpp"
#include "client/cluster/link_pool.hpp"
#include "client/cluster/node_link.hpp"
#include "client/connection/connection_machine.hpp"
#include "client/routing/call_machine.hpp"
#include "client/routing/read_router.hpp"
#include "client/routing/refresh_machine.hpp"
#include "client/routing/retry_budget.hpp"
#include "client/routing/slot_order.hpp"
#include "client/topology/slot_map.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/node_stats.hpp>
#include <keyslot/options.hpp>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::detail {

class ClientSideCache;

/// What an error reply tells the caller; `of_script`: it answers EVAL, FCALL or one of their like.
Failure failure_of_error(std::string_view text, bool of_script = false);
/// "250 ms"
std::string milliseconds(Duration duration);

/// Is told that the map has changed: after the change, and never inside whatever caused it.
class TopologyListener {
public:
    virtual void on_topology(std::uint64_t version) = 0;
    /// The client has been closed: nothing more is told.
    virtual void on_closed() {}

protected:
    ~TopologyListener() = default;
};

/// The shell around the machines: carries events to them and does what they wish. One executor; no lock.
///
/// It must be held by a shared_ptr. close() ends everything; after it no handler of the core runs.
class ClusterCore : public std::enable_shared_from_this<ClusterCore> {
public:
    ClusterCore(std::shared_ptr<Environment> environment, ClusterOptions options);
    ~ClusterCore();

    asio::any_io_executor const& executor() const { return executor_; }
    Environment& environment() { return *environment_; }
    ClusterOptions const& options() const { return options_; }
    /// What a new connection says first. Throws what credential_provider throws.
    connection::Handshake handshake() const;
    Instant now() const { return environment_->now(); }

    /// Has the topology fetched, if nothing has asked for it yet.
    void start();

    // Calls.
    Call& acquire();
    void release(Call& call);
    std::uint64_t submit(Call& call);
    /// The call goes out on that link, in the order of these calls; its reply (an error reply too) or the
    /// link's end is its result: no redirection, no second attempt. Returns a handle for cancel().
    std::uint64_t submit_on(NodeLink& link, Call& call);
    void cancel(std::uint64_t handle);
    Call* find(std::uint64_t handle);
    void close();
    /// Takes no more calls, and closes when there are none left, or at that time; then `done` is told
    /// whether it was the first. Only the last to ask is told.
    void drain(Instant until, UniqueFunction<void(bool all_done)> done);

    // What links report.
    void on_reply(NodeLink& link, std::uint64_t ticket, ReplyView reply);
    /// The attempt ended without a reply; `written`: the command may have reached the node.
    void on_attempt_failed(Call& call, NodeLink& link, bool written, std::string const& why);
    /// A connection ended; `is_news`: no call that it had will say so.
    void on_disconnect(bool is_news);
    /// A shared link is about to be given up because its node says nothing.
    void on_silence(NodeLink& link);
    /// Asks the node of an idle link whether it is there.
    void ping(NodeLink& link);
    std::uint64_t on_connect() { return ++stats_.connects; }
    void on_connected(NodeLink const& link, Duration took) const;
    void on_link_ended(NodeLink const& link, std::string const& why, bool was_ready) const;
    /// Runs `work` at that time, or earlier when the client is closed. Gives a number for forget_wake(), not 0.
    std::uint64_t at(Instant when, UniqueFunction<void()> work);
    void forget_wake(std::uint64_t number);
    /// A link wants its check() at that time.
    void check_links_at(Instant at);

    // Replicas that are behind.
    /// Has every node asked, from now on and time after time, how far its data go.
    void watch_replication();

    // Order within a slot.
    /// A number that no other pipeline of this client has.
    std::uint64_t new_pipeline() { return ++last_pipeline_; }
    /// Whether an earlier call of its slot stands in its way.
    bool must_hold(Call const& call) const {
        return !order_.empty() && call.keeps_order() &&
               order_.must_hold(call.route.slot, call.sequence, call.route.reads);
    }
    /// Keeps a call that must_hold() and is on no link until its turn comes.
    void hold(Call& call);

    // Scripts.
    /// From now on a call of EVALSHA with its SHA-1 does without the node's knowing it. Gives the SHA-1.
    std::string register_script(std::string_view source);
    /// The one that an encoded EVALSHA names; null: not known.
    std::shared_ptr<KnownScript const> script_of(std::string_view encoded) const;

    // Connections of one's own.
    /// A link that is not shared. Lives as long as somebody holds it, and ends with the client.
    std::shared_ptr<NodeLink> make_private_link(topology::HostPort const& address, LinkUse use);
    LinkPool& pool() { return pool_; }
    /// The link that all calls to that node share; made if there is none.
    NodeLink& link_to(topology::HostPort const& address);

    // Topology.
    /// MOVED, heard by somebody who is no call: that slot is there.
    void learn_owner(std::uint16_t slot, topology::HostPort const& owner,
                     topology::HostPort const& from);
    topology::AddressRemap const& address_remap() const { return address_remap_; }
    /// Has the topology fetched, soon, and not more often than the options allow.
    void ask_refresh(routing::RefreshReason reason);
    /// How the addresses in that node's replies are to be taken.
    topology::Asked asked(topology::HostPort const& node) const {
        return {node.host, &address_remap_};
    }
    void add_listener(std::weak_ptr<TopologyListener> listener);
    bool closed() const { return closed_; }
    void drain_at_once() {
        if (drained_) {
            finish_draining(!has_callers());
        }
    }

    // What the faces show.
    topology::SlotMap const& map() const { return map_; }
    bool reads_from_replicas() const {
        return options_.read_from_replicas || options_.load_balancing_strategy.has_value();
    }
    ClusterStats stats() const;
    ClientSideCacheStats cache_stats() const;
    std::vector<NodeStats> node_stats();
    /// Those of a node, which all its links share.
    std::shared_ptr<NodeStats> stats_of(topology::HostPort const& address);

private:
    friend class TopologyFetch;

    bool refused(Call& call, NodeLink& link, ReplyView reply);
    bool lease_refused(Call& call, NodeLink& link, std::string_view error);
    void answer(Call& call, NodeLink& link, ReplyView reply);
    void executed(Call& call, NodeLink& link, ReplyView exec);
    void transaction_refused(Call& call, NodeLink& link, std::string_view error);
    std::uint64_t submit_on_lease(Call& call);
    bool doubted(Call& call, NodeLink& link, ReplyView reply);
    bool leave_link(Call& call);
    NodeLink* own_link_for(Call& call, NodeLink& shared);
    void give_back_link(Call& call);
    DeadlineList& deadlines_of(Call const& call) {
        return call.deadline == Instant::max() ? endless_ : deadlines_;
    }
    Instant deadline_after(Duration timeout) const;
    void finish_draining(bool all_done);
    bool has_callers() const { return callers_ != 0; }
    void refuse(Call& call, NodeLink const& link, std::string const& why);

    // Carrying out wishes.
    void step(Call& call, routing::CallEvent const& event, NodeLink* link, ReplyView const* reply);
    void dispatch(Call& call);
    void spread(Call& call);
    void part_completed(std::uint64_t handle, std::size_t part, CallResult const& result);
    void parts_completed(Call& call);
    void send(Call& call);
    NodeLink* link_for(Call& call);
    NodeLink* reader_for(Call& call, std::uint16_t shard);
    NodeLink& read_link_to(topology::HostPort const& address);
    routing::ReadCandidate candidate(topology::Node const& replica) const;
    std::vector<routing::ReadCandidate> read_candidates(topology::Shard const& nodes,
                                                        NodeLink const& primary) const;
    bool goes_to_replica(Call const& call, NodeLink const& link);
    void note_write(Call const& call);
    void ask_positions();
    void ask_position(NodeLink& link);
    std::vector<std::shared_ptr<NodeLink>> all_links() const;
    NodeLink* some_primary();
    /// require_full_coverage, and some slot has no owner.
    bool lacks_coverage() const {
        return holds_back_ && map_.covered_slots() < topology::slot_count;
    }
    topology::HostPort address_of(ClusterNode const& node) const;
    /// Before a second attempt.
    void wait(Call& call, Instant until);
    void put_off(Call& call, Instant until);
    void deliver(Call& call, NodeLink* link, ReplyView reply);
    void fail(Call& call, routing::Fail const& fail);
    void complete(Call& call, CallResult result);
    void detach(Call& call);
    std::string unserved(Call const& call) const;
    std::shared_ptr<Failure const> make_failure(Call const& call, routing::Fail const& fail) const;
    std::shared_ptr<Failure const> failure_of_reply(Call const& call, NodeLink const* link,
                                                    std::string_view error) const;

    // Order within a slot.
    bool is_put_off(Call const& call) const;
    void overtake_those_before(Call const& call);
    void stand(Call const& call, routing::SlotOrder::Stops stops);
    void leave_order(Call const& call);
    void release_held(std::uint16_t slot);
    void doubt_calls_elsewhere();
    void hold_others_behind(Call& call);

    // Topology.
    void obey(routing::RefreshMachine::Action const& action);
    void start_fetch();
    void fetch_finished(bool success);
    void fail_for_want_of_access();
    void map_changed();
    void announce();
    std::vector<topology::HostPort> fetch_candidates(std::vector<topology::HostPort> start_up);

    // What an observer is told.
    void tell_redirection(NodeLink const& link, routing::ErrorReply const& error) const;
    void tell_retry(Call const& call, Instant until) const;
    void tell_end(Call const& call, CallResult const& result) const;
    void tell_refresh() const;

    // Time.
    void arm(Instant at);
    void on_timer();
    Instant next_due() const;

    std::shared_ptr<Environment> environment_;
    asio::any_io_executor executor_;
    ClusterOptions options_;
    routing::CallLimits limits_;
    routing::RefreshMachine refresher_;
    topology::SlotMap map_;
    topology::AddressRemap address_remap_;
    bool holds_back_;  // while a slot has no owner, nothing is sent

    std::map<topology::HostPort, std::shared_ptr<NodeLink>> links_;
    std::map<topology::HostPort, std::shared_ptr<NodeLink>> read_links_;  // to replicas
    routing::ReadRouter reads_;
    bool watches_replication_ = false;
    std::vector<NodeLink*>
        shard_links_;  // by shard index, filled on demand; cleared when the map changes
    std::uint64_t shard_links_version_ = 0;
    std::vector<std::weak_ptr<NodeLink>> private_links_;
    LinkPool pool_{*this};
    std::vector<std::weak_ptr<TopologyListener>> listeners_;
    bool announcing_ = false;
    std::unique_ptr<ClientSideCache> cache_;  // null: everything is asked for

    std::deque<Call> calls_;
    std::vector<Call*> free_calls_;
    std::uint64_t next_sequence_ = 1;
    std::uint64_t last_pipeline_ = 0;
    std::size_t callers_ = 0;  // calls submitted by somebody outside, and not completed
    DeadlineList deadlines_;
    DeadlineList endless_;  // calls without one
    routing::RetryBudget retries_;
    std::set<std::pair<Instant, std::uint64_t>> waits_;  // time, handle
    std::deque<std::uint64_t> waiting_for_map_;
    routing::SlotOrder order_;  // its tickets are handles
    std::map<std::string, std::shared_ptr<KnownScript const>, std::less<>> scripts_;  // by SHA-1

    std::shared_ptr<class TopologyFetch> fetch_;
    std::string fetch_problems_;  // of the last round that failed: every address and why

    std::map<std::pair<Instant, std::uint64_t>, UniqueFunction<void()>> wakes_;
    std::uint64_t next_wake_ = 1;
    std::unique_ptr<Timer> timer_;
    Instant armed_at_ = Instant::max();
    Instant refresh_wake_ = Instant::max();
    Instant links_check_ = Instant::max();

    ClusterStats stats_;
    std::map<topology::HostPort, std::shared_ptr<NodeStats>> node_stats_;
    std::string_view refresh_reason_ = "start";  // of the fetch that is due
    UniqueFunction<void(bool)> drained_;  // whom the end of all calls is told
    Instant drain_until_ = Instant::max();
    bool started_ = false;
    bool draining_ = false;
    bool closed_ = false;
    bool post_completions_ = false;  // inside a caller's function: complete later
};

}  // namespace keyslot::detail
