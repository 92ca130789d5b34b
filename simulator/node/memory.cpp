#include "simulator/node/memory.hpp"

#include <bit>
#include <string>
#include <variant>

namespace keyslot::sim {

namespace {

constexpr std::size_t object_header = 16;
constexpr std::size_t dictionary_entry = 24;
constexpr std::size_t slot_links = 16;  // cluster mode: neighbours among the keys of the slot

/// A string of Redis: a header that depends on its length, and a zero byte.
std::size_t string_bytes(std::size_t length, std::size_t header_min) {
    std::size_t const header = length < 256 ? 3 : length < 65536 ? 5 : 9;
    return allocated((length < 32 ? header_min : header) + length + 1);
}

std::size_t value_bytes(StringValue const& value) {
    std::size_t const length = value.view().size();
    switch (value.encoding()) {
        case StringEncoding::integer: return object_header;
        case StringEncoding::embedded: return allocated(object_header + 3 + length + 1);
        case StringEncoding::raw: return object_header + string_bytes(length, 3);
    }
    return 0;
}

}  // namespace

std::size_t allocated(std::size_t bytes) {
    if (bytes <= 8) {
        return 8;
    }
    std::size_t step = 16;
    if (bytes > 128) {
        step = std::bit_floor(bytes - 1) / 4;
    }
    return (bytes + step - 1) / step * step;
}

std::size_t memory_of(Entry const& entry, bool cluster_enabled) {
    std::size_t total =
        string_bytes(entry.key().size(), 1) + dictionary_entry + (cluster_enabled ? slot_links : 0);
    if (auto const* const string = std::get_if<StringValue>(&entry.value)) {
        return total + value_bytes(*string);
    }
    std::string bytes;
    serialise(entry.value, bytes);
    return total + object_header + allocated(bytes.size());
}

}  // namespace keyslot::sim
