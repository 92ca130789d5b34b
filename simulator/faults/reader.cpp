#include "simulator/faults/reader.hpp"

#include <algorithm>

namespace keyslot::sim {
namespace {

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
    bool const keys_are_good = check_keys<T>(document, what);
    std::apply([&](auto const&... field) { (read_field(document, value, field, what), ...); },
               Description<T>::fields);
    if (keys_are_good) {
        check_whole(document, value);
    }
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
    read_time(document, timed);
    has_trigger_ = timed.on.has_value();
    bool named = false;
    for (auto const& [key, value] : document.entries) {
        if (key.text == "at" || key.text == "on") {
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
    has_trigger_ = false;
    if (!named) {
        problem(document, "no fault is named", "one of: " + join(fault_names));
    }
}

void Reader::read_time(Document const& document, TimedFault& timed) {
    Document const* const at = find(document, "at");
    Document const* const on = find(document, "on");
    if (at != nullptr) {
        read_value(*at, timed.at, any_time, Hosts::nodes);
    }
    if (on != nullptr) {
        read_trigger(*on, timed.on);
    }
    if (at == nullptr && on == nullptr) {
        problem(document, "the fault has no time",
                "for example at: 5s, or on: {received: GET, nth: 3}");
    }
}

void Reader::read_trigger(Document const& document, std::optional<Trigger>& trigger) {
    if (require_map(document, "a trigger", "on: {node: node-2, received: GET, nth: 3}")) {
        read_fields(document, trigger.emplace(), Description<Trigger>::name);
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
    set_topology(scenario.cluster, scenario.workload.clients);
    auto const rest = [&](auto const& field) {
        if (field.name != "cluster" && field.name != "workload") {
            read_field(document, scenario, field, Description<Scenario>::name);
        }
    };
    std::apply([&](auto const&... field) { (rest(field), ...); }, Description<Scenario>::fields);
}

void Reader::set_topology(Topology const& cluster, std::uint32_t clients) {
    nodes_ = cluster.masters * (1 + cluster.replicas_per_master) + cluster.neighbour_masters;
    has_replicas_ = cluster.replicas_per_master > 0;
    clients_ = clients;
}

void Reader::read_action(Document const& document, Topology const& cluster, FaultSpec& fault) {
    set_topology(cluster, 0);
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

void Reader::read_triggered_action(Document const& document, Topology const& cluster,
                                   TimedFault& timed) {
    Document rest = document;
    if (Document const* const on = find(document, "on")) {
        set_topology(cluster, 0);
        read_trigger(*on, timed.on);
        std::erase_if(rest.entries, [](auto const& entry) { return entry.key.text == "on"; });
    }
    has_trigger_ = timed.on.has_value();
    read_action(rest, cluster, timed.fault);
    has_trigger_ = false;
}

// ---- parts

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

void Reader::read_value(Document const& document, Subscribers& value, Limits const&, Hosts) {
    if (require_map(document, "subscribers", "subscribers: {count: 2, channels: 2}")) {
        read_fields(document, value, Description<Subscribers>::name);
    }
}

// ---- what fields must be together

void Reader::check_whole(Document const& document, Swizzle const& fault) {
    if (fault.hosts.size() == 1) {
        problem(document, "swizzle needs links to cut", "at least two hosts");
    }
}

void Reader::check_whole(Document const& document, ChangeAddress const& fault) {
    if (!fault.ip.empty() && !is_ipv4(fault.ip)) {
        Document const* const at = find(document, "ip");
        problem(at != nullptr ? *at : document, quoted(fault.ip) + " is not an address",
                "IPv4, for example 10.9.0.1");
    }
}

void Reader::check_whole(Document const& document, ForgeReply const& fault) {
    if (!fault.error.empty() && !fault.reply.empty()) {
        problem(document, "both 'error' and 'reply'",
                "one of them, or neither for no answer at all");
    }
}

void Reader::check_whole(Document const& document, Trigger const& trigger) {
    auto const is_one = [](bool is) { return is ? 1 : 0; };
    int const events = is_one(!trigger.received.empty()) + is_one(!trigger.answered.empty()) +
                       is_one(trigger.connected) + is_one(trigger.becomes.has_value()) +
                       is_one(trigger.step.has_value()) + is_one(!trigger.started.empty()) +
                       is_one(!trigger.ended.empty());
    constexpr std::string_view one_of =
        "one of: received, answered, after, connected, becomes, step, started, ended";
    if (events > 1) {
        problem(document, "the trigger waits for more than one thing", std::string(one_of));
    } else if (events == 0 && trigger.after.empty()) {
        problem(document, "the trigger waits for nothing", std::string(one_of));
    } else if (!trigger.after.empty() && events == 1 && trigger.received.empty() &&
               trigger.answered.empty()) {
        problem(document, "'after' is about commands", "with received, with answered, or alone");
    }
    for (std::string const* const name : {&trigger.started, &trigger.ended}) {
        if (!name->empty() &&
            std::find(fault_names.begin(), fault_names.end(), *name) == fault_names.end()) {
            problem(document, "unknown fault " + quoted(*name), did_you_mean(*name, fault_names));
        }
    }
}

}  // namespace keyslot::sim
