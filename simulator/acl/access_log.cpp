#include "simulator/acl/access_log.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace keyslot::sim {

namespace {

constexpr std::int64_t grouped_for_ms = 60'000;
constexpr std::size_t looked_back = 10;  // entries further down are not grouped with

}  // namespace

void AccessLog::add(Entry entry, std::size_t entries_max) {
    auto const recent =
        entries_.begin() + static_cast<std::ptrdiff_t>(std::min(looked_back, entries_.size()));
    auto const same = std::find_if(entries_.begin(), recent, [&](Entry const& known) {
        return known.reason == entry.reason && known.context == entry.context &&
               known.object == entry.object && known.user == entry.user &&
               entry.at_ms - known.at_ms <= grouped_for_ms;
    });
    if (same != recent) {
        entry.count = same->count + 1;
        entries_.erase(same);
    }
    entries_.push_front(std::move(entry));
    while (entries_.size() > entries_max) {
        entries_.pop_back();
    }
}

}  // namespace keyslot::sim
