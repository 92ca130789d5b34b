#pragma once

#include <keyslot/environment.hpp>
#include <keyslot/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace keyslot::conformance {

/// A cluster of redis-server processes, masters only, with the slots dealt as in the simulator. Each
/// tells clients an address where somebody else listens (a NodeProxy) and serves at another one. The
/// processes and their files are gone with the object.
class RealCluster {
public:
    /// Returns when every node sees a cluster that is up. Throws std::runtime_error.
    RealCluster(std::string address, std::size_t masters, std::chrono::milliseconds node_timeout,
                bool require_full_coverage);
    ~RealCluster();
    RealCluster(RealCluster const&) = delete;
    RealCluster& operator=(RealCluster const&) = delete;

    std::size_t size() const { return nodes_.size(); }
    Endpoint announced(std::size_t node) const;
    Endpoint served(std::size_t node) const;
    std::string const& id(std::size_t node) const { return nodes_[node].id; }
    /// The node that serves the slot, as the first one sees it.
    std::size_t owner_of(std::uint16_t slot) const;
    /// One command over a connection of its own; waits for the answer. Throws
    /// boost::system::system_error.
    Reply ask(std::size_t node, std::vector<std::string> const& words) const;
    /// The process stands still, or goes on.
    void pause(std::size_t node);
    void resume(std::size_t node);

private:
    struct Node {
        pid_t pid = -1;
        std::string id;
    };
    void start(std::size_t node, std::vector<std::string> const& options);
    void join();
    bool is_up() const;
    void wait_until(bool (RealCluster::*holds)() const) const;
    bool answers() const;

    std::string address_;
    std::string directory_;
    std::vector<Node> nodes_;
};

}  // namespace keyslot::conformance
