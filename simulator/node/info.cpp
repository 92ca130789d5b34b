#include "simulator/node/info.hpp"

#include "simulator/node/server.hpp"
#include "simulator/node/words.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace keyslot::sim {

namespace {

/// "name:value" lines.
class Lines {
public:
    explicit Lines(std::string& out) : out_(out) {}

    Lines& operator()(std::string_view name, std::string_view value) {
        out_ += name;
        out_ += ':';
        out_ += value;
        out_ += "\r\n";
        return *this;
    }
    Lines& operator()(std::string_view name, std::int64_t value) {
        return (*this)(name, std::to_string(value));
    }

private:
    std::string& out_;
};

std::int64_t uptime_seconds(Server& server) {
    return std::chrono::duration_cast<std::chrono::seconds>(server.now() - server.started_at())
        .count();
}

void about_server(Server& server, std::string& out) {
    std::int64_t const uptime = uptime_seconds(server);
    Lines{out}("redis_version", "7.0.15")("redis_git_sha1", "00000000")("redis_git_dirty", 0)(
        "redis_mode", server.config.cluster_enabled ? "cluster" : "standalone")(
        "os", "keyslot simulator")("arch_bits", 64)("multiplexing_api", "simulated")(
        "process_id", 1)("run_id", server.config.id)("tcp_port", server.config.port)(
        "server_time_usec", server.unix_time_ms() * 1000)("uptime_in_seconds", uptime)(
        "uptime_in_days", uptime / 86400)("hz", 10)("configured_hz", 10)("executable", "")(
        "config_file", "")("io_threads_active", 0);
}

void about_clients(Server& server, std::string& out) {
    std::int64_t connected = 0;
    std::int64_t blocked = 0;
    std::int64_t with_timeout = 0;
    server.sessions.each([&](Session const& session) {
        connected += session.replica ? 0 : 1;
        blocked += session.blocked != Blocked::no ? 1 : 0;
        with_timeout += session.deadline() != Instant::max() ? 1 : 0;
    });
    Lines{out}("connected_clients", connected)("cluster_connections", 0)("maxclients", 10000)(
        "client_recent_max_input_buffer", 0)("client_recent_max_output_buffer", 0)(
        "blocked_clients", blocked)("tracking_clients",
                                    static_cast<std::int64_t>(server.tracking.clients()))(
        "clients_in_timeout_table", with_timeout);
}

void about_memory(Server& server, std::string& out) {
    // A simulated node has no memory of its own: enough for those who look whether there is any limit.
    Lines{out}("used_memory", 0)("used_memory_human", "0B")("used_memory_peak", 0)(
        "used_memory_lua", 0)("maxmemory", server.parameters.text("maxmemory"))(
        "maxmemory_human", "0B")("maxmemory_policy",
                                 server.parameters.text("maxmemory-policy"))(
        "mem_allocator", "simulated");
}

void about_persistence(Server&, std::string& out) {
    Lines{out}("loading", 0)("async_loading", 0)("rdb_changes_since_last_save", 0)(
        "rdb_bgsave_in_progress", 0)("rdb_last_bgsave_status", "ok")("aof_enabled", 0)(
        "aof_rewrite_in_progress", 0)("aof_last_write_status", "ok");
}

std::int64_t count_topics(Server& server, Topic topic) {
    return static_cast<std::int64_t>(server.pubsub.subscriptions().of(topic).size());
}

void about_stats(Server& server, std::string& out) {
    Statistics const& statistics = server.statistics;
    Lines{out}("total_connections_received", statistics.connections_received)(
        "total_commands_processed", statistics.commands_processed)("rejected_connections", 0)(
        "sync_full", statistics.full_syncs)("sync_partial_ok", statistics.partial_syncs)(
        "sync_partial_err", statistics.partial_syncs_refused)(
        "expired_keys", statistics.expired_keys)("evicted_keys", 0)(
        "pubsub_channels", count_topics(server, Topic::channel))(
        "pubsub_patterns", count_topics(server, Topic::pattern))(
        "pubsubshard_channels", count_topics(server, Topic::shard_channel))(
        "tracking_total_keys", static_cast<std::int64_t>(server.tracking.keys()))(
        "tracking_total_items", static_cast<std::int64_t>(server.tracking.items()))(
        "tracking_total_prefixes", static_cast<std::int64_t>(server.tracking.prefixes()))(
        "total_error_replies", statistics.error_replies);
}

void about_master_link(Server& server, Lines& line) {
    MasterLink const& link = server.master_link;
    std::int64_t const offset = server.feed.log().offset();
    line("master_host", link.master_ip())("master_port", link.master_port())(
        "master_link_status", link.is_up() ? "up" : "down")(
        "master_last_io_seconds_ago", link.silent_seconds())("master_sync_in_progress",
                                                             link.is_transferring() ? 1 : 0)(
        "slave_read_repl_offset", offset)("slave_repl_offset", offset);
    if (!link.is_up()) {
        line("master_link_down_since_seconds", link.down_seconds());
    }
    line("slave_priority", 100)("slave_read_only", 1)("replica_announced", 1);
}

void about_replication(Server& server, std::string& out) {
    Lines line{out};
    ReplicaFeed const& feed = server.feed;
    ReplicationLog const& log = feed.log();
    line("role", server.is_replica() ? "slave" : "master");
    if (server.is_replica()) {
        about_master_link(server, line);
    }
    line("connected_slaves", static_cast<std::int64_t>(feed.replicas().size()));
    std::size_t number = 0;
    for (Session const* session : feed.replicas()) {
        bool const online = session->replica->online;
        std::string const ip(session->replica_ip.empty() ? session->ip() : session->replica_ip);
        line("slave" + std::to_string(number++),
             "ip=" + ip + ",port=" + std::to_string(session->replica_port) +
                 ",state=" + (online ? "online" : "wait_bgsave") +
                 ",offset=" + std::to_string(session->replica->acknowledged) +
                 ",lag=" + std::to_string(online ? feed.lag_seconds(*session) : 0));
    }
    line("master_failover_state", "no-failover")("master_replid", log.id())(
        "master_replid2", log.previous_id())("master_repl_offset", log.offset())(
        "second_repl_offset", log.previous_end())("repl_backlog_active", log.recording() ? 1 : 0)(
        "repl_backlog_size", server.parameters.repl_backlog_bytes)(
        "repl_backlog_first_byte_offset", log.first_byte())("repl_backlog_histlen", log.length());
}

void about_cpu(Server&, std::string& out) {
    Lines{out}("used_cpu_sys", "0.000000")("used_cpu_user", "0.000000");
}

void about_modules(Server&, std::string&) {}

void about_errors(Server& server, std::string& out) {
    for (auto const& [code, count] : server.statistics.errors_by_code) {
        Lines{out}("errorstat_" + code, "count=" + std::to_string(count));
    }
}

void about_cluster(Server& server, std::string& out) {
    Lines{out}("cluster_enabled", server.config.cluster_enabled ? 1 : 0);
}

void about_keyspace(Server& server, std::string& out) {
    Keyspace const& keyspace = server.keyspace;
    if (!keyspace.empty()) {
        Lines{out}("db0", "keys=" + std::to_string(keyspace.size()) +
                              ",expires=" + std::to_string(keyspace.expiring()) + ",avg_ttl=0");
    }
}

struct Section {
    std::string_view title;
    void (*write)(Server&, std::string&);
};

constexpr Section all_sections[] = {
    {"Server", about_server},     {"Clients", about_clients},
    {"Memory", about_memory},     {"Persistence", about_persistence},
    {"Stats", about_stats},       {"Replication", about_replication},
    {"CPU", about_cpu},           {"Modules", about_modules},
    {"Errorstats", about_errors}, {"Cluster", about_cluster},
    {"Keyspace", about_keyspace},
};

}  // namespace

std::string info_text(Server& server, std::span<std::string_view const> sections) {
    auto const asked_for = [&](std::string_view title) {
        return sections.empty() || std::ranges::any_of(sections, [&](std::string_view word) {
                   return same_word(word, title) || same_word(word, "all") ||
                          same_word(word, "default") || same_word(word, "everything");
               });
    };
    std::string text;
    for (Section const& section : all_sections) {
        if (!asked_for(section.title)) {
            continue;
        }
        if (!text.empty()) {
            text += "\r\n";
        }
        text += "# " + std::string(section.title) + "\r\n";
        section.write(server, text);
    }
    return text;
}

}  // namespace keyslot::sim
