#pragma once

#include <keyslot/environment.hpp>

namespace keyslot::io {

inline constexpr char called_from_inside[] =
    "keyslot: a blocking call on the thread that serves the connections";
inline constexpr char ended_meanwhile[] = "keyslot: the environment ended during a blocking call";

/// The blocking wait for environments whose executor others run.
void block_on_other_threads(asio::any_io_executor const& executor,
                            UniqueFunction<void(Environment::Completion)> start);

}  // namespace keyslot::io
