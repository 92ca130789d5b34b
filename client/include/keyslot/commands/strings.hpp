#pragma once

#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// Options of SET. At most one of the four expiries and keepttl; at most one of nx and xx: the server
/// answers a combination with a syntax error.
struct SetOptions {
    std::optional<std::chrono::seconds> ex = std::nullopt;
    std::optional<std::chrono::milliseconds> px = std::nullopt;
    std::optional<std::chrono::sys_seconds> exat = std::nullopt;
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> pxat = std::nullopt;
    bool keepttl = false;  ///< the expiry stays what it was
    bool nx = false;  ///< only if the key does not exist
    bool xx = false;  ///< only if it does

    void append_to(detail::ArgumentList& words) const;
};

/// Options of GETEX; at most one.
struct GetExOptions {
    std::optional<std::chrono::seconds> ex = std::nullopt;
    std::optional<std::chrono::milliseconds> px = std::nullopt;
    std::optional<std::chrono::sys_seconds> exat = std::nullopt;
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> pxat = std::nullopt;
    bool persist = false;  ///< the key lives for ever

    void append_to(detail::ArgumentList& words) const;
};

struct LcsOptions {
    std::optional<long long> minmatchlen = std::nullopt;  ///< leave out shorter matches

    void append_to(detail::ArgumentList& words) const;
};

/// A piece that two values have in common: where it stands in each (both ends included), and its length.
struct LcsMatch {
    std::pair<long long, long long> in_a;
    std::pair<long long, long long> in_b;
    long long length = 0;

    friend bool operator==(LcsMatch const&, LcsMatch const&) = default;
};
struct LcsMatches {
    std::vector<LcsMatch> matches;  ///< from the end to the beginning
    long long length = 0;  ///< of the whole longest common subsequence

    friend bool operator==(LcsMatches const&, LcsMatches const&) = default;
};

namespace detail {

template <>
Result<LcsMatch> Decoder<LcsMatch>::decode(ReplyView reply);
template <>
Result<LcsMatches> Decoder<LcsMatches>::decode(ReplyView reply);

}  // namespace detail

/// Strings.
template <class Face>
class StringCommands {
public:
    /// The value; nullopt if the key does not exist.
    decltype(auto) get(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"GET", std::optional<std::string>>(*this, {key}, std::move(token)...);
    }

    /// True if the value was set; false when nx or xx did not allow it.
    decltype(auto) set(std::string_view key, std::string_view value,
                       detail::TokenLike auto... token) {
        return detail::call<"SET", bool>(*this, {key, value}, std::move(token)...);
    }
    decltype(auto) set(std::string_view key, std::string_view value, SetOptions const& options,
                       detail::TokenLike auto... token) {
        return detail::call<"SET", bool>(*this, {key, value, options}, std::move(token)...);
    }

    /// SET ... GET: sets the value and gives the one before it; nullopt if there was none.
    decltype(auto) set_and_get(std::string_view key, std::string_view value,
                               SetOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"SET", std::optional<std::string>>(*this, {key, value, options, "GET"},
                                                               std::move(token)...);
    }

    /// False if the key exists.
    decltype(auto) setnx(std::string_view key, std::string_view value,
                         detail::TokenLike auto... token) {
        return detail::call<"SETNX", bool>(*this, {key, value}, std::move(token)...);
    }

    /// Sets the value with a time to live.
    decltype(auto) setex(std::string_view key, std::chrono::seconds expiry, std::string_view value,
                         detail::TokenLike auto... token) {
        return detail::call<"SETEX", bool>(*this, {key, expiry, value}, std::move(token)...);
    }
    decltype(auto) psetex(std::string_view key, std::chrono::milliseconds expiry,
                          std::string_view value, detail::TokenLike auto... token) {
        return detail::call<"PSETEX", bool>(*this, {key, expiry, value}, std::move(token)...);
    }

    /// Sets the value and gives the one before it; nullopt if there was none.
    decltype(auto) getset(std::string_view key, std::string_view value,
                          detail::TokenLike auto... token) {
        return detail::call<"GETSET", std::optional<std::string>>(*this, {key, value},
                                                                  std::move(token)...);
    }

    /// The value; the key is deleted.
    decltype(auto) getdel(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"GETDEL", std::optional<std::string>>(*this, {key},
                                                                  std::move(token)...);
    }

    /// The value; its time to live is set, or taken away.
    decltype(auto) getex(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"GETEX", std::optional<std::string>>(*this, {key}, std::move(token)...);
    }
    decltype(auto) getex(std::string_view key, GetExOptions const& options,
                         detail::TokenLike auto... token) {
        return detail::call<"GETEX", std::optional<std::string>>(*this, {key, options},
                                                                 std::move(token)...);
    }

    /// The length of the value after the appending.
    decltype(auto) append(std::string_view key, std::string_view value,
                          detail::TokenLike auto... token) {
        return detail::call<"APPEND", long long>(*this, {key, value}, std::move(token)...);
    }

    /// The length of the value; 0 if the key does not exist.
    decltype(auto) strlen(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"STRLEN", long long>(*this, {key}, std::move(token)...);
    }

    /// Bytes start..end, both included; negative positions count from the end.
    decltype(auto) getrange(std::string_view key, long long start, long long end,
                            detail::TokenLike auto... token) {
        return detail::call<"GETRANGE", std::string>(*this, {key, start, end}, std::move(token)...);
    }

    /// The old name of getrange.
    decltype(auto) substr(std::string_view key, long long start, long long end,
                          detail::TokenLike auto... token) {
        return detail::call<"SUBSTR", std::string>(*this, {key, start, end}, std::move(token)...);
    }

    /// Overwrites from `offset` on, zero bytes before it where there was nothing. The length afterwards.
    decltype(auto) setrange(std::string_view key, long long offset, std::string_view value,
                            detail::TokenLike auto... token) {
        return detail::call<"SETRANGE", long long>(*this, {key, offset, value},
                                                   std::move(token)...);
    }

    /// The number after the change. A key that does not exist counts as 0.
    decltype(auto) incr(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"INCR", long long>(*this, {key}, std::move(token)...);
    }
    decltype(auto) decr(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"DECR", long long>(*this, {key}, std::move(token)...);
    }
    decltype(auto) incrby(std::string_view key, long long amount, detail::TokenLike auto... token) {
        return detail::call<"INCRBY", long long>(*this, {key, amount}, std::move(token)...);
    }
    decltype(auto) decrby(std::string_view key, long long amount, detail::TokenLike auto... token) {
        return detail::call<"DECRBY", long long>(*this, {key, amount}, std::move(token)...);
    }
    decltype(auto) incrbyfloat(std::string_view key, double amount,
                               detail::TokenLike auto... token) {
        return detail::call<"INCRBYFLOAT", double>(*this, {key, amount}, std::move(token)...);
    }

    /// One entry per key, in their order. All keys in one slot.
    decltype(auto) mget(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"MGET", std::vector<std::optional<std::string>>>(*this, {keys},
                                                                             std::move(token)...);
    }

    /// All keys in one slot: all are set at once or none.
    decltype(auto) mset(KeyValues const& values, detail::TokenLike auto... token) {
        return detail::call<"MSET", bool>(*this, {values}, std::move(token)...);
    }

    /// False, and nothing set, if any of the keys exists. All keys in one slot.
    decltype(auto) msetnx(KeyValues const& values, detail::TokenLike auto... token) {
        return detail::call<"MSETNX", bool>(*this, {values}, std::move(token)...);
    }

    /// The longest common subsequence of two values. Both keys in one slot.
    decltype(auto) lcs(std::string_view key_a, std::string_view key_b,
                       detail::TokenLike auto... token) {
        return detail::call<"LCS", std::string>(*this, {key_a, key_b}, std::move(token)...);
    }

    /// Its length alone.
    decltype(auto) lcs_len(std::string_view key_a, std::string_view key_b,
                           detail::TokenLike auto... token) {
        return detail::call<"LCS", long long>(*this, {key_a, key_b, "LEN"}, std::move(token)...);
    }

    /// Where its pieces stand in the two values.
    decltype(auto) lcs_idx(std::string_view key_a, std::string_view key_b,
                           detail::TokenLike auto... token) {
        return detail::call<"LCS", LcsMatches>(*this, {key_a, key_b, "IDX", "WITHMATCHLEN"},
                                               std::move(token)...);
    }
    decltype(auto) lcs_idx(std::string_view key_a, std::string_view key_b,
                           LcsOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"LCS", LcsMatches>(
            *this, {key_a, key_b, "IDX", options, "WITHMATCHLEN"}, std::move(token)...);
    }
};

}  // namespace keyslot
