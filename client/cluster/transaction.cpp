#include "client/cluster/transaction.hpp"

#include "client/cluster/core.hpp"
#include "client/protocol/resp_writer.hpp"

#include <keyslot/transaction.hpp>

#include <array>
#include <utility>
#include <vector>

namespace keyslot::detail {

namespace {

// Where all of it goes: to the one slot of its keys.
CommandRoute route_of(PipelineBatch const& batch) {
    CommandRoute whole{};
    for (PipelineBatch::Item const& item : batch.items) {
        switch (item.route.kind) {
            case CommandRoute::Kind::keyless: break;
            case CommandRoute::Kind::slot:
                if (whole.kind == CommandRoute::Kind::slot && whole.slot != item.route.slot) {
                    return {.kind = CommandRoute::Kind::cross_slot};
                }
                whole.kind = CommandRoute::Kind::slot;
                whole.slot = item.route.slot;
                break;
            case CommandRoute::Kind::cross_slot:
            case CommandRoute::Kind::invalid: return {.kind = item.route.kind};
        }
    }
    return whole;
}

// Scripts are written out: a node that does not have one would tell only when the others have run.
std::string unit_of(PipelineBatch const& batch, ClusterCore const& core) {
    std::string unit;
    unit.reserve(batch.encoded.size() + 32);
    protocol::write_command(unit, {"MULTI"});
    std::size_t begin = 0;
    for (PipelineBatch::Item const& item : batch.items) {
        std::string_view const encoded =
            std::string_view(batch.encoded).substr(begin, item.end - begin);
        begin = item.end;
        auto const script = item.route.names_script ? core.script_of(encoded) : nullptr;
        if (script) {
            std::string written_out(encoded);
            write_out_script(written_out, *script);
            unit += written_out;
        } else {
            unit += encoded;
        }
    }
    protocol::write_command(unit, {"EXEC"});
    return unit;
}

Result<PipelineReplies> replies_of(CallResult const& result, std::size_t commands,
                                   bool raise_on_error) {
    if (result.failure) {
        return result.failure;
    }
    if (!result.reply.is_aggregate() || result.reply.size() != commands) {
        return unexpected_reply(result.reply, "an array with a reply to each command");
    }
    PipelineReplies replies;
    for (ReplyView const element : result.reply) {
        if (!element.is_error()) {
            replies.emplace_back(Reply(element));
            continue;
        }
        Failure failure = failure_of_error(element.text());
        failure.outcome = Outcome::executed;  // an error inside EXEC does not undo the others
        auto shared = std::make_shared<Failure const>(std::move(failure));
        if (raise_on_error) {
            return shared;
        }
        replies.emplace_back(std::move(shared));
    }
    return replies;
}

}  // namespace

Operation<PipelineReplies> run_transaction(std::shared_ptr<ClusterCore> core, PipelineBatch batch,
                                           PipelineOptions const& options,
                                           std::shared_ptr<LinkLease> lease) {
    return [core = std::move(core), batch = std::move(batch), options,
            lease = std::move(lease)](UniqueFunction<void(Result<PipelineReplies>)> done) mutable {
        if (batch.items.empty() && !lease) {
            core->environment().post(
                [done = std::move(done)]() mutable { done(PipelineReplies()); });
            return UniqueFunction<void()>([] {});
        }
        auto const commands = static_cast<std::uint32_t>(batch.items.size());
        PreparedCall call = prepare_encoded(core, route_of(batch), unit_of(batch, *core),
                                            {.options = options.call});
        call.make_transaction(commands, lease);
        std::uint64_t const handle = std::move(call).submit(
            [done = std::move(done), commands, raise = options.raise_on_error](
                CallResult& result) mutable { done(replies_of(result, commands, raise)); });
        return UniqueFunction<void()>([core, handle] { core->cancel(handle); });
    };
}

/// The connection on which keys are watched, and what is to run on it.
class WatchedKeys : public std::enable_shared_from_this<WatchedKeys> {
public:
    explicit WatchedKeys(std::shared_ptr<ClusterCore> of) : core(std::move(of)) {}
    WatchedKeys(WatchedKeys const&) = delete;
    ~WatchedKeys() { let_go(false); }

    /// `clean`: the server has been told to watch nothing any more.
    void let_go(bool clean) {
        if (lease && lease->link) {
            core->pool().give_back(std::move(lease->link), clean && lease->broken.empty());
        }
        lease.reset();
    }

    std::shared_ptr<ClusterCore> const core;
    std::shared_ptr<LinkLease> lease;  // with a link once something is watched
    CommandRoute route;                // of the watched keys
};

std::shared_ptr<WatchedKeys> make_watched_keys(std::shared_ptr<ClusterCore> core) {
    return std::make_shared<WatchedKeys>(std::move(core));
}

PreparedCall prepare_watch(std::shared_ptr<WatchedKeys> const& watched,
                           std::span<std::string_view const> keys, CallOptions const& options) {
    std::vector<std::string_view> words{"WATCH"};
    words.insert(words.end(), keys.begin(), keys.end());
    if (!watched->lease) {
        watched->lease = std::make_shared<LinkLease>();
    }
    PreparedCall call = prepare(watched->core, nullptr, words, {.options = options});
    watched->route = call.join_lease(watched->lease, watched->route);
    return call;
}

PreparedCall prepare_on_watched(std::shared_ptr<WatchedKeys> const& watched,
                                protocol::CommandInfo const* info,
                                std::span<std::string_view const> words,
                                CallOptions const& options) {
    PreparedCall call = prepare(watched->core, info, words, {.options = options});
    if (watched->lease && watched->lease->link) {
        call.join_lease(watched->lease, watched->route);
    }
    return call;
}

Operation<bool> unwatch(std::shared_ptr<WatchedKeys> const& watched) {
    return [watched](UniqueFunction<void(Result<bool>)> done) {
        if (!watched->lease || !watched->lease->link) {
            watched->core->environment().post([done = std::move(done)]() mutable { done(true); });
            return UniqueFunction<void()>([] {});
        }
        std::array<std::string_view, 1> const words{"UNWATCH"};
        std::uint64_t const handle =
            prepare_on_watched(watched, nullptr, words, {})
                .submit([watched, done = std::move(done)](CallResult& result) mutable {
                    // Whatever became of it: the connection is free again, or closed (client-bugs 71).
                    watched->let_go(result.failure == nullptr);
                    done(true);
                });
        return UniqueFunction<void()>([core = watched->core, handle] { core->cancel(handle); });
    };
}

Operation<PipelineReplies> execute_watched(std::shared_ptr<WatchedKeys> const& watched,
                                           PipelineBatch batch, PipelineOptions const& options) {
    std::shared_ptr<LinkLease> lease =
        watched->lease && watched->lease->link ? watched->lease : nullptr;
    return [watched, start = run_transaction(watched->core, std::move(batch), options, lease)](
               UniqueFunction<void(Result<PipelineReplies>)> done) mutable {
        return start([watched, done = std::move(done)](Result<PipelineReplies> result) mutable {
            watched->let_go(result.has_value() || result.error().code == ErrorCode::watch ||
                            result.error().outcome == Outcome::executed);
            done(std::move(result));
        });
    };
}

std::shared_ptr<ClusterCore> const& core_of(WatchedKeys const& watched) { return watched.core; }

}  // namespace keyslot::detail

namespace keyslot {

Transaction::Transaction(std::shared_ptr<detail::ClusterCore> core, CallOptions options)
    : core_(std::move(core)), watched_(detail::make_watched_keys(core_)), options_(options) {}

// What the connection belongs to lives on the executor, and ends there.
Transaction::~Transaction() {
    if (watched_) {
        core_->environment().block_on([this](Environment::Completion done) {
            watched_.reset();
            done();
        });
    }
}

void Transaction::watch(std::span<std::string_view const> keys) {
    std::shared_ptr<Failure const> failure;
    core_->environment().block_on([&](Environment::Completion done) {
        detail::prepare_watch(watched_, keys, options_)
            .submit([&failure, done = std::move(done)](detail::CallResult& result) mutable {
                failure = result.failure;
                done();
            });
    });
    if (failure) {
        throw_error(failure);
    }
}

void Transaction::unwatch() {
    detail::wait_for<bool>(core_->environment(), detail::unwatch(watched_)).value();
}

std::vector<Result<Reply>> Transaction::execute(PipelineOptions options) {
    // Made on the executor: it looks at the connection.
    std::optional<Result<detail::PipelineReplies>> replies;
    core_->environment().block_on([&](Environment::Completion done) {
        detail::execute_watched(watched_, queue_.take(), options)(
            [&replies, done = std::move(done)](Result<detail::PipelineReplies> got) mutable {
                replies.emplace(std::move(got));
                done();
            });
    });
    return std::move(*replies).value();
}

void Transaction::run_command(protocol::CommandInfo const* info,
                              std::span<std::string_view const> words,
                              UniqueFunction<void(detail::CallResult&)> completion) {
    core_->environment().block_on([&](Environment::Completion done) {
        detail::prepare_on_watched(watched_, info, words, options_)
            .submit([&completion, done = std::move(done)](detail::CallResult& result) mutable {
                completion(result);
                done();
            });
    });
}

}  // namespace keyslot
