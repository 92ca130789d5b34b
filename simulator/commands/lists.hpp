#pragma once

#include "simulator/commands/command_context.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What the list commands share, and those that have files of their own.
namespace keyslot::sim {

enum class ListEnd : std::uint8_t { left, right };

/// Argument n as LEFT or RIGHT; otherwise answers a syntax error.
std::optional<ListEnd> end_argument(CommandContext& context, std::size_t n);
/// Puts an element into the list at `key`, which is `entry` unless that is nullptr.
Entry& push_element(CommandContext& context, Entry* entry, std::string_view key, ListEnd end,
                    std::string element);
/// Takes the element away and leaves the list as it is, maybe empty: removed() is to follow.
std::string pop_element(ListValue& list, ListEnd end);
std::string_view push_event(ListEnd end);
std::string_view pop_event(ListEnd end);
/// Elements have gone from the list by this event, and perhaps it with them.
void removed(CommandContext& context, Entry& entry, std::size_t count, std::string_view event);
/// Answers with up to `count` elements as they come from this end, and removes them. Returns how many.
std::size_t pop_elements(CommandContext& context, Entry& entry, ListEnd end, std::size_t count);

// lists_position.cpp
void lpos(CommandContext& context);

// lists_move.cpp
void lmove(CommandContext& context);
void rpoplpush(CommandContext& context);
void blmove(CommandContext& context);
void brpoplpush(CommandContext& context);

// lists_pop.cpp
void lmpop(CommandContext& context);
void blmpop(CommandContext& context);
void blpop(CommandContext& context);
void brpop(CommandContext& context);

}  // namespace keyslot::sim
