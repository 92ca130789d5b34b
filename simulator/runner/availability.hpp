#pragma once

#include <keyslot/time.hpp>

#include <chrono>
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
    /// `outage_min`: how long a gap must be to be one of the outages.
    void begin(std::vector<std::uint16_t> last_slots, Instant now,
               Duration outage_min = std::chrono::milliseconds{500});
    void succeeded(std::uint16_t slot, Instant now);
    /// The longest gap so far, the one that is still open included.
    Gap worst(Instant now) const;
    /// Every range, with those of its gaps so far that lasted long enough, in order.
    struct Outages {
        std::string range;
        std::vector<Gap> gaps;
    };
    std::vector<Outages> outages(Instant now) const;

private:
    struct Range {
        std::uint16_t first = 0, last = 0;
        Instant last_success{};
        Gap worst;
        std::vector<Gap> outages;
    };
    static Gap gap(Range const& range, Instant now);
    static void note(Range const& range, Instant now, Gap& worst);

    Duration outage_min_{};
    std::vector<Range> ranges_;
};

}  // namespace keyslot::sim
