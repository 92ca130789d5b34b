#pragma once

#include "simulator/node/keyspace_event.hpp"
#include "simulator/node/node.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// What CONFIG GET and CONFIG SET know. Most of what a node obeys lives in its NodeConfig; what clients
/// ask for, but nothing here depends on (persistence, logging), is remembered and no more.
class Parameters {
public:
    explicit Parameters(NodeConfig& config);

    bool serve_stale_data = true;
    std::int64_t min_replicas_to_write = 0;
    std::int64_t min_replicas_max_lag_s = 10;
    std::int64_t repl_timeout_s = 60;
    std::int64_t repl_ping_period_s = 10;
    std::int64_t repl_backlog_bytes = 1024 * 1024;
    NotifyFlags notify_events;
    std::size_t tracking_table_keys_max = 1'000'000;  ///< 0: any number
    std::int64_t acl_log_max = 128;

    /// masterauth: by default the nodes of a cluster share one password.
    std::string const& master_password() const {
        return master_password_ ? *master_password_ : config_.password;
    }

    /// Names and values of those whose name matches, in alphabetical order.
    std::vector<std::pair<std::string, std::string>> get(std::string_view pattern) const;
    bool exists(std::string_view name) const;
    bool is_fixed(std::string_view name) const;
    /// What is wrong with the value, as CONFIG SET says it after " - "; nullopt: it is taken.
    std::optional<std::string> set(std::string_view name, std::string_view value);
    /// Back to a former state: CONFIG SET changes all that it names, or nothing.
    void restore(Parameters const& former, NodeConfig const& former_config);

private:
    struct Parameter;
    static std::vector<Parameter> const& all();
    static Parameter const* find(std::string_view name);

    NodeConfig& config_;
    std::optional<std::string> master_password_;
    std::vector<std::pair<std::string, std::string>> remembered_;
};

}  // namespace keyslot::sim
