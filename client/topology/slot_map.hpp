#pragma once

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

/// Host (a name or an IP literal) and port, as a node is dialled and as redirections name it.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(HostPort const&, HostPort const&) = default;
    friend auto operator<=>(HostPort const&, HostPort const&) = default;
};
std::string to_string(HostPort const& address);  ///< "host:port", IPv6 in brackets

enum class Role : std::uint8_t { primary, replica };
enum class Health : std::uint8_t { online, fail, loading };

/// A node as one view describes it. Nodes are told apart by id where there is one: addresses
/// change.
struct Node {
    std::string id;  ///< empty: not known (learned from a redirection)
    HostPort address;
    Role role = Role::primary;
    Health health = Health::online;
    friend bool operator==(Node const&, Node const&) = default;
};

struct SlotRange {
    std::uint16_t first = 0, last = 0;
    friend bool operator==(SlotRange const&, SlotRange const&) = default;
};

/// One primary, its replicas and its slots.
struct Shard {
    Node primary;
    std::vector<Node> replicas;
    std::vector<SlotRange> slots;  ///< ascending, disjoint
    friend bool operator==(Shard const&, Shard const&) = default;
};

/// One node's answer to "what does the cluster look like?".
struct ClusterView {
    std::vector<Shard> shards;
    std::size_t covered_slots() const;
};

/// Makes a view consistent: slots of each shard ascending and disjoint, and no slot in two shards.
/// Where two claim a slot, the shard with an online primary gets it, among equals the one that
/// stands first.
void settle_claims(ClusterView& view);

/// Reads CLUSTER SHARDS, RESP2 or RESP3. `asked_host`: what the connection was opened with; it
/// stands in for a null or empty endpoint. Nodes with endpoint "?" or port 0 cannot be dialled and
/// are left out; a shard whose primary cannot be dialled keeps its slots uncovered. A shard without
/// slots is kept: ASK may lead there. nullopt with `problem` filled when the reply has not the
/// documented shape.
std::optional<ClusterView> parse_cluster_shards(ReplyView reply, std::string_view asked_host,
                                                bool tls, std::string& problem);
/// The same for CLUSTER SLOTS.
std::optional<ClusterView> parse_cluster_slots(ReplyView reply, std::string_view asked_host,
                                               std::string& problem);

/// The client's map: slot -> shard. Owned by one executor; cheap to read, patched by MOVED,
/// replaced by a refresh. `version` grows with every change.
class SlotMap {
public:
    static constexpr std::uint16_t no_shard = 0xffff;

    SlotMap() { owner_.fill(no_shard); }

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

    /// Whether a node of the map, primary or replica, has that address.
    bool lists(HostPort const& address) const;

    enum class Applied : std::uint8_t {
        unchanged,  ///< same as the map there is
        replaced,
        refused,  ///< empty, or it covers less than the map there is: a partial or foreign view
    };
    /// Takes over a view. A view that covers fewer slots than the map is refused unless
    /// `confirmed_by` >= 2 nodes gave the same coverage; one that covers none is always refused
    /// (client-bugs 29, 30, 32). The order of shards and replicas in the view makes no difference.
    Applied apply(ClusterView view, int confirmed_by = 1);

    /// MOVED: that slot is at that address from now on. A node unknown so far becomes a shard of
    /// its own, and so does a replica, which has been promoted. False if the map said so already,
    /// or if there is no such slot or port.
    bool patch(std::uint16_t slot, HostPort const& owner);

private:
    std::uint16_t shard_with_primary(HostPort const& address);

    std::uint64_t version_ = 0;
    std::size_t covered_ = 0;
    std::vector<Shard> shards_;
    std::array<std::uint16_t, slot_count> owner_;
};

}  // namespace keyslot::topology
