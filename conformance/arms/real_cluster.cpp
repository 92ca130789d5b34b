#include "conformance/arms/real_cluster.hpp"

#include "client/protocol/resp_parser.hpp"
#include "client/protocol/resp_writer.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

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

extern char** environ;

namespace keyslot::conformance {
namespace {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

constexpr std::uint16_t announced_port = 7000;
constexpr std::uint16_t served_port = 7100;  // the bus is at 17100
constexpr std::size_t slot_count = 16384;
constexpr std::chrono::seconds start_patience{20};

// As the simulator deals them: (n * 16384 / masters), rounded to the nearest.
std::size_t first_slot(std::size_t n, std::size_t masters) {
    return (2 * n * slot_count + masters) / (2 * masters);
}

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

RealCluster::RealCluster(std::string address, std::size_t masters,
                         std::chrono::milliseconds node_timeout, bool require_full_coverage)
    : address_(std::move(address)), nodes_(masters) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "keyslot-conformance-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("no directory for redis-server: " + pattern);
    }
    directory_ = pattern;
    for (std::size_t node = 0; node < masters; ++node) {
        start(node, {"--cluster-node-timeout", text(static_cast<std::size_t>(node_timeout.count())),
                     "--cluster-require-full-coverage", require_full_coverage ? "yes" : "no"});
    }
    wait_until(&RealCluster::answers);
    join();
    wait_until(&RealCluster::is_up);
}

RealCluster::~RealCluster() {
    for (Node const& node : nodes_) {
        if (node.pid > 0) {
            kill(node.pid, SIGKILL);
            waitpid(node.pid, nullptr, 0);
        }
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

void RealCluster::start(std::size_t node, std::vector<std::string> const& options) {
    std::string const directory = directory_ + "/" + text(node);
    std::filesystem::create_directory(directory);
    std::vector<std::string> words{"redis-server",
                                   "--bind",
                                   address_,
                                   "--port",
                                   text(served(node).port),
                                   "--cluster-enabled",
                                   "yes",
                                   "--cluster-announce-ip",
                                   address_,
                                   "--cluster-announce-port",
                                   text(announced(node).port),
                                   "--cluster-announce-bus-port",
                                   text(served(node).port + 10000u),
                                   "--dir",
                                   directory,
                                   "--save",
                                   "",
                                   "--loglevel",
                                   "warning"};
    words.insert(words.end(), options.begin(), options.end());
    nodes_[node].pid = spawn(std::move(words));
}

void RealCluster::join() {
    for (std::size_t node = 0; node < size(); ++node) {
        nodes_[node].id = ask(node, {"CLUSTER", "MYID"}).text();
        ask(node, {"CLUSTER", "ADDSLOTSRANGE", text(first_slot(node, size())),
                   text(first_slot(node + 1, size()) - 1)});
        ask(node, {"CLUSTER", "SET-CONFIG-EPOCH", text(node + 1)});
    }
    for (std::size_t node = 1; node < size(); ++node) {
        ask(0, {"CLUSTER", "MEET", address_, text(served(node).port),
                text(served(node).port + 10000u)});
    }
}

void RealCluster::wait_until(bool (RealCluster::*holds)() const) const {
    auto const limit = std::chrono::steady_clock::now() + start_patience;
    while (!(this->*holds)()) {
        if (std::chrono::steady_clock::now() > limit) {
            throw std::runtime_error("the cluster of redis-server does not come up");
        }
        std::this_thread::sleep_for(20ms);
    }
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

bool RealCluster::is_up() const {
    for (std::size_t node = 0; node < size(); ++node) {
        Reply const info = ask(node, {"CLUSTER", "INFO"});
        std::string const known = "cluster_known_nodes:" + text(size()) + "\r";
        if (info.text().find("cluster_state:ok") == std::string_view::npos ||
            info.text().find(known) == std::string_view::npos) {
            return false;
        }
        // Addresses are told by gossip as well: all must be the announced ones by now.
        Reply const nodes = ask(node, {"CLUSTER", "NODES"});
        for (std::size_t other = 0; other < size(); ++other) {
            std::string const place = address_ + ":" + text(announced(other).port) + "@";
            if (nodes.text().find(place) == std::string_view::npos) {
                return false;
            }
        }
    }
    return true;
}

std::size_t RealCluster::owner_of(std::uint16_t slot) const {
    Reply const ranges = ask(0, {"CLUSTER", "SLOTS"});
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

void RealCluster::pause(std::size_t node) { kill(nodes_[node].pid, SIGSTOP); }
void RealCluster::resume(std::size_t node) { kill(nodes_[node].pid, SIGCONT); }

}  // namespace keyslot::conformance
