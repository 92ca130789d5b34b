#include <keyslot/redis_cluster.hpp>
#include <keyslot/system_environment.hpp>

#include "client/cluster/check_options.hpp"
#include "client/cluster/core.hpp"

namespace keyslot {

namespace {

std::shared_ptr<detail::ClusterCore> make_core(std::shared_ptr<Environment> const& environment,
                                               ClusterOptions options) {
    options = detail::checked(std::move(options));
    std::shared_ptr<detail::ClusterCore> core;
    environment->block_on([&](Environment::Completion done) {
        core = std::make_shared<detail::ClusterCore>(environment, std::move(options));
        done();
    });
    return core;
}

}  // namespace

RedisCluster::RedisCluster(ClusterOptions options)
    : environment_(make_system_environment()), core_(make_core(environment_, std::move(options))) {
    start_as_told();
}

RedisCluster::RedisCluster(Environment& environment, ClusterOptions options)
    : environment_(std::shared_ptr<void>(), &environment),
      core_(make_core(environment_, std::move(options))) {
    start_as_told();
}

RedisCluster RedisCluster::from_url(std::string_view url) {
    return RedisCluster(options_from_url(url));
}

RedisCluster RedisCluster::from_url(Environment& environment, std::string_view url) {
    return RedisCluster(environment, options_from_url(url));
}

void RedisCluster::start_as_told() {
    if (core_->options().start != StartMode::eager) {
        return;
    }
    try {
        initialize();
    } catch (...) {
        shut_down();  // no destructor will
        throw;
    }
}

void RedisCluster::initialize() {
    std::string_view const word = "PING";
    wait_for<bool>(nullptr, {&word, 1}, {});
}

RedisCluster::~RedisCluster() { shut_down(); }

// The core's last owner must be gone before the environment's thread ends, and go on that thread.
void RedisCluster::shut_down() {
    on_executor([this] {
        core_->close();
        core_.reset();
    });
}

void RedisCluster::on_executor(UniqueFunction<void()> work) const {
    environment_->block_on([&work](Environment::Completion done) {
        work();
        done();
    });
}

void RedisCluster::run_blocking(protocol::CommandInfo const* info,
                                std::span<std::string_view const> words,
                                detail::CallManner const& manner,
                                UniqueFunction<void(detail::CallResult&)> completion) {
    environment_->block_on([&](Environment::Completion done) {
        detail::prepare(core_, info, words, manner)
            .submit([&completion, done = std::move(done)](detail::CallResult& result) mutable {
                completion(result);
                done();
            });
    });
}

RedisCluster::With RedisCluster::with(CallOptions options) { return {*this, {.options = options}}; }

RedisCluster::With RedisCluster::session(CallOptions options) {
    on_executor([this] { core_->watch_replication(); });
    return {*this, {.options = options, .session = std::make_shared<routing::SessionMarks>()}};
}

RedisCluster::With RedisCluster::on(ClusterNode const& node) { return {*this, {.node = node}}; }

ClusterPipeline RedisCluster::pipeline(PipelineMode mode) { return {core_, mode}; }

Transaction RedisCluster::transaction(CallOptions options) { return {core_, options}; }

std::vector<Result<Reply>> ClusterPipeline::execute(PipelineOptions options) {
    return detail::wait_for<detail::PipelineReplies>(
               core_->environment(),
               detail::run_pipeline(core_, std::exchange(batch_, {}), options, is_transaction_))
        .value();
}

ClientSideCacheStats RedisCluster::client_side_cache_stats() const {
    ClientSideCacheStats stats;
    on_executor([&] { stats = core_->cache_stats(); });
    return stats;
}

Script RedisCluster::register_script(std::string_view source) {
    std::string sha;
    on_executor([&] { sha = core_->register_script(source); });
    return {std::move(sha), source};
}

ClusterStats RedisCluster::stats() const {
    ClusterStats stats;
    on_executor([&] { stats = core_->stats(); });
    return stats;
}

std::vector<NodeStats> RedisCluster::node_stats() const {
    std::vector<NodeStats> stats;
    on_executor([&] { stats = core_->node_stats(); });
    return stats;
}

Lock RedisCluster::lock(std::string_view name, LockOptions options) {
    return Lock(detail::make_lock(core_, name, options));
}

bool RedisCluster::close(std::chrono::milliseconds patience) {
    bool drained = false;
    environment_->block_on([&](Environment::Completion done) {
        detail::drain(core_,
                      patience)([&drained, done = std::move(done)](Result<bool> all) mutable {
            drained = all.value();
            done();
        });
    });
    return drained;
}

void RedisCluster::close() {
    on_executor([&] { core_->close(); });
}

}  // namespace keyslot
