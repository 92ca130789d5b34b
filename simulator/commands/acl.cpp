#include "simulator/acl/rule_errors.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/node/server.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace keyslot::sim {

namespace {

using protocol::CommandInfo;
using protocol::RespWriter;

/// As C prints a word: up to the first zero byte.
std::string_view printable(std::string_view word) { return word.substr(0, word.find('\0')); }

void setuser(ServerCommand& command) {
    std::string_view const name = command.argument(2);
    if (has_blanks(name)) {
        return command.reply.error("ERR Usernames can't contain spaces or null characters");
    }
    std::string unclosed;
    auto const rules = join_selectors(command.arguments.subspan(3), unclosed);
    if (!rules) {
        return command.reply.error("ERR Unmatched parenthesis in acl selector starting at '" +
                                   std::string(printable(unclosed)) + "'.");
    }
    if (auto const problem = command.server.set_user(name, *rules)) {
        return command.reply.error("ERR Error in ACL SETUSER modifier '" +
                                   std::string(printable(problem->rule)) +
                                   "': " + std::string(problem->reason));
    }
    command.reply.ok();
}

void write_permissions(RespWriter& reply, Selector const& selector) {
    reply.bulk("commands");
    reply.bulk(selector.describe_commands());
    reply.bulk("keys");
    reply.bulk(selector.describe_keys());
    reply.bulk("channels");
    reply.bulk(selector.describe_channels());
}

void getuser(ServerCommand& command) {
    RespWriter& reply = command.reply;
    AclUser const* const user = command.server.users.find(command.argument(2));
    if (user == nullptr) {
        return reply.null();
    }
    auto const flags = user->flags();
    reply.map(6);
    reply.bulk("flags");
    reply.set(flags.size());
    for (std::string_view const flag : flags) {
        reply.bulk(flag);
    }
    reply.bulk("passwords");
    reply.array(user->passwords().size());
    for (std::string const& password : user->passwords()) {
        reply.bulk(password);
    }
    write_permissions(reply, user->root());
    reply.bulk("selectors");
    reply.array(user->selectors().size());
    for (Selector const& selector : user->selectors()) {
        reply.map(3);
        write_permissions(reply, selector);
    }
}

void list(ServerCommand& command) {
    auto const& all = command.server.users.all();
    command.reply.array(all.size());
    for (auto const& [name, user] : all) {
        command.reply.bulk(user.describe());
    }
}

void users(ServerCommand& command) {
    auto const& all = command.server.users.all();
    command.reply.array(all.size());
    for (auto const& [name, user] : all) {
        command.reply.bulk(name);
    }
}

void deluser(ServerCommand& command) {
    Arguments const names = command.arguments.subspan(2);
    if (std::ranges::find(names, UserTable::default_name) != names.end()) {
        return command.reply.error("ERR The 'default' user cannot be removed");
    }
    std::int64_t removed = 0;
    for (std::string_view const name : names) {
        if (AclUser* const user = command.server.users.find(name)) {
            command.server.remove_user(*user, command.session);
            ++removed;
        }
    }
    command.reply.integer(removed);
}

void whoami(ServerCommand& command) { command.reply.bulk(command.session.user->name); }

void cat(ServerCommand& command) {
    RespWriter& reply = command.reply;
    if (command.count() > 3) {
        return command.wrong_subcommand_arguments();
    }
    if (command.count() == 2) {
        reply.array(acl_categories().size());
        for (std::string_view const category : acl_categories()) {
            reply.bulk(category);
        }
        return;
    }
    auto const category = find_acl_category(command.argument(2));
    if (!category) {
        return reply.error("ERR Unknown category '" + std::string(printable(command.argument(2))) +
                           "'");
    }
    std::vector<std::string_view> names;
    each_command(protocol::all_commands(), [&](CommandInfo const& info) {
        if (in_acl_category(info, *category)) {
            names.push_back(info.name);
        }
    });
    reply.array(names.size());
    for (std::string_view const name : names) {
        reply.bulk(name);
    }
}

void genpass(ServerCommand& command) {
    constexpr std::int64_t bits_max = 4096;
    constexpr std::int64_t bits_by_default = 256;
    if (command.count() > 3) {
        return command.wrong_subcommand_arguments();
    }
    auto const bits =
        command.count() == 3 ? parse_integer(command.argument(2)) : std::optional(bits_by_default);
    if (!bits) {
        return command.reply.error(errors::not_an_integer);
    }
    if (*bits <= 0 || *bits > bits_max) {
        return command.reply.error(
            "ERR ACL GENPASS argument must be the number of bits for the output password, a "
            "positive number up to 4096");
    }
    std::string password;
    for (std::int64_t left = *bits; left > 0; left -= 4) {
        password += "0123456789abcdef"[command.server.random().below(16)];
    }
    command.reply.bulk(password);
}

void dryrun(ServerCommand& command) {
    Server& server = command.server;
    RespWriter& reply = command.reply;
    AclUser const* const user = server.users.find(command.argument(2));
    if (user == nullptr) {
        return reply.error("ERR User '" + std::string(printable(command.argument(2))) +
                           "' not found");
    }
    Arguments const line = command.arguments.subspan(3);
    Binding const* const binding = find_binding(line).binding;
    if (binding == nullptr) {
        return reply.error("ERR Command '" + std::string(printable(line[0])) + "' not found");
    }
    CommandInfo const& info = *binding->info;
    if (!info.accepts_arity(line.size())) {
        return reply.error("ERR wrong number of arguments for '" + std::string(info.name) +
                           "' command");
    }
    CommandLine dry(info, line);
    AccessVerdict const verdict = user->check(dry);
    if (verdict) {
        return reply.ok();
    }
    if (verdict.denied == Denied::command) {
        return reply.bulk("This user has no permissions to run the '" + std::string(info.name) +
                          "' command");
    }
    reply.bulk("This user has no permissions to access the '" +
               std::string(printable(line[verdict.position])) + "' " +
               (verdict.denied == Denied::key ? "key" : "channel"));
}

std::string_view name_of(Denied reason) {
    switch (reason) {
        case Denied::key: return "key";
        case Denied::auth: return "auth";
        case Denied::channel: return "channel";
        default: return "command";
    }
}

std::string_view name_of(AccessContext context) {
    switch (context) {
        case AccessContext::toplevel: return "toplevel";
        case AccessContext::multi: return "multi";
        case AccessContext::script: return "lua";
    }
    return {};
}

void write_log_entry(ServerCommand& command, AccessLog::Entry const& entry) {
    RespWriter& reply = command.reply;
    reply.map(7);
    reply.bulk("count");
    reply.integer(entry.count);
    reply.bulk("reason");
    reply.bulk(name_of(entry.reason));
    reply.bulk("context");
    reply.bulk(name_of(entry.context));
    reply.bulk("object");
    reply.bulk(entry.object);
    reply.bulk("username");
    reply.bulk(entry.user);
    reply.bulk("age-seconds");
    reply.number(static_cast<double>(command.server.unix_time_ms() - entry.at_ms) / 1000);
    reply.bulk("client-info");
    reply.bulk(entry.client);
}

void log(ServerCommand& command) {
    AccessLog& entries = command.server.access_log;
    if (command.count() > 3) {
        return command.wrong_subcommand_arguments();
    }
    if (command.count() == 3 && command.is(2, "reset")) {
        entries.clear();
        return command.reply.ok();
    }
    constexpr std::int64_t shown_by_default = 10;
    auto const shown =
        command.count() == 3 ? parse_integer(command.argument(2)) : std::optional(shown_by_default);
    if (!shown) {
        return command.reply.error(errors::not_an_integer);
    }
    auto const count = std::min(static_cast<std::size_t>(std::max<std::int64_t>(*shown, 0)),
                                entries.entries().size());
    command.reply.array(count);
    for (std::size_t n = 0; n < count; ++n) {
        write_log_entry(command, entries.entries()[n]);
    }
}

void without_file(ServerCommand& command) {
    command.reply.error(
        "ERR This Redis instance is not configured to use an ACL file. You may want to specify "
        "users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a "
        "Redis configuration file set) in order to store users in the Redis configuration.");
}

void help(ServerCommand& command) {
    static constexpr std::string_view lines[] = {
        "ACL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CAT [<category>]",
        "    List all commands that belong to <category>, or all command categories",
        "    when no category is specified.",
        "DELUSER <username> [<username> ...]",
        "    Delete a list of users.",
        "DRYRUN <username> <command> [<arg> ...]",
        "    Returns whether the user can execute the given command without executing the command.",
        "GETUSER <username>",
        "    Get the user's details.",
        "GENPASS [<bits>]",
        "    Generate a secure 256-bit user password. The optional `bits` argument can",
        "    be used to specify a different size.",
        "LIST",
        "    Show users details in config file format.",
        "LOAD",
        "    Reload users from the ACL file.",
        "LOG [<count> | RESET]",
        "    Show the ACL log entries.",
        "SAVE",
        "    Save the current config to the ACL file.",
        "SETUSER <username> <attribute> [<attribute> ...]",
        "    Create or modify a user with the specified attributes.",
        "USERS",
        "    List all the registered usernames.",
        "WHOAMI",
        "    Return the current connection username.",
        "HELP",
        "    Prints this help.",
    };
    command.help(lines);
}

constexpr ServerCommandEntry entries[] = {
    {"acl|cat", cat},           {"acl|deluser", deluser},   {"acl|dryrun", dryrun},
    {"acl|genpass", genpass},   {"acl|getuser", getuser},   {"acl|help", help},
    {"acl|list", list},         {"acl|load", without_file}, {"acl|log", log},
    {"acl|save", without_file}, {"acl|setuser", setuser},   {"acl|users", users},
    {"acl|whoami", whoami},
};

}  // namespace

std::span<ServerCommandEntry const> acl_commands() { return entries; }

}  // namespace keyslot::sim
