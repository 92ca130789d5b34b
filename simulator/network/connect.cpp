// How a connection comes about: the part of Network that plays SYN, its repetitions, and the answers.
#include "simulator/network/network.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace keyslot::sim {

namespace {

// As Linux does it: a lost SYN is sent again after 1, 2, 4, ... seconds, six times.
constexpr int repetitions_max = 6;
constexpr Duration first_repetition = std::chrono::seconds{1};
// Nobody answers ARP for an address without a host.
constexpr Duration unreachable_after = std::chrono::seconds{3};
constexpr std::uint16_t first_client_port = 32768;
constexpr std::uint16_t last_client_port = 60999;

/// The SYN or its answer is lost: a rule says so, or the way back is cut.
bool loses_connects(LinkState const& there, LinkState const& back) {
    return there.connects == ConnectFate::black_hole ||
           (back.connects == ConnectFate::black_hole && back.hold_streams);
}

}  // namespace

Network::ConnectId Network::connect(HostId from, Endpoint const& to, Instant deadline,
                                    bool background, ConnectHandler handler) {
    ConnectId const number = ++last_attempt_;
    Attempt& attempt = attempts_[number];
    attempt.from = from;
    attempt.to = to;
    attempt.background = background;
    attempt.handler = std::move(handler);
    if (deadline != Instant{}) {
        EventTag const tag{.kind = EventKind::connect, .background = background, .actor = from};
        attempt.deadline = kernel_.schedule(deadline, tag, [this, number] { time_out(number); });
    }
    std::optional<HostId> const host = host_at(to);
    if (!host) {
        schedule_step(number, from, unreachable_after, &Network::give_up_unreachable);
    } else {
        schedule_step(number, world_actor, draw_delay(from, *host), &Network::knock);
    }
    return number;
}

void Network::cancel_connect(ConnectId connect) {
    auto const found = attempts_.find(connect);
    if (found == attempts_.end()) {
        return;
    }
    kernel_.cancel(found->second.step);
    kernel_.cancel(found->second.deadline);
    ConnectHandler const dropped = std::move(found->second.handler);
    attempts_.erase(found);
}

void Network::drop_connects() {
    while (!attempts_.empty()) {
        auto const dropped = attempts_.extract(attempts_.begin());  // it may cancel others
    }
}

/// The host of that endpoint, whether it listens or not, or any of that address.
std::optional<HostId> Network::host_at(Endpoint const& at) const {
    if (auto const found = services_.find(at); found != services_.end()) {
        return found->second.host;
    }
    return find_address(at.address);
}

void Network::schedule_step(ConnectId number, HostId actor, Duration after,
                            void (Network::*step)(ConnectId)) {
    Attempt& attempt = attempts_[number];
    EventTag const tag{
        .kind = EventKind::connect, .background = attempt.background, .actor = actor};
    attempt.step = kernel_.schedule(kernel_.now() + after, tag,
                                    [this, number, step] { (this->*step)(number); });
}

ConnectFate Network::fate_of_connect(HostId from, Endpoint const& to) const {
    std::optional<HostId> const host = host_at(to);
    if (!host || !has_power(*host)) {
        return ConnectFate::black_hole;
    }
    LinkState const there = link(from, *host);
    if (loses_connects(there, link(*host, from))) {
        return ConnectFate::black_hole;
    }
    auto const service = services_.find(to);
    bool const served = service != services_.end() && service->second.acceptor != nullptr;
    return served ? there.connects : ConnectFate::refuse;
}

/// A SYN is where it should arrive.
void Network::knock(ConnectId number) {
    Attempt& attempt = attempts_[number];
    std::optional<HostId> const host = host_at(attempt.to);
    if (!host) {
        return schedule_step(number, attempt.from, unreachable_after,
                             &Network::give_up_unreachable);
    }
    switch (fate_of_connect(attempt.from, attempt.to)) {
        case ConnectFate::black_hole: return knock_again(number);
        case ConnectFate::refuse:
            return schedule_step(number, attempt.from, draw_delay(*host, attempt.from),
                                 &Network::refuse);
        case ConnectFate::accept: return establish(number, *host);
    }
}

void Network::knock_again(ConnectId number) {
    Attempt& attempt = attempts_[number];
    Duration const pause = first_repetition * (std::int64_t{1} << attempt.tries);
    if (attempt.tries++ == repetitions_max) {
        return schedule_step(number, attempt.from, pause, &Network::time_out);
    }
    schedule_step(number, world_actor, pause, &Network::knock);
}

void Network::establish(ConnectId number, HostId to) {
    Attempt& attempt = attempts_[number];
    Endpoint peer = next_client_address(attempt.from);
    std::uint64_t const id = ++last_connection_;
    auto const [place, added] = connections_.emplace(
        id, std::make_unique<Connection>(*this, id, Connection::Party{attempt.from, peer},
                                         Connection::Party{to, attempt.to}, attempt.background));
    assert(added);
    Connection& connection = *place->second;
    Instant const answered = kernel_.now() + draw_delay(to, attempt.from);
    connection.not_before(1, answered);

    EventTag const at_client{
        .kind = EventKind::connect, .background = attempt.background, .actor = attempt.from};
    attempt.step = kernel_.schedule(answered, at_client,
                                    [this, number, end = StreamEnd(connection, 0)]() mutable {
                                        finish(number, {}, std::move(end));
                                    });

    EventTag const at_server{
        .kind = EventKind::accept, .background = attempt.background, .actor = to};
    auto accept = [this, at = attempt.to, from = std::move(peer),
                   end = StreamEnd(connection, 1)]() mutable {
        auto const service = services_.find(at);
        if (service != services_.end() && service->second.acceptor != nullptr) {
            service->second.acceptor->on_accept(std::move(end), from);
        } else {
            end.reset();
        }
    };
    kernel_.schedule(kernel_.now(), at_server, std::move(accept));
}

void Network::refuse(ConnectId number) { finish(number, asio::error::connection_refused, {}); }
void Network::time_out(ConnectId number) { finish(number, asio::error::timed_out, {}); }
void Network::give_up_unreachable(ConnectId number) {
    finish(number, asio::error::host_unreachable, {});
}

void Network::finish(ConnectId number, error_code ec, StreamEnd end) {
    auto const found = attempts_.find(number);
    assert(found != attempts_.end());
    kernel_.cancel(found->second.step);
    kernel_.cancel(found->second.deadline);
    ConnectHandler handler = std::move(found->second.handler);
    if (kernel_.tracing()) {
        kernel_.trace_detail(found->second.to.address + ":" +
                             std::to_string(found->second.to.port) + " " +
                             (ec ? ec.message() : "connected"));
    }
    kernel_.fold(static_cast<std::uint64_t>(ec.value()));
    attempts_.erase(found);
    handler(ec, std::move(end));
}

Endpoint Network::next_client_address(HostId host) {
    std::uint16_t& port = hosts_[host].last_port;
    port = port == last_client_port ? first_client_port : static_cast<std::uint16_t>(port + 1);
    return {hosts_[host].options.ip, port};
}

}  // namespace keyslot::sim
