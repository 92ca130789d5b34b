#pragma once

#include "simulator/kernel/digest.hpp"

#include <array>
#include <cassert>
#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// The name of a node: 40 characters, or nothing. Held in place, because a heartbeat in a cluster
/// of 1,000 nodes carries a hundred of them.
class NodeId {
public:
    static constexpr std::size_t length = 40;

    constexpr NodeId() = default;
    /// `text` has 40 characters, or none.
    constexpr NodeId(std::string_view text) {
        assert(text.size() == length || text.empty());
        for (std::size_t i = 0; i < text.size(); ++i) {
            text_[i] = text[i];
        }
    }
    NodeId(std::string const& text) : NodeId(std::string_view{text}) {}
    constexpr NodeId(char const* text) : NodeId(std::string_view{text}) {}

    constexpr bool empty() const { return text_[0] == '\0'; }
    constexpr std::string_view view() const { return {text_.data(), empty() ? 0 : length}; }
    constexpr operator std::string_view() const { return view(); }
    std::string str() const { return std::string{view()}; }

    friend constexpr bool operator==(NodeId const&, NodeId const&) = default;
    friend constexpr std::strong_ordering operator<=>(NodeId const& a, NodeId const& b) {
        return a.view() <=> b.view();
    }
    friend std::ostream& operator<<(std::ostream& out, NodeId const& id) {
        return out << id.view();
    }

    /// For look-up tables; the same on every machine.
    std::uint32_t digest() const {
        std::uint64_t value = 0xcbf29ce484222325u;
        for (std::size_t at = 0; at < length; at += 8) {
            value = (value ^ detail::load_little_endian(&text_[at], 8)) * 0x9e3779b97f4a7c15u;
            value ^= value >> 29;
        }
        return static_cast<std::uint32_t>(value >> 32);
    }

private:
    std::array<char, length> text_{};
};

}  // namespace keyslot::sim
