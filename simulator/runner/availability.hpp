#pragma once

#include <keyslot/time.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// For how long at most no call to any of some shares of the slots succeeded.
class Availability {
public:
    struct Gap {
        Duration length{};
        Instant from{};
        std::string range;  ///< the name of the share: "5461-10922"
    };

    using Slots = std::vector<std::pair<std::uint16_t, std::uint16_t>>;

    /// From now on, each of these shares by itself; slots of none do not count.
    /// `outage_min`: how long a gap must be to be one of the outages.
    void begin(std::vector<Slots> const& shares, Instant now,
               Duration outage_min = std::chrono::milliseconds{500});
    void succeeded(std::uint16_t slot, Instant now);
    /// The longest gap so far, the one that is still open included.
    Gap worst(Instant now) const;
    /// Every share, with those of its gaps so far that lasted long enough, in order.
    struct Outages {
        std::string range;
        std::vector<Gap> gaps;
    };
    std::vector<Outages> outages(Instant now) const;

private:
    struct Range {
        std::string name;
        Instant last_success{};
        Gap worst;
        std::vector<Gap> outages;
    };
    static Gap gap(Range const& range, Instant now);
    static void note(Range const& range, Instant now, Gap& worst);

    Duration outage_min_{};
    std::vector<Range> ranges_;
    std::vector<std::uint16_t> range_of_;  // by slot; ranges_.size(): none
};

}  // namespace keyslot::sim
