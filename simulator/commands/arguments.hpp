#pragma once

#include "simulator/commands/command_context.hpp"
#include "simulator/commands/errors.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What nearly every command does with its arguments and with the value of a key. Functions that
/// can fail answer the client themselves and return nothing.
namespace keyslot::sim {

/// The argument as C sees it, up to the first zero byte: that is how Redis compares option words.
std::string_view option_word(CommandContext const& context, std::size_t n);
/// Whether argument n is this option, whatever its case. `option` is in lower case.
bool is_option(CommandContext const& context, std::size_t n, std::string_view option);

/// Argument n as an int64; otherwise answers not_an_integer.
std::optional<std::int64_t> integer_argument(CommandContext& context, std::size_t n);

enum class TimeUnit : std::uint8_t { seconds, milliseconds };
/// Argument n as an expiry of SET and GETEX, in unix milliseconds. `relative`: from now on. Zero,
/// negative and overflowing times are errors.
std::optional<std::int64_t> expiry_argument(CommandContext& context, std::size_t n, TimeUnit unit,
                                            bool relative);
void answer_invalid_expiry(CommandContext& context);
/// A node that is its own master deletes instead of setting an expiry that has passed.
bool already_expired(CommandContext const& context, std::int64_t at_ms);

/// Finds a string and counts as an access. `missing`: nothing was answered, the key is not there;
/// `wrong_type`: the client was answered.
enum class Lookup : std::uint8_t { found, missing, wrong_type };
struct StringLookup {
    Lookup outcome = Lookup::missing;
    Entry* entry = nullptr;
    StringValue* value = nullptr;
};
StringLookup find_string(CommandContext& context, std::string_view key);

/// Replaces what goes to the replicas by this command.
template <std::convertible_to<std::string_view>... Words>
void propagate(CommandContext& context, Words const&... words) {
    context.propagate_instead.push_back({std::string(std::string_view(words))...});
}

}  // namespace keyslot::sim
