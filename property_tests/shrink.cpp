#include "property_tests/shrink.hpp"

#include "simulator/faults/fields.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace keyslot::testing {
namespace {

using sim::Scenario;
using sim::TimedFault;

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

template <class T>
constexpr bool is_described = requires { sim::Description<T>::fields; };

/// Values between `low` and `value`, the nearest to `low` first.
std::vector<std::int64_t> towards(std::int64_t low, std::int64_t value) {
    std::vector<std::int64_t> steps;
    for (std::int64_t distance = value - low; distance > 0; distance /= 2) {
        steps.push_back(value - distance);
    }
    return steps;
}

/// Whole milliseconds as long as there are any: a shrunk plan should be read easily.
std::vector<Duration> shorter(Duration low, Duration value) {
    using Milliseconds = std::chrono::milliseconds;
    std::vector<Duration> steps;
    auto const whole = std::chrono::floor<Milliseconds>(value);
    if (whole != value && whole >= low) {
        steps.push_back(whole);
    }
    for (std::int64_t const step :
         towards(std::chrono::ceil<Milliseconds>(low).count(), whole.count())) {
        steps.push_back(Milliseconds{step});
    }
    return steps;
}

/// All lists with one element less, of more than one; a long list is halved before.
template <class T>
std::vector<std::vector<T>> fewer(std::vector<T> const& list, std::size_t least) {
    std::vector<std::vector<T>> results;
    std::size_t const half = list.size() / 2;
    if (half >= std::max<std::size_t>(least, 1) && list.size() > 2) {
        results.emplace_back(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(half));
        results.emplace_back(list.begin() + static_cast<std::ptrdiff_t>(half), list.end());
    }
    for (std::size_t n = 0; n < list.size() && list.size() > least; ++n) {
        results.push_back(list);
        results.back().erase(results.back().begin() + static_cast<std::ptrdiff_t>(n));
    }
    return results;
}

/// Simpler values of one field. `plain`: what it is when nobody sets it.
template <class Field, class T>
std::vector<T> simpler_values(Field const& field, T const& value, T const& plain) {
    std::vector<T> results;
    if constexpr (std::is_same_v<T, Duration>) {
        results = shorter(Duration{field.limits.low}, value);
    } else if constexpr (std::is_same_v<T, bool> || std::is_enum_v<T> ||
                         std::is_same_v<T, std::string>) {
        if (value != plain) {
            results.push_back(plain);
        }
    } else if constexpr (std::is_integral_v<T>) {
        auto const low = std::is_signed_v<T> ? std::int64_t{0} : field.limits.low;
        for (std::int64_t const step : towards(low, static_cast<std::int64_t>(value))) {
            results.push_back(static_cast<T>(step));
        }
    } else if constexpr (is_optional<T>) {
        if (value && field.need == sim::Need::optional) {
            results.push_back(std::nullopt);
            if constexpr (!is_described<typename T::value_type>) {
                for (auto const& step : simpler_values(field, *value, typename T::value_type{})) {
                    results.emplace_back(step);
                }
            }
        }
    } else if constexpr (std::is_same_v<T, std::vector<sim::HostName>>) {
        results = fewer(value, 1);
    } else if constexpr (std::is_same_v<T, std::vector<sim::SlotSpan>>) {
        sim::SlotSpan const span = value.front();
        for (std::int64_t const width : towards(0, span.last - span.first)) {
            auto const last = static_cast<std::uint16_t>(span.first + width);
            results.push_back({{span.first, last}});
            results.push_back({{static_cast<std::uint16_t>(span.last - width), span.last}});
        }
    }
    return results;
}

/// The same with one field as it is when nobody sets it, in the order of the fields. A time-out is not
/// simpler for being short.
template <class T>
std::vector<T> plainer_fields(T const& whole) {
    std::vector<T> results;
    T const plain{};
    auto const simplify = [&](auto const& field) {
        if (whole.*field.member != plain.*field.member) {
            results.push_back(whole);
            results.back().*field.member = plain.*field.member;
        }
    };
    std::apply([&](auto const&... field) { (simplify(field), ...); }, sim::Description<T>::fields);
    return results;
}

/// The same with one field simpler, in the order of the fields.
template <class T>
std::vector<T> simpler_fields(T const& whole) {
    std::vector<T> results;
    T const plain{};
    auto const simplify = [&](auto const& field) {
        for (auto const& value : simpler_values(field, whole.*field.member, plain.*field.member)) {
            results.push_back(whole);
            results.back().*field.member = value;
        }
    };
    std::apply([&](auto const&... field) { (simplify(field), ...); }, sim::Description<T>::fields);
    return results;
}

/// A node that is not there any more becomes one that is.
void rename(sim::HostName& host, std::uint32_t nodes) {
    static constexpr std::string_view prefix = "node-";
    std::size_t const digits = host.text.find(prefix);
    if (digits == std::string::npos || host.text.find("owner of") != std::string::npos) {
        return;
    }
    auto const number = std::stoul(host.text.substr(digits + prefix.size()));
    if (number > nodes) {
        host.text =
            host.text.substr(0, digits) + "node-" + std::to_string((number - 1) % nodes + 1);
    }
}

template <class T>
void rename_in(T& value, std::uint32_t nodes) {
    if constexpr (std::is_same_v<T, sim::HostName>) {
        rename(value, nodes);
    } else if constexpr (std::is_same_v<T, std::vector<sim::HostName>>) {
        std::vector<sim::HostName> hosts;
        for (sim::HostName& host : value) {
            rename(host, nodes);
            if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) {
                hosts.push_back(host);
            }
        }
        value = std::move(hosts);
    } else if constexpr (is_described<T>) {
        std::apply([&](auto const&... field) { (rename_in(value.*field.member, nodes), ...); },
                   sim::Description<T>::fields);
    }
}

void rename_in(TimedFault& timed, sim::Topology const& cluster) {
    std::uint32_t const nodes = cluster.masters * (1 + cluster.replicas_per_master);
    std::visit([&](auto& fault) { rename_in(fault, nodes); }, timed.fault);
    if (auto* const migration = std::get_if<sim::Migrate>(&timed.fault)) {
        rename(migration->to, cluster.masters);
    }
    if (timed.on) {
        rename_in(*timed.on, nodes);
    }
}

class Shrinker {
public:
    explicit Shrinker(Scenario const& whole) : whole_(&whole) {}

    std::vector<Scenario> simpler() {
        fewer_faults();
        fewer_calls();
        everything_earlier();
        simpler_calls();
        smaller_cluster();
        plainer_client();
        simpler_faults();
        return std::move(results_);
    }

private:
    void add(Scenario scenario) {
        // calls_max 0 is no limit at all.
        bool const is_simpler = scenario.workload.calls_max > 0 || whole_->workload.calls_max == 0;
        if (is_simpler && scenario != *whole_) {
            results_.push_back(std::move(scenario));
        }
    }

    void fewer_faults() {
        if (whole_->faults.size() > 1) {
            Scenario none = *whole_;
            none.faults.clear();
            add(std::move(none));
        }
        for (auto& faults : fewer(whole_->faults, 0)) {
            Scenario less = *whole_;
            less.faults = std::move(faults);
            add(std::move(less));
        }
    }

    void fewer_calls() {
        sim::Workload const& load = whole_->workload;
        std::int64_t const thousandths = load.duration / (load.rate.period / 1000 + Duration{1});
        std::int64_t const all = load.rate.count * thousandths / 1000 + load.pipeline;
        std::int64_t const now = load.calls_max > 0 ? load.calls_max : all;
        for (std::int64_t const calls : towards(1, now)) {
            Scenario less = *whole_;
            less.workload.calls_max = static_cast<std::uint32_t>(calls);
            add(std::move(less));
        }
    }

    /// All of it in half the time, or the calls at half the rate.
    void everything_earlier() {
        Scenario sooner = *whole_;
        sooner.workload.duration =
            std::chrono::ceil<std::chrono::milliseconds>(whole_->workload.duration / 2);
        for (TimedFault& timed : sooner.faults) {
            timed.at = std::chrono::floor<std::chrono::milliseconds>(timed.at / 2);
        }
        if (sooner.workload.duration < whole_->workload.duration) {
            add(std::move(sooner));
        }
        if (std::uint32_t const count = whole_->workload.rate.count; count > 1) {
            Scenario slower = *whole_;
            slower.workload.rate.count = (count + 1) / 2;
            add(std::move(slower));
        }
    }

    void simpler_calls() {
        for (sim::Workload const& load : simpler_fields(whole_->workload)) {
            Scenario less = *whole_;
            less.workload = load;
            add(std::move(less));
        }
        for (sim::Subscribers const& fewer : simpler_fields(whole_->workload.subscribers)) {
            Scenario less = *whole_;
            less.workload.subscribers = fewer;
            add(std::move(less));
        }
        for (sim::Mix const& mix : simpler_fields(whole_->workload.mix)) {
            Scenario less = *whole_;
            less.workload.mix = mix;
            add(std::move(less));
        }
    }

    void smaller_cluster() {
        sim::Topology const& now = whole_->cluster;
        for (std::int64_t const masters : towards(1, now.masters)) {
            sim::Topology fewer = now;
            fewer.masters = static_cast<std::uint32_t>(masters);
            with(fewer);
        }
        for (std::int64_t const replicas : towards(0, now.replicas_per_master)) {
            sim::Topology fewer = now;
            fewer.replicas_per_master = static_cast<std::uint32_t>(replicas);
            with(fewer);
        }
        for (sim::Topology plainer : plainer_fields(now)) {
            plainer.masters = now.masters;
            plainer.replicas_per_master = now.replicas_per_master;
            with(plainer);
        }
    }

    void with(sim::Topology const& cluster) {
        Scenario less = *whole_;
        less.cluster = cluster;
        for (TimedFault& timed : less.faults) {
            rename_in(timed, cluster);
        }
        add(std::move(less));
    }

    void plainer_client() {
        for (sim::ClientSettings const& client : plainer_fields(whole_->client)) {
            Scenario less = *whole_;
            less.client = client;
            add(std::move(less));
        }
    }

    void simpler_faults() {
        for (std::size_t n = 0; n < whole_->faults.size(); ++n) {
            TimedFault const& timed = whole_->faults[n];
            if (timed.on) {
                Scenario less = *whole_;
                less.faults[n].on.reset();
                add(std::move(less));
            }
            for (Duration const at : shorter(Duration{}, timed.at)) {
                Scenario less = *whole_;
                less.faults[n].at = at;
                add(std::move(less));
            }
            std::visit([&](auto const& fault) { simpler_fault(n, fault); }, timed.fault);
        }
    }

    template <class Fault>
    void simpler_fault(std::size_t n, Fault const& fault) {
        for (Fault const& simpler : simpler_fields(fault)) {
            Scenario less = *whole_;
            less.faults[n].fault = simpler;
            add(std::move(less));
        }
    }

    Scenario const* whole_;
    std::vector<Scenario> results_;
};

}  // namespace

std::vector<Scenario> simpler(Scenario const& scenario) { return Shrinker{scenario}.simpler(); }

bool can_be_said(Scenario const& scenario) {
    return sim::parse_scenario(sim::to_yaml(scenario), "shrunk.yaml").value == scenario;
}

sim::Scenario shrink(sim::Scenario scenario, std::function<bool(sim::Scenario const&)> const& fails,
                     std::uint64_t tries_max) {
    std::vector<Scenario> steps = simpler(scenario);
    // Goes on where the last step was found: those before it have failed to fail a moment ago.
    std::size_t next = 0;
    for (std::size_t in_vain = 0; in_vain < steps.size(); ++next, ++in_vain) {
        Scenario const smaller = steps[next % steps.size()];
        if (tries_max-- == 0) {
            break;
        }
        if (can_be_said(smaller) && fails(smaller)) {
            next = next % steps.size();
            scenario = smaller;
            steps = simpler(scenario);
            in_vain = 0;
        }
    }
    return scenario;
}

}  // namespace keyslot::testing
