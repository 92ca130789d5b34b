#include "simulator/runner/availability.hpp"

#include <algorithm>

namespace keyslot::sim {

void Availability::begin(std::vector<std::uint16_t> last_slots, Instant now, Duration outage_min) {
    outage_min_ = outage_min;
    ranges_.clear();
    std::uint16_t first = 0;
    for (std::uint16_t const last : last_slots) {
        ranges_.push_back({first, last, now, {}, {}});
        first = static_cast<std::uint16_t>(last + 1);
    }
}

Availability::Gap Availability::gap(Range const& range, Instant now) {
    return {now - range.last_success, range.last_success,
            std::to_string(range.first) + '-' + std::to_string(range.last)};
}

void Availability::note(Range const& range, Instant now, Gap& worst) {
    if (now - range.last_success > worst.length) {
        worst = gap(range, now);
    }
}

void Availability::succeeded(std::uint16_t slot, Instant now) {
    auto const range = std::find_if(ranges_.begin(), ranges_.end(),
                                    [slot](Range const& r) { return slot <= r.last; });
    if (range != ranges_.end()) {
        note(*range, now, range->worst);
        if (now - range->last_success >= outage_min_) {
            range->outages.push_back(gap(*range, now));
        }
        range->last_success = now;
    }
}

Availability::Gap Availability::worst(Instant now) const {
    Gap worst;
    for (Range const& range : ranges_) {
        if (range.worst.length > worst.length) {
            worst = range.worst;
        }
        note(range, now, worst);
    }
    return worst;
}

std::vector<Availability::Outages> Availability::outages(Instant now) const {
    std::vector<Outages> result;
    for (Range const& range : ranges_) {
        Gap const open = gap(range, now);
        result.push_back({open.range, range.outages});
        if (open.length >= outage_min_) {
            result.back().gaps.push_back(open);
        }
    }
    return result;
}

}  // namespace keyslot::sim
