#include "conformance/arms/driver_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace keyslot::conformance {
namespace {

namespace asio = boost::asio;

constexpr std::size_t log_lines_max = 40;
constexpr std::size_t log_line_max = 400;
constexpr std::size_t line_max = 1024 * 1024;

/// Both ends of a pipe, for as long as nobody else has them.
struct Ends {
    Ends() {
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::system_error(errno, std::generic_category(), "no pipe for a driver");
        }
    }
    ~Ends() {
        for (int const end : ends) {
            if (end >= 0) {
                close(end);
            }
        }
    }
    Ends(Ends const&) = delete;
    Ends& operator=(Ends const&) = delete;
    int release(std::size_t end) { return std::exchange(ends[end], -1); }

    std::array<int, 2> ends{-1, -1};
};

/// The shell that becomes the driver: the leader of a process group, with our sockets closed and
/// every signal as a program expects it.
pid_t spawn(DriverCommand const& command, Ends const& in, Ends const& out, Ends const& err) {
    posix_spawn_file_actions_t files{};
    posix_spawnattr_t attributes{};
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, in.ends[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err.ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);

    std::string shell = "sh", option = "-c", line = "exec " + command;
    std::array<char*, 4> arguments{shell.data(), option.data(), line.data(), nullptr};
    pid_t pid = -1;
    int const failure =
        posix_spawn(&pid, "/bin/sh", &files, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (failure != 0) {
        throw std::system_error(failure, std::generic_category(), "a driver cannot be started");
    }
    return pid;
}

}  // namespace

struct DriverProcess::Source {
    explicit Source(asio::io_context& context, char const* name) : pipe(context), mark(name) {}
    Pipe pipe;
    char const* mark;
    std::string text;  // of lines that are not complete
    std::array<char, 16 * 1024> piece{};
};

DriverProcess::DriverProcess(asio::io_context& context, DriverCommand const& command,
                             Listener listener)
    : listener_(std::move(listener)),
      input_(context),
      output_(std::make_unique<Source>(context, "< ")),
      errors_(std::make_unique<Source>(context, "! ")) {
    Ends in, out, err;
    pid_ = spawn(command, in, out, err);
    input_.assign(in.release(1));
    output_->pipe.assign(out.release(0));
    errors_->pipe.assign(err.release(0));
    read(*output_);
    read(*errors_);
}

DriverProcess::~DriverProcess() {
    *alive_ = false;
    kill(-pid_, SIGKILL);  // what it started as well; nobody has waited for it yet
    waitpid(pid_, nullptr, 0);
}

void DriverProcess::send(std::string line) {
    note("> ", std::string_view(line).substr(0, line.size() - 1));
    unsent_.push_back(std::move(line));
    if (!writing_ && !ended_) {
        write();
    }
}

void DriverProcess::write() {
    writing_ = true;
    asio::async_write(input_, asio::buffer(unsent_.front()),
                      [this, alive = alive_](boost::system::error_code ec, std::size_t) {
                          if (!*alive) {
                              return;
                          }
                          writing_ = false;
                          unsent_.pop_front();
                          // What is wrong with a driver that does not read, its stdout tells.
                          if (!ec && !unsent_.empty()) {
                              write();
                          }
                      });
}

void DriverProcess::read(Source& source) {
    source.pipe.async_read_some(
        asio::buffer(source.piece),
        [this, &source, alive = alive_](boost::system::error_code ec, std::size_t size) {
            if (*alive) {
                on_read(source, ec, size);
            }
        });
}

void DriverProcess::on_read(Source& source, boost::system::error_code ec, std::size_t size) {
    source.text.append(source.piece.data(), size);
    take_lines(source);
    if (source.text.size() > line_max) {
        end("the driver printed a line without end");
        return;
    }
    if (!ec) {
        read(source);
        return;
    }
    if (!source.text.empty()) {
        take_line(source, std::exchange(source.text, {}));
    }
    if (&source == output_.get()) {
        end("the driver " + how_it_ended());
    }
}

void DriverProcess::take_lines(Source& source) {
    std::size_t start = 0;
    for (std::size_t end = source.text.find('\n'); end != std::string::npos;
         end = source.text.find('\n', start)) {
        take_line(source, std::string_view(source.text).substr(start, end - start));
        start = end + 1;
    }
    source.text.erase(0, start);
}

void DriverProcess::take_line(Source& source, std::string_view line) {
    note(source.mark, line);
    if (&source == output_.get() && !ended_) {
        listener_.on_line(line);
    }
}

void DriverProcess::note(char const* mark, std::string_view line) {
    bool const is_long = line.size() > log_line_max;
    log_.push_back(mark + std::string(line.substr(0, log_line_max)) + (is_long ? "..." : ""));
    if (log_.size() > log_lines_max) {
        log_.pop_front();
    }
}

std::vector<std::string> DriverProcess::last_lines() const { return {log_.begin(), log_.end()}; }

void DriverProcess::end(std::string why) {
    if (!std::exchange(ended_, true)) {
        listener_.on_end(std::move(why));
    }
}

// What it complained about last; its stderr is read without blocking, as Asio has set it up.
void DriverProcess::drain_errors() {
    std::array<char, 4096> piece{};
    for (ssize_t size = 1; size > 0 && errors_->text.size() < line_max;) {
        size = ::read(errors_->pipe.native_handle(), piece.data(), piece.size());
        errors_->text.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    take_lines(*errors_);
}

// It has closed its stdout, and will be gone in a moment unless it did so on purpose. It is not
// waited for: as long as it is a zombie, its number is not another process's.
std::string DriverProcess::how_it_ended() {
    constexpr int looks_max = 100;
    constexpr useconds_t look_us = 1000;
    for (int look = 0; look < looks_max; ++look) {
        siginfo_t info{};
        if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == pid_) {
            drain_errors();
            return info.si_code == CLD_EXITED
                       ? "ended with exit code " + std::to_string(info.si_status)
                       : "was ended by signal " + std::to_string(info.si_status);
        }
        usleep(look_us);
    }
    drain_errors();
    return "closed its stdout";
}

}  // namespace keyslot::conformance
