#pragma once

#include "simulator/node/encoding_limits.hpp"
#include "simulator/node/insertion_table.hpp"
#include "simulator/node/packed.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

struct ScoredMember {
    std::string_view member;  ///< lives until the member is erased
    double score = 0;
};

/// Members ordered by score, those of one score by their bytes. Ranks count from the lowest score;
/// whatever asks for one member or one rank takes logarithmic time.
class SortedSetValue {
public:
    SortedSetValue();
    SortedSetValue(SortedSetValue const& other);
    SortedSetValue(SortedSetValue&& other) noexcept;
    SortedSetValue& operator=(SortedSetValue const& other);
    SortedSetValue& operator=(SortedSetValue&& other) noexcept;
    ~SortedSetValue();

    std::size_t size() const { return scores_.size(); }
    bool empty() const { return size() == 0; }
    /// listpack, not skiplist
    bool is_compact() const { return compact_; }
    void unpack() { compact_ = false; }

    std::optional<double> score(std::string_view member) const;
    std::optional<std::size_t> rank(std::string_view member) const;
    ScoredMember at(std::size_t rank) const;
    /// From rank `first` up to, not including, `last`.
    std::vector<ScoredMember> slice(std::size_t first, std::size_t last) const;
    std::vector<ScoredMember> members() const { return slice(0, size()); }

    /// How many members have a lower score than this one; with `and_equal` those with this one too.
    std::size_t count_below(double score, bool and_equal) const;
    /// The same by bytes. It makes sense only where all scores are equal, as BYLEX does.
    std::size_t count_below(std::string_view member, bool and_equal) const;

    /// `score` is not NaN. True: the member is new.
    bool set(std::string_view member, double score, EncodingLimits const& limits);
    bool erase(std::string_view member);

    /// The members with their scores in the order in which they came; see InsertionTable.
    InsertionTable<double> const& scores() const { return scores_; }

    void serialise(std::string& out) const;
    static std::optional<SortedSetValue> deserialise(packed::Reader bytes,
                                                     EncodingLimits const& limits);

private:
    class Ranking;

    InsertionTable<double> scores_;
    std::unique_ptr<Ranking> ranking_;
    bool compact_ = true;
};

}  // namespace keyslot::sim
