// One function for each type of value.
#include "simulator/faults/reader.hpp"

#include <algorithm>

namespace keyslot::sim {

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
        problem(document, quoted(document.text) + " is not such a number", std::string(range));
    }
}

void Reader::read_value(Document const& document, std::int64_t& value, Limits const& limits,
                        Hosts) {
    std::string const range = std::to_string(limits.low) + " to " + std::to_string(limits.high);
    if (!require_scalar(document, "a whole number, " + range)) {
        return;
    }
    auto const number = parse_signed(document.text);
    if (!number) {
        problem(document, quoted(document.text) + " is not a whole number", range);
    } else if (*number < limits.low || *number > limits.high) {
        problem(document, document.text + " is out of range", range);
    } else {
        value = *number;
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
    bool const is_negative = limits.low < 0 && document.text.starts_with('-');
    auto duration =
        parse_duration(std::string_view(document.text).substr(is_negative ? 1 : 0), wrong);
    if (duration && is_negative) {
        duration = -*duration;
    }
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

std::optional<std::size_t> Reader::read_word(Document const& document, std::string_view what,
                                             std::span<std::string_view const> words) {
    if (!require_scalar(document, join(words))) {
        return std::nullopt;
    }
    auto const word = std::find(words.begin(), words.end(), document.text);
    if (word == words.end()) {
        problem(document, "unknown " + std::string(what) + ' ' + quoted(document.text),
                did_you_mean(document.text, words));
        return std::nullopt;
    }
    return static_cast<std::size_t>(word - words.begin());
}

void Reader::read_value(Document const& document, std::string& value, Limits const&, Hosts) {
    if (require_scalar(document, "text")) {
        value = document.text;
    }
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
        target && (target->kind == Kind::client || target->kind == Kind::all_clients ||
                   target->kind == Kind::that_client);
    bool const by_trigger = target && (target->kind == Kind::that_node ||
                                       (target->kind == Kind::that_client && hosts == Hosts::any));
    if (by_trigger) {
        if (!has_trigger_) {
            problem(document, quoted(name.text) + " is of a fault with a trigger",
                    "on: {received: GET}, or one of the names: " + host_names(hosts));
        }
        return;
    }
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
    if (has_trigger_) {
        names += hosts == Hosts::any ? ", 'that node', 'that client'" : ", 'that node'";
    }
    return names;
}

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

}  // namespace keyslot::sim
