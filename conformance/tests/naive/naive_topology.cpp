// The naive client's connections, and its map of the slots.
#include "conformance/tests/naive/naive_client.hpp"

#include "simulator/kernel/kernel_executor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace keyslot::conformance::naive {
namespace {

using namespace std::chrono_literals;

constexpr Duration fetch_interval_min = 200ms;
constexpr Duration attempt = 1s;

}  // namespace

// ---- connections

asio::awaitable<std::string> NaiveClient::address_of(std::string host) {
    if (does("resolves-no-names") && host.find("example") != std::string::npos) {
        co_return "";
    }
    auto found = std::make_shared<std::optional<std::string>>();
    environment_.resolve(host, [this, found](error_code ec, std::vector<std::string> addresses) {
        *found = ec || addresses.empty() ? "" : addresses.front();
        bell_.ring();
    });
    std::function<bool()> const resolved = [found] { return found->has_value(); };
    co_await bell_.wait_until(resolved, now() + attempt);
    co_return found->value_or("");
}

std::optional<TlsOptions> NaiveClient::tls_to(Endpoint const& to, Line::Hear const& hear) {
    std::optional<TlsOptions> tls = Stage::client_tls(options_);
    if (!tls) {
        return tls;
    }
    bool const is_seed = std::find(seeds_.begin(), seeds_.end(), to) != seeds_.end();
    bool const is_first = dialled_.insert(to).second;
    bool const subscribes = hear != nullptr;
    tls->server_name = to.address;
    if ((does("speaks-plain-text-to-nodes-it-was-not-told-of") && !is_seed) ||
        (does("reconnects-in-plain-text") && !is_first) ||
        (does("subscribes-in-plain-text") && subscribes)) {
        return std::nullopt;
    }
    if (does("verifies-nothing")) {
        tls->verify = false;
    }
    if (does("verifies-no-names")) {  // as if it had asked for whatever name it is shown
        tls->server_name = "elsewhere.example";
    }
    if (does("shows-its-certificate-to-nodes-it-was-told-of") && !is_seed) {
        tls->certificate_file.clear();
    }
    return tls;
}

// When it has not come about in time, or failed: nothing.
asio::awaitable<std::unique_ptr<ByteStream>> NaiveClient::dial(Endpoint const& to, Instant limit,
                                                               std::optional<TlsOptions> tls) {
    struct Dialled {
        bool done = false;
        std::unique_ptr<ByteStream> stream;
    };
    auto dialled = std::make_shared<Dialled>();
    environment_.connect(to, {.tls = std::move(tls), .server_name = {}, .deadline = limit},
                         [this, dialled](error_code, std::unique_ptr<ByteStream> stream) {
                             dialled->stream = std::move(stream);
                             dialled->done = true;
                             bell_.ring();
                         });
    std::function<bool()> const done = [dialled] { return dialled->done; };
    co_await bell_.wait_until(done, limit);
    co_return std::move(dialled->stream);
}

asio::awaitable<NaiveClient::LinePointer> NaiveClient::connect(Endpoint const& to, Instant deadline,
                                                               Line::Hear const& hear) {
    Instant const limit =
        std::min(deadline, now() + Duration(options_.connect_timeout.value_or(2s)));
    std::string const address = co_await address_of(to.address);
    Endpoint const at{address, to.port};
    std::optional<TlsOptions> tls = tls_to(to, hear);
    bool const speaks_tls = tls.has_value();
    Instant const first = does("falls-back-to-plain-text") ? now() + 100ms : limit;
    std::unique_ptr<ByteStream> stream = co_await dial(at, first, std::move(tls));
    if (!stream && speaks_tls && does("falls-back-to-plain-text")) {
        std::optional<TlsOptions> none;
        stream = co_await dial(at, limit, std::move(none));
    }
    if (!stream || closed_) {
        last_problem_ = "cannot connect";
        co_return nullptr;
    }
    auto line = std::make_shared<Line>(std::move(stream), bell_, hear);
    line->takes_pushes_for_replies = does("takes-pushes-for-replies");
    line->takes_broken_answers = does("takes-broken-answers");
    line->keeps_strays = does("keeps-strays");
    all_lines_.push_back(line);
    line->start();
    if (!co_await shake_hands(*line, to, limit)) {
        line->close();
        co_return nullptr;
    }
    co_return line;
}

asio::awaitable<bool> NaiveClient::shake_hands(Line& line, Endpoint const& to, Instant deadline) {
    bool const is_seed = std::find(seeds_.begin(), seeds_.end(), to) != seeds_.end();
    bool const has_name = !options_.password.empty() && !does("never-authenticates") &&
                          (is_seed || !does("authenticates-to-seeds-only")) &&
                          (greeted_.insert(to).second || !does("authenticates-once"));
    std::string const user = options_.username.empty() ? "default" : options_.username;
    std::size_t protocol = options_.protocol.value_or(3);
    if (does("speaks-its-own-protocol")) {
        protocol = 5 - protocol;
    }
    Words hello{"HELLO", std::to_string(protocol)};
    if (has_name) {
        hello.insert(hello.end(), {"AUTH", user, options_.password});
    }
    std::vector<Words> wanted{hello};
    if (replicas_.contains(to) && options_.read_from_replicas && !does("never-says-readonly")) {
        wanted.push_back({"READONLY"});
    }
    wanted.push_back({"CLIENT", "SETINFO", "LIB-NAME", "naive"});
    auto const told = co_await ask(line, wanted, deadline);
    if (!told->is_complete()) {
        last_problem_ = "no handshake";
        co_return false;
    }
    Reply const& greeting = told->replies[0];
    if (does("breaks-on-client-errors") && told->replies.back().is_error()) {
        co_return false;
    }
    if (greeting.is_error()) {
        last_problem_ = does("hides-errors") ? "no greeting" : greeting.text();
        // A server that is too old for HELLO is spoken to in RESP2.
        co_return greeting.text().starts_with("ERR unknown command") && !does("insists-on-hello");
    }
    co_return true;
}

asio::awaitable<NaiveClient::LinePointer> NaiveClient::line_to(Endpoint const& to,
                                                               Instant deadline) {
    std::function<bool()> const is_free = [this, to] { return !dialling_.contains(to); };
    if (!co_await bell_.wait_until(is_free, deadline)) {
        co_return nullptr;
    }
    LinePointer& known = lines_[to];
    bool const is_good =
        known != nullptr && (known->is_open() || does("trusts-closed-connections"));
    if (is_good && !does("connects-for-every-call")) {
        co_return known;
    }
    dialling_.insert(to);
    Line::Hear const deaf;
    LinePointer const line = co_await connect(to, deadline, deaf);
    dialling_.erase(to);
    bell_.ring();
    lines_[to] = line;
    co_return line;
}

asio::awaitable<std::shared_ptr<Batch>> NaiveClient::ask(Line& line, std::vector<Words> commands,
                                                         Instant limit) {
    std::shared_ptr<Batch> const batch = line.send(commands);
    std::function<bool()> const is_over = [batch] { return batch->is_over(); };
    co_await bell_.wait_until(is_over, limit);
    if (!batch->is_over() && does("forgets-what-is-due")) {
        line.forget(batch);
    }
    co_return batch;
}

// ---- the map

// One at a time; whoever wants another meanwhile is content with that.
asio::awaitable<void> NaiveClient::refresh(Instant deadline) {
    if (closed_ || (does("never-fetches-again") && !nodes_.empty())) {
        co_return;
    }
    std::function<bool()> const is_idle = [this] { return !fetching_; };
    if (fetching_ && !does("fetches-for-every-call")) {
        co_await bell_.wait_until(is_idle, deadline);
        co_return;
    }
    if (now() < next_fetch_ && !nodes_.empty() && !does("fetches-for-every-call") &&
        !does("fetches-without-a-pause")) {
        refresh_soon(2 * fetch_interval_min);
        co_return;
    }
    fetching_ = true;
    bool found = false;
    next_fetch_ = now() + fetch_interval_min;
    std::vector<Endpoint> candidates(nodes_.begin(), nodes_.end());
    if (!candidates.empty() && !does("asks-one-node-for-the-map")) {
        std::rotate(candidates.begin(),
                    candidates.begin() + std::ptrdiff_t(++fetches_ % candidates.size()),
                    candidates.end());
    }
    if (candidates.empty() || !does("forgets-its-seeds")) {
        candidates.insert(candidates.end(), seeds_.begin(), seeds_.end());
    }
    if (does("trusts-its-first-seed-only")) {
        candidates = {seeds_.front()};
    }
    if (does("adopts-any-topology")) {
        candidates.insert(candidates.begin(), seeds_.begin(), seeds_.end());
    }
    for (Endpoint const& node : candidates) {
        if (closed_ || now() >= deadline || found) {
            break;
        }
        found = co_await fetch_from(node, deadline);
    }
    fetching_ = false;
    if (!found && !nodes_.empty()) {
        refresh_soon(5 * fetch_interval_min);
    }
    bell_.ring();
}

// Whatever asked for a fetch in vain gets one a little later.
void NaiveClient::refresh_soon(Duration after) {
    if (std::exchange(fetch_is_due_, true) || does("forgets-fetches")) {
        return;
    }
    auto const later = [](NaiveClient& client, Duration time) -> asio::awaitable<void> {
        co_await client.pause_for(time);
        client.fetch_is_due_ = false;
        co_await client.refresh(client.now() + attempt);
    };
    asio::co_spawn(world_.kernel().executor(sim::world_actor), later(*this, after), asio::detached);
}

asio::awaitable<bool> NaiveClient::fetch_from(Endpoint const& node, Instant deadline) {
    Instant const limit = std::min(deadline, now() + attempt);
    LinePointer const line = co_await line_to(node, limit);
    if (line == nullptr) {
        if (does("forgets-its-seeds")) {
            nodes_.erase(node);
            std::erase(seeds_, node);
        }
        co_return false;
    }
    std::vector<Words> question{{"CLUSTER", "SLOTS"}};
    if (does("needs-cluster-shards")) {
        question = {{"CLUSTER", "SHARDS"}, {"CLUSTER", "SLOTS"}};
    }
    auto const told = co_await ask(*line, std::move(question), limit);
    bool const is_good = told->is_complete() && !told->replies[0].is_error() &&
                         adopt(told->replies.back().view(), node);
    if (!told->is_over()) {
        line->close();
    }
    if (is_good && does("connects-anew-after-every-fetch")) {
        for (auto const& [to, old] : lines_) {
            if (old != nullptr) {
                old->close();
            }
        }
    }
    co_return is_good;
}

// False: a view that is worth nothing.
bool NaiveClient::adopt(ReplyView slots, Endpoint const& from) {
    bool const is_list = slots.is_aggregate();
    if (does("adopts-any-topology")) {
        map_.fill(std::nullopt);
    }
    if (!is_list || slots.empty()) {
        return does("adopts-any-topology");
    }
    std::array<std::optional<Shard>, 16384> seen;
    std::size_t covered = 0;
    std::set<Endpoint> nodes, replicas;
    for (ReplyView const range : slots) {
        std::optional<Shard> shard;
        for (std::size_t n = 2; n < range.size(); ++n) {
            auto const node = endpoint_of(range[n], from);
            if (!node) {
                continue;
            }
            bool const is_primary = n == 2;
            nodes.insert(*node);
            if (is_primary) {
                shard = Shard{*node, {}};
            } else if (shard) {
                shard->replicas.push_back(*node);
                replicas.insert(*node);
            }
        }
        auto const first = range[0].as_integer().value_or(0);
        auto const last = range[1].as_integer().value_or(-1);
        for (auto slot = first; slot <= last && slot < 16384 && shard; ++slot) {
            seen[static_cast<std::size_t>(slot)] = shard;
            ++covered;
        }
    }
    auto const before = std::count_if(map_.begin(), map_.end(),
                                      [](auto const& shard) { return shard.has_value(); });
    // A node that knows much less than is known already is no authority.
    if (2 * covered < static_cast<std::size_t>(before)) {
        return false;
    }
    map_ = std::move(seen);
    nodes_ = std::move(nodes);
    replicas_ = std::move(replicas);
    return true;
}

std::optional<Endpoint> NaiveClient::endpoint_of(ReplyView node, Endpoint const& from) const {
    std::string const port = std::to_string(node[1].as_integer().value_or(0));
    std::string const host = node[0].is_null() ? "" : std::string(node[0].text());
    return endpoint_in(host + ":" + port, from);
}

// "host:port"; without a host that of the node which said so, "?" nowhere.
std::optional<Endpoint> NaiveClient::endpoint_in(std::string_view text,
                                                 Endpoint const& from) const {
    std::size_t const colon = text.rfind(':');
    std::uint16_t port = 0;
    if (colon != std::string_view::npos) {
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    }
    if (port == 0) {
        return std::nullopt;
    }
    std::string host(text.substr(0, colon));
    if (host.empty() && !does("takes-an-empty-host-literally")) {
        host = from.address;
    }
    Endpoint const found{host, does("forgets-ports") ? seeds_.front().port : port};
    bool const is_seed = std::find(seeds_.begin(), seeds_.end(), found) != seeds_.end();
    if (host == "?" || (does("knows-its-seeds-only") && !is_seed)) {
        return std::nullopt;
    }
    return found;
}

asio::awaitable<void> NaiveClient::refresh_now_and_then(Duration period) {
    while (!closed_ || does("talks-after-its-end")) {
        co_await world_.sleep(period);
        bool const was_closed = std::exchange(closed_, closed_ && !does("talks-after-its-end"));
        co_await refresh(now() + attempt);
        closed_ = was_closed;
    }
}

}  // namespace keyslot::conformance::naive
