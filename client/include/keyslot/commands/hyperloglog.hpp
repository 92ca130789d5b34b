#pragma once

#include <keyslot/detail/command_family.hpp>

#include <string_view>
#include <utility>

namespace keyslot {

/// HyperLogLogs: how many different elements, within a percent, in 12 KB. All keys in one slot.
template <class Face>
class HyperLogLogCommands {
public:
    /// True if the estimate changed. Without elements it makes the key.
    decltype(auto) pfadd(std::string_view key, Words const& elements,
                         detail::TokenLike auto... token) {
        return detail::call<"PFADD", bool>(*this, {key, elements}, std::move(token)...);
    }

    /// The estimate, of the union where there are several keys.
    decltype(auto) pfcount(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"PFCOUNT", long long>(*this, {keys}, std::move(token)...);
    }

    /// The union of the sources, and of what was there.
    decltype(auto) pfmerge(std::string_view destination, Words const& sources,
                           detail::TokenLike auto... token) {
        return detail::call<"PFMERGE", bool>(*this, {destination, sources}, std::move(token)...);
    }
};

}  // namespace keyslot
