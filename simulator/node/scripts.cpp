#include "simulator/node/scripts.hpp"

#include "client/protocol/numbers.hpp"
#include "simulator/commands/server_command.hpp"
#include "simulator/node/server.hpp"
#include "simulator/scripting/sha.hpp"

#include <cassert>
#include <chrono>
#include <utility>

namespace keyslot::sim {

namespace {

constexpr Duration slice_time = std::chrono::milliseconds{1};
constexpr std::size_t sha_digits = 40;
constexpr std::size_t first_key = 3;  // EVAL script numkeys key...
constexpr std::string_view no_script = "NOSCRIPT No matching script. Please use EVAL.";

bool is_by_sha(protocol::CommandInfo const& info) { return info.name.starts_with("evalsha"); }
bool is_read_only(protocol::CommandInfo const& info) { return info.name.ends_with("_ro"); }

/// The number of keys, or the error.
std::variant<std::size_t, std::string_view> key_count(Arguments arguments) {
    auto const count = protocol::parse_integer(arguments[2]);
    if (!count) {
        return errors::not_an_integer;
    }
    if (*count > static_cast<std::int64_t>(arguments.size() - first_key)) {
        return "ERR Number of keys can't be greater than number of args";
    }
    if (*count < 0) {
        return "ERR Number of keys can't be negative";
    }
    return static_cast<std::size_t>(*count);
}

}  // namespace

Scripts::Scripts(Server& server) : server_(server) {}

Scripts::~Scripts() {
    if (run_.waits_for_migrate) {  // what is on the stack of that call must be destroyed
        run_.abandoned = true;
        fake_.output = "-ERR\r\n";
        interpreter_->kill();
        interpreter_->resume(0);
    }
}

std::string Scripts::lowered_sha(std::string_view sha) { return lowered(sha); }

std::optional<std::string> Scripts::learn(std::string const& sha, std::string_view source) {
    if (known_.contains(sha)) {
        return std::nullopt;
    }
    auto header = read_script_header(source);
    if (auto* const error = std::get_if<std::string>(&header)) {
        return std::move(*error);
    }
    if (interpreter_ == nullptr) {
        ScriptHost& host = *this;
        interpreter_ = std::make_unique<Interpreter>(host, random_);
    }
    auto const& described = std::get<ScriptHeader>(header);
    if (auto error = interpreter_->define(sha, source.substr(described.bytes))) {
        return error;
    }
    known_.emplace(sha, described);
    return std::nullopt;
}

void Scripts::load(ServerCommand& command) {
    std::string const sha = sha1_hex(command.argument(2));
    if (auto const error = learn(sha, command.argument(2))) {
        return command.reply.error(*error);
    }
    command.reply.bulk(sha);
}

void Scripts::flush() {
    known_.clear();
    interpreter_.reset();
}

void Scripts::kill(ServerCommand& command) {
    if (!run_.active) {
        return command.reply.error("NOTBUSY No scripts in execution right now.");
    }
    if (run_.wrote) {
        return command.reply.error(
            "UNKILLABLE Sorry the script already executed write commands against the dataset. You "
            "can either wait the script termination or kill the server in a hard way using the "
            "SHUTDOWN NOSAVE command.");
    }
    interpreter_->kill();
    run_.next_slice = server_.now();
    command.reply.ok();
}

std::uint32_t Scripts::command_flags(Binding const& binding, Arguments arguments) const {
    std::uint32_t const flags = binding.info->flags;
    if (binding.special != Special::script || arguments.size() < 2) {
        return flags;
    }
    ScriptHeader header;
    if (is_by_sha(*binding.info)) {
        auto const found = known_.find(lowered_sha(arguments[1]));
        if (found == known_.end()) {
            return flags;
        }
        header = found->second;
    } else {
        auto const read = read_script_header(arguments[1]);
        if (!std::holds_alternative<ScriptHeader>(read)) {
            return flags;
        }
        header = std::get<ScriptHeader>(read);
    }
    if (header.legacy) {
        return flags;
    }
    constexpr std::uint32_t told_by_header = protocol::flag_stale | protocol::flag_denyoom |
                                             protocol::flag_write | protocol::flag_may_replicate;
    constexpr std::uint32_t none = 0;
    return (flags & ~told_by_header) | (header.no_writes ? none : protocol::flag_write) |
           (header.allow_oom || header.no_writes ? none : protocol::flag_denyoom) |
           (header.allow_stale ? protocol::flag_stale : none);
}

void Scripts::eval(ServerCommand& command) {
    bool const by_sha = is_by_sha(command.info);
    std::string_view const script = command.argument(1);
    if (by_sha && script.size() != sha_digits) {
        return command.reply.error(no_script);
    }
    auto const keys = key_count(command.arguments);
    if (auto const* const error = std::get_if<std::string_view>(&keys)) {
        return command.reply.error(*error);
    }
    std::string const sha = by_sha ? lowered_sha(script) : sha1_hex(script);
    if (by_sha && !known_.contains(sha)) {
        return command.reply.error(no_script);
    }
    if (!by_sha) {
        if (auto const error = learn(sha, script)) {
            return command.reply.error(*error);
        }
    }
    bool const read_only = is_read_only(command.info);
    if (auto const error = refusal(known_.find(sha)->second, read_only)) {
        return command.reply.error(*error);
    }
    run(command, sha, read_only, std::get<std::size_t>(keys));
}

/// What its header rules out here and now. Without a header only stale data are.
std::optional<std::string> Scripts::refusal(ScriptHeader const& header, bool read_only) const {
    bool const is_stale = server_.is_replica() && !server_.master_link.is_up() &&
                          !server_.parameters.serve_stale_data;
    if (header.legacy) {
        if (is_stale) {
            return "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to "
                   "'no'.";
        }
        return std::nullopt;
    }
    if (header.no_cluster && server_.config.cluster_enabled) {
        return "ERR Can not run script on cluster, 'no-cluster' flag is set.";
    }
    if (is_stale && !header.allow_stale) {
        return "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no' "
               "and 'allow-stale' flag is not set on the script.";
    }
    if (header.no_writes) {
        return std::nullopt;
    }
    if (server_.is_read_only()) {
        return "READONLY You can not run script with write flag on readonly replica.";
    }
    if (read_only) {
        return "ERR Can not execute a script with write flag using *_ro command.";
    }
    if (!server_.feed.enough_good_replicas()) {
        return "NOREPLICAS Not enough good replicas to write.";
    }
    return std::nullopt;
}

void Scripts::run(ServerCommand& command, std::string const& sha, bool read_only,
                  std::size_t keys) {
    assert(!run_.active);
    ScriptHeader const& header = known_.find(sha)->second;
    run_ = {};
    run_.caller = &command.session;
    run_.active = true;
    run_.read_only = read_only || header.no_writes;
    run_.may_cross_slots = header.legacy || header.allow_cross_slot_keys;
    run_.may_exceed_memory = header.allow_oom;
    run_.started_at = server_.now();
    run_.started_ms = server_.unix_time_ms();
    auto const declared = protocol::slot_of_command(command.info, command.arguments);
    if (declared.kind == protocol::SlotOfCommand::Kind::one_slot) {
        run_.slot = declared.slot;
    }
    Arguments const declared_keys = command.arguments.subspan(first_key, keys);
    run_.keys.assign(declared_keys.begin(), declared_keys.end());
    interpreter_->begin({.sha = sha,
                         .keys = declared_keys,
                         .arguments = command.arguments.subspan(first_key + keys),
                         .protocol = command.session.protocol});
    if (interpreter_->resume(instructions_at_once)) {
        return end(command.session);
    }
    run_.suspended = true;
    run_.next_slice = server_.now() + slice_time;
    run_.words.assign(command.arguments.begin(), command.arguments.end());
    command.session.blocked = Blocked::script;
}

void Scripts::end(Session& caller) {
    ScriptReply const reply = interpreter_->take_reply();
    caller.output += reply.bytes;
    caller.error_is_counted = reply.error_is_counted;
    run_.active = false;
}

void Scripts::on_wake() {
    if (server_.now() >= run_.next_slice) {
        go_on(instructions_per_slice);
    }
}

void Scripts::on_migrated(bool moved) {
    fake_.blocked = Blocked::no;
    migrate_moved_ = moved;
    if (run_.waits_for_migrate) {  // else it was over before the script could be set aside
        go_on(instructions_at_once);
    }
}

void Scripts::go_on(std::uint64_t instructions) {
    run_.suspended = false;
    if (interpreter_->resume(instructions)) {
        Session& caller = *run_.caller;
        std::vector<std::string> const words = std::exchange(run_.words, {});
        end(caller);
        run_.busy = false;
        std::vector<std::string_view> const views(words.begin(), words.end());
        return server_.finish_set_aside(caller, views, false, run_.caller_left);
    }
    run_.suspended = true;
    run_.next_slice = server_.now() + slice_time;
    std::chrono::milliseconds const threshold{server_.parameters.busy_threshold_ms};
    run_.busy = threshold.count() > 0 && server_.now() - run_.started_at >= threshold;
}

std::vector<std::vector<std::string>> Scripts::take_effects() {
    return std::exchange(effects_, {});
}

std::optional<std::int64_t> Scripts::unix_time_ms() const {
    return is_running() ? std::optional(run_.started_ms) : std::nullopt;
}

}  // namespace keyslot::sim
