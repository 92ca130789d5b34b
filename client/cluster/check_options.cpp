#include "client/cluster/check_options.hpp"

#include <keyslot/error.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace keyslot::detail {

namespace {

[[noreturn]] void refuse(std::string_view option, std::string_view why) {
    std::string message = "option ";
    message += option;
    message += ": ";
    message += why;
    refuse_options(std::move(message));
}

void check_nodes(ClusterOptions const& options) {
    if (options.startup_nodes.empty()) {
        refuse("startup_nodes", "there must be one at least (or host)");
    }
    for (ClusterNode const& node : options.startup_nodes) {
        bool const is_unix_socket = node.host.starts_with('/');
        if (node.host.empty()) {
            refuse("startup_nodes", "a node has no host");
        }
        if (node.port == 0 && !is_unix_socket) {
            std::string why = node.host;
            why += " has port 0";
            refuse("startup_nodes", why);
        }
    }
}

void check_times(ClusterOptions const& options) {
    using Milliseconds = std::chrono::milliseconds;
    constexpr Milliseconds longest = std::chrono::hours{24 * 365};
    struct {
        std::string_view name;
        Milliseconds value;
        bool may_be_zero;
    } const times[] = {
        {"connect_timeout", options.connect_timeout, false},
        {"attempt_timeout", options.attempt_timeout, false},
        {"call_timeout", options.call_timeout, false},
        {"backoff_min", options.backoff_min, true},
        {"backoff_max", options.backoff_max, true},
        {"refresh_interval_min", options.refresh_interval_min, true},
        {"refresh_period", options.refresh_period, true},
        {"health_check_interval", options.health_check_interval, true},
        {"lag_check_interval", options.lag_check_interval, false},
    };
    for (auto const& time : times) {
        if (time.value < Milliseconds{0} || time.value > longest) {
            refuse(time.name, "must not be negative, nor longer than a year");
        }
        if (time.value == Milliseconds{0} && !time.may_be_zero) {
            refuse(time.name, "must be longer than zero");
        }
    }
    if (options.backoff_min > options.backoff_max) {
        refuse("backoff_min", "is longer than backoff_max");
    }
}

void check_numbers(ClusterOptions const& options) {
    if (options.protocol != 2 && options.protocol != 3) {
        refuse("protocol", "must be 2 or 3");
    }
    struct {
        std::string_view name;
        int value;
    } const limits[] = {
        {"redirects_max", options.redirects_max},
        {"cluster_error_retry_attempts", options.cluster_error_retry_attempts.value_or(0)},
        {"reinitialize_steps", options.reinitialize_steps},
        {"retries_per_second_max", options.retries_per_second_max},
    };
    for (auto const& limit : limits) {
        if (limit.value < 0) {
            refuse(limit.name, "must not be negative");
        }
    }
    if (options.queue_calls_max == 0) {
        refuse("queue_calls_max", "must be 1 at least");
    }
    if (options.max_connections == 0) {
        refuse("max_connections", "must be 1 at least");
    }
}

void check_identity(ClusterOptions const& options) {
    if (!options.username.empty() && options.password.empty() && !options.credential_provider) {
        refuse("username", "stands without a password");
    }
    // The server's rule for CLIENT SETNAME.
    for (char const c : options.client_name) {
        if (c < '!' || c > '~') {
            refuse("client_name", "must be printable, without spaces");
        }
    }
    if (options.tls && options.tls->certificate_file.empty() != options.tls->key_file.empty()) {
        refuse("tls", "a certificate needs its key, and a key its certificate");
    }
    if (!options.tls && options.tls_server_name) {
        refuse("tls_server_name", "is set, but tls is not");
    }
    if (options.replicas_only && !options.read_from_replicas && !options.load_balancing_strategy) {
        refuse("replicas_only", "is on, but read_from_replicas is not");
    }
}

}  // namespace

void refuse_options(std::string message) {
    throw_error(std::make_shared<Failure const>(
        Failure{.code = ErrorCode::invalid_argument, .message = std::move(message)}));
}

ClusterOptions checked(ClusterOptions options) {
    if (!options.host.empty()) {
        if (options.port == 0) {
            refuse("port", "must not be 0");
        }
        options.startup_nodes.push_back(
            {.host = std::exchange(options.host, {}), .port = options.port});
    }
    check_nodes(options);
    check_times(options);
    check_numbers(options);
    check_identity(options);
    return options;
}

}  // namespace keyslot::detail
