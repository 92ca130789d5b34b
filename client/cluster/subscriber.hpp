#pragma once

#include "client/cluster/core.hpp"
#include "client/cluster/node_link.hpp"
#include "client/routing/message_queue.hpp"
#include "client/routing/subscriber_machine.hpp"

#include <keyslot/pubsub.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace keyslot::detail {

/// The shell around a SubscriberMachine: its connections, its timer, and who waits for what. Must be held
/// by a shared_ptr, and attach() called on it. On the client's executor.
class Subscriber final : public LinkOwner,
                         public TopologyListener,
                         public std::enable_shared_from_this<Subscriber> {
public:
    using Id = routing::SubscriptionId;
    using Done = UniqueFunction<void(Result<bool>)>;
    using Taken = UniqueFunction<void(Result<std::optional<PubSubMessage>>)>;

    Subscriber(std::shared_ptr<ClusterCore> core, PubSubOptions const& options);
    ~Subscriber();
    void attach();

    std::uint64_t subscribe(std::vector<Id> ids, Done done);
    std::uint64_t unsubscribe(std::vector<Id> ids, Done done);
    std::uint64_t next(std::optional<Duration> timeout, Taken taken);
    void cancel(std::uint64_t handle);
    void close();
    asio::any_io_executor const& executor() const { return core_->executor(); }

    void on_ready(NodeLink& link) override;
    void on_message(NodeLink& link, ReplyView view) override;
    void on_ended(NodeLink& link, std::string const& why, bool could_not_connect) override;
    void on_topology(std::uint64_t version) override;
    void on_closed() override;

private:
    using Machine = routing::SubscriberMachine;
    using Problem = std::shared_ptr<Failure const>;

    /// A subscribe() or unsubscribe() under way.
    struct Change {
        bool subscribe = true;
        std::set<Id> missing;
        Instant deadline{};
        Done done;
    };
    struct Waiter {
        std::uint64_t handle = 0;
        std::optional<Instant> deadline;
        Taken taken;
    };

    std::uint64_t change(bool subscribe, std::vector<Id> ids, Done done);
    void give_up_waiting_for(std::vector<Id> const& ids);
    void step(Machine::Event const& event);
    void obey(Machine::Open const& wish);
    void obey(Machine::Close const& wish);
    void obey(Machine::Say const& wish);
    void obey(Machine::Deliver& wish);
    void obey(Machine::AskRefresh const& wish);
    void obey(Machine::Learn const& wish);
    void obey(Machine::Settled const& wish);
    void obey(Machine::Left const& wish);
    void obey(Machine::Refused const& wish);

    void hand_out();
    void end(Problem why);
    void finish(std::uint64_t handle, Result<bool> result);
    void complete(Waiter waiter, Result<std::optional<PubSubMessage>> result);
    void shut_down_links();
    void on_timer();
    void arm();
    Machine::ConnectionId connection_of(NodeLink const& link) const;
    NodeLink* link_of(Machine::ConnectionId connection) const;
    Problem problem_of(Change const& change, ErrorCode code, std::string const& what) const;

    std::shared_ptr<ClusterCore> core_;
    PubSubOptions options_;
    Machine machine_;
    routing::MessageQueue queue_;
    std::vector<std::pair<Machine::ConnectionId, std::shared_ptr<NodeLink>>> links_;
    std::map<std::uint64_t, Change> changes_;
    std::deque<Waiter> waiters_;
    std::uint64_t next_handle_ = 1;
    std::unique_ptr<Timer> timer_;
    Instant armed_at_ = Instant::max();
    Problem ended_;  // not null: closed, and why
};

}  // namespace keyslot::detail
