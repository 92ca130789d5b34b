#pragma once

#include <keyslot/async_redis_cluster.hpp>

#include <optional>
#include <utility>

namespace keyslot {

class PubSub;

/// The blocking client: every call waits for its result and throws keyslot::Error, or gives a Result with
/// keyslot::as_result. Thread-safe: any number of threads share the connections, and their calls are
/// pipelined. Nothing connects before the first call, unless options.start says so. Options that make no
/// sense throw DataError from the constructor.
///
/// On real sockets it brings a thread of its own for the I/O. In a simulated world a blocking call drives
/// the world until it is done.
class RedisCluster : public Commands<RedisCluster>,
                     public ClusterNodes<RedisCluster>,
                     public ClusterMultiKeyCommands<RedisCluster>,
                     public ClusterAdminCommands<RedisCluster>,
                     public ClusterScanCommands<RedisCluster>,
public ClusterExplain<RedisCluster> {
public:
    explicit RedisCluster(ClusterOptions options);
    /// In that environment, which must outlive the client; not to be used on its executor.
    RedisCluster(Environment& environment, ClusterOptions options);
    /// As keyslot::options_from_url() reads the URL.
    static RedisCluster from_url(std::string_view url);
    static RedisCluster from_url(Environment& environment, std::string_view url);
    RedisCluster(RedisCluster const&) = delete;
    RedisCluster& operator=(RedisCluster const&) = delete;
    ~RedisCluster();

    /// The same commands with other CallOptions: `redis.with({.timeout = 100ms}).get("k")`.
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
    /// reached is given up after three attempts.
    With on(ClusterNode const& node);
    /// The same commands for each of several nodes, in parallel: they give NodeResults<T>, what each node
    /// answered, in no order to rely on. Fails as a whole only when there is no topology, or no such node.
    class OnNodes;
    OnNodes on(TargetNodes targets);
    OnNodes on(std::vector<ClusterNode> nodes);

    ClusterPipeline pipeline(PipelineMode mode = {});
    /// An optimistic transaction; `options` are those of each of its calls.
    Transaction transaction(CallOptions options = {});
    /// Watches `keys`, lets `function` (of a Transaction&) read and gather commands, and runs them; from the
    /// beginning again while somebody else changes a watched key, at most `attempts_max` times (then
    /// WatchError).
    template <class Function>
    std::vector<Result<Reply>> transaction(std::span<std::string_view const> keys,
                                           Function&& function, int attempts_max = 64) {
        for (int attempt = 1;; ++attempt) {
            try {
                Transaction attempted = transaction();
                attempted.watch(keys);
                function(attempted);
                return attempted.execute();
            } catch (WatchError const&) {
                if (attempt >= attempts_max) {
                    throw;
                }
            }
        }
    }
    /// A subscriber, with connections of its own: <keyslot/pubsub.hpp>. It may outlive this.
    PubSub pubsub();
    PubSub pubsub(PubSubOptions const& options);

    /// Fetches the topology if there is none, and returns when a node of it has answered. Throws as a call
    /// does: AuthenticationError at once, or ConnectionError (cluster_unreachable) after call_timeout.
    void initialize();
    /// A lock of that name; see Lock. Nothing is sent yet.
    Lock lock(std::string_view name, LockOptions options = {});
    /// A script that every EVALSHA of this client can do with, whatever node it goes to.
    Script register_script(std::string_view source);

    ClusterStats stats() const;
    ClientSideCacheStats client_side_cache_stats() const;
    /// Of each node of the topology, and of others that there are connections to.
    std::vector<NodeStats> node_stats() const;

    /// Fails every call under way with ErrorCode::closed, closes the connections and takes no more calls.
    void close();
    /// Takes no more calls, waits until those of other threads have completed, but no longer than
    /// `patience`, and closes. Returns whether all completed by themselves.
    bool close(std::chrono::milliseconds patience);

    template <class T, class... Token>
    auto issue_command(protocol::CommandInfo const& info, detail::ArgumentList const& words,
                       Token&&... token) {
        return wait_for<T>(&info, words.words(), {}, token...);
    }
    template <class... Token>
    auto issue_words(std::span<std::string_view const> words, Token&&... token) {
        return wait_for<Reply>(nullptr, words, {}, token...);
    }
    template <class T, class Make>
    T issue_operation(Make make) {
        return finish<T>(make(core_, detail::CallManner())).value();
    }
    template <class T, class Make>
    Result<T> issue_operation(Make make, AsResultTag) {
        return finish<T>(make(core_, detail::CallManner()));
    }
    template <class Item, class Make>
    Scan<Item> issue_scan(Make make) {
        return {*environment_, make(core_)};
    }
    /// On the client's executor.
    template <class Question>
    auto ask_core(Question question) const {
        std::optional<std::invoke_result_t<Question, detail::ClusterCore&>> answer;
        on_executor([&] { answer.emplace(question(*core_)); });
        return std::move(*answer);
    }

private:
    friend class ClusterPipeline;

    template <class T>
    Result<T> wait_for(protocol::CommandInfo const* info, std::span<std::string_view const> words,
                       detail::CallManner const& manner, AsResultTag) {
        std::optional<Result<T>> result;
        run_blocking(info, words, manner, [&result](detail::CallResult& done) {
            result.emplace(detail::decode<T>(done));
        });
        return std::move(*result);
    }
    template <class T>
    T wait_for(protocol::CommandInfo const* info, std::span<std::string_view const> words,
               detail::CallManner const& manner) {
        return wait_for<T>(info, words, manner, as_result).value();
    }
    template <class T>
    Result<T> finish(detail::Operation<T> operation) const {
        return detail::wait_for<T>(*environment_, std::move(operation));
    }
    /// Submits the call on the executor and returns after `completion` has run there.
    void run_blocking(protocol::CommandInfo const* info, std::span<std::string_view const> words,
                      detail::CallManner const& manner,
                      UniqueFunction<void(detail::CallResult&)> completion);
    void on_executor(UniqueFunction<void()> work) const;
    void shut_down();
    void start_as_told();

    std::shared_ptr<Environment> environment_;
    std::shared_ptr<detail::ClusterCore> core_;
};

class RedisCluster::With : public Commands<With>,
                           public ClusterMultiKeyCommands<With>,
                           public ClusterAdminCommands<With> {
public:
    With with(CallOptions options) const {
        return {*redis_, {.options = options, .node = manner_.node, .session = manner_.session}};
    }
    OnNodes on(TargetNodes targets) const;
    OnNodes on(std::vector<ClusterNode> nodes) const;
    With on(ClusterNode const& node) const {
        return {*redis_, {.options = manner_.options, .node = node}};
    }

    template <class T, class... Token>
    auto issue_command(protocol::CommandInfo const& info, detail::ArgumentList const& words,
                       Token&&... token) {
        return redis_->wait_for<T>(&info, words.words(), manner_, token...);
    }
    template <class... Token>
    auto issue_words(std::span<std::string_view const> words, Token&&... token) {
        return redis_->wait_for<Reply>(nullptr, words, manner_, token...);
    }
    template <class T, class Make>
    T issue_operation(Make make) {
        return redis_->finish<T>(make(redis_->core_, manner_)).value();
    }
    template <class T, class Make>
    Result<T> issue_operation(Make make, AsResultTag) {
        return redis_->finish<T>(make(redis_->core_, manner_));
    }

private:
    friend class RedisCluster;
    With(RedisCluster& redis, detail::CallManner manner)
        : redis_(&redis), manner_(std::move(manner)) {}

    RedisCluster* redis_;
    detail::CallManner manner_;
};

class RedisCluster::OnNodes : public Commands<OnNodes> {
public:
    OnNodes with(CallOptions options) const {
        return {*redis_, {.options = options, .targets = manner_.targets, .nodes = manner_.nodes}};
    }

    template <class T, class... Token>
    auto issue_command(protocol::CommandInfo const& info, detail::ArgumentList const& words,
                       Token&&... token) {
        return redis_->wait_for<NodeResults<T>>(&info, words.words(), manner_, token...);
    }
    template <class... Token>
    auto issue_words(std::span<std::string_view const> words, Token&&... token) {
        return redis_->wait_for<NodeResults<Reply>>(nullptr, words, manner_, token...);
    }

private:
    friend class RedisCluster;
    friend class With;
    OnNodes(RedisCluster& redis, detail::CallManner manner)
        : redis_(&redis), manner_(std::move(manner)) {}

    RedisCluster* redis_;
    detail::CallManner manner_;
};

inline RedisCluster::OnNodes RedisCluster::With::on(TargetNodes targets) const {
    return {*redis_, {.options = manner_.options, .targets = targets}};
}
inline RedisCluster::OnNodes RedisCluster::With::on(std::vector<ClusterNode> nodes) const {
    return {*redis_, {.options = manner_.options, .nodes = std::move(nodes)}};
}
inline RedisCluster::OnNodes RedisCluster::on(TargetNodes targets) { return with({}).on(targets); }
inline RedisCluster::OnNodes RedisCluster::on(std::vector<ClusterNode> nodes) {
    return with({}).on(std::move(nodes));
}

}  // namespace keyslot
