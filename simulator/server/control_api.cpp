#include "simulator/server/control_api.hpp"

#include "simulator/cluster/cluster_state.hpp"
#include "simulator/faults/values.hpp"
#include "simulator/node/node.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <variant>
#include <vector>

namespace keyslot::sim {
namespace {

using Json = nlohmann::ordered_json;

// Replies of nodes may hold any bytes.
std::string dump(Json const& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::int64_t in_ms(Instant at) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

ControlResponse not_found(std::string const& what) {
    Json body;
    body["error"] = what;
    body["allowed"] = {"POST /action", "GET /action/{id}", "DELETE /action/{id}", "POST /heal",
                       "GET /state"};
    return {404, dump(body), ""};
}

ControlResponse method_not_allowed(std::string const& allowed) {
    Json body;
    body["error"] = "this method is not allowed here";
    body["allowed"] = Json::array({allowed});
    return {405, dump(body), allowed};
}

Json describe(FaultReport const& report) {
    Json json;
    json["id"] = report.id;
    json["type"] = name_of(report.spec);
    json["fault"] = to_yaml(report.spec);
    json["state"] = to_string(report.state);
    json["result"] = report.result;
    json["started_ms"] = in_ms(report.started);
    if (report.state == FaultState::ended || report.state == FaultState::failed) {
        json["ended_ms"] = in_ms(report.ended);
    }
    return json;
}

// The slots that a node serves by its own view, as "0-5460".
Json slots_of(Node const& node) {
    Json ranges = Json::array();
    ClusterState const& view = node.cluster();
    auto const mine = [&](std::uint32_t slot) {
        return slot <= 16383 && view.owner_of(static_cast<std::uint16_t>(slot)) == view.my_id();
    };
    for (std::uint32_t slot = 0; slot <= 16383; ++slot) {
        if (!mine(slot)) {
            continue;
        }
        SlotSpan span{static_cast<std::uint16_t>(slot), 0};
        while (mine(slot + 1)) {
            ++slot;
        }
        span.last = static_cast<std::uint16_t>(slot);
        ranges.push_back(print_slots(span));
    }
    return ranges;
}

Json describe(Member& member) {
    Json json;
    json["name"] = member.name();
    json["address"] = member.address().address + ':' + std::to_string(member.address().port);
    json["id"] = member.id();
    json["state"] = !member.is_up() ? "down" : member.is_paused() ? "paused" : "up";
    if (Node const* const node = member.node()) {
        auto const master = node->cluster().master_address();
        json["role"] = node->is_master() ? "master" : "replica";
        if (master) {
            json["master"] = master->first + ':' + std::to_string(master->second);
        }
        json["cluster_state"] = node->cluster().state_ok() ? "ok" : "fail";
        json["slots"] = slots_of(*node);
    }
    return json;
}

ControlResponse refuse(std::vector<Problem> const& problems) {
    Json body;
    body["error"] = to_string(problems.front());
    for (Problem const& problem : problems) {
        body["problems"].push_back(
            {{"where", problem.where}, {"what", problem.what}, {"allowed", problem.allowed}});
    }
    return {400, dump(body), ""};
}

/// The node's real port is to move with it, so that the address must be one of this machine's.
std::optional<Problem> why_not_served(FaultSpec const& fault, std::string const& announced) {
    auto const* const move = std::get_if<ChangeAddress>(&fault);
    if (move == nullptr || move->ip == announced) {
        return std::nullopt;
    }
    asio::io_context context;
    asio::ip::tcp::socket socket{context};
    asio::ip::tcp::endpoint const any_port{asio::ip::make_address(move->ip), 0};
    error_code ec;
    socket.open(any_port.protocol(), ec);
    if (!ec) {
        socket.bind(any_port, ec);
    }
    if (!ec) {
        return std::nullopt;
    }
    return Problem{.where = "body",
                   .what = "no node can listen on " + move->ip + ": " + ec.message(),
                   .allowed = "addresses of this machine, for example 127.0.0.2"};
}

}  // namespace

ControlResponse ControlApi::handle(std::string_view method, std::string_view target,
                                   std::string_view body) {
    constexpr std::string_view action_prefix = "/action/";
    target = target.substr(0, target.find('?'));
    if (target == "/action") {
        return method == "POST" ? post_action(body) : method_not_allowed("POST");
    }
    if (target == "/state") {
        return method == "GET" ? get_state() : method_not_allowed("GET");
    }
    if (target == "/heal") {
        return method == "POST" ? post_action(R"({"type": "heal"})") : method_not_allowed("POST");
    }
    if (target.starts_with(action_prefix)) {
        std::string_view const id = target.substr(action_prefix.size());
        return method == "GET"      ? get_action(id)
               : method == "DELETE" ? delete_action(id)
                                    : method_not_allowed("GET, DELETE");
    }
    return not_found("there is no " + std::string(target));
}

ControlResponse ControlApi::post_action(std::string_view body) {
    Parsed<TimedFault> const parsed = parse_triggered_action(body, live_->options().cluster);
    if (!parsed.value) {
        return refuse(parsed.problems);
    }
    TimedFault const& action = *parsed.value;
    if (auto const problem = why_not_served(action.fault, live_->options().announce)) {
        return refuse({*problem});
    }
    FaultPlayer& player = live_->player();
    std::size_t const id =
        action.on ? player.start_when(*action.on, action.fault) : player.start(action.fault);
    live_->touch();
    Json answer;
    answer["id"] = id;
    answer["state"] = to_string(player.report(id).state);
    return {202, dump(answer), ""};
}

ControlResponse ControlApi::get_action(std::string_view text) {
    auto const id = parse_unsigned(text);
    if (!id || *id >= live_->player().size()) {
        return not_found("there is no action '" + std::string(text) + "'");
    }
    return {200, dump(describe(live_->player().report(*id))), ""};
}

ControlResponse ControlApi::delete_action(std::string_view text) {
    auto const id = parse_unsigned(text);
    if (!id || *id >= live_->player().size()) {
        return not_found("there is no action '" + std::string(text) + "'");
    }
    live_->player().end(*id);
    live_->touch();
    return {202, dump(describe(live_->player().report(*id))), ""};
}

ControlResponse ControlApi::get_state() {
    Json answer;
    answer["seed"] = live_->options().seed;
    answer["time_ms"] = in_ms(live_->world().now());
    answer["nodes"] = Json::array();
    for (Member& member : live_->cluster().nodes()) {
        answer["nodes"].push_back(describe(member));
    }
    answer["faults"] = Json::array();
    for (std::size_t id = 0; id < live_->player().size(); ++id) {
        FaultReport const& report = live_->player().report(id);
        if (report.state == FaultState::waiting || report.state == FaultState::active) {
            answer["faults"].push_back(describe(report));
        }
    }
    return {200, dump(answer), ""};
}

}  // namespace keyslot::sim
