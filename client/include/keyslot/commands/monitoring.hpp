#pragma once

#include <keyslot/commands/common.hpp>
#include <keyslot/detail/command_family.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot {

struct SlowlogEntry {
    long long id = 0;
    std::chrono::sys_seconds start_time{};
    std::chrono::microseconds duration{};
    std::vector<std::string> command;
    std::string client_address;
    std::string client_name;
};

struct LatencySample {
    std::chrono::sys_seconds time{};
    std::chrono::milliseconds latency{};

    friend bool operator==(LatencySample const&, LatencySample const&) = default;
};

struct LatencyEvent {
    std::string event;
    std::chrono::sys_seconds time{};
    std::chrono::milliseconds latest{};
    std::chrono::milliseconds all_time_max{};
};

/// How many calls took up to so long.
struct LatencyHistogram {
    long long calls = 0;
    std::vector<std::pair<std::chrono::microseconds, long long>> buckets;

    friend bool operator==(LatencyHistogram const&, LatencyHistogram const&) = default;
};

struct MemoryUsageOptions {
    std::optional<long long> samples = std::nullopt;  ///< of nested elements; 0: all

    void append_to(detail::ArgumentList& words) const;
};

namespace detail {

template <>
Result<SlowlogEntry> Decoder<SlowlogEntry>::decode(ReplyView reply);
template <>
struct Decoder<LatencySample>
    : PairDecoder<LatencySample, std::chrono::sys_seconds, std::chrono::milliseconds> {};
template <>
Result<LatencyEvent> Decoder<LatencyEvent>::decode(ReplyView reply);
template <>
Result<LatencyHistogram> Decoder<LatencyHistogram>::decode(ReplyView reply);

}  // namespace detail

/// What a node remembers of slow commands, latency and memory.
template <class Face>
class MonitoringCommands {
public:
    /// The newest first; 10 of them, or `count` (-1: all).
    decltype(auto) slowlog_get(detail::TokenLike auto... token) {
        return detail::call<"SLOWLOG GET", std::vector<SlowlogEntry>>(*this, {},
                                                                      std::move(token)...);
    }
    decltype(auto) slowlog_get(long long count, detail::TokenLike auto... token) {
        return detail::call<"SLOWLOG GET", std::vector<SlowlogEntry>>(*this, {count},
                                                                      std::move(token)...);
    }
    decltype(auto) slowlog_len(detail::TokenLike auto... token) {
        return detail::call<"SLOWLOG LEN", long long>(*this, {}, std::move(token)...);
    }
    decltype(auto) slowlog_reset(detail::TokenLike auto... token) {
        return detail::call<"SLOWLOG RESET", bool>(*this, {}, std::move(token)...);
    }

    /// Advice in words.
    decltype(auto) latency_doctor(detail::TokenLike auto... token) {
        return detail::call<"LATENCY DOCTOR", std::string>(*this, {}, std::move(token)...);
    }

    /// A drawing in ASCII.
    decltype(auto) latency_graph(std::string_view event, detail::TokenLike auto... token) {
        return detail::call<"LATENCY GRAPH", std::string>(*this, {event}, std::move(token)...);
    }

    /// By command: all that were called.
    decltype(auto) latency_histogram(detail::TokenLike auto... token) {
        return detail::call<"LATENCY HISTOGRAM",
                            std::vector<std::pair<std::string, LatencyHistogram>>>(
            *this, {}, std::move(token)...);
    }
    decltype(auto) latency_histogram(Words const& commands, detail::TokenLike auto... token) {
        return detail::call<"LATENCY HISTOGRAM",
                            std::vector<std::pair<std::string, LatencyHistogram>>>(
            *this, {commands}, std::move(token)...);
    }
    decltype(auto) latency_history(std::string_view event, detail::TokenLike auto... token) {
        return detail::call<"LATENCY HISTORY", std::vector<LatencySample>>(*this, {event},
                                                                           std::move(token)...);
    }

    /// The latest spike of each event.
    decltype(auto) latency_latest(detail::TokenLike auto... token) {
        return detail::call<"LATENCY LATEST", std::vector<LatencyEvent>>(*this, {},
                                                                         std::move(token)...);
    }

    /// How many events were forgotten: all, or those.
    decltype(auto) latency_reset(detail::TokenLike auto... token) {
        return detail::call<"LATENCY RESET", long long>(*this, {}, std::move(token)...);
    }
    decltype(auto) latency_reset(Words const& events, detail::TokenLike auto... token) {
        return detail::call<"LATENCY RESET", long long>(*this, {events}, std::move(token)...);
    }

    /// Advice in words.
    decltype(auto) memory_doctor(detail::TokenLike auto... token) {
        return detail::call<"MEMORY DOCTOR", std::string>(*this, {}, std::move(token)...);
    }
    decltype(auto) memory_malloc_stats(detail::TokenLike auto... token) {
        return detail::call<"MEMORY MALLOC-STATS", std::string>(*this, {}, std::move(token)...);
    }

    /// Gives memory back to the system.
    decltype(auto) memory_purge(detail::TokenLike auto... token) {
        return detail::call<"MEMORY PURGE", bool>(*this, {}, std::move(token)...);
    }

    /// Names and values, some of them lists in turn.
    decltype(auto) memory_stats(detail::TokenLike auto... token) {
        return detail::call<"MEMORY STATS", std::vector<std::pair<std::string, Reply>>>(
            *this, {}, std::move(token)...);
    }

    /// Bytes that a key takes; nullopt if it does not exist.
    decltype(auto) memory_usage(std::string_view key, detail::TokenLike auto... token) {
        return detail::call<"MEMORY USAGE", std::optional<long long>>(*this, {key},
                                                                      std::move(token)...);
    }
    decltype(auto) memory_usage(std::string_view key, MemoryUsageOptions const& options,
                                detail::TokenLike auto... token) {
        return detail::call<"MEMORY USAGE", std::optional<long long>>(*this, {key, options},
                                                                      std::move(token)...);
    }
};

}  // namespace keyslot
