#pragma once

#include <keyslot/time.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace keyslot::sim {

/// For how long at most no call to any of some ranges of slots succeeded.
class Availability {
public:
    struct Gap {
        Duration length{};
        Instant from{};
        std::string range;  ///< "5461-10922"
    };

    /// From now on; each range ends with its slot.
    void begin(std::vector<std::uint16_t> last_slots, Instant now);
    void succeeded(std::uint16_t slot, Instant now);
    /// The longest gap so far, the one that is still open included.
    Gap worst(Instant now) const;

private:
    struct Range {
        std::uint16_t first = 0, last = 0;
        Instant last_success{};
        Gap worst;
    };
    static void note(Range const& range, Instant now, Gap& worst);

    std::vector<Range> ranges_;
};

}  // namespace keyslot::sim
