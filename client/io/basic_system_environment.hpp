#pragma once

#include "client/io/blocking.hpp"
#include "client/io/connect_operation.hpp"
#include "client/io/resolve_operation.hpp"
#include "client/io/system_timer.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/post.hpp>

#include <memory>
#include <string>
#include <utility>

namespace keyslot::io {

/// 64 bits of std::random_device.
std::uint64_t random_seed();

/// The real environment, for a concrete executor where that is known: it spares Asio the type-erased
/// calls on the path of every read and write.
template <class Executor>
class BasicSystemEnvironment : public Environment {
public:
    /// `deferral`, if any, outlives the environment and its streams.
    explicit BasicSystemEnvironment(Executor executor, Deferral* deferral = nullptr)
        : executor_(std::move(executor)), deferral_(deferral), random_state_(random_seed()) {}

    asio::any_io_executor get_executor() override { return executor_; }
    Instant now() const override { return system_now(); }
    std::unique_ptr<Timer> make_timer() override {
        return std::make_unique<SystemTimer<Executor>>(executor_);
    }
    void post(UniqueFunction<void()> work) override {
        if (deferral_ != nullptr && deferral_->active()) {
            deferral_->defer(std::move(work));
        } else {
            asio::post(executor_, std::move(work));
        }
    }

    void resolve(std::string host, ResolveHandler handler) override {
        error_code is_a_name;
        asio::ip::make_address(host, is_a_name);
        if (!is_a_name) {
            asio::post(executor_, [host = std::move(host), handler = std::move(handler)]() mutable {
                handler({}, {std::move(host)});
            });
            return;
        }
        boost::intrusive_ptr const operation(
            new ResolveOperation<Executor>(executor_, pending_, std::move(handler)));
        pending_.add(operation);
        operation->start(host);
    }

    void connect(Endpoint const& to, ConnectOptions options, ConnectHandler handler) override {
        boost::intrusive_ptr const operation(
            new ConnectOperation<Executor>(executor_, deferral_, pending_, std::move(handler)));
        pending_.add(operation);
        operation->start(to, options, tls_contexts_);
    }

    std::uint64_t random() override {  // SplitMix64
        random_state_ += 0x9e3779b97f4a7c15u;
        std::uint64_t z = random_state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    void block_on(UniqueFunction<void(Completion)> start) override {
        block_on_other_threads(executor_, std::move(start));
    }

private:
    Executor executor_;
    Deferral* deferral_;
    std::uint64_t random_state_;
    TlsContexts tls_contexts_;
    PendingOperations pending_;
};

}  // namespace keyslot::io
