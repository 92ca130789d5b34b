#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"
#include "simulator/scripting/sha.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <span>
#include <string>
#include <variant>
#include <vector>

// The parts of DEBUG that tools and client tests use; enable-debug-command must allow it.
namespace keyslot::sim {

namespace {

using protocol::RespWriter;

void add(Sha1& digest, std::string_view bytes) {
    Sha1 const other = sha1(bytes);
    for (std::size_t n = 0; n < digest.size(); ++n) {
        digest[n] = static_cast<unsigned char>(digest[n] ^ other[n]);
    }
}

/// As add(), but the order matters.
void mix(Sha1& digest, std::string_view bytes) {
    add(digest, bytes);
    digest = sha1({reinterpret_cast<char const*>(digest.data()), digest.size()});
}

/// Equal for equal values, and for strings what Redis says.
Sha1 digest_of(Entry const& entry) {
    Sha1 digest{};
    if (auto const* const string = std::get_if<StringValue>(&entry.value)) {
        mix(digest, std::string_view("\0\0\0\0", 4));  // the type's number
        mix(digest, string->view());
    } else {
        std::string bytes;
        serialise(entry.value, bytes);
        mix(digest, bytes);
    }
    if (entry.expires_at_ms()) {
        add(digest, "!!expire!!");
    }
    return digest;
}

void digest_value(ServerCommand& command) {
    command.reply.array(command.count() - 2);
    for (std::string_view const key : command.arguments.subspan(2)) {
        Entry const* const entry = command.server.keyspace.find_raw(key);
        command.reply.simple(hex(entry != nullptr ? digest_of(*entry) : Sha1{}));
    }
}

void digest(ServerCommand& command) {
    Sha1 all{};
    Keyspace const& keyspace = command.server.keyspace;
    for (Entry const* entry = keyspace.first(); entry != nullptr; entry = keyspace.next(*entry)) {
        add(all, std::string(entry->key()) + hex(digest_of(*entry)));
    }
    command.reply.simple(hex(all));
}

void object(ServerCommand& command) {
    Entry const* const entry = command.server.keyspace.find_raw(command.argument(2));
    if (entry == nullptr) {
        return command.reply.error(errors::no_such_key);
    }
    std::string bytes;
    serialise(entry->value, bytes);
    std::int64_t const now_ms = command.server.unix_time_ms();
    command.reply.simple(
        "Value at:0x7f0000000000 refcount:1 encoding:" + std::string(encoding_name(entry->value)) +
        " serializedlength:" + std::to_string(bytes.size()) +
        " lru:" + std::to_string(entry->accessed_at_ms() / 1000 % (1 << 24)) +
        " lru_seconds_idle:" + std::to_string((now_ms - entry->accessed_at_ms()) / 1000));
}

void protocol_example(ServerCommand& command) {
    RespWriter& reply = command.reply;
    std::string const kind = lowered(command.argument(2));
    if (kind == "string") {
        reply.bulk("Hello World");
    } else if (kind == "integer") {
        reply.integer(12345);
    } else if (kind == "double") {
        reply.number(3.141);
    } else if (kind == "null") {
        reply.null();
    } else if (kind == "array" || kind == "set") {
        kind == "array" ? reply.array(3) : reply.set(3);
        for (std::int64_t n = 0; n < 3; ++n) {
            reply.integer(n);
        }
    } else if (kind == "map") {
        reply.map(3);
        for (std::int64_t n = 0; n < 3; ++n) {
            reply.integer(n);
            reply.boolean(n == 1);
        }
    } else if (kind == "attrib") {
        if (reply.protocol() == 3) {
            reply.out() += "|1\r\n";
            reply.bulk("key-popularity");
            reply.array(2);
            reply.bulk("key:123");
            reply.integer(90);
        }
        reply.bulk("Some real reply following the attribute");
    } else if (kind == "push") {
        if (reply.protocol() == 2) {
            return reply.error("ERR RESP2 is not supported by this command");
        }
        reply.push(2);
        reply.bulk("server-cpu-usage");
        reply.integer(42);
    } else if (kind == "true" || kind == "false") {
        reply.boolean(kind == "true");
    } else if (kind == "verbatim") {
        reply.verbatim("txt", "This is a verbatim\nstring");
    } else if (kind == "bignum") {
        reply.big_number("1234567999999999999999999999999999999");
    } else {
        reply.error(
            "ERR Wrong protocol type name. Please use one of the following: "
            "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
    }
}

void help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "AOF-FLUSH-SLEEP <microsec>",
        "    Server will sleep before flushing the AOF, this is used for testing.",
        "ASSERT",
        "    Crash by assertion failed.",
        "CHANGE-REPL-ID",
        "    Change the replication IDs of the instance.",
        "    Dangerous: should be used only for testing the replication subsystem.",
        "CONFIG-REWRITE-FORCE-ALL",
        "    Like CONFIG REWRITE but writes all configuration options, including",
        "    keywords not listed in original configuration file or default values.",
        "CRASH-AND-RECOVER [<milliseconds>]",
        "    Hard crash and restart after a <milliseconds> delay (default 0).",
        "DIGEST",
        "    Output a hex signature representing the current DB content.",
        "DIGEST-VALUE <key> [<key> ...]",
        "    Output a hex signature of the values of all the specified keys.",
        "ERROR <string>",
        "    Return a Redis protocol error with <string> as message. Useful for clients",
        "    unit tests to simulate Redis errors.",
        "LEAK <string>",
        "    Create a memory leak of the input string.",
        "LOG <message>",
        "    Write <message> to the server log.",
        "HTSTATS <dbid>",
        "    Return hash table statistics of the specified Redis database.",
        "HTSTATS-KEY <key>",
        "    Like HTSTATS but for the hash table stored at <key>'s value.",
        "LOADAOF",
        "    Flush the AOF buffers on disk and reload the AOF in memory.",
        "REPLICATE <string>",
        "    Replicates the provided string to replicas, allowing data divergence.",
        "MALLCTL <key> [<val>]",
        "    Get or set a malloc tuning integer.",
        "MALLCTL-STR <key> [<val>]",
        "    Get or set a malloc tuning string.",
        "OBJECT <key>",
        "    Show low level info about `key` and associated value.",
        "DROP-CLUSTER-PACKET-FILTER <packet-type>",
        "    Drop all packets that match the filtered type. Set to -1 allow all packets.",
        "OOM",
        "    Crash the server simulating an out-of-memory error.",
        "PANIC",
        "    Crash the server simulating a panic.",
        "POPULATE <count> [<prefix>] [<size>]",
        "    Create <count> string keys named key:<num>. If <prefix> is specified then",
        "    it is used instead of the 'key' prefix. These are not propagated to",
        "    replicas. Cluster slots are not respected so keys not belonging to the",
        "    current node can be created in cluster mode.",
        "PROTOCOL <type>",
        "    Reply with a test value of the specified type. <type> can be: string,",
        "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
        "    true, false.",
        "RELOAD [option ...]",
        "    Save the RDB on disk and reload it back to memory. Valid <option> values:",
        "    * MERGE: conflicting keys will be loaded from RDB.",
        "    * NOFLUSH: the existing database will not be removed before load, but",
        "      conflicting keys will generate an exception and kill the server.",
        "    * NOSAVE: the database will be loaded from an existing RDB file.",
        "    Examples:",
        "    * DEBUG RELOAD: verify that the server is able to persist, flush and reload",
        "      the database.",
        "    * DEBUG RELOAD NOSAVE: replace the current database with the contents of an",
        "      existing RDB file.",
        "    * DEBUG RELOAD NOSAVE NOFLUSH MERGE: add the contents of an existing RDB",
        "      file to the database.",
        "RESTART [<milliseconds>]",
        "    Graceful restart: save config, db, restart after a <milliseconds> delay (default 0).",
        "SDSLEN <key>",
        "    Show low level SDS string info representing `key` and value.",
        "SEGFAULT",
        "    Crash the server with sigsegv.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    Setting it to 0 disables expiring keys in background when they are not",
        "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
        "    default.",
        "QUICKLIST-PACKED-THRESHOLD <size>",
        "    Sets the threshold for elements to be inserted as plain vs packed nodes",
        "    Default value is 1GB, allows values up to 4GB. Setting to 0 restores to default.",
        "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
        "    Enables or disables checksum checks for RDB files and RESTORE's payload.",
        "SLEEP <seconds>",
        "    Stop the server for <seconds>. Decimals allowed.",
        "STRINGMATCH-TEST",
        "    Run a fuzz tester against the stringmatchlen() function.",
        "STRUCTSIZE",
        "    Return the size of different Redis core C structures.",
        "LISTPACK <key>",
        "    Show low level info about the listpack encoding of <key>.",
        "QUICKLIST <key> [<0|1>]",
        "    Show low level info about the quicklist encoding of <key>.",
        "    The optional argument (0 by default) sets the level of detail",
        "CLIENT-EVICTION",
        "    Show low level client eviction pools info (maxmemory-clients).",
        "PAUSE-CRON <0|1>",
        "    Stop periodic cron job processing.",
        "REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>",
        "    Sets the time (in milliseconds) to wait between client reply buffer peak resets.",
        "    In case NEVER is provided the last observed peak will never be reset",
        "    In case RESET is provided the peak reset time will be restored to the default value",
        "REPLYBUFFER RESIZING <0|1>",
        "    Enable or disable the reply buffer resize cron job",
        "CLUSTERLINK KILL <to|from|all> <node-id>",
        "    Kills the link based on the direction to/from (both) with the provided node.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

/// Whatever is no number, or less than nothing, is no time at all.
void sleep(ServerCommand& command) {
    constexpr double seconds_max = 1e9;
    double const seconds = std::strtod(std::string(command.argument(2)).c_str(), nullptr);
    auto const us =
        seconds > 0 ? static_cast<std::int64_t>(std::min(seconds, seconds_max) * 1e6) : 0;
    if (us == 0) {
        return command.reply.ok();
    }
    command.server.fall_asleep(command.session, command.arguments, std::chrono::microseconds{us});
}

void debug(ServerCommand& command) {
    std::size_t const count = command.count();
    if (count == 2 && command.is(1, "help")) {
        help(command);
    } else if (count >= 2 && command.is(1, "digest-value")) {
        digest_value(command);
    } else if (count == 2 && command.is(1, "digest")) {
        digest(command);
    } else if (count >= 3 && command.is(1, "object")) {
        object(command);
    } else if (count == 3 && command.is(1, "protocol")) {
        protocol_example(command);
    } else if (count == 3 && command.is(1, "error")) {
        command.reply.error(command.argument(2));
    } else if (count == 3 && command.is(1, "set-active-expire")) {
        command.server.set_active_expire(parse_integer(command.argument(2)).value_or(0) != 0);
        command.reply.ok();
    } else if (count == 3 && command.is(1, "sleep")) {
        sleep(command);
    } else if (count == 2 && command.is(1, "change-repl-id")) {
        command.reply.ok();
    } else {
        command.wrong_subcommand_arguments();
    }
}

constexpr ServerCommandEntry entries[] = {{"debug", debug}};

}  // namespace

std::span<ServerCommandEntry const> debug_commands() { return entries; }

}  // namespace keyslot::sim
