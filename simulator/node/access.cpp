#include "simulator/node/server.hpp"

#include "simulator/commands/server_command.hpp"

#include <algorithm>

namespace keyslot::sim {

namespace {

bool may_use_subscriptions(AclUser const& user, Session const& session) {
    return std::ranges::all_of(all_topics, [&](Topic topic) {
        return std::ranges::all_of(session.subscribed_to(topic), [&](std::string const& name) {
            return user.may_use_channel(name, topic == Topic::pattern);
        });
    });
}

}  // namespace

bool Server::log_in(Session& session, std::string_view user, std::string_view password,
                    Arguments arguments) {
    AclUser* const found = users.find(user);
    if (found == nullptr || !found->admits(password)) {
        access_log.add(
            {.reason = Denied::auth,
             .context = session.transaction.open ? AccessContext::multi : AccessContext::toplevel,
             .object = std::string(arguments[0]),
             .user = std::string(user),
             .client = describe_client(*this, session),
             .at_ms = unix_time_ms_},
            static_cast<std::size_t>(parameters.acl_log_max));
        return false;
    }
    session.user = found;
    session.authenticated = true;
    return true;
}

void Server::log_out(Session& session) {
    session.user = &users.default_user();
    session.authenticated = session.user->open_to_all();
}

bool Server::must_log_in(Session const& session) const {
    return !session.authenticated && !users.default_user().open_to_all();
}

AccessVerdict Server::check_access(Session const& session, Binding const& binding,
                                   Arguments arguments) const {
    CommandLine line(*binding.info, arguments);
    return session.user->check(line);
}

void Server::log_denial(Session const& session, Binding const& binding, Arguments arguments,
                        AccessVerdict verdict, AccessContext context) {
    access_log.add(
        {.reason = verdict.denied,
         .context = context,
         .object = std::string(verdict.denied == Denied::command ? binding.info->name
                                                                 : arguments[verdict.position]),
         .user = session.user->name,
         .client = describe_client(*this, session),
         .at_ms = unix_time_ms_},
        static_cast<std::size_t>(parameters.acl_log_max));
}

/// EXEC asks once more: the rules may have changed since the command was queued.
void Server::refuse_queued(Session& session, Binding const& binding, Arguments arguments,
                           AccessVerdict verdict) {
    log_denial(session, binding, arguments, verdict, AccessContext::multi);
    std::string_view reason = "no permission to execute the command or subcommand";
    if (verdict.denied == Denied::key) {
        reason = "no permission to touch the specified keys";
    } else if (verdict.denied == Denied::channel) {
        reason = "no permission to access one of the channels used as arguments";
    }
    protocol::RespWriter(session.output, session.protocol)
        .error(
            "NOPERM ACLs rules changed between the moment the transaction was accumulated and "
            "the EXEC call. This command is no longer allowed for the following reason: " +
            std::string(reason));
}

std::optional<UserTable::Problem> Server::set_user(std::string_view name,
                                                   std::span<std::string const> rules) {
    AclUser const* const known = users.find(name);
    bool const had_channels = known != nullptr && known->may_use_channels();
    if (auto problem = users.set(name, rules)) {
        return problem;
    }
    AclUser const& user = *users.find(name);
    if (!had_channels || user.may_use_all_channels()) {
        return std::nullopt;
    }
    // The session that asks may be among them, and gets no reply either: 7.0 crashes there.
    sessions.each([&](Session& session) {
        if (session.user == &user && !may_use_subscriptions(user, session)) {
            close_now(session);
        }
    });
    return std::nullopt;
}

void Server::remove_user(AclUser& user, Session& bystander) {
    sessions.each([&](Session& session) {
        if (session.user != &user) {
            return;
        }
        session.user = &users.default_user();
        session.authenticated = false;
        if (&session == &bystander) {
            close_after_reply(session);
        } else {
            close_now(session);
        }
    });
    users.erase(user.name);
}

}  // namespace keyslot::sim
