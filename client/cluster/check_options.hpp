#pragma once

#include <keyslot/options.hpp>

#include <string>

namespace keyslot::detail {

/// The options as the core takes them, host and port among the start-up nodes. Throws DataError that
/// names the first option that makes no sense.
ClusterOptions checked(ClusterOptions options);

/// Throws DataError with that text.
[[noreturn]] void refuse_options(std::string message);

}  // namespace keyslot::detail
