#include "simulator/commands/server_command.hpp"
#include "simulator/node/scripts.hpp"
#include "simulator/node/server.hpp"

#include <utility>

/// What a script may do: the checks of a command that redis.call makes. They are not those of a client's
/// command (facts 2.1): other texts, another order.
namespace keyslot::sim {

void Scripts::call(std::span<std::string_view const> words, int protocol, std::string& reply) {
    if (run_.abandoned) {
        reply += "-ERR\r\n";  // nobody will hear of it
        return;
    }
    BoundCommand const bound = find_binding(words);
    // A container without a subcommand is a command with a wrong number of arguments.
    if (auto const error = refusal(bound.binding, words)) {
        server_.statistics.count_error(*error);
        return protocol::RespWriter(reply, protocol).error(*error);
    }
    fake_.protocol = protocol;
    fake_.readonly = run_.caller->readonly;
    fake_.asking = run_.caller->asking;
    fake_.user = run_.caller->user;
    fake_.output.clear();
    fake_.reply_start = 0;
    bool wrote = server_.call(fake_, *bound.binding, words);
    if (bound.binding->special == Special::migrate) {
        wrote = await_migrate();
    }
    if (wrote) {
        effects_.emplace_back(words.begin(), words.end());
    }
    server_.count_error_reply(fake_, 0);
    reply += fake_.output;
}

/// MIGRATE holds the node up, and so the script that called it. True: keys were moved.
bool Scripts::await_migrate() {
    if (server_.migration.active()) {
        run_.waits_for_migrate = true;
        interpreter_->suspend();
        run_.waits_for_migrate = false;
    }
    return std::exchange(migrate_moved_, false);
}

std::optional<bool> Scripts::may_call(std::span<std::string_view const> words) {
    Binding const* const binding = find_binding(words).binding;
    if (binding == nullptr) {
        return std::nullopt;
    }
    return static_cast<bool>(server_.check_access(*run_.caller, *binding, words));
}

std::optional<std::string> Scripts::refusal(Binding const* binding, Arguments words) {
    constexpr std::string_view unknown = "ERR Unknown Redis command called from script";
    if (binding == nullptr) {
        return std::string(unknown);
    }
    protocol::CommandInfo const& info = *binding->info;
    if (!info.accepts_arity(words.size())) {
        return "ERR Wrong number of args calling Redis command from script";
    }
    if (info.has(protocol::flag_noscript)) {
        return "ERR This Redis command is not allowed from script";
    }
    bool const is_stale = server_.is_replica() && !server_.master_link.is_up() &&
                          !server_.parameters.serve_stale_data;
    if (is_stale && !info.has(protocol::flag_stale)) {
        return "ERR Can not execute the command on a stale replica";
    }
    if (auto error = refusal_by_access(*binding, words)) {
        return error;
    }
    if (auto error = refusal_of_write(*binding)) {
        return error;
    }
    if (info.has(protocol::flag_write)) {
        run_.wrote = true;
    }
    if (!binding->runnable()) {
        return std::string(unknown);  // Redis has it, this server does not
    }
    return refusal_by_cluster(*binding, words);
}

std::optional<std::string> Scripts::refusal_by_access(Binding const& binding, Arguments words) {
    AccessVerdict const verdict = server_.check_access(*run_.caller, binding, words);
    if (verdict) {
        return std::nullopt;
    }
    server_.log_denial(*run_.caller, binding, words, verdict, AccessContext::script);
    switch (verdict.denied) {
        case Denied::key:
            return "ERR The user executing the script can't access at least one of the keys "
                   "mentioned in the command arguments";
        case Denied::channel:
            return "ERR The user executing the script can't publish to the channel mentioned in "
                   "the command";
        default: return "ERR The user executing the script can't run this command or subcommand";
    }
}

std::optional<std::string> Scripts::refusal_of_write(Binding const& binding) const {
    std::uint32_t const flags = binding.info->flags;
    if (run_.read_only && (flags & (protocol::flag_write | protocol::flag_may_replicate)) != 0) {
        return "ERR Write commands are not allowed from read-only scripts.";
    }
    // After the first write it is too late to stop in the middle.
    if ((flags & protocol::flag_denyoom) != 0 && !run_.wrote && !run_.may_exceed_memory &&
        server_.is_full()) {
        return "OOM command not allowed when used memory > 'maxmemory'.";
    }
    if ((flags & protocol::flag_write) == 0 || run_.wrote) {
        return std::nullopt;
    }
    if (server_.is_read_only()) {
        return "READONLY You can't write against a read only replica.";
    }
    if (!server_.feed.enough_good_replicas()) {
        return "NOREPLICAS Not enough good replicas to write.";
    }
    return std::nullopt;
}

std::optional<std::string> Scripts::refusal_by_cluster(Binding const& binding, Arguments words) {
    if (!server_.config.cluster_enabled) {
        return std::nullopt;
    }
    if (auto const verdict = server_.route(*run_.caller, binding, words)) {
        if (verdict->starts_with("CLUSTERDOWN The cluster is down and")) {
            return "ERR Script attempted to execute a write command while the cluster is down and "
                   "readonly";
        }
        if (verdict->starts_with("CLUSTERDOWN The cluster is down")) {
            return "ERR Script attempted to execute a command while the cluster is down";
        }
        return "ERR Script attempted to access a non local key in a cluster node";
    }
    auto const target = protocol::slot_of_command(*binding.info, words);
    if (target.kind != protocol::SlotOfCommand::Kind::one_slot || run_.may_cross_slots) {
        return std::nullopt;
    }
    if (run_.slot && *run_.slot != target.slot) {
        return "ERR Script attempted to access keys that do not hash to the same slot";
    }
    run_.slot = target.slot;
    return std::nullopt;
}

}  // namespace keyslot::sim
