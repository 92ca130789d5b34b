#include <keyslot/commands/strings.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

namespace {

void add_expiry(detail::ArgumentList& words, auto const& options) {
    words.add_option("EX", options.ex)
        .add_option("PX", options.px)
        .add_option("EXAT", options.exat)
        .add_option("PXAT", options.pxat);
}

}  // namespace

void SetOptions::append_to(detail::ArgumentList& words) const {
    add_expiry(words, *this);
    words.add_flag("KEEPTTL", keepttl).add_flag("NX", nx).add_flag("XX", xx);
}

void GetExOptions::append_to(detail::ArgumentList& words) const {
    add_expiry(words, *this);
    words.add_flag("PERSIST", persist);
}

void LcsOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("MINMATCHLEN", minmatchlen);
}

namespace detail {

template <>
Result<LcsMatch> Decoder<LcsMatch>::decode(ReplyView reply) {
    return StructDecoder<LcsMatch>(reply)
        .at(0, &LcsMatch::in_a)
        .at(1, &LcsMatch::in_b)
        .at(2, &LcsMatch::length)
        .result();
}

template <>
Result<LcsMatches> Decoder<LcsMatches>::decode(ReplyView reply) {
    return StructDecoder<LcsMatches>(reply)
        .named("matches", &LcsMatches::matches)
        .named("len", &LcsMatches::length)
        .result();
}

}  // namespace detail

}  // namespace keyslot
