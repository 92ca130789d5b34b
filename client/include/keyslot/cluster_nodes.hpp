#pragma once

#include <keyslot/arguments.hpp>
#include <keyslot/detail/call.hpp>
#include <keyslot/node_results.hpp>
#include <keyslot/options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// Keys that one node serves.
struct NodeKeys {
    std::optional<ClusterNode> node;  ///< nullopt: nobody is known to serve them
    std::vector<std::string> keys;
};

namespace detail {

enum class NodeKind : std::uint8_t { all, primaries, replicas };

/// The nodes of the core's map as the public face shows them; the start-up nodes before there is a map,
/// of which none is known to be a replica.
std::vector<ClusterNode> nodes_of(ClusterCore& core, NodeKind kind);
std::optional<ClusterNode> node_named(ClusterCore& core, std::string_view name_or_id);
std::optional<ClusterNode> random_node(ClusterCore& core);
std::optional<ClusterNode> default_node(ClusterCore& core);
std::optional<ClusterNode> owner_of(ClusterCore& core, std::string_view key);
std::vector<NodeKeys> owners_of(ClusterCore& core, Words const& keys);
std::uint16_t slot_of_key(std::string_view key);

}  // namespace detail

/// The nodes as the client knows them at the moment: nothing is asked, nothing waits. Before the first
/// topology is there, which the first call fetches, they are the start-up nodes.
template <class Face>
class ClusterNodes {
public:
    /// The slot of a key, 0..16383.
    static std::uint16_t keyslot(std::string_view key) { return detail::slot_of_key(key); }

    std::vector<ClusterNode> get_nodes() const {
        return look([](auto& core) { return detail::nodes_of(core, detail::NodeKind::all); });
    }
    /// Those without slots too.
    std::vector<ClusterNode> get_primaries() const {
        return look([](auto& core) { return detail::nodes_of(core, detail::NodeKind::primaries); });
    }
    std::vector<ClusterNode> get_replicas() const {
        return look([](auto& core) { return detail::nodes_of(core, detail::NodeKind::replicas); });
    }
    /// By "host:port" or by node id; nullopt: no such node is known.
    std::optional<ClusterNode> get_node(std::string_view name_or_id) const {
        return look([&](auto& core) { return detail::node_named(core, name_or_id); });
    }
    std::optional<ClusterNode> get_node(std::string_view host, std::uint16_t port) const {
        return get_node(ClusterNode{.host = std::string(host), .port = port}.name());
    }
    /// Any node, each as likely as the others.
    std::optional<ClusterNode> get_random_node() const {
        return look([](auto& core) { return detail::random_node(core); });
    }
    /// The first primary that has slots, by id: the same one as long as the topology is.
    std::optional<ClusterNode> get_default_node() const {
        return look([](auto& core) { return detail::default_node(core); });
    }
    /// The primary that serves the key's slot; nullopt: nobody known.
    std::optional<ClusterNode> get_node_from_key(std::string_view key) const {
        return look([&](auto& core) { return detail::owner_of(core, key); });
    }
    std::optional<ClusterNode> get_master_node_by_key(std::string_view key) const {
        return get_node_from_key(key);
    }
    /// The keys by the primary that serves them.
    std::vector<NodeKeys> get_nodes_by_keys(Words const& keys) const {
        return look([&](auto& core) { return detail::owners_of(core, keys); });
    }

    /// Any command on several nodes, in parallel, whatever its keys are: NodeResults<Reply>. `targets`: a
    /// TargetNodes, one ClusterNode, or a vector of them.
    template <class Targets, class... Token>
    decltype(auto) execute_command_on_nodes(Words const& words, Targets targets, Token&&... token) {
        if constexpr (std::is_same_v<Targets, ClusterNode>) {
            return self()
                .on(std::vector{std::move(targets)})
                .execute(words, std::forward<Token>(token)...);
        } else {
            return self().on(std::move(targets)).execute(words, std::forward<Token>(token)...);
        }
    }

private:
    Face& self() { return static_cast<Face&>(*this); }
    auto look(auto question) const {
        return static_cast<Face const&>(*this).ask_core(std::move(question));
    }
};

}  // namespace keyslot
