#pragma once

#include "simulator/faults/field.hpp"

#include <keyslot/sim/fault_spec.hpp>

/// The faults, described.
namespace keyslot::sim {

template <>
struct Words<FailoverMode> {
    static constexpr std::string_view name = "mode";
    static constexpr std::array<std::string_view, 3> value{"graceful", "force", "takeover"};
};

template <>
struct Words<MigrationStep> {
    static constexpr std::string_view name = "step";
    static constexpr std::array<std::string_view, 6> value{
        "importing", "migrating", "keys", "node_target", "node_source", "node_others"};
};

template <>
struct Words<NameFailure> {
    static constexpr std::string_view name = "failure";
    static constexpr std::array<std::string_view, 2> value{"not_found", "timeout"};
};

template <>
struct Description<Migrate> {
    static constexpr std::string_view name = "migrate";
    static constexpr std::tuple fields{
        Field{"slots", &Migrate::slots, Need::required},
        Field{"to", &Migrate::to, Need::required},
        Field{"keys_per_step", &Migrate::keys_per_step, Need::optional, count(1, 100'000)},
        Field{"stall_after_keys", &Migrate::stall_after_keys, Need::optional,
              count(0, 1'000'000'000)},
        Field{"stall_at", &Migrate::stall_at},
        Field{"resume_after", &Migrate::resume_after, Need::optional, any_time},
        Field{"abort_after_keys", &Migrate::abort_after_keys, Need::optional,
              count(0, 1'000'000'000)},
        Field{"abort_at", &Migrate::abort_at}};
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
struct Description<Flap> {
    static constexpr std::string_view name = "flap";
    static constexpr std::tuple fields{
        Field{"from", &Flap::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &Flap::to, Need::required, Limits{}, Hosts::any},
        Field{"down", &Flap::down, Need::required, patience},
        Field{"up", &Flap::up, Need::required, patience},
        Field{"one_way", &Flap::one_way},
        Field{"for", &Flap::duration, Need::optional, any_time}};
};

template <>
struct Description<Swizzle> {
    static constexpr std::string_view name = "swizzle";
    static constexpr std::tuple fields{
        Field{"hosts", &Swizzle::hosts, Need::required, Limits{}, Hosts::any},
        Field{"over", &Swizzle::over, Need::required, any_time},
        Field{"hold", &Swizzle::hold, Need::optional, any_time}};
};

template <>
struct Description<Slow> {
    static constexpr std::string_view name = "slow";
    static constexpr std::tuple fields{Field{"node", &Slow::node, Need::required},
                                       Field{"per_command", &Slow::per_command, Need::required,
                                             time(Duration{}, std::chrono::minutes{1})},
                                       Field{"for", &Slow::duration, Need::optional, any_time}};
};

template <>
struct Description<SkewClock> {
    static constexpr std::string_view name = "skew_clock";
    static constexpr Limits rates = count(-900'000, 10'000'000);
    static constexpr std::tuple fields{
        Field{"node", &SkewClock::node, Need::required},
        Field{"rate_ppm", &SkewClock::rate_ppm, Need::optional, rates},
        Field{"wall_rate_ppm", &SkewClock::wall_rate_ppm, Need::optional, rates},
        Field{"offset", &SkewClock::offset, Need::optional, any_time},
        Field{"wall_offset", &SkewClock::wall_offset, Need::optional,
              time(-std::chrono::hours{24}, std::chrono::hours{24})},
        Field{"for", &SkewClock::duration, Need::optional, any_time}};
};

template <>
struct Description<StaleView> {
    static constexpr std::string_view name = "stale_view";
    static constexpr std::tuple fields{
        Field{"node", &StaleView::node, Need::required},
        Field{"for", &StaleView::duration, Need::optional, any_time}};
};

template <>
struct Description<Lag> {
    static constexpr std::string_view name = "lag";
    static constexpr std::tuple fields{Field{"node", &Lag::node, Need::required},
                                       Field{"delay", &Lag::delay, Need::optional, any_time},
                                       Field{"for", &Lag::duration, Need::optional, any_time}};
};

template <>
struct Description<ChangeAddress> {
    static constexpr std::string_view name = "change_address";
    static constexpr std::tuple fields{Field{"node", &ChangeAddress::node, Need::required},
                                       Field{"ip", &ChangeAddress::ip, Need::required}};
};

template <>
struct Description<FailName> {
    static constexpr std::string_view name = "fail_name";
    static constexpr std::tuple fields{Field{"names", &FailName::names, Need::required},
                                       Field{"how", &FailName::how},
                                       Field{"for", &FailName::duration, Need::optional, any_time}};
};

template <>
struct Description<CutStream> {
    static constexpr std::string_view name = "cut_stream";
    static constexpr std::tuple fields{
        Field{"from", &CutStream::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &CutStream::to, Need::required, Limits{}, Hosts::any},
        Field{"after_replies", &CutStream::after_replies, Need::optional, count(0, 1'000'000'000)},
        Field{"after_bytes", &CutStream::after_bytes, Need::optional, count(0, 1'000'000'000)},
        Field{"streams", &CutStream::streams, Need::optional, count(1, 1'000'000)},
        Field{"for", &CutStream::duration, Need::optional, any_time}};
};

template <>
struct Description<DropIdle> {
    static constexpr std::string_view name = "drop_idle";
    static constexpr std::tuple fields{
        Field{"from", &DropIdle::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &DropIdle::to, Need::required, Limits{}, Hosts::any},
        Field{"after", &DropIdle::after, Need::required, any_time},
        Field{"reset", &DropIdle::reset},
        Field{"for", &DropIdle::duration, Need::optional, any_time}};
};

template <>
struct Description<RefuseConnects> {
    static constexpr std::string_view name = "refuse_connects";
    static constexpr std::tuple fields{
        Field{"from", &RefuseConnects::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &RefuseConnects::to, Need::required, Limits{}, Hosts::any},
        Field{"for", &RefuseConnects::duration, Need::optional, any_time}};
};

template <>
struct Description<BlackHoleConnects> {
    static constexpr std::string_view name = "black_hole_connects";
    static constexpr std::tuple fields{
        Field{"from", &BlackHoleConnects::from, Need::required, Limits{}, Hosts::any},
        Field{"to", &BlackHoleConnects::to, Need::required, Limits{}, Hosts::any},
        Field{"for", &BlackHoleConnects::duration, Need::optional, any_time}};
};

template <>
struct Description<Forget> {
    static constexpr std::string_view name = "forget";
    static constexpr std::tuple fields{
        Field{"node", &Forget::node, Need::required}, Field{"by", &Forget::by},
        Field{"rejoin_after", &Forget::rejoin_after, Need::optional, any_time}};
};

template <>
struct Description<ResetNode> {
    static constexpr std::string_view name = "reset_node";
    static constexpr std::tuple fields{
        Field{"node", &ResetNode::node, Need::required}, Field{"hard", &ResetNode::hard},
        Field{"rejoin_after", &ResetNode::rejoin_after, Need::optional, any_time}};
};

template <>
struct Description<Meet> {
    static constexpr std::string_view name = "meet";
    static constexpr std::tuple fields{Field{"node", &Meet::node, Need::required},
                                       Field{"with", &Meet::with, Need::required}};
};

template <>
struct Description<ConfigSet> {
    static constexpr std::string_view name = "config_set";
    static constexpr std::tuple fields{
        Field{"node", &ConfigSet::node, Need::required},
        Field{"parameter", &ConfigSet::parameter, Need::required},
        Field{"value", &ConfigSet::value, Need::required},
        Field{"for", &ConfigSet::duration, Need::optional, any_time}};
};

template <>
struct Description<ForgeReply> {
    static constexpr std::string_view name = "forge_reply";
    static constexpr std::tuple fields{
        Field{"node", &ForgeReply::node},
        Field{"from", &ForgeReply::from, Need::optional, Limits{}, Hosts::any},
        Field{"connection", &ForgeReply::connection},
        Field{"command", &ForgeReply::command},
        Field{"nth", &ForgeReply::nth, Need::optional, count(1, 1'000'000'000)},
        Field{"times", &ForgeReply::times, Need::optional, count(1, 1'000'000'000)},
        Field{"error", &ForgeReply::error},
        Field{"reply", &ForgeReply::reply},
        Field{"execute", &ForgeReply::execute},
        Field{"close", &ForgeReply::close},
        Field{"for", &ForgeReply::duration, Need::optional, any_time}};
};

template <>
struct Description<Push> {
    static constexpr std::string_view name = "push";
    static constexpr std::tuple fields{Field{"node", &Push::node, Need::required},
                                       Field{"to", &Push::to, Need::required, Limits{}, Hosts::any},
                                       Field{"bytes", &Push::bytes, Need::required}};
};

template <class Variant>
struct AlternativeNames;
template <class... Ts>
struct AlternativeNames<std::variant<Ts...>> {
    static constexpr std::array<std::string_view, sizeof...(Ts)> value{Description<Ts>::name...};
};
/// The names of all faults, in the order of the variant.
inline constexpr auto fault_names = AlternativeNames<FaultSpec>::value;

}  // namespace keyslot::sim
