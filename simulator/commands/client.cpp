#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

namespace keyslot::sim {

namespace {

enum class ClientType : std::uint8_t { normal, replica, master, pubsub };

std::optional<ClientType> parse_type(std::string_view word) {
    if (same_word(word, "normal")) {
        return ClientType::normal;
    }
    if (same_word(word, "slave") || same_word(word, "replica")) {
        return ClientType::replica;
    }
    if (same_word(word, "master")) {
        return ClientType::master;
    }
    if (same_word(word, "pubsub")) {
        return ClientType::pubsub;
    }
    return std::nullopt;
}

/// Links of our own, such as the one to the master, are no sessions: nothing here is a master.
ClientType type_of(Session const& session) {
    if (session.replica) {
        return ClientType::replica;
    }
    return session.is_subscriber() ? ClientType::pubsub : ClientType::normal;
}

void unknown_type(ServerCommand& command, std::string_view word) {
    command.reply.error("ERR Unknown client type '" + std::string(word) + "'");
}

std::string flags_of(Server const& server, Session const& session) {
    std::string flags;
    auto const add = [&](bool set, char letter) {
        if (set) {
            flags += letter;
        }
    };
    add(server.is_monitor(session), 'O');
    add(session.replica != nullptr, 'S');
    add(session.is_subscriber(), 'P');
    add(session.transaction.open, 'x');
    add(session.blocked != Blocked::no, 'b');
    add(session.tracking.on, 't');
    add(session.tracking.redirect_broken, 'R');
    add(session.tracking.broadcast, 'B');
    add(session.watch_touched, 'd');
    add(session.close_after_reply, 'c');
    add(session.close_now, 'A');
    add(session.readonly, 'r');
    add(session.no_evict, 'e');
    return flags.empty() ? "N" : flags;
}

std::int64_t seconds_since(Server& server, Instant then) {
    return std::chrono::duration_cast<std::chrono::seconds>(server.now() - then).count();
}

std::string local_address(Server const& server) {
    return server.config.ip + ':' + std::to_string(server.config.port);
}

}  // namespace

/// What is about memory and file descriptors in a real line is nought here.
std::string describe_client(Server& server, Session const& session) {
    std::string line;
    auto const field = [&](std::string_view name, std::string_view value) {
        line += name;
        line += '=';
        line += value;
        line += ' ';
    };
    bool const open = session.transaction.open;
    field("id", std::to_string(session.client_id));
    field("addr", session.peer);
    field("laddr", local_address(server));
    field("fd", std::to_string(session.client_id + 7));
    field("name", session.name);
    field("age", std::to_string(seconds_since(server, session.opened_at)));
    field("idle", std::to_string(seconds_since(server, session.active_at)));
    field("flags", flags_of(server, session));
    field("db", "0");
    field("sub", std::to_string(session.subscribed_to(Topic::channel).size()));
    field("psub", std::to_string(session.subscribed_to(Topic::pattern).size()));
    field("ssub", std::to_string(session.subscribed_to(Topic::shard_channel).size()));
    field("multi", open ? std::to_string(session.transaction.commands.size()) : "-1");
    field("qbuf", std::to_string(session.input.size()));
    // A query buffer of 16 KiB while there is something in it, a reply buffer of 16 KiB, and the rest.
    constexpr std::size_t query_buffer = 20474;
    bool const reading = !session.input.empty();
    field(
        "qbuf-free",
        std::to_string(reading ? query_buffer - std::min(query_buffer, session.input.size()) : 0));
    line += "argv-mem=0 multi-mem=0 rbs=16384 rbp=16384 obl=0 oll=0 omem=0 ";
    field("tot-mem", std::to_string(17'128 + (reading ? query_buffer : 0)));
    line += "events=r ";
    field("cmd", session.last_command != nullptr ? session.last_command->info->name : "NULL");
    field("user", session.user->name);
    TrackingMode const& tracking = session.tracking;
    field("redir", std::to_string(tracking.on ? tracking.redirect : -1));
    line += "resp=" + std::to_string(session.protocol);
    return line;
}

namespace {

std::string describe(Server& server, Session const& session) {
    return describe_client(server, session) + '\n';
}

void id(ServerCommand& command) { command.reply.integer(command.session.client_id); }

void info(ServerCommand& command) {
    command.reply.verbatim("txt", describe(command.server, command.session));
}

void getname(ServerCommand& command) {
    if (command.session.name.empty()) {
        return command.reply.null();
    }
    command.reply.bulk(command.session.name);
}

void setname(ServerCommand& command) {
    if (set_client_name(command, command.argument(2))) {
        command.reply.ok();
    }
}

void list_ids(ServerCommand& command) {
    std::string lines;
    for (std::size_t n = 3; n < command.count(); ++n) {
        auto const client_id = parse_integer(command.argument(n));
        if (!client_id) {
            return command.reply.error("ERR Invalid client ID");
        }
        if (Session const* const session = command.server.sessions.find_client(*client_id)) {
            lines += describe(command.server, *session);
        }
    }
    command.reply.verbatim("txt", lines);
}

void list(ServerCommand& command) {
    std::optional<ClientType> type;
    if (command.count() > 3 && command.is(2, "id")) {
        return list_ids(command);
    }
    if (command.count() == 4 && command.is(2, "type")) {
        type = parse_type(command.argument(3));
        if (!type) {
            return unknown_type(command, command.argument(3));
        }
    } else if (command.count() != 2) {
        return command.syntax_error();
    }
    std::string lines;
    command.server.sessions.each([&](Session const& session) {
        if (!type || type_of(session) == *type) {
            lines += describe(command.server, session);
        }
    });
    command.reply.verbatim("txt", lines);
}

struct KillFilter {
    std::optional<std::int64_t> client_id;
    std::optional<ClientType> type;
    std::optional<std::string_view> address;
    std::optional<std::string_view> local_address;
    AclUser const* user = nullptr;
    bool skip_me = true;

    bool matches(Server const& server, Session const& session) const {
        return (!client_id || session.client_id == *client_id) &&
               (!type || type_of(session) == *type) && (!address || session.peer == *address) &&
               (!local_address || keyslot::sim::local_address(server) == *local_address) &&
               (user == nullptr || session.user == user);
    }
};

/// Takes one option and its value. False: answered.
bool take_kill_option(ServerCommand& command, std::size_t n, KillFilter& filter) {
    std::string_view const value = command.argument(n + 1);
    if (command.is(n, "id")) {
        filter.client_id = parse_integer(value);
        if (filter.client_id.value_or(0) < 1) {
            command.reply.error("ERR client-id should be greater than 0");
            return false;
        }
    } else if (command.is(n, "type")) {
        filter.type = parse_type(value);
        if (!filter.type) {
            unknown_type(command, value);
            return false;
        }
    } else if (command.is(n, "addr")) {
        filter.address = value;
    } else if (command.is(n, "laddr")) {
        filter.local_address = value;
    } else if (command.is(n, "user")) {
        filter.user = command.server.users.find(value);
        if (filter.user == nullptr) {
            command.reply.error("ERR No such user '" + std::string(value) + "'");
            return false;
        }
    } else if (command.is(n, "skipme") && (same_word(value, "yes") || same_word(value, "no"))) {
        filter.skip_me = same_word(value, "yes");
    } else {
        command.syntax_error();
        return false;
    }
    return true;
}

std::int64_t kill_matching(ServerCommand& command, KillFilter const& filter) {
    std::int64_t killed = 0;
    command.server.sessions.each([&](Session& session) {
        bool const me = &session == &command.session;
        if (!filter.matches(command.server, session) || (me && filter.skip_me)) {
            return;
        }
        ++killed;
        if (me) {
            command.server.close_after_reply(session);
        } else {
            command.server.close_now(session);
        }
    });
    return killed;
}

void kill(ServerCommand& command) {
    KillFilter filter;
    if (command.count() == 3) {
        filter.address = command.argument(2);
        filter.skip_me = false;
        if (kill_matching(command, filter) == 0) {
            return command.reply.error("ERR No such client");
        }
        return command.reply.ok();
    }
    for (std::size_t n = 2; n < command.count(); n += 2) {
        if (n + 1 == command.count()) {
            return command.syntax_error();
        }
        if (!take_kill_option(command, n, filter)) {
            return;
        }
    }
    command.reply.integer(kill_matching(command, filter));
}

void no_evict(ServerCommand& command) {
    if (!command.is(2, "on") && !command.is(2, "off")) {
        return command.syntax_error();
    }
    command.session.no_evict = command.is(2, "on");
    command.reply.ok();
}

void reply(ServerCommand& command) {
    Session& session = command.session;
    if (command.is(2, "on")) {
        session.reply_off = false;
        session.reply_skip = false;
        command.reply.ok();
    } else if (command.is(2, "off")) {
        session.reply_off = true;
    } else if (command.is(2, "skip")) {
        session.reply_skip_next = !session.reply_off;
    } else {
        command.syntax_error();
    }
}

void pause(ServerCommand& command) {
    PauseKind kind = PauseKind::all;
    if (command.count() == 4 && command.is(3, "write")) {
        kind = PauseKind::writes;
    } else if (command.count() == 4 && !command.is(3, "all")) {
        return command.reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
    } else if (command.count() > 4) {
        return command.wrong_subcommand_arguments();
    }
    auto const ms = parse_integer(command.argument(2));
    constexpr std::int64_t ms_max = std::numeric_limits<std::int64_t>::max() / 2'000'000;
    if (!ms) {
        return command.reply.error("ERR timeout is not an integer or out of range");
    }
    if (*ms < 0) {
        return command.reply.error("ERR timeout is negative");
    }
    Server& server = command.server;
    server.pause.pause_by_command(
        kind, server.now() + std::chrono::milliseconds{std::min(*ms, ms_max)}, server.now());
    command.reply.ok();
}

void unpause(ServerCommand& command) {
    command.server.pause.unpause_by_command();
    command.server.release_paused();
    command.reply.ok();
}

void unblock(ServerCommand& command) {
    bool const with_error = command.count() == 4 && command.is(3, "error");
    if (command.count() > 4) {
        return command.wrong_subcommand_arguments();
    }
    if (command.count() == 4 && !with_error && !command.is(3, "timeout")) {
        return command.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    auto const client_id = parse_integer(command.argument(2));
    if (!client_id) {
        return command.reply.error(errors::not_an_integer);
    }
    Session* const session = command.server.sessions.find_client(*client_id);
    bool const ended = session != nullptr && command.server.end_blocking(*session, with_error);
    command.reply.integer(ended ? 1 : 0);
}

void help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CACHING (YES|NO)",
        "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
        "GETREDIR",
        "    Return the client ID we are redirecting to when tracking is enabled.",
        "GETNAME",
        "    Return the name of the current connection.",
        "ID",
        "    Return the ID of the current connection.",
        "INFO",
        "    Return information about the current client connection.",
        "KILL <ip:port>",
        "    Kill connection made from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Kill connections. Options are:",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made from the specified address",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made to specified local address",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Kill connections by type.",
        "    * USER <username>",
        "      Kill connections authenticated by <username>.",
        "    * SKIPME (YES|NO)",
        "      Skip killing current connection (default: yes).",
        "LIST [options ...]",
        "    Return information about client connections. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Return clients of specified type.",
        "UNPAUSE",
        "    Stop the current client pause, resuming traffic.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Suspend all, or just write, clients for <timeout> milliseconds.",
        "REPLY (ON|OFF|SKIP)",
        "    Control the replies sent to the current connection.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
        "    Unblock the specified blocked client.",
        "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
        "         [OPTIN] [OPTOUT] [NOLOOP]",
        "    Control server assisted client side caching.",
        "TRACKINGINFO",
        "    Report tracking status for the current connection.",
        "NO-EVICT (ON|OFF)",
        "    Protect current client connection from eviction.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"client|help", help},         {"client|getname", getname}, {"client|id", id},
    {"client|info", info},         {"client|kill", kill},       {"client|list", list},
    {"client|no-evict", no_evict}, {"client|pause", pause},     {"client|reply", reply},
    {"client|setname", setname},   {"client|unblock", unblock}, {"client|unpause", unpause},
};

}  // namespace

std::span<ServerCommandEntry const> client_commands() { return entries; }

}  // namespace keyslot::sim
