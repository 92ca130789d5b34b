#include "simulator/node/set_value.hpp"

#include "simulator/node/integer_text.hpp"

#include <algorithm>

namespace keyslot::sim {

std::size_t SetValue::size() const {
    return std::visit([](auto const& members) { return members.size(); }, members_);
}

bool SetValue::contains(std::string_view member) const {
    if (auto const* const integers = std::get_if<Integers>(&members_)) {
        auto const integer = parse_integer(member);
        return integer && std::ranges::binary_search(*integers, *integer);
    }
    return std::get<Texts>(members_).find(member) != nullptr;
}

bool SetValue::add(std::string_view member, EncodingLimits const& limits) {
    if (auto* const integers = std::get_if<Integers>(&members_)) {
        if (auto const integer = parse_integer(member)) {
            auto const place = std::ranges::lower_bound(*integers, *integer);
            if (place != integers->end() && *place == *integer) {
                return false;
            }
            integers->insert(place, *integer);
            if (integers->size() > static_cast<std::size_t>(limits.set_max_intset_entries)) {
                become_hashtable();
            }
            return true;
        }
        become_hashtable();
    }
    auto& texts = std::get<Texts>(members_);
    if (texts.find(member) != nullptr) {
        return false;
    }
    texts.insert(member, {});
    return true;
}

bool SetValue::erase(std::string_view member) {
    if (auto* const integers = std::get_if<Integers>(&members_)) {
        auto const integer = parse_integer(member);
        return integer && std::erase(*integers, *integer) != 0;
    }
    return std::get<Texts>(members_).erase(member);
}

void SetValue::become_hashtable() {
    Texts texts;
    for_each([&](std::string_view member) { texts.insert(member, {}); });
    members_ = std::move(texts);
}

std::vector<std::string> SetValue::members() const {
    std::vector<std::string> all;
    all.reserve(size());
    for_each([&](std::string_view member) { all.emplace_back(member); });
    return all;
}

std::string SetValue::draw(Random& random) const {
    if (auto const* const integers = std::get_if<Integers>(&members_)) {
        return std::to_string((*integers)[random.below(integers->size())]);
    }
    std::string drawn;
    std::get<Texts>(members_).draw(random,
                                   [&](std::string_view member, Nothing) { drawn = member; });
    return drawn;
}

std::vector<std::string> SetValue::sample(Random& random, std::size_t count) const {
    std::vector<std::string> drawn;
    InOrderSample sample(size(), count);
    for_each([&](std::string_view member) {
        if (sample.takes_next(random)) {
            drawn.emplace_back(member);
        }
    });
    return drawn;
}

void SetValue::serialise(std::string& out) const {
    for_each([&](std::string_view member) { packed::put_text(out, member); });
}

std::optional<SetValue> SetValue::deserialise(packed::Reader bytes, EncodingLimits const& limits) {
    SetValue set;
    while (!bytes.at_end()) {
        std::string_view const member = bytes.text();
        if (bytes.failed() || !set.add(member, limits)) {
            return std::nullopt;
        }
    }
    return set.empty() ? std::nullopt : std::optional(std::move(set));
}

}  // namespace keyslot::sim
