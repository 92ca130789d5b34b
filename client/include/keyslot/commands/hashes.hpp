#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// Hashes.
template <class Face>
class HashCommands {
public:
    /// How many of the fields are new.
    decltype(auto) hset(std::string_view key, std::string_view field, std::string_view value,
                        detail::TokenLike auto... token) {
        return detail::call<"HSET", long long>(*this, {key, field, value}, std::move(token)...);
    }
    decltype(auto) hset(std::string_view key, KeyValues const& values,
                        detail::TokenLike auto... token) {
        return detail::call<"HSET", long long>(*this, {key, values}, std::move(token)...);
    }

    /// False if the field exists.
    decltype(auto) hsetnx(std::string_view key, std::string_view field, std::string_view value,
                          detail::TokenLike auto... token) {
        return detail::call<"HSETNX", bool>(*this, {key, field, value}, std::move(token)...);
    }

    /// The old way to set several fields.
    decltype(auto) hmset(std::string_view key, KeyValues const& values,
                         detail::TokenLike auto... token) {
        return detail::call<"HMSET", bool>(*this, {key, values}, std::move(token)...);
    }

    /// nullopt if there is no such field.
    decltype(auto) hget(std::string_view key, std::string_view field,
                        detail::TokenLike auto... token) {
        return detail::call<"HGET", std::optional<std::string>>(*this, {key, field},
                                                                std::move(token)...);
    }

    /// One entry per field, in their order.
    decltype(auto) hmget(std::string_view key, Words const& fields,
                         detail::TokenLike auto... token) {
        return detail::call<"HMGET", std::vector<std::optional<std::string>>>(*this, {key, fields},
                                                                              std::move(token)...);
    }

    /// All fields with their values; empty if the key does not exist.
    decltype(auto) hgetall(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"HGETALL", std::vector<StringPair>>(*this, {key}, std::move(token)...);
    }
    decltype(auto) hkeys(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"HKEYS", std::vector<std::string>>(*this, {key}, std::move(token)...);
    }
    decltype(auto) hvals(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"HVALS", std::vector<std::string>>(*this, {key}, std::move(token)...);
    }

    /// How many fields there are.
    decltype(auto) hlen(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"HLEN", long long>(*this, {key}, std::move(token)...);
    }

    /// The length of a field's value; 0 if there is none.
    decltype(auto) hstrlen(std::string_view key, std::string_view field,
                           detail::TokenLike auto... token) {
        return detail::call<"HSTRLEN", long long>(*this, {key, field}, std::move(token)...);
    }
    decltype(auto) hexists(std::string_view key, std::string_view field,
                           detail::TokenLike auto... token) {
        return detail::call<"HEXISTS", bool>(*this, {key, field}, std::move(token)...);
    }

    /// How many of the fields were deleted.
    decltype(auto) hdel(std::string_view key, Words const& fields,
                        detail::TokenLike auto... token) {
        return detail::call<"HDEL", long long>(*this, {key, fields}, std::move(token)...);
    }

    /// The number after the change. A field that does not exist counts as 0.
    decltype(auto) hincrby(std::string_view key, std::string_view field, long long amount,
                           detail::TokenLike auto... token) {
        return detail::call<"HINCRBY", long long>(*this, {key, field, amount}, std::move(token)...);
    }
    decltype(auto) hincrbyfloat(std::string_view key, std::string_view field, double amount,
                                detail::TokenLike auto... token) {
        return detail::call<"HINCRBYFLOAT", double>(*this, {key, field, amount},
                                                    std::move(token)...);
    }

    /// A random field; nullopt if the key does not exist.
    decltype(auto) hrandfield(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"HRANDFIELD", std::optional<std::string>>(*this, {key},
                                                                      std::move(token)...);
    }

    /// That many different ones at most; a negative count: exactly so many, some perhaps more than once.
    decltype(auto) hrandfield(std::string_view key, long long count,
                              detail::TokenLike auto... token) {
        return detail::call<"HRANDFIELD", std::vector<std::string>>(*this, {key, count},
                                                                    std::move(token)...);
    }
    decltype(auto) hrandfield_withvalues(std::string_view key, long long count,
                                         detail::TokenLike auto... token) {
        return detail::call<"HRANDFIELD", std::vector<StringPair>>(
            *this, {key, count, "WITHVALUES"}, std::move(token)...);
    }

    /// One step through the fields: begin with cursor 0, end when it is 0 again.
    decltype(auto) hscan(std::string_view key, std::uint64_t cursor,
                         detail::TokenLike auto... token) {
        return detail::call<"HSCAN", ScanPage<StringPair>>(*this, {key, cursor},
                                                           std::move(token)...);
    }
    decltype(auto) hscan(std::string_view key, std::uint64_t cursor, ScanOptions const& options,
                         detail::TokenLike auto... token) {
        return detail::call<"HSCAN", ScanPage<StringPair>>(*this, {key, cursor, options},
                                                           std::move(token)...);
    }
};

}  // namespace keyslot
