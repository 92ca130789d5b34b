#pragma once

#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

enum class ListEnd : std::uint8_t { left, right };
constexpr std::string_view word_of(ListEnd end) { return end == ListEnd::left ? "LEFT" : "RIGHT"; }

enum class ListPosition : std::uint8_t { before, after };
constexpr std::string_view word_of(ListPosition position) {
    return position == ListPosition::before ? "BEFORE" : "AFTER";
}

struct LPosOptions {
    std::optional<long long> rank =
        std::nullopt;    ///< 2: begin with the second match; negative: from the end
    std::optional<long long> maxlen = std::nullopt;  ///< look at so many elements only

    void append_to(detail::ArgumentList& words) const;
};

/// The list that gave, and what.
using PoppedElement = std::pair<std::string, std::string>;
using PoppedElements = std::pair<std::string, std::vector<std::string>>;

/// Lists. The blocking functions wait on the server until there is an element, or until `timeout` has passed
/// (zero: for ever); the deadline of such a call is that much later.
template <class Face>
class ListCommands {
public:
    /// The length afterwards. The elements go in one after the other, so that the last one stands first.
    decltype(auto) lpush(std::string_view key, Words const& elements,
                         detail::TokenLike auto... token) {
        return detail::call<"LPUSH", long long>(*this, {key, elements}, std::move(token)...);
    }
    decltype(auto) rpush(std::string_view key, Words const& elements,
                         detail::TokenLike auto... token) {
        return detail::call<"RPUSH", long long>(*this, {key, elements}, std::move(token)...);
    }

    /// Only if the list exists; 0 if not.
    decltype(auto) lpushx(std::string_view key, Words const& elements,
                          detail::TokenLike auto... token) {
        return detail::call<"LPUSHX", long long>(*this, {key, elements}, std::move(token)...);
    }
    decltype(auto) rpushx(std::string_view key, Words const& elements,
                          detail::TokenLike auto... token) {
        return detail::call<"RPUSHX", long long>(*this, {key, elements}, std::move(token)...);
    }

    /// nullopt if the list is empty.
    decltype(auto) lpop(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"LPOP", std::optional<std::string>>(*this, {key}, std::move(token)...);
    }
    decltype(auto) rpop(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"RPOP", std::optional<std::string>>(*this, {key}, std::move(token)...);
    }

    /// At most so many.
    decltype(auto) lpop(std::string_view key, long long count, detail::TokenLike auto... token) {
        return detail::call<"LPOP", std::vector<std::string>>(*this, {key, count},
                                                              std::move(token)...);
    }
    decltype(auto) rpop(std::string_view key, long long count, detail::TokenLike auto... token) {
        return detail::call<"RPOP", std::vector<std::string>>(*this, {key, count},
                                                              std::move(token)...);
    }
    decltype(auto) llen(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"LLEN", long long>(*this, {key}, std::move(token)...);
    }

    /// Elements start..end, both included; negative positions count from the end.
    decltype(auto) lrange(std::string_view key, long long start, long long end,
                          detail::TokenLike auto... token) {
        return detail::call<"LRANGE", std::vector<std::string>>(*this, {key, start, end},
                                                                std::move(token)...);
    }

    /// nullopt if there is no such position.
    decltype(auto) lindex(std::string_view key, long long index, detail::TokenLike auto... token) {
        return detail::call<"LINDEX", std::optional<std::string>>(*this, {key, index},
                                                                  std::move(token)...);
    }

    /// An error if there is no such position.
    decltype(auto) lset(std::string_view key, long long index, std::string_view element,
                        detail::TokenLike auto... token) {
        return detail::call<"LSET", bool>(*this, {key, index, element}, std::move(token)...);
    }

    /// The length afterwards; -1 if the pivot was not found, 0 if the list does not exist.
    decltype(auto) linsert(std::string_view key, ListPosition where, std::string_view pivot,
                           std::string_view element, detail::TokenLike auto... token) {
        return detail::call<"LINSERT", long long>(*this, {key, where, pivot, element},
                                                  std::move(token)...);
    }

    /// How many were removed. A positive count: the first so many; negative: the last; 0: all.
    decltype(auto) lrem(std::string_view key, long long count, std::string_view element,
                        detail::TokenLike auto... token) {
        return detail::call<"LREM", long long>(*this, {key, count, element}, std::move(token)...);
    }

    /// Keeps elements start..end only.
    decltype(auto) ltrim(std::string_view key, long long start, long long end,
                         detail::TokenLike auto... token) {
        return detail::call<"LTRIM", bool>(*this, {key, start, end}, std::move(token)...);
    }

    /// The position of an element; nullopt if it is not there.
    decltype(auto) lpos(std::string_view key, std::string_view element,
                        detail::TokenLike auto... token) {
        return detail::call<"LPOS", std::optional<long long>>(*this, {key, element},
                                                              std::move(token)...);
    }
    decltype(auto) lpos(std::string_view key, std::string_view element, LPosOptions const& options,
                        detail::TokenLike auto... token) {
        return detail::call<"LPOS", std::optional<long long>>(*this, {key, element, options},
                                                              std::move(token)...);
    }

    /// The positions of at most so many; a count of 0: of all.
    decltype(auto) lpos(std::string_view key, std::string_view element, long long count,
                        detail::TokenLike auto... token) {
        return detail::call<"LPOS", std::vector<long long>>(*this, {key, element, "COUNT", count},
                                                            std::move(token)...);
    }
    decltype(auto) lpos(std::string_view key, std::string_view element, long long count,
                        LPosOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"LPOS", std::vector<long long>>(
            *this, {key, element, options, "COUNT", count}, std::move(token)...);
    }

    /// Moves an element from one list to another, of the same slot, and gives it; nullopt if there is none.
    decltype(auto) lmove(std::string_view source, std::string_view destination, ListEnd from,
                         ListEnd to, detail::TokenLike auto... token) {
        return detail::call<"LMOVE", std::optional<std::string>>(
            *this, {source, destination, from, to}, std::move(token)...);
    }
    decltype(auto) blmove(std::string_view source, std::string_view destination, ListEnd from,
                          ListEnd to, std::chrono::milliseconds timeout,
                          detail::TokenLike auto... token) {
        return detail::call<"BLMOVE", std::optional<std::string>>(
            *this, {source, destination, from, to, detail::FractionalSeconds{timeout}},
            std::move(token)...);
    }

    /// The old name of lmove from the right to the left.
    decltype(auto) rpoplpush(std::string_view source, std::string_view destination,
                             detail::TokenLike auto... token) {
        return detail::call<"RPOPLPUSH", std::optional<std::string>>(*this, {source, destination},
                                                                     std::move(token)...);
    }
    decltype(auto) brpoplpush(std::string_view source, std::string_view destination,
                              std::chrono::milliseconds timeout, detail::TokenLike auto... token) {
        return detail::call<"BRPOPLPUSH", std::optional<std::string>>(
            *this, {source, destination, detail::FractionalSeconds{timeout}}, std::move(token)...);
    }

    /// From the first list that is not empty: its key and the element; nullopt after the time. All keys in one
    /// slot, as for the rest.
    decltype(auto) blpop(Words const& keys, std::chrono::milliseconds timeout,
                         detail::TokenLike auto... token) {
        return detail::call<"BLPOP", std::optional<PoppedElement>>(
            *this, {keys, detail::FractionalSeconds{timeout}}, std::move(token)...);
    }
    decltype(auto) brpop(Words const& keys, std::chrono::milliseconds timeout,
                         detail::TokenLike auto... token) {
        return detail::call<"BRPOP", std::optional<PoppedElement>>(
            *this, {keys, detail::FractionalSeconds{timeout}}, std::move(token)...);
    }

    /// Up to `count` elements of the first list that is not empty.
    decltype(auto) lmpop(Words const& keys, ListEnd from, detail::TokenLike auto... token) {
        return detail::call<"LMPOP", std::optional<PoppedElements>>(
            *this, {detail::Counted{keys}, from}, std::move(token)...);
    }
    decltype(auto) lmpop(Words const& keys, ListEnd from, long long count,
                         detail::TokenLike auto... token) {
        return detail::call<"LMPOP", std::optional<PoppedElements>>(
            *this, {detail::Counted{keys}, from, "COUNT", count}, std::move(token)...);
    }
    decltype(auto) blmpop(std::chrono::milliseconds timeout, Words const& keys, ListEnd from,
                          detail::TokenLike auto... token) {
        return detail::call<"BLMPOP", std::optional<PoppedElements>>(
            *this, {detail::FractionalSeconds{timeout}, detail::Counted{keys}, from},
            std::move(token)...);
    }
    decltype(auto) blmpop(std::chrono::milliseconds timeout, Words const& keys, ListEnd from,
                          long long count, detail::TokenLike auto... token) {
        return detail::call<"BLMPOP", std::optional<PoppedElements>>(
            *this,
            {detail::FractionalSeconds{timeout}, detail::Counted{keys}, from, "COUNT", count},
            std::move(token)...);
    }
};

}  // namespace keyslot
