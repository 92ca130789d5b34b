#pragma once

#include <keyslot/cluster_nodes.hpp>
#include <keyslot/commands.hpp>
#include <keyslot/detail/initiate.hpp>
#include <keyslot/environment.hpp>
#include <keyslot/explain.hpp>
#include <keyslot/lock.hpp>
#include <keyslot/multi_key.hpp>
#include <keyslot/node_stats.hpp>
#include <keyslot/options.hpp>
#include <keyslot/pipeline.hpp>
#include <keyslot/scan.hpp>
#include <keyslot/script.hpp>
#include <keyslot/transaction.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace keyslot {

class AsyncPubSub;
struct PubSubOptions;

/// A Redis Cluster client on Asio: one multiplexed connection per node, calls pipelined by themselves.
///
/// Every command function starts the call with any completion token; by default it is awaited and throws
/// keyslot::Error. A call completes exactly once: with the reply, with an error that tells whether the
/// command ran (Outcome), or at its deadline. It can be cancelled through its cancellation slot: it then
/// completes at once, and a reply that still comes is swallowed.
///
/// One executor (or strand): all functions are called, and all handlers run, on get_executor(), except
/// that a handler with an executor of its own is dispatched there. Nothing connects before the first
/// call, unless options.start says so. Options that make no sense throw DataError from the constructor.
/// Destroying the client closes it: calls in flight complete with ErrorCode::closed.
class AsyncRedisCluster : public Commands<AsyncRedisCluster>,
                          public ClusterNodes<AsyncRedisCluster>,
                          public ClusterMultiKeyCommands<AsyncRedisCluster>,
                          public ClusterAdminCommands<AsyncRedisCluster>,
                          public ClusterScanCommands<AsyncRedisCluster>,
public ClusterExplain<AsyncRedisCluster> {
public:
    /// In that environment, which must outlive the client and every call: a simulated host, say.
    AsyncRedisCluster(Environment& environment, ClusterOptions options);
    /// Over real sockets on that executor.
    AsyncRedisCluster(asio::any_io_executor executor, ClusterOptions options);
    AsyncRedisCluster(std::shared_ptr<Environment> environment, ClusterOptions options);
    /// As keyslot::options_from_url() reads the URL.
    static AsyncRedisCluster from_url(Environment& environment, std::string_view url);
    static AsyncRedisCluster from_url(asio::any_io_executor executor, std::string_view url);
    AsyncRedisCluster(AsyncRedisCluster&&) noexcept = default;
    AsyncRedisCluster& operator=(AsyncRedisCluster&&) = delete;
    ~AsyncRedisCluster();

    asio::any_io_executor const& get_executor() const;

    /// The same commands with other CallOptions:
    /// `co_await redis.with({.timeout = 100ms}).get("k")`. Must not outlive the client.
    class With;
    With with(CallOptions options);
    /// The same commands for a caller whose reads see that caller's writes: `auto mine = redis.session();`.
    /// With reads from replicas, those of a slot in which the session has written go to its primary until a
    /// replica is known to have got as far as the primary was after the write; see
    /// ClusterOptions::lag_check_interval. Reads still see no less than before when a failover comes between,
    /// but what the failover has lost is lost. Copies share what has been written.
    With session(CallOptions options = {});
    /// The same commands for that node, whatever their keys are: told by its id where there is one, else
    /// by host and port. A redirection is then the answer (ErrorCode::response), and a node that cannot be
    /// reached is given up after three attempts. Must not outlive the client.
    With on(ClusterNode const& node);
    /// The same commands for each of several nodes, in parallel: they give NodeResults<T>, what each node
    /// answered, in no order to rely on. Fails as a whole only when there is no topology, or no such node.
    class OnNodes;
    OnNodes on(TargetNodes targets);
    OnNodes on(std::vector<ClusterNode> nodes);

    AsyncClusterPipeline pipeline(PipelineMode mode = {});
    /// An optimistic transaction; `options` are those of each of its calls.
    AsyncTransaction transaction(CallOptions options = {});
    /// Watches `keys`, lets `function` (AsyncTransaction& -> asio::awaitable<void>) read and gather commands,
    /// and runs them; from the beginning again while somebody else changes a watched key, at most
    /// `attempts_max` times (then ErrorCode::watch). `keys` and `function` must live until it completes.
    template <class Function>
    asio::awaitable<std::vector<Result<Reply>>> transaction(std::span<std::string_view const> keys,
                                                            Function function,
                                                            int attempts_max = 64) {
        for (int attempt = 1;; ++attempt) {
            AsyncTransaction attempted = transaction();
            Result<detail::PipelineReplies> replies = co_await run_once(attempted, keys, function);
            if (replies || replies.error().code != ErrorCode::watch || attempt >= attempts_max) {
                co_return std::move(replies).value();
            }
        }
    }
    /// A subscriber, with connections of its own: <keyslot/pubsub.hpp>.
    AsyncPubSub pubsub();
    AsyncPubSub pubsub(PubSubOptions const& options);

    /// Fetches the topology if there is none, and completes with true when a node of it has answered;
    /// fails as a call does: ErrorCode::authentication at once, or cluster_unreachable after call_timeout.
    template <class Token = asio::use_awaitable_t<>>
    decltype(auto) initialize(Token&& token = {}) {
        std::string_view const word = "PING";
        return detail::initiate<bool>(detail::prepare(core_, nullptr, {&word, 1}, {}),
                                      std::forward<Token>(token));
    }
    /// A lock of that name; see AsyncLock. Nothing is sent yet.
    AsyncLock lock(std::string_view name, LockOptions options = {});
    /// A script that every EVALSHA of this client can do with, whatever node it goes to.
    Script register_script(std::string_view source);

    ClusterStats stats() const;
    ClientSideCacheStats client_side_cache_stats() const;
    /// Of each node of the topology, and of others that there are connections to.
    std::vector<NodeStats> node_stats() const;

    /// Fails every call under way with ErrorCode::closed, closes the connections and takes no more calls.
    void close();
    /// Takes no more calls, waits until those under way have completed, but no longer than `patience`, and
    /// closes. Gives whether all completed by themselves. Cancelling closes at once.
    template <class Token = asio::use_awaitable_t<>>
    auto close(std::chrono::milliseconds patience, Token&& token = {}) {
        return detail::initiate_operation<bool>(get_executor(), detail::drain(core_, patience),
                                                std::forward<Token>(token));
    }

    template <class T, class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_command(protocol::CommandInfo const& info,
                                 detail::ArgumentList const& words, Token&& token = {}) {
        return detail::initiate<T>(detail::prepare(core_, &info, words.words(), {}),
                                   std::forward<Token>(token));
    }
    template <class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_words(std::span<std::string_view const> words, Token&& token = {}) {
        return detail::initiate<Reply>(detail::prepare(core_, nullptr, words, {}),
                                       std::forward<Token>(token));
    }
    template <class T, class Make, class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_operation(Make make, Token&& token = {}) {
        return detail::initiate_operation<T>(get_executor(), make(core_, detail::CallManner()),
                                             std::forward<Token>(token));
    }
    template <class Item, class Make>
    AsyncScan<Item> issue_scan(Make make) {
        return {get_executor(), make(core_)};
    }
    auto ask_core(auto question) const { return question(*core_); }

private:
    /// An error of the function's own calls counts like one of the transaction itself.
    template <class Function>
    static asio::awaitable<Result<detail::PipelineReplies>> run_once(
        AsyncTransaction& attempted, std::span<std::string_view const> keys, Function& function) {
        std::shared_ptr<Failure const> changed;
        try {
            co_await attempted.watch(keys);
            co_await function(attempted);
        } catch (WatchError const& error) {
            changed = std::make_shared<Failure const>(error.failure());
        }
        if (changed) {
            co_return changed;
        }
        co_return co_await attempted.execute({}, as_result);
    }

    std::shared_ptr<detail::ClusterCore> core_;
};

class AsyncRedisCluster::With : public Commands<With>,
                                public ClusterMultiKeyCommands<With>,
                                public ClusterAdminCommands<With> {
public:
    With with(CallOptions options) const {
        return {core_, {.options = options, .node = manner_.node, .session = manner_.session}};
    }
    OnNodes on(TargetNodes targets) const;
    OnNodes on(std::vector<ClusterNode> nodes) const;
    With on(ClusterNode const& node) const {
        return {core_, {.options = manner_.options, .node = node}};
    }

    template <class T, class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_command(protocol::CommandInfo const& info,
                                 detail::ArgumentList const& words, Token&& token = {}) {
        return detail::initiate<T>(detail::prepare(core_, &info, words.words(), manner_),
                                   std::forward<Token>(token));
    }
    template <class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_words(std::span<std::string_view const> words, Token&& token = {}) {
        return detail::initiate<Reply>(detail::prepare(core_, nullptr, words, manner_),
                                       std::forward<Token>(token));
    }
    template <class T, class Make, class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_operation(Make make, Token&& token = {}) {
        return detail::initiate_operation<T>(detail::executor_of(*core_), make(core_, manner_),
                                             std::forward<Token>(token));
    }

private:
    friend class AsyncRedisCluster;
    With(std::shared_ptr<detail::ClusterCore> core, detail::CallManner manner)
        : core_(std::move(core)), manner_(std::move(manner)) {}

    std::shared_ptr<detail::ClusterCore> core_;
    detail::CallManner manner_;
};

class AsyncRedisCluster::OnNodes : public Commands<OnNodes> {
public:
    OnNodes with(CallOptions options) const {
        return {core_, {.options = options, .targets = manner_.targets, .nodes = manner_.nodes}};
    }

    template <class T, class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_command(protocol::CommandInfo const& info,
                                 detail::ArgumentList const& words, Token&& token = {}) {
        return detail::initiate<NodeResults<T>>(
            detail::prepare(core_, &info, words.words(), manner_), std::forward<Token>(token));
    }
    template <class Token = asio::use_awaitable_t<>>
    decltype(auto) issue_words(std::span<std::string_view const> words, Token&& token = {}) {
        return detail::initiate<NodeResults<Reply>>(detail::prepare(core_, nullptr, words, manner_),
                                                    std::forward<Token>(token));
    }

private:
    friend class AsyncRedisCluster;
    friend class With;
    OnNodes(std::shared_ptr<detail::ClusterCore> core, detail::CallManner manner)
        : core_(std::move(core)), manner_(std::move(manner)) {}

    std::shared_ptr<detail::ClusterCore> core_;
    detail::CallManner manner_;
};

inline AsyncRedisCluster::OnNodes AsyncRedisCluster::With::on(TargetNodes targets) const {
    return {core_, {.options = manner_.options, .targets = targets}};
}
inline AsyncRedisCluster::OnNodes AsyncRedisCluster::With::on(
    std::vector<ClusterNode> nodes) const {
    return {core_, {.options = manner_.options, .nodes = std::move(nodes)}};
}
inline AsyncRedisCluster::OnNodes AsyncRedisCluster::on(TargetNodes targets) {
    return with({}).on(targets);
}
inline AsyncRedisCluster::OnNodes AsyncRedisCluster::on(std::vector<ClusterNode> nodes) {
    return with({}).on(std::move(nodes));
}

}  // namespace keyslot
