#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// How CONFIG SET reads a value, and with which words it refuses one.
enum class ParameterKind : std::uint8_t {
    boolean,
    integer,
    memory,
    unsigned_memory,
    memory_or_percent,
    word,
    words,  ///< several of a list
    text,
    backlog,
    frequency,
    host_name,
    key_events,
    save_points,
    buffer_limits,
    oom_scores,
    percentiles,
    title,
    bind_addresses,
    no_defragmentation,  ///< a boolean that cannot be switched on in this build of Redis
    no_tls,
};

enum class ParameterAccess : std::uint8_t { modifiable, immutable, protected_access };

/// One line of redis.conf as Redis 7.0 knows it: all that CONFIG GET and CONFIG SET need to treat a
/// parameter as Redis does, whether or not anything here depends on it.
struct ParameterSpec {
    std::string_view name;
    std::string_view alias_of = {};  ///< an older name: all else is in the entry of the newer one
    std::string_view initial = {};
    ParameterKind kind = ParameterKind::text;
    ParameterAccess access = ParameterAccess::modifiable;
    std::int64_t low = 0;
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
    bool hidden = false;  ///< CONFIG GET shows it to those who name it in full
    std::string_view words = {};  ///< of `word` and `words`: "yes, no, optional"
};

/// All 192 parameters by name, and two hidden ones.
std::span<ParameterSpec const> parameter_table();
/// Whatever the case of the name. nullptr: no such parameter.
ParameterSpec const* find_parameter(std::string_view name);

/// What is wrong with a value, as CONFIG SET says it after " - "; nullopt: nothing, and `value` is as
/// CONFIG GET shows it.
std::optional<std::string> normalise(ParameterSpec const& spec, std::string& value);

/// "100mb", "1k", "7": Redis' way of writing amounts of memory. What is too large counts as the largest.
std::optional<std::uint64_t> parse_memory(std::string_view text);

}  // namespace keyslot::sim
