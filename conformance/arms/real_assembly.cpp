#include "conformance/arms/real_assembly.hpp"

#include "simulator/world/cluster_layout.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds patience{30};

bool contains(Reply const& reply, std::string_view text) {
    return reply.text().find(text) != std::string_view::npos;
}

class Assembly {
public:
    Assembly(RealCluster& cluster, CaseTopology const& topology,
             std::function<void(std::chrono::milliseconds)> const& pass)
        : cluster_(cluster), topology_(topology), pass_(pass) {}

    void run() {
        deal_slots();
        attach_replicas();
        introduce_everybody();
        wait_until("the cluster of redis-server does not come up", [this] { return is_up(); });
        wait_until("replicas do not get their data", [this] { return are_replicas_linked(); });
        tell_offsets();
        wait_until("the replicas are not named", [this] { return are_replicas_named(); });
    }

private:
    std::size_t masters() const { return topology_.masters; }
    // Nodes from this one on are those that join.
    std::size_t members() const { return masters() * (1 + topology_.replicas_per_master); }
    std::size_t master_of(std::size_t replica) const { return (replica - masters()) % masters(); }

    void tell(std::size_t node, std::vector<std::string> const& words) {
        Reply const reply = cluster_.ask(node, words);
        if (reply.is_error()) {
            throw std::runtime_error("redis-server answered " + words[0] + " with " +
                                     std::string(reply.text()));
        }
    }

    template <class Holds>
    void wait_until(char const* otherwise, Holds holds) {
        auto const limit = std::chrono::steady_clock::now() + patience;
        while (!holds()) {
            if (std::chrono::steady_clock::now() > limit) {
                throw std::runtime_error(otherwise);
            }
            pass_(20ms);
        }
    }

    // redis-cli gives every node, replicas too, an epoch of its own; those that join later have none.
    void deal_slots() {
        for (std::size_t node = 0; node < masters(); ++node) {
            auto const [first, last] = sim::slots_of_master(node, masters());
            tell(node, {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)});
        }
        for (std::size_t node = 0; node < members(); ++node) {
            tell(node, {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(node + 1)});
        }
    }

    void meet(std::size_t node, std::size_t other) {
        Endpoint const at = cluster_.served(other);
        tell(node, {"CLUSTER", "MEET", at.address, std::to_string(at.port),
                    std::to_string(cluster_.bus_port(other))});
    }

    // Before anybody else knows them: others hear of a new node what it is at once, but of one that
    // changes only by and by (seconds, when the node timeout is long).
    void attach_replicas() {
        for (std::size_t node = masters(); node < members(); ++node) {
            meet(node, master_of(node));
        }
        for (std::size_t node = masters(); node < members(); ++node) {
            std::string const& master = cluster_.id(master_of(node));
            wait_until("a replica does not get to know its master",
                       [&] { return contains(cluster_.ask(node, {"CLUSTER", "NODES"}), master); });
            tell(node, {"CLUSTER", "REPLICATE", master});
        }
    }

    void introduce_everybody() {
        for (std::size_t node = 0; node < cluster_.size(); ++node) {
            for (std::size_t other = 0; other < node; ++other) {
                meet(node, other);
            }
        }
    }

    bool is_up() const {
        for (std::size_t node = 0; node < cluster_.size(); ++node) {
            bool const is_ok =
                contains(cluster_.ask(node, {"CLUSTER", "INFO"}), "cluster_state:ok");
            if (!is_ok || !knows_everybody(node)) {
                return false;
            }
        }
        return true;
    }

    // By the addresses that clients are told, which spread by gossip as well.
    bool knows_everybody(std::size_t node) const {
        Reply const view = cluster_.ask(node, {"CLUSTER", "NODES"});
        auto const lines = std::count(view.text().begin(), view.text().end(), '\n');
        bool knows =
            static_cast<std::size_t>(lines) == cluster_.size() && !contains(view, "handshake");
        for (std::size_t other = 0; other < cluster_.size(); ++other) {
            Endpoint const at = cluster_.announced(other);
            knows = knows && contains(view, cluster_.id(other) + " " + at.address + ":" +
                                                std::to_string(at.port) + "@");
        }
        return knows;
    }

    bool are_replicas_linked() const {
        for (std::size_t node = masters(); node < members(); ++node) {
            Reply const info = cluster_.ask(node, {"INFO", "replication"});
            std::string const port = std::to_string(cluster_.announced(master_of(node)).port);
            if (!contains(info, "master_link_status:up") ||
                !contains(info, "master_port:" + port + "\r")) {
                return false;
            }
        }
        return true;
    }

    // Who has an offset of 0 counts as one without data, and is not named: so there must be something to
    // replicate, if only that nothing is there.
    void tell_offsets() {
        for (std::size_t node = 0; node < masters() && topology_.replicas_per_master != 0; ++node) {
            tell(node, {"FLUSHALL"});
        }
    }

    // Every message on the bus has its sender's offset, so a replica tells everybody by a message that
    // nobody hears.
    bool are_replicas_named() {
        bool are_named = true;
        for (std::size_t node = masters(); node < members(); ++node) {
            tell(node, {"PUBLISH", "assembly", "done"});
        }
        for (std::size_t node = 0; node < cluster_.size(); ++node) {
            Reply const ranges = cluster_.ask(node, {"CLUSTER", "SLOTS"});
            are_named = are_named && ranges.size() >= masters();
            for (ReplyView const range : ranges.view()) {
                are_named = are_named && range.size() == 3 + topology_.replicas_per_master;
            }
        }
        return are_named;
    }

    RealCluster& cluster_;
    CaseTopology const& topology_;
    std::function<void(std::chrono::milliseconds)> const& pass_;
};

}  // namespace

void assemble(RealCluster& cluster, CaseTopology const& topology,
              std::function<void(std::chrono::milliseconds)> const& pass) {
    Assembly(cluster, topology, pass).run();
}

}  // namespace keyslot::conformance
