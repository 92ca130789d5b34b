#pragma once

#include <keyslot/detail/command_family.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What several families of commands share.
namespace keyslot {

/// A field and its value, in the order of the reply where several come.
using StringPair = std::pair<std::string, std::string>;

/// A part of a result: `count` elements from `offset` on; a negative count: all.
struct Limit {
    long long offset = 0;
    long long count = -1;

    void append_to(detail::ArgumentList& words) const;
};

/// Options of HSCAN, SSCAN and ZSCAN. Count is a hint how much to look at in one step.
struct ScanOptions {
    std::optional<std::string_view> match = std::nullopt;
    std::optional<long long> count = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

/// One step of a SCAN: what it found, perhaps nothing, perhaps some for the second time.
template <class Item>
struct ScanPage {
    std::uint64_t cursor = 0;  ///< for the next step; 0: that was the last one
    std::vector<Item> items;

    friend bool operator==(ScanPage const&, ScanPage const&) = default;
};

/// Whether FLUSHALL and its like free the memory before they answer. Without it the server's own
/// setting counts.
enum class FlushMode : std::uint8_t { sync, async };
constexpr std::string_view word_of(FlushMode mode) {
    return mode == FlushMode::sync ? "SYNC" : "ASYNC";
}

namespace detail {

template <class Item>
struct Decoder<ScanPage<Item>> {
    static Result<ScanPage<Item>> decode(ReplyView reply) {
        auto page = Decoder<std::pair<std::uint64_t, std::vector<Item>>>::decode(reply);
        if (!page) {
            return page.failure();
        }
        return ScanPage<Item>{page->first, std::move(page->second)};
    }
};

}  // namespace detail
}  // namespace keyslot
