// Which cases can be played on which arm, and what they take of a client.
#include "conformance/arms/tcp_run.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <variant>

namespace keyslot::conformance {
namespace {

template <class T>
bool has_step(Case const& test) {
    return std::any_of(test.steps.begin(), test.steps.end(),
                       [](Step const& step) { return std::holds_alternative<T>(step); });
}

template <class T>
bool has_check(Case const& test) {
    return std::any_of(test.accept.begin(), test.accept.end(), [](AcceptedOutcome const& outcome) {
        return std::any_of(outcome.checks.begin(), outcome.checks.end(), [](auto const& check) {
            return std::holds_alternative<T>(check.second);
        });
    });
}

/// Something is wanted of the client while an earlier call is still under way.
bool overlaps(Case const& test) {
    std::set<std::string> pending;
    for (Step const& step : test.steps) {
        if (auto const* call = std::get_if<CallStep>(&step)) {
            if (!pending.empty()) {
                return true;
            }
            if (!call->wait) {
                pending.insert(call->name);
            }
        } else if (auto const* await = std::get_if<AwaitStep>(&step)) {
            pending.erase(await->name);
        }
    }
    return false;
}

}  // namespace

std::string why_not_over_tcp(Case const& test) {
    if (has_step<BindNameStep>(test)) {
        return "binds names: a real client asks the machine's resolver";
    }
    if (test.topology.second_masters != 0) {
        return "has a second cluster on the ports of the first";
    }
    return {};
}

std::string why_not_on_real_nodes(Case const& test) {
    if (std::string why_not = why_not_over_tcp(test); !why_not.empty()) {
        return why_not;
    }
    return has_step<PartitionStep>(test) ? "cuts the network" : "";
}

std::string missing_capability(Case const& test, DriverInfo const& driver) {
    if (driver.concurrency < 2 && (overlaps(test) || has_check<OrderedCheck>(test))) {
        return "calls at the same time";
    }
    for (std::string const& capability : needs_of(test)) {
        if (!driver.can(capability)) {
            return "the capability '" + capability + "'";
        }
    }
    return {};
}

}  // namespace keyslot::conformance
