#include "simulator/node/tracking.hpp"

#include "client/protocol/resp_writer.hpp"
#include "simulator/kernel/random.hpp"
#include "simulator/node/server.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace keyslot::sim {

namespace {

constexpr std::string_view channel = "__redis__:invalidate";

std::string array_of(std::string_view key) {
    std::string out;
    protocol::RespWriter writer(out);
    writer.array(1);
    writer.bulk(key);
    return out;
}

std::string null_for(Session const& session) {
    std::string out;
    protocol::RespWriter(out, session.protocol).null();
    return out;
}

/// All keys but those that `except` has changed; empty if none is left.
std::string array_of(std::map<std::string, Session const*, std::less<>> const& changed,
                     Session const* except) {
    auto const is_told = [&](auto const& change) {
        return except == nullptr || change.second != except;
    };
    auto const count = std::ranges::count_if(changed, is_told);
    std::string out;
    if (count == 0) {
        return out;
    }
    protocol::RespWriter writer(out);
    writer.array(static_cast<std::size_t>(count));
    for (auto const& change : changed) {
        if (is_told(change)) {
            writer.bulk(change.first);
        }
    }
    return out;
}

}  // namespace

void Tracking::enable(Session& session, TrackingMode mode,
                      std::span<std::string_view const> prefixes) {
    clients_ += session.tracking.on ? 0 : 1;
    mode.on = true;
    mode.caching_named = session.tracking.caching_named;
    mode.prefixes = std::move(session.tracking.prefixes);
    session.tracking = std::move(mode);
    if (!session.tracking.broadcast) {
        return;
    }
    static constexpr std::string_view every_key[] = {""};
    for (std::string_view const prefix : prefixes.empty() ? std::span(every_key) : prefixes) {
        followed_[std::string(prefix)].followers[session.client_id] = &session;
        session.tracking.prefixes.emplace(prefix);
    }
}

void Tracking::disable(Session& session) {
    for (std::string const& prefix : session.tracking.prefixes) {
        auto const found = followed_.find(prefix);
        found->second.followers.erase(session.client_id);
        if (found->second.followers.empty()) {
            followed_.erase(found);
        }
    }
    for (auto& [prefix, followed] : followed_) {
        for (auto& [key, author] : followed.changed) {
            author = author == &session ? nullptr : author;
        }
    }
    clients_ -= session.tracking.on ? 1 : 0;
    session.tracking = {};
}

void Tracking::remember(Session const& session, std::span<std::string_view const> keys) {
    TrackingMode const& mode = session.tracking;
    bool const wanted = !mode.on || mode.broadcast ? false
                        : mode.opt_in              ? mode.caching_named
                                                   : !(mode.opt_out && mode.caching_named);
    if (!wanted) {
        return;
    }
    for (std::string_view const key : keys) {
        auto found = readers_.find(key);
        if (found == readers_.end()) {
            found = readers_.try_emplace(std::string(key)).first;
        }
        items_ += found->second.insert(session.client_id).second ? 1 : 0;
    }
}

void Tracking::on_key_changed(std::string_view key, Session const* author) {
    note_change(key, author);
    invalidate(key, author);
}

void Tracking::on_key_expired(std::string_view key) { note_change(key, nullptr); }

void Tracking::note_change(std::string_view key, Session const* author) {
    for (auto& [prefix, followed] : followed_) {
        if (key.starts_with(prefix)) {
            followed.changed.insert_or_assign(std::string(key), author);
        }
    }
}

void Tracking::invalidate(std::string_view key, Session const* author) {
    auto const found = readers_.find(key);
    if (found == readers_.end()) {
        return;
    }
    std::set<std::int64_t> const readers = std::move(found->second);
    items_ -= readers.size();
    std::string const name(key);
    readers_.erase(found);
    for (std::int64_t const client_id : readers) {
        Session* const reader = server_.sessions.find_client(client_id);
        if (reader == nullptr || !reader->tracking.on || reader->tracking.broadcast) {
            continue;
        }
        if (reader != author) {
            send(*reader, array_of(name));
        } else if (!reader->tracking.no_loop) {
            for_author_.push_back(array_of(name));
        }
    }
}

/// Everybody who tracks is told, whatever it has read; nothing is left to be told of.
void Tracking::on_flush(Session* author) {
    readers_.clear();
    items_ = 0;
    if (clients_ == 0) {
        return;
    }
    server_.sessions.each([&](Session& session) {
        if (!session.tracking.on) {
            return;
        }
        if (&session == author) {
            for_author_.push_back(null_for(session));
        } else {
            send(session, null_for(session));
        }
    });
}

void Tracking::tell_author(Session& author) {
    if (for_author_.empty()) {
        return;
    }
    for (std::string const& keys : std::exchange(for_author_, {})) {
        send(author, keys);
    }
}

void Tracking::broadcast() {
    for (auto& [prefix, followed] : followed_) {
        if (followed.changed.empty()) {
            continue;
        }
        std::string const all = array_of(followed.changed, nullptr);
        for (auto const& [client_id, follower] : followed.followers) {
            if (!follower->tracking.no_loop) {
                send(*follower, all);
            } else if (auto const others = array_of(followed.changed, follower); !others.empty()) {
                send(*follower, others);
            }
        }
        followed.changed.clear();
    }
}

void Tracking::limit(std::size_t keys_max) {
    constexpr std::size_t keys_per_round = 100;
    if (clients_ == 0 || keys_max == 0) {
        return;
    }
    // As long as that is not enough, every round does more.
    for (std::size_t left = keys_per_round * (rounds_over_limit_ + 1); left > 0; --left) {
        if (readers_.size() <= keys_max) {
            rounds_over_limit_ = 0;
            return;
        }
        auto const victim = static_cast<std::ptrdiff_t>(server_.random().below(readers_.size()));
        std::string const key = std::next(readers_.begin(), victim)->first;
        invalidate(key, nullptr);
    }
    ++rounds_over_limit_;
}

/// A connection that speaks RESP2 cannot be told, but another can be told in its stead.
void Tracking::send(Session& session, std::string_view keys) {
    Session* target = &session;
    std::string frame;
    if (session.tracking.redirect != 0) {
        target = server_.sessions.find_client(session.tracking.redirect);
        if (target == nullptr) {
            session.tracking.redirect_broken = true;
            if (session.protocol > 2) {
                protocol::RespWriter writer(frame, session.protocol);
                writer.push(2);
                writer.bulk("tracking-redir-broken");
                writer.integer(session.tracking.redirect);
                server_.push(session, frame);
            }
            return;
        }
    }
    protocol::RespWriter writer(frame, target->protocol);
    if (target->protocol > 2) {
        writer.push(2);
        writer.bulk("invalidate");
    } else if (target != &session && target->is_subscriber()) {
        writer.push(3);
        writer.bulk("message");
        writer.bulk(channel);
    } else {
        return;
    }
    frame += keys;
    server_.push(*target, frame);
}

}  // namespace keyslot::sim
