#include "simulator/node/info.hpp"

#include "simulator/acl/command_set.hpp"
#include "simulator/node/memory.hpp"
#include "simulator/node/server.hpp"
#include "simulator/node/words.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>

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

/// "2.29M", as INFO shows amounts of memory to people.
std::string for_people(std::uint64_t bytes) {
    constexpr std::string_view units = "BKMGTP";
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 1024 && unit + 1 < units.size()) {
        amount /= 1024;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f%c" : "%.2f%c", amount, units[unit]);
    return text;
}

void about_server(Server& server, std::string& out) {
    std::int64_t const uptime = uptime_seconds(server);
    std::int64_t const seconds = server.unix_time_ms() / 1000;
    Lines{out}("redis_version", "7.0.15")("redis_git_sha1", "00000000")("redis_git_dirty", 0)(
        "redis_build_id", "0")("redis_mode", server.config.cluster_enabled
                                                 ? "cluster"
                                                 : "standalone")("os", "keyslot simulator")(
        "arch_bits", 64)("monotonic_clock", "simulated")("multiplexing_api", "simulated")(
        "atomicvar_api", "c11-builtin")("gcc_version", "12.2.0")("process_id", 1)(
        "process_supervised", "no")("run_id", server.config.id)("tcp_port", server.config.port)(
        "server_time_usec", server.unix_time_us())("uptime_in_seconds", uptime)(
        "uptime_in_days", uptime / 86400)("hz", server.parameters.text("hz"))(
        "configured_hz", server.parameters.text("hz"))("lru_clock", seconds % (1 << 24))(
        "executable", "/usr/bin/redis-server")("config_file", "")("io_threads_active", 0);
    if (server.shutdown.in_progress()) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(server.shutdown.time_left());
        Lines{out}("shutdown_in_milliseconds", left.count());
    }
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
    Lines{out}("connected_clients", connected)(
        "cluster_connections", static_cast<std::int64_t>(server.cluster_connections()))(
        "maxclients", server.parameters.clients_max)("client_recent_max_input_buffer", 0)(
        "client_recent_max_output_buffer", 0)("blocked_clients", blocked)(
        "tracking_clients", static_cast<std::int64_t>(server.tracking.clients()))(
        "clients_in_timeout_table", with_timeout);
}

/// All of it follows from an estimate of the memory that a redis-server would use.
void about_memory(Server& server, std::string& out) {
    auto const used = static_cast<std::int64_t>(server.used_memory());
    auto const start = static_cast<std::int64_t>(memory_at_start);
    std::string const people = for_people(static_cast<std::uint64_t>(used));
    std::uint64_t const limit = server.parameters.memory_max;
    std::int64_t const total = std::int64_t{16} << 30;
    Lines line{out};
    line("used_memory", used)("used_memory_human", people)("used_memory_rss", used)(
        "used_memory_rss_human", people)("used_memory_peak", used)(
        "used_memory_peak_human", people)("used_memory_peak_perc", "100.00%")(
        "used_memory_overhead", start)("used_memory_startup", start)(
        "used_memory_dataset", used - start)("used_memory_dataset_perc",
                                             used > start ? "100.00%" : "0.00%")(
        "allocator_allocated", used)("allocator_active", used)("allocator_resident", used)(
        "total_system_memory", total)("total_system_memory_human", "16.00G");
    line("used_memory_lua", 32768)("used_memory_vm_eval", 32768)("used_memory_lua_human", "32.00K")(
        "used_memory_scripts_eval", 0)("number_of_cached_scripts", 0)("number_of_functions", 0)(
        "number_of_libraries", 0)("used_memory_vm_functions", 33792)("used_memory_vm_total", 66560)(
        "used_memory_vm_total_human", "65.00K")("used_memory_functions", 200)(
        "used_memory_scripts", 200)("used_memory_scripts_human", "200B");
    line("maxmemory", std::to_string(limit))("maxmemory_human", for_people(limit))(
        "maxmemory_policy", server.parameters.text("maxmemory-policy"))(
        "allocator_frag_ratio", "1.00")("allocator_frag_bytes", 0)("allocator_rss_ratio", "1.00")(
        "allocator_rss_bytes", 0)("rss_overhead_ratio", "1.00")("rss_overhead_bytes", 0)(
        "mem_fragmentation_ratio", "1.00")("mem_fragmentation_bytes", 0)(
        "mem_not_counted_for_evict", 0)("mem_replication_backlog", 0)(
        "mem_total_replication_buffers", 0)("mem_clients_slaves", 0)("mem_clients_normal", 0)(
        "mem_cluster_links", 0)("mem_aof_buffer", 0)("mem_allocator", "jemalloc-5.3.0")(
        "active_defrag_running", 0)("lazyfree_pending_objects", 0)("lazyfreed_objects", 0);
}

/// "12.34"
std::string percents(std::int64_t parts_per_million) {
    std::string const fraction = std::to_string(parts_per_million / 100 % 100);
    return std::to_string(parts_per_million / 10'000) + '.' +
           std::string(2 - fraction.size(), '0') + fraction;
}

/// While a data set is loaded.
void about_loading(Server& server, Lines line) {
    LoadingWindow const& loading = *server.loading();
    Duration const elapsed = server.now() - loading.since;
    Duration const whole = loading.until - loading.since;
    auto const to_ms = [](Duration time) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    };
    std::int64_t const bytes = loading.bytes;
    std::int64_t const loaded_ppm = whole.count() == 0 ? 0 : elapsed * 1'000'000 / whole;
    line("loading_start_time", (server.unix_time_ms() - to_ms(elapsed)) / 1000)(
        "loading_total_bytes", bytes)("loading_rdb_used_mem", 0)("loading_loaded_bytes",
                                                                 bytes * loaded_ppm / 1'000'000)(
        "loading_loaded_perc", percents(loaded_ppm))("loading_eta_seconds",
                                                     to_ms(whole - elapsed) / 1000);
}

void about_persistence(Server& server, std::string& out) {
    Statistics const& statistics = server.statistics;
    bool const appends = server.parameters.text("appendonly") == "yes";
    Lines{out}("loading", server.is_loading() ? 1 : 0)("async_loading", 0)("current_cow_peak", 0)(
        "current_cow_size", 0)("current_cow_size_age", 0)("current_fork_perc", "0.00")(
        "current_save_keys_processed", 0)("current_save_keys_total", 0)(
        "rdb_changes_since_last_save", statistics.changes_since_save)("rdb_bgsave_in_progress", 0)(
        "rdb_last_save_time", statistics.last_save_s)("rdb_last_bgsave_status", "ok")(
        "rdb_last_bgsave_time_sec", -1)("rdb_current_bgsave_time_sec", -1)("rdb_saves", 0)(
        "rdb_last_cow_size", 0)("rdb_last_load_keys_expired", 0)("rdb_last_load_keys_loaded", 0)(
        "aof_enabled", appends ? 1 : 0)("aof_rewrite_in_progress", 0)("aof_rewrite_scheduled", 0)(
        "aof_last_rewrite_time_sec", -1)("aof_current_rewrite_time_sec", -1)(
        "aof_last_bgrewrite_status", "ok")("aof_rewrites", 0)("aof_rewrites_consecutive_failures",
                                                              0)("aof_last_write_status", "ok")(
        "aof_last_cow_size", 0)("module_fork_in_progress", 0)("module_fork_last_cow_size", 0);
    if (server.is_loading()) {
        about_loading(server, Lines{out});
    }
}

std::int64_t count_topics(Server& server, Topic topic) {
    return static_cast<std::int64_t>(server.pubsub.subscriptions().of(topic).size());
}

void about_stats(Server& server, std::string& out) {
    Statistics const& statistics = server.statistics;
    Lines line{out};
    line("total_connections_received", statistics.connections_received)(
        "total_commands_processed", statistics.commands_processed)("instantaneous_ops_per_sec", 0)(
        "total_net_input_bytes", 0)("total_net_output_bytes", 0)("total_net_repl_input_bytes", 0)(
        "total_net_repl_output_bytes", 0)("instantaneous_input_kbps", "0.00")(
        "instantaneous_output_kbps", "0.00")("instantaneous_input_repl_kbps", "0.00")(
        "instantaneous_output_repl_kbps", "0.00")("rejected_connections",
                                                  statistics.rejected_connections)(
        "sync_full", statistics.full_syncs)("sync_partial_ok", statistics.partial_syncs)(
        "sync_partial_err", statistics.partial_syncs_refused)(
        "expired_keys", statistics.expired_keys)("expired_stale_perc", "0.00")(
        "expired_time_cap_reached_count", 0)("expire_cycle_cpu_milliseconds", 0)(
        "evicted_keys", statistics.evicted_keys)("evicted_clients", 0)(
        "total_eviction_exceeded_time", 0)("current_eviction_exceeded_time", 0)(
        "keyspace_hits", statistics.keyspace_hits)("keyspace_misses", statistics.keyspace_misses)(
        "pubsub_channels", count_topics(server, Topic::channel))(
        "pubsub_patterns", count_topics(server, Topic::pattern))(
        "pubsubshard_channels", count_topics(server, Topic::shard_channel));
    line("latest_fork_usec", 0)("total_forks", 0)("migrate_cached_sockets", 0)(
        "slave_expires_tracked_keys", 0)("active_defrag_hits", 0)("active_defrag_misses", 0)(
        "active_defrag_key_hits", 0)("active_defrag_key_misses", 0)("total_active_defrag_time", 0)(
        "current_active_defrag_time", 0)("tracking_total_keys",
                                         static_cast<std::int64_t>(server.tracking.keys()))(
        "tracking_total_items", static_cast<std::int64_t>(server.tracking.items()))(
        "tracking_total_prefixes", static_cast<std::int64_t>(server.tracking.prefixes()))(
        "unexpected_error_replies", 0)("total_error_replies", statistics.error_replies)(
        "dump_payload_sanitizations", 0)("total_reads_processed", statistics.commands_processed)(
        "total_writes_processed", statistics.commands_processed)("io_threaded_reads_processed", 0)(
        "io_threaded_writes_processed", 0)("reply_buffer_shrinks", 0)("reply_buffer_expands", 0);
}

void about_master_link(Server& server, Lines& line) {
    MasterLink const& link = server.master_link;
    std::int64_t const offset = link.has_history() ? server.feed.log().offset() : 1;
    line("master_host", link.master_ip())("master_port", link.master_port())(
        "master_link_status", link.is_up() ? "up" : "down")(
        "master_last_io_seconds_ago", link.silent_seconds())("master_sync_in_progress",
                                                             link.is_transferring() ? 1 : 0)(
        "slave_read_repl_offset", offset)("slave_repl_offset", offset);
    if (link.is_transferring()) {
        std::int64_t const total = link.transfer_bytes();
        std::int64_t const read = link.is_loading() ? total : link.transferred_bytes();
        line("master_sync_total_bytes", total)("master_sync_read_bytes", read)(
            "master_sync_left_bytes", total - read)(
            "master_sync_perc", percents(total == 0 ? 0 : read * 1'000'000 / total))(
            "master_sync_last_io_seconds_ago", 0);
    }
    if (!link.is_up()) {
        line("master_link_down_since_seconds", link.down_seconds());
    }
    line("slave_priority", server.parameters.replica_priority)(
        "slave_read_only", server.parameters.replica_read_only ? 1 : 0)(
        "replica_announced", server.parameters.replica_announced ? 1 : 0);
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
    constexpr std::string_view none = "0.000000";
    Lines{out}("used_cpu_sys", none)("used_cpu_user", none)("used_cpu_sys_children", none)(
        "used_cpu_user_children", none)("used_cpu_sys_main_thread", none)(
        "used_cpu_user_main_thread", none);
}

void about_modules(Server&, std::string&) {}

/// Every command counts as one microsecond: in virtual time it takes none.
void about_commands(Server& server, std::string& out) {
    each_command(protocol::all_commands(), [&](protocol::CommandInfo const& info) {
        CommandCalls const& calls = server.statistics.calls_of(command_number(info));
        if (calls.calls == 0 && calls.rejected == 0) {
            return;
        }
        std::string const count = std::to_string(calls.calls);
        Lines{out}("cmdstat_" + std::string(info.name),
                   "calls=" + count + ",usec=" + count +
                       ",usec_per_call=" + (calls.calls > 0 ? "1.00" : "0.00") +
                       ",rejected_calls=" + std::to_string(calls.rejected) +
                       ",failed_calls=" + std::to_string(calls.failed));
    });
}

void about_latencies(Server& server, std::string& out) {
    auto const percentiles =
        split_words(server.parameters.text("latency-tracking-info-percentiles"));
    std::string values;
    for (std::string const& percentile : percentiles) {
        values += (values.empty() ? "p" : ",p") + percentile + "=1.003";
    }
    each_command(protocol::all_commands(), [&](protocol::CommandInfo const& info) {
        if (server.parameters.latency_tracking &&
            server.statistics.calls_of(command_number(info)).calls > 0) {
            Lines{out}("latency_percentiles_usec_" + std::string(info.name), values);
        }
    });
}

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
    bool by_default = true;
};

constexpr Section all_sections[] = {
    {"Server", about_server},
    {"Clients", about_clients},
    {"Memory", about_memory},
    {"Persistence", about_persistence},
    {"Stats", about_stats},
    {"Replication", about_replication},
    {"CPU", about_cpu},
    {"Modules", about_modules},
    {"Commandstats", about_commands, false},
    {"Errorstats", about_errors},
    {"Latencystats", about_latencies, false},
    {"Cluster", about_cluster},
    {"Keyspace", about_keyspace},
};

}  // namespace

std::string info_text(Server& server, std::span<std::string_view const> sections) {
    // "all" means no modules; there are none.
    auto const asked_for = [&](Section const& section) {
        return (sections.empty() && section.by_default) ||
               std::ranges::any_of(sections, [&](std::string_view word) {
                   return same_word(word, section.title) || same_word(word, "everything") ||
                          (same_word(word, "all") && section.title != "Modules") ||
                          (same_word(word, "default") && section.by_default);
               });
    };
    std::string text;
    for (Section const& section : all_sections) {
        if (!asked_for(section)) {
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
