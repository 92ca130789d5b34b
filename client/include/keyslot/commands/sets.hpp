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

/// Sets. Functions that take several keys want them in one slot.
template <class Face>
class SetCommands {
public:
    /// How many of the members are new.
    decltype(auto) sadd(std::string_view key, Words const& members,
                        detail::TokenLike auto... token) {
        return detail::call<"SADD", long long>(*this, {key, members}, std::move(token)...);
    }

    /// How many of the members were there.
    decltype(auto) srem(std::string_view key, Words const& members,
                        detail::TokenLike auto... token) {
        return detail::call<"SREM", long long>(*this, {key, members}, std::move(token)...);
    }

    /// All members, in no order.
    decltype(auto) smembers(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"SMEMBERS", std::vector<std::string>>(*this, {key},
                                                                  std::move(token)...);
    }

    /// How many members there are.
    decltype(auto) scard(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"SCARD", long long>(*this, {key}, std::move(token)...);
    }
    decltype(auto) sismember(std::string_view key, std::string_view member,
                             detail::TokenLike auto... token) {
        return detail::call<"SISMEMBER", bool>(*this, {key, member}, std::move(token)...);
    }

    /// One answer per member, in their order.
    decltype(auto) smismember(std::string_view key, Words const& members,
                              detail::TokenLike auto... token) {
        return detail::call<"SMISMEMBER", std::vector<bool>>(*this, {key, members},
                                                             std::move(token)...);
    }

    /// False if the source has no such member.
    decltype(auto) smove(std::string_view source, std::string_view destination,
                         std::string_view member, detail::TokenLike auto... token) {
        return detail::call<"SMOVE", bool>(*this, {source, destination, member},
                                           std::move(token)...);
    }

    /// Takes a random member out; nullopt if there is none.
    decltype(auto) spop(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"SPOP", std::optional<std::string>>(*this, {key}, std::move(token)...);
    }

    /// At most so many.
    decltype(auto) spop(std::string_view key, long long count, detail::TokenLike auto... token) {
        return detail::call<"SPOP", std::vector<std::string>>(*this, {key, count},
                                                              std::move(token)...);
    }

    /// A random member, which stays; nullopt if there is none.
    decltype(auto) srandmember(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"SRANDMEMBER", std::optional<std::string>>(*this, {key},
                                                                       std::move(token)...);
    }

    /// That many different ones at most; a negative count: exactly so many, some perhaps more than once.
    decltype(auto) srandmember(std::string_view key, long long count,
                               detail::TokenLike auto... token) {
        return detail::call<"SRANDMEMBER", std::vector<std::string>>(*this, {key, count},
                                                                     std::move(token)...);
    }

    /// The members of the first set that are in none of the others.
    decltype(auto) sdiff(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"SDIFF", std::vector<std::string>>(*this, {keys}, std::move(token)...);
    }

    /// Stores them: how many.
    decltype(auto) sdiffstore(std::string_view destination, Words const& keys,
                              detail::TokenLike auto... token) {
        return detail::call<"SDIFFSTORE", long long>(*this, {destination, keys},
                                                     std::move(token)...);
    }

    /// The members that all sets have.
    decltype(auto) sinter(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"SINTER", std::vector<std::string>>(*this, {keys}, std::move(token)...);
    }
    decltype(auto) sinterstore(std::string_view destination, Words const& keys,
                               detail::TokenLike auto... token) {
        return detail::call<"SINTERSTORE", long long>(*this, {destination, keys},
                                                      std::move(token)...);
    }

    /// How many they are; counts no further than `limit`.
    decltype(auto) sintercard(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"SINTERCARD", long long>(*this, {detail::Counted{keys}},
                                                     std::move(token)...);
    }
    decltype(auto) sintercard(Words const& keys, long long limit, detail::TokenLike auto... token) {
        return detail::call<"SINTERCARD", long long>(*this, {detail::Counted{keys}, "LIMIT", limit},
                                                     std::move(token)...);
    }

    /// The members that any of the sets has.
    decltype(auto) sunion(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"SUNION", std::vector<std::string>>(*this, {keys}, std::move(token)...);
    }
    decltype(auto) sunionstore(std::string_view destination, Words const& keys,
                               detail::TokenLike auto... token) {
        return detail::call<"SUNIONSTORE", long long>(*this, {destination, keys},
                                                      std::move(token)...);
    }

    /// One step through the members: begin with cursor 0, end when it is 0 again.
    decltype(auto) sscan(std::string_view key, std::uint64_t cursor,
                         detail::TokenLike auto... token) {
        return detail::call<"SSCAN", ScanPage<std::string>>(*this, {key, cursor},
                                                            std::move(token)...);
    }
    decltype(auto) sscan(std::string_view key, std::uint64_t cursor, ScanOptions const& options,
                         detail::TokenLike auto... token) {
        return detail::call<"SSCAN", ScanPage<std::string>>(*this, {key, cursor, options},
                                                            std::move(token)...);
    }
};

}  // namespace keyslot
