#include "simulator/kernel/random.hpp"
#include "simulator/node/memory.hpp"
#include "simulator/node/server.hpp"

#include <string>

// maxmemory: keys go until what is left fits (facts 2.1 step 9). Redis looks at a few keys drawn at
// random and takes the best of them; here the best of all goes, which is what it approximates. LFU
// policies choose as LRU does.
namespace keyslot::sim {

namespace {

bool only_expiring(EvictionPolicy policy) {
    return policy == EvictionPolicy::volatile_lru || policy == EvictionPolicy::volatile_lfu ||
           policy == EvictionPolicy::volatile_random || policy == EvictionPolicy::volatile_ttl;
}

/// The smaller, the sooner a key goes.
std::int64_t rank_of(Entry const& entry, EvictionPolicy policy) {
    return policy == EvictionPolicy::volatile_ttl ? *entry.expires_at_ms() : entry.accessed_at_ms();
}

/// nullptr: none may go.
Entry const* choose_victim(Keyspace const& keyspace, EvictionPolicy policy, Random& random) {
    bool const expiring = only_expiring(policy);
    std::size_t const candidates = expiring ? keyspace.expiring() : keyspace.size();
    if (policy == EvictionPolicy::noeviction || candidates == 0) {
        return nullptr;
    }
    bool const at_random =
        policy == EvictionPolicy::allkeys_random || policy == EvictionPolicy::volatile_random;
    std::uint64_t skip = at_random ? random.below(candidates) : 0;
    Entry const* best = nullptr;
    for (Entry const* entry = keyspace.first(); entry != nullptr; entry = keyspace.next(*entry)) {
        if (expiring && !entry->expires_at_ms()) {
            continue;
        }
        if (at_random) {
            if (skip-- == 0) {
                return entry;
            }
        } else if (best == nullptr || rank_of(*entry, policy) < rank_of(*best, policy)) {
            best = entry;
        }
    }
    return best;
}

}  // namespace

std::size_t Server::used_memory() const {
    std::size_t used = memory_at_start;
    for (Entry const* entry = keyspace.first(); entry != nullptr; entry = keyspace.next(*entry)) {
        used += memory_of(*entry, config.cluster_enabled);
    }
    return used;
}

bool Server::is_full() const {
    return parameters.memory_max != 0 && !is_paused() &&
           !(is_replica() && parameters.replica_ignores_memory_max) &&
           used_memory() > parameters.memory_max;
}

bool Server::make_room() {
    if (!is_full()) {
        return true;
    }
    std::size_t used = used_memory();
    while (used > parameters.memory_max) {
        Entry const* const victim =
            choose_victim(keyspace, parameters.eviction_policy, host.random());
        if (victim == nullptr) {
            return false;
        }
        used -= memory_of(*victim, config.cluster_enabled);
        evict(std::string(victim->key()));
    }
    return true;
}

void Server::evict(std::string const& key) {
    keyspace.erase(key);
    ++statistics.evicted_keys;
    keyspace.notify(NotifyClass::evicted, "evicted", key);
    propagate({"DEL", key});
    finish_unit();
    std::string_view const words[] = {"DEL", key};
    report(nullptr, words, true, false);
}

}  // namespace keyslot::sim
