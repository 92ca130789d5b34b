#pragma once

#include "simulator/server/live_world.hpp"
#include "simulator/server/tls_files.hpp"

#include <cstdint>
#include <string>

namespace keyslot::sim {

struct ServeCommand {
    LiveOptions live;
    std::string bind = "127.0.0.1";
    std::uint16_t control_port = 7999;
    bool tls = false;
    TlsFiles tls_files;  ///< empty: made at start
};

/// keyslot-sim serve: until SIGINT or SIGTERM. Returns the exit code.
int serve(ServeCommand const& command);

}  // namespace keyslot::sim
