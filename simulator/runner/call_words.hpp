#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// The words of a call or of an execution, joined so that no two lists look alike. A blocking pop is the
/// same whatever its time-out: it is sent again with the time that is left.
template <class Words>
std::string group_key(Words const& words) {
    std::size_t left = words.size();
    if (left > 1 && std::string_view(words[0]) == "BLPOP") {
        --left;
    }
    std::string key;
    for (std::size_t n = 0; n < left; ++n) {
        key += std::to_string(words[n].size());
        key += ':';
        key += words[n];
    }
    return key;
}

}  // namespace keyslot::sim
