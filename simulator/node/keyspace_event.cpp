#include "simulator/node/keyspace_event.hpp"

#include <utility>

namespace keyslot::sim {

namespace {

constexpr std::uint32_t bit(NotifyClass type) { return static_cast<std::uint32_t>(type); }

// In the order in which CONFIG GET shows them.
constexpr std::pair<char, std::uint32_t> classes[] = {
    {'g', bit(NotifyClass::generic)}, {'$', bit(NotifyClass::string)},
    {'l', bit(NotifyClass::list)},    {'s', bit(NotifyClass::set)},
    {'h', bit(NotifyClass::hash)},    {'z', bit(NotifyClass::sorted_set)},
    {'x', bit(NotifyClass::expired)}, {'e', bit(NotifyClass::evicted)},
    {'t', bit(NotifyClass::stream)},  {'d', bit(NotifyClass::module)},
    {'n', bit(NotifyClass::new_key)},
};
// What "A" stands for: neither misses nor new keys.
constexpr std::uint32_t all_classes = [] {
    std::uint32_t bits = 0;
    for (auto const& [letter, class_bit] : classes) {
        bits |= letter == 'n' ? 0 : class_bit;
    }
    return bits;
}();

}  // namespace

std::optional<NotifyFlags> NotifyFlags::parse(std::string_view letters) {
    NotifyFlags flags;
    for (char const given : letters) {
        std::uint32_t found = 0;
        for (auto const& [letter, class_bit] : classes) {
            found |= letter == given ? class_bit : 0;
        }
        switch (given) {
            case 'A': found = all_classes; break;
            case 'K': found = keyspace; break;
            case 'E': found = keyevent; break;
            case 'm': found = bit(NotifyClass::key_miss); break;
            default: break;
        }
        if (found == 0) {
            return std::nullopt;
        }
        flags.bits_ |= found;
    }
    return flags;
}

/// Redis does not show "n" beside "A", although it is set.
std::string NotifyFlags::text() const {
    std::string letters;
    if ((bits_ & all_classes) == all_classes) {
        letters += 'A';
    } else {
        for (auto const& [letter, class_bit] : classes) {
            if ((bits_ & class_bit) != 0) {
                letters += letter;
            }
        }
    }
    letters += wants_keyspace() ? "K" : "";
    letters += wants_keyevent() ? "E" : "";
    letters += wants(NotifyClass::key_miss) ? "m" : "";
    return letters;
}

}  // namespace keyslot::sim
