// What a case takes of a client, as its steps, its options and its checks show.
#include "conformance/harness/case.hpp"

#include <algorithm>
#include <set>
#include <variant>

namespace keyslot::conformance {
namespace {

using Needs = std::set<std::string>;

void add(Needs& needs, bool wanted, std::string_view capability) {
    if (wanted) {
        needs.emplace(capability);
    }
}

void add_those_of(CallStep const& call, Needs& needs) {
    bool const is_shard = call.kind == ChannelKind::shard;
    // Every client can be asked for a command, and be closed.
    bool const is_plain = call.operation == Operation::call || call.operation == Operation::close;
    add(needs, !is_plain && !is_shard, to_string(call.operation));
    add(needs, is_shard, call.operation == Operation::subscribe ? "ssubscribe" : "sunsubscribe");
    add(needs, call.timeout.has_value(), "timeout");
    add(needs, call.repeatable, "repeatable");
}

void add_those_of(CaseClient const& client, Needs& needs) {
    add(needs, client.refresh_period.has_value(), "refresh_period");
    add(needs, client.read_from_replicas.has_value(), "read_from_replicas");
    add(needs, client.protocol.has_value(), "protocol");
    add(needs, !client.password.empty(), "credentials");
    add(needs, client.tls, "tls");
    add(needs, client.certificate, "client_certificate");
}

}  // namespace

std::vector<std::string> needs_of(Case const& test) {
    Needs needs(test.needs.begin(), test.needs.end());
    add_those_of(test.client, needs);
    for (Step const& step : test.steps) {
        if (auto const* call = std::get_if<CallStep>(&step)) {
            add_those_of(*call, needs);
        }
    }
    for (AcceptedOutcome const& outcome : test.accept) {
        for (auto const& [text, check] : outcome.checks) {
            add(needs, std::holds_alternative<OrderedCheck>(check), "ordered");
            add(needs, std::holds_alternative<GapsCheck>(check), "gaps");
        }
    }
    return {needs.begin(), needs.end()};
}

}  // namespace keyslot::conformance
