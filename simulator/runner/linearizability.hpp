#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace keyslot::sim {

/// A moment: simulated time, and what the nodes did at the same time in its order.
struct Moment {
    std::int64_t time = 0;
    std::size_t place = 0;
    friend auto operator<=>(Moment const&, Moment const&) = default;
    static constexpr Moment never() {
        return {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::size_t>::max()};
    }
};

/// One operation on one string key.
struct KeyOperation {
    enum class Kind : std::uint8_t {
        set,
        get,
        getset,
        append,
        del,
        incr,
        forget,  ///< whatever the key was, it may be anything now
    };
    Kind kind{};
    Moment from, to;  ///< it took effect between them, if it did
    bool is_optional = false;  ///< it may never have taken effect
    std::string argument = {};
    bool is_answered = false;
    bool found = false;  ///< of get and getset: there was such a key, and it held `text`
    std::string text = {};
    std::int64_t number = 0;  ///< of append, del and incr
    std::size_t call = 0;
};

enum class Linearizable : std::uint8_t { yes, no, unknown };

struct LinearizabilityResult {
    Linearizable verdict = Linearizable::yes;
    std::size_t steps = 0;
    /// Of `no`: the operation that no order explains, the earliest to end of those that the longest one
    /// leaves over.
    std::size_t unexplained = 0;
};

/// Whether there is an order of the operations, one after the other, in which each takes effect within its
/// time and every answer is right, from a key that does not exist. A search as of Wing and Gong, which
/// with Lowe visits no set of operations with the same outcome twice. After `steps_max` steps the answer
/// is unknown.
LinearizabilityResult check_linearizable(std::vector<KeyOperation> operations,
                                         std::size_t steps_max);

}  // namespace keyslot::sim
