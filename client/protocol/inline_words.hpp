#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keyslot::protocol {

/// Splits a line the way Redis splits inline commands (facts: "Inline commands") and redis-cli its
/// input: words between white space, "..." with escapes, '...' with \' only; quotes may start
/// inside a word. The words point into `storage`, which is overwritten. False if a quote is not
/// closed, or closed before something that is not white space.
bool split_inline_words(std::string_view line, std::string& storage,
                        std::vector<std::string_view>& words);

}  // namespace keyslot::protocol
