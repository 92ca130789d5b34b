#include "simulator/node/sorted_set_value.hpp"

#include <bit>
#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/ranked_index.hpp>
#include <boost/multi_index_container.hpp>

namespace keyslot::sim {

namespace {

constexpr std::size_t score_bytes = 8;

struct ByScore {
    bool operator()(ScoredMember const& a, ScoredMember const& b) const {
        return a.score < b.score || (a.score == b.score && a.member < b.member);
    }
    bool operator()(ScoredMember const& a, double b) const { return a.score < b; }
    bool operator()(double a, ScoredMember const& b) const { return a < b.score; }
};

struct ByMember {
    bool operator()(ScoredMember const& a, std::string_view b) const { return a.member < b; }
    bool operator()(std::string_view a, ScoredMember const& b) const { return a < b.member; }
};

}  // namespace

/// An order that knows the rank of each of its elements. The members' bytes are those of the table.
class SortedSetValue::Ranking {
public:
    using Order = boost::multi_index_container<
        ScoredMember, boost::multi_index::indexed_by<boost::multi_index::ranked_unique<
                          boost::multi_index::identity<ScoredMember>, ByScore>>>;
    Order order;
};

SortedSetValue::SortedSetValue() : ranking_(std::make_unique<Ranking>()) {}

SortedSetValue::SortedSetValue(SortedSetValue const& other)
    : scores_(other.scores_), ranking_(std::make_unique<Ranking>()), compact_(other.compact_) {
    scores_.for_each(
        [this](std::string_view member, double score) { ranking_->order.insert({member, score}); });
}

SortedSetValue::SortedSetValue(SortedSetValue&& other) noexcept = default;

SortedSetValue& SortedSetValue::operator=(SortedSetValue const& other) {
    return *this = SortedSetValue(other);
}

SortedSetValue& SortedSetValue::operator=(SortedSetValue&& other) noexcept = default;

SortedSetValue::~SortedSetValue() = default;

std::optional<double> SortedSetValue::score(std::string_view member) const {
    double const* const found = scores_.find(member);
    return found != nullptr ? std::optional(*found) : std::nullopt;
}

std::optional<std::size_t> SortedSetValue::rank(std::string_view member) const {
    double const* const found = scores_.find(member);
    if (found == nullptr) {
        return std::nullopt;
    }
    return ranking_->order.find_rank(ScoredMember{member, *found});
}

ScoredMember SortedSetValue::at(std::size_t rank) const { return *ranking_->order.nth(rank); }

std::vector<ScoredMember> SortedSetValue::slice(std::size_t first, std::size_t last) const {
    std::vector<ScoredMember> members;
    members.reserve(last - first);
    auto at = ranking_->order.nth(first);
    for (; first < last; ++first, ++at) {
        members.push_back(*at);
    }
    return members;
}

std::size_t SortedSetValue::count_below(double score, bool and_equal) const {
    auto const& order = ranking_->order;
    return and_equal ? order.upper_bound_rank(score, ByScore{})
                     : order.lower_bound_rank(score, ByScore{});
}

std::size_t SortedSetValue::count_below(std::string_view member, bool and_equal) const {
    auto const& order = ranking_->order;
    return and_equal ? order.upper_bound_rank(member, ByMember{})
                     : order.lower_bound_rank(member, ByMember{});
}

bool SortedSetValue::set(std::string_view member, double score, EncodingLimits const& limits) {
    double* const existing = scores_.find(member);
    if (existing == nullptr) {
        compact_ = compact_ &&
                   member.size() <= static_cast<std::size_t>(limits.zset_max_listpack_value) &&
                   size() < static_cast<std::size_t>(limits.zset_max_listpack_entries);
    }
    if (compact_) {
        score += 0.0;  // a listpack keeps integers as such: -0 becomes 0
    }
    if (existing == nullptr) {
        ranking_->order.insert({scores_.insert(member, score), score});
        return true;
    }
    auto const place = ranking_->order.find(ScoredMember{member, *existing});
    *existing = score;
    ranking_->order.replace(place, {place->member, score});
    return false;
}

bool SortedSetValue::erase(std::string_view member) {
    double const* const existing = scores_.find(member);
    if (existing == nullptr) {
        return false;
    }
    // `member` may be the table's own: the table last.
    ranking_->order.erase(ranking_->order.find(ScoredMember{member, *existing}));
    scores_.erase(member);
    return true;
}

void SortedSetValue::serialise(std::string& out) const {
    scores_.for_each([&](std::string_view member, double score) {
        packed::put_text(out, member);
        packed::put_number(out, std::bit_cast<std::uint64_t>(score), score_bytes);
    });
}

std::optional<SortedSetValue> SortedSetValue::deserialise(packed::Reader bytes,
                                                          EncodingLimits const& limits) {
    SortedSetValue sorted_set;
    while (!bytes.at_end()) {
        std::string_view const member = bytes.text();
        auto const score = std::bit_cast<double>(bytes.number(score_bytes));
        if (bytes.failed() || score != score || !sorted_set.set(member, score, limits)) {
            return std::nullopt;
        }
    }
    return sorted_set.empty() ? std::nullopt : std::optional(std::move(sorted_set));
}

}  // namespace keyslot::sim
