#include <keyslot/commands/sorted_sets.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

ScoreBound exclusive(double score) {
    ScoreBound bound(score);
    bound.exclusive_ = true;
    return bound;
}

void ScoreBound::append_to(detail::ArgumentList& words) const {
    switch (kind_) {
        case Kind::text: words.add(text_); break;
        case Kind::integer: words.add(integer_); break;
        case Kind::number: words.add_number(exclusive_ ? "(" : "", number_); break;
    }
}

void ZAddOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("NX", nx).add_flag("XX", xx).add_flag("GT", gt).add_flag("LT", lt).add_flag("CH",
                                                                                               ch);
}

void ZRangeOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("BYSCORE", byscore)
        .add_flag("BYLEX", bylex)
        .add_flag("REV", desc)
        .add_optional(limit);
}

void ZCombineOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("WEIGHTS", !weights.empty()).add(weights).add_option("AGGREGATE", aggregate);
}

namespace detail {

template <>
Result<PoppedMember> Decoder<PoppedMember>::decode(ReplyView reply) {
    if (!reply.is_aggregate() || reply.size() != 3) {
        return unexpected_reply(reply, "a key, a member and a score");
    }
    auto key = Decoder<std::string>::decode(reply[0]);
    auto popped = Decoder<ScoredMember>::decode_two(reply[1], reply[2]);
    if (!key || !popped) {
        return key ? popped.failure() : key.failure();
    }
    return PoppedMember{std::move(*key), std::move(*popped)};
}

}  // namespace detail

}  // namespace keyslot
