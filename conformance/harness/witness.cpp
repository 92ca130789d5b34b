#include "conformance/harness/witness.hpp"

#include "simulator/network/network.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace keyslot::conformance {
namespace {

std::string first_line(std::string_view bytes) {
    return std::string(bytes.substr(0, bytes.find('\r')));
}

std::string as_line(std::string const& answer) {
    return answer.ends_with("\r\n") ? answer : answer + "\r\n";
}

}  // namespace

Witness::Witness(sim::World& world, std::string subject_host, NodeNames names)
    : world_(world),
      subject_host_(std::move(subject_host)),
      subject_ip_(world.network().host_ip(world.network().find_host(subject_host_).value())),
      names_(std::move(names)) {}

std::size_t Witness::count(Pattern const& pattern, std::size_t from) const {
    std::size_t found = 0;
    for (std::size_t i = from; i < dialogue_.exchanges.size(); ++i) {
        Exchange const& exchange = dialogue_.exchanges[i];
        found += matches(pattern, exchange.node, exchange.words) ? 1u : 0u;
    }
    return found;
}

bool Witness::is_subject(sim::ExecutionRecord const& record) const {
    return connections_.contains({record.cluster, record.node, record.incarnation, record.session});
}

void Witness::on_open(Session const& session) {
    if (session.peer.address != subject_ip_) {
        return;
    }
    connections_[key(session)] = dialogue_.connections.size();
    dialogue_.connections.push_back(
        {.opened = world_.now(),
         .node = name_of(session),
         .peer = session.peer.address + ':' + std::to_string(session.peer.port)});
}

Witness::Fate Witness::on_request(Session const& session,
                                  std::span<std::string_view const> arguments) {
    auto const connection = connections_.find(key(session));
    if (connection == connections_.end()) {
        return {};
    }
    std::string const node = name_of(session);
    dialogue_.connections[connection->second].last_exchange = dialogue_.exchanges.size();
    dialogue_.exchanges.push_back({.at = world_.now(),
                                   .node = node,
                                   .connection = connection->second,
                                   .words = {arguments.begin(), arguments.end()}});
    if (heard_) {
        heard_();
    }
    ConnectionSeen& seen = dialogue_.connections[connection->second];
    for (std::size_t i = 0; i < scripts_.size() && !seen.deaf; ++i) {
        if (matches(scripts_[i].request, node, arguments)) {
            return carry_out(i, seen);
        }
    }
    dialogue_.exchanges.back().scripted = seen.deaf || seen.mute;
    return {.reaches_node = !seen.deaf, .keep_answer = !seen.mute};
}

Witness::Fate Witness::carry_out(std::size_t index, ConnectionSeen& connection) {
    ScriptStep& script = scripts_[index];
    Exchange& exchange = dialogue_.exchanges.back();
    exchange.scripted = true;
    Fate fate;
    fate.close = script.close;
    // A stream has no gaps: what is lost is lost with all that comes after it.
    connection.mute = connection.mute || script.lose_answer;
    connection.deaf = connection.deaf || script.ignore;
    fate.keep_answer = !connection.mute;
    if (script.answer) {
        fate.reaches_node = false;
        fate.answer = as_line(*script.answer);
        exchange.answer = first_line(fate.answer);
    } else if (script.ignore) {
        fate.reaches_node = false;
    }
    if (--script.times == 0) {
        scripts_.erase(scripts_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    return fate;
}

void Witness::on_answer(Session const& session, std::string_view bytes) {
    auto const connection = connections_.find(key(session));
    if (connection == connections_.end()) {
        return;
    }
    std::size_t const last = dialogue_.connections[connection->second].last_exchange;
    if (last < dialogue_.exchanges.size()) {
        Exchange& exchange = dialogue_.exchanges[last];
        exchange.answer = first_line(bytes) + (exchange.scripted ? " (lost)" : "");
    }
}

std::string Witness::name_of(Session const& session) const {
    if (names_) {
        return names_(session);
    }
    return world_.cluster(session.cluster)[session.node].name();
}

}  // namespace keyslot::conformance
