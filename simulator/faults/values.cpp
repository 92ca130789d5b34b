#include "simulator/faults/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace keyslot::sim {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};

constexpr std::string_view duration_example = "for example 500ms, 2s or 1m (ns, us, ms, s, m, h)";

Unit const* find_unit(std::string_view name) {
    auto const unit =
        std::find_if(units.begin(), units.end(), [&](Unit const& u) { return u.name == name; });
    return unit == units.end() ? nullptr : &*unit;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length of "12" or "1.5" at the start of the text.
std::size_t number_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_digit(text[length])) {
        ++length;
    }
    if (length > 0 && length + 1 < text.size() && text[length] == '.' &&
        is_digit(text[length + 1])) {
        ++length;
        while (length < text.size() && is_digit(text[length])) {
            ++length;
        }
    }
    return length;
}

// Exact: no floating point on the way. nullopt: does not fit, or is finer than a nanosecond.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t unit) {
    auto const point = number.find('.');
    auto const whole = parse_unsigned(number.substr(0, point));
    if (!whole ||
        *whole > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / unit)) {
        return std::nullopt;
    }
    std::int64_t result = static_cast<std::int64_t>(*whole) * unit;
    if (point == number.npos) {
        return result;
    }
    std::int64_t part = unit;
    std::string_view fraction = number.substr(point + 1);
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
    for (char const digit : fraction) {
        if (part % 10 != 0) {
            return std::nullopt;
        }
        part /= 10;
        std::int64_t const add = part * (digit - '0');
        if (result > std::numeric_limits<std::int64_t>::max() - add) {
            return std::nullopt;
        }
        result += add;
    }
    return result;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text, ValueProblem& problem) {
    std::size_t const length = number_length(text);
    if (length == 0) {
        problem = {quoted(text) + " is not a duration", std::string(duration_example)};
        return std::nullopt;
    }
    std::string_view const unit_name = text.substr(length);
    if (unit_name.empty()) {
        std::string const number(text);
        problem = {"the duration " + quoted(text) + " has no unit",
                   "for example " + number + "ms, " + number + "s or " + number + "m"};
        return std::nullopt;
    }
    Unit const* const unit = find_unit(unit_name);
    if (unit == nullptr) {
        problem = {quoted(unit_name) + " is not a unit of time", std::string(duration_example)};
        return std::nullopt;
    }
    std::optional<std::int64_t> const nanoseconds =
        scaled(text.substr(0, length), unit->nanoseconds);
    if (!nanoseconds) {
        problem = {
            "the duration " + quoted(text) + " is not a whole number of nanoseconds in range",
            "0s to 2562047h"};
        return std::nullopt;
    }
    return Duration{*nanoseconds};
}

std::string print_duration(Duration duration) {
    std::int64_t const count = duration.count();
    if (count == 0) {
        return "0s";
    }
    auto const unit = std::find_if(units.begin(), units.end(),
                                   [&](Unit const& u) { return count % u.nanoseconds == 0; });
    return std::to_string(count / unit->nanoseconds) + std::string(unit->name);
}

std::optional<Rate> parse_rate(std::string_view text, ValueProblem& problem) {
    auto const slash = text.find('/');
    auto const count = parse_unsigned(text.substr(0, slash));
    if (!count || *count == 0 || *count > 1'000'000'000) {
        problem = {quoted(text) + " is not a rate",
                   "1/s to 1000000000/s, for example 500/s or 30/m"};
        return std::nullopt;
    }
    if (slash == text.npos) {
        problem = {"the rate " + quoted(text) + " has no unit",
                   "for example " + std::string(text) + "/s or " + std::string(text) + "/m"};
        return std::nullopt;
    }
    std::string_view const period = text.substr(slash + 1);
    Unit const* const unit = find_unit(period);
    std::optional<Duration> const duration = unit != nullptr
                                                 ? std::optional(Duration{unit->nanoseconds})
                                                 : parse_duration(period, problem);
    if (!duration || *duration <= Duration{}) {
        problem = {quoted(period) + " is not a period of time", "/ms, /s, /m, /h, or /10s"};
        return std::nullopt;
    }
    return Rate{static_cast<std::uint32_t>(*count), *duration};
}

std::string print_rate(Rate const& rate) {
    auto const unit = std::find_if(units.begin(), units.end(), [&](Unit const& u) {
        return u.nanoseconds == rate.period.count();
    });
    return std::to_string(rate.count) + '/' +
           (unit != units.end() ? std::string(unit->name) : print_duration(rate.period));
}

std::optional<SlotSpan> parse_slots(std::string_view text, ValueProblem& problem) {
    auto const dash = text.find('-');
    auto const first = parse_unsigned(text.substr(0, dash));
    auto const last = dash == text.npos ? first : parse_unsigned(text.substr(dash + 1));
    if (!first || !last) {
        problem = {quoted(text) + " is not a range of slots", "for example 0-1000, or 7"};
        return std::nullopt;
    }
    if (*first > *last || *last > 16383) {
        problem = {"the slots " + quoted(text) + " are out of range",
                   "0-16383, the lower one first"};
        return std::nullopt;
    }
    return SlotSpan{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

std::string print_slots(SlotSpan const& slots) {
    std::string result = std::to_string(slots.first);
    if (slots.last != slots.first) {
        result += '-' + std::to_string(slots.last);
    }
    return result;
}

std::optional<std::int64_t> parse_signed(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

bool is_ipv4(std::string_view text) {
    for (int part = 0; part < 4; ++part) {
        std::string_view const number = text.substr(0, part < 3 ? text.find('.') : text.npos);
        auto const value = parse_unsigned(number);
        if (!value || *value > 255 || number.size() > 3 ||
            (number.size() > 1 && number[0] == '0')) {
            return false;
        }
        text.remove_prefix(std::min(text.size(), number.size() + 1));
    }
    return text.empty();
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<HostTarget> parse_host(std::string_view text) {
    constexpr std::string_view replica_prefix = "replica of ", owner_prefix = "owner of ";
    HostTarget target;
    while (text.starts_with(replica_prefix)) {
        ++target.replica_of;
        text.remove_prefix(replica_prefix.size());
    }
    if (text.starts_with(owner_prefix) && text.size() > owner_prefix.size()) {
        target.kind = HostTarget::Kind::owner;
        target.key = text.substr(owner_prefix.size());
    } else if (text == "that node" || text == "that client") {
        target.kind =
            text == "that node" ? HostTarget::Kind::that_node : HostTarget::Kind::that_client;
    } else if (text == "clients") {
        target.kind = HostTarget::Kind::all_clients;
    } else {
        auto const dash = text.find('-');
        auto const number =
            dash == text.npos ? std::nullopt : parse_unsigned(text.substr(dash + 1));
        std::string_view const word = text.substr(0, dash);
        if (!number || *number == 0 || *number > 1'000'000 ||
            (word != "node" && word != "client")) {
            return std::nullopt;
        }
        target.kind = word == "node" ? HostTarget::Kind::node : HostTarget::Kind::client;
        target.number = static_cast<std::uint32_t>(*number);
    }
    bool const is_client = target.kind == HostTarget::Kind::client ||
                           target.kind == HostTarget::Kind::all_clients ||
                           target.kind == HostTarget::Kind::that_client;
    return target.replica_of > 1 || (is_client && target.replica_of > 0) ? std::nullopt
                                                                         : std::optional(target);
}

std::string_view nearest(std::string_view word, std::span<std::string_view const> words) {
    std::string_view best;
    std::size_t best_distance = word.size() / 3 + 2;  // farther than this is another word
    for (std::string_view const candidate : words) {
        if (!word.empty() && (candidate.starts_with(word) || word.starts_with(candidate))) {
            return candidate;
        }
        std::vector<std::size_t> row(candidate.size() + 1);
        for (std::size_t j = 0; j < row.size(); ++j) {
            row[j] = j;
        }
        for (std::size_t i = 1; i <= word.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j < row.size(); ++j) {
                std::size_t const substitute =
                    diagonal + (word[i - 1] == candidate[j - 1] ? 0u : 1u);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

std::string quoted(std::string_view text) { return '\'' + std::string(text) + '\''; }

std::string did_you_mean(std::string_view word, std::span<std::string_view const> words) {
    std::string_view const near = nearest(word, words);
    return (near.empty() ? "" : "did you mean " + quoted(near) + "? ") + "allowed: " + join(words);
}

std::string join(std::span<std::string_view const> words) {
    std::string result;
    for (std::string_view const word : words) {
        result += result.empty() ? "" : ", ";
        result += word;
    }
    return result;
}

}  // namespace keyslot::sim
