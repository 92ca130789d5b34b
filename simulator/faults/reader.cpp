#include "simulator/faults/reader.hpp"

#include <algorithm>

namespace keyslot::sim {
namespace {

std::string quoted(std::string_view text) { return '\'' + std::string(text) + '\''; }

std::string did_you_mean(std::string_view word, std::span<std::string_view const> words) {
    std::string_view const near = nearest(word, words);
    return (near.empty() ? "" : "did you mean " + quoted(near) + "? ") + "allowed: " + join(words);
}

Document const* find(Document const& map, std::string_view key) {
    auto const entry = std::find_if(map.entries.begin(), map.entries.end(),
                                    [&](auto const& e) { return e.key.text == key; });
    return entry == map.entries.end() ? nullptr : &entry->value;
}

}  // namespace

// ---- structure

template <class T>
bool Reader::check_keys(Document const& document, std::string_view what) {
    static constexpr auto names = field_names<T>();
    bool good = true;
    for (auto const& [key, value] : document.entries) {
        if (std::find(names.begin(), names.end(), key.text) == names.end()) {
            problem(key, "unknown key " + quoted(key.text) + " in " + std::string(what),
                    names.empty() ? "it has no keys" : did_you_mean(key.text, names));
            good = false;
        }
    }
    return good;
}

template <class T, class FieldType>
void Reader::read_field(Document const& document, T& value, FieldType const& field,
                        std::string_view what) {
    if (Document const* const found = find(document, field.name)) {
        read_value(*found, value.*field.member, field.limits, field.hosts);
    } else if (field.need == Need::required) {
        problem(document, std::string(what) + " needs the key " + quoted(field.name),
                "keys: " + join(field_names<T>()));
    }
}

template <class T>
void Reader::read_fields(Document const& document, T& value, std::string_view what) {
    check_keys<T>(document, what);
    std::apply([&](auto const&... field) { (read_field(document, value, field, what), ...); },
               Description<T>::fields);
}

template <std::size_t... Indices>
bool Reader::read_alternative(std::string_view name, Document const& document, FaultSpec& fault,
                              std::index_sequence<Indices...>) {
    auto const read_as = [&]<class T>(T value) {
        read_fields(document, value, Description<T>::name);
        fault = std::move(value);
        return true;
    };
    return ((Description<std::variant_alternative_t<Indices, FaultSpec>>::name == name &&
             read_as(std::variant_alternative_t<Indices, FaultSpec>{})) ||
            ...);
}

bool Reader::read_fault(std::string_view name, Document const& name_at, Document const& document,
                        FaultSpec& fault) {
    if (std::find(fault_names.begin(), fault_names.end(), name) == fault_names.end()) {
        problem(name_at, "unknown fault " + quoted(name), did_you_mean(name, fault_names));
        return false;
    }
    if (document.kind != Document::Kind::null &&
        !require_map(document, name, "{at: 5s, crash: {node: node-1}}")) {
        return false;
    }
    return read_alternative(name, document, fault,
                            std::make_index_sequence<std::variant_size_v<FaultSpec>>{});
}

void Reader::read_timed_fault(Document const& document, TimedFault& timed) {
    if (!require_map(document, "a fault", "{at: 5s, crash: {node: node-1}}")) {
        return;
    }
    if (Document const* const at = find(document, "at")) {
        read_value(*at, timed.at, any_time, Hosts::nodes);
    } else {
        problem(document, "the fault has no time", "for example at: 5s");
    }
    bool named = false;
    for (auto const& [key, value] : document.entries) {
        if (key.text == "at") {
            continue;
        }
        if (named) {
            problem(key, "a second fault in one entry",
                    "one entry per fault, each with its own time");
            continue;
        }
        named = true;
        read_fault(key.text, key, value, timed.fault);
    }
    if (!named) {
        problem(document, "no fault is named", "one of: " + join(fault_names));
    }
}

void Reader::read(Document const& document, Scenario& scenario) {
    if (!require_map(document, "a scenario", "cluster: {masters: 3}")) {
        return;
    }
    // Faults name nodes and clients: how many there are must be known first, whatever the order of
    // the text.
    check_keys<Scenario>(document, Description<Scenario>::name);
    if (Document const* const cluster = find(document, "cluster")) {
        read_value(*cluster, scenario.cluster, {}, Hosts::nodes);
    }
    if (Document const* const workload = find(document, "workload")) {
        read_value(*workload, scenario.workload, {}, Hosts::nodes);
    }
    nodes_ = scenario.cluster.masters * (1 + scenario.cluster.replicas_per_master);
    has_replicas_ = scenario.cluster.replicas_per_master > 0;
    clients_ = scenario.workload.clients;
    auto const rest = [&](auto const& field) {
        if (field.name != "cluster" && field.name != "workload") {
            read_field(document, scenario, field, Description<Scenario>::name);
        }
    };
    std::apply([&](auto const&... field) { (rest(field), ...); }, Description<Scenario>::fields);
}

void Reader::read_action(Document const& document, Topology const& cluster, FaultSpec& fault) {
    nodes_ = cluster.masters * (1 + cluster.replicas_per_master);
    has_replicas_ = cluster.replicas_per_master > 0;
    clients_ = 0;
    if (!require_map(document, "an action", R"({"type": "crash", "node": "node-1"})")) {
        return;
    }
    Document const* const type = find(document, "type");
    if (type == nullptr || type->kind != Document::Kind::scalar) {
        problem(type == nullptr ? document : *type, "the action has no type",
                "\"type\" is one of: " + join(fault_names));
        return;
    }
    Document rest = document;
    std::erase_if(rest.entries, [](auto const& entry) { return entry.key.text == "type"; });
    read_fault(type->text, *type, rest, fault);
}

// ---- values

bool Reader::require_scalar(Document const& document, std::string_view expected) {
    if (document.kind == Document::Kind::scalar) {
        return true;
    }
    problem(document,
            document.kind == Document::Kind::null ? "nothing is here" : "not a single value",
            std::string(expected));
    return false;
}

bool Reader::require_map(Document const& document, std::string_view what,
                         std::string_view example) {
    if (document.kind == Document::Kind::map) {
        return true;
    }
    problem(document, std::string(what) + " is written as keys and values",
            "for example " + std::string(example));
    return false;
}

std::optional<std::uint64_t> Reader::read_number(Document const& document, Limits const& limits) {
    std::string const range = std::to_string(limits.low) + " to " + std::to_string(limits.high);
    if (!require_scalar(document, "a whole number, " + range)) {
        return std::nullopt;
    }
    auto const value = parse_unsigned(document.text);
    if (!value && document.text.find_first_not_of("-0123456789") != std::string::npos) {
        problem(document, quoted(document.text) + " is not a whole number", range);
        return std::nullopt;
    }
    if (!value || *value < static_cast<std::uint64_t>(limits.low) ||
        *value > static_cast<std::uint64_t>(limits.high)) {
        problem(document, document.text + " is out of range", range);
        return std::nullopt;
    }
    return value;
}

void Reader::read_value(Document const& document, std::uint32_t& value, Limits const& limits,
                        Hosts) {
    Limits const fitting{limits.low, std::min<std::int64_t>(limits.high, 0xffff'ffff)};
    if (auto const number = read_number(document, fitting)) {
        value = static_cast<std::uint32_t>(*number);
    }
}

void Reader::read_value(Document const& document, std::uint64_t& value, Limits const&, Hosts) {
    constexpr std::string_view range = "a whole number, 0 to 18446744073709551615";
    if (!require_scalar(document, range)) {
        return;
    }
    if (auto const number = parse_unsigned(document.text)) {
        value = *number;
    } else {
        problem(document, quoted(document.text) + " is not a seed", std::string(range));
    }
}

void Reader::read_value(Document const& document, bool& value, Limits const&, Hosts) {
    if (!require_scalar(document, "true or false")) {
        return;
    }
    if (document.text != "true" && document.text != "false") {
        problem(document, quoted(document.text) + " is neither yes nor no", "true or false");
    }
    value = document.text == "true";
}

void Reader::read_value(Document const& document, Duration& value, Limits const& limits, Hosts) {
    if (!require_scalar(document, "a duration, for example 500ms, 2s or 1m")) {
        return;
    }
    ValueProblem wrong;
    auto const duration = parse_duration(document.text, wrong);
    if (!duration) {
        problem(document, wrong.what, wrong.allowed);
    } else if (duration->count() < limits.low || duration->count() > limits.high) {
        problem(
            document, document.text + " is out of range",
            print_duration(Duration{limits.low}) + " to " + print_duration(Duration{limits.high}));
    } else {
        value = *duration;
    }
}

void Reader::read_value(Document const& document, Rate& value, Limits const&, Hosts) {
    if (!require_scalar(document, "a rate, for example 500/s")) {
        return;
    }
    ValueProblem wrong;
    if (auto const rate = parse_rate(document.text, wrong)) {
        value = *rate;
    } else {
        problem(document, wrong.what, wrong.allowed);
    }
}

void Reader::read_value(Document const& document, FailoverMode& value, Limits const&, Hosts) {
    if (!require_scalar(document, join(failover_modes))) {
        return;
    }
    auto const mode = std::find(failover_modes.begin(), failover_modes.end(), document.text);
    if (mode == failover_modes.end()) {
        problem(document, "unknown mode " + quoted(document.text),
                did_you_mean(document.text, failover_modes));
        return;
    }
    value = static_cast<FailoverMode>(mode - failover_modes.begin());
}

void Reader::read_value(Document const& document, HostName& value, Limits const&, Hosts hosts) {
    if (require_scalar(document, host_names(hosts))) {
        value = HostName{document.text};
        check_host(document, value, hosts);
    }
}

void Reader::check_host(Document const& document, HostName const& name, Hosts hosts) {
    auto const target = parse_host(name.text);
    using Kind = HostTarget::Kind;
    bool const client =
        target && (target->kind == Kind::client || target->kind == Kind::all_clients);
    bool const known = target && (!client || hosts == Hosts::any) &&
                       (target->kind != Kind::node || target->number <= nodes_) &&
                       (target->kind != Kind::client || target->number <= clients_);
    if (!known) {
        problem(document, "there is no " + quoted(name.text) + (client ? " for this" : ""),
                "names: " + host_names(hosts));
    } else if (target->replica_of > 0 && !has_replicas_) {
        problem(document, "there are no replicas in this cluster", "names: " + host_names(hosts));
    }
}

std::string Reader::host_names(Hosts hosts) const {
    std::string const last_node = std::to_string(nodes_);
    std::string names = nodes_ == 1 ? "node-1" : "node-1 to node-" + last_node;
    names += ", 'owner of KEY'";
    names += has_replicas_ ? ", 'replica of node-1', 'replica of owner of KEY'" : "";
    if (hosts == Hosts::any) {
        names += ", clients";
        names += clients_ > 0 ? ", client-1 to client-" + std::to_string(clients_) : "";
    }
    return names;
}

// ---- lists and parts

void Reader::read_value(Document const& document, std::vector<SlotSpan>& value, Limits const&,
                        Hosts) {
    std::vector<Document> const alone{document};
    auto const& items = document.kind == Document::Kind::list ? document.items : alone;
    if (items.empty()) {
        problem(document, "no slots are named", "for example 0-1000, or [0-1000, 7]");
    }
    for (Document const& item : items) {
        if (!require_scalar(item, "a range of slots, for example 0-1000")) {
            continue;
        }
        ValueProblem wrong;
        if (auto const slots = parse_slots(item.text, wrong)) {
            value.push_back(*slots);
        } else {
            problem(item, wrong.what, wrong.allowed);
        }
    }
}

void Reader::read_value(Document const& document, std::vector<HostName>& value,
                        Limits const& limits, Hosts hosts) {
    std::vector<Document> const alone{document};
    auto const& items = document.kind == Document::Kind::list ? document.items : alone;
    if (items.empty()) {
        problem(document, "no host is named", "names: " + host_names(hosts));
    }
    for (Document const& item : items) {
        read_value(item, value.emplace_back(), limits, hosts);
    }
}

void Reader::read_value(Document const& document, std::vector<TimedFault>& value, Limits const&,
                        Hosts) {
    if (document.kind != Document::Kind::list && document.kind != Document::Kind::null) {
        problem(document, "faults is a list", "for example - {at: 5s, crash: {node: node-1}}");
        return;
    }
    for (Document const& item : document.items) {
        read_timed_fault(item, value.emplace_back());
    }
}

void Reader::read_value(Document const& document, Mix& value, Limits const&, Hosts) {
    if (!require_map(document, "mix", "mix: {get: 5, set: 4, incr: 1}")) {
        return;
    }
    Mix mix;
    read_fields(document, mix, Description<Mix>::name);
    if (mix == Mix{}) {
        problem(document, "no kind of call has a share",
                "a number above 0 for one of: " + join(field_names<Mix>()));
    }
    value = mix;
}

void Reader::read_value(Document const& document, Topology& value, Limits const&, Hosts) {
    if (require_map(document, "cluster", "cluster: {masters: 3, replicas_per_master: 1}")) {
        read_fields(document, value, Description<Topology>::name);
    }
}

void Reader::read_value(Document const& document, ClientSettings& value, Limits const&, Hosts) {
    if (require_map(document, "client", "client: {call_timeout: 5s}")) {
        read_fields(document, value, Description<ClientSettings>::name);
    }
}

void Reader::read_value(Document const& document, Workload& value, Limits const&, Hosts) {
    if (require_map(document, "workload", "workload: {clients: 4, rate: 500/s, for: 10s}")) {
        read_fields(document, value, Description<Workload>::name);
    }
}

}  // namespace keyslot::sim
