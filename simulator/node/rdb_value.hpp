#pragma once

#include "simulator/node/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim::rdb {

constexpr unsigned version = 10;  ///< of Redis 7.0

/// A value as Redis 7.0 writes it into RDB files and DUMP payloads: its type, and what that needs.
/// Long texts are never compressed.
void write_value(Value const& value, std::string& out);
/// nullopt: nonsense, or a type of value that there is not.
std::optional<Value> read_value(std::string_view bytes, EncodingLimits const& limits = {});
/// Of payloads: CRC-64 with the polynomial that Redis uses.
std::uint64_t checksum(std::string_view bytes);

}  // namespace keyslot::sim::rdb
