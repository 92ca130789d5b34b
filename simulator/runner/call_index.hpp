#pragma once

#include "simulator/runner/call_words.hpp"
#include "simulator/runner/history.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace keyslot::sim {

/// Finds the calls that were made in certain words. Every execution of a run is looked up here, and most
/// are no client's: that has to cost next to nothing.
class CallIndex {
public:
    /// The history must outlive it.
    explicit CallIndex(History const& history) : history_(&history) {
        std::size_t const calls = history.calls().size();
        std::size_t places = 16;
        while (places < calls * 2) {
            places *= 2;
        }
        table_.resize(places);
        group_of_.reserve(calls);
        for (std::size_t number = 0; number < calls; ++number) {
            auto const& words = history.calls()[number].words;
            std::uint64_t const hash = group_hash(words);
            Place& place = table_[place_of(words, hash)];
            if (place.group == no_group) {
                place = {hash, first_.size()};
                first_.push_back(number);
            }
            group_of_.push_back(place.group);
        }
        collect_members();
    }

    /// The number of the group, the same for all who share its words; nullopt: no call.
    template <class Words>
    std::optional<std::size_t> find(Words const& words) const {
        std::size_t const group = table_[place_of(words, group_hash(words))].group;
        return group == no_group ? std::nullopt : std::optional(group);
    }
    std::size_t group_of(std::size_t call) const { return group_of_[call]; }
    /// In the order in which they began.
    std::span<std::size_t const> calls(std::size_t group) const {
        return std::span(members_).subspan(begin_[group], begin_[group + 1] - begin_[group]);
    }
    std::size_t size() const { return first_.size(); }

private:
    static constexpr std::size_t no_group = ~std::size_t{0};
    struct Place {
        std::uint64_t hash = 0;
        std::size_t group = no_group;
    };

    /// Where the group is, or would be.
    template <class Words>
    std::size_t place_of(Words const& words, std::uint64_t hash) const {
        std::size_t const mask = table_.size() - 1;
        std::size_t at = hash & mask;
        while (table_[at].group != no_group &&
               (table_[at].hash != hash || !is_same_group(words, words_of(table_[at].group)))) {
            at = (at + 1) & mask;
        }
        return at;
    }
    std::vector<std::string> const& words_of(std::size_t group) const {
        return history_->calls()[first_[group]].words;
    }

    void collect_members() {
        begin_.resize(first_.size() + 1);
        for (std::size_t const group : group_of_) {
            ++begin_[group + 1];
        }
        std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
        std::vector<std::size_t> next(begin_);
        members_.resize(group_of_.size());
        for (std::size_t number = 0; number < group_of_.size(); ++number) {
            members_[next[group_of_[number]]++] = number;
        }
    }

    History const* history_;
    std::vector<Place> table_;
    std::vector<std::size_t> group_of_;  // by call
    std::vector<std::size_t> first_;  // call, by group
    std::vector<std::size_t> members_;  // calls, those of a group together
    std::vector<std::size_t> begin_;  // of a group among them
};

}  // namespace keyslot::sim
