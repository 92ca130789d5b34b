#include "conformance/arms/real_cluster.hpp"

#include "client/protocol/resp_parser.hpp"
#include "client/protocol/resp_writer.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

constexpr std::uint16_t announced_port = 7000;
constexpr std::uint16_t served_port = 7100;
constexpr std::uint16_t bus_distance = 10000;
constexpr std::chrono::seconds start_patience{20};

std::string text(std::size_t number) { return std::to_string(number); }

pid_t spawn(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files{};
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    pid_t pid = -1;
    int const failure =
        posix_spawnp(&pid, arguments[0], &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (failure != 0) {
        throw std::runtime_error("redis-server cannot be started (scripts/setup --peers)");
    }
    return pid;
}

}  // namespace

RealCluster::RealCluster(std::string address, CaseTopology const& topology)
    : address_(std::move(address)),
      nodes_(topology.masters * (1 + topology.replicas_per_master) + topology.joining) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "keyslot-conformance-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("no directory for redis-server: " + pattern);
    }
    directory_ = pattern;
    options_ = {"--cluster-node-timeout", std::to_string(topology.node_timeout.count()),
                "--cluster-require-full-coverage", topology.require_full_coverage ? "yes" : "no"};
    for (std::size_t node = 0; node < size(); ++node) {
        start(node);
    }
    auto const limit = std::chrono::steady_clock::now() + start_patience;
    while (!answers()) {
        if (std::chrono::steady_clock::now() > limit) {
            throw std::runtime_error("redis-server does not answer");
        }
        std::this_thread::sleep_for(20ms);
    }
    for (std::size_t node = 0; node < size(); ++node) {
        nodes_[node].id = ask(node, {"CLUSTER", "MYID"}).text();
    }
}

RealCluster::~RealCluster() {
    for (std::size_t node = 0; node < size(); ++node) {
        crash(node);
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

Endpoint RealCluster::announced(std::size_t node) const {
    return {address_, static_cast<std::uint16_t>(announced_port + node)};
}

Endpoint RealCluster::served(std::size_t node) const {
    return {address_, static_cast<std::uint16_t>(served_port + node)};
}

std::uint16_t RealCluster::bus_port(std::size_t node) const {
    return static_cast<std::uint16_t>(served(node).port + bus_distance);
}

// What a process wrote is there after a crash, as in the simulator; and as there, nobody waits five
// seconds for more replicas before a synchronisation.
void RealCluster::start(std::size_t node) {
    std::string const directory = directory_ + "/" + text(node);
    std::filesystem::create_directory(directory);
    std::string const announced_at = text(announced(node).port);
    std::vector<std::string> words{"redis-server",
                                   "--bind",
                                   address_,
                                   "--bind-source-addr",
                                   std::string(source_of_nodes),
                                   "--protected-mode",
                                   "no",
                                   "--port",
                                   text(served(node).port),
                                   "--cluster-enabled",
                                   "yes",
                                   "--cluster-announce-ip",
                                   address_,
                                   "--cluster-announce-port",
                                   announced_at,
                                   "--cluster-announce-bus-port",
                                   text(bus_port(node)),
                                   "--replica-announce-ip",
                                   address_,
                                   "--replica-announce-port",
                                   announced_at,
                                   "--repl-diskless-sync-delay",
                                   "0",
                                   "--dir",
                                   directory,
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "yes",
                                   "--appendfsync",
                                   "no",
                                   "--loglevel",
                                   "warning"};
    words.insert(words.end(), options_.begin(), options_.end());
    nodes_[node].pid = spawn(std::move(words));
}

bool RealCluster::answers() const {
    try {
        for (std::size_t node = 0; node < size(); ++node) {
            ask(node, {"PING"});
        }
        return true;
    } catch (boost::system::system_error const&) {
        return false;
    }
}

std::size_t RealCluster::anybody() const {
    auto const found = std::find_if(nodes_.begin(), nodes_.end(), [](Node const& node) {
        return node.pid > 0 && !node.is_paused;
    });
    if (found == nodes_.end()) {
        throw std::runtime_error("all nodes are down");
    }
    return static_cast<std::size_t>(found - nodes_.begin());
}

std::size_t RealCluster::owner_of(std::uint16_t slot) const {
    Reply const ranges = ask(anybody(), {"CLUSTER", "SLOTS"});
    for (ReplyView const range : ranges.view()) {
        if (range[0].as_integer() <= slot && slot <= range[1].as_integer()) {
            auto const port = range[2][1].as_integer().value_or(announced_port);
            return static_cast<std::size_t>(port - announced_port);
        }
    }
    throw std::runtime_error("nobody serves slot " + text(slot));
}

Reply RealCluster::ask(std::size_t node, std::vector<std::string> const& words) const {
    asio::io_context context;
    tcp::socket socket{context};
    socket.connect({asio::ip::make_address(address_), served(node).port});
    std::vector<std::string_view> const arguments(words.begin(), words.end());
    std::string request;
    protocol::write_command(request, arguments);
    asio::write(socket, asio::buffer(request));
    protocol::RespParser parser;
    std::string answer;
    std::array<char, 4096> piece{};
    while (parser.parse(answer) == protocol::ParseStatus::need_more) {
        answer.append(piece.data(), socket.read_some(asio::buffer(piece)));
    }
    return Reply(parser.reply());
}

void RealCluster::pause(std::size_t node) {
    if (nodes_[node].pid > 0) {
        kill(nodes_[node].pid, SIGSTOP);
        nodes_[node].is_paused = true;
    }
}

void RealCluster::resume(std::size_t node) {
    if (nodes_[node].pid > 0) {
        kill(nodes_[node].pid, SIGCONT);
        nodes_[node].is_paused = false;
    }
}

void RealCluster::crash(std::size_t node) {
    if (nodes_[node].pid > 0) {
        kill(nodes_[node].pid, SIGKILL);
        waitpid(nodes_[node].pid, nullptr, 0);
        nodes_[node].pid = -1;
        nodes_[node].is_paused = false;
    }
}

}  // namespace keyslot::conformance
