#include "simulator/server/control_api.hpp"
#include "simulator/server/live_world.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// Requests to the control plane, each "METHOD target\n" and a body that ends at a byte 0, on a small
/// cluster whose time passes in between. Every answer must be JSON.
namespace keyslot::sim {
namespace {

using namespace std::chrono_literals;

std::string_view take_until(std::string_view& text, char end) {
    std::string_view const taken = text.substr(0, text.find(end));
    text.remove_prefix(std::min(text.size(), taken.size() + 1));
    return taken;
}

void control(std::string_view text) {
    asio::io_context context;
    LiveOptions options;
    options.cluster.masters = 2;
    options.cluster.replicas_per_master = 1;
    LiveWorld live{context, options};
    ControlApi api{live};
    for (int requests = 0; requests < 8 && !text.empty(); ++requests) {
        std::string_view request = take_until(text, '\0');
        std::string_view line = take_until(request, '\n');
        std::string_view const method = take_until(line, ' ');
        ControlResponse const response = api.handle(method, line, request);
        if (!nlohmann::json::accept(response.body)) {
            std::fprintf(stderr, "not JSON: %s\n", response.body.c_str());
            std::abort();
        }
        live.world().run_for(500ms);
    }
}

}  // namespace
}  // namespace keyslot::sim

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    keyslot::sim::control({reinterpret_cast<char const*>(data), size});
    return 0;
}
