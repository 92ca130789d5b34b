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

/// How a pipeline runs its commands.
struct PipelineMode {
    bool transaction = false;  ///< MULTI ... EXEC
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

/// Runs the commands gathered: each by itself, or as one transaction. Completes with the replies in their
/// order when the last one is there; with raise_on_error with the first failure instead.
Operation<PipelineReplies> run_pipeline(std::shared_ptr<ClusterCore> core, PipelineBatch batch,
                                        PipelineOptions const& options, bool as_transaction);

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
    PipelineBatch batch_;

private:
    Derived& add(protocol::CommandInfo const* info, std::span<std::string_view const> words) {
        CommandRoute const route = encode(batch_.encoded, info, words);
        batch_.items.push_back({route, batch_.encoded.size()});
        return static_cast<Derived&>(*this);
    }
};

}  // namespace detail

/// Commands of any slots, sent to their nodes in parallel; each follows redirections by itself, and
/// commands on one key keep their order: one that a node refuses for the moment (CLUSTERDOWN, LOADING) is
/// sent again, unless a later command on one of its keys has run meanwhile; then it fails, not executed.
/// Or, made with `transaction`, commands of one slot that run together or not at all (MULTI ... EXEC):
/// redirected as a whole, and never sent again once EXEC may have been executed.
class AsyncClusterPipeline : public detail::PipelineBase<AsyncClusterPipeline> {
public:
    /// Completes, when every command has, with one result per command in the order they were added. The
    /// pipeline is empty afterwards and can be used again. With raise_on_error the first failure is
    /// thrown instead (the other commands have run all the same). A transaction that did not run as a
    /// whole is one failure, whatever raise_on_error says. Cancelling ends every command that is under way.
    template <class Token = asio::use_awaitable_t<>>
    auto execute(PipelineOptions options = {}, Token&& token = {}) {
        return detail::initiate_operation<detail::PipelineReplies>(
            detail::executor_of(*core_),
            detail::run_pipeline(core_, std::exchange(batch_, {}), options, is_transaction_),
            std::forward<Token>(token));
    }

private:
    friend class AsyncRedisCluster;
    AsyncClusterPipeline(std::shared_ptr<detail::ClusterCore> core, PipelineMode mode)
        : core_(std::move(core)), is_transaction_(mode.transaction) {}

    std::shared_ptr<detail::ClusterCore> core_;
    bool is_transaction_;
};

/// The same for the blocking client, which must outlive it.
class ClusterPipeline : public detail::PipelineBase<ClusterPipeline> {
public:
    /// Returns when every command has completed.
    std::vector<Result<Reply>> execute(PipelineOptions options = {});

private:
    friend class RedisCluster;
    ClusterPipeline(std::shared_ptr<detail::ClusterCore> core, PipelineMode mode)
        : core_(std::move(core)), is_transaction_(mode.transaction) {}

    std::shared_ptr<detail::ClusterCore> core_;
    bool is_transaction_;
};

}  // namespace keyslot
