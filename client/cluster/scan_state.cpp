#include "client/cluster/scan_state.hpp"

#include "client/topology/cluster_nodes.hpp"

#include <algorithm>

namespace keyslot::detail {

namespace {

void read_own(topology::NodeLine const& line, routing::ScanNodeState& state) {
    state.is_primary = line.primary;
    state.epoch = line.epoch;
    for (topology::SlotRange const& range : line.slots) {
        state.owned.insert(range);
    }
    for (topology::SlotMark const& mark : line.marks) {
        if (mark.importing) {
            state.importing.insert({mark.slot, mark.slot});
        } else {
            state.migrating.emplace(mark.slot, mark.other_node);
        }
    }
}

}  // namespace

std::optional<routing::ScanNodeState> scan_state(ReplyView reply, std::string& problem) {
    auto const lines = topology::parse_node_lines(reply.text(), problem);
    if (!lines) {
        return std::nullopt;
    }
    routing::ScanNodeState state;
    std::size_t voters = 0;
    std::size_t reached = 0;
    for (topology::NodeLine const& line : *lines) {
        if (line.primary && !line.slots.empty()) {
            ++voters;
            reached += line.suspected || line.failed ? 0u : 1u;
        }
        if (line.myself) {
            read_own(line, state);
        } else if (line.primary) {
            state.others.emplace_back(line.id, line.slots);
        }
    }
    state.is_cut_off = reached * 2 <= voters;
    return state;
}

}  // namespace keyslot::detail
