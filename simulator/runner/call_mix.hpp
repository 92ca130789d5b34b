#pragma once

#include "simulator/kernel/random.hpp"

#include <keyslot/sim/scenario.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::sim {

/// Draws what a client calls next, by the shares of its scenario's mix.
class CallMix {
public:
    using Words = std::vector<std::string>;

    /// `values`: how many values have been given out so far, counted on; each is written once.
    CallMix(Workload const& workload, Random random, std::uint64_t& values)
        : workload_(&workload), random_(random), values_(&values) {}

    /// "get", "batch", ...: a field of Mix.
    std::string_view draw_kind();
    /// A call that is one command. `kind`: none of batch, multi and watch.
    Words draw_call(std::string_view kind);
    /// Writes to two keys, which must run in their order, with other calls in between.
    std::vector<Words> draw_batch();
    /// For MULTI and EXEC: keys of one slot, one of which is read after it is written.
    std::vector<Words> draw_transaction();
    /// "tally:N"
    std::string draw_tally();
    /// "news:N" or, of a shard, "shard:{user:N}", in the slot of user:N.
    static std::string topic(Workload const& workload, bool of_shard, std::uint64_t number);
    /// "user:7/123", padded to the workload's value_size: no other call writes it.
    std::string unique_value(std::string_view key);

private:
    std::string draw_number();
    Words draw_message(bool of_shard);
    std::string_view draw_plain_kind();

    Workload const* workload_;
    Random random_;
    std::uint64_t* values_;
};

/// The key that a call is about: the first one of its command.
std::string const& key_of(CallMix::Words const& words);

}  // namespace keyslot::sim
