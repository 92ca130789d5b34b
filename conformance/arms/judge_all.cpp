#include "conformance/arms/judge_all.hpp"

#include "conformance/harness/own_client.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>
#include <variant>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace keyslot::conformance {
namespace {

/// The loopback addresses 127.N.*.* of this process: N is the first that no other harness has, so
/// that clients are told the same addresses in every run.
class AddressRange {
public:
    AddressRange() {
        while (!reserve() && number_ < last_number) {
            ++number_;
        }
    }
    ~AddressRange() { close(socket_); }
    AddressRange(AddressRange const&) = delete;
    AddressRange& operator=(AddressRange const&) = delete;

    /// Each cell gets its own: what an earlier one left behind there disturbs nobody.
    std::string of(std::size_t cell) const {
        return "127." + std::to_string(number_) + "." + std::to_string(cell / 254 % 255) + "." +
               std::to_string(1 + cell % 254);
    }

private:
    static constexpr unsigned last_number = 254;
    static constexpr std::uint16_t token_port = 6999;

    bool reserve() {
        sockaddr_in token{};
        token.sin_family = AF_INET;
        token.sin_port = htons(token_port);
        token.sin_addr.s_addr = htonl(127u << 24 | number_ << 16 | 255u << 8 | 1u);
        close(socket_);
        socket_ = socket(AF_INET, SOCK_STREAM, 0);
        return bind(socket_, reinterpret_cast<sockaddr const*>(&token), sizeof token) == 0;
    }

    unsigned number_ = 1;
    int socket_ = -1;
};

Duration time_slept(Case const& test) {
    Duration total{};
    for (Step const& step : test.steps) {
        auto const* sleep = std::get_if<SleepStep>(&step);
        total += sleep == nullptr ? Duration{} : sleep->time;
    }
    return total;
}

class Work {
public:
    Work(Matrix& matrix, std::vector<Client> const& clients, JudgeOptions const& options)
        : matrix_(matrix), clients_(clients), options_(options) {}

    void run() {
        signal(SIGPIPE, SIG_IGN);  // a driver that died is told by its stdout
        std::vector<std::size_t> cells(clients_.size() * matrix_.cases.size());
        std::iota(cells.begin(), cells.end(), 0);
        std::size_t jobs = options_.jobs;
        for (std::size_t play = 1; play <= options_.plays && !cells.empty(); ++play) {
            play_all(cells, jobs);
            std::erase_if(cells, [this](std::size_t number) {
                return cell(number).is_decided(options_.plays);
            });
            // A machine that has to do with less lets fewer clients miss their time.
            jobs = std::max<std::size_t>(1, options_.jobs * 2 / 3);
        }
    }

private:
    Cell& cell(std::size_t number) {
        return matrix_.cells[number / matrix_.cases.size()][number % matrix_.cases.size()];
    }
    Case const& case_of(std::size_t number) const {
        return matrix_.cases[number % matrix_.cases.size()];
    }

    void play_all(std::vector<std::size_t> cells, std::size_t jobs) {
        // Those that sleep most first: the last ones to end are short.
        std::stable_sort(cells.begin(), cells.end(), [this](std::size_t a, std::size_t b) {
            return time_slept(case_of(a)) > time_slept(case_of(b));
        });
        std::atomic<std::size_t> next = 0;
        std::vector<std::jthread> threads;
        for (std::size_t n = 0; n < std::min(jobs, cells.size()); ++n) {
            threads.emplace_back([this, &cells, &next] {
                for (std::size_t at = next++; at < cells.size(); at = next++) {
                    judge_cell(cells[at]);
                }
            });
        }
    }

    void judge_cell(std::size_t number) {
        std::size_t const client = number / matrix_.cases.size();
        auto const started = std::chrono::steady_clock::now();
        DriverInfo driver;
        CaseReport report = play(client, number, driver);
        auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - started);

        std::lock_guard const lock{mutex_};
        cell(number).note_play(std::move(report), took);
        ClientColumn& column = matrix_.clients[client];
        if (!driver.version.empty()) {
            column.version = driver.version;
            column.name = column.name.empty() ? driver.name : column.name;
        }
        ++done_;
        if (options_.progress) {
            options_.progress(case_of(number), column, cell(number), done_);
        }
    }

    CaseReport play(std::size_t client, std::size_t number, DriverInfo& driver) {
        if (clients_[client].driver.empty()) {
            return run_case(case_of(number), options_.seed);
        }
        DriverReport report = run_case_over_tcp(
            case_of(number), clients_[client].driver,
            {.nodes = options_.nodes, .address = addresses_.of(number), .seed = options_.seed});
        driver = std::move(report.driver);
        return report;
    }

    Matrix& matrix_;
    std::vector<Client> const& clients_;
    JudgeOptions const& options_;
    AddressRange addresses_;
    std::mutex mutex_;
    std::size_t done_ = 0;
};

ClientColumn column_of(Client const& client, Nodes nodes) {
    bool const is_real = nodes == Nodes::real;
    ClientColumn column{.name = client.name, .command = client.driver};
    column.options =
        client.name.empty() ? "--driver \"" + client.driver + "\"" : "--client " + client.name;
    if (client.driver.empty()) {
        column.version = "0.1.0";
        column.arm = "virtual time";
    } else {
        column.arm = is_real ? "redis-server" : "TCP";
        column.options += is_real ? " --real" : "";
    }
    return column;
}

}  // namespace

Matrix judge_all(std::vector<Case> cases, std::vector<Client> const& clients,
                 JudgeOptions const& options) {
    Matrix matrix;
    matrix.cases = std::move(cases);
    for (Client const& client : clients) {
        matrix.clients.push_back(column_of(client, options.nodes));
        matrix.cells.emplace_back(matrix.cases.size());
    }
    Work{matrix, clients, options}.run();
    return matrix;
}

}  // namespace keyslot::conformance
