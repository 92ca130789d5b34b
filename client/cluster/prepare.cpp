// From words to a call: encoding, routing by keys, and the pool.
#include "client/cluster/core.hpp"
#include "client/protocol/block_time.hpp"
#include "client/protocol/command_table.hpp"
#include "client/protocol/hash_slot.hpp"
#include "client/protocol/numbers.hpp"
#include "client/protocol/resp_writer.hpp"
#include "client/routing/reply_merge.hpp"

#include <keyslot/detail/initiate.hpp>

#include <cassert>
#include <stdexcept>

namespace keyslot::detail {

namespace {

CommandRoute::Kind kind_of(protocol::SlotOfCommand::Kind kind) {
    switch (kind) {
        case protocol::SlotOfCommand::Kind::one_slot: return CommandRoute::Kind::slot;
        case protocol::SlotOfCommand::Kind::cross_slot: return CommandRoute::Kind::cross_slot;
        case protocol::SlotOfCommand::Kind::keyless:
        // What makes no sense to us goes to some node, whose error says more than ours could.
        case protocol::SlotOfCommand::Kind::invalid: break;
    }
    return CommandRoute::Kind::keyless;
}

std::shared_ptr<Failure const> preset_failure(CommandRoute const& route) {
    switch (route.kind) {
        case CommandRoute::Kind::cross_slot:
            return std::make_shared<Failure const>(Failure{
                .code = ErrorCode::cross_slot,
                .message = "the keys of the command belong to several slots; give them a common "
                           "{hash tag}, or send one command per slot"});
        case CommandRoute::Kind::invalid:
            return std::make_shared<Failure const>(Failure{.code = ErrorCode::invalid_argument,
                                                           .message = "the command has no words"});
        case CommandRoute::Kind::keyless:
        case CommandRoute::Kind::slot: break;
    }
    return nullptr;
}

std::optional<CommandRoute::Block> block_of(protocol::CommandInfo const& info,
                                            std::span<std::string_view const> words) {
    auto const block = protocol::block_time(info, words);
    if (!block) {
        return std::nullopt;
    }
    return CommandRoute::Block{.milliseconds = block->time ? block->time->count() : -1,
                               .word = static_cast<std::uint32_t>(block->word),
                               .in_seconds = block->in_seconds,
                               .is_wait = info.name == "wait"};
}

// A command that blocks has its own time, and then that of any other call.
Duration timeout_of(CommandRoute const& route, CallManner const& manner, ClusterCore const& core) {
    if (manner.options.timeout) {
        return *manner.options.timeout;
    }
    Duration const timeout = core.options().call_timeout;
    if (!route.block) {
        return timeout;
    }
    return route.block->milliseconds < 0
               ? Duration::max()
               : timeout + std::chrono::milliseconds(route.block->milliseconds);
}

void follow(CallManner const& manner, Call& call, ClusterCore const& core) {
    call.pipeline = manner.pipeline;
    call.session = manner.session;
    if (call.route.names_script) {
        call.script = core.script_of(call.encoded);
    }
    call.timeout = timeout_of(call.route, manner, core);
    call.repeatable = call.route.repeatable || manner.options.repeatable;
    call.node = manner.node;
    if (manner.targets) {
        call.spread = std::make_shared<Spread>(*manner.targets);
    } else if (!manner.nodes.empty()) {
        call.spread = std::make_shared<Spread>(manner.nodes);
    } else if (call.route.spread != nullptr && !call.node) {
        call.spread = std::make_shared<Spread>(*call.route.spread);
    }
    if (call.spread) {
        call.route.kind = CommandRoute::Kind::keyless;
    }
    call.may_ask_replicas = call.route.reads && call.route.kind == CommandRoute::Kind::slot &&
                            !call.route.block && manner.options.read_from_replicas &&
                            core.reads_from_replicas();
    if (call.node && call.route.kind == CommandRoute::Kind::slot) {
        call.route.kind = CommandRoute::Kind::keyless;  // no map is asked, and no order kept
    }
}

// INFO, NODES, SLOTS, COUNTKEYSINSLOT, ...: what changes the cluster is an admin's.
bool is_cluster_query(protocol::CommandInfo const& info) {
    return info.name.starts_with("cluster|") && !info.has(protocol::flag_admin);
}

// Only the slot's owner knows its keys.
std::optional<std::uint16_t> slot_asked_for(protocol::CommandInfo const& info,
                                            std::span<std::string_view const> words) {
    if (words.size() < 3 ||
        (info.name != "cluster|countkeysinslot" && info.name != "cluster|getkeysinslot")) {
        return std::nullopt;
    }
    auto const slot = protocol::parse_integer(words[2]);
    return slot && *slot >= 0 && *slot < topology::slot_count
               ? std::optional(static_cast<std::uint16_t>(*slot))
               : std::nullopt;
}

}  // namespace

protocol::CommandInfo const& known_command(std::string_view name) {
    std::size_t const space = name.find(' ');
    protocol::CommandInfo const* info = protocol::find_command(name.substr(0, space));
    if (info != nullptr && space != std::string_view::npos) {
        info = protocol::find_subcommand(*info, name.substr(space + 1));
    }
    if (info == nullptr) {
        throw std::logic_error("no command " + std::string(name) + " in the table");
    }
    return *info;
}

CommandRoute encode(std::string& out, protocol::CommandInfo const* info,
                    std::span<std::string_view const> words) {
    if (words.empty()) {
        return {.kind = CommandRoute::Kind::invalid};
    }
    protocol::write_command(out, words);
    if (info == nullptr) {
        info = protocol::lookup_command(words);
        if (info == nullptr) {
            return {};
        }
    }
    bool const reads = info->has(protocol::flag_readonly);
    bool const writes = info->has(protocol::flag_write);
    bool const repeatable = reads || info->name == "ping";
    // Nearly all commands have their one key in the first place.
    if (info->first_key == 1 && info->last_key == 1 && words.size() > 1 &&
        !info->has(protocol::flag_movablekeys) && !info->has(protocol::flag_blocking)) {
        return {.kind = CommandRoute::Kind::slot,
                .slot = protocol::hash_slot(words[1]),
                .repeatable = repeatable,
                .reads = reads,
                .writes = writes};
    }
    if (is_cluster_query(*info)) {
        auto const slot = slot_asked_for(*info, words);
        return {.kind = slot ? CommandRoute::Kind::slot : CommandRoute::Kind::keyless,
                .slot = slot.value_or(0),
                .repeatable = true};
    }
    protocol::SlotOfCommand const where = info->subcommands.empty()
                                              ? protocol::slot_of_command(*info, words)
                                              : protocol::slot_of_command(words);
    return {.kind = kind_of(where.kind),
            .slot = where.slot,
            .repeatable = repeatable,
            .reads = reads,
            .writes = writes,
            .has_several_keys = where.has_several_keys,
            .names_script = info->name == "evalsha" || info->name == "evalsha_ro",
            .spread = where.kind == protocol::SlotOfCommand::Kind::keyless &&
                              routing::is_for_several_nodes(*info)
                          ? info
                          : nullptr,
            .block = block_of(*info, words)};
}

PreparedCall prepare(std::shared_ptr<ClusterCore> const& core, protocol::CommandInfo const* info,
                     std::span<std::string_view const> words, CallManner const& manner) {
    Call& call = core->acquire();
    PreparedCall prepared(core, &call);
    call.route = encode(call.encoded, info, words);
    follow(manner, call, *core);
    if (call.route.kind == CommandRoute::Kind::cross_slot ||
        call.route.kind == CommandRoute::Kind::invalid) {
        call.preset_failure = preset_failure(call.route);
    }
    return prepared;
}

PreparedCall prepare_encoded(std::shared_ptr<ClusterCore> const& core, CommandRoute route,
                             std::string_view encoded, CallManner const& manner) {
    Call& call = core->acquire();
    PreparedCall prepared(core, &call);
    call.route = route;
    call.encoded.assign(encoded);
    follow(manner, call, *core);
    call.preset_failure = preset_failure(route);
    return prepared;
}

PreparedCall::~PreparedCall() {
    if (call_ != nullptr) {
        core_->release(*call_);
    }
}

std::uint64_t PreparedCall::submit(UniqueFunction<void(CallResult&)> completion) && {
    assert(call_ != nullptr);
    Call& call = *std::exchange(call_, nullptr);
    call.completion = std::move(completion);
    return core_->submit(call);
}

void write_out_script(std::string& encoded, KnownScript const& script) {
    bool const reads = protocol::word_at(encoded, 0).ends_with("_RO");
    protocol::replace_word(encoded, 0, reads ? "EVAL_RO" : "EVAL");
    protocol::replace_word(encoded, 1, script.source);
}

void PreparedCall::make_transaction(std::uint32_t commands, std::shared_ptr<LinkLease> lease) {
    call_->is_transaction = true;
    call_->replies = commands + 2;
    call_->lease = std::move(lease);
    call_->route.block.reset();  // nothing blocks inside MULTI
    call_->spread.reset();
    call_->may_ask_replicas = false;
}

CommandRoute PreparedCall::join_lease(std::shared_ptr<LinkLease> lease, CommandRoute const& slot) {
    call_->lease = std::move(lease);
    call_->may_ask_replicas = false;
    if (auto const script = std::exchange(call_->script, nullptr)) {
        write_out_script(call_->encoded, *script);  // sent once, as it stands
    }
    CommandRoute const& own = call_->route;
    if (slot.kind != CommandRoute::Kind::slot) {
        return own;
    }
    if (own.kind == CommandRoute::Kind::slot && own.slot != slot.slot) {
        call_->preset_failure = preset_failure({.kind = CommandRoute::Kind::cross_slot});
    }
    return slot;
}

void cancel(ClusterCore& core, std::uint64_t handle) { core.cancel(handle); }

asio::any_io_executor const& executor_of(ClusterCore& core) { return core.executor(); }

Operation<bool> drain(std::shared_ptr<ClusterCore> core, Duration patience) {
    return [core = std::move(core), patience](UniqueFunction<void(Result<bool>)> done) {
        core->drain(core->now() + patience,
                    [done = std::move(done)](bool all_done) mutable { done(all_done); });
        return UniqueFunction<void()>([core] { core->drain_at_once(); });
    };
}

}  // namespace keyslot::detail
