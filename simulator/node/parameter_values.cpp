#include "simulator/node/keyspace_event.hpp"
#include "simulator/node/output_limits.hpp"
#include "simulator/node/parameter_table.hpp"
#include "simulator/node/value.hpp"
#include "simulator/node/words.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace keyslot::sim {

namespace {

using Problem = std::optional<std::string>;

constexpr std::string_view no_memory_value = "argument must be a memory value";

Problem out_of_range(ParameterSpec const& spec) {
    return "argument must be between " + std::to_string(spec.low) + " and " +
           std::to_string(spec.high) + " inclusive";
}

Problem boolean(std::string& value) {
    value = lowered(value);
    return value == "yes" || value == "no" ? Problem() : "argument must be 'yes' or 'no'";
}

Problem integer(ParameterSpec const& spec, std::string& value) {
    auto const number = parse_integer(value);
    if (!number) {
        return "argument couldn't be parsed into an integer";
    }
    return *number < spec.low || *number > spec.high ? out_of_range(spec) : Problem();
}

Problem memory(ParameterSpec const& spec, std::string& value) {
    auto const bytes = parse_memory(value);
    if (!bytes) {
        return std::string(no_memory_value);
    }
    bool const is_signed = spec.kind != ParameterKind::unsigned_memory;
    if (is_signed && (*bytes > static_cast<std::uint64_t>(spec.high) ||
                      static_cast<std::int64_t>(*bytes) < spec.low)) {
        return out_of_range(spec);
    }
    value = std::to_string(*bytes);
    return std::nullopt;
}

Problem memory_or_percent(std::string& value) {
    if (!value.ends_with('%')) {
        auto const bytes = parse_memory(value);
        value = std::to_string(bytes.value_or(0));
        return bytes ? Problem() : "argument must be a memory or percent value";
    }
    auto const percent = parse_integer(std::string_view(value).substr(0, value.size() - 1));
    if (!percent || *percent < 0) {
        return "argument must be a memory or percent value";
    }
    return *percent > 100 ? "percentage argument must be less or equal to 100" : Problem();
}

Problem word(ParameterSpec const& spec, std::string& value) {
    value = lowered(value);
    for (std::size_t at = 0; at < spec.words.size();) {
        std::size_t const end = std::min(spec.words.find(", ", at), spec.words.size());
        if (spec.words.substr(at, end - at) == value) {
            return std::nullopt;
        }
        at = end + 2;
    }
    return "argument(s) must be one of the following: " + std::string(spec.words);
}

/// shutdown-on-sigterm: several words, of which two exclude each other.
Problem several_words(ParameterSpec const& spec, std::string& value) {
    auto words = split_words(value);
    bool save = false;
    bool nosave = false;
    for (std::string& each : words) {
        if (auto const problem = word(spec, each)) {
            return problem;
        }
        save = save || each == "save";
        nosave = nosave || each == "nosave";
    }
    if (words.empty()) {
        std::string none;
        return word(spec, none);
    }
    if (save && nosave) {
        return "shutdown options SAVE and NOSAVE can't be used simultaneously";
    }
    value = join_words(words);
    return std::nullopt;
}

Problem host_name(std::string const& value) {
    if (value.size() >= 256) {
        return "Hostnames must be less than 256 characters";
    }
    bool const sound = std::ranges::all_of(value, [](char c) {
        char const letter = lower(c);
        return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
    return sound ? Problem()
                 : "Hostnames may only contain alphanumeric characters, hyphens or dots";
}

/// Not written in the order of CONFIG GET, which has no letter for "n" beside "A".
Problem key_events(std::string const& value) {
    return NotifyFlags::parse(value) ? Problem()
                                     : "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
}

/// "SECONDS CHANGES" pairs.
Problem save_points(std::string& value) {
    auto const words = split_words(value);
    bool sound = words.size() % 2 == 0;
    for (std::size_t n = 0; sound && n < words.size(); ++n) {
        auto const number = parse_integer(words[n]);
        sound = number && *number >= (n % 2 == 0 ? 1 : 0);
    }
    value = join_words(words);
    return sound ? Problem() : "Invalid save parameters";
}

Problem oom_scores(std::string const& value) {
    auto const words = split_words(value);
    if (words.size() != 3) {
        return "wrong number of arguments";
    }
    bool const sound = std::ranges::all_of(words, [](std::string const& each) {
        auto const number = parse_integer(each);
        return number && *number >= -2000 && *number <= 2000;
    });
    return sound ? Problem()
                 : "Invalid oom-score-adj-values, elements must be between -2000 and 2000.";
}

Problem percentiles(std::string& value) {
    auto words = split_words(value);
    for (std::string& each : words) {
        char* end = nullptr;
        double const number = std::strtod(each.c_str(), &end);
        if (*end != '\0') {
            return "Invalid latency-tracking-info-percentiles parameters";
        }
        if (number < 0 || number > 100) {
            return "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
        }
        char text[32];
        std::snprintf(text, sizeof text, "%.10g", number);
        each = text;
    }
    value = join_words(words);
    return std::nullopt;
}

Problem title(std::string const& value) {
    constexpr std::string_view variables[] = {"{title}",      "{listen-addr}", "{server-mode}",
                                              "{port}",       "{tls-port}",    "{unixsocket}",
                                              "{config-file}"};
    for (std::size_t at = value.find('{'); at != std::string::npos; at = value.find('{', at + 1)) {
        bool const known = std::ranges::any_of(variables, [&](std::string_view variable) {
            return std::string_view(value).substr(at).starts_with(variable);
        });
        if (!known) {
            return "template format is invalid or contains unknown variables";
        }
    }
    return std::nullopt;
}

/// Whether they can be bound to shows only when that is tried.
Problem bind_addresses(std::string const& value) {
    constexpr std::ptrdiff_t spaces_max = 15;
    return std::ranges::count(value, ' ') <= spaces_max ? Problem()
                                                        : "Too many bind addresses specified.";
}

/// A value that the type allows, but not what this server is.
Problem never_on(std::string& value, std::string_view why) {
    auto const problem = boolean(value);
    return problem || value == "no" ? problem : std::string(why);
}

Problem clamped(ParameterSpec const& spec, std::string& value, std::int64_t low,
                std::int64_t high) {
    bool const is_memory = spec.kind == ParameterKind::backlog;
    auto const problem = is_memory ? memory(spec, value) : integer(spec, value);
    if (!problem) {
        value = std::to_string(std::clamp(*parse_integer(value), low, high));
    }
    return problem;
}

}  // namespace

std::optional<std::uint64_t> parse_memory(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::uint64_t factor;
    };
    constexpr Unit units[] = {{"kb", 1024},   {"mb", 1 << 20},   {"gb", 1 << 30}, {"k", 1000},
                              {"m", 1000000}, {"g", 1000000000}, {"b", 1},        {"", 1}};
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::size_t const digits = std::min(text.find_first_not_of("0123456789"), text.size());
    auto const unit = std::ranges::find_if(
        units, [&](Unit const& each) { return same_word(each.name, text.substr(digits)); });
    if (unit == std::end(units)) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    for (char const c : text.substr(0, digits)) {
        auto const digit = static_cast<std::uint64_t>(c - '0');
        number = number > (most - digit) / 10 ? most : number * 10 + digit;
    }
    return number * unit->factor;
}

Problem normalise(ParameterSpec const& spec, std::string& value) {
    constexpr std::int64_t hz_max = 500;
    constexpr std::int64_t backlog_min = 16 * 1024;
    switch (spec.kind) {
        case ParameterKind::boolean: return boolean(value);
        case ParameterKind::integer: return integer(spec, value);
        case ParameterKind::memory:
        case ParameterKind::unsigned_memory: return memory(spec, value);
        case ParameterKind::memory_or_percent: return memory_or_percent(value);
        case ParameterKind::word: return word(spec, value);
        case ParameterKind::words: return several_words(spec, value);
        case ParameterKind::text: return std::nullopt;
        case ParameterKind::backlog: return clamped(spec, value, backlog_min, spec.high);
        case ParameterKind::frequency: return clamped(spec, value, 1, hz_max);
        case ParameterKind::host_name: return host_name(value);
        case ParameterKind::key_events: return key_events(value);
        case ParameterKind::save_points: return save_points(value);
        case ParameterKind::buffer_limits: return OutputLimits().parse(value);
        case ParameterKind::oom_scores: return oom_scores(value);
        case ParameterKind::percentiles: return percentiles(value);
        case ParameterKind::title: return title(value);
        case ParameterKind::bind_addresses: return bind_addresses(value);
        case ParameterKind::no_defragmentation:
            return never_on(value,
                            "Active defragmentation cannot be enabled: it requires a Redis server "
                            "compiled with a modified Jemalloc like the one shipped by default "
                            "with the Redis source distribution");
        case ParameterKind::no_tls:
            return never_on(value, "Unable to update TLS configuration. Check server logs.");
    }
    return std::nullopt;
}

}  // namespace keyslot::sim
