#include "client/commands/text_fields.hpp"

namespace keyslot {

namespace detail {

namespace {

/// The part of `text` before the separator, which is removed with it; all that is left, if there is none.
std::string_view take_until(std::string_view& text, char separator) {
    std::size_t const end = text.find(separator);
    std::string_view const part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

}  // namespace

std::vector<StringPair> text_fields(std::string_view text, char between_fields,
                                    char between_name_and_value) {
    std::vector<StringPair> fields;
    while (!text.empty()) {
        std::string_view field = take_until(text, between_fields);
        if (field.ends_with('\r')) {
            field.remove_suffix(1);
        }
        if (field.empty() || field.front() == '#') {
            continue;
        }
        std::string_view const name = take_until(field, between_name_and_value);
        fields.emplace_back(name, field);
    }
    return fields;
}

std::optional<std::string_view> find_field(std::vector<StringPair> const& fields,
                                           std::string_view name) {
    for (auto const& [field, value] : fields) {
        if (field == name) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace detail

}  // namespace keyslot
