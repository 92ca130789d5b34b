#pragma once

#include "simulator/node/keyspace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Data on its way between nodes. Not RDB: what Redis puts into these bytes is no concern of a client;
/// that they have a version and a checksum, and are refused if those are wrong, is.

/// One value, as DUMP gives it and RESTORE takes it.
std::string write_payload(Value const& value);
enum class PayloadError : std::uint8_t { bad_envelope, bad_value };
struct Payload {
    std::optional<Value> value;
    PayloadError error{};  ///< when there is no value
};
Payload read_payload(std::string_view bytes);

/// A whole data set: full synchronisation.
std::string write_snapshot(Keyspace const& keyspace);
/// Fills an empty keyspace; false: the bytes are no snapshot, and the keyspace holds any part of it.
bool read_snapshot(std::string_view bytes, Keyspace& into, std::int64_t now_ms);

}  // namespace keyslot::sim
