#pragma once

#include "client/io/pending_operations.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::io {

/// One name turned into addresses by the system's resolver, which Asio runs on a thread of its own.
template <class Executor>
class ResolveOperation final : public PendingOperation {
public:
    ResolveOperation(Executor const& executor, PendingOperations& pending,
                     Environment::ResolveHandler handler)
        : pending_(&pending), resolver_(executor), handler_(std::move(handler)) {}

    void start(std::string const& host) {
        resolver_.async_resolve(
            host, "", [self = boost::intrusive_ptr(this)](error_code ec, Results const& results) {
                self->finish(ec, results);
            });
    }

    void abort() override {
        Environment::ResolveHandler const dropped = std::move(handler_);
        resolver_.cancel();
    }

private:
    using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;
    using Results = typename Resolver::results_type;

    void finish(error_code ec, Results const& results) {
        if (!handler_) {
            return;
        }
        std::vector<std::string> addresses;
        for (auto const& entry : results) {
            std::string address = entry.endpoint().address().to_string();
            if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
                addresses.push_back(std::move(address));
            }
        }
        Environment::ResolveHandler handler = std::move(handler_);
        pending_->remove(this);
        handler(ec, std::move(addresses));
    }

    PendingOperations* pending_;
    Resolver resolver_;
    Environment::ResolveHandler handler_;
};

}  // namespace keyslot::io
