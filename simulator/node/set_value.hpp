#pragma once

#include "simulator/node/encoding_limits.hpp"
#include "simulator/node/insertion_table.hpp"
#include "simulator/node/packed.hpp"
#include "simulator/node/sampling.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keyslot::sim {

/// Members in ascending order while they are few and all integers (intset), else in the order in which
/// they came (hashtable).
class SetValue {
public:
    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// intset, not hashtable
    bool is_intset() const { return std::holds_alternative<Integers>(members_); }

    bool contains(std::string_view member) const;
    /// False: was there already.
    bool add(std::string_view member, EncodingLimits const& limits);
    bool erase(std::string_view member);

    /// visit(member)
    template <class Visit>
    void for_each(Visit&& visit) const {
        if (auto const* const integers = std::get_if<Integers>(&members_)) {
            for (std::int64_t const integer : *integers) {
                visit(std::string_view(std::to_string(integer)));
            }
        } else {
            std::get<Texts>(members_).for_each(
                [&](std::string_view member, Nothing) { visit(member); });
        }
    }
    std::vector<std::string> members() const;

    /// One of them at random; there must be one.
    std::string draw(Random& random) const;
    /// `count` different ones, at most all of them.
    std::vector<std::string> sample(Random& random, std::size_t count) const;

    /// As InsertionTable::scan(), with visit(member); an intset comes whole.
    template <class Visit>
    std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visit&& visit) const {
        if (is_intset()) {
            for_each(visit);
            return 0;
        }
        return std::get<Texts>(members_).scan(
            cursor, count, [&](std::string_view member, Nothing) { visit(member); });
    }

    void serialise(std::string& out) const;
    static std::optional<SetValue> deserialise(packed::Reader bytes, EncodingLimits const& limits);

private:
    struct Nothing {};
    using Integers = std::vector<std::int64_t>;  // ascending
    using Texts = InsertionTable<Nothing>;

    void become_hashtable();

    std::variant<Integers, Texts> members_;
};

}  // namespace keyslot::sim
