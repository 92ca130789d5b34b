#pragma once

#include "conformance/harness/case.hpp"

#include <keyslot/environment.hpp>
#include <keyslot/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace keyslot::conformance {

/// Processes of redis-server: masters, their replicas, and those that join, numbered in that order as in
/// the simulator. They know nobody until somebody makes a cluster of them (assemble()). Each tells
/// others an address where somebody else listens (a NodeProxy) and serves at another one; what it says
/// to other nodes comes from `source_of_nodes`. The processes and their files are gone with the object.
class RealCluster {
public:
    static constexpr std::string_view source_of_nodes = "127.255.255.254";

    /// Returns when every node answers. Throws std::runtime_error.
    RealCluster(std::string address, CaseTopology const& topology);
    ~RealCluster();
    RealCluster(RealCluster const&) = delete;
    RealCluster& operator=(RealCluster const&) = delete;

    std::size_t size() const { return nodes_.size(); }
    Endpoint announced(std::size_t node) const;
    Endpoint served(std::size_t node) const;
    std::uint16_t bus_port(std::size_t node) const;
    std::string const& id(std::size_t node) const { return nodes_[node].id; }
    /// The node that serves the slot, as the first one sees it that can be asked.
    std::size_t owner_of(std::uint16_t slot) const;
    /// One command over a connection of its own; waits for the answer. Throws
    /// boost::system::system_error.
    Reply ask(std::size_t node, std::vector<std::string> const& words) const;
    /// The process stands still, or goes on.
    void pause(std::size_t node);
    void resume(std::size_t node);
    /// The process is killed, and gone when this returns.
    void crash(std::size_t node);
    /// Another one begins with its files: the id, what it knew of the others, its data. Does not wait
    /// until it answers.
    void start(std::size_t node);

private:
    struct Node {
        pid_t pid = -1;  // it is down
        bool is_paused = false;
        std::string id;
    };
    bool answers() const;
    std::size_t anybody() const;

    std::string address_;
    std::string directory_;
    std::vector<std::string> options_;  // of every node
    std::vector<Node> nodes_;
};

}  // namespace keyslot::conformance
