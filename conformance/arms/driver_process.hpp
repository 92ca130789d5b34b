#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace keyslot::conformance {

/// How a driver is started: by a shell, in the directory of whoever started the harness.
using DriverCommand = std::string;

/// A driver program: lines to its stdin, lines from its stdout, and what it complains about on
/// stderr. It and all that it started end with the object.
class DriverProcess {
public:
    struct Listener {
        std::function<void(std::string_view line)> on_line;
        /// Its stdout has ended, or what it prints is too long: why, with the exit status if there
        /// is one. No line comes any more.
        std::function<void(std::string why)> on_end;
    };

    /// Throws std::runtime_error when there is no process to be had.
    DriverProcess(boost::asio::io_context& context, DriverCommand const& command,
                  Listener listener);
    ~DriverProcess();
    DriverProcess(DriverProcess const&) = delete;
    DriverProcess& operator=(DriverProcess const&) = delete;

    void send(std::string line);
    /// The latest lines either way: "> " sent, "< " said, "! " on stderr.
    std::vector<std::string> last_lines() const;

private:
    struct Source;
    using Pipe = boost::asio::posix::stream_descriptor;

    void write();
    void read(Source& source);
    void on_read(Source& source, boost::system::error_code ec, std::size_t size);
    void take_lines(Source& source);
    void take_line(Source& source, std::string_view line);
    void note(char const* mark, std::string_view line);
    void end(std::string why);
    void drain_errors();
    std::string how_it_ended();

    Listener listener_;
    pid_t pid_ = -1;
    Pipe input_;
    std::unique_ptr<Source> output_, errors_;
    std::deque<std::string> unsent_;
    bool writing_ = false;
    bool ended_ = false;
    std::deque<std::string> log_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // handlers may come after us
};

}  // namespace keyslot::conformance
