#pragma once

#include "simulator/kernel/digest.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// How many words of a call or of an execution tell what it is. A blocking pop is the same whatever its
/// time-out: it is sent again with the time that is left.
template <class Words>
std::size_t telling_words(Words const& words) {
    std::size_t const all = words.size();
    return all > 1 && std::string_view(words[0]) == "BLPOP" ? all - 1 : all;
}

/// Those words, joined so that no two lists look alike.
template <class Words>
std::string group_key(Words const& words) {
    std::size_t const count = telling_words(words);
    std::string key;
    for (std::size_t n = 0; n < count; ++n) {
        key += std::to_string(words[n].size());
        key += ':';
        key += words[n];
    }
    return key;
}

/// Whether group_key() of both is the same, and a number that then is the same: without the string.
template <class Words, class OtherWords>
bool is_same_group(Words const& words, OtherWords const& others) {
    std::size_t const count = telling_words(words);
    if (count != telling_words(others)) {
        return false;
    }
    for (std::size_t n = 0; n < count; ++n) {
        if (std::string_view(words[n]) != std::string_view(others[n])) {
            return false;
        }
    }
    return true;
}
template <class Words>
std::uint64_t group_hash(Words const& words) {
    Digest digest;
    std::size_t const count = telling_words(words);
    for (std::size_t n = 0; n < count; ++n) {
        digest.fold(hash_bytes(words[n]));
    }
    return digest.value();
}

}  // namespace keyslot::sim
