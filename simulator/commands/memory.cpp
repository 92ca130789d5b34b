#include "simulator/node/memory.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <string>

namespace keyslot::sim {

namespace {

void usage(ServerCommand& command) {
    for (std::size_t n = 3; n < command.count(); n += 2) {
        if (!command.is(n, "samples") || n + 1 == command.count()) {
            return command.syntax_error();
        }
        auto const samples = parse_integer(command.argument(n + 1));
        if (!samples) {
            return command.reply.error(errors::not_an_integer);
        }
        if (*samples < 0) {
            return command.syntax_error();
        }
    }
    Server& server = command.server;
    Entry const* const entry = server.keyspace.find_raw(command.argument(2));  // expired or not
    if (entry == nullptr) {
        return command.reply.null();
    }
    command.reply.integer(
        static_cast<std::int64_t>(memory_of(*entry, server.config.cluster_enabled)));
}

/// All of it follows from the estimate of used memory: what concerns an allocator is as if there were
/// no waste.
void stats(ServerCommand& command) {
    Server& server = command.server;
    protocol::RespWriter& reply = command.reply;
    auto const used = static_cast<std::int64_t>(server.used_memory());
    auto const start = static_cast<std::int64_t>(memory_at_start);
    auto const keys = static_cast<std::int64_t>(server.keyspace.size());
    bool const has_keys = keys > 0;
    auto const field = [&](std::string_view name, std::int64_t value) {
        reply.bulk(name);
        reply.integer(value);
    };
    auto const ratio = [&](std::string_view name, double value) {
        reply.bulk(name);
        reply.number(value);
    };
    reply.map(has_keys ? 28 : 27);
    field("peak.allocated", used);
    field("total.allocated", used);
    field("startup.allocated", start);
    field("replication.backlog", 0);
    field("clients.slaves", 0);
    field("clients.normal", 0);
    field("cluster.links", 0);
    field("aof.buffer", 0);
    field("lua.caches", 0);
    field("functions.caches", 200);
    if (has_keys) {
        reply.bulk("db.0");
        reply.map(3);
        field("overhead.hashtable.main", keys * 48);
        field("overhead.hashtable.expires",
              static_cast<std::int64_t>(server.keyspace.expiring()) * 32);
        field("overhead.hashtable.slot-to-keys", keys * 16);
    }
    field("overhead.total", start);
    field("keys.count", keys);
    field("keys.bytes-per-key", has_keys ? (used - start) / keys : 0);
    field("dataset.bytes", used - start);
    ratio("dataset.percentage", has_keys ? 100 : 0);
    ratio("peak.percentage", 100);
    field("allocator.allocated", used);
    field("allocator.active", used);
    field("allocator.resident", used);
    ratio("allocator-fragmentation.ratio", 1);
    field("allocator-fragmentation.bytes", 0);
    ratio("allocator-rss.ratio", 1);
    field("allocator-rss.bytes", 0);
    ratio("rss-overhead.ratio", 1);
    field("rss-overhead.bytes", 0);
    ratio("fragmentation", 1);
    field("fragmentation.bytes", 0);
}

void doctor(ServerCommand& command) {
    command.reply.verbatim(
        "txt",
        "Hi Sam, this instance is empty or is using very little memory, my issues detector can't "
        "be "
        "used in these conditions. Please, leave for your mission on Earth and fill it with some "
        "data. The new Sam and I will be back to our programming as soon as I finished "
        "rebooting.\n");
}

void purge(ServerCommand& command) { command.reply.ok(); }

void malloc_stats(ServerCommand& command) {
    command.reply.verbatim("txt", "Stats not supported for the current allocator");
}

void help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DOCTOR",
        "    Return memory problems reports.",
        "MALLOC-STATS",
        "    Return internal statistics report from the memory allocator.",
        "PURGE",
        "    Attempt to purge dirty pages for reclamation by the allocator.",
        "STATS",
        "    Return information about the memory usage of the server.",
        "USAGE <key> [SAMPLES <count>]",
        "    Return memory in bytes used by <key> and its value. Nested values are",
        "    sampled up to <count> times (default: 5, 0 means sample all).",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"memory|doctor", doctor}, {"memory|help", help},   {"memory|malloc-stats", malloc_stats},
    {"memory|purge", purge},   {"memory|stats", stats}, {"memory|usage", usage},
};

}  // namespace

std::span<ServerCommandEntry const> memory_commands() { return entries; }

}  // namespace keyslot::sim
