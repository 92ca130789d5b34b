#include "simulator/network/link_rule.hpp"

#include <algorithm>
#include <utility>

namespace keyslot::sim {

namespace {

bool names(std::vector<HostId> const& hosts, HostId host) {
    return hosts.empty() || std::binary_search(hosts.begin(), hosts.end(), host);
}

/// Takes the first answer; a later rule is not asked.
template <class T>
void decide(std::optional<T>& decided, std::optional<T> const& rule) {
    if (!decided) {
        decided = rule;
    }
}

}  // namespace

LinkRule LinkRule::cut(std::vector<HostId> from, std::vector<HostId> to) {
    LinkRule rule{.from = std::move(from), .to = std::move(to)};
    rule.hold_streams = true;
    rule.drop_bus = true;
    rule.connects = ConnectFate::black_hole;
    return rule;
}

LinkRules::Id LinkRules::add(LinkRule rule) {
    std::sort(rule.from.begin(), rule.from.end());
    std::sort(rule.to.begin(), rule.to.end());
    rules_.emplace(++last_, std::move(rule));
    return last_;
}

LinkState LinkRules::apply(HostId from, HostId to, LinkState const& own) const {
    LinkRule sum;
    for (auto const& [id, rule] : rules_) {
        if (names(rule.from, from) && names(rule.to, to)) {
            decide(sum.hold_streams, rule.hold_streams);
            decide(sum.drop_bus, rule.drop_bus);
            decide(sum.connects, rule.connects);
            decide(sum.latency, rule.latency);
            decide(sum.jitter, rule.jitter);
            decide(sum.stream_delay, rule.stream_delay);
            decide(sum.bytes_at_once, rule.bytes_at_once);
        }
    }
    return {.hold_streams = sum.hold_streams.value_or(own.hold_streams),
            .drop_bus = sum.drop_bus.value_or(own.drop_bus),
            .connects = sum.connects.value_or(own.connects),
            .latency = sum.latency.value_or(own.latency),
            .jitter = sum.jitter.value_or(own.jitter),
            .stream_delay = sum.stream_delay.value_or(own.stream_delay),
            .bytes_at_once = sum.bytes_at_once.value_or(own.bytes_at_once)};
}

}  // namespace keyslot::sim
