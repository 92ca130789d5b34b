#pragma once

#include "simulator/node/keyspace_event.hpp"
#include "simulator/node/slot_index.hpp"
#include "simulator/node/text_hash.hpp"
#include "simulator/node/value.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// One key with its value. Its address is stable until the key is deleted; all but the value is
/// changed through Keyspace only.
class Entry {
public:
    explicit Entry(Value initial) : value(std::move(initial)) {}

    /// After a change in place call Keyspace::changed().
    Value value;

    std::string_view key() const { return key_; }
    std::uint16_t slot() const { return slot_; }
    /// Unix milliseconds.
    std::optional<std::int64_t> expires_at_ms() const {
        return expires_at_ms_ == never ? std::nullopt : std::optional(expires_at_ms_);
    }
    /// When a command last looked at the key: OBJECT IDLETIME.
    std::int64_t accessed_at_ms() const { return accessed_at_ms_; }
    /// OBJECT FREQ: what RESTORE said, or what new keys begin with. Accesses are not counted.
    std::uint8_t frequency() const { return frequency_; }

private:
    friend class Keyspace;
    friend class SlotIndex;
    static constexpr std::int64_t never = INT64_MIN;

    std::string_view key_;
    std::int64_t expires_at_ms_ = never;
    std::int64_t accessed_at_ms_ = 0;
    std::uint64_t added_ = 0;  // serial number: age among the keys, ties among expiries
    Entry* older_ = nullptr;
    Entry* newer_ = nullptr;
    std::uint16_t slot_ = 0;
    std::uint8_t frequency_ = 5;
};

/// What becomes of a key whose time has passed when a command comes upon it.
enum class ExpiredKeys : std::uint8_t {
    removed,  ///< a master: deleted at once, KeyspaceListener::on_key_expired is told
    hidden,  ///< a replica, or a master while clients are paused: looks missing, stays
    visible,  ///< the master's own stream on a replica: the DEL will come
};

/// The time of a look-up, and what it does to expired keys.
struct ExpiryRule {
    std::int64_t now_ms = 0;
    ExpiredKeys expired = ExpiredKeys::removed;
};

/// Who wants to know of changes: WATCH, and whatever else follows keys.
class KeyspaceListener {
public:
    virtual ~KeyspaceListener() = default;
    /// The key was written, deleted or given another expiry. Called after the change. It must not
    /// change the keyspace.
    virtual void on_key_changed(std::string_view key) = 0;
    /// The key was not there before; on_key_changed follows. A new value in the place of an old one
    /// is not told: Redis wakes nobody for it who waits for the key.
    virtual void on_key_added(Entry const&) {}
    /// The key has just been deleted because its time had passed, by a look-up or by
    /// remove_expired(): the node propagates DEL, ahead of the command at hand. on_key_changed was
    /// called before.
    virtual void on_key_expired(std::string_view key) = 0;
    /// All keys are about to go; they are still there.
    virtual void on_flush() = 0;
    /// A keyspace notification, whether or not anybody has asked for its class. It must not change
    /// the keyspace.
    virtual void on_event(NotifyClass, std::string_view /*event*/, std::string_view /*key*/) {}
};

/// The data set of one node (cluster mode: one database). Everything that can be observed is a
/// function of the sequence of calls alone; the hash table inside is used for look-up and never
/// walked.
class Keyspace {
public:
    Keyspace() = default;
    Keyspace(Keyspace const&) = delete;
    Keyspace& operator=(Keyspace const&) = delete;

    /// May be nullptr. Must outlive the keyspace or be taken out before.
    void set_listener(KeyspaceListener* listener) { listener_ = listener; }

    /// The entry of a live key, nullptr if there is none. find() counts as an access (idle time
    /// starts anew), peek() does not: EXISTS, TTL, TYPE, OBJECT. Neither allocates.
    Entry* find(std::string_view key, ExpiryRule rule);
    Entry* peek(std::string_view key, ExpiryRule rule);
    bool exists(std::string_view key, ExpiryRule rule) { return peek(key, rule) != nullptr; }
    /// Whatever the time: expired keys too.
    Entry* find_raw(std::string_view key);
    Entry const* find_raw(std::string_view key) const;
    /// Whether a look-up under this rule would find it; changes nothing.
    bool is_live(Entry const& entry, ExpiryRule rule) const;

    /// Stores a value whether or not the key exists. An existing key keeps its place in its slot;
    /// its expiry goes unless `keep_expiry`.
    Entry& set(std::string_view key, Value value, std::int64_t now_ms, bool keep_expiry = false);
    /// The two halves of set(), for those who have looked already.
    Entry& add(std::string_view key, Value value, std::int64_t now_ms);  ///< `key` must not exist
    void overwrite(Entry& entry, Value value, std::int64_t now_ms, bool keep_expiry = false);
    /// False: no such key (an expired one counts as a key).
    bool erase(std::string_view key);
    void erase(Entry& entry);
    /// Value and expiry go to `to`, which becomes the newest key of its slot; a key there before is
    /// replaced. `from` must exist and differ from `to`.
    void rename(Entry& from, std::string_view to);
    void set_expiry(Entry& entry, std::int64_t at_ms);
    /// False: it had none.
    bool clear_expiry(Entry& entry);
    /// To be called after a change of Entry::value in place.
    void changed(Entry const& entry);
    /// "new" and "expired" are told by the keyspace itself, all other events by the commands.
    void notify(NotifyClass type, std::string_view event, std::string_view key) const {
        if (listener_ != nullptr) {
            listener_->on_event(type, event, key);
        }
    }
    void set_accessed(Entry& entry, std::int64_t at_ms) { entry.accessed_at_ms_ = at_ms; }
    void set_frequency(Entry& entry, std::uint8_t frequency) { entry.frequency_ = frequency; }
    void flush();

    /// Expired keys that nobody has come upon yet count, as in DBSIZE.
    std::size_t size() const { return table_.size(); }
    bool empty() const { return table_.empty(); }
    /// Keys with an expiry: "expires=" of INFO.
    std::size_t expiring() const { return expiries_.size(); }

    /// Facts 3.1: expired keys count too, most recently added first.
    std::size_t count_keys_in_slot(std::uint16_t slot) const { return index_.count(slot); }
    std::vector<std::string> keys_in_slot(std::uint16_t slot, std::size_t limit) const;
    /// Facts 4.2: a lost slot's keys vanish without a word to WATCH, replicas or anybody.
    void drop_slot(std::uint16_t slot);

    /// The earliest expiry; nullopt: no key has one. A key lives through its last millisecond: it
    /// has expired from the next one on.
    std::optional<std::int64_t> next_expiry() const;
    /// The active cycle of a master: deletes up to `limit` keys whose time has passed, in the order
    /// of their expiry, and tells the listener of each. Returns how many.
    std::size_t remove_expired(std::int64_t now_ms, std::size_t limit);

    /// A walk over all keys, expired ones included, by slot and then by age. Adding them in this
    /// order to an empty keyspace gives the same walk.
    Entry const* first() const;
    Entry const* next(Entry const& entry) const;
    /// The key at this place of the walk; `rank` < size().
    Entry* at(std::size_t rank) const { return index_.at(rank); }
    /// SCAN: appends up to `count` keys from `cursor` on and returns the next cursor, 0 at the end.
    /// A key that is there from the first call to the last is found exactly once; any number is a
    /// valid cursor.
    std::uint64_t scan(std::uint64_t cursor, std::size_t count, std::vector<Entry*>& found) const;

    /// Takes over keys, values, expiries and order of another data set; listeners are not called.
    void copy_from(Keyspace const& other);

private:
    using Table = std::unordered_map<std::string, Entry, TextHash, std::equal_to<>>;
    using Expiries = std::map<std::pair<std::int64_t, std::uint64_t>, Entry*>;

    Entry* live(std::string_view key, ExpiryRule rule);
    Entry& insert(std::string_view key, Value value, std::int64_t now_ms);
    void remove(Entry& entry);
    void expire(Entry& entry);
    void put_expiry(Entry& entry, std::int64_t at_ms);
    bool drop_expiry(Entry& entry);
    void tell(std::string_view key);
    void tell_added(Entry const& entry);

    Table table_;
    SlotIndex index_;
    Expiries expiries_;
    std::uint64_t serial_ = 0;
    KeyspaceListener* listener_ = nullptr;
};

}  // namespace keyslot::sim
