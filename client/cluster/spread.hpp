#pragma once

#include "client/protocol/command_table.hpp"
#include "client/topology/slot_map.hpp"

#include <keyslot/detail/call.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace keyslot::detail {

/// A call that several nodes answer: which ones, what each of them said, and what that is as a whole. The parts
/// are calls of their own, which the core submits.
class Spread {
public:
    /// The reply is that of each node by itself: of those that there are, or of those named.
    explicit Spread(TargetNodes targets) : targets_(targets) {}
    explicit Spread(std::span<ClusterNode const> nodes);
    /// One reply is made of all, by the policies of the command.
    explicit Spread(protocol::CommandInfo const& merged_by);

    /// Whether find_nodes() draws one.
    bool draws() const { return targets_ == TargetNodes::random; }
    /// Settles which nodes these are. `random`: 64 bits that nothing else was given.
    void find_nodes(topology::SlotMap const& map, std::uint64_t random);

    std::size_t size() const { return parts_.size(); }
    ClusterNode const& node(std::size_t part) const { return parts_[part].node; }
    /// What is known of each part so far: its result, once it has ended.
    NodeResults<Reply> const& parts() const { return parts_; }
    /// The calls of the parts, in the order of the nodes; 0: not submitted.
    std::vector<std::uint64_t> const& handles() const { return handles_; }
    void submitted(std::size_t part, std::uint64_t handle) { handles_[part] = handle; }
    /// A part has ended; true: with it all have.
    bool ended(std::size_t part, Result<Reply> result);

    bool makes_one_reply() const { return merged_by_ != nullptr; }
    /// Why no one reply can be made: all that went wrong, and the outcome that is true of the whole. Null: one
    /// can be.
    std::shared_ptr<Failure const> failure() const;
    /// The one reply. Only where failure() is null.
    Result<Reply> merged(std::uint64_t random) const;

private:
    std::vector<Reply> replies() const;

    std::optional<TargetNodes> targets_;  // none: the parts are named
    protocol::CommandInfo const* merged_by_ = nullptr;
    NodeResults<Reply> parts_;
    std::vector<std::uint64_t> handles_;
    std::size_t missing_ = 0;
};

}  // namespace keyslot::detail
