#pragma once

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/node/node_host.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// What nodes told clients of where slots are, and which commands they refused: beside ExecutionLog the
/// ground truth by which the routing of a client is judged.
class RoutingLog {
public:
    /// When, and on which connection.
    struct Place {
        Instant at{};
        std::size_t executed = 0;  ///< so many records had the ExecutionLog
        std::size_t cluster = 0, node = 0;  ///< as in ExecutionRecord
        std::uint64_t incarnation = 0;
        SessionId session = 0;
    };
    /// A client's connection to a node.
    struct Opened {
        Place place;
        std::string peer;  ///< its address, without the port
    };
    /// One node's view of all slots, told in answer to CLUSTER SHARDS, SLOTS or NODES.
    struct View {
        std::vector<ClusterState::Claim> claims;
        std::vector<ClusterState::Following> followings;
    };
    struct Told {
        Place place;
        std::shared_ptr<View const> view;
    };
    enum class Kind : std::uint8_t { moved, ask, other };
    struct Refused {
        Place place = {};
        Kind kind = Kind::other;
        std::uint16_t slot = 0;  ///< of MOVED and ASK
        NodeId target = {};  ///< where the command is to go; empty: not known
        std::uint64_t epoch = 0;  ///< by which the slot's owner claims it, in the node's view
        std::string error;
        std::vector<std::string> words;
    };

    static bool tells_topology(std::span<std::string_view const> arguments);

    void opened(Place const& place, std::string peer);
    void told(Place const& place, ClusterState const& view);
    void refused(Place const& place, Refusal const& refusal, ClusterState const& view);
    void add(Refused refused) { refused_.push_back(std::move(refused)); }
    void add(Told told) { told_.push_back(std::move(told)); }
    void clear();

    std::vector<Opened> const& sessions() const { return opened_; }
    std::vector<Told> const& views() const { return told_; }
    std::vector<Refused> const& refusals() const { return refused_; }

private:
    std::vector<Opened> opened_;
    std::vector<Told> told_;
    std::vector<Refused> refused_;
};

}  // namespace keyslot::sim
