#pragma once

#include "simulator/faults/fault_fields.hpp"

#include <keyslot/sim/scenario.hpp>

/// Scenarios, described.
namespace keyslot::sim {

template <>
struct Words<SlotLayout> {
    static constexpr std::string_view name = "slots";
    static constexpr std::array<std::string_view, 3> value{"even", "uneven", "scattered"};
};

template <>
struct Words<EndpointType> {
    static constexpr std::string_view name = "endpoints";
    static constexpr std::array<std::string_view, 3> value{"ip", "hostname", "unknown_endpoint"};
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
        Field{"require_full_coverage", &Topology::require_full_coverage},
        Field{"slots", &Topology::slots},
        Field{"endpoints", &Topology::endpoints},
        Field{"neighbour_masters", &Topology::neighbour_masters, Need::optional, count(0, 100)}};
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
        Field{"repeatable_writes", &ClientSettings::repeatable_writes},
        Field{"read_from_replicas", &ClientSettings::read_from_replicas}};
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
                                       Field{"mset", &Mix::mset, Need::optional, share},
                                       Field{"script", &Mix::script, Need::optional, share},
                                       Field{"push", &Mix::push, Need::optional, share},
                                       Field{"pop", &Mix::pop, Need::optional, share},
                                       Field{"batch", &Mix::batch, Need::optional, share},
                                       Field{"multi", &Mix::multi, Need::optional, share},
                                       Field{"watch", &Mix::watch, Need::optional, share},
                                       Field{"publish", &Mix::publish, Need::optional, share},
                                       Field{"spublish", &Mix::spublish, Need::optional, share}};
};

template <>
struct Description<Subscribers> {
    static constexpr std::string_view name = "subscribers";
    static constexpr Limits each = count(0, 1000);
    static constexpr std::tuple fields{
        Field{"count", &Subscribers::count, Need::optional, count(0, 10'000)},
        Field{"topics", &Subscribers::topics, Need::optional, count(1, 100'000)},
        Field{"channels", &Subscribers::channels, Need::optional, each},
        Field{"patterns", &Subscribers::patterns, Need::optional, count(0, 4)},
        Field{"shard_channels", &Subscribers::shard_channels, Need::optional, each},
        Field{"changes", &Subscribers::changes, Need::optional, each}};
};

template <>
struct Description<Workload> {
    static constexpr std::string_view name = "workload";
    static constexpr std::tuple fields{
        Field{"clients", &Workload::clients, Need::optional, count(1, 10'000)},
        Field{"keys", &Workload::keys, Need::optional, count(1, 10'000'000)},
        Field{"hash_tags", &Workload::hash_tags, Need::optional, count(0, 16'384)},
        Field{"hot", &Workload::hot, Need::optional, count(0, 1000)},
        Field{"mix", &Workload::mix},
        Field{"rate", &Workload::rate},
        Field{"for", &Workload::duration, Need::optional,
              time(std::chrono::milliseconds{1}, std::chrono::hours{24})},
        Field{"calls_max", &Workload::calls_max, Need::optional, count(0, 1'000'000'000)},
        Field{"pipeline", &Workload::pipeline, Need::optional, count(1, 10'000)},
        Field{"value_size", &Workload::value_size, Need::optional, count(0, 16'000'000)},
        Field{"cancel", &Workload::cancel, Need::optional, count(0, 1000)},
        Field{"close", &Workload::close},
        Field{"subscribers", &Workload::subscribers}};
};

template <>
struct Words<NodeState> {
    static constexpr std::string_view name = "state";
    static constexpr std::array<std::string_view, 4> value{"master", "replica", "ok", "fail"};
};

template <>
struct Description<Trigger> {
    static constexpr std::string_view name = "on";
    static constexpr std::tuple fields{
        Field{"received", &Trigger::received},
        Field{"answered", &Trigger::answered},
        Field{"after", &Trigger::after},
        Field{"connected", &Trigger::connected},
        Field{"becomes", &Trigger::becomes},
        Field{"step", &Trigger::step},
        Field{"started", &Trigger::started},
        Field{"ended", &Trigger::ended},
        Field{"node", &Trigger::node},
        Field{"from", &Trigger::from, Need::optional, Limits{}, Hosts::any},
        Field{"nth", &Trigger::nth, Need::optional, count(1, 1'000'000'000)},
        Field{"delay", &Trigger::delay, Need::optional, any_time}};
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
                                             time(std::chrono::seconds{1}, std::chrono::hours{1})},
                                       Field{"stays_down", &Scenario::stays_down}};
};

}  // namespace keyslot::sim
