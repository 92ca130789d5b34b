#pragma once

#include "simulator/server/live_world.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// What the control plane answers.
struct ControlResponse {
    unsigned status = 200;
    std::string body;   ///< JSON
    std::string allow;  ///< methods, of a 405
};

/// The control plane without its sockets:
///   POST /action       one fault as JSON -> 202 and its id
///   GET  /action/{id}  what became of it
///   DELETE /action/{id}  ends it
///   POST /heal         ends all of them
///   GET  /state        nodes, roles, slots, faults
class ControlApi {
public:
    explicit ControlApi(LiveWorld& live) : live_(&live) {}

    ControlResponse handle(std::string_view method, std::string_view target, std::string_view body);

private:
    ControlResponse post_action(std::string_view body);
    ControlResponse get_action(std::string_view text);
    ControlResponse delete_action(std::string_view text);
    ControlResponse get_state();

    LiveWorld* live_;
};

}  // namespace keyslot::sim
