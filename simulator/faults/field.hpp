#pragma once

#include <keyslot/time.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>

/// Each kind of value is described once, as data: what its keys are called, which must be there and
/// what they may be. Reading, writing and every list in an error message come from there.
namespace keyslot::sim {

enum class Need : std::uint8_t { optional, required };
enum class Hosts : std::uint8_t { nodes, any };  ///< what a HostName may name here

struct Limits {
    std::int64_t low = 0;
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

template <class Owner, class Member>
struct Field {
    std::string_view name;
    Member Owner::* member;
    Need need = Need::optional;
    Limits limits{};
    Hosts hosts = Hosts::nodes;
};
template <class Owner, class Member, class... Rest>
Field(std::string_view, Member Owner::*, Rest...) -> Field<Owner, Member>;

constexpr Limits count(std::int64_t low, std::int64_t high) { return {low, high}; }
constexpr Limits time(Duration low, Duration high) { return {low.count(), high.count()}; }

inline constexpr Limits any_time = time(Duration{}, std::chrono::hours{24});
inline constexpr Limits patience = time(std::chrono::milliseconds{1}, std::chrono::hours{1});

template <class T>
struct Description;

/// The words that an enumeration is written in, in its order, and what one of them is called.
template <class E>
struct Words;

/// The keys of a described type.
template <class T>
constexpr auto field_names() {
    return std::apply(
        [](auto const&... field) {
            return std::array<std::string_view, sizeof...(field)>{field.name...};
        },
        Description<T>::fields);
}

}  // namespace keyslot::sim
