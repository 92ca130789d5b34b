#include "simulator/node/keyspace.hpp"

#include <cassert>

namespace keyslot::sim {

namespace {

// A SCAN cursor names the key to go on with by slot and serial number. The slot stands in the low
// bits, so that the cursors of small data sets are small numbers.
constexpr std::uint64_t slot_bits = 14;
static_assert(protocol::slot_count == 1u << slot_bits);

std::uint64_t scan_cursor(std::uint32_t slot, std::uint64_t serial) {
    return serial << slot_bits | slot;
}

}  // namespace

Entry* Keyspace::find_raw(std::string_view key) {
    auto const found = table_.find(key);
    return found != table_.end() ? &found->second : nullptr;
}

Entry const* Keyspace::find_raw(std::string_view key) const {
    auto const found = table_.find(key);
    return found != table_.end() ? &found->second : nullptr;
}

bool Keyspace::is_live(Entry const& entry, ExpiryRule rule) const {
    return entry.expires_at_ms_ == Entry::never || entry.expires_at_ms_ >= rule.now_ms ||
           rule.expired == ExpiredKeys::visible;
}

Entry* Keyspace::live(std::string_view key, ExpiryRule rule) {
    Entry* const entry = find_raw(key);
    if (entry == nullptr || is_live(*entry, rule)) {
        return entry;
    }
    if (rule.expired == ExpiredKeys::removed) {
        expire(*entry);
    }
    return nullptr;
}

Entry* Keyspace::find(std::string_view key, ExpiryRule rule) {
    Entry* const entry = live(key, rule);
    if (entry != nullptr) {
        entry->accessed_at_ms_ = rule.now_ms;
    }
    return entry;
}

Entry* Keyspace::peek(std::string_view key, ExpiryRule rule) { return live(key, rule); }

Entry& Keyspace::set(std::string_view key, Value value, std::int64_t now_ms, bool keep_expiry) {
    Entry* const entry = find_raw(key);
    if (entry == nullptr) {
        return add(key, std::move(value), now_ms);
    }
    overwrite(*entry, std::move(value), now_ms, keep_expiry);
    return *entry;
}

Entry& Keyspace::add(std::string_view key, Value value, std::int64_t now_ms) {
    Entry& entry = insert(key, std::move(value), now_ms);
    tell_added(entry);
    notify(NotifyClass::new_key, "new", entry.key_);
    tell(entry.key_);
    return entry;
}

void Keyspace::overwrite(Entry& entry, Value value, std::int64_t now_ms, bool keep_expiry) {
    entry.value = std::move(value);
    entry.accessed_at_ms_ = now_ms;
    if (!keep_expiry) {
        drop_expiry(entry);
    }
    tell(entry.key_);
}

Entry& Keyspace::insert(std::string_view key, Value value, std::int64_t now_ms) {
    auto const [place, is_new] = table_.try_emplace(std::string(key), std::move(value));
    assert(is_new);
    Entry& entry = place->second;
    entry.key_ = place->first;
    entry.slot_ = protocol::hash_slot(key);
    entry.added_ = ++serial_;
    entry.accessed_at_ms_ = now_ms;
    index_.add(entry);
    return entry;
}

void Keyspace::remove(Entry& entry) {
    drop_expiry(entry);
    index_.remove(entry);
    table_.erase(table_.find(entry.key_));
}

bool Keyspace::erase(std::string_view key) {
    Entry* const entry = find_raw(key);
    if (entry == nullptr) {
        return false;
    }
    erase(*entry);
    return true;
}

void Keyspace::erase(Entry& entry) {
    if (listener_ == nullptr) {
        remove(entry);
        return;
    }
    std::string const key{entry.key_};  // the entry's own goes with it
    remove(entry);
    tell(key);
}

void Keyspace::expire(Entry& entry) {
    std::string const key{entry.key_};
    erase(entry);
    if (listener_ != nullptr) {
        notify(NotifyClass::expired, "expired", key);
        listener_->on_key_expired(key);
    }
}

void Keyspace::rename(Entry& from, std::string_view to) {
    assert(from.key_ != to);
    if (Entry* const replaced = find_raw(to)) {
        remove(*replaced);
    }
    Entry& entry = insert(to, std::move(from.value), from.accessed_at_ms_);
    notify(NotifyClass::new_key, "new", entry.key_);
    if (from.expires_at_ms_ != Entry::never) {
        put_expiry(entry, from.expires_at_ms_);
    }
    tell_added(entry);
    erase(from);
    tell(entry.key_);
}

void Keyspace::set_expiry(Entry& entry, std::int64_t at_ms) {
    drop_expiry(entry);
    put_expiry(entry, at_ms);
    tell(entry.key_);
}

bool Keyspace::clear_expiry(Entry& entry) {
    if (!drop_expiry(entry)) {
        return false;
    }
    tell(entry.key_);
    return true;
}

void Keyspace::put_expiry(Entry& entry, std::int64_t at_ms) {
    entry.expires_at_ms_ = at_ms;
    expiries_.emplace(std::pair(at_ms, entry.added_), &entry);
}

bool Keyspace::drop_expiry(Entry& entry) {
    if (entry.expires_at_ms_ == Entry::never) {
        return false;
    }
    expiries_.erase({entry.expires_at_ms_, entry.added_});
    entry.expires_at_ms_ = Entry::never;
    return true;
}

void Keyspace::changed(Entry const& entry) { tell(entry.key_); }

void Keyspace::tell(std::string_view key) {
    if (listener_ != nullptr) {
        listener_->on_key_changed(key);
    }
}

void Keyspace::tell_added(Entry const& entry) {
    if (listener_ != nullptr) {
        listener_->on_key_added(entry);
    }
}

void Keyspace::flush() {
    if (listener_ != nullptr) {
        listener_->on_flush();
    }
    expiries_.clear();
    index_.clear();
    table_.clear();
}

std::vector<std::string> Keyspace::keys_in_slot(std::uint16_t slot, std::size_t limit) const {
    std::vector<std::string> keys;
    for (Entry const* entry = index_.newest(slot); entry != nullptr && keys.size() < limit;
         entry = entry->older_) {
        keys.emplace_back(entry->key_);
    }
    return keys;
}

void Keyspace::drop_slot(std::uint16_t slot) {
    while (Entry* const entry = index_.oldest(slot)) {
        remove(*entry);
    }
}

std::optional<std::int64_t> Keyspace::next_expiry() const {
    return expiries_.empty() ? std::nullopt : std::optional(expiries_.begin()->first.first);
}

std::size_t Keyspace::remove_expired(std::int64_t now_ms, std::size_t limit) {
    ExpiryRule const rule{now_ms, ExpiredKeys::removed};
    std::size_t removed = 0;
    for (; removed < limit && !expiries_.empty(); ++removed) {
        Entry& earliest = *expiries_.begin()->second;
        if (is_live(earliest, rule)) {
            break;
        }
        expire(earliest);
    }
    return removed;
}

Entry const* Keyspace::first() const {
    std::uint32_t const slot = index_.next_used(0);
    return slot < protocol::slot_count ? index_.oldest(static_cast<std::uint16_t>(slot)) : nullptr;
}

Entry const* Keyspace::next(Entry const& entry) const {
    if (entry.newer_ != nullptr) {
        return entry.newer_;
    }
    std::uint32_t const slot = index_.next_used(entry.slot_ + 1u);
    return slot < protocol::slot_count ? index_.oldest(static_cast<std::uint16_t>(slot)) : nullptr;
}

std::uint64_t Keyspace::scan(std::uint64_t cursor, std::size_t count,
                             std::vector<Entry*>& found) const {
    // Keys join a slot's list at its newest end with ever higher serial numbers and never move
    // within it: what stays throughout is passed once, whatever comes and goes around it.
    std::uint64_t const from_serial = cursor >> slot_bits;
    auto const from_slot = static_cast<std::uint32_t>(cursor % protocol::slot_count);
    std::uint32_t slot = index_.next_used(from_slot);
    for (; slot < protocol::slot_count; slot = index_.next_used(slot + 1)) {
        for (Entry* entry = index_.oldest(static_cast<std::uint16_t>(slot)); entry != nullptr;
             entry = entry->newer_) {
            if (slot == from_slot && entry->added_ < from_serial) {
                continue;
            }
            if (found.size() >= count) {
                return scan_cursor(slot, entry->added_);
            }
            found.push_back(entry);
        }
    }
    return 0;
}

void Keyspace::copy_from(Keyspace const& other) {
    expiries_.clear();
    index_.clear();
    table_.clear();
    for (Entry const* entry = other.first(); entry != nullptr; entry = other.next(*entry)) {
        Entry& copy = insert(entry->key_, entry->value, entry->accessed_at_ms_);
        if (entry->expires_at_ms_ != Entry::never) {
            put_expiry(copy, entry->expires_at_ms_);
        }
    }
}

}  // namespace keyslot::sim
