#include "client/routing/key_groups.hpp"

#include "client/protocol/hash_slot.hpp"

#include <map>

namespace keyslot::routing {

std::vector<KeyGroup> group_by_slot(std::vector<std::string> const& keys) {
    std::vector<KeyGroup> groups;
    std::map<std::uint16_t, std::size_t> places;  // by slot
    for (std::size_t n = 0; n < keys.size(); ++n) {
        std::uint16_t const slot = protocol::hash_slot(keys[n]);
        auto const [place, is_new] = places.emplace(slot, groups.size());
        if (is_new) {
            groups.push_back({slot, {}});
        }
        groups[place->second].keys.push_back(n);
    }
    return groups;
}

}  // namespace keyslot::routing
