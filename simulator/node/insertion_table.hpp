#pragma once

#include "simulator/kernel/random.hpp"
#include "simulator/node/sampling.hpp"
#include "simulator/node/text_hash.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// Texts, each with its data, in the order in which they came in. Redis's hash tables have no order to
/// speak of; this is the one that depends on nothing but the history of commands.
///
/// Look-up, insertion, removal and drawing one at random take constant time. Addresses of texts and
/// data are stable until the text is erased.
template <class Data>
class InsertionTable {
public:
    InsertionTable() = default;
    InsertionTable(InsertionTable const& other) {
        other.for_each([this](std::string_view text, Data const& data) { insert(text, data); });
    }
    InsertionTable(InsertionTable&&) noexcept = default;
    InsertionTable& operator=(InsertionTable const& other) { return *this = InsertionTable(other); }
    InsertionTable& operator=(InsertionTable&&) noexcept = default;
    ~InsertionTable() = default;

    std::size_t size() const { return table_.size(); }

    Data* find(std::string_view text) {
        auto const found = table_.find(text);
        return found != table_.end() ? &found->second.data : nullptr;
    }
    Data const* find(std::string_view text) const {
        auto const found = table_.find(text);
        return found != table_.end() ? &found->second.data : nullptr;
    }

    /// The text must be new. What it returns lives as long as the text is in the table.
    std::string_view insert(std::string_view text, Data data) {
        auto const node =
            table_.try_emplace(std::string(text), Item{order_.size(), std::move(data)}).first;
        order_.push_back({++serial_, &*node});
        return node->first;
    }

    bool erase(std::string_view text) {
        auto const found = table_.find(text);
        if (found == table_.end()) {
            return false;
        }
        order_[found->second.place].node = nullptr;
        table_.erase(found);
        if (order_.size() > 2 * table_.size()) {
            close_gaps();
        }
        return true;
    }

    /// visit(text, data), oldest first.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (Place const& place : order_) {
            if (place.node != nullptr) {
                visit(std::string_view(place.node->first), place.node->second.data);
            }
        }
    }

    /// visit(text, data) with one of them; there must be one.
    template <class Visit>
    void draw(Random& random, Visit&& visit) const {
        // At least every other place is taken.
        for (;;) {
            Place const& place = order_[random.below(order_.size())];
            if (place.node != nullptr) {
                return visit(std::string_view(place.node->first), place.node->second.data);
            }
        }
    }

    /// visit(text, data) with `count` different ones, at most all of them, oldest first.
    template <class Visit>
    void sample(Random& random, std::size_t count, Visit&& visit) const {
        InOrderSample sample(table_.size(), count);
        for_each([&](std::string_view text, Data const& data) {
            if (sample.takes_next(random)) {
                visit(text, data);
            }
        });
    }

    /// HSCAN and its kin: visit(text, data) with up to `count` from `cursor` on; returns the next
    /// cursor, 0 at the end. What is there from the first call to the last is visited exactly once;
    /// any number is a valid cursor.
    template <class Visit>
    std::uint64_t scan(std::uint64_t cursor, std::size_t count, Visit&& visit) const {
        auto place = std::ranges::lower_bound(order_, cursor, {}, &Place::serial);
        for (; place != order_.end(); ++place) {
            if (place->node == nullptr) {
                continue;
            }
            if (count-- == 0) {
                return place->serial;
            }
            visit(std::string_view(place->node->first), place->node->second.data);
        }
        return 0;
    }

private:
    struct Item {
        std::size_t place = 0;
        Data data;
    };
    using Table = std::unordered_map<std::string, Item, TextHash, std::equal_to<>>;
    struct Place {
        std::uint64_t serial = 0;  ///< ascending
        typename Table::value_type* node = nullptr;  ///< nullptr: erased
    };

    void close_gaps() {
        std::erase_if(order_, [](Place const& place) { return place.node == nullptr; });
        for (std::size_t n = 0; n < order_.size(); ++n) {
            order_[n].node->second.place = n;
        }
    }

    Table table_;
    std::vector<Place> order_;
    std::uint64_t serial_ = 0;
};

}  // namespace keyslot::sim
