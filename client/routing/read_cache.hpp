#pragma once

#include "client/topology/slot_map.hpp"

#include <keyslot/client_side_cache.hpp>
#include <keyslot/reply.hpp>
#include <keyslot/time.hpp>

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace keyslot::routing {

/// How a command and the cache have to do with each other; told from its name alone.
enum class CacheRole : std::uint8_t {
    read,  ///< of the key in its second word, and of nothing else: may be kept
    bystander,  ///< changes nothing
    write_key,  ///< of the key in its second word only
    write,  ///< of its slot, or, without keys, of anything
};
CacheRole cache_role(std::string_view command);

/// Whether the reply could not have come from a key that does not exist.
bool proves_existence(ReplyView reply);

/// Replies in memory. Every entry belongs to the node whose connection fetched it, which tells when the
/// key changes. Pure: connections, time and the map come in.
class ReadCache {
public:
    explicit ReadCache(ClientSideCacheOptions const& limits) : limits_(limits) {}

    /// Which reply: of that command, encoded, about that key.
    struct Question {
        std::uint16_t slot = 0;
        std::string_view key;
        std::string_view command;
    };
    /// A fetch under way; 0: none.
    using Ticket = std::uint64_t;

    /// The reply, if it is known; valid until the next call of anything here.
    Reply const* find(Question const& question, Instant now, topology::SlotMap const& map);

    /// The question is being put to a server. Every begin() has its end(); a store() comes before it.
    Ticket begin(Question const& question, topology::SlotMap const& map);
    /// Keeps the reply, unless the key, its slot's owner, or the connection may have changed since.
    void store(Question const& question, Ticket ticket, topology::HostPort const& from,
               ReplyView reply, Instant now, topology::SlotMap const& map);
    void end(Question const& question);

    /// The key has changed, or may: entries go, and replies under way are not kept.
    void invalidate(std::uint16_t slot, std::string_view key);
    void invalidate_slot(std::uint16_t slot);
    void flush();
    /// The connection to that node is another one now, or it has forgotten all it knew.
    void flush_node(topology::HostPort const& node);

    ClientSideCacheStats stats() const;

private:
    using QuestionView = std::tuple<std::uint16_t, std::string_view, std::string_view>;
    struct Stored {
        std::uint16_t slot;
        std::string key, command;
    };
    struct BySlotAndKey {
        using is_transparent = void;
        static QuestionView view(Stored const& stored) {
            return {stored.slot, stored.key, stored.command};
        }
        static QuestionView const& view(QuestionView const& question) { return question; }
        template <class A, class B>
        bool operator()(A const& a, B const& b) const {
            return view(a) < view(b);
        }
    };
    struct Entry;
    using Entries = std::map<Stored, Entry, BySlotAndKey>;
    struct Entry {
        Reply reply;
        topology::HostPort from;
        Instant expires_at{};
        std::size_t bytes = 0;
        std::list<Entries::iterator>::iterator use;
    };
    /// What is asked about one key right now.
    struct UnderWay {
        std::size_t count = 0;
        Ticket changed_at = 0;
    };

    Entries::iterator erase(Entries::iterator entry, std::uint64_t& reason);
    void follow(topology::SlotMap const& map);

    ClientSideCacheOptions limits_;
    Entries entries_;
    std::list<Entries::iterator> uses_;  // least recently used first
    std::map<std::pair<std::uint16_t, std::string>, UnderWay> under_way_;
    std::map<topology::HostPort, Ticket> flushed_at_;
    Ticket clock_ = 0;  // counts what happens, so that before and after can be told
    Ticket map_changed_at_ = 0;
    std::uint64_t map_version_ = 0;
    std::size_t bytes_ = 0;
    ClientSideCacheStats stats_;
};

}  // namespace keyslot::routing
