#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

/// A member with its score, as replies have it.
struct ScoredMember {
    std::string member;
    double score = 0;

    friend bool operator==(ScoredMember const&, ScoredMember const&) = default;
};

/// The same as an argument: `redis.zadd("k", {{"a", 1}, {"b", 2.5}})`, or a map from member to score.
class MemberScore {
public:
    MemberScore() = default;
    MemberScore(std::string_view member, double score) : member_(member), score_(score) {}
    template <std::convertible_to<std::string_view> Member>
    MemberScore(std::pair<Member, double> const& pair) : MemberScore(pair.first, pair.second) {}
    MemberScore(ScoredMember const& scored) : MemberScore(scored.member, scored.score) {}

    void append_to(detail::ArgumentList& words) const { words.add(score_).add(member_); }

private:
    std::string_view member_;
    double score_ = 0;
};

/// One end of a range: a position or score as a number, exclusive(score), or Redis' own words: "-inf",
/// "(1.5", and for ranges by member "[a", "(a", "-", "+".
class ScoreBound {
public:
    template <detail::Number T>
    ScoreBound(T number) {
        if constexpr (std::floating_point<T>) {
            kind_ = Kind::number;
            number_ = number;
        } else {
            kind_ = Kind::integer;
            integer_ = static_cast<long long>(number);
        }
    }
    template <std::convertible_to<std::string_view> Text>
    ScoreBound(Text const& text) : kind_(Kind::text), text_(text) {}

    void append_to(detail::ArgumentList& words) const;

private:
    friend ScoreBound exclusive(double score);
    enum class Kind : std::uint8_t { text, integer, number };

    Kind kind_ = Kind::integer;
    bool exclusive_ = false;
    std::string_view text_;
    long long integer_ = 0;
    double number_ = 0;
};
/// The range ends before that score.
ScoreBound exclusive(double score);

/// Options of ZADD; the server refuses nx together with any other of the first four, and gt with lt.
struct ZAddOptions {
    bool nx = false;  ///< new members only
    bool xx = false;  ///< members that exist only
    bool gt = false;  ///< scores only grow
    bool lt = false;  ///< scores only shrink
    bool ch = false;  ///< count changed members as well as new ones

    void append_to(detail::ArgumentList& words) const;
};

struct ZRangeOptions {
    bool byscore = false;  ///< start and end are scores
    bool bylex = false;  ///< start and end are members
    bool desc = false;  ///< from the highest to the lowest: start is the higher end then
    std::optional<Limit> limit = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

enum class Aggregate : std::uint8_t { sum, min, max };
constexpr std::string_view word_of(Aggregate aggregate) {
    return aggregate == Aggregate::sum ? "SUM" : aggregate == Aggregate::min ? "MIN" : "MAX";
}

/// How scores of several sets make one.
struct ZCombineOptions {
    ListOf<double> weights = {};  ///< one factor per key
    std::optional<Aggregate> aggregate = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

enum class ScoreEnd : std::uint8_t { min, max };
constexpr std::string_view word_of(ScoreEnd end) { return end == ScoreEnd::min ? "MIN" : "MAX"; }

/// The sorted set that gave, and what.
struct PoppedMember {
    std::string key;
    ScoredMember popped;

    friend bool operator==(PoppedMember const&, PoppedMember const&) = default;
};
using PoppedMembers = std::pair<std::string, std::vector<ScoredMember>>;

namespace detail {

template <>
struct Decoder<ScoredMember> : PairDecoder<ScoredMember, std::string, double> {};
template <>
Result<PoppedMember> Decoder<PoppedMember>::decode(ReplyView reply);

}  // namespace detail

/// Sorted sets. Functions that take several keys want them in one slot. The blocking ones wait on the
/// server until there is a member, or until `timeout` has passed (zero: for ever);
/// the deadline of such a call is that much later.
template <class Face>
class SortedSetCommands {
public:
    /// How many of the members are new (with ch: new or changed).
    decltype(auto) zadd(std::string_view key, ListOf<MemberScore> const& members,
                        ZAddOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"ZADD", long long>(*this, {key, options, members}, std::move(token)...);
    }
    decltype(auto) zadd(std::string_view key, ListOf<MemberScore> const& members,
                        detail::TokenLike auto... token) {
        return detail::call<"ZADD", long long>(*this, {key, members}, std::move(token)...);
    }

    /// ZADD ... INCR: the score after the change; nullopt if the options did not allow it.
    decltype(auto) zadd_incr(std::string_view key, std::string_view member, double amount,
                             ZAddOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"ZADD", std::optional<double>>(
            *this, {key, options, "INCR", amount, member}, std::move(token)...);
    }
    decltype(auto) zadd_incr(std::string_view key, std::string_view member, double amount,
                             detail::TokenLike auto... token) {
        return detail::call<"ZADD", std::optional<double>>(*this, {key, "INCR", amount, member},
                                                           std::move(token)...);
    }

    /// The score after the change.
    decltype(auto) zincrby(std::string_view key, double amount, std::string_view member,
                           detail::TokenLike auto... token) {
        return detail::call<"ZINCRBY", double>(*this, {key, amount, member}, std::move(token)...);
    }

    /// How many of the members were there.
    decltype(auto) zrem(std::string_view key, Words const& members,
                        detail::TokenLike auto... token) {
        return detail::call<"ZREM", long long>(*this, {key, members}, std::move(token)...);
    }

    /// How many members there are.
    decltype(auto) zcard(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"ZCARD", long long>(*this, {key}, std::move(token)...);
    }

    /// How many have a score of min..max.
    decltype(auto) zcount(std::string_view key, ScoreBound const& min, ScoreBound const& max,
                          detail::TokenLike auto... token) {
        return detail::call<"ZCOUNT", long long>(*this, {key, min, max}, std::move(token)...);
    }

    /// How many are between two members ("[a", "(b", "-", "+").
    decltype(auto) zlexcount(std::string_view key, std::string_view min, std::string_view max,
                             detail::TokenLike auto... token) {
        return detail::call<"ZLEXCOUNT", long long>(*this, {key, min, max}, std::move(token)...);
    }

    /// nullopt if there is no such member, as for the next two.
    decltype(auto) zscore(std::string_view key, std::string_view member,
                          detail::TokenLike auto... token) {
        return detail::call<"ZSCORE", std::optional<double>>(*this, {key, member},
                                                             std::move(token)...);
    }

    /// Its position, by ascending score.
    decltype(auto) zrank(std::string_view key, std::string_view member,
                         detail::TokenLike auto... token) {
        return detail::call<"ZRANK", std::optional<long long>>(*this, {key, member},
                                                               std::move(token)...);
    }

    /// Its position, by descending score.
    decltype(auto) zrevrank(std::string_view key, std::string_view member,
                            detail::TokenLike auto... token) {
        return detail::call<"ZREVRANK", std::optional<long long>>(*this, {key, member},
                                                                  std::move(token)...);
    }

    /// One entry per member, in their order.
    decltype(auto) zmscore(std::string_view key, Words const& members,
                           detail::TokenLike auto... token) {
        return detail::call<"ZMSCORE", std::vector<std::optional<double>>>(*this, {key, members},
                                                                           std::move(token)...);
    }

    /// Members start..end, both included: positions, or what the options say.
    decltype(auto) zrange(std::string_view key, ScoreBound const& start, ScoreBound const& end,
                          detail::TokenLike auto... token) {
        return detail::call<"ZRANGE", std::vector<std::string>>(*this, {key, start, end},
                                                                std::move(token)...);
    }
    decltype(auto) zrange(std::string_view key, ScoreBound const& start, ScoreBound const& end,
                          ZRangeOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"ZRANGE", std::vector<std::string>>(*this, {key, start, end, options},
                                                                std::move(token)...);
    }
    decltype(auto) zrange_withscores(std::string_view key, ScoreBound const& start,
                                     ScoreBound const& end, detail::TokenLike auto... token) {
        return detail::call<"ZRANGE", std::vector<ScoredMember>>(
            *this, {key, start, end, "WITHSCORES"}, std::move(token)...);
    }
    decltype(auto) zrange_withscores(std::string_view key, ScoreBound const& start,
                                     ScoreBound const& end, ZRangeOptions const& options,
                                     detail::TokenLike auto... token) {
        return detail::call<"ZRANGE", std::vector<ScoredMember>>(
            *this, {key, start, end, options, "WITHSCORES"}, std::move(token)...);
    }

    /// Stores them in another sorted set: how many.
    decltype(auto) zrangestore(std::string_view destination, std::string_view source,
                               ScoreBound const& start, ScoreBound const& end,
                               detail::TokenLike auto... token) {
        return detail::call<"ZRANGESTORE", long long>(*this, {destination, source, start, end},
                                                      std::move(token)...);
    }
    decltype(auto) zrangestore(std::string_view destination, std::string_view source,
                               ScoreBound const& start, ScoreBound const& end,
                               ZRangeOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"ZRANGESTORE", long long>(
            *this, {destination, source, start, end, options}, std::move(token)...);
    }

    /// By position from the highest score down.
    decltype(auto) zrevrange(std::string_view key, long long start, long long end,
                             detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGE", std::vector<std::string>>(*this, {key, start, end},
                                                                   std::move(token)...);
    }
    decltype(auto) zrevrange_withscores(std::string_view key, long long start, long long end,
                                        detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGE", std::vector<ScoredMember>>(
            *this, {key, start, end, "WITHSCORES"}, std::move(token)...);
    }

    /// With a score of min..max.
    decltype(auto) zrangebyscore(std::string_view key, ScoreBound const& min, ScoreBound const& max,
                                 detail::TokenLike auto... token) {
        return detail::call<"ZRANGEBYSCORE", std::vector<std::string>>(*this, {key, min, max},
                                                                       std::move(token)...);
    }
    decltype(auto) zrangebyscore(std::string_view key, ScoreBound const& min, ScoreBound const& max,
                                 Limit const& limit, detail::TokenLike auto... token) {
        return detail::call<"ZRANGEBYSCORE", std::vector<std::string>>(
            *this, {key, min, max, limit}, std::move(token)...);
    }
    decltype(auto) zrangebyscore_withscores(std::string_view key, ScoreBound const& min,
                                            ScoreBound const& max,
                                            detail::TokenLike auto... token) {
        return detail::call<"ZRANGEBYSCORE", std::vector<ScoredMember>>(
            *this, {key, min, max, "WITHSCORES"}, std::move(token)...);
    }
    decltype(auto) zrangebyscore_withscores(std::string_view key, ScoreBound const& min,
                                            ScoreBound const& max, Limit const& limit,
                                            detail::TokenLike auto... token) {
        return detail::call<"ZRANGEBYSCORE", std::vector<ScoredMember>>(
            *this, {key, min, max, "WITHSCORES", limit}, std::move(token)...);
    }

    /// The same from the highest score down: the maximum comes first.
    decltype(auto) zrevrangebyscore(std::string_view key, ScoreBound const& max,
                                    ScoreBound const& min, detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGEBYSCORE", std::vector<std::string>>(*this, {key, max, min},
                                                                          std::move(token)...);
    }
    decltype(auto) zrevrangebyscore(std::string_view key, ScoreBound const& max,
                                    ScoreBound const& min, Limit const& limit,
                                    detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGEBYSCORE", std::vector<std::string>>(
            *this, {key, max, min, limit}, std::move(token)...);
    }
    decltype(auto) zrevrangebyscore_withscores(std::string_view key, ScoreBound const& max,
                                               ScoreBound const& min,
                                               detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGEBYSCORE", std::vector<ScoredMember>>(
            *this, {key, max, min, "WITHSCORES"}, std::move(token)...);
    }
    decltype(auto) zrevrangebyscore_withscores(std::string_view key, ScoreBound const& max,
                                               ScoreBound const& min, Limit const& limit,
                                               detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGEBYSCORE", std::vector<ScoredMember>>(
            *this, {key, max, min, "WITHSCORES", limit}, std::move(token)...);
    }

    /// Between two members ("[a", "(b", "-", "+"), where all scores are the same.
    decltype(auto) zrangebylex(std::string_view key, std::string_view min, std::string_view max,
                               detail::TokenLike auto... token) {
        return detail::call<"ZRANGEBYLEX", std::vector<std::string>>(*this, {key, min, max},
                                                                     std::move(token)...);
    }
    decltype(auto) zrangebylex(std::string_view key, std::string_view min, std::string_view max,
                               Limit const& limit, detail::TokenLike auto... token) {
        return detail::call<"ZRANGEBYLEX", std::vector<std::string>>(*this, {key, min, max, limit},
                                                                     std::move(token)...);
    }
    decltype(auto) zrevrangebylex(std::string_view key, std::string_view max, std::string_view min,
                                  detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGEBYLEX", std::vector<std::string>>(*this, {key, max, min},
                                                                        std::move(token)...);
    }
    decltype(auto) zrevrangebylex(std::string_view key, std::string_view max, std::string_view min,
                                  Limit const& limit, detail::TokenLike auto... token) {
        return detail::call<"ZREVRANGEBYLEX", std::vector<std::string>>(
            *this, {key, max, min, limit}, std::move(token)...);
    }

    /// How many were removed.
    decltype(auto) zremrangebyrank(std::string_view key, long long start, long long end,
                                   detail::TokenLike auto... token) {
        return detail::call<"ZREMRANGEBYRANK", long long>(*this, {key, start, end},
                                                          std::move(token)...);
    }
    decltype(auto) zremrangebyscore(std::string_view key, ScoreBound const& min,
                                    ScoreBound const& max, detail::TokenLike auto... token) {
        return detail::call<"ZREMRANGEBYSCORE", long long>(*this, {key, min, max},
                                                           std::move(token)...);
    }
    decltype(auto) zremrangebylex(std::string_view key, std::string_view min, std::string_view max,
                                  detail::TokenLike auto... token) {
        return detail::call<"ZREMRANGEBYLEX", long long>(*this, {key, min, max},
                                                         std::move(token)...);
    }

    /// Takes out the member with the lowest score, or that many; empty if there is none.
    decltype(auto) zpopmin(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"ZPOPMIN", std::vector<ScoredMember>>(*this, {key},
                                                                  std::move(token)...);
    }
    decltype(auto) zpopmin(std::string_view key, long long count, detail::TokenLike auto... token) {
        return detail::call<"ZPOPMIN", std::vector<ScoredMember>>(*this, {key, count},
                                                                  std::move(token)...);
    }

    /// With the highest score.
    decltype(auto) zpopmax(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"ZPOPMAX", std::vector<ScoredMember>>(*this, {key},
                                                                  std::move(token)...);
    }
    decltype(auto) zpopmax(std::string_view key, long long count, detail::TokenLike auto... token) {
        return detail::call<"ZPOPMAX", std::vector<ScoredMember>>(*this, {key, count},
                                                                  std::move(token)...);
    }

    /// From the first sorted set that is not empty; nullopt after the time.
    decltype(auto) bzpopmin(Words const& keys, std::chrono::milliseconds timeout,
                            detail::TokenLike auto... token) {
        return detail::call<"BZPOPMIN", std::optional<PoppedMember>>(
            *this, {keys, detail::FractionalSeconds{timeout}}, std::move(token)...);
    }
    decltype(auto) bzpopmax(Words const& keys, std::chrono::milliseconds timeout,
                            detail::TokenLike auto... token) {
        return detail::call<"BZPOPMAX", std::optional<PoppedMember>>(
            *this, {keys, detail::FractionalSeconds{timeout}}, std::move(token)...);
    }

    /// Up to `count` members of the first sorted set that is not empty.
    decltype(auto) zmpop(Words const& keys, ScoreEnd from, detail::TokenLike auto... token) {
        return detail::call<"ZMPOP", std::optional<PoppedMembers>>(
            *this, {detail::Counted{keys}, from}, std::move(token)...);
    }
    decltype(auto) zmpop(Words const& keys, ScoreEnd from, long long count,
                         detail::TokenLike auto... token) {
        return detail::call<"ZMPOP", std::optional<PoppedMembers>>(
            *this, {detail::Counted{keys}, from, "COUNT", count}, std::move(token)...);
    }
    decltype(auto) bzmpop(std::chrono::milliseconds timeout, Words const& keys, ScoreEnd from,
                          detail::TokenLike auto... token) {
        return detail::call<"BZMPOP", std::optional<PoppedMembers>>(
            *this, {detail::FractionalSeconds{timeout}, detail::Counted{keys}, from},
            std::move(token)...);
    }
    decltype(auto) bzmpop(std::chrono::milliseconds timeout, Words const& keys, ScoreEnd from,
                          long long count, detail::TokenLike auto... token) {
        return detail::call<"BZMPOP", std::optional<PoppedMembers>>(
            *this,
            {detail::FractionalSeconds{timeout}, detail::Counted{keys}, from, "COUNT", count},
            std::move(token)...);
    }

    /// A random member, which stays; nullopt if there is none.
    decltype(auto) zrandmember(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"ZRANDMEMBER", std::optional<std::string>>(*this, {key},
                                                                       std::move(token)...);
    }

    /// That many different ones at most; a negative count: exactly so many, some perhaps more than once.
    decltype(auto) zrandmember(std::string_view key, long long count,
                               detail::TokenLike auto... token) {
        return detail::call<"ZRANDMEMBER", std::vector<std::string>>(*this, {key, count},
                                                                     std::move(token)...);
    }
    decltype(auto) zrandmember_withscores(std::string_view key, long long count,
                                          detail::TokenLike auto... token) {
        return detail::call<"ZRANDMEMBER", std::vector<ScoredMember>>(
            *this, {key, count, "WITHSCORES"}, std::move(token)...);
    }

    /// The members of the first set that are in none of the others.
    decltype(auto) zdiff(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"ZDIFF", std::vector<std::string>>(*this, {detail::Counted{keys}},
                                                               std::move(token)...);
    }
    decltype(auto) zdiff_withscores(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"ZDIFF", std::vector<ScoredMember>>(
            *this, {detail::Counted{keys}, "WITHSCORES"}, std::move(token)...);
    }

    /// Stores them: how many.
    decltype(auto) zdiffstore(std::string_view destination, Words const& keys,
                              detail::TokenLike auto... token) {
        return detail::call<"ZDIFFSTORE", long long>(*this, {destination, detail::Counted{keys}},
                                                     std::move(token)...);
    }

    /// The members that all sets have.
    decltype(auto) zinter(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"ZINTER", std::vector<std::string>>(*this, {detail::Counted{keys}},
                                                                std::move(token)...);
    }
    decltype(auto) zinter(Words const& keys, ZCombineOptions const& options,
                          detail::TokenLike auto... token) {
        return detail::call<"ZINTER", std::vector<std::string>>(
            *this, {detail::Counted{keys}, options}, std::move(token)...);
    }
    decltype(auto) zinter_withscores(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"ZINTER", std::vector<ScoredMember>>(
            *this, {detail::Counted{keys}, "WITHSCORES"}, std::move(token)...);
    }
    decltype(auto) zinter_withscores(Words const& keys, ZCombineOptions const& options,
                                     detail::TokenLike auto... token) {
        return detail::call<"ZINTER", std::vector<ScoredMember>>(
            *this, {detail::Counted{keys}, options, "WITHSCORES"}, std::move(token)...);
    }
    decltype(auto) zinterstore(std::string_view destination, Words const& keys,
                               detail::TokenLike auto... token) {
        return detail::call<"ZINTERSTORE", long long>(*this, {destination, detail::Counted{keys}},
                                                      std::move(token)...);
    }
    decltype(auto) zinterstore(std::string_view destination, Words const& keys,
                               ZCombineOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"ZINTERSTORE", long long>(
            *this, {destination, detail::Counted{keys}, options}, std::move(token)...);
    }

    /// How many they are; counts no further than `limit`.
    decltype(auto) zintercard(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"ZINTERCARD", long long>(*this, {detail::Counted{keys}},
                                                     std::move(token)...);
    }
    decltype(auto) zintercard(Words const& keys, long long limit, detail::TokenLike auto... token) {
        return detail::call<"ZINTERCARD", long long>(*this, {detail::Counted{keys}, "LIMIT", limit},
                                                     std::move(token)...);
    }

    /// The members that any of the sets has.
    decltype(auto) zunion(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"ZUNION", std::vector<std::string>>(*this, {detail::Counted{keys}},
                                                                std::move(token)...);
    }
    decltype(auto) zunion(Words const& keys, ZCombineOptions const& options,
                          detail::TokenLike auto... token) {
        return detail::call<"ZUNION", std::vector<std::string>>(
            *this, {detail::Counted{keys}, options}, std::move(token)...);
    }
    decltype(auto) zunion_withscores(Words const& keys, detail::TokenLike auto... token) {
        return detail::call<"ZUNION", std::vector<ScoredMember>>(
            *this, {detail::Counted{keys}, "WITHSCORES"}, std::move(token)...);
    }
    decltype(auto) zunion_withscores(Words const& keys, ZCombineOptions const& options,
                                     detail::TokenLike auto... token) {
        return detail::call<"ZUNION", std::vector<ScoredMember>>(
            *this, {detail::Counted{keys}, options, "WITHSCORES"}, std::move(token)...);
    }
    decltype(auto) zunionstore(std::string_view destination, Words const& keys,
                               detail::TokenLike auto... token) {
        return detail::call<"ZUNIONSTORE", long long>(*this, {destination, detail::Counted{keys}},
                                                      std::move(token)...);
    }
    decltype(auto) zunionstore(std::string_view destination, Words const& keys,
                               ZCombineOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"ZUNIONSTORE", long long>(
            *this, {destination, detail::Counted{keys}, options}, std::move(token)...);
    }

    /// One step through the members: begin with cursor 0, end when it is 0 again.
    decltype(auto) zscan(std::string_view key, std::uint64_t cursor,
                         detail::TokenLike auto... token) {
        return detail::call<"ZSCAN", ScanPage<ScoredMember>>(*this, {key, cursor},
                                                             std::move(token)...);
    }
    decltype(auto) zscan(std::string_view key, std::uint64_t cursor, ScanOptions const& options,
                         detail::TokenLike auto... token) {
        return detail::call<"ZSCAN", ScanPage<ScoredMember>>(*this, {key, cursor, options},
                                                             std::move(token)...);
    }
};

}  // namespace keyslot
