#include "simulator/commands/arguments.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"
#include "simulator/node/snapshot.hpp"

#include <chrono>
#include <optional>

namespace keyslot::sim {

namespace {

/// The options behind host, port, key, database and timeout. False: answered.
bool take_options(ServerCommand& command, Migration::Request& request,
                  std::vector<std::string_view>& keys) {
    for (std::size_t n = 6; n < command.count(); ++n) {
        std::size_t const more = command.count() - 1 - n;
        if (command.is(n, "copy")) {
            request.copy = true;
        } else if (command.is(n, "replace")) {
            request.replace = true;
        } else if (command.is(n, "auth") && more >= 1) {
            request.authentication = {"AUTH", std::string(command.argument(n + 1))};
            n += 1;
        } else if (command.is(n, "auth2") && more >= 2) {
            request.authentication = {"AUTH", std::string(command.argument(n + 1)),
                                      std::string(command.argument(n + 2))};
            n += 2;
        } else if (command.is(n, "keys")) {
            if (!command.argument(3).empty()) {
                command.reply.error(
                    "ERR When using MIGRATE KEYS option, the key argument must be "
                    "set to the empty string");
                return false;
            }
            keys.assign(command.arguments.begin() + static_cast<std::ptrdiff_t>(n) + 1,
                        command.arguments.end());
            return true;
        } else {
            command.syntax_error();
            return false;
        }
    }
    return true;
}

void migrate(ServerCommand& command) {
    Migration::Request request;
    std::vector<std::string_view> keys{command.argument(3)};
    if (!take_options(command, request, keys)) {
        return;
    }
    auto const timeout_ms = parse_integer(command.argument(5));
    auto const database = parse_integer(command.argument(4));
    if (!timeout_ms || !database) {
        return command.reply.error(errors::not_an_integer);
    }
    constexpr std::int64_t default_timeout_ms = 1000;
    request.timeout = std::chrono::milliseconds{*timeout_ms > 0 ? *timeout_ms : default_timeout_ms};
    request.database = *database;
    Server& server = command.server;
    for (std::string_view const key : keys) {
        if (server.keyspace.exists(key, server.expiry_rule())) {
            request.keys.emplace_back(key);
        }
    }
    if (request.keys.empty()) {
        return command.reply.simple("NOKEY");
    }
    request.ip = command.argument(1);
    auto const port = parse_integer(command.argument(2));
    request.port = static_cast<std::uint16_t>(port && *port > 0 && *port < 65536 ? *port : 0);
    request.arguments.assign(command.arguments.begin(), command.arguments.end());
    server.migration.start(command.session, std::move(request));
}

constexpr ServerCommandEntry entries[] = {{"migrate", migrate}};

void dump(CommandContext& context) {
    Entry const* const entry = context.keyspace.find(context.argument(1), context.expiry());
    if (entry == nullptr) {
        return context.reply.null();
    }
    context.reply.bulk(write_payload(entry->value));
}

struct RestoreOptions {
    bool replace = false;
    bool absolute = false;
    std::int64_t idle_s = -1;
    std::int64_t frequency = -1;
};

/// IDLETIME and FREQ. nullopt: answered.
std::optional<std::int64_t> bounded_argument(CommandContext& context, std::size_t n,
                                             std::int64_t highest, std::string_view complaint) {
    auto const number = integer_argument(context, n);
    if (number && (*number < 0 || *number > highest)) {
        context.reply.error(complaint);
        return std::nullopt;
    }
    return number;
}

std::optional<RestoreOptions> restore_options(CommandContext& context) {
    RestoreOptions options;
    for (std::size_t n = 4; n < context.count(); ++n) {
        bool const more = n + 1 < context.count();
        if (is_option(context, n, "replace")) {
            options.replace = true;
        } else if (is_option(context, n, "absttl")) {
            options.absolute = true;
        } else if (is_option(context, n, "idletime") && more && options.frequency == -1) {
            auto const idle = bounded_argument(context, ++n, INT64_MAX / 1000,
                                               "ERR Invalid IDLETIME value, must be >= 0");
            if (!idle) {
                return std::nullopt;
            }
            options.idle_s = *idle;
        } else if (is_option(context, n, "freq") && more && options.idle_s == -1) {
            auto const frequency = bounded_argument(
                context, ++n, 255, "ERR Invalid FREQ value, must be >= 0 and <= 255");
            if (!frequency) {
                return std::nullopt;
            }
            options.frequency = *frequency;
        } else {
            context.reply.error(errors::syntax);
            return std::nullopt;
        }
    }
    return options;
}

/// The key is there, or would be if it had not expired before it came.
void store_restored(CommandContext& context, RestoreOptions const& options, Value value,
                    std::int64_t expires_at_ms) {
    std::string_view const key = context.argument(1);
    bool const replaced = context.keyspace.erase(key);
    context.reply.ok();
    if (expires_at_ms != 0 && already_expired(context, expires_at_ms)) {
        if (replaced) {
            context.dirty = 1;
            context.notify(NotifyClass::generic, "del", key);
            propagate(context, "DEL", key);
        }
        return;
    }
    Entry& entry = context.keyspace.set(key, std::move(value), context.unix_time_ms);
    if (expires_at_ms != 0) {
        context.keyspace.set_expiry(entry, expires_at_ms);
    }
    if (options.frequency != -1 && context.is_frequency_tracked) {
        context.keyspace.set_frequency(entry, static_cast<std::uint8_t>(options.frequency));
    }
    if (options.idle_s != -1) {
        context.keyspace.set_accessed(entry, context.unix_time_ms - options.idle_s * 1000);
    }
    context.notify(NotifyClass::generic, "restore", key);
    context.dirty = 1;
    if (expires_at_ms != 0 && !options.absolute) {  // a replica must not start the time anew
        std::vector<std::string> words(context.arguments.begin(), context.arguments.end());
        words[2] = std::to_string(expires_at_ms);
        words.emplace_back("ABSTTL");
        context.propagate_instead.push_back(std::move(words));
    }
}

void restore(CommandContext& context) {
    auto const options = restore_options(context);
    if (!options) {
        return;
    }
    std::string_view const key = context.argument(1);
    if (!options->replace && context.keyspace.find(key, context.expiry()) != nullptr) {
        return context.reply.error("BUSYKEY Target key name already exists.");
    }
    auto const ttl = integer_argument(context, 2);
    if (!ttl) {
        return;
    }
    if (*ttl < 0) {
        return context.reply.error("ERR Invalid TTL value, must be >= 0");
    }
    Payload payload = read_payload(context.argument(3), context.encoding_limits);
    if (!payload.value) {
        return context.reply.error(payload.error == PayloadError::bad_envelope
                                       ? "ERR DUMP payload version or checksum are wrong"
                                       : "ERR Bad data format");
    }
    std::int64_t expires_at_ms = *ttl;
    if (*ttl != 0 && !options->absolute &&
        __builtin_add_overflow(*ttl, context.unix_time_ms, &expires_at_ms)) {
        expires_at_ms = -1;  // so late that it has passed
    }
    store_restored(context, *options, *std::move(payload.value), expires_at_ms);
}

constexpr CommandEntry transfer_entries[] = {
    {"dump", dump},
    {"restore", restore},
    {"restore-asking", restore},
};

}  // namespace

std::span<ServerCommandEntry const> migrate_commands() { return entries; }

std::span<CommandEntry const> transfer_commands() { return transfer_entries; }

}  // namespace keyslot::sim
