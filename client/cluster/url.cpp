// Options as a URL, both ways. One table of parameters serves reading and writing.
#include <keyslot/error.hpp>
#include <keyslot/options.hpp>

#include "client/cluster/check_options.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace keyslot {

namespace {

using Milliseconds = std::chrono::milliseconds;

[[noreturn]] void refuse(std::string_view before, std::string_view what = {},
                         std::string_view after = {}) {
    std::string message = "URL: ";
    message += before;
    message += what;
    message += after;
    detail::refuse_options(std::move(message));
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (char const c : text) {
        if (is_unreserved(c)) {
            encoded += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += digits[byte / 16];
            encoded += digits[byte % 16];
        }
    }
    return encoded;
}

// nullopt: a percent sign without two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned byte = 0;
        char const* const begin = text.data() + i + 1;
        if (text.size() - i < 3 || std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2) {
            return std::nullopt;
        }
        decoded += static_cast<char>(byte);
        i += 2;
    }
    return decoded;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

// How a value of each type is written. `kind` says so in an error.

template <class T>
struct Text {
    static_assert(std::is_integral_v<T>);
    static constexpr std::string_view kind = "a whole number";
    static std::optional<T> read(std::string const& text) { return number<T>(text); }
    static std::string write(T value) { return std::to_string(value); }
};

template <>
struct Text<std::string> {
    static constexpr std::string_view kind = "text";
    static std::optional<std::string> read(std::string const& text) { return text; }
    static std::string write(std::string const& value) { return value; }
};

template <>
struct Text<bool> {
    static constexpr std::string_view kind = "true or false";
    static std::optional<bool> read(std::string const& text) {
        if (text == "true" || text == "yes" || text == "1") {
            return true;
        }
        return text == "false" || text == "no" || text == "0" ? std::optional(false) : std::nullopt;
    }
    static std::string write(bool value) { return value ? "true" : "false"; }
};

template <>
struct Text<Milliseconds> {
    static constexpr std::string_view kind = "a duration such as 250ms, 2s or 1m";
    static std::optional<Milliseconds> read(std::string const& text) {
        std::size_t const unit_at = text.find_first_not_of("0123456789");
        if (unit_at == std::string::npos) {
            return std::nullopt;
        }
        std::string_view const unit = std::string_view(text).substr(unit_at);
        std::int64_t const factor = unit == "ms"  ? 1
                                    : unit == "s" ? 1000
                                    : unit == "m" ? 60'000
                                                  : 0;
        auto const count = number<std::int64_t>(std::string_view(text).substr(0, unit_at));
        if (!count || factor == 0 || *count > std::numeric_limits<std::int64_t>::max() / factor) {
            return std::nullopt;
        }
        return Milliseconds{*count * factor};
    }
    static std::string write(Milliseconds value) { return std::to_string(value.count()) + "ms"; }
};

template <class Enum, std::size_t size>
using Names = std::array<std::pair<std::string_view, Enum>, size>;

template <class Enum, std::size_t size>
std::optional<Enum> named(Names<Enum, size> const& names, std::string_view text) {
    for (auto const& [name, value] : names) {
        if (name == text) {
            return value;
        }
    }
    return std::nullopt;
}

template <class Enum, std::size_t size>
std::string name_of(Names<Enum, size> const& names, Enum value) {
    for (auto const& [name, named_value] : names) {
        if (named_value == value) {
            return std::string(name);
        }
    }
    return "";
}

template <>
struct Text<StartMode> {
    static constexpr std::string_view kind = "lazy or eager";
    static constexpr Names<StartMode, 2> names{
        {{"lazy", StartMode::lazy}, {"eager", StartMode::eager}}};
    static std::optional<StartMode> read(std::string const& text) { return named(names, text); }
    static std::string write(StartMode value) { return name_of(names, value); }
};

template <>
struct Text<LoadBalancingStrategy> {
    static constexpr std::string_view kind =
        "round_robin, round_robin_replicas, random_replica or lowest_latency";
    static constexpr Names<LoadBalancingStrategy, 4> names{
        {{"round_robin", LoadBalancingStrategy::round_robin},
         {"round_robin_replicas", LoadBalancingStrategy::round_robin_replicas},
         {"random_replica", LoadBalancingStrategy::random_replica},
         {"lowest_latency", LoadBalancingStrategy::lowest_latency}}};
    static std::optional<LoadBalancingStrategy> read(std::string const& text) {
        return named(names, text);
    }
    static std::string write(LoadBalancingStrategy value) { return name_of(names, value); }
};

template <class T>
struct Text<std::optional<T>> {
    static constexpr std::string_view kind = Text<T>::kind;
    static std::optional<std::optional<T>> read(std::string const& text) {
        auto value = Text<T>::read(text);
        return value ? std::optional(std::optional<T>(std::move(value))) : std::nullopt;
    }
    static std::string write(std::optional<T> const& value) { return Text<T>::write(*value); }
};

/// One parameter: reads it into the options (false: not of its kind), and writes it unless it has the
/// default value.
struct Parameter {
    std::string_view name;
    std::string_view kind;
    bool (*read)(ClusterOptions& options, std::string const& text);
    std::optional<std::string> (*write)(ClusterOptions const& options);
};

template <auto member>
constexpr Parameter parameter(std::string_view name) {
    using T = std::remove_reference_t<decltype(std::declval<ClusterOptions&>().*member)>;
    return {name, Text<T>::kind,
            [](ClusterOptions& options, std::string const& text) {
                auto value = Text<T>::read(text);
                if (value) {
                    options.*member = std::move(*value);
                }
                return value.has_value();
            },
            [](ClusterOptions const& options) -> std::optional<std::string> {
                static ClusterOptions const defaults;
                return options.*member == defaults.*member
                           ? std::nullopt
                           : std::optional(Text<T>::write(options.*member));
            }};
}

template <auto member>
constexpr Parameter tls_parameter(std::string_view name) {
    using T = std::remove_reference_t<decltype(std::declval<TlsOptions&>().*member)>;
    return {name, Text<T>::kind,
            [](ClusterOptions& options, std::string const& text) {
                auto value = options.tls ? Text<T>::read(text) : std::nullopt;
                if (value) {
                    (*options.tls).*member = std::move(*value);
                }
                return value.has_value();
            },
            [](ClusterOptions const& options) -> std::optional<std::string> {
                return !options.tls || (*options.tls).*member == TlsOptions().*member
                           ? std::nullopt
                           : std::optional(Text<T>::write((*options.tls).*member));
            }};
}

constexpr std::array parameters{
    parameter<&ClusterOptions::username>("username"),
    parameter<&ClusterOptions::password>("password"),
    parameter<&ClusterOptions::client_name>("client_name"),
    parameter<&ClusterOptions::protocol>("protocol"),
    parameter<&ClusterOptions::start>("start"),
    parameter<&ClusterOptions::dynamic_startup_nodes>("dynamic_startup_nodes"),
    parameter<&ClusterOptions::connect_timeout>("connect_timeout"),
    parameter<&ClusterOptions::attempt_timeout>("attempt_timeout"),
    parameter<&ClusterOptions::call_timeout>("call_timeout"),
    parameter<&ClusterOptions::read_from_replicas>("read_from_replicas"),
    parameter<&ClusterOptions::load_balancing_strategy>("load_balancing_strategy"),
    parameter<&ClusterOptions::replicas_only>("replicas_only"),
    parameter<&ClusterOptions::confirm_missing>("confirm_missing"),
    parameter<&ClusterOptions::max_replica_lag_bytes>("max_replica_lag_bytes"),
    parameter<&ClusterOptions::lag_check_interval>("lag_check_interval"),
    parameter<&ClusterOptions::redirects_max>("redirects_max"),
    parameter<&ClusterOptions::cluster_error_retry_attempts>("cluster_error_retry_attempts"),
    parameter<&ClusterOptions::retry_on_timeout>("retry_on_timeout"),
    parameter<&ClusterOptions::require_full_coverage>("require_full_coverage"),
    parameter<&ClusterOptions::skip_full_coverage_check>("skip_full_coverage_check"),
    parameter<&ClusterOptions::reinitialize_steps>("reinitialize_steps"),
    parameter<&ClusterOptions::backoff_min>("backoff_min"),
    parameter<&ClusterOptions::backoff_max>("backoff_max"),
    parameter<&ClusterOptions::refresh_interval_min>("refresh_interval_min"),
    parameter<&ClusterOptions::refresh_period>("refresh_period"),
    parameter<&ClusterOptions::retries_per_second_max>("retries_per_second_max"),
    parameter<&ClusterOptions::health_check_interval>("health_check_interval"),
    parameter<&ClusterOptions::queue_calls_max>("queue_calls_max"),
    parameter<&ClusterOptions::max_connections>("max_connections"),
    tls_parameter<&TlsOptions::verify>("tls_verify"),
    tls_parameter<&TlsOptions::ca_file>("tls_ca_file"),
    tls_parameter<&TlsOptions::certificate_file>("tls_certificate_file"),
    tls_parameter<&TlsOptions::key_file>("tls_key_file"),
    tls_parameter<&TlsOptions::server_name>("tls_server_name"),
};

std::string_view take_until(std::string_view& text, char separator) {
    std::size_t const end = std::min(text.find(separator), text.size());
    std::string_view const part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

[[noreturn]] void refuse_unknown(std::string_view name) {
    std::string known;
    for (Parameter const& parameter : parameters) {
        known += known.empty() ? "" : ", ";
        known += parameter.name;
    }
    std::string after = "; there are: ";
    after += known;
    refuse("unknown parameter ", name, after);
}

void read_parameter(std::string_view text, ClusterOptions& options) {
    std::string_view const name = take_until(text, '=');
    auto const value = percent_decoded(text);
    if (name == "db") {
        if (value != "0") {
            refuse("a cluster has database 0 only (parameter db)");
        }
        return;
    }
    for (Parameter const& parameter : parameters) {
        if (parameter.name != name) {
            continue;
        }
        if (name.starts_with("tls_") && !options.tls) {
            refuse("parameter ", name, " needs rediss://");
        }
        if (!value || !parameter.read(options, *value)) {
            std::string after = " must be ";
            after += parameter.kind;
            after += value ? "" : ", percent-encoded";
            refuse("parameter ", name, after);
        }
        return;
    }
    refuse_unknown(name);
}

void read_credentials(std::string_view text, ClusterOptions& options) {
    auto username = percent_decoded(take_until(text, ':'));
    auto password = percent_decoded(text);
    if (!username || !password) {
        refuse("user and password: a % must be followed by two hexadecimal digits");
    }
    options.username = std::move(*username);
    options.password = std::move(*password);
}

void read_node(std::string_view text, ClusterOptions& options) {
    ClusterNode node;
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        std::size_t const end = text.find(']');
        if (end == std::string_view::npos) {
            refuse("an address begins with [ and has no ]");
        }
        node.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        has_port = !port.empty();
        if (has_port && port.front() != ':') {
            refuse("after the ] of an address only :port can stand");
        }
        port.remove_prefix(has_port ? 1 : 0);
    } else {
        has_port = text.find(':') != std::string_view::npos;
        if (has_port && text.find(':') != text.rfind(':')) {
            refuse("an IPv6 address must stand in [], before :port");
        }
        auto host = percent_decoded(take_until(text, ':'));
        if (!host) {
            refuse("a host: a % must be followed by two hexadecimal digits");
        }
        node.host = std::move(*host);
        port = text;
    }
    if (node.host.empty()) {
        refuse("a host is missing");
    }
    auto const port_number = has_port ? number<std::uint16_t>(port) : std::optional(node.port);
    if (!port_number || *port_number == 0) {
        refuse("the port of a host must be a number from 1 to 65535");
    }
    node.port = *port_number;
    options.startup_nodes.push_back(std::move(node));
}

void read_scheme(std::string_view& url, ClusterOptions& options) {
    std::size_t const end = url.find("://");
    std::string_view const scheme = end == std::string_view::npos ? "" : url.substr(0, end);
    if (scheme == "rediss") {
        options.tls.emplace();
    } else if (scheme == "unix") {
        refuse(
            "a cluster has no unix socket: its nodes tell each other's addresses by host and port");
    } else if (scheme != "redis") {
        refuse("it must begin with redis:// or rediss://");
    }
    url.remove_prefix(end + 3);
}

}  // namespace

ClusterOptions options_from_url(std::string_view url) {
    ClusterOptions options;
    read_scheme(url, options);
    std::size_t const authority_end = std::min(url.find_first_of("/?#"), url.size());
    std::string_view authority = url.substr(0, authority_end);
    url.remove_prefix(authority_end);
    // Whoever forgot to encode an @ of the password means the last one.
    if (std::size_t const at = authority.rfind('@'); at != std::string_view::npos) {
        read_credentials(authority.substr(0, at), options);
        authority.remove_prefix(at + 1);
    }
    do {
        read_node(take_until(authority, ','), options);
    } while (!authority.empty());
    if (url.find('#') != std::string_view::npos) {
        refuse("there is no fragment: a # must be written %23");
    }
    std::string_view const path = take_until(url, '?');
    if (path != "" && path != "/" && path != "/0") {
        refuse("a cluster has database 0 only (the path)");
    }
    // A password with a ? in it would end up here.
    if (url.find('@') != std::string_view::npos) {
        refuse(
            "an @ behind the hosts: /, ?, # and @ must be percent-encoded in a password or value");
    }
    while (!url.empty()) {
        if (std::string_view const parameter = take_until(url, '&'); !parameter.empty()) {
            read_parameter(parameter, options);
        }
    }
    return detail::checked(std::move(options));
}

std::string to_url(ClusterOptions const& options) {
    std::string url = options.tls ? "rediss://" : "redis://";
    auto nodes = options.startup_nodes;
    if (!options.host.empty()) {
        nodes.push_back({.host = options.host, .port = options.port});
    }
    char separator = '\0';
    for (ClusterNode const& node : nodes) {
        if (std::exchange(separator, ',') != '\0') {
            url += ',';
        }
        bool const is_ipv6 = node.host.find(':') != std::string::npos;
        url += is_ipv6 ? "[" : "";
        url += is_ipv6 ? node.host : percent_encoded(node.host);
        url += is_ipv6 ? "]:" : ":";
        url += std::to_string(node.port);
    }
    separator = '?';
    for (Parameter const& parameter : parameters) {
        if (auto const value = parameter.write(options)) {
            url += std::exchange(separator, '&');
            url += parameter.name;
            url += '=';
            url += percent_encoded(*value);
        }
    }
    return url;
}

}  // namespace keyslot
