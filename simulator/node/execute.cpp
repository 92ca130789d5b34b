#include "simulator/node/server.hpp"

#include <utility>

namespace keyslot::sim {

namespace {

std::vector<std::string_view> views_of(std::vector<std::string> const& words) {
    return {words.begin(), words.end()};
}

}  // namespace

std::optional<std::string> Server::route(Session const& session, Binding const& binding,
                                         Arguments arguments) {
    bool const is_exec = binding.special == Special::exec;
    if (!config.cluster_enabled || !(binding.keyed || is_exec)) {
        return std::nullopt;
    }
    RouteQuery query;
    query.session_readonly = session.readonly;
    query.session_asking = session.asking;
    query.is_write = (scripts.command_flags(binding, arguments) & protocol::flag_write) != 0;
    if (binding.one_key_first) {
        query.keys = arguments.subspan(1, 1);
    } else {
        keys_.clear();
        if (is_exec) {
            for (QueuedCommand const& queued : session.transaction.commands) {
                std::vector<std::string_view> const words = views_of(queued.words);
                add_keys(*queued.binding, words);
            }
            query.is_exec = true;
            query.is_write = (session.transaction.flags_of_any & protocol::flag_write) != 0;
        } else {
            add_keys(binding, arguments);
        }
        query.keys = keys_;
    }
    if (query.keys.empty()) {
        return std::nullopt;
    }
    query.is_migrate = binding.special == Special::migrate;
    query.is_restore_asking = binding.special == Special::restore_asking;
    query.is_shard_pubsub = binding.special == Special::shard_pubsub;
    return cluster.route(query);
}

void Server::add_keys(Binding const& binding, Arguments arguments) {
    if (!binding.keyed || !protocol::key_positions(*binding.info, arguments, key_positions_)) {
        return;
    }
    for (std::uint32_t const position : key_positions_) {
        keys_.push_back(arguments[position]);
    }
}

bool Server::call(Session& session, Binding const& binding, Arguments arguments) {
    protocol::RespWriter reply(session.output, session.protocol);
    bool wrote = false;
    std::size_t const output_before = session.output.size();
    ++statistics.commands_processed;
    announce(session, binding, arguments);
    if (binding.data_handler != nullptr) {
        CommandContext context = make_context(binding, arguments, reply);
        context.unix_time_ms = scripts.unix_time_ms().value_or(unix_time_ms_);
        context.may_block = !unit_is_open();
        context.in_script = scripts.is_running();
        run_data_command(context, binding);
        wrote = context.dirty > 0;
        if (context.block) {
            block(session, binding, arguments, *context.block);
        }
    } else {
        ServerCommand command{*binding.info, arguments, *this, session, reply};
        binding.server_handler(command);
    }
    track_reads(session, binding, arguments);
    observe(session, binding, arguments,
            session.output.size() > output_before && session.output[output_before] == '-');
    if (!unit_is_open()) {
        finish_unit();
        session.write_offset = feed.log().offset();
        report_effects(session);
        if (session.blocked != Blocked::keys) {  // else it has not run yet
            report(&session, arguments, wrote, false);
        }
    }
    return wrote;
}

/// INFO: what reads come upon.
void Server::count_lookups(Binding const& binding, Arguments arguments) {
    if (!binding.keyed || !binding.info->has(protocol::flag_readonly)) {
        return;
    }
    if (binding.one_key_first) {
        key_positions_ = {1};
    } else if (!protocol::key_positions(*binding.info, arguments, key_positions_)) {
        return;
    }
    for (std::uint32_t const position : key_positions_) {
        bool const hit = key_exists(arguments[position]);
        ++(hit ? statistics.keyspace_hits : statistics.keyspace_misses);
    }
}

CommandContext Server::make_context(Binding const& binding, Arguments arguments,
                                    protocol::RespWriter& reply) {
    return {.info = *binding.info,
            .arguments = arguments,
            .keyspace = keyspace,
            .reply = reply,
            .random = host.random(),
            .unix_time_ms = unix_time_ms_,
            .is_replica = is_replica(),
            .from_master = false,
            .is_paused = is_paused(),
            .is_frequency_tracked = parameters.tracks_frequency(),
            .encoding_limits = parameters.encoding_limits,
            .propagate_instead = {}};
}

void Server::run_data_command(CommandContext& context, Binding const& binding) {
    count_lookups(binding, context.arguments);
    tell_misses(context, binding);
    binding.data_handler(context);
    statistics.changes_since_save += context.dirty;
    if (context.dirty == 0 || context.propagate_nothing || !is_replicated()) {
        return;
    }
    if (!context.propagate_instead.empty()) {
        for (auto& words : context.propagate_instead) {
            to_propagate_.push_back(std::move(words));
        }
    } else if (unit_is_open() || !to_propagate_.empty()) {
        to_propagate_.emplace_back(context.arguments.begin(), context.arguments.end());
    } else {
        feed.append(context.arguments);
    }
}

/// CLIENT TRACKING
void Server::track_reads(Session const& session, Binding const& binding, Arguments arguments) {
    // A script that reads has read the keys that it declared, whichever they were.
    bool const in_script = scripts.is_running();
    Session const& reader = in_script ? *scripts.caller() : session;
    if (!reader.tracking.on || !binding.info->has(protocol::flag_readonly) ||
        binding.special == Special::script) {
        return;
    }
    keys_.clear();
    if (in_script) {
        keys_.assign(scripts.declared_keys().begin(), scripts.declared_keys().end());
    } else {
        add_keys(binding, arguments);
    }
    tracking.remember(reader, keys_);
}

/// Keyspace notifications of reads that will find nothing: they come before the reply. OBJECT and MEMORY
/// only look.
void Server::tell_misses(CommandContext const& context, Binding const& binding) {
    if (!parameters.notify_events.wants(NotifyClass::key_miss) ||
        !binding.info->has(protocol::flag_readonly) ||
        binding.info->name.find('|') != std::string_view::npos) {
        return;
    }
    keys_.clear();
    add_keys(binding, context.arguments);
    for (std::string_view const key : keys_) {
        if (!keyspace.exists(key, context.expiry())) {
            keyspace.notify(NotifyClass::key_miss, "keymiss", key);
        }
    }
}

void Server::propagate(std::vector<std::string> words) {
    if (is_replicated()) {
        to_propagate_.push_back(std::move(words));
    }
}

/// The command or transaction is over: what it wrote goes to the replicas.
void Server::finish_unit() {
    if (to_propagate_.empty()) {
        return;
    }
    static constexpr std::string_view multi[] = {"MULTI"};
    static constexpr std::string_view exec[] = {"EXEC"};
    bool const wrap = to_propagate_.size() > 1;
    if (wrap) {
        feed.append(multi);
    }
    for (std::vector<std::string> const& words : to_propagate_) {
        feed.append(views_of(words));
    }
    if (wrap) {
        feed.append(exec);
    }
    to_propagate_.clear();
}

void Server::run_transaction(Session& session) {
    Transaction& transaction = session.transaction;
    in_transaction_ = true;
    end_reply(session);
    while (transaction.next < transaction.commands.size()) {
        QueuedCommand& queued = transaction.commands[transaction.next++];
        words_.assign(queued.words.begin(), queued.words.end());
        std::size_t const output_before = session.output.size();
        if (AccessVerdict const verdict = check_access(session, *queued.binding, words_);
            !verdict) {
            refuse_queued(session, *queued.binding, words_, verdict);
            count_error_reply(session, output_before);
            continue;
        }
        queued.wrote = call(session, *queued.binding, words_);
        if (session.is_set_aside()) {
            return;
        }
        count_error_reply(session, output_before);
        end_reply(session);
    }
    in_transaction_ = false;
    finish_unit();
    session.write_offset = feed.log().offset();
    report_effects(session);
    for (QueuedCommand const& queued : transaction.commands) {
        words_.assign(queued.words.begin(), queued.words.end());
        report(&session, words_, queued.wrote, true);
    }
    discard_transaction(session);
}

void Server::finish_set_aside(Session& session, Arguments arguments, bool wrote, bool has_left) {
    session.blocked = Blocked::no;
    Transaction& transaction = session.transaction;
    if (in_transaction_) {
        transaction.commands[transaction.next - 1].wrote = wrote;
        run_transaction(session);
        if (session.is_set_aside()) {
            return;
        }
        static constexpr std::string_view exec[] = {"EXEC"};
        report(&session, exec, false, false);
    } else {
        finish_unit();
        session.write_offset = feed.log().offset();
        report_effects(session);
        report(&session, arguments, wrote, false);
    }
    end_command(session);
    if (has_left) {
        forget(session);
    } else {
        resume(session);
    }
    serve_ready_keys();
}

void Server::discard_transaction(Session& session) {
    session.transaction = {};
    watches.unwatch(session);
}

void Server::apply_from_master(Binding const& binding, Arguments arguments, bool in_transaction) {
    if (binding.data_handler == nullptr) {
        return;
    }
    std::string nobody_reads;
    protocol::RespWriter reply(nobody_reads);
    CommandContext context = make_context(binding, arguments, reply);
    context.is_replica = true;
    context.from_master = true;
    context.is_paused = false;
    binding.data_handler(context);
    report(nullptr, arguments, context.dirty > 0, in_transaction);
}

void Server::count_error_reply(Session& session, std::size_t output_before) {
    if (std::exchange(session.error_is_counted, false)) {
        return;
    }
    std::string_view const reply = std::string_view(session.output).substr(output_before);
    if (reply.starts_with('-')) {
        statistics.count_error(reply.substr(1, reply.find('\r') - 1));
    }
}

void Server::report_effects(Session const& session) {
    for (std::vector<std::string> const& words : scripts.take_effects()) {
        report(&session, views_of(words), true, true);
    }
}

void Server::report(Session const* session, Arguments arguments, bool is_write,
                    bool in_transaction) {
    host.executed({.at = now_,
                   .session = session != nullptr ? session->id : 0,
                   .arguments = arguments,
                   .replication_offset = feed.log().offset(),
                   .is_write = is_write,
                   .from_replication = session == nullptr,
                   .in_transaction = in_transaction});
}

}  // namespace keyslot::sim
