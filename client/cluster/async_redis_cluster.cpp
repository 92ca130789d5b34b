#include <keyslot/async_redis_cluster.hpp>
#include <keyslot/system_environment.hpp>

#include "client/cluster/check_options.hpp"
#include "client/cluster/core.hpp"

namespace keyslot {

std::string ClusterNode::name() const { return to_string(topology::HostPort{host, port}); }

namespace {

// The caller keeps the environment alive.
std::shared_ptr<Environment> borrow(Environment& environment) {
    return {std::shared_ptr<void>(), &environment};
}

}  // namespace

AsyncRedisCluster::AsyncRedisCluster(std::shared_ptr<Environment> environment,
                                     ClusterOptions options)
    : core_(std::make_shared<detail::ClusterCore>(std::move(environment),
                                                  detail::checked(std::move(options)))) {
    if (core_->options().start == StartMode::eager) {
        core_->start();
    }
}

AsyncRedisCluster AsyncRedisCluster::from_url(Environment& environment, std::string_view url) {
    return {environment, options_from_url(url)};
}

AsyncRedisCluster AsyncRedisCluster::from_url(asio::any_io_executor executor,
                                              std::string_view url) {
    return {std::move(executor), options_from_url(url)};
}

AsyncRedisCluster::AsyncRedisCluster(Environment& environment, ClusterOptions options)
    : AsyncRedisCluster(borrow(environment), std::move(options)) {}

AsyncRedisCluster::AsyncRedisCluster(asio::any_io_executor executor, ClusterOptions options)
    : AsyncRedisCluster(std::shared_ptr<Environment>(system_environment(std::move(executor))),
                        std::move(options)) {}

AsyncRedisCluster::~AsyncRedisCluster() {
    if (core_) {
        core_->close();
    }
}

asio::any_io_executor const& AsyncRedisCluster::get_executor() const { return core_->executor(); }

AsyncRedisCluster::With AsyncRedisCluster::with(CallOptions options) {
    return {core_, {.options = options}};
}

AsyncRedisCluster::With AsyncRedisCluster::session(CallOptions options) {
    core_->watch_replication();
    return {core_, {.options = options, .session = std::make_shared<routing::SessionMarks>()}};
}

AsyncRedisCluster::With AsyncRedisCluster::on(ClusterNode const& node) {
    return {core_, {.node = node}};
}

AsyncClusterPipeline AsyncRedisCluster::pipeline(PipelineMode mode) { return {core_, mode}; }

AsyncTransaction AsyncRedisCluster::transaction(CallOptions options) { return {core_, options}; }

Script AsyncRedisCluster::register_script(std::string_view source) {
    return {core_->register_script(source), source};
}

ClusterStats AsyncRedisCluster::stats() const { return core_->stats(); }

ClientSideCacheStats AsyncRedisCluster::client_side_cache_stats() const {
    return core_->cache_stats();
}

std::vector<NodeStats> AsyncRedisCluster::node_stats() const { return core_->node_stats(); }

AsyncLock AsyncRedisCluster::lock(std::string_view name, LockOptions options) {
    return AsyncLock(detail::make_lock(core_, name, options));
}

void AsyncRedisCluster::close() { core_->close(); }

}  // namespace keyslot
