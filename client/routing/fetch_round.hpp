#pragma once

#include "client/topology/slot_map.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::routing {

/// One round of asking for the topology: whom next, and when enough was heard. A view on which the map
/// and a node agree, or that is newer in all, ends it; one that is older or in doubt does not, because
/// another node may know better or say the same (client-bugs 29, 30, 32, 34). Pure.
class FetchRound {
public:
    /// `candidates`: whom to ask, the best first. `start_up`: those of them that the user named, whose
    /// word is taken when the cluster that the map knew is gone.
    FetchRound(std::vector<topology::HostPort> candidates,
               std::vector<topology::HostPort> start_up);

    /// Whom to ask now; nullopt: everybody was, or enough have been. Then conclude().
    std::optional<topology::HostPort> next();

    /// A node's answer. True: the round is over, and a success.
    bool offer(topology::SlotMap& map, topology::HostPort const& node, topology::ClusterView view);
    /// A node gave no view. `lacks_access`: because it does not accept the credentials.
    void failed(topology::HostPort const& node, std::string_view why, bool lacks_access = false) {
        all_lack_access_ = all_lack_access_ && lacks_access;
        note(node, why);
    }
    /// Nobody is left to ask: makes the best of what was heard. True: a success.
    bool conclude(topology::SlotMap& map);

    /// Everybody asked refuses the credentials: asking again will not mend that.
    bool all_lack_access() const { return all_lack_access_ && !problems_.empty(); }
    /// Every node that did not do, and why, in one line.
    std::string const& problems() const { return problems_; }

private:
    void note(topology::HostPort const& node, std::string_view why);

    /// So many nodes are asked for a second opinion. What they all cannot settle, time does.
    static constexpr std::size_t views_max = 6;

    std::vector<topology::HostPort> candidates_;  // a stack: the next one is at the back
    std::vector<topology::HostPort> start_up_;
    std::vector<topology::ClusterView> heard_;  // of the map's cluster, but not taken in all
    std::optional<topology::ClusterView> last_resort_;
    std::string problems_;
    bool all_lack_access_ = true;
};

}  // namespace keyslot::routing
