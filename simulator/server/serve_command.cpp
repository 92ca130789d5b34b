#include "simulator/server/serve_command.hpp"

#include "simulator/server/control_server.hpp"
#include "simulator/server/report.hpp"
#include "simulator/server/run_command.hpp"
#include "simulator/server/tcp_bridge.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <vector>

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

/// The nodes' TLS, if they speak it.
struct Tls {
    explicit Tls(ServeCommand const& command) {
        if (!command.tls) {
            return;
        }
        if (command.tls_files.certificate.empty()) {
            made = std::make_unique<TlsDirectory>(std::vector{command.bind, command.live.announce});
        }
        files = made == nullptr ? command.tls_files : made->files();
        context = server_tls_context(files);
    }

    std::unique_ptr<TlsDirectory> made;  // gone when serve ends
    TlsFiles files;
    std::shared_ptr<asio::ssl::context> context;  // null: none
};

void announce(ServeCommand const& command, LiveWorld& live, Tls const& tls, Duration took) {
    auto& nodes = live.cluster().nodes();
    std::cout << "ready: " << nodes.size() << " nodes on " << command.bind << ':'
              << nodes.front().address().port << '-' << nodes.back().address().port
              << ", control on "
              << "http://" << command.bind << ':' << command.control_port << ", seed "
              << command.live.seed << ", after " << in_seconds(took);
    if (tls.made != nullptr) {
        std::cout << ", TLS by " << tls.files.ca << " (beside it " << "node.crt and node.key)";
    }
    std::cout << '\n' << std::flush;
}

}  // namespace

int serve(ServeCommand const& command) {
    auto const started = std::chrono::steady_clock::now();
    try {
        raise_descriptor_limit();
        asio::io_context context{1};
        Tls const tls{command};
        LiveWorld live{context, command.live};
        TcpBridge bridge{context, live, command.bind, tls.context};
        ControlApi api{live};
        ControlServer const control{context, api, command.bind, command.control_port};
        asio::signal_set signals{context, SIGINT, SIGTERM};
        signals.async_wait([&context](error_code, int) { context.stop(); });
        live.start([&bridge] { bridge.flush(); });
        announce(command, live, tls, std::chrono::steady_clock::now() - started);
        context.run();
        bridge.close();
        return exit_held;
    } catch (std::exception const& error) {
        std::cerr << "keyslot-sim serve: " << error.what() << '\n';
        return exit_usage;
    }
}

}  // namespace keyslot::sim
