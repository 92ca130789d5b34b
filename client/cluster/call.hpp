#pragma once

#include "client/cluster/spread.hpp"
#include "client/connection/connection_machine.hpp"
#include "client/routing/call_machine.hpp"
#include "client/routing/read_cache.hpp"
#include "client/routing/replication_watch.hpp"
#include "client/routing/transaction_replies.hpp"

#include <keyslot/detail/call.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::detail {

class NodeLink;

/// A place in what was written to a link.
struct LinkMark {
    std::weak_ptr<NodeLink> link = {};
    std::uint64_t connection = 0;
    std::uint64_t position = 0;
};

/// A connection of one's own that outlasts a call: the one on which keys are watched.
struct LinkLease {
    std::shared_ptr<NodeLink> link;
    bool asking = false;     ///< its slot is being moved there: every command needs ASKING
    std::string broken = {};  ///< why nothing more may be built on what was read there
};

/// A script that the client can put in the place of its SHA-1.
struct KnownScript {
    std::string sha;
    std::string source;
};

/// Makes of EVALSHA the EVAL that means the same.
void write_out_script(std::string& encoded, KnownScript const& script);

/// One call from its preparation to its completion. Lives in the core's pool and is used again, so that
/// a call in steady state allocates nothing for its bytes.
struct Call {
    enum class Place : std::uint8_t {
        prepared,  ///< not submitted yet
        no_map,  ///< waits for the first topology
        queued,  ///< in its link's queue: not written
        in_flight,  ///< written; `position` tells its reply
        waiting,  ///< until a time (back-off)
        spread,  ///< its parts are under way
        held,  ///< behind an earlier call of the same slot that waits
        free,
    };

    std::string encoded;
    CommandRoute route;
    std::optional<routing::CallMachine> machine;
    UniqueFunction<void(CallResult&)> completion;
    std::shared_ptr<Failure const> preset_failure;  ///< what submit() fails with at once
    std::vector<std::string> hops;
    std::optional<ClusterNode> node;  ///< for that node only
    routing::Send next;  ///< how it goes out when its turn comes
    Duration timeout{};
    bool repeatable = false;
    Instant deadline{};
    Instant started{};  ///< if there is an observer
    Instant wake_at{};
    std::uint64_t sequence = 0;  ///< order of submission
    std::uint64_t position = 0;
    NodeLink* link = nullptr;
    NodeLink const* answered_by = nullptr;  ///< during the completion
    std::shared_ptr<NodeLink> own_link;  ///< of a call that blocks: nobody else's
    Instant block_until{};
    std::shared_ptr<Spread> spread;
    std::shared_ptr<LinkLease>
        lease;  ///< gets the link when the call succeeds, or says which it is
    std::shared_ptr<routing::SessionMarks> session;
    std::shared_ptr<KnownScript const> script;  ///< that it names by its SHA-1
    bool is_transaction = false;  ///< MULTI, commands, EXEC: one unit with a reply to each
    std::uint32_t replies = 1;
    std::uint32_t replies_left = 1;
    routing::TransactionReplies queued;
    Call* earlier = nullptr;  ///< neighbours in the list of deadlines
    Call* later = nullptr;
    std::uint32_t index = 0;
    std::uint32_t generation = 1;
    Place place = Place::free;
    bool pinned =
        false;  ///< for one link: its reply or its end is the result, nothing is tried again
    routing::ErrorKind last_refusal = routing::ErrorKind::other;
    bool lacks_access = false;  ///< the last node that it was meant for refused the credentials
    bool no_owner = false;
    routing::CacheRole cache_role = routing::CacheRole::bystander;
    routing::ReadCache::Ticket cache_ticket = 0;
    bool is_second_attempt = false;  ///< and counts against the limit of these when it is sent
    bool is_over_limit = false;  ///< it waits for its turn within that limit
    bool may_ask_replicas = false;
    bool by_replica = false;  ///< the attempt under way
    /// Under way, and it may turn out that it has to be sent once more: to a node that the map no longer
    /// calls the slot's owner, say. Later calls of its slot wait.
    bool doubtful = false;
    std::uint64_t pipeline = 0;  ///< its number; 0: the call is in none
    LinkMark refused_at;  ///< while it waits because that node takes no commands

    /// Notes what happened at a node, for the text of the error that may come of it.
    void add_hop(std::string const& where, std::string_view what) {
        constexpr std::size_t hops_max = 32;
        if (hops.size() < hops_max) {
            hops.push_back(where + ": " + std::string(what));
        }
    }
    connection::ConnectionMachine::Before before() const {
        using Before = connection::ConnectionMachine::Before;
        return next.asking                           ? Before::asking
               : route.block && route.block->is_wait ? Before::ping
                                                     : Before::nothing;
    }
    /// It may be answered TRYAGAIN or NOSCRIPT while one behind it is answered.
    bool may_fall_behind() const { return script || (pipeline != 0 && route.has_several_keys); }
    bool needs_own_link() const { return route.block || lease; }
    /// Takes part in the order of its slot. A call that blocks does not: the call that it waits for may
    /// be one behind it.
    bool keeps_order() const { return route.kind == CommandRoute::Kind::slot && !needs_own_link(); }
    /// Index and generation in one number, never 0: names the call without keeping it alive.
    std::uint64_t handle() const { return std::uint64_t{generation} << 32 | index; }
};

}  // namespace keyslot::detail
