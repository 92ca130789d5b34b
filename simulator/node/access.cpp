#include "simulator/node/server.hpp"

#include "simulator/commands/server_command.hpp"

namespace keyslot::sim {

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
