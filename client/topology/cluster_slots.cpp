#include "client/topology/reply_fields.hpp"
#include "client/topology/slot_map.hpp"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

namespace keyslot::topology {
namespace {

// A node as it stands in the reply: nothing is copied before it is known to be new.
struct NodeText {
    std::string_view host;
    std::uint16_t port = 0;
    std::string_view id;
    std::optional<ReplyView> metadata = std::nullopt;
};

// CLUSTER SLOTS names a primary once per range, so that a cluster in the middle of a reshard
// repeats each many times: finds the shard that a primary got the first time. An open hash table
// over the texts.
class ShardIndex {
public:
    explicit ShardIndex(std::size_t ranges)
        : places_(std::bit_ceil(ranges * 2 + 1)), mask_(places_.size() - 1) {}

    /// The shard of this primary, or a reference to fill in for a new one.
    std::uint32_t& find(NodeText const& node) {
        std::size_t at = hash(node) & mask_;
        while (places_[at].shard != none && !same(places_[at].node, node)) {
            at = (at + 1) & mask_;
        }
        places_[at].node = node;
        return places_[at].shard;
    }

    static constexpr std::uint32_t none = 0xffffffff;

private:
    struct Place {
        NodeText node;
        std::uint32_t shard = none;
    };

    static bool same(NodeText const& a, NodeText const& b) {
        return a.id == b.id && (!a.id.empty() || (a.host == b.host && a.port == b.port));
    }

    // Ids are random hexadecimal digits: their first eight spread well enough.
    static std::size_t hash(NodeText const& node) {
        std::uint64_t word = 0;
        std::string_view const text = node.id.empty() ? node.host : node.id;
        std::copy_n(text.data(), std::min(text.size(), sizeof word),
                    reinterpret_cast<char*>(&word));
        word ^= node.id.empty() ? node.port : 0u;
        return static_cast<std::size_t>((word * 0x9e3779b97f4a7c15u) >> 32);
    }

    std::vector<Place> places_;
    std::size_t mask_;
};

class Reader {
public:
    Reader(ReplyView reply, Asked const& asked, std::string& problem)
        : asked_(asked), problem_(problem), index_(reply.size()) {}

    bool read_range(ReplyView entry) {
        ++entry_;
        if (!is_list(entry) || entry.size() < 3) {
            return refuse("is not a range with its nodes");
        }
        auto field = entry.begin();
        auto const first = slot_number(*field);
        auto const last = slot_number(*++field);
        if (!first || !last || *first > *last) {
            return refuse("does not begin with two slots in order");
        }
        NodeText primary;
        if (!read_node(*++field, primary)) {
            return false;
        }
        std::uint32_t& known = index_.find(primary);
        bool const is_new = known == ShardIndex::none;
        if (is_new) {
            known = static_cast<std::uint32_t>(shards_.size());
            shards_.push_back(make_shard(primary));
        }
        Shard& shard = shards_[known];
        shard.slots.push_back({*first, *last});
        for (auto const end = entry.end(); ++field != end;) {
            NodeText replica;
            if (!read_node(*field, replica)) {
                return false;
            }
            // A primary has the same replicas in all of its ranges.
            if (is_new) {
                add_replica(shard, replica);
            }
        }
        return true;
    }

    // A primary that cannot be dialled stood in for its shard so far; its slots stay uncovered.
    ClusterView take_view() {
        std::erase_if(shards_, [](Shard const& shard) { return shard.primary.address.port == 0; });
        ClusterView view{std::move(shards_)};
        settle_claims(view);
        return view;
    }

private:
    bool refuse(std::string_view what) {
        problem_ = "CLUSTER SLOTS: entry " + std::to_string(entry_) + " ";
        problem_ += what;
        return false;
    }

    // [host, port, id, metadata...]; before Redis 4.0 without id, before 7.0 without metadata.
    bool read_node(ReplyView reply, NodeText& node) {
        if (!is_list(reply) || reply.size() < 2) {
            return refuse("names a node that is not [host, port, id]");
        }
        auto field = reply.begin();
        ReplyView const host = *field;
        ReplyView const port = *++field;
        if (!(is_string(host) || host.is_null()) || !port.as_integer()) {
            return refuse("names a node without a host and a port");
        }
        node.host = host.text();
        node.port = port_number(port);
        if (reply.size() > 2) {
            node.id = (*++field).text();
        }
        if (reply.size() > 3) {
            node.metadata = *++field;
        }
        return true;
    }

    Shard make_shard(NodeText const& primary) const {
        Shard shard;
        shard.primary.id = primary.id;
        if (auto address = dialable(primary.host, primary.port, asked_)) {
            shard.primary.address = std::move(*address);
            add_aliases(shard.primary, primary);
        }
        return shard;
    }

    void add_replica(Shard& shard, NodeText const& replica) const {
        if (auto address = dialable(replica.host, replica.port, asked_)) {
            shard.replicas.push_back({.id = std::string(replica.id),
                                      .address = std::move(*address),
                                      .role = Role::replica,
                                      .health = Health::online});
            add_aliases(shard.replicas.back(), replica);
        }
    }

    // Names and values: what else the node is called ("ip", "hostname").
    void add_aliases(Node& node, NodeText const& text) const {
        if (!text.metadata || !text.metadata->is_aggregate() || text.metadata->size() % 2 != 0) {
            return;
        }
        if (text.metadata->empty()) {
            return;
        }
        for (auto field = text.metadata->begin(), end = text.metadata->end(); field != end;
             ++field) {
            std::string_view const name = (*field).text();
            ++field;
            if (name == "ip" || name == "hostname") {
                add_alias(node, (*field).text(), text.port, asked_);
            }
        }
    }

    Asked asked_;
    std::string& problem_;
    ShardIndex index_;
    std::vector<Shard> shards_;
    std::size_t entry_ = 0;
};

}  // namespace

std::optional<ClusterView> parse_cluster_slots(ReplyView reply, Asked const& asked,
                                               std::string& problem) {
    if (!is_list(reply)) {
        problem = unexpected("CLUSTER SLOTS", reply);
        return std::nullopt;
    }
    if (reply.size() > slot_count) {
        problem = "CLUSTER SLOTS: more ranges than there are slots";
        return std::nullopt;
    }
    Reader reader(reply, asked, problem);
    if (!reply.empty()) {
        for (auto entry = reply.begin(), end = reply.end(); entry != end; ++entry) {
            if (!reader.read_range(*entry)) {
                return std::nullopt;
            }
        }
    }
    return reader.take_view();
}

}  // namespace keyslot::topology
