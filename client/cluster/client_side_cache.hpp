#pragma once

#include "client/cluster/call.hpp"
#include "client/cluster/node_link.hpp"
#include "client/routing/read_cache.hpp"

#include <keyslot/client_side_cache.hpp>

#include <optional>

namespace keyslot::detail {

/// Puts a ReadCache between the calls and the shared connections to primaries, whose owner it is: there
/// the servers tell what has changed.
class ClientSideCache final : public LinkOwner {
public:
    ClientSideCache(ClusterCore& core, ClientSideCacheOptions const& options)
        : core_(core), cache_(options) {}

    /// A call is about to be submitted. True: it was answered from memory, and is over.
    bool serve(Call& call);
    /// A call for one link is about to be: it may be a write.
    void note(Call& call);
    /// A reply that is no error; completed() follows.
    void replied(Call const& call, NodeLink const& link, ReplyView reply);
    void completed(Call const& call);

    ClientSideCacheStats stats() const { return cache_.stats(); }

    void on_ready(NodeLink& link) override { cache_.flush_node(link.address()); }
    void on_message(NodeLink& link, ReplyView push) override;
    void on_ended(NodeLink& link, std::string const&, bool) override {
        cache_.flush_node(link.address());
    }

private:
    void changed(Call const& call);

    ClusterCore& core_;
    routing::ReadCache cache_;
};

}  // namespace keyslot::detail
