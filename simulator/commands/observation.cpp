#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <algorithm>
#include <string>
#include <vector>

// MONITOR, SLOWLOG and LATENCY. In virtual time nothing is slow: there are latencies of commands to be
// told, but no events.
namespace keyslot::sim {

namespace {

using protocol::RespWriter;

void monitor(ServerCommand& command) {
    if (command.session.transaction.open) {
        return command.reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client");
    }
    if (command.server.is_monitor(command.session)) {
        return;  // not even an answer
    }
    command.server.monitor(command.session);
    command.reply.ok();
}

void write_entry(RespWriter& reply, SlowLog::Entry const& entry) {
    reply.array(6);
    reply.integer(entry.id);
    reply.integer(entry.at_s);
    reply.integer(entry.duration_us);
    reply.array(entry.words.size());
    for (std::string const& word : entry.words) {
        reply.bulk(word);
    }
    reply.bulk(entry.peer);
    reply.bulk(entry.client_name);
}

void slowlog_get(ServerCommand& command) {
    if (command.count() > 3) {
        return command.wrong_subcommand_arguments();
    }
    constexpr std::int64_t shown_by_default = 10;
    auto const count =
        command.count() == 3 ? parse_integer(command.argument(2)) : std::optional(shown_by_default);
    if (!count || *count < -1) {
        return command.reply.error("ERR count should be greater than or equal to -1");
    }
    auto const& entries = command.server.slow_log.entries();
    std::size_t const shown =
        *count < 0 ? entries.size() : std::min(static_cast<std::size_t>(*count), entries.size());
    command.reply.array(shown);
    for (std::size_t n = 0; n < shown; ++n) {
        write_entry(command.reply, entries[n]);
    }
}

void slowlog_len(ServerCommand& command) {
    command.reply.integer(static_cast<std::int64_t>(command.server.slow_log.entries().size()));
}

void slowlog_reset(ServerCommand& command) {
    command.server.slow_log.clear();
    command.reply.ok();
}

void slowlog_help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "SLOWLOG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET [<count>]",
        "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
        "    Entries are made of:",
        "    id, timestamp, time in microseconds, arguments array, client IP and port,",
        "    client name",
        "LEN",
        "    Return the length of the slowlog.",
        "RESET",
        "    Reset the slowlog.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

void latency_none(ServerCommand& command) { command.reply.array(0); }
void latency_reset(ServerCommand& command) { command.reply.integer(0); }

void latency_doctor(ServerCommand& command) {
    if (command.server.parameters.latency_threshold_ms != 0) {
        return command.reply.verbatim(
            "txt",
            "Dave, no latency spike was observed during the lifetime of this Redis instance, not "
            "in "
            "the slightest bit. I honestly think you ought to sit down calmly, take a stress pill, "
            "and think things over.\n");
    }
    command.reply.verbatim("txt",
                           "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in "
                           "this Redis instance. You "
                           "may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in "
                           "order to enable it. If "
                           "we weren't in a deep space mission I'd suggest to take a look at "
                           "https://redis.io/topics/latency-monitor.\n");
}

void latency_graph(ServerCommand& command) {
    command.reply.error("ERR No samples available for event '" + std::string(command.argument(2)) +
                        "'");
}

/// Every command counts as one microsecond.
void latency_histogram(ServerCommand& command) {
    struct Line {
        std::string_view name;
        std::int64_t calls;
    };
    std::vector<Line> lines;
    auto const wanted = [&](std::string_view name) {
        Arguments const names = command.arguments.subspan(2);
        return names.empty() || std::ranges::any_of(names, [&](std::string_view word) {
                   return same_word(word, name) || same_word(word, name.substr(0, name.find('|')));
               });
    };
    each_command(protocol::all_commands(), [&](protocol::CommandInfo const& info) {
        std::int64_t const calls = command.server.statistics.calls_of(command_number(info)).calls;
        if (calls > 0 && wanted(info.name)) {
            lines.push_back({info.name, calls});
        }
    });
    command.reply.map(lines.size());
    for (Line const& line : lines) {
        command.reply.bulk(line.name);
        command.reply.map(2);
        command.reply.bulk("calls");
        command.reply.integer(line.calls);
        command.reply.bulk("histogram_usec");
        command.reply.map(1);
        command.reply.integer(1);
        command.reply.integer(line.calls);
    }
}

void latency_help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "LATENCY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DOCTOR",
        "    Return a human readable latency analysis report.",
        "GRAPH <event>",
        "    Return an ASCII latency graph for the <event> class.",
        "HISTORY <event>",
        "    Return time-latency samples for the <event> class.",
        "LATEST",
        "    Return the latest latency samples for all events.",
        "RESET [<event> ...]",
        "    Reset latency data of one or more <event> classes.",
        "    (default: reset all data for all event classes)",
        "HISTOGRAM [COMMAND ...]",
        "    Return a cumulative distribution of latencies in the format of a histogram for the "
        "specified command names.",
        "    If no commands are specified then all histograms are replied.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"monitor", monitor},
    {"slowlog|get", slowlog_get},
    {"slowlog|help", slowlog_help},
    {"slowlog|len", slowlog_len},
    {"slowlog|reset", slowlog_reset},
    {"latency|doctor", latency_doctor},
    {"latency|graph", latency_graph},
    {"latency|help", latency_help},
    {"latency|histogram", latency_histogram},
    {"latency|history", latency_none},
    {"latency|latest", latency_none},
    {"latency|reset", latency_reset},
};

}  // namespace

std::span<ServerCommandEntry const> observation_commands() { return entries; }

}  // namespace keyslot::sim
