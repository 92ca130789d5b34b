#include "simulator/faults/fields.hpp"
#include "simulator/faults/values.hpp"
#include "simulator/server/run_command.hpp"
#include "simulator/server/serve_command.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

using namespace keyslot::sim;

// An option that takes "500ms" and the like, within limits.
CLI::Option* add_duration(CLI::App& app, std::string const& name, keyslot::Duration& value,
                          Limits const& limits, std::string const& help) {
    auto const read = [&value, limits](std::string const& text) {
        ValueProblem problem;
        auto const duration = parse_duration(text, problem);
        if (!duration) {
            throw CLI::ValidationError(problem.what + " (" + problem.allowed + ")");
        }
        if (duration->count() < limits.low || duration->count() > limits.high) {
            throw CLI::ValidationError(text + " is out of range (" +
                                       print_duration(keyslot::Duration{limits.low}) + " to " +
                                       print_duration(keyslot::Duration{limits.high}) + ")");
        }
        value = *duration;
    };
    return app.add_option_function<std::string>(name, read, help)
        ->type_name("DURATION")
        ->default_str(print_duration(value));
}

CLI::App* add_run(CLI::App& app, RunCommand& command) {
    CLI::App* const run =
        app.add_subcommand("run", "Play scenarios in simulated time and judge the client");
    run->add_option("files", command.files, "Scenario files (YAML)")->required();
    auto* const seed =
        run->add_option("--seed", command.seed, "Seed instead of the one in the file");
    run->add_option("--seeds", command.seeds, "Every seed of a range, N..M")->excludes(seed);
    run->add_option("--trace", command.trace_file,
                    "Write every event to this file, as lines of JSON");
    run->add_option("--report", command.report_file,
                    "Write a page with timelines to this file (HTML)");
    run->add_option("--check-determinism", command.check, "Which runs to do twice and compare")
        ->check(CLI::IsMember({"none", "first", "all"}))
        ->capture_default_str();
    return run;
}

void add_cluster_options(CLI::App& serve, LiveOptions& live) {
    Topology& cluster = live.cluster;
    cluster.node_timeout = std::chrono::seconds{15};
    serve.add_option("--masters", cluster.masters, "Masters")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    serve.add_option("--replicas", cluster.replicas_per_master, "Replicas of each master")
        ->check(CLI::Range(0, 10))
        ->capture_default_str();
    serve.add_flag("!--empty", live.joined,
                   "Nodes start alone and without slots, for redis-cli --cluster create");
    serve.add_option("--password", live.password, "requirepass and masterauth of all nodes");
    add_duration(serve, "--node-timeout", cluster.node_timeout,
                 time(std::chrono::milliseconds{100}, std::chrono::minutes{1}),
                 "cluster-node-timeout");
    add_duration(serve, "--latency", cluster.latency, Description<Topology>::latencies,
                 "One-way delay between nodes");
    serve.add_option("--speed", live.speed, "Simulated seconds in a second")
        ->check(CLI::Range(0.01, 1000.0))
        ->capture_default_str();
    serve.add_option("--seed", live.seed, "Seed")->capture_default_str();
}

void add_tls_options(CLI::App& serve, ServeCommand& command) {
    serve.add_flag("--tls", command.tls,
                   "Node ports speak TLS, with a certificate made at start unless one is given");
    auto* const certificate =
        serve.add_option("--tls-cert", command.tls_files.certificate, "Certificate chain (PEM)")
            ->check(CLI::ExistingFile);
    auto* const key = serve.add_option("--tls-key", command.tls_files.key, "Its private key (PEM)")
                          ->check(CLI::ExistingFile);
    auto* const ca =
        serve.add_option("--tls-ca", command.tls_files.ca, "Who signs certificates of clients")
            ->check(CLI::ExistingFile);
    certificate->needs(key);
    key->needs(certificate);
    ca->needs(certificate);
}

CLI::App* add_serve(CLI::App& app, ServeCommand& command) {
    CLI::App* const serve = app.add_subcommand(
        "serve", "Open a simulated cluster on TCP ports, with an HTTP control plane");
    add_cluster_options(*serve, command.live);
    serve->add_option("--port", command.live.first_port, "Port of node-1; the others follow")
        ->check(CLI::Range(1, 65535))
        ->capture_default_str();
    serve->add_option("--control-port", command.control_port, "Port of the control plane")
        ->check(CLI::Range(1, 65535))
        ->capture_default_str();
    serve->add_option("--bind", command.bind, "Address to listen on")->capture_default_str();
    serve->add_option("--announce", command.live.announce, "Address that nodes tell clients")
        ->capture_default_str();
    add_tls_options(*serve, command);
    return serve;
}

// The last node's port must be one.
bool ports_fit(ServeCommand const& command) {
    std::uint32_t const nodes =
        command.live.cluster.masters * (1 + command.live.cluster.replicas_per_master);
    std::uint32_t const last = command.live.first_port + nodes - 1;
    if (last > 65535) {
        std::cerr << "keyslot-sim serve: " << nodes << " nodes from port "
                  << command.live.first_port << " on would need port " << last
                  << " (the last port is 65535)\n";
        return false;
    }
    if (command.control_port >= command.live.first_port && command.control_port <= last) {
        std::cerr << "keyslot-sim serve: the control port " << command.control_port
                  << " is one of the nodes' (" << command.live.first_port << " to " << last
                  << ")\n";
        return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "A deterministic multi-node Redis Cluster in one process.\n"
        "Exit codes: 0 all held, 1 usage or bad input, 2 safety violated, 3 liveness violated, "
        "4 not deterministic."};
    app.require_subcommand(1);
    RunCommand run;
    ServeCommand serve;
    CLI::App const* const run_app = add_run(app, run);
    add_serve(app, serve);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? exit_held : exit_usage;
    }
    if (run_app->parsed()) {
        return run_scenarios(run);
    }
    serve.tls = serve.tls || !serve.tls_files.certificate.empty();
    serve.live.tls = serve.tls;
    return ports_fit(serve) ? keyslot::sim::serve(serve) : exit_usage;
}
