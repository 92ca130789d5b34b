// Which replicas are behind, and by how much.
#include "client/cluster/core.hpp"

#include <keyslot/detail/decode.hpp>

#include <array>

namespace keyslot::detail {

void ClusterCore::watch_replication() {
    if (reads_from_replicas() && !std::exchange(watches_replication_, true)) {
        ask_positions();
    }
}

// Every node is asked itself: what a primary says of its replicas names them by addresses that need not be
// those of the topology.
void ClusterCore::ask_positions() {
    if (closed_) {
        return;
    }
    constexpr Duration until_there_is_a_map = std::chrono::milliseconds{100};
    at(now() + (map_.version() == 0 ? until_there_is_a_map : Duration(options_.lag_check_interval)),
       [weak = weak_from_this()] {
           if (auto const self = weak.lock()) {
               self->ask_positions();
           }
       });
    for (topology::Shard const& shard : map_.shards()) {
        ask_position(link_to(shard.primary.address));
        for (topology::Node const& replica : shard.replicas) {
            ask_position(read_link_to(replica.address));
        }
    }
}

void ClusterCore::ask_position(NodeLink& link) {
    Call& call = acquire();
    std::array<std::string_view, 2> const words{"INFO", "replication"};
    call.route = encode(call.encoded, nullptr, words);
    call.timeout = options_.attempt_timeout;
    call.completion = [this, node = link.address(), asked_at = now()](CallResult& result) {
        Result<std::string> const info = decode<std::string>(result);
        reads_.positions().told(node, info ? routing::parse_replication_info(*info) : std::nullopt,
                                asked_at);
    };
    submit_on(link, call);
}

void ClusterCore::note_write(Call const& call) {
    if (call.route.reads) {
        return;
    }
    if (call.route.kind == CommandRoute::Kind::slot) {
        call.session->wrote(call.route.slot, now());
    } else if (call.route.writes) {
        call.session->wrote_everywhere(now());
    }
}

}  // namespace keyslot::detail
