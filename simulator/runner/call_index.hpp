#pragma once

#include "simulator/runner/call_words.hpp"
#include "simulator/runner/history.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace keyslot::sim {

/// Finds the calls that were made in certain words. Every execution of a run is looked up here, and most
/// are no client's: that has to cost next to nothing.
class CallIndex {
public:
    /// The history must outlive it.
    explicit CallIndex(History const& history)
        : by_words_(history.calls().size(), Hash{&history}, Same{&history}) {
        group_of_.reserve(history.calls().size());
        for (std::size_t number = 0; number < history.calls().size(); ++number) {
            group_of_.push_back(by_words_.try_emplace(number, by_words_.size()).first->second);
        }
        collect_members();
    }

    /// The number of the group, the same for all who share its words; nullopt: no call.
    template <class Words>
    std::optional<std::size_t> find(Words const& words) const {
        auto const found = by_words_.find(words);
        return found == by_words_.end() ? std::nullopt : std::optional(found->second);
    }
    std::size_t group_of(std::size_t call) const { return group_of_[call]; }
    /// In the order in which they began.
    std::span<std::size_t const> calls(std::size_t group) const {
        return std::span(members_).subspan(begin_[group], begin_[group + 1] - begin_[group]);
    }
    std::size_t size() const { return by_words_.size(); }

private:
    // A group goes by the number of its first call, and is found by any words that are the same.
    struct Hash {
        using is_transparent = void;
        History const* history;

        std::size_t operator()(std::size_t call) const {
            return group_hash(history->calls()[call].words);
        }
        template <class Words>
        std::size_t operator()(Words const& words) const {
            return group_hash(words);
        }
    };
    struct Same {
        using is_transparent = void;
        History const* history;

        bool operator()(std::size_t one, std::size_t other) const {
            return is_same_group(history->calls()[one].words, history->calls()[other].words);
        }
        template <class Words>
        bool operator()(Words const& words, std::size_t call) const {
            return is_same_group(words, history->calls()[call].words);
        }
        template <class Words>
        bool operator()(std::size_t call, Words const& words) const {
            return is_same_group(words, history->calls()[call].words);
        }
    };

    void collect_members() {
        begin_.resize(by_words_.size() + 1);
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

    std::unordered_map<std::size_t, std::size_t, Hash, Same> by_words_;  // looked up, never walked
    std::vector<std::size_t> group_of_;  // by call
    std::vector<std::size_t> members_;  // calls, those of a group together
    std::vector<std::size_t> begin_;  // of a group among them
};

}  // namespace keyslot::sim
