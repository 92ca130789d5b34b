#pragma once

#include <cstdint>
#include <string_view>

namespace keyslot::protocol {

inline constexpr std::uint16_t slot_count = 16384;

/// CRC16 of the XMODEM kind: polynomial 0x1021, initial value 0, nothing reflected, no final xor.
std::uint16_t crc16(std::string_view bytes);

/// The part of a key that is hashed: what lies between the first '{' and the first '}' after it, if
/// that is at least one byte; else the whole key. (Cluster specification, "Hash tags".)
std::string_view hashed_part(std::string_view key);

/// The slot of a key or of a shard channel, 0..16383. (Cluster specification, "Key distribution
/// model".)
std::uint16_t hash_slot(std::string_view key);

}  // namespace keyslot::protocol
