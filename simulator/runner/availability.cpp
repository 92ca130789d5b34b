#include "simulator/runner/availability.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {

constexpr std::size_t slot_count = 16384;

/// "5461-10922"; of many ranges the first, and that there are more.
std::string name_of(Availability::Slots const& slots) {
    auto const& [first, last] = slots.front();
    std::string name = std::to_string(first) + '-' + std::to_string(last);
    return slots.size() == 1 ? name : name + " ...";
}

}  // namespace

void Availability::begin(std::vector<Slots> const& shares, Instant now, Duration outage_min) {
    outage_min_ = outage_min;
    ranges_.clear();
    range_of_.assign(slot_count, static_cast<std::uint16_t>(shares.size()));
    for (Slots const& share : shares) {
        for (auto const& [first, last] : share) {
            std::fill(range_of_.begin() + first, range_of_.begin() + last + 1,
                      static_cast<std::uint16_t>(ranges_.size()));
        }
        ranges_.push_back({name_of(share), now, {}, {}});
    }
}

Availability::Gap Availability::gap(Range const& range, Instant now) {
    return {now - range.last_success, range.last_success, range.name};
}

void Availability::note(Range const& range, Instant now, Gap& worst) {
    if (now - range.last_success > worst.length) {
        worst = gap(range, now);
    }
}

void Availability::succeeded(std::uint16_t slot, Instant now) {
    if (range_of_.empty() || range_of_[slot] == ranges_.size()) {
        return;
    }
    Range& range = ranges_[range_of_[slot]];
    note(range, now, range.worst);
    if (now - range.last_success >= outage_min_) {
        range.outages.push_back(gap(range, now));
    }
    range.last_success = now;
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
