#pragma once

#include "simulator/kernel/kernel.hpp"
#include "simulator/network/environment.hpp"
#include "simulator/network/network.hpp"

#include <boost/asio/error.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keyslot::sim {

inline Instant at(Duration since_start) { return Instant{since_start}; }

/// Accepts connections and keeps what arrives, with the time of each piece; echoes on demand.
class Peer final : public Acceptor {
public:
    struct Session final : StreamReceiver {
        Session(Peer& owner, StreamEnd accepted) : peer(owner), end(std::move(accepted)) {
            end.receive_with(*this);
        }
        std::size_t on_bytes(std::string_view bytes) override {
            text += bytes;
            arrivals.push_back({peer.kernel.now(), std::string(bytes)});
            if (peer.echoes) {
                end.send(bytes);
            }
            return bytes.size();
        }
        void on_end(error_code reason) override { ends.push_back(reason.message()); }

        Peer& peer;
        StreamEnd end;
        std::string text;
        std::vector<std::pair<Instant, std::string>> arrivals;
        std::vector<std::string> ends;
    };

    explicit Peer(Kernel& on) : kernel(on) {}
    void on_accept(StreamEnd end, Endpoint const&) override {
        sessions.push_back(std::make_unique<Session>(*this, std::move(end)));
    }

    Kernel& kernel;
    bool echoes = false;
    std::vector<std::unique_ptr<Session>> sessions;
};

/// A host "app" with an Environment, and a host "node" where a Peer listens.
struct NetworkTest : testing::Test {
    NetworkTest() { network.listen(node, endpoint, peer); }

    /// Connects and runs until that has an outcome.
    std::unique_ptr<ByteStream> connect(Instant deadline = {}) {
        std::unique_ptr<ByteStream> made;
        bool answered = false;
        environment.connect(endpoint, {.tls = {}, .server_name = {}, .deadline = deadline},
                            [&](error_code ec, std::unique_ptr<ByteStream> stream) {
                                connect_error = ec;
                                made = std::move(stream);
                                answered = true;
                            });
        while (!answered && kernel.step()) {}
        return made;
    }
    void write(ByteStream& stream, std::string text) {
        written.push_back(std::make_unique<std::string>(std::move(text)));
        stream.write(asio::buffer(*written.back()),
                     [this](error_code ec, std::size_t) { write_results.push_back(ec.message()); });
    }
    /// What the next read gives: bytes, or "(reason)". Empty: nothing yet.
    std::string const& read(ByteStream& stream) {
        results.push_back(std::make_unique<std::string>());
        std::string& result = *results.back();
        stream.read_some(asio::buffer(buffer), [this, &result](error_code ec, std::size_t size) {
            result = ec ? "(" + ec.message() + ")" : std::string(buffer.data(), size);
        });
        return result;
    }
    void run() {
        while (kernel.step()) {}
    }
    void run_for(Duration time) { kernel.run_until(kernel.now() + time); }

    Kernel kernel;
    Network network{kernel, Random{1}};
    HostId app = network.add_host({.name = "app", .ip = "10.1.0.1"});
    HostId node = network.add_host({.name = "node", .ip = "10.0.0.1"});
    Endpoint endpoint{"10.0.0.1", 7000};
    SimEnvironment environment{network, app, Random{2}};
    Peer peer{kernel};

    error_code connect_error;
    std::array<char, 4096> buffer{};
    std::vector<std::unique_ptr<std::string>> written;
    std::vector<std::unique_ptr<std::string>> results;
    std::vector<std::string> write_results;
};

}  // namespace keyslot::sim
