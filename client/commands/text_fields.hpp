#pragma once

#include <keyslot/commands/common.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace keyslot::detail {

/// Reads replies that are text: `name:value` lines of INFO (its headings, which begin with '#', are left
/// out), `name=value` words of CLIENT LIST.
std::vector<StringPair> text_fields(std::string_view text, char between_fields,
                                    char between_name_and_value);

std::optional<std::string_view> find_field(std::vector<StringPair> const& fields,
                                           std::string_view name);

}  // namespace keyslot::detail
