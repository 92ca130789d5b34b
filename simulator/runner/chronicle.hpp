#pragma once

#include "simulator/runner/histogram.hpp"

#include <keyslot/options.hpp>
#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace keyslot::sim {

class Member;
class Node;
class World;

/// A value over time, as the instants at which it changed. The memory is bounded: what changes
/// without end is kept more and more coarsely.
template <class T>
class Track {
public:
    static constexpr std::size_t changes_max = 2000;
    struct Change {
        Instant from;
        T value;
    };

    void note(Instant at, T value) {
        if (!changes_.empty() && changes_.back().value == value) {
            return;
        }
        if (changes_.size() == changes_max) {
            coarsen();
        }
        changes_.push_back({at, std::move(value)});
    }
    std::vector<Change> const& changes() const { return changes_; }

private:
    // Of two neighbours the later value from the earlier instant on; the newest stays as it is.
    void coarsen() {
        std::size_t kept = 0;
        for (std::size_t n = 0; n + 1 < changes_.size(); n += 2) {
            changes_[kept++] = {changes_[n].from, changes_[n + 1].value};
        }
        changes_.resize(kept);
    }

    std::vector<Change> changes_;
};

enum class Life : std::uint8_t { up, paused, down };

/// What a node was, by its own view, as far as it can have one.
struct NodeCondition {
    Life life = Life::up;
    bool is_master = false;
    bool cluster_ok = true;  ///< cluster_state
    std::string master = {};  ///< of a replica: the name of its master; empty: not known
    friend bool operator==(NodeCondition const&, NodeCondition const&) = default;
};

/// The life of one node.
struct NodeChronicle {
    std::string name;
    Track<NodeCondition> conditions;
    Track<std::uint16_t> slots;  ///< how many it owns in its own view; none while it is down
    /// Error replies that tell a client to go elsewhere or to wait: MOVED, ASK, CLUSTERDOWN, ...
    std::map<std::string, Histogram, std::less<>> refusals;
};

/// What a run looked like, for a report. Times are simulated.
struct Chronicle {
    static constexpr Duration resolution = std::chrono::milliseconds{10};

    std::vector<NodeChronicle> nodes;
    Histogram redirects;  ///< that clients followed, MOVED and ASK
    Histogram retries;
};

/// Writes a chronicle by looking at a world every now and then, which changes nothing in it.
class Chronicler {
public:
    explicit Chronicler(World& world);

    /// `clients`: the sum over all of them, so far.
    void look(Instant at, ClusterStats const& clients);
    Chronicle take() { return std::move(chronicle_); }

private:
    struct Seen {
        Member* member = nullptr;
        std::map<std::string, std::int64_t, std::less<>> refusals;  // counted by the node
    };
    NodeCondition condition_of(Member& member) const;
    static void note_refusals(Instant at, Node const& node, Seen& seen, NodeChronicle& chronicle);

    std::vector<Seen> seen_;
    ClusterStats clients_;
    Chronicle chronicle_;
};

}  // namespace keyslot::sim
