#pragma once

#include <keyslot/commands.hpp>
#include <keyslot/detail/initiate.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace keyslot {

struct PipelineOptions {
    /// Throw the first command's error instead of returning it in its place.
    bool raise_on_error = true;
    CallOptions call = {};
};

namespace detail {

/// The commands gathered so far: one buffer of bytes, and for each command where it goes.
struct PipelineBatch {
    struct Item {
        CommandRoute route;
        std::size_t end = 0;  ///< of its bytes in `encoded`
    };
    std::string encoded;
    std::vector<Item> items;
};

using PipelineReplies = std::vector<Result<Reply>>;

/// Submits all commands at once; completes with the replies in their order when the last one is there.
void submit_pipeline(std::shared_ptr<ClusterCore> const& core, PipelineBatch const& batch,
                     CallOptions const& options, UniqueFunction<void(PipelineReplies)> completion);

/// The first failure among the replies, or null.
std::shared_ptr<Failure const> first_failure(PipelineReplies const& replies);

template <class Derived>
class PipelineBase : public Commands<Derived> {
public:
    std::size_t size() const { return batch_.items.size(); }
    bool empty() const { return batch_.items.empty(); }
    /// Forgets the commands gathered so far.
    Derived& reset() {
        batch_ = {};
        return static_cast<Derived&>(*this);
    }

    template <class T>
    Derived& issue_command(protocol::CommandInfo const& info, ArgumentList const& words) {
        return add(&info, words.words());
    }
    Derived& issue_words(std::span<std::string_view const> words) { return add(nullptr, words); }

protected:
    explicit PipelineBase(std::shared_ptr<ClusterCore> core) : core_(std::move(core)) {}

    std::shared_ptr<ClusterCore> core_;
    PipelineBatch batch_;

private:
    Derived& add(protocol::CommandInfo const* info, std::span<std::string_view const> words) {
        CommandRoute const route = encode(batch_.encoded, info, words);
        batch_.items.push_back({route, batch_.encoded.size()});
        return static_cast<Derived&>(*this);
    }
};

struct InitiatePipeline {
    template <class Handler>
    void operator()(Handler&& handler, std::shared_ptr<ClusterCore> core, PipelineBatch batch,
                    PipelineOptions options) const {
        auto completion = [handler = std::forward<Handler>(handler), core,
                           raise = options.raise_on_error](PipelineReplies replies) mutable {
            std::shared_ptr<Failure const> const failure = raise ? first_failure(replies) : nullptr;
            complete_handler(executor_of(*core), std::move(handler),
                             failure ? make_error(failure) : std::exception_ptr(),
                             std::move(replies));
        };
        submit_pipeline(core, batch, options.call, std::move(completion));
    }
};

}  // namespace detail

/// Commands of any slots, sent to their nodes in parallel; each follows redirections by itself, and
/// commands on one slot keep their order. Not a transaction.
class AsyncClusterPipeline : public detail::PipelineBase<AsyncClusterPipeline> {
public:
    /// Completes, when every command has, with one result per command in the order they were added. The
    /// pipeline is empty afterwards and can be used again. With raise_on_error the first failure is
    /// thrown instead (the other commands have run all the same).
    template <class Token = asio::use_awaitable_t<>>
    auto execute(PipelineOptions options = {}, Token&& token = {}) {
        return asio::async_initiate<Token, void(std::exception_ptr, detail::PipelineReplies)>(
            detail::InitiatePipeline{}, token, core_, std::exchange(batch_, {}), options);
    }

private:
    friend class AsyncRedisCluster;
    using PipelineBase::PipelineBase;
};

/// The same for the blocking client.
class ClusterPipeline : public detail::PipelineBase<ClusterPipeline> {
public:
    /// Returns when every command has completed.
    std::vector<Result<Reply>> execute(PipelineOptions options = {});

private:
    friend class RedisCluster;
    using PipelineBase::PipelineBase;
};

}  // namespace keyslot
