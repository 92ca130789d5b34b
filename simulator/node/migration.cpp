#include "simulator/node/migration.hpp"

#include "client/protocol/resp_writer.hpp"
#include "simulator/node/server.hpp"
#include "simulator/node/snapshot.hpp"

#include <keyslot/detail/sometimes.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace keyslot::sim {

namespace {

constexpr Duration connection_lifetime = std::chrono::seconds{10};

}  // namespace

void Migration::start(Session& session, Request request) {
    session_ = &session;
    session.blocked = Blocked::migrate;
    request_ = std::move(request);
    may_retry_ = true;
    moved_.clear();
    connect();
}

void Migration::connect() {
    error_.clear();
    refused_ = false;
    input_.clear();
    parser_.reset();
    replies_ = 0;
    deadline_ = server_.now() + request_.timeout;
    if (Connection const* const known = find(request_.ip, request_.port)) {
        link_ = known->link;
        return send_all();
    }
    link_ = server_.new_link();
    phase_ = Phase::connecting;
    connections_.push_back({link_, request_.ip, request_.port, server_.now(), -1});
    server_.host.open_link(link_, request_.ip, request_.port);
}

void Migration::on_open(LinkId link) {
    if (active() && link == link_) {
        send_all();
    }
}

void Migration::send_all() {
    phase_ = Phase::waiting;
    replies_before_keys_ = 0;
    Connection& connection = *find(link_);
    std::string requests;
    if (!request_.authentication.empty()) {
        std::vector<std::string_view> const words(request_.authentication.begin(),
                                                  request_.authentication.end());
        protocol::write_command(requests, words);
        ++replies_before_keys_;
    }
    if (connection.database != request_.database) {
        protocol::write_command(requests, {"SELECT", std::to_string(request_.database)});
        ++replies_before_keys_;
    }
    // What has expired while the connection was made stays here.
    std::erase_if(request_.keys, [this](std::string const& key) {
        Entry const* const entry = server_.keyspace.find_raw(key);
        return entry == nullptr ||
               entry->expires_at_ms().value_or(INT64_MAX) < server_.unix_time_ms();
    });
    for (std::string const& key : request_.keys) {
        Entry const& entry = *server_.keyspace.find_raw(key);
        auto const expires = entry.expires_at_ms();
        std::int64_t const ttl =
            expires ? std::max<std::int64_t>(*expires - server_.unix_time_ms(), 1) : 0;
        std::string const payload = write_payload(entry.value);
        std::vector<std::string> const words{"RESTORE-ASKING", key, std::to_string(ttl), payload};
        std::vector<std::string_view> views(words.begin(), words.end());
        if (request_.replace) {
            views.emplace_back("REPLACE");
        }
        protocol::write_command(requests, views);
    }
    if (requests.empty()) {
        return finish();
    }
    server_.host.send_to_link(link_, requests);
}

void Migration::on_bytes(LinkId link, std::string_view bytes) {
    if (!active() || link != link_) {
        return;
    }
    input_ += bytes;
    deadline_ = server_.now() + request_.timeout;  // each reply has its own time
    while (active() && take_reply()) {}
}

bool Migration::take_reply() {
    auto const status = parser_.parse(input_);
    if (status == protocol::ParseStatus::need_more) {
        return false;
    }
    if (status == protocol::ParseStatus::error) {
        fail("reading to", false);
        return false;
    }
    on_reply(parser_.reply());
    input_.erase(0, parser_.consumed());
    if (replies_ == replies_before_keys_ + request_.keys.size()) {
        finish();
    }
    return true;
}

void Migration::on_reply(ReplyView reply) {
    std::size_t const n = replies_++;
    bool const about_key = n >= replies_before_keys_;
    if (reply.is_error()) {
        refused_ = refused_ || !about_key;
        if (error_.empty()) {
            error_ = reply.text();
        }
    } else if (about_key && !refused_ && !request_.copy) {
        moved_.push_back(request_.keys[n - replies_before_keys_]);
    }
}

void Migration::finish() {
    if (Connection* const connection = find(link_)) {
        connection->used_at = server_.now();
        connection->database = error_.empty() ? request_.database : -1;
    }
    answer(error_.empty() ? "" : "ERR Target instance replied with error: " + error_);
}

void Migration::on_closed(LinkId link, std::string_view reason) {
    close(link);
    if (active() && link == link_) {
        bool const connecting = phase_ == Phase::connecting;
        bool const timed_out = reason == "timeout";
        if (connecting) {
            // Redis learns of a refused connection when it first writes to it.
            return fail(timed_out ? "connecting to" : "writing to", timed_out);
        }
        fail("reading to", timed_out);
    }
}

void Migration::on_deadline() {
    bool const connecting = phase_ == Phase::connecting;
    server_.host.close_link(link_);
    close(link_);
    fail(connecting ? "connecting to" : "reading to", true);
}

void Migration::fail(std::string_view what, bool timed_out) {
    if (find(link_) != nullptr) {
        server_.host.close_link(link_);
        close(link_);
    }
    // Once a key has been answered for, it is known that something was processed there.
    bool const is_any_key_answered = replies_ > replies_before_keys_;
    if (!timed_out && may_retry_ && !is_any_key_answered) {
        may_retry_ = false;
        return connect();
    }
    if (!error_.empty() && is_any_key_answered) {
        return answer("ERR Target instance replied with error: " + error_);
    }
    KEYSLOT_SOMETIMES_RARELY("migrate.target_lost");
    std::string const whom = what == "connecting to" ? "the client" : "target instance";
    answer("IOERR error or timeout " + std::string(what) + ' ' + whom);
}

/// Keys that the target has taken go, whatever became of the others.
void Migration::answer(std::string_view error) {
    Session& session = *std::exchange(session_, nullptr);
    deadline_ = Instant::max();
    KEYSLOT_SOMETIMES_RARELY_IF("migrate.target_refused", !error.empty());
    if (!moved_.empty()) {
        std::vector<std::string> del{"DEL"};
        for (std::string& key : moved_) {
            server_.keyspace.erase(key);
            server_.keyspace.notify(NotifyClass::generic, "del", key);
            del.push_back(std::move(key));
        }
        server_.propagate(std::move(del));
    }
    protocol::RespWriter reply(session.output, session.protocol);
    if (error.empty()) {
        reply.ok();
    } else {
        reply.error(error);
    }
    bool const moved = !std::exchange(moved_, {}).empty();
    if (server_.scripts.owns(session)) {
        return server_.scripts.on_migrated(moved);
    }
    std::vector<std::string> const arguments = std::move(request_.arguments);
    std::vector<std::string_view> const views(arguments.begin(), arguments.end());
    server_.finish_set_aside(session, views, moved);
}

void Migration::cron() {
    for (Connection const& connection : std::vector(connections_)) {
        if (server_.now() - connection.used_at > connection_lifetime) {
            server_.host.close_link(connection.link);
            close(connection.link);
        }
    }
}

Migration::Connection* Migration::find(LinkId link) {
    auto const found = std::ranges::find(connections_, link, &Connection::link);
    return found == connections_.end() ? nullptr : &*found;
}

Migration::Connection const* Migration::find(LinkId link) const {
    auto const found = std::ranges::find(connections_, link, &Connection::link);
    return found == connections_.end() ? nullptr : &*found;
}

Migration::Connection* Migration::find(std::string_view ip, std::uint16_t port) {
    auto const found = std::ranges::find_if(connections_, [&](Connection const& connection) {
        return connection.ip == ip && connection.port == port;
    });
    return found == connections_.end() ? nullptr : &*found;
}

void Migration::close(LinkId link) {
    std::erase_if(connections_,
                  [&](Connection const& connection) { return connection.link == link; });
}

}  // namespace keyslot::sim
