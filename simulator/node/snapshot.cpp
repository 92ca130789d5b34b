#include "simulator/node/snapshot.hpp"

#include "simulator/node/packed.hpp"
#include "simulator/node/rdb_value.hpp"

#include <cstddef>

namespace keyslot::sim {

namespace {

using packed::get_number;
using packed::put_number;
using packed::put_text;

constexpr std::size_t version_bytes = 2;
constexpr std::size_t checksum_bytes = 8;
constexpr std::string_view snapshot_mark = "KEYSLOT-SNAPSHOT-1\n";

}  // namespace

std::string write_payload(Value const& value) {
    std::string payload;
    rdb::write_value(value, payload);
    put_number(payload, rdb::version, version_bytes);
    put_number(payload, rdb::checksum(payload), checksum_bytes);
    return payload;
}

Payload read_payload(std::string_view bytes, EncodingLimits const& limits) {
    if (bytes.size() < version_bytes + checksum_bytes) {
        return {std::nullopt, PayloadError::bad_envelope};
    }
    std::string_view const checked = bytes.substr(0, bytes.size() - checksum_bytes);
    std::string_view const value = checked.substr(0, checked.size() - version_bytes);
    bool const right_version = get_number(checked.substr(value.size())) <= rdb::version;
    bool const right_sum = get_number(bytes.substr(checked.size())) == rdb::checksum(checked);
    if (!right_version || !right_sum) {
        return {std::nullopt, PayloadError::bad_envelope};
    }
    // Redis neither minds a value that ends early nor one that goes on into the envelope.
    return {rdb::read_value(bytes, limits), PayloadError::bad_value};
}

std::string write_snapshot(Keyspace const& keyspace) {
    std::string out(snapshot_mark);
    std::string value;
    for (Entry const* entry = keyspace.first(); entry != nullptr; entry = keyspace.next(*entry)) {
        put_text(out, entry->key());
        auto const expires = entry->expires_at_ms();
        put_number(out, expires ? 1 : 0, 1);
        put_number(out, static_cast<std::uint64_t>(expires.value_or(0)), 8);
        value.clear();
        serialise(entry->value, value);
        put_text(out, value);
    }
    return out;
}

bool read_snapshot(std::string_view bytes, Keyspace& into, std::int64_t now_ms,
                   EncodingLimits const& limits) {
    if (!bytes.starts_with(snapshot_mark)) {
        return false;
    }
    packed::Reader reader(bytes.substr(snapshot_mark.size()));
    while (!reader.at_end()) {
        std::string_view const key = reader.text();
        bool const expires = reader.number(1) != 0;
        auto const at_ms = static_cast<std::int64_t>(reader.number(8));
        std::optional<Value> value = deserialise(reader.text(), limits);
        if (reader.failed() || !value) {
            return false;
        }
        Entry& entry = into.set(key, *std::move(value), now_ms);
        if (expires) {
            into.set_expiry(entry, at_ms);
        }
    }
    return true;
}

}  // namespace keyslot::sim
