#include "client/topology/reply_fields.hpp"
#include "client/topology/slot_map.hpp"

#include <utility>

namespace keyslot::topology {
namespace {

// A map of RESP3 or the flat array of names and values that it is in RESP2.
bool is_map(ReplyView reply) {
    return (reply.type() == ReplyType::map || is_list(reply)) && reply.size() % 2 == 0;
}

class Reader {
public:
    Reader(Asked const& asked, bool tls, std::string& problem)
        : asked_(asked), tls_(tls), problem_(problem) {}

    bool read_shard(ReplyView entry) {
        ++entry_;
        if (!is_map(entry)) {
            return refuse("is not a map");
        }
        Candidate found;
        bool has_slots = false, has_nodes = false;
        for (auto field = entry.begin(), end = entry.end(); field != end; ++field) {
            std::string_view const name = (*field).text();
            ReplyView const value = *++field;
            if (name == "slots") {
                has_slots = true;
                if (!read_slots(value, found.shard)) {
                    return false;
                }
            } else if (name == "nodes") {
                has_nodes = true;
                if (!read_nodes(value, found)) {
                    return false;
                }
            }
        }
        if (!has_slots || !has_nodes) {
            return refuse("has no slots or no nodes");
        }
        if (found.has_primary) {
            shards_.push_back(std::move(found.shard));
        }
        return true;
    }

    ClusterView take_view() {
        ClusterView view{std::move(shards_)};
        settle_claims(view);
        return view;
    }

private:
    struct Candidate {
        Shard shard;
        bool has_primary = false;
    };

    bool refuse(std::string_view what) {
        problem_ = "CLUSTER SHARDS: entry " + std::to_string(entry_) + " ";
        problem_ += what;
        return false;
    }

    bool read_slots(ReplyView pairs, Shard& shard) {
        if (!is_list(pairs) || pairs.size() % 2 != 0) {
            return refuse("has slots that are not pairs");
        }
        if (pairs.empty()) {
            return true;
        }
        shard.slots.reserve(pairs.size() / 2);
        for (auto field = pairs.begin(), end = pairs.end(); field != end; ++field) {
            auto const first = slot_number(*field);
            auto const last = slot_number(*++field);
            if (!first || !last || *first > *last) {
                return refuse("has slots that are not ranges in order");
            }
            shard.slots.push_back({*first, *last});
        }
        return true;
    }

    bool read_nodes(ReplyView nodes, Candidate& found) {
        if (!is_list(nodes)) {
            return refuse("has nodes that are not an array");
        }
        if (nodes.empty()) {
            return true;
        }
        for (auto field = nodes.begin(), end = nodes.end(); field != end; ++field) {
            Node node;
            bool can_be_dialled = false;
            if (!read_node(*field, node, can_be_dialled)) {
                return false;
            }
            if (can_be_dialled) {
                add(found, std::move(node));
            }
        }
        return true;
    }

    // A failed primary may still stand beside the one that took its place.
    static void add(Candidate& found, Node node) {
        if (node.role == Role::replica) {
            found.shard.replicas.push_back(std::move(node));
        } else if (!found.has_primary || (found.shard.primary.health != Health::online &&
                                          node.health == Health::online)) {
            found.shard.primary = std::move(node);
            found.has_primary = true;
        }
    }

    bool read_node(ReplyView reply, Node& node, bool& can_be_dialled) {
        if (!is_map(reply) || reply.empty()) {
            return refuse("has a node that is not a map");
        }
        std::string_view endpoint, ip, hostname, role, health;
        bool has_endpoint = false;
        std::uint16_t plain_port = 0, tls_port = 0;
        for (auto field = reply.begin(), end = reply.end(); field != end; ++field) {
            std::string_view const name = (*field).text();
            ReplyView const value = *++field;
            if (name == "id") {
                node.id = value.text();
            } else if (name == "port") {
                plain_port = port_number(value);
            } else if (name == "tls-port") {
                tls_port = port_number(value);
            } else if (name == "endpoint") {
                endpoint = value.text();
                has_endpoint = true;
            } else if (name == "ip") {
                ip = value.text();
            } else if (name == "hostname") {
                hostname = value.text();
            } else if (name == "role") {
                role = value.text();
            } else if (name == "health") {
                health = value.text();
            }
        }
        if (node.id.empty() || role.empty()) {
            return refuse("has a node without id or role");
        }
        node.role = role == "master" || role == "primary" ? Role::primary : Role::replica;
        node.health = health_of(health);
        // Without a tls-port TLS ends at something before the node (stunnel), on the port that is told.
        std::uint16_t const port = tls_ && tls_port != 0 ? tls_port : plain_port;
        auto address = dialable(has_endpoint ? endpoint : ip, port, asked_);
        can_be_dialled = address.has_value();
        if (address) {
            node.address = std::move(*address);
            add_alias(node, ip, port, asked_);
            add_alias(node, hostname, port, asked_);
        }
        return true;
    }

    static Health health_of(std::string_view text) {
        if (text == "fail" || text == "failed") {
            return Health::fail;
        }
        return text == "loading" ? Health::loading : Health::online;
    }

    Asked asked_;
    bool tls_;
    std::string& problem_;
    std::vector<Shard> shards_;
    std::size_t entry_ = 0;
};

}  // namespace

std::optional<ClusterView> parse_cluster_shards(ReplyView reply, Asked const& asked, bool tls,
                                                std::string& problem) {
    if (!is_list(reply)) {
        problem = unexpected("CLUSTER SHARDS", reply);
        return std::nullopt;
    }
    Reader reader(asked, tls, problem);
    if (!reply.empty()) {
        for (auto entry = reply.begin(), end = reply.end(); entry != end; ++entry) {
            if (!reader.read_shard(*entry)) {
                return std::nullopt;
            }
        }
    }
    return reader.take_view();
}

}  // namespace keyslot::topology
