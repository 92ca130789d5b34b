#pragma once

#include "simulator/runner/call_words.hpp"
#include "simulator/runner/history.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace keyslot::sim {

/// Finds the calls that were made in certain words.
class CallIndex {
public:
    explicit CallIndex(History const& history) {
        group_of_.reserve(history.calls().size());
        for (std::size_t number = 0; number < history.calls().size(); ++number) {
            auto const [place, is_new] =
                groups_.try_emplace(group_key(history.calls()[number].words), groups_.size());
            if (is_new) {
                members_.emplace_back();
            }
            members_[place->second].push_back(number);
            group_of_.push_back(place->second);
        }
    }

    /// The number of the group, the same for all who share its words; nullopt: no call.
    template <class Words>
    std::optional<std::size_t> find(Words const& words) const {
        auto const found = groups_.find(group_key(words));
        return found == groups_.end() ? std::nullopt : std::optional(found->second);
    }
    std::size_t group_of(std::size_t call) const { return group_of_[call]; }
    /// In the order in which they began.
    std::vector<std::size_t> const& calls(std::size_t group) const { return members_[group]; }
    std::size_t size() const { return members_.size(); }

private:
    std::unordered_map<std::string, std::size_t> groups_;  // looked up, never walked
    std::vector<std::vector<std::size_t>> members_;
    std::vector<std::size_t> group_of_;
};

}  // namespace keyslot::sim
