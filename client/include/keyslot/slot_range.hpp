#pragma once

#include <cstdint>

namespace keyslot {

namespace detail {
class ArgumentList;
}

/// Slots first..last, both included; 0..16383.
struct SlotRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;

    void append_to(detail::ArgumentList& words) const;
    friend bool operator==(SlotRange const&, SlotRange const&) = default;
};

}  // namespace keyslot
