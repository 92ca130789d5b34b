#pragma once

#include "client/topology/address.hpp"

#include <keyslot/reply.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::topology {

inline constexpr std::uint16_t slot_count = 16384;

enum class Role : std::uint8_t { primary, replica };
enum class Health : std::uint8_t { online, fail, loading };

/// A node as one view describes it. Nodes are told apart by id where there is one: addresses are
/// attributes, of which a node may have several, and they change (client-bugs 11).
struct Node {
    std::string id = {};  ///< empty: not known (learned from a redirection)
    HostPort address = {};  ///< where it is dialled
    Role role = Role::primary;
    Health health = Health::online;
    std::vector<HostPort> aliases = {};  ///< how else the cluster may call it
    friend bool operator==(Node const&, Node const&) = default;
};
/// Notes one more name of the node; empty and unusable ones are passed over.
void add_alias(Node& node, std::string_view host, std::uint16_t port, Asked const& asked);
/// Whether it is reached under that address.
bool has_address(Node const& node, HostPort const& address);

struct SlotRange {
    std::uint16_t first = 0, last = 0;
    friend bool operator==(SlotRange const&, SlotRange const&) = default;
};

/// One primary, its replicas and its slots.
struct Shard {
    Node primary;
    std::vector<Node> replicas = {};
    std::vector<SlotRange> slots = {};  ///< ascending, disjoint
    std::uint64_t epoch = 0;  ///< config epoch of the primary; 0: none, or not known
    /// The epoch is not compared: it says how new the description is, not what it says.
    friend bool operator==(Shard const& a, Shard const& b) {
        return a.primary == b.primary && a.replicas == b.replicas && a.slots == b.slots;
    }
};

/// One node's answer to "what does the cluster look like?".
struct ClusterView {
    std::vector<Shard> shards = {};
    bool has_epochs = false;  ///< CLUSTER NODES was asked too
    std::string answered_by = {};  ///< id of the node whose view it is; empty: not known
    /// That node does not reach most of the primaries that have slots: what it says may be long over.
    bool from_minority = false;
    std::size_t covered_slots() const;
    bool is_empty() const;  ///< covers none
};

/// Makes a view consistent: slots of each shard ascending and disjoint, and no slot in two shards.
/// Where two claim a slot, the shard with an online primary gets it, among equals the one that
/// stands first.
void settle_claims(ClusterView& view);

/// Reads CLUSTER SHARDS, RESP2 or RESP3. Nodes that cannot be dialled are left out; a shard whose
/// primary cannot be dialled keeps its slots uncovered. A shard without slots is kept: ASK may lead
/// there. nullopt with `problem` filled when the reply has not the documented shape.
std::optional<ClusterView> parse_cluster_shards(ReplyView reply, Asked const& asked, bool tls,
                                                std::string& problem);
/// The same for CLUSTER SLOTS.
std::optional<ClusterView> parse_cluster_slots(ReplyView reply, Asked const& asked,
                                               std::string& problem);

/// What else is known of a view that is offered to the map.
struct ViewSource {
    HostPort asked = {};  ///< the address that answered
    /// Nobody else gave anything better: a view of another cluster, or of a minority, is taken too.
    bool last_resort = false;
    /// What other nodes said at the same occasion.
    std::span<ClusterView const> others = {};
};

class ViewMerge;

/// The client's map: slot -> shard. Owned by one executor; cheap to read, patched by MOVED, merged
/// with the views that a refresh brings. `version` grows with every change.
///
/// A view is merged slot by slot. The higher config epoch wins; epochs only grow, so that a view which
/// knows an older epoch of a slot's owner than the map does is an older view and loses (client-bugs
/// 34). A claim of a lower or the same epoch wins only if the owner itself gives the slot up, or the
/// claimant itself takes back what it had given up. What remains (the owner has failed, or is not
/// listed; a slot without owner) must be said by two nodes (client-bugs 14, 29, 30, 32). A view that
/// lists less than half of the owners is another cluster's.
class SlotMap {
public:
    static constexpr std::uint16_t no_shard = 0xffff;

    SlotMap() {
        owner_.fill(no_shard);
        claims_.fill(0);
    }

    std::uint64_t version() const { return version_; }
    /// In no order to rely on; indices hold for one version.
    std::span<Shard const> shards() const { return shards_; }
    std::size_t covered_slots() const { return covered_; }

    /// Index of the shard that owns the slot, or no_shard. One load; slot < slot_count.
    std::uint16_t shard_of(std::uint16_t slot) const { return owner_[slot]; }
    /// Address of the slot's primary, if it has an owner; valid for one version.
    HostPort const* primary_of(std::uint16_t slot) const {
        std::uint16_t const shard = owner_[slot];
        return shard == no_shard ? nullptr : &shards_[shard].primary.address;
    }

    /// Whether some replica was still loading when the map was told.
    bool shows_loading() const;
    /// Whether a node of the map, primary or replica, has that address.
    bool lists(HostPort const& address) const;
    /// The address under which the node with that address or alias is dialled; the same address for a
    /// node that is not listed.
    HostPort known_as(HostPort address) const;

    enum class Applied : std::uint8_t {
        unchanged,  ///< same as the map there is
        replaced,  ///< the map is what the view says
        partly,  ///< some claims were taken; others are older than the map, or need a second witness
        refused,  ///< nothing was taken: empty, older, in doubt, or of another cluster
    };
    /// The order of shards and replicas in the view makes no difference. A view without any slot is
    /// always refused.
    Applied apply(ClusterView view, ViewSource const& source = {});
    /// Whether the view speaks of the map's cluster: it lists at least half of the slots' owners. Any
    /// does as long as the map is empty.
    bool is_kin(ClusterView const& view) const;

    /// MOVED: that slot is at that address from now on. A node unknown so far becomes a shard of
    /// its own, and so does a replica, which has been promoted. False if the map said so already,
    /// if there is no such slot or port, or if `from`, the node that said so, is not the slot's
    /// owner: only an owner can give a slot away (client-bugs 34).
    bool patch(std::uint16_t slot, HostPort const& owner, HostPort const* from = nullptr);

private:
    friend class ViewMerge;

    explicit SlotMap(std::uint64_t version) : SlotMap() { version_ = version; }

    void raise_claims(ClusterView const& view);
    Applied take_some(ClusterView const& view, ViewMerge const& merge);
    /// Moves the slot to that shard; no_shard: nobody has it.
    void give(std::uint16_t slot, std::uint16_t to);
    std::uint16_t shard_like(Shard const& shard);
    std::uint16_t shard_with_primary(HostPort const& address);
    std::uint16_t free_place();

    std::uint64_t version_ = 0;
    std::size_t covered_ = 0;
    std::vector<Shard> shards_;
    std::array<std::uint16_t, slot_count> owner_;
    /// By slot, the claim on which its owner stands: twice its config epoch, and 1 more when an owner
    /// of that epoch has given the slot away.
    std::array<std::uint64_t, slot_count> claims_;
};

}  // namespace keyslot::topology
