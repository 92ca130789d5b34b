#include "simulator/node/server.hpp"

#include <algorithm>
#include <chrono>

// What others are told of a command that ran: MONITOR, SLOWLOG and INFO commandstats.
namespace keyslot::sim {

namespace {

/// As MONITOR shows a word.
void quote(std::string& out, std::string_view word) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (char const c : word) {
        auto const byte = static_cast<unsigned char>(c);
        switch (c) {
            case '\\':
            case '"': out += {'\\', c}; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\a': out += "\\a"; break;
            case '\b': out += "\\b"; break;
            default:
                if (byte >= ' ' && byte < 127) {
                    out += c;
                } else {
                    out += {'\\', 'x', digits[byte / 16u], digits[byte % 16u]};
                }
        }
    }
    out += '"';
}

}  // namespace

std::int64_t Server::unix_time_us() const {
    using std::chrono::duration_cast;
    using std::chrono::microseconds;
    auto const within =
        duration_cast<microseconds>(now_.time_since_epoch() % std::chrono::milliseconds{1});
    return unix_time_ms_ * 1000 + within.count();
}

void Server::monitor(Session& session) {
    if (std::ranges::find(monitors_, &session) == monitors_.end()) {
        monitors_.push_back(&session);
    }
}

bool Server::is_monitor(Session const& session) const {
    return std::ranges::find(monitors_, &session) != monitors_.end();
}

void Server::stop_monitoring(Session& session) { std::erase(monitors_, &session); }

void Server::feed_monitors(protocol::CommandInfo const& info, Arguments arguments,
                           std::string_view source) {
    if (monitors_.empty()) {
        return;
    }
    std::int64_t const us = unix_time_us();
    std::string const fraction = std::to_string(us % 1'000'000);
    std::string line = "+" + std::to_string(us / 1'000'000) + '.' +
                       std::string(6 - fraction.size(), '0') + fraction + " [0 " +
                       std::string(source) + ']';
    for (std::string const& word : redacted(info, arguments)) {
        line += ' ';
        quote(line, word);
    }
    line += "\r\n";
    for (Session* const listener : monitors_) {
        push(*listener, line);
    }
}

/// MONITOR shows scripts before they run, and then the commands in them; all else afterwards.
void Server::announce(Session const& session, Binding const& binding, Arguments arguments) {
    protocol::CommandInfo const& info = *binding.info;
    if (!monitors_.empty() && info.has(protocol::flag_skip_monitor) && info.group == "scripting") {
        feed_monitors(info, arguments, session.peer);
    }
}

void Server::observe(Session const& session, Binding const& binding, Arguments arguments,
                     bool failed) {
    protocol::CommandInfo const& info = *binding.info;
    CommandCalls& calls = statistics.calls_of(binding.number);
    ++calls.calls;
    calls.failed += failed ? 1 : 0;
    bool const in_script = session.peer.empty();
    if ((info.flags & (protocol::flag_skip_monitor | protocol::flag_admin)) == 0) {
        feed_monitors(info, arguments, in_script ? "lua" : std::string_view(session.peer));
    }
    // In virtual time a command takes none.
    if (parameters.slowlog_slower_than_us == 0 && !in_script &&
        !info.has(protocol::flag_skip_slowlog)) {
        std::vector<std::string> words = redacted(info, arguments);
        shorten(words);
        slow_log.add({.at_s = unix_time_ms_ / 1000,
                      .words = std::move(words),
                      .peer = session.peer,
                      .client_name = session.name},
                     static_cast<std::size_t>(parameters.slowlog_entries_max));
    }
}

}  // namespace keyslot::sim
