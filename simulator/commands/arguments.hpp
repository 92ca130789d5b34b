#pragma once

#include "simulator/commands/command_context.hpp"
#include "simulator/commands/errors.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What nearly every command does with its arguments and with the value of a key. Functions that
/// can fail answer the client themselves and return nothing.
namespace keyslot::sim {

/// The argument as C sees it, up to the first zero byte: that is how Redis compares option words.
std::string_view option_word(CommandContext const& context, std::size_t n);
/// Whether argument n is this option, whatever its case. `option` is in lower case.
bool is_option(CommandContext const& context, std::size_t n, std::string_view option);

/// The table lets this many arguments pass, the command does not.
void answer_wrong_arity(CommandContext& context);

/// Argument n as an int64; otherwise answers not_an_integer.
std::optional<std::int64_t> integer_argument(CommandContext& context, std::size_t n);

/// Argument n as an int64 between these two. `complaint` is the answer to anything else; without it
/// that is not_an_integer, or what Redis says of bounds.
std::optional<std::int64_t> integer_between(CommandContext& context, std::size_t n,
                                            std::int64_t lowest, std::int64_t highest,
                                            std::string_view complaint = {});

enum class TimeUnit : std::uint8_t { seconds, milliseconds };
/// Argument n as an expiry of SET and GETEX, in unix milliseconds. `relative`: from now on. Zero,
/// negative and overflowing times are errors.
std::optional<std::int64_t> expiry_argument(CommandContext& context, std::size_t n, TimeUnit unit,
                                            bool relative);
void answer_invalid_expiry(CommandContext& context);
/// A node that is its own master deletes instead of setting an expiry that has passed.
bool already_expired(CommandContext const& context, std::int64_t at_ms);

/// Up to, not including, `last`.
struct IndexRange {
    std::size_t first = 0;
    std::size_t last = 0;

    std::size_t size() const { return last - first; }
    bool empty() const { return first == last; }
};

/// Of `size` elements those from `start` to `stop`, both included, negative ones counted from the end.
IndexRange indexes_between(std::size_t size, std::int64_t start, std::int64_t stop);

/// Argument n as the timeout of a blocking command: seconds with decimals, in milliseconds. 0: for ever.
std::optional<std::int64_t> timeout_argument(CommandContext& context, std::size_t n);

/// Finds a value of this type and counts as an access. `missing`: nothing was answered, the key is not
/// there; `wrong_type`: the client was answered.
enum class Lookup : std::uint8_t { found, missing, wrong_type };
template <class T>
struct ValueLookup {
    Lookup outcome = Lookup::missing;
    Entry* entry = nullptr;
    T* value = nullptr;
};
template <class T>
ValueLookup<T> find_value(CommandContext& context, std::string_view key) {
    Entry* const entry = context.keyspace.find(key, context.expiry());
    if (entry == nullptr) {
        return {};
    }
    if (auto* const value = std::get_if<T>(&entry->value)) {
        return {Lookup::found, entry, value};
    }
    context.reply.error(errors::wrong_type);
    return {Lookup::wrong_type, entry, nullptr};
}
inline ValueLookup<StringValue> find_string(CommandContext& context, std::string_view key) {
    return find_value<StringValue>(context, key);
}

/// Replaces what goes to the replicas by this command.
template <std::convertible_to<std::string_view>... Words>
void propagate(CommandContext& context, Words const&... words) {
    context.propagate_instead.push_back({std::string(std::string_view(words))...});
}

}  // namespace keyslot::sim
