#include "client/protocol/hash_slot.hpp"

#include <array>
#include <cstddef>

namespace keyslot::protocol {
namespace {

constexpr std::size_t slices = 8;
using Slices = std::array<std::array<std::uint16_t, 256>, slices>;

// slices[n][b]: what byte b adds to the checksum when n bytes follow it. Eight look-ups that do not
// wait for one another replace eight that do: the byte-wise loop costs five times as much.
constexpr Slices make_slices() {
    Slices table{};
    for (unsigned byte = 0; byte < 256; ++byte) {
        unsigned crc = byte << 8;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc << 1) ^ ((crc & 0x8000u) != 0 ? 0x1021u : 0u);
        }
        table[0][byte] = static_cast<std::uint16_t>(crc);
    }
    for (std::size_t slice = 1; slice < slices; ++slice) {
        for (unsigned byte = 0; byte < 256; ++byte) {
            unsigned const before = table[slice - 1][byte];
            table[slice][byte] =
                static_cast<std::uint16_t>((before << 8) ^ table[0][(before >> 8) & 0xffu]);
        }
    }
    return table;
}

constexpr Slices table = make_slices();

}  // namespace

std::uint16_t crc16(std::string_view bytes) {
    unsigned crc = 0;
    auto const* p = reinterpret_cast<unsigned char const*>(bytes.data());
    std::size_t left = bytes.size();
    for (; left >= slices; left -= slices, p += slices) {
        crc = unsigned{table[7][p[0] ^ (crc >> 8)]} ^ table[6][p[1] ^ (crc & 0xffu)] ^
              table[5][p[2]] ^ table[4][p[3]] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^
              table[0][p[7]];
    }
    for (; left != 0; --left, ++p) {
        crc = ((crc << 8) ^ table[0][(crc >> 8) ^ *p]) & 0xffffu;
    }
    return static_cast<std::uint16_t>(crc);
}

std::string_view hashed_part(std::string_view key) {
    std::size_t const open = key.find('{');
    if (open == std::string_view::npos) {
        return key;
    }
    std::size_t const close = key.find('}', open + 1);
    if (close == std::string_view::npos || close == open + 1) {
        return key;
    }
    return key.substr(open + 1, close - open - 1);
}

std::uint16_t hash_slot(std::string_view key) { return crc16(hashed_part(key)) % slot_count; }

}  // namespace keyslot::protocol
