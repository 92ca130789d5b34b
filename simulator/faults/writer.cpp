#include "simulator/faults/fields.hpp"
#include "simulator/faults/values.hpp"

#include <algorithm>
#include <ostream>

namespace keyslot::sim {
namespace {

std::string print(std::uint32_t value) { return std::to_string(value); }
std::string print(std::uint64_t value) { return std::to_string(value); }
std::string print(bool value) { return value ? "true" : "false"; }
std::string print(Duration value) { return print_duration(value); }
std::string print(Rate const& value) { return print_rate(value); }
std::string print(SlotSpan const& value) { return print_slots(value); }
std::string print(std::int64_t value) { return std::to_string(value); }
template <class E>
    requires requires { Words<E>::value; }
std::string print(E value) {
    return std::string(Words<E>::value[static_cast<std::size_t>(value)]);
}

// Plain where YAML reads it as that very word in braces, else in double quotes.
std::string print(std::string const& value) {
    bool const plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    bool const is_other_word = value == "null" || value == "true" || value == "false";
    if (plain && value.front() >= 'a' && value.front() <= 'z' && !is_other_word) {
        return value;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (char const c : value) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            (result += '\\') += c;
        } else if (c == '\r' || c == '\n') {
            (result += '\\') += c == '\r' ? 'r' : 'n';
        } else if (byte < 0x20 || byte == 0x7f) {
            ((result += "\\x") += digits[byte >> 4]) += digits[byte & 15];
        } else {
            result += c;
        }
    }
    return result + '"';
}

std::string print(HostName const& value) { return print(value.text); }

template <class T>
std::string print(std::optional<T> const& value) {
    return print(*value);  // an absent one equals the default, which is not printed
}

template <class T>
std::string print_list(std::vector<T> const& values) {
    std::string result = "[";
    for (T const& value : values) {
        result += (result.size() > 1 ? ", " : "") + print(value);
    }
    return result + ']';
}
std::string print(std::vector<HostName> const& values) { return print_list(values); }
std::string print(std::vector<SlotSpan> const& values) {
    return values.size() == 1 ? print(values.front()) : print_list(values);
}

template <class T>
std::string print_fields(T const& value);

std::string print(Mix const& value) { return print_fields(value); }
std::string print(Subscribers const& value) { return print_fields(value); }

template <class T>
std::string print_fields(T const& value) {
    T const defaults{};
    std::string result = "{";
    auto const add = [&](auto const& field) {
        if (field.need == Need::required || value.*field.member != defaults.*field.member) {
            result += result.size() > 1 ? ", " : "";
            result += std::string(field.name) + ": " + print(value.*field.member);
        }
    };
    std::apply([&](auto const&... field) { (add(field), ...); }, Description<T>::fields);
    return result + '}';
}

template <class T>
void print_part(std::string& result, std::string_view name, T const& value) {
    if (value != T{}) {
        result += std::string(name) + ": " + print_fields(value) + '\n';
    }
}

}  // namespace

std::string_view name_of(FaultSpec const& fault) { return fault_names[fault.index()]; }

std::string to_yaml(FaultSpec const& fault) {
    return std::visit(
        [](auto const& value) {
            return std::string(Description<std::decay_t<decltype(value)>>::name) + ": " +
                   print_fields(value);
        },
        fault);
}

std::string to_yaml(Scenario const& scenario) {
    Scenario const defaults;
    std::string result = "seed: " + print(scenario.seed) + '\n';
    print_part(result, "cluster", scenario.cluster);
    print_part(result, "client", scenario.client);
    print_part(result, "workload", scenario.workload);
    if (!scenario.faults.empty()) {
        result += "faults:\n";
    }
    for (TimedFault const& timed : scenario.faults) {
        result += "  - {";
        if (!timed.on || timed.at != Duration{}) {
            result += "at: " + print(timed.at) + ", ";
        }
        if (timed.on) {
            result += "on: " + print_fields(*timed.on) + ", ";
        }
        result += to_yaml(timed.fault) + "}\n";
    }
    if (scenario.settle != defaults.settle) {
        result += "settle: " + print(scenario.settle) + '\n';
    }
    if (scenario.stays_down != defaults.stays_down) {
        result += "stays_down: " + print(scenario.stays_down) + '\n';
    }
    return result;
}

std::ostream& operator<<(std::ostream& out, FaultSpec const& fault) {
    return out << to_yaml(fault);
}
std::ostream& operator<<(std::ostream& out, Scenario const& scenario) {
    return out << to_yaml(scenario);
}

}  // namespace keyslot::sim
