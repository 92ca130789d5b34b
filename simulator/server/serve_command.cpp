#include "simulator/server/serve_command.hpp"

#include "simulator/server/control_server.hpp"
#include "simulator/server/run_command.hpp"
#include "simulator/server/tcp_bridge.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>

#include <sys/resource.h>

namespace keyslot::sim {
namespace {

// Every client connection is a descriptor.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void announce(ServeCommand const& command, LiveWorld& live) {
    auto& nodes = live.cluster().nodes();
    std::cout << "ready: " << nodes.size() << " nodes on " << command.bind << ':'
              << nodes.front().address().port << '-' << nodes.back().address().port
              << ", control on "
              << "http://" << command.bind << ':' << command.control_port << ", seed "
              << command.live.seed << '\n'
              << std::flush;
}

}  // namespace

int serve(ServeCommand const& command) {
    try {
        raise_descriptor_limit();
        asio::io_context context{1};
        LiveWorld live{context, command.live};
        TcpBridge bridge{context, live, command.bind};
        ControlApi api{live};
        ControlServer const control{context, api, command.bind, command.control_port};
        asio::signal_set signals{context, SIGINT, SIGTERM};
        signals.async_wait([&context](error_code, int) { context.stop(); });
        live.start([&bridge] { bridge.flush(); });
        announce(command, live);
        context.run();
        bridge.close();
        return exit_held;
    } catch (std::exception const& error) {
        std::cerr << "keyslot-sim serve: " << error.what() << '\n';
        return exit_usage;
    }
}

}  // namespace keyslot::sim
