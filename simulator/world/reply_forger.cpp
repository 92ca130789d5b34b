#include "simulator/world/reply_forger.hpp"

#include "client/protocol/resp_parser.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace keyslot::sim {

namespace {

/// How many replies, pushes left out, these bytes are; nullopt: they are no whole number of them.
std::optional<std::size_t> count_replies(std::string_view bytes) {
    protocol::RespParser parser;
    std::size_t replies = 0;
    while (!bytes.empty()) {
        if (parser.parse(bytes) != protocol::ParseStatus::complete) {
            return std::nullopt;
        }
        replies += parser.reply().type() == ReplyType::push ? 0u : 1u;
        bytes.remove_prefix(parser.consumed());
    }
    return replies;
}

}  // namespace

Fault ReplyForger::forge(ForgeReply rule) {
    listen();
    rules_[++last_].what = std::move(rule);
    return Fault{[this, id = last_] { rules_.erase(id); }};
}

// Once begun it goes on to the end: sessions out of step stay so when the fault is over.
void ReplyForger::listen() {
    if (!std::exchange(listening_, true)) {
        taps_.add(*this, SessionTaps::Hears::all_sessions);
    }
}

void ReplyForger::note_push(Session const& session, std::string_view bytes) {
    if (count_replies(bytes) != 0u) {
        listen();
        out_of_step_.insert(SessionKey::of(session));
    }
}

bool ReplyForger::is_for(ForgeReply const& rule, Session const& session,
                         std::span<std::string_view const> words) const {
    if (!rule.node.text.empty() && rule.node.text != network_.host_name(session.host)) {
        return false;
    }
    auto const client = network_.find_address(session.peer.address);
    bool const is_from =
        rule.from.empty() ||
        (client && std::find(rule.from.begin(), rule.from.end(),
                             HostName{network_.host_name(*client)}) != rule.from.end());
    return is_from && (!rule.connection || *rule.connection == session.id) &&
           matches_command(rule.command, words);
}

SessionTap::Fate ReplyForger::fate_of(ForgeReply const& rule) const {
    return {.reaches_node = rule.execute,
            .keep_answer = false,
            .answer = rule.error.empty() ? rule.reply : '-' + rule.error + "\r\n",
            .close = rule.close};
}

SessionTap::Fate ReplyForger::on_request(Session const& session,
                                         std::span<std::string_view const> words) {
    Fate fate;
    for (auto& [id, rule] : rules_) {
        if (!is_for(rule.what, session, words)) {
            continue;
        }
        ++rule.seen;
        if (rule.seen >= rule.what.nth && rule.seen - rule.what.nth < rule.what.times) {
            fate = fate_of(rule.what);
            break;
        }
    }
    bool const forged = fate.meddles();
    if (forged || out_of_step_.contains(SessionKey::of(session))) {
        misled_.emplace_back(words.begin(), words.end());
    }
    // Without its EXEC the session goes on queueing.
    bool const stays_in_multi = forged && !fate.reaches_node && matches_command("EXEC", words);
    if (stays_in_multi || (forged && count_replies(fate.answer) != 1u)) {
        out_of_step_.insert(SessionKey::of(session));
    }
    return fate;
}

}  // namespace keyslot::sim
