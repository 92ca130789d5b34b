#pragma once

#include "simulator/node/keyspace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Data on its way between nodes.

/// One value, as DUMP gives it and RESTORE takes it: payloads come from and go to real servers too
/// (redis-cli --cluster import).
std::string write_payload(Value const& value);
enum class PayloadError : std::uint8_t { bad_envelope, bad_value };
struct Payload {
    std::optional<Value> value;
    PayloadError error{};  ///< when there is no value
};
Payload read_payload(std::string_view bytes, EncodingLimits const& limits = {});

/// A whole data set: full synchronisation. Not an RDB file: no client sees it.
std::string write_snapshot(Keyspace const& keyspace);
/// Fills an empty keyspace; false: the bytes are no snapshot, and the keyspace holds any part of it.
bool read_snapshot(std::string_view bytes, Keyspace& into, std::int64_t now_ms,
                   EncodingLimits const& limits);

}  // namespace keyslot::sim
