#include "client/protocol/ascii.hpp"
#include "client/protocol/command_table.hpp"
#include "client/protocol/hash_slot.hpp"

#include <optional>

// Where the keys of a command stand, told as the server tells it when it redirects: by first, last
// and step where they suffice, else by a rule of the command's own. (The key specifications of
// COMMAND INFO say nearly the same; where they differ, as in GEORADIUS with STORE and STOREDIST,
// the server routes by the rule.)

namespace keyslot::protocol {
namespace {

using Arguments = std::span<std::string_view const>;
using Positions = std::vector<std::uint32_t>;

void add(Positions& positions, std::size_t position) {
    positions.push_back(static_cast<std::uint32_t>(position));
}

bool by_range(CommandInfo const& command, Arguments arguments, Positions& positions) {
    auto const count = static_cast<std::int64_t>(arguments.size());
    std::int64_t const last = command.last_key < 0 ? count + command.last_key : command.last_key;
    if (command.first_key == 0) {
        return true;
    }
    for (std::int64_t at = command.first_key; at <= last; at += command.step) {
        if (at >= count) {
            return false;
        }
        add(positions, static_cast<std::size_t>(at));
    }
    // Too few words to reach from the first key to the last: only a command that may go without
    // keys (SUNSUBSCRIBE) is complete like that.
    return !positions.empty() || command.accepts_arity(arguments.size());
}

// As C's atoi() reads it, and so the server where it looks for keys: "2x" is 2, "x" is nothing.
std::optional<std::int64_t> leading_integer(std::string_view text) {
    std::size_t const start = text.find_first_not_of(" \t\n\v\f\r");
    text.remove_prefix(start == std::string_view::npos ? text.size() : start);
    bool const is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    constexpr std::int64_t ceiling = 1'000'000'000;  // more than any command has words
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        value = value < ceiling ? value * 10 + (text[digits] - '0') : value;
    }
    return digits == 0 ? std::nullopt : std::optional(is_negative ? -value : value);
}

// `count_at` holds the number of keys, which follow it.
bool by_count(CommandInfo const& command, Arguments arguments, std::size_t count_at,
              Positions& positions) {
    if (count_at >= arguments.size()) {
        return false;
    }
    std::optional<std::int64_t> const count = leading_integer(arguments[count_at]);
    auto const room = static_cast<std::int64_t>(arguments.size() - count_at - 1);
    if (!count || *count < 0 || *count > room) {
        return false;
    }
    for (std::size_t n = 1; n <= static_cast<std::size_t>(*count); ++n) {
        add(positions, count_at + n);
    }
    return *count > 0 || command.has(flag_no_mandatory_keys);
}

// ZUNIONSTORE, ZINTERSTORE, ZDIFFSTORE destination numkeys key...
bool by_count_with_destination(CommandInfo const& command, Arguments arguments,
                               Positions& positions) {
    if (arguments.size() < 3) {
        return false;
    }
    add(positions, 1);
    if (!by_count(command, arguments, 2, positions)) {
        positions.clear();
        return false;
    }
    return true;
}

// SORT key ... [STORE destination]: the last destination counts. What follows LIMIT, GET and BY is
// not looked at.
bool of_sort(Arguments arguments, Positions& positions) {
    if (arguments.size() < 2) {
        return false;
    }
    add(positions, 1);
    std::size_t destination = 0;
    for (std::size_t at = 2; at < arguments.size(); ++at) {
        std::string_view const word = arguments[at];
        if (equals_ignoring_case(word, "limit")) {
            at += 2;
        } else if (equals_ignoring_case(word, "get") || equals_ignoring_case(word, "by")) {
            at += 1;
        } else if (equals_ignoring_case(word, "store") && at + 1 < arguments.size()) {
            destination = ++at;
        }
    }
    if (destination != 0) {
        add(positions, destination);
    }
    return true;
}

// GEORADIUS key longitude latitude radius unit ..., GEORADIUSBYMEMBER key member radius unit ...:
// of several STORE and STOREDIST the last counts. The server looks for them from the fifth word on
// in both.
bool of_georadius(Arguments arguments, Positions& positions) {
    if (arguments.size() < 2) {
        return false;
    }
    add(positions, 1);
    std::size_t destination = 0;
    for (std::size_t at = 5; at + 1 < arguments.size(); ++at) {
        if (equals_ignoring_case(arguments[at], "store") ||
            equals_ignoring_case(arguments[at], "storedist")) {
            destination = ++at;
        }
    }
    if (destination != 0) {
        add(positions, destination);
    }
    return true;
}

// MIGRATE host port key|"" database timeout [COPY] [REPLACE] [AUTH password] [AUTH2 user password]
// [KEYS key...]: with KEYS the key must be empty, else the command is refused where it came in.
bool of_migrate(Arguments arguments, Positions& positions) {
    if (arguments.size() < 4) {
        return false;
    }
    for (std::size_t at = 6; at < arguments.size(); ++at) {
        std::string_view const word = arguments[at];
        if (equals_ignoring_case(word, "keys")) {
            for (std::size_t key = at + 1; arguments[3].empty() && key < arguments.size(); ++key) {
                add(positions, key);
            }
            return !positions.empty();
        }
        if (equals_ignoring_case(word, "auth")) {
            at += 1;
        } else if (equals_ignoring_case(word, "auth2")) {
            at += 2;
        }
    }
    add(positions, 3);
    return true;
}

// XREAD and XREADGROUP ... STREAMS key... id...: the first half of what follows. The options before
// it must be known ones, or a group called "streams" would be taken for the keyword.
bool of_xread(Arguments arguments, Positions& positions) {
    std::size_t streams = 0;
    for (std::size_t at = 1; at < arguments.size() && streams == 0; ++at) {
        std::string_view const word = arguments[at];
        if (equals_ignoring_case(word, "block") || equals_ignoring_case(word, "count")) {
            at += 1;
        } else if (equals_ignoring_case(word, "group")) {
            at += 2;
        } else if (equals_ignoring_case(word, "streams")) {
            streams = at;
        } else if (!equals_ignoring_case(word, "noack")) {
            return false;
        }
    }
    std::size_t const rest = arguments.size() - streams - 1;
    if (streams == 0 || rest == 0 || rest % 2 != 0) {
        return false;
    }
    for (std::size_t n = 1; n <= rest / 2; ++n) {
        add(positions, streams + n);
    }
    return true;
}

// The commands that Redis flags movablekeys.
bool by_rule(CommandInfo const& command, Arguments arguments, Positions& positions) {
    std::string_view const name = command.name;
    if (name == "xread" || name == "xreadgroup") {
        return of_xread(arguments, positions);
    }
    if (name == "sort") {
        return of_sort(arguments, positions);
    }
    if (name == "georadius" || name == "georadiusbymember") {
        return of_georadius(arguments, positions);
    }
    if (name == "migrate") {
        return of_migrate(arguments, positions);
    }
    for (KeySpec const& spec : command.key_specs) {
        if (spec.find_keys == FindKeys::keynum) {
            auto const count_at = static_cast<std::size_t>(spec.index + spec.keynum_index);
            return command.first_key == 0
                       ? by_count(command, arguments, count_at, positions)
                       : by_count_with_destination(command, arguments, positions);
        }
    }
    return by_range(command, arguments, positions);  // SORT_RO
}

}  // namespace

bool key_positions(CommandInfo const& command, std::span<std::string_view const> arguments,
                   std::vector<std::uint32_t>& positions) {
    positions.clear();
    return command.has(flag_movablekeys) ? by_rule(command, arguments, positions)
                                         : by_range(command, arguments, positions);
}

SlotOfCommand slot_of_command(std::span<std::string_view const> arguments) {
    CommandInfo const* command = lookup_command(arguments);
    if (command == nullptr) {
        return {.kind = SlotOfCommand::Kind::invalid};
    }
    return slot_of_command(*command, arguments);
}

SlotOfCommand slot_of_command(CommandInfo const& command,
                              std::span<std::string_view const> arguments) {
    using Kind = SlotOfCommand::Kind;
    // Most commands have one key at a fixed place.
    bool const has_one_key = command.first_key != 0 && command.first_key == command.last_key &&
                             !command.has(flag_movablekeys);
    if (has_one_key) {
        auto const at = static_cast<std::size_t>(command.first_key);
        return at < arguments.size() ? SlotOfCommand{Kind::one_slot, hash_slot(arguments[at])}
                                     : SlotOfCommand{Kind::invalid};
    }
    std::vector<std::uint32_t> positions;
    if (!key_positions(command, arguments, positions)) {
        return {Kind::invalid};
    }
    if (positions.empty()) {
        return {Kind::keyless};
    }
    std::uint16_t const slot = hash_slot(arguments[positions.front()]);
    for (std::uint32_t const position : positions) {
        if (hash_slot(arguments[position]) != slot) {
            return {Kind::cross_slot};
        }
    }
    return {Kind::one_slot, slot, positions.size() > 1};
}

}  // namespace keyslot::protocol
