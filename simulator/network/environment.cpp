#include "simulator/network/environment.hpp"

#include "simulator/kernel/kernel_executor.hpp"
#include "simulator/network/byte_stream.hpp"
#include "simulator/network/tls_handshake.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace keyslot::sim {

namespace {

/// glibc asks twice, and waits five seconds each time.
constexpr Duration resolver_patience = std::chrono::seconds{10};

class SimTimer final : public Timer {
public:
    SimTimer(Kernel& kernel, EventTag tag) : kernel_(kernel), tag_(tag) {}
    ~SimTimer() override { cancel(); }

    void arm(Instant at, UniqueFunction<void()> handler) override {
        cancel();
        event_ = kernel_.schedule(at, tag_, std::move(handler));
    }
    void cancel() override { kernel_.cancel(std::exchange(event_, {})); }

private:
    Kernel& kernel_;
    EventTag tag_;
    EventId event_;
};

}  // namespace

/// What goes on between the connect and the client's having its stream.
class SimEnvironment::Handshake final : public StreamReceiver {
public:
    Handshake(SimEnvironment& environment, TlsConnector connector, StreamEnd end, Instant deadline,
              ConnectHandler handler)
        : environment_(environment),
          connector_(std::move(connector)),
          end_(std::move(end)),
          handler_(std::move(handler)) {
        end_.receive_with(*this);
        end_.send(connector_.hello());
        if (deadline != Instant{}) {
            deadline_ = kernel().schedule(deadline, environment_.tag(EventKind::connect),
                                          [this] { finish(asio::error::timed_out); });
        }
    }
    ~Handshake() override { kernel().cancel(deadline_); }

    std::size_t on_bytes(std::string_view bytes) override {
        std::size_t const all = bytes.size();
        if (std::optional<error_code> const outcome = connector_.hear(bytes)) {
            finish(*outcome);
        }
        return all;
    }
    void on_end(error_code reason) override { finish(reason); }
    std::string_view waiting_for() const override { return "shakes hands with"; }

private:
    Kernel& kernel() const { return environment_.network_.kernel(); }

    // The last that this object does.
    void finish(error_code ec) {
        auto& all = environment_.handshakes_;
        auto const own = std::find_if(all.begin(), all.end(),
                                      [this](auto const& one) { return one.get() == this; });
        std::unique_ptr<Handshake> const self = std::move(*own);
        all.erase(own);
        std::unique_ptr<ByteStream> stream;
        if (!ec) {
            stream = std::make_unique<SimByteStream>(kernel(), environment_.host_, std::move(end_));
        }
        handler_(ec, std::move(stream));
    }

    SimEnvironment& environment_;
    TlsConnector connector_;
    StreamEnd end_;
    ConnectHandler handler_;
    EventId deadline_;
};

SimEnvironment::SimEnvironment(Network& network, HostId host, Random random, RunLimits limits)
    : network_(network), host_(host), random_(random), limits_(limits) {}

SimEnvironment::~SimEnvironment() = default;

asio::any_io_executor SimEnvironment::get_executor() { return network_.kernel().executor(host_); }

std::unique_ptr<Timer> SimEnvironment::make_timer() {
    return std::make_unique<SimTimer>(network_.kernel(), tag(EventKind::timer));
}

void SimEnvironment::post(UniqueFunction<void()> work) {
    network_.kernel().schedule(now(), tag(EventKind::post), std::move(work));
}

void SimEnvironment::resolve(std::string host, ResolveHandler handler) {
    // Looked up when the answer comes: a name bound anew meanwhile counts.
    std::string const asked = host;
    auto answer = [this, name = std::move(host), handler = std::move(handler)]() mutable {
        std::vector<std::string> addresses;
        error_code const ec = network_.names().resolve(name, addresses);
        handler(ec, std::move(addresses));
    };
    NameFailure const* const failure = network_.names().failure_of(asked);
    Duration const takes = failure != nullptr && *failure == NameFailure::timeout
                               ? resolver_patience
                               : network_.names().delay();
    network_.kernel().schedule(now() + takes, tag(EventKind::resolve), std::move(answer));
}

void SimEnvironment::connect(Endpoint const& to, ConnectOptions options, ConnectHandler handler) {
    if (to.address.starts_with('/')) {
        network_.kernel().schedule(now(), tag(EventKind::connect),
                                   [handler = std::move(handler)]() mutable {
                                       handler(asio::error::connection_refused, nullptr);
                                   });
        return;
    }
    Instant const deadline = options.deadline;
    std::string& name = options.server_name;
    std::optional<TlsConnector> tls;
    if (options.tls) {
        tls.emplace(std::move(*options.tls), name.empty() ? to.address : std::move(name));
    }
    auto connected = [this, deadline, tls = std::move(tls), handler = std::move(handler)](
                         error_code ec, StreamEnd end) mutable {
        if (!ec && tls) {
            handshakes_.push_back(std::make_unique<Handshake>(
                *this, std::move(*tls), std::move(end), deadline, std::move(handler)));
            return;
        }
        std::unique_ptr<ByteStream> stream;
        if (!ec) {
            stream = std::make_unique<SimByteStream>(network_.kernel(), host_, std::move(end));
        }
        handler(ec, std::move(stream));
    };
    network_.connect(host_, to, deadline, false, std::move(connected));
}

void SimEnvironment::block_on(UniqueFunction<void(Completion)> start) {
    if (network_.kernel().is_running()) {
        throw std::logic_error("block_on() was called from inside the simulated world");
    }
    // Shared: the completion may be called when this function has long given up.
    auto const done = std::make_shared<bool>(false);
    post([start = std::move(start), done]() mutable { start([done] { *done = true; }); });
    network_.kernel().drive(*done, limits_);
}

}  // namespace keyslot::sim
