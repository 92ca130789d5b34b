#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// Condition of the EXPIRE family; at most one (gt or lt may stand with xx).
struct ExpireOptions {
    bool nx = false;  ///< only if the key has no expiry
    bool xx = false;  ///< only if it has one
    bool gt = false;  ///< only if the new one is later
    bool lt = false;  ///< only if the new one is earlier

    void append_to(detail::ArgumentList& words) const;
};

struct CopyOptions {
    bool replace = false;  ///< also if the destination exists

    void append_to(detail::ArgumentList& words) const;
};

struct RestoreOptions {
    bool replace = false;  ///< also if the key exists
    bool absttl = false;   ///< the time to live is a Unix time
    std::optional<std::chrono::seconds> idletime = std::nullopt;
    std::optional<long long> freq = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

struct MigrateOptions {
    bool copy = false;     ///< the keys stay here as well
    bool replace = false;  ///< those that exist there already are overwritten
    std::string_view username = {};
    std::string_view password = {};

    void append_to(detail::ArgumentList& words) const;
};

/// Options of SCAN. Count is a hint how much to look at in one step.
struct ScanKeysOptions {
    std::optional<std::string_view> match = std::nullopt;
    std::optional<long long> count = std::nullopt;
    std::optional<std::string_view> type = std::nullopt;  ///< "string", "list", ...

    void append_to(detail::ArgumentList& words) const;
};

struct SortOptions {
    std::optional<std::string_view> by = std::nullopt;
    std::optional<Limit> limit = std::nullopt;
    Words get = {};
    bool desc = false;
    bool alpha = false;  ///< as words, not as numbers

    void append_to(detail::ArgumentList& words) const;
};

/// Keys of any type.
template <class Face>
class KeyCommands {
public:
    /// How many of the keys were deleted. All keys in one slot, as for the next three.
    decltype(auto) del(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"DEL", long long>(*this, {keys}, std::move(token)...);
    }

    /// As del; the memory is freed in the background.
    decltype(auto) unlink(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"UNLINK", long long>(*this, {keys}, std::move(token)...);
    }

    /// How many of the keys exist; a key named twice counts twice.
    decltype(auto) exists(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"EXISTS", long long>(*this, {keys}, std::move(token)...);
    }

    /// How many of the keys exist; their time of last use is now.
    decltype(auto) touch(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"TOUCH", long long>(*this, {keys}, std::move(token)...);
    }

    /// "string", "list", ... or "none".
    decltype(auto) type(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"TYPE", std::string>(*this, {key}, std::move(token)...);
    }

    /// False if the key does not exist or the condition is not met.
    decltype(auto) expire(std::string_view key, std::chrono::seconds after,
                          detail::TokenLike auto... token) {
        return detail::call<"EXPIRE", bool>(*this, {key, after}, std::move(token)...);
    }
    decltype(auto) expire(std::string_view key, std::chrono::seconds after,
                          ExpireOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"EXPIRE", bool>(*this, {key, after, options}, std::move(token)...);
    }
    decltype(auto) pexpire(std::string_view key, std::chrono::milliseconds after,
                           detail::TokenLike auto... token) {
        return detail::call<"PEXPIRE", bool>(*this, {key, after}, std::move(token)...);
    }
    decltype(auto) pexpire(std::string_view key, std::chrono::milliseconds after,
                           ExpireOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"PEXPIRE", bool>(*this, {key, after, options}, std::move(token)...);
    }
    decltype(auto) expireat(std::string_view key, std::chrono::sys_seconds at,
                            detail::TokenLike auto... token) {
        return detail::call<"EXPIREAT", bool>(*this, {key, at}, std::move(token)...);
    }
    decltype(auto) expireat(std::string_view key, std::chrono::sys_seconds at,
                            ExpireOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"EXPIREAT", bool>(*this, {key, at, options}, std::move(token)...);
    }
    decltype(auto) pexpireat(std::string_view key,
                             std::chrono::sys_time<std::chrono::milliseconds> at,
                             detail::TokenLike auto... token) {
        return detail::call<"PEXPIREAT", bool>(*this, {key, at}, std::move(token)...);
    }
    decltype(auto) pexpireat(std::string_view key,
                             std::chrono::sys_time<std::chrono::milliseconds> at,
                             ExpireOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"PEXPIREAT", bool>(*this, {key, at, options}, std::move(token)...);
    }

    /// Seconds to live; -1: for ever, -2: no such key.
    decltype(auto) ttl(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"TTL", long long>(*this, {key}, std::move(token)...);
    }

    /// Milliseconds to live; -1: for ever, -2: no such key.
    decltype(auto) pttl(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"PTTL", long long>(*this, {key}, std::move(token)...);
    }

    /// Unix time of expiry in seconds; -1: never, -2: no such key.
    decltype(auto) expiretime(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"EXPIRETIME", long long>(*this, {key}, std::move(token)...);
    }

    /// The same in milliseconds.
    decltype(auto) pexpiretime(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"PEXPIRETIME", long long>(*this, {key}, std::move(token)...);
    }

    /// The key lives for ever. False if it had no expiry, or does not exist.
    decltype(auto) persist(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"PERSIST", bool>(*this, {key}, std::move(token)...);
    }

    /// Both keys in one slot, as for the next two; an error if `key` does not exist.
    decltype(auto) rename(std::string_view key, std::string_view new_key,
                          detail::TokenLike auto... token) {
        return detail::call<"RENAME", bool>(*this, {key, new_key}, std::move(token)...);
    }

    /// False if `new_key` exists.
    decltype(auto) renamenx(std::string_view key, std::string_view new_key,
                            detail::TokenLike auto... token) {
        return detail::call<"RENAMENX", bool>(*this, {key, new_key}, std::move(token)...);
    }

    /// False if nothing was copied.
    decltype(auto) copy(std::string_view source, std::string_view destination,
                        detail::TokenLike auto... token) {
        return detail::call<"COPY", bool>(*this, {source, destination}, std::move(token)...);
    }
    decltype(auto) copy(std::string_view source, std::string_view destination,
                        CopyOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"COPY", bool>(*this, {source, destination, options},
                                          std::move(token)...);
    }

    /// The serialised value; nullopt if the key does not exist.
    decltype(auto) dump(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"DUMP", std::optional<std::string>>(*this, {key}, std::move(token)...);
    }

    /// Makes a key of what dump() gave. `ttl` zero: for ever.
    decltype(auto) restore(std::string_view key, std::chrono::milliseconds ttl,
                           std::string_view serialized, detail::TokenLike auto... token) {
        return detail::call<"RESTORE", bool>(*this, {key, ttl, serialized}, std::move(token)...);
    }
    decltype(auto) restore(std::string_view key, std::chrono::milliseconds ttl,
                           std::string_view serialized, RestoreOptions const& options,
                           detail::TokenLike auto... token) {
        return detail::call<"RESTORE", bool>(*this, {key, ttl, serialized, options},
                                             std::move(token)...);
    }

    /// Moves keys of one slot to another server: "OK", or "NOKEY" if none of them exists. `timeout`: the longest
    /// pause in the talk between the servers.
    decltype(auto) migrate(std::string_view host, std::uint16_t port, Words const& keys,
                           std::chrono::milliseconds timeout, detail::TokenLike auto... token) {
        return detail::call<"MIGRATE", std::string>(
            *this, {host, port, "", 0, timeout, "KEYS", keys}, std::move(token)...);
    }
    decltype(auto) migrate(std::string_view host, std::uint16_t port, Words const& keys,
                           std::chrono::milliseconds timeout, MigrateOptions const& options,
                           detail::TokenLike auto... token) {
        return detail::call<"MIGRATE", std::string>(
            *this, {host, port, "", 0, timeout, options, "KEYS", keys}, std::move(token)...);
    }

    /// "int", "listpack", ...; nullopt if the key does not exist, as for the next three.
    decltype(auto) object_encoding(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"OBJECT ENCODING", std::optional<std::string>>(*this, {key},
                                                                           std::move(token)...);
    }

    /// How often it is used; an error unless the server evicts by frequency.
    decltype(auto) object_freq(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"OBJECT FREQ", std::optional<long long>>(*this, {key},
                                                                     std::move(token)...);
    }

    /// Since its last use; an error if the server evicts by frequency.
    decltype(auto) object_idletime(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"OBJECT IDLETIME", std::optional<std::chrono::seconds>>(
            *this, {key}, std::move(token)...);
    }
    decltype(auto) object_refcount(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"OBJECT REFCOUNT", std::optional<long long>>(*this, {key},
                                                                         std::move(token)...);
    }

    /// All keys that match, of all shards. Slow: it looks at every key.
    decltype(auto) keys(std::string_view pattern, detail::TokenLike auto... token) {
        return detail::call<"KEYS", std::vector<std::string>>(*this, {pattern},
                                                              std::move(token)...);
    }

    /// A key of some shard; nullopt if there is none at all.
    decltype(auto) randomkey(detail::TokenLike auto... token) {
        return detail::call<"RANDOMKEY", std::optional<std::string>>(*this, {},
                                                                     std::move(token)...);
    }

    /// One step through the keys of one node (`on(node)` says which): begin with cursor 0, end when it is 0
    /// again.
    decltype(auto) scan(std::uint64_t cursor, detail::TokenLike auto... token) {
        return detail::call<"SCAN", ScanPage<std::string>>(*this, {cursor}, std::move(token)...);
    }
    decltype(auto) scan(std::uint64_t cursor, ScanKeysOptions const& options,
                        detail::TokenLike auto... token) {
        return detail::call<"SCAN", ScanPage<std::string>>(*this, {cursor, options},
                                                           std::move(token)...);
    }

    /// The sorted elements of a list, set or sorted set; with `get` what its patterns give for each.
    decltype(auto) sort(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"SORT", std::vector<std::optional<std::string>>>(*this, {key},
                                                                             std::move(token)...);
    }
    decltype(auto) sort(std::string_view key, SortOptions const& options,
                        detail::TokenLike auto... token) {
        return detail::call<"SORT", std::vector<std::optional<std::string>>>(*this, {key, options},
                                                                             std::move(token)...);
    }
    decltype(auto) sort_ro(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"SORT_RO", std::vector<std::optional<std::string>>>(
            *this, {key}, std::move(token)...);
    }
    decltype(auto) sort_ro(std::string_view key, SortOptions const& options,
                           detail::TokenLike auto... token) {
        return detail::call<"SORT_RO", std::vector<std::optional<std::string>>>(
            *this, {key, options}, std::move(token)...);
    }

    /// Stores them in a list: how many. Both keys in one slot.
    decltype(auto) sort_store(std::string_view key, std::string_view destination,
                              detail::TokenLike auto... token) {
        return detail::call<"SORT", long long>(*this, {key, "STORE", destination},
                                               std::move(token)...);
    }
    decltype(auto) sort_store(std::string_view key, std::string_view destination,
                              SortOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"SORT", long long>(*this, {key, options, "STORE", destination},
                                               std::move(token)...);
    }

    /// How many replicas have the writes made before on the same connection; returns when `replicas` of them
    /// do, or after `timeout` (zero: never).
    decltype(auto) wait(long long replicas, std::chrono::milliseconds timeout,
                        detail::TokenLike auto... token) {
        return detail::call<"WAIT", long long>(*this, {replicas, timeout}, std::move(token)...);
    }
};

}  // namespace keyslot
