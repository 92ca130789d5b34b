#pragma once

#include "simulator/node/encoding_limits.hpp"
#include "simulator/node/insertion_table.hpp"
#include "simulator/node/packed.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Fields with their values, in the order in which they were set first: that of a listpack.
class HashValue {
public:
    std::size_t size() const { return fields_.size(); }
    bool empty() const { return fields_.size() == 0; }
    /// listpack, not hashtable
    bool is_compact() const { return compact_; }

    /// nullptr: no such field.
    std::string const* find(std::string_view field) const { return fields_.find(field); }
    /// True: the field is new.
    bool set(std::string_view field, std::string_view value, EncodingLimits const& limits);
    bool erase(std::string_view field) { return fields_.erase(field); }

    /// The fields with their values, for visit(field, value); see InsertionTable.
    InsertionTable<std::string> const& fields() const { return fields_; }

    void serialise(std::string& out) const;
    static std::optional<HashValue> deserialise(packed::Reader bytes, EncodingLimits const& limits);

private:
    InsertionTable<std::string> fields_;
    bool compact_ = true;
};

}  // namespace keyslot::sim
