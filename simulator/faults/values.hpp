#pragma once

#include <keyslot/sim/scenario.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Why a text is not the value that was expected; empty: it is.
struct ValueProblem {
    std::string what, allowed;
};

/// "500ms", "1.5s", "2m": a number of ns, us, ms, s, m or h.
std::optional<Duration> parse_duration(std::string_view text, ValueProblem& problem);
/// The largest unit that needs no fraction: "1500ms", "2s".
std::string print_duration(Duration duration);

/// "500/s": a number per ms, s, m or h.
std::optional<Rate> parse_rate(std::string_view text, ValueProblem& problem);
std::string print_rate(Rate const& rate);

/// "7" or "0-1000"
std::optional<SlotSpan> parse_slots(std::string_view text, ValueProblem& problem);
std::string print_slots(SlotSpan const& slots);

std::optional<std::uint64_t> parse_unsigned(std::string_view text);
std::optional<std::int64_t> parse_signed(std::string_view text);
bool is_ipv4(std::string_view text);

/// A HostName taken apart.
struct HostTarget {
    enum class Kind : std::uint8_t { node, owner, client, all_clients, that_node, that_client };
    Kind kind = Kind::node;
    int replica_of = 0;        ///< how many "replica of" stand before it
    std::uint32_t number = 0;  ///< node, client: from 1
    std::string key;           ///< owner
};
/// nullopt: no such form of name.
std::optional<HostTarget> parse_host(std::string_view text);

/// The word of `words` that `word` was probably meant to be; empty: none is near.
std::string_view nearest(std::string_view word, std::span<std::string_view const> words);
std::string quoted(std::string_view text);
/// "did you mean 'x'? allowed: x, y, z"
std::string did_you_mean(std::string_view word, std::span<std::string_view const> words);
/// "a, b, c"
std::string join(std::span<std::string_view const> words);

}  // namespace keyslot::sim
