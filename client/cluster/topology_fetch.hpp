#pragma once

#include "client/cluster/call.hpp"
#include "client/routing/fetch_round.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::detail {

class ClusterCore;

/// Carries out one FetchRound: asks node after node for CLUSTER SHARDS (SLOTS before Redis 7.0), and in
/// the same breath for CLUSTER NODES, which alone tells the config epochs.
class TopologyFetch : public std::enable_shared_from_this<TopologyFetch> {
public:
    TopologyFetch(ClusterCore& core, routing::FetchRound round)
        : core_(core), round_(std::move(round)) {}

    void ask_next();
    /// Nothing of the fetch touches the core any more.
    void cancel() { cancelled_ = true; }

private:
    /// What one node has said so far.
    struct Heard {
        topology::HostPort node;
        int due = 0;  ///< answers still to come
        std::optional<topology::ClusterView> view;
        std::string nodes_text;
        std::string problem;  ///< why there is no view
        bool knows_shards = true;
        bool was_refused = false;  ///< by an error reply: CLUSTER NODES may do instead
        bool lacks_access = false;  ///< by one about the credentials
    };

    void ask(std::string_view subcommand);
    void answered(std::string_view subcommand, CallResult& result);
    void read_shape(std::string_view subcommand, CallResult& result);
    void judge();
    void tell_changes(std::uint64_t version_before);
    void finish(bool success);
    void ask_coverage();

    ClusterCore& core_;
    routing::FetchRound round_;
    Heard heard_;
    bool cancelled_ = false;
};

}  // namespace keyslot::detail
