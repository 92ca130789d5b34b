#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace keyslot::sim {

namespace {

struct Wanted {
    TrackingMode mode;
    std::vector<std::string_view> prefixes;
};

/// False: answered.
bool take_redirect(ServerCommand& command, std::size_t n, TrackingMode& mode) {
    if (mode.redirect != 0) {
        command.reply.error("ERR A client can only redirect to a single other client");
        return false;
    }
    auto const client_id = parse_integer(command.argument(n));
    if (!client_id) {
        command.reply.error(errors::not_an_integer);
        return false;
    }
    if (command.server.sessions.find_client(*client_id) == nullptr) {
        command.reply.error("ERR The client ID you want redirect to does not exist");
        return false;
    }
    mode.redirect = *client_id;
    return true;
}

/// False: answered.
bool take_options(ServerCommand& command, Wanted& wanted) {
    for (std::size_t n = 3; n < command.count(); ++n) {
        bool const more = n + 1 < command.count();
        if (command.is(n, "redirect") && more) {
            if (!take_redirect(command, ++n, wanted.mode)) {
                return false;
            }
        } else if (command.is(n, "bcast")) {
            wanted.mode.broadcast = true;
        } else if (command.is(n, "optin")) {
            wanted.mode.opt_in = true;
        } else if (command.is(n, "optout")) {
            wanted.mode.opt_out = true;
        } else if (command.is(n, "noloop")) {
            wanted.mode.no_loop = true;
        } else if (command.is(n, "prefix") && more) {
            wanted.prefixes.push_back(command.argument(++n));
        } else {
            command.syntax_error();
            return false;
        }
    }
    return true;
}

/// What is wrong with the modes together, and with those in force; empty: nothing.
std::string_view contradiction(Wanted const& wanted, TrackingMode const& current) {
    TrackingMode const& mode = wanted.mode;
    if (!mode.broadcast && !wanted.prefixes.empty()) {
        return "ERR PREFIX option requires BCAST mode to be enabled";
    }
    if (current.on && current.broadcast != mode.broadcast) {
        return "ERR You can't switch BCAST mode on/off before disabling tracking for this client, "
               "and then re-enabling it with a different mode.";
    }
    if (mode.broadcast && (mode.opt_in || mode.opt_out)) {
        return "ERR OPTIN and OPTOUT are not compatible with BCAST";
    }
    if (mode.opt_in && mode.opt_out) {
        return "ERR You can't specify both OPTIN mode and OPTOUT mode";
    }
    if ((mode.opt_in && current.opt_out) || (mode.opt_out && current.opt_in)) {
        return "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, "
               "and then re-enabling it with a different mode.";
    }
    return {};
}

bool overlap(std::string_view a, std::string_view b) {
    return a.starts_with(b) || b.starts_with(a);
}

/// Empty: none.
std::string prefix_collision(std::vector<std::string_view> const& prefixes,
                             TrackingMode const& current) {
    auto const collision = [](std::string_view prefix, std::string_view which,
                              std::string_view other) {
        return "ERR Prefix '" + std::string(prefix) + "' overlaps with " + std::string(which) +
               " prefix '" + std::string(other) +
               "'. Prefixes for a single client must not overlap.";
    };
    for (std::size_t n = 0; n < prefixes.size(); ++n) {
        for (std::string const& existing : current.prefixes) {
            if (overlap(prefixes[n], existing)) {
                return collision(prefixes[n], "an existing", existing);
            }
        }
        for (std::size_t other = n + 1; other < prefixes.size(); ++other) {
            if (overlap(prefixes[n], prefixes[other])) {
                return collision(prefixes[n], "another provided", prefixes[other]);
            }
        }
    }
    return {};
}

void tracking(ServerCommand& command) {
    Wanted wanted;
    if (!take_options(command, wanted)) {
        return;
    }
    Session& session = command.session;
    if (command.is(2, "on")) {
        if (auto const error = contradiction(wanted, session.tracking); !error.empty()) {
            return command.reply.error(error);
        }
        if (auto const error = prefix_collision(wanted.prefixes, session.tracking);
            !error.empty()) {
            return command.reply.error(error);
        }
        command.server.tracking.enable(session, std::move(wanted.mode), wanted.prefixes);
    } else if (command.is(2, "off")) {
        command.server.tracking.disable(session);
    } else {
        return command.syntax_error();
    }
    command.reply.ok();
}

void caching(ServerCommand& command) {
    TrackingMode& mode = command.session.tracking;
    if (!mode.on) {
        return command.reply.error(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN "
            "or OPTOUT mode enabled");
    }
    if (command.is(2, "yes")) {
        if (!mode.opt_in) {
            return command.reply.error(
                "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
        }
    } else if (command.is(2, "no")) {
        if (!mode.opt_out) {
            return command.reply.error(
                "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
        }
    } else {
        return command.syntax_error();
    }
    mode.caching_named = true;
    command.reply.ok();
}

std::int64_t redirection(TrackingMode const& mode) { return mode.on ? mode.redirect : -1; }

void getredir(ServerCommand& command) {
    command.reply.integer(redirection(command.session.tracking));
}

void trackinginfo(ServerCommand& command) {
    TrackingMode const& mode = command.session.tracking;
    std::vector<std::string_view> flags{mode.on ? "on" : "off"};
    auto const add = [&](bool set, std::string_view name) {
        if (set) {
            flags.push_back(name);
        }
    };
    add(mode.broadcast, "bcast");
    add(mode.opt_in, "optin");
    add(mode.opt_in && mode.caching_named, "caching-yes");
    add(mode.opt_out, "optout");
    add(mode.opt_out && mode.caching_named, "caching-no");
    add(mode.no_loop, "noloop");
    add(mode.redirect_broken, "broken_redirect");
    protocol::RespWriter& reply = command.reply;
    reply.map(3);
    reply.bulk("flags");
    reply.set(flags.size());
    for (std::string_view const flag : flags) {
        reply.bulk(flag);
    }
    reply.bulk("redirect");
    reply.integer(redirection(mode));
    reply.bulk("prefixes");
    reply.array(mode.prefixes.size());
    for (std::string const& prefix : mode.prefixes) {
        reply.bulk(prefix);
    }
}

constexpr ServerCommandEntry entries[] = {
    {"client|caching", caching},
    {"client|getredir", getredir},
    {"client|tracking", tracking},
    {"client|trackinginfo", trackinginfo},
};

}  // namespace

std::span<ServerCommandEntry const> client_tracking_commands() { return entries; }

}  // namespace keyslot::sim
