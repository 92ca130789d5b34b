#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/harness/operator_console.hpp"

#include <keyslot/sim/world.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace keyslot::conformance {

/// The case did not come about as its author meant it: says nothing about the client.
struct Spoiled : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The cluster of a case, and the operator who works on it: simulated here, real in a derived class.
class Stage {
public:
    /// Who shakes hands where ports want TLS: the simulated nodes, or somebody before them.
    enum class Tls : std::uint8_t { by_nodes, outside };
    Stage(sim::World& world, CaseTopology const& topology, Tls tls = Tls::by_nodes);
    virtual ~Stage() = default;
    Stage(Stage const&) = delete;
    Stage& operator=(Stage const&) = delete;

    sim::Cluster& cluster() { return *cluster_; }
    /// By name; throws Spoiled.
    sim::Member& node(std::string const& name);
    virtual void act(NodeStep const& step);
    /// "client" stands for `client_host`.
    virtual void cut(PartitionStep const& step, std::string const& client_host);
    void heal() { partitions_.clear(); }

    /// What a client is configured with: nodes by name, or "name:port". None: every node.
    virtual std::vector<ClusterNode> startup_nodes(std::vector<std::string> const& wanted);

    /// What the client is configured with, if it is to speak TLS to simulated nodes.
    static std::optional<TlsOptions> client_tls(CaseClient const& client);

    /// Fills in $slot(key), $id(node), $host(node), $port(node), $address(node) and $n.
    std::string fill_in(std::string text, std::size_t n = 0);
    Words fill_in(Words words, std::size_t n = 0);

    /// Until every node serves as the case wants it: the joining ones have met the others, replicas have
    /// their data.
    virtual asio::awaitable<void> prepare();
    /// Throws Spoiled on an error reply.
    asio::awaitable<Reply> command(std::string node, Words words);
    asio::awaitable<Reply> command(std::string node, std::string_view text);
    asio::awaitable<void> move_slot(std::string key, std::string to);

protected:
    /// Without a cluster of its own.
    explicit Stage(sim::World& world) : world_(world), console_(world) {}

    // A node by its name; each throws Spoiled when there is none.
    virtual Endpoint address_of(std::string const& name);  ///< as clients are told
    virtual std::string id_of(std::string const& name);
    virtual std::string owner_of(std::uint16_t slot);
    virtual asio::awaitable<Reply> ask(std::string const& name, Words words);

private:
    std::string value_of(std::string const& name, std::string const& argument, std::size_t n);
    asio::awaitable<void> move_keys(std::string slot, std::string from, std::string to);
    asio::awaitable<void> wait_until_joined(std::string name);
    asio::awaitable<void> wait_for_replicas();

    sim::World& world_;
    OperatorConsole console_;
    sim::Cluster* cluster_ = nullptr;  // null: the cluster is real
    sim::Cluster* joining_ = nullptr;
    std::vector<sim::Fault> partitions_;
};

}  // namespace keyslot::conformance
