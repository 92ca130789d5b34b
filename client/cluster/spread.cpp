#include "client/cluster/spread.hpp"

#include "client/cluster/nodes.hpp"
#include "client/routing/reply_merge.hpp"

#include <keyslot/detail/decode.hpp>

#include <utility>

namespace keyslot::detail {

Spread::Spread(std::span<ClusterNode const> nodes) {
    for (ClusterNode const& node : nodes) {
        parts_.push_back({node, Reply()});
    }
}

Spread::Spread(protocol::CommandInfo const& merged_by)
    : targets_(merged_by.request_policy == protocol::RequestPolicy::all_nodes
                   ? TargetNodes::all_nodes
                   : TargetNodes::primaries),
      merged_by_(&merged_by) {}

void Spread::find_nodes(topology::SlotMap const& map, std::uint64_t random) {
    if (targets_) {
        parts_.clear();
        for (topology::Shard const& shard : map.shards()) {
            if (targets_ == TargetNodes::primaries ? !shard.slots.empty()
                                                   : targets_ != TargetNodes::replicas) {
                parts_.push_back({public_node(shard.primary), Reply()});
            }
            if (targets_ == TargetNodes::primaries) {
                continue;
            }
            for (topology::Node const& replica : shard.replicas) {
                parts_.push_back({public_node(replica), Reply()});
            }
        }
    }
    if (draws() && !parts_.empty()) {
        NodeResult<Reply> const drawn = parts_[static_cast<std::size_t>(random % parts_.size())];
        parts_.assign(1, drawn);
    }
    missing_ = parts_.size();
    handles_.assign(parts_.size(), 0);
}

bool Spread::ended(std::size_t part, Result<Reply> result) {
    parts_[part].result = std::move(result);
    return --missing_ == 0;
}

std::vector<Reply> Spread::replies() const {
    std::vector<Reply> replies;
    for (auto const& part : parts_) {
        if (part.result) {
            replies.push_back(*part.result);
        }
    }
    return replies;
}

std::shared_ptr<Failure const> Spread::failure() const {
    bool const one_is_enough = merged_by_ != nullptr && merged_by_->response_policy ==
                                                            protocol::ResponsePolicy::one_succeeded;
    Failure failure;
    std::size_t failed = 0;
    bool some_ran = false;
    for (auto const& [node, result] : parts_) {
        some_ran =
            some_ran || result.has_value() || result.error().outcome != Outcome::not_executed;
        if (result) {
            continue;
        }
        Failure const& of_part = result.error();
        if (failed++ == 0) {
            failure = of_part;
            failure.message.clear();
        }
        failure.message += failure.message.empty() ? "" : "; ";
        failure.message += node.name();
        failure.message += ": ";
        failure.message += of_part.message;
    }
    if (failed == 0 || (one_is_enough && failed < parts_.size())) {
        return nullptr;
    }
    failure.outcome = some_ran ? Outcome::unknown : Outcome::not_executed;
    return std::make_shared<Failure const>(std::move(failure));
}

Result<Reply> Spread::merged(std::uint64_t random) const {
    std::vector<Reply> const all = replies();
    if (auto reply = routing::merge(*merged_by_, all, random)) {
        return *std::move(reply);
    }
    return unexpected_reply(all.front().view(), "replies that fit together");
}

}  // namespace keyslot::detail
