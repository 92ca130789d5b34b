#pragma once

#include "simulator/runner/message_log.hpp"

#include <keyslot/environment.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace keyslot::sim {

/// An Environment that notes in a log what those who live in it read of subscriptions from their
/// streams, before they see it themselves: the truth about what reached a subscriber, whatever it makes
/// of it. Changes nothing else. Both must outlive the streams.
class TapedEnvironment final : public Environment {
public:
    TapedEnvironment(Environment& environment, SubscriberLog& log)
        : environment_(environment), log_(log) {}

    asio::any_io_executor get_executor() override { return environment_.get_executor(); }
    Instant now() const override { return environment_.now(); }
    std::unique_ptr<Timer> make_timer() override { return environment_.make_timer(); }
    void post(UniqueFunction<void()> work) override { environment_.post(std::move(work)); }
    void resolve(std::string host, ResolveHandler handler) override {
        environment_.resolve(std::move(host), std::move(handler));
    }
    void connect(Endpoint const& to, ConnectOptions options, ConnectHandler handler) override;
    std::uint64_t random() override { return environment_.random(); }
    void block_on(UniqueFunction<void(Completion)> start) override {
        environment_.block_on(std::move(start));
    }

private:
    Environment& environment_;
    SubscriberLog& log_;
    std::uint64_t connections_ = 0;
};

}  // namespace keyslot::sim
