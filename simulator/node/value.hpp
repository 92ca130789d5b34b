#pragma once

#include "simulator/node/encoding_limits.hpp"
#include "simulator/node/hash_value.hpp"
#include "simulator/node/integer_text.hpp"
#include "simulator/node/set_value.hpp"
#include "simulator/node/sorted_set_value.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace keyslot::sim {

/// How Redis would hold a string: visible by OBJECT ENCODING and, for small shared integers, by
/// OBJECT REFCOUNT. It depends on the commands that made the value, not only on its bytes.
enum class StringEncoding : std::uint8_t { integer, embedded, raw };

class StringValue {
public:
    /// As SET and its kin store it: an integer where the bytes are the one spelling of an int64.
    static StringValue stored(std::string bytes);
    static StringValue number(std::int64_t value);
    /// Never an integer: what INCRBYFLOAT leaves behind, even where it reads "3".
    static StringValue text(std::string bytes);

    std::string_view view() const { return bytes_; }
    StringEncoding encoding() const { return encoding_; }
    /// One of the integers 0..9999 that Redis keeps once for all keys.
    bool is_shared() const;
    /// For changes in place (APPEND, SETRANGE); the value is raw from then on.
    std::string& edit() {
        encoding_ = StringEncoding::raw;
        return bytes_;
    }
    /// What COPY makes of it: same encoding, shared with nobody.
    StringValue duplicate() const;

private:
    StringValue(std::string bytes, StringEncoding encoding)
        : bytes_(std::move(bytes)), encoding_(encoding) {}

    std::string bytes_;
    StringEncoding encoding_;
    bool own_copy_ = false;
};

/// Redis 7.0 has one encoding for lists, whatever their size. An empty list is no value: whoever takes
/// the last element away deletes the key.
struct ListValue {
    std::deque<std::string> elements;
};

/// What a key holds.
using Value = std::variant<StringValue, ListValue, HashValue, SetValue, SortedSetValue>;

/// In the order of the alternatives of Value.
enum class ValueType : std::uint8_t { string, list, hash, set, sorted_set };
inline ValueType type_of(Value const& value) { return static_cast<ValueType>(value.index()); }

/// As TYPE names it.
std::string_view type_name(Value const& value);
/// As OBJECT ENCODING names it.
std::string_view encoding_name(Value const& value);
Value duplicate(Value const& value);

/// A value as bytes, for full synchronisation and MIGRATE: a type byte and what the type needs. No
/// version, no checksum: the envelope around it has those.
void serialise(Value const& value, std::string& out);
/// nullopt: not what serialise() writes. The encoding is chosen anew, as loading an RDB does.
std::optional<Value> deserialise(std::string_view bytes, EncodingLimits const& limits = {});

}  // namespace keyslot::sim
