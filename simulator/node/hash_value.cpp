#include "simulator/node/hash_value.hpp"

namespace keyslot::sim {

bool HashValue::set(std::string_view field, std::string_view value, EncodingLimits const& limits) {
    std::string* const existing = fields_.find(field);
    if (existing != nullptr) {
        *existing = value;
    } else {
        fields_.insert(field, std::string(value));
    }
    auto const longest = static_cast<std::size_t>(limits.hash_max_listpack_value);
    compact_ = compact_ && field.size() <= longest && value.size() <= longest &&
               size() <= static_cast<std::size_t>(limits.hash_max_listpack_entries);
    return existing == nullptr;
}

void HashValue::serialise(std::string& out) const {
    fields_.for_each([&](std::string_view field, std::string const& value) {
        packed::put_text(out, field);
        packed::put_text(out, value);
    });
}

std::optional<HashValue> HashValue::deserialise(packed::Reader bytes,
                                                EncodingLimits const& limits) {
    HashValue hash;
    while (!bytes.at_end()) {
        std::string_view const field = bytes.text();
        std::string_view const value = bytes.text();
        if (bytes.failed() || !hash.set(field, value, limits)) {
            return std::nullopt;
        }
    }
    return hash.empty() ? std::nullopt : std::optional(std::move(hash));
}

}  // namespace keyslot::sim
