#pragma once

#include <keyslot/sim/scenario.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>

/// Each kind of value described once, as data: what its keys are called, which must be there and
/// what they may be. Reading, writing and every list in an error message come from here.
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

template <>
struct Description<Migrate> {
    static constexpr std::string_view name = "migrate";
    static constexpr std::tuple fields{
        Field{"slots", &Migrate::slots, Need::required}, Field{"to", &Migrate::to, Need::required},
        Field{"keys_per_step", &Migrate::keys_per_step, Need::optional, count(1, 100'000)},
        Field{"stall_after_keys", &Migrate::stall_after_keys, Need::optional,
              count(0, 1'000'000'000)},
        Field{"resume_after", &Migrate::resume_after, Need::optional, any_time}};
};

template <>
struct Description<Partition> {
    static constexpr std::string_view name = "partition";
    static constexpr std::tuple fields{
        Field{"from", &Partition::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &Partition::to, Need::required, Limits{}, Hosts::any},
        Field{"one_way", &Partition::one_way},
        Field{"for", &Partition::duration, Need::optional, any_time}};
};

template <>
struct Description<Crash> {
    static constexpr std::string_view name = "crash";
    static constexpr std::tuple fields{
        Field{"node", &Crash::node, Need::required},
        Field{"restart_after", &Crash::restart_after, Need::optional, any_time},
        Field{"keep_data", &Crash::keep_data}};
};

template <>
struct Description<Restart> {
    static constexpr std::string_view name = "restart";
    static constexpr std::tuple fields{Field{"node", &Restart::node, Need::required},
                                       Field{"keep_data", &Restart::keep_data}};
};

template <>
struct Description<Pause> {
    static constexpr std::string_view name = "pause";
    static constexpr std::tuple fields{Field{"node", &Pause::node, Need::required},
                                       Field{"for", &Pause::duration, Need::optional, any_time}};
};

template <>
struct Description<Resume> {
    static constexpr std::string_view name = "resume";
    static constexpr std::tuple fields{Field{"node", &Resume::node, Need::required}};
};

template <>
struct Description<Delay> {
    static constexpr std::string_view name = "delay";
    static constexpr Limits delays = time(Duration{}, std::chrono::minutes{1});
    static constexpr std::tuple fields{
        Field{"from", &Delay::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &Delay::to, Need::required, Limits{}, Hosts::any},
        Field{"delay", &Delay::delay, Need::required, delays},
        Field{"jitter", &Delay::jitter, Need::optional, delays},
        Field{"for", &Delay::duration, Need::optional, any_time}};
};

template <>
struct Description<Stall> {
    static constexpr std::string_view name = "stall";
    static constexpr std::tuple fields{
        Field{"from", &Stall::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &Stall::to, Need::required, Limits{}, Hosts::any},
        Field{"for", &Stall::duration, Need::optional, any_time}};
};

template <>
struct Description<Reset> {
    static constexpr std::string_view name = "reset";
    static constexpr std::tuple fields{
        Field{"from", &Reset::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &Reset::to, Need::required, Limits{}, Hosts::any}};
};

template <>
struct Description<ByteByByte> {
    static constexpr std::string_view name = "byte_by_byte";
    static constexpr std::tuple fields{
        Field{"from", &ByteByByte::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &ByteByByte::to, Need::required, Limits{}, Hosts::any},
        Field{"for", &ByteByByte::duration, Need::optional, any_time}};
};

template <>
struct Description<Failover> {
    static constexpr std::string_view name = "failover";
    static constexpr std::tuple fields{Field{"node", &Failover::node, Need::required},
                                       Field{"mode", &Failover::mode}};
};

template <>
struct Description<Heal> {
    static constexpr std::string_view name = "heal";
    static constexpr std::tuple<> fields{};
};

template <>
struct Description<Topology> {
    static constexpr std::string_view name = "cluster";
    static constexpr Limits latencies = time(Duration{}, std::chrono::seconds{10});
    static constexpr std::tuple fields{
        Field{"masters", &Topology::masters, Need::optional, count(1, 1000)},
        Field{"replicas_per_master", &Topology::replicas_per_master, Need::optional, count(0, 10)},
        Field{"node_timeout", &Topology::node_timeout, Need::optional,
              time(std::chrono::milliseconds{100}, std::chrono::minutes{1})},
        Field{"latency", &Topology::latency, Need::optional, latencies},
        Field{"jitter", &Topology::jitter, Need::optional, latencies},
        Field{"require_full_coverage", &Topology::require_full_coverage}};
};

template <>
struct Description<ClientSettings> {
    static constexpr std::string_view name = "client";
    static constexpr std::tuple fields{
        Field{"connect_timeout", &ClientSettings::connect_timeout, Need::optional, patience},
        Field{"attempt_timeout", &ClientSettings::attempt_timeout, Need::optional, patience},
        Field{"call_timeout", &ClientSettings::call_timeout, Need::optional, patience},
        Field{"redirects_max", &ClientSettings::redirects_max, Need::optional, count(0, 1000)},
        Field{"protocol", &ClientSettings::protocol, Need::optional, count(2, 3)},
        Field{"repeatable_writes", &ClientSettings::repeatable_writes}};
};

template <>
struct Description<Mix> {
    static constexpr std::string_view name = "mix";
    static constexpr Limits share = count(0, 1'000'000);
    static constexpr std::tuple fields{Field{"get", &Mix::get, Need::optional, share},
                                       Field{"set", &Mix::set, Need::optional, share},
                                       Field{"getset", &Mix::getset, Need::optional, share},
                                       Field{"del", &Mix::del, Need::optional, share},
                                       Field{"incr", &Mix::incr, Need::optional, share},
                                       Field{"append", &Mix::append, Need::optional, share},
                                       Field{"mget", &Mix::mget, Need::optional, share},
                                       Field{"mset", &Mix::mset, Need::optional, share}};
};

template <>
struct Description<Workload> {
    static constexpr std::string_view name = "workload";
    static constexpr std::tuple fields{
        Field{"clients", &Workload::clients, Need::optional, count(1, 10'000)},
        Field{"keys", &Workload::keys, Need::optional, count(1, 10'000'000)},
        Field{"hash_tags", &Workload::hash_tags, Need::optional, count(0, 16'384)},
        Field{"mix", &Workload::mix},
        Field{"rate", &Workload::rate},
        Field{"for", &Workload::duration, Need::optional,
              time(std::chrono::milliseconds{1}, std::chrono::hours{24})},
        Field{"pipeline", &Workload::pipeline, Need::optional, count(1, 10'000)},
        Field{"value_size", &Workload::value_size, Need::optional, count(0, 16'000'000)}};
};

template <>
struct Description<Scenario> {
    static constexpr std::string_view name = "scenario";
    static constexpr std::tuple fields{Field{"seed", &Scenario::seed},
                                       Field{"cluster", &Scenario::cluster},
                                       Field{"client", &Scenario::client},
                                       Field{"workload", &Scenario::workload},
                                       Field{"faults", &Scenario::faults},
                                       Field{"settle", &Scenario::settle, Need::optional,
                                             time(std::chrono::seconds{1}, std::chrono::hours{1})}};
};

/// The words of an enumeration, in its order.
inline constexpr std::array<std::string_view, 3> failover_modes{"graceful", "force", "takeover"};

/// The keys of a described type.
template <class T>
constexpr auto field_names() {
    return std::apply(
        [](auto const&... field) {
            return std::array<std::string_view, sizeof...(field)>{field.name...};
        },
        Description<T>::fields);
}

template <class Variant>
struct AlternativeNames;
template <class... Ts>
struct AlternativeNames<std::variant<Ts...>> {
    static constexpr std::array<std::string_view, sizeof...(Ts)> value{Description<Ts>::name...};
};
/// The names of all faults, in the order of the variant.
inline constexpr auto fault_names = AlternativeNames<FaultSpec>::value;

}  // namespace keyslot::sim
