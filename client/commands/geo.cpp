#include <keyslot/commands/geo.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

std::string_view word_of(GeoUnit unit) {
    switch (unit) {
        case GeoUnit::m: return "m";
        case GeoUnit::km: return "km";
        case GeoUnit::mi: return "mi";
        case GeoUnit::ft: return "ft";
    }
    return "m";
}

void GeoMember::append_to(detail::ArgumentList& words) const {
    words.add(longitude).add(latitude).add(member);
}

void GeoAddOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("NX", nx).add_flag("XX", xx).add_flag("CH", ch);
}

namespace {

void add_count(detail::ArgumentList& words, std::optional<long long> const& count, bool any) {
    words.add_option("COUNT", count).add_flag("ANY", any);
}

}  // namespace

void GeoSearch::append_to(detail::ArgumentList& words) const {
    if (member) {
        words.add("FROMMEMBER").add(*member);
    } else {
        words.add("FROMLONLAT").add(longitude).add(latitude);
    }
    if (radius) {
        words.add("BYRADIUS").add(*radius).add(unit);
    } else {
        words.add("BYBOX").add(width).add(height).add(unit);
    }
    words.add_optional(sort);
    add_count(words, count, any);
}

void GeoRadiusOptions::append_to(detail::ArgumentList& words) const {
    add_count(words, count, any);
    words.add_optional(sort);
}

void GeoStoreOptions::append_to(detail::ArgumentList& words) const {
    words.add_flag("STOREDIST", storedist);
}

namespace detail {

template <>
Result<GeoMatch> Decoder<GeoMatch>::decode(ReplyView reply) {
    return StructDecoder<GeoMatch>(reply)
        .at(0, &GeoMatch::member)
        .at(1, &GeoMatch::distance)
        .at(2, &GeoMatch::hash)
        .at(3, &GeoMatch::position)
        .result();
}

}  // namespace detail

}  // namespace keyslot
