#pragma once

#include <keyslot/detail/command_family.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

enum class BitUnit : std::uint8_t { byte, bit };
constexpr std::string_view word_of(BitUnit unit) { return unit == BitUnit::byte ? "BYTE" : "BIT"; }

/// Positions start..end, both included, in that unit; negative ones count from the end.
struct BitRange {
    long long start = 0;
    long long end = -1;
    BitUnit unit = BitUnit::byte;

    void append_to(detail::ArgumentList& words) const;
};

enum class BitOperation : std::uint8_t { and_, or_, xor_, not_ };
std::string_view word_of(BitOperation operation);

enum class BitOverflow : std::uint8_t { wrap, sat, fail };

/// One step of BITFIELD: `redis.bitfield("k", {BitField::set("u8", "#0", 255), BitField::get("i5", 100)})`.
/// The type is "u1" to "u63" or "i1" to "i64"; the offset counts bits, or as "#n" integers of that type.
class BitField {
public:
    class Offset {
    public:
        template <std::integral T>
        Offset(T bits) : bits_(static_cast<long long>(bits)) {}
        template <std::convertible_to<std::string_view> Text>
        Offset(Text const& text) : text_(text) {}

        void append_to(detail::ArgumentList& words) const;

    private:
        std::string_view text_;
        long long bits_ = 0;
    };

    static BitField get(std::string_view type, Offset offset);
    /// Gives the value before.
    static BitField set(std::string_view type, Offset offset, long long value);
    /// Gives the value after the change.
    static BitField incrby(std::string_view type, Offset offset, long long amount);
    /// For the set and incrby behind it; gives nothing.
    static BitField overflow(BitOverflow how);

    BitField() = default;
    void append_to(detail::ArgumentList& words) const;

private:
    std::string_view name_ = "GET";
    std::string_view type_ = "u1";
    Offset offset_ = 0;
    std::optional<long long> value_ = std::nullopt;
};

/// Bits of strings.
template <class Face>
class BitmapCommands {
public:
    /// How many bits are set.
    decltype(auto) bitcount(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"BITCOUNT", long long>(*this, {key}, std::move(token)...);
    }
    decltype(auto) bitcount(std::string_view key, BitRange const& range,
                            detail::TokenLike auto... token) {
        return detail::call<"BITCOUNT", long long>(*this, {key, range}, std::move(token)...);
    }

    /// The position of the first bit that is `bit` (0 or 1); -1 if there is none. Without a range the first 0 of a
    /// value full of ones is the one behind it.
    decltype(auto) bitpos(std::string_view key, long long bit, detail::TokenLike auto... token) {
        return detail::call<"BITPOS", long long>(*this, {key, bit}, std::move(token)...);
    }
    decltype(auto) bitpos(std::string_view key, long long bit, BitRange const& range,
                          detail::TokenLike auto... token) {
        return detail::call<"BITPOS", long long>(*this, {key, bit, range}, std::move(token)...);
    }

    /// 0 or 1.
    decltype(auto) getbit(std::string_view key, long long offset, detail::TokenLike auto... token) {
        return detail::call<"GETBIT", long long>(*this, {key, offset}, std::move(token)...);
    }

    /// Sets it to 0 or 1; what it was before.
    decltype(auto) setbit(std::string_view key, long long offset, long long value,
                          detail::TokenLike auto... token) {
        return detail::call<"SETBIT", long long>(*this, {key, offset, value}, std::move(token)...);
    }

    /// Stores the result: its length in bytes. All keys in one slot; `not_` takes one source.
    decltype(auto) bitop(BitOperation operation, std::string_view destination, Words const& keys,
                         detail::TokenLike auto... token) {
        return detail::call<"BITOP", long long>(*this, {operation, destination, keys},
                                                std::move(token)...);
    }

    /// One result per step; nullopt where `BitOverflow::fail` kept a step from running.
    decltype(auto) bitfield(std::string_view key, ListOf<BitField> const& steps,
                            detail::TokenLike auto... token) {
        return detail::call<"BITFIELD", std::vector<std::optional<long long>>>(*this, {key, steps},
                                                                               std::move(token)...);
    }

    /// Steps that get only.
    decltype(auto) bitfield_ro(std::string_view key, ListOf<BitField> const& steps,
                               detail::TokenLike auto... token) {
        return detail::call<"BITFIELD_RO", std::vector<std::optional<long long>>>(
            *this, {key, steps}, std::move(token)...);
    }
};

}  // namespace keyslot
