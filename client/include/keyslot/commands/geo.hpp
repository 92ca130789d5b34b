#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

enum class GeoUnit : std::uint8_t { m, km, mi, ft };
std::string_view word_of(GeoUnit unit);

enum class GeoSort : std::uint8_t { asc, desc };  ///< nearest first, farthest first
constexpr std::string_view word_of(GeoSort sort) { return sort == GeoSort::asc ? "ASC" : "DESC"; }

/// In degrees.
struct GeoPosition {
    double longitude = 0;
    double latitude = 0;

    friend bool operator==(GeoPosition const&, GeoPosition const&) = default;
};

struct GeoMember {
    double longitude = 0;
    double latitude = 0;
    std::string_view member = {};

    void append_to(detail::ArgumentList& words) const;
};

struct GeoAddOptions {
    bool nx = false;  ///< new members only
    bool xx = false;  ///< members that exist only
    bool ch = false;  ///< count moved members as well as new ones

    void append_to(detail::ArgumentList& words) const;
};

/// What GEOSEARCH looks for: around `member`, or else around a position; within `radius`, or else in a box.
struct GeoSearch {
    std::optional<std::string_view> member = std::nullopt;
    double longitude = 0;
    double latitude = 0;
    std::optional<double> radius = std::nullopt;
    double width = 0;
    double height = 0;
    GeoUnit unit = GeoUnit::m;
    std::optional<GeoSort> sort = std::nullopt;
    std::optional<long long> count = std::nullopt;
    bool any = false;  ///< the first `count` that are found, not the nearest

    void append_to(detail::ArgumentList& words) const;
};

/// Options of the GEORADIUS family.
struct GeoRadiusOptions {
    std::optional<long long> count = std::nullopt;
    bool any = false;  ///< the first `count` that are found, not the nearest
    std::optional<GeoSort> sort = std::nullopt;

    void append_to(detail::ArgumentList& words) const;
};

struct GeoStoreOptions {
    bool storedist = false;  ///< scores are distances, not positions

    void append_to(detail::ArgumentList& words) const;
};

/// A member found, with all that the server can say about it.
struct GeoMatch {
    std::string member;
    double distance = 0;
    long long hash = 0;
    GeoPosition position;

    friend bool operator==(GeoMatch const&, GeoMatch const&) = default;
};

namespace detail {

template <>
struct Decoder<GeoPosition> : PairDecoder<GeoPosition, double, double> {};
template <>
Result<GeoMatch> Decoder<GeoMatch>::decode(ReplyView reply);

}  // namespace detail

/// Places on earth, kept in sorted sets. Distances are in the unit that the call names.
template <class Face>
class GeoCommands {
public:
    /// How many of the members are new (with ch: new or moved).
    decltype(auto) geoadd(std::string_view key, ListOf<GeoMember> const& members,
                          detail::TokenLike auto... token) {
        return detail::call<"GEOADD", long long>(*this, {key, members}, std::move(token)...);
    }
    decltype(auto) geoadd(std::string_view key, ListOf<GeoMember> const& members,
                          GeoAddOptions const& options, detail::TokenLike auto... token) {
        return detail::call<"GEOADD", long long>(*this, {key, options, members},
                                                 std::move(token)...);
    }

    /// nullopt if one of the two does not exist.
    decltype(auto) geodist(std::string_view key, std::string_view member_a,
                           std::string_view member_b, detail::TokenLike auto... token) {
        return detail::call<"GEODIST", std::optional<double>>(*this, {key, member_a, member_b},
                                                              std::move(token)...);
    }
    decltype(auto) geodist(std::string_view key, std::string_view member_a,
                           std::string_view member_b, GeoUnit unit,
                           detail::TokenLike auto... token) {
        return detail::call<"GEODIST", std::optional<double>>(
            *this, {key, member_a, member_b, unit}, std::move(token)...);
    }

    /// One geohash string per member, in their order.
    decltype(auto) geohash(std::string_view key, Words const& members,
                           detail::TokenLike auto... token) {
        return detail::call<"GEOHASH", std::vector<std::optional<std::string>>>(
            *this, {key, members}, std::move(token)...);
    }

    /// One position per member, in their order.
    decltype(auto) geopos(std::string_view key, Words const& members,
                          detail::TokenLike auto... token) {
        return detail::call<"GEOPOS", std::vector<std::optional<GeoPosition>>>(
            *this, {key, members}, std::move(token)...);
    }
    decltype(auto) geosearch(std::string_view key, GeoSearch const& search,
                             detail::TokenLike auto... token) {
        return detail::call<"GEOSEARCH", std::vector<std::string>>(*this, {key, search},
                                                                   std::move(token)...);
    }

    /// With distance, hash and position.
    decltype(auto) geosearch_details(std::string_view key, GeoSearch const& search,
                                     detail::TokenLike auto... token) {
        return detail::call<"GEOSEARCH", std::vector<GeoMatch>>(
            *this, {key, search, "WITHCOORD", "WITHDIST", "WITHHASH"}, std::move(token)...);
    }

    /// Stores them in a sorted set of the same slot: how many.
    decltype(auto) geosearchstore(std::string_view destination, std::string_view source,
                                  GeoSearch const& search, detail::TokenLike auto... token) {
        return detail::call<"GEOSEARCHSTORE", long long>(*this, {destination, source, search},
                                                         std::move(token)...);
    }
    decltype(auto) geosearchstore(std::string_view destination, std::string_view source,
                                  GeoSearch const& search, GeoStoreOptions const& options,
                                  detail::TokenLike auto... token) {
        return detail::call<"GEOSEARCHSTORE", long long>(
            *this, {destination, source, search, options}, std::move(token)...);
    }

    /// The old form of geosearch.
    decltype(auto) georadius(std::string_view key, double longitude, double latitude, double radius,
                             GeoUnit unit, detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS", std::vector<std::string>>(
            *this, {key, longitude, latitude, radius, unit}, std::move(token)...);
    }
    decltype(auto) georadius(std::string_view key, double longitude, double latitude, double radius,
                             GeoUnit unit, GeoRadiusOptions const& options,
                             detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS", std::vector<std::string>>(
            *this, {key, longitude, latitude, radius, unit, options}, std::move(token)...);
    }
    decltype(auto) georadius_details(std::string_view key, double longitude, double latitude,
                                     double radius, GeoUnit unit, detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS", std::vector<GeoMatch>>(
            *this, {key, longitude, latitude, radius, unit, "WITHCOORD", "WITHDIST", "WITHHASH"},
            std::move(token)...);
    }
    decltype(auto) georadius_details(std::string_view key, double longitude, double latitude,
                                     double radius, GeoUnit unit, GeoRadiusOptions const& options,
                                     detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS", std::vector<GeoMatch>>(
            *this,
            {key, longitude, latitude, radius, unit, "WITHCOORD", "WITHDIST", "WITHHASH", options},
            std::move(token)...);
    }

    /// Stores them in `destination`, of the same slot: how many.
    decltype(auto) georadius_store(std::string_view key, std::string_view destination,
                                   double longitude, double latitude, double radius, GeoUnit unit,
                                   detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS", long long>(
            *this, {key, longitude, latitude, radius, unit, "STORE", destination},
            std::move(token)...);
    }
    decltype(auto) georadius_store(std::string_view key, std::string_view destination,
                                   double longitude, double latitude, double radius, GeoUnit unit,
                                   GeoRadiusOptions const& options,
                                   detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS", long long>(
            *this, {key, longitude, latitude, radius, unit, options, "STORE", destination},
            std::move(token)...);
    }
    decltype(auto) georadius_ro(std::string_view key, double longitude, double latitude,
                                double radius, GeoUnit unit, detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS_RO", std::vector<std::string>>(
            *this, {key, longitude, latitude, radius, unit}, std::move(token)...);
    }
    decltype(auto) georadius_ro(std::string_view key, double longitude, double latitude,
                                double radius, GeoUnit unit, GeoRadiusOptions const& options,
                                detail::TokenLike auto... token) {
        return detail::call<"GEORADIUS_RO", std::vector<std::string>>(
            *this, {key, longitude, latitude, radius, unit, options}, std::move(token)...);
    }
    decltype(auto) georadiusbymember(std::string_view key, std::string_view member, double radius,
                                     GeoUnit unit, detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER", std::vector<std::string>>(
            *this, {key, member, radius, unit}, std::move(token)...);
    }
    decltype(auto) georadiusbymember(std::string_view key, std::string_view member, double radius,
                                     GeoUnit unit, GeoRadiusOptions const& options,
                                     detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER", std::vector<std::string>>(
            *this, {key, member, radius, unit, options}, std::move(token)...);
    }
    decltype(auto) georadiusbymember_details(std::string_view key, std::string_view member,
                                             double radius, GeoUnit unit,
                                             detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER", std::vector<GeoMatch>>(
            *this, {key, member, radius, unit, "WITHCOORD", "WITHDIST", "WITHHASH"},
            std::move(token)...);
    }
    decltype(auto) georadiusbymember_details(std::string_view key, std::string_view member,
                                             double radius, GeoUnit unit,
                                             GeoRadiusOptions const& options,
                                             detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER", std::vector<GeoMatch>>(
            *this, {key, member, radius, unit, "WITHCOORD", "WITHDIST", "WITHHASH", options},
            std::move(token)...);
    }
    decltype(auto) georadiusbymember_store(std::string_view key, std::string_view destination,
                                           std::string_view member, double radius, GeoUnit unit,
                                           detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER", long long>(
            *this, {key, member, radius, unit, "STORE", destination}, std::move(token)...);
    }
    decltype(auto) georadiusbymember_store(std::string_view key, std::string_view destination,
                                           std::string_view member, double radius, GeoUnit unit,
                                           GeoRadiusOptions const& options,
                                           detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER", long long>(
            *this, {key, member, radius, unit, options, "STORE", destination}, std::move(token)...);
    }
    decltype(auto) georadiusbymember_ro(std::string_view key, std::string_view member,
                                        double radius, GeoUnit unit,
                                        detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER_RO", std::vector<std::string>>(
            *this, {key, member, radius, unit}, std::move(token)...);
    }
    decltype(auto) georadiusbymember_ro(std::string_view key, std::string_view member,
                                        double radius, GeoUnit unit,
                                        GeoRadiusOptions const& options,
                                        detail::TokenLike auto... token) {
        return detail::call<"GEORADIUSBYMEMBER_RO", std::vector<std::string>>(
            *this, {key, member, radius, unit, options}, std::move(token)...);
    }
};

}  // namespace keyslot
