#pragma once

#include "conformance/arms/driver_dialogue.hpp"
#include "conformance/arms/driver_process.hpp"
#include "conformance/harness/bell.hpp"
#include "conformance/harness/subject.hpp"
#include "simulator/server/live_clock.hpp"

#include <keyslot/options.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace keyslot::conformance {

/// A foreign client behind its driver. It is told to connect when the case first wants something of
/// it, as a program would that has just been started.
class DriverSubject final : public Subject {
public:
    struct Configuration {
        std::vector<ClusterNode> nodes;
        CaseClient options;
        std::optional<TlsOptions> tls;
        Duration hello_patience{};
        /// Why the driver cannot play the case; empty: it can.
        std::function<std::string(DriverInfo const&)> missing;
    };

    DriverSubject(asio::io_context& context, sim::LiveClock& clock, DriverCommand const& command,
                  Configuration configuration);

    asio::awaitable<void> call(CallStep const& step, std::vector<Words> commands,
                               CallSeen& seen) override;
    void close() override;

    /// From outside the world, when the case is over: whether the driver still answers. With
    /// operations pending that tells a client that hangs from a driver that does; a driver that has
    /// one operation at a time cannot be asked.
    void ask_for_life();
    bool shows_life() const { return !life_sign_ || !problem_.empty(); }
    bool closed() const { return closed_; }
    /// What the driver did wrong; empty: nothing.
    std::string const& problem() const { return problem_; }
    DriverInfo const& info() const { return dialogue_.info(); }
    std::vector<std::string> last_lines() const { return process_.last_lines(); }

private:
    void on_line(std::string_view line);
    void on_end(std::string why);
    void break_down(std::string why);
    void wake();
    std::uint64_t send(nlohmann::json request);
    /// Throws Spoiled when the driver breaks down, or has not answered by then.
    asio::awaitable<DriverAnswer> answer_to(std::uint64_t id, Instant limit);
    asio::awaitable<void> take_turn();
    asio::awaitable<DriverAnswer> perform(nlohmann::json operation, CallSeen& seen);
    asio::awaitable<void> say_hello();
    asio::awaitable<DriverAnswer> connect();

    sim::LiveClock& clock_;
    sim::World& world_;
    Configuration configuration_;
    DriverDialogue dialogue_;
    Bell bell_;
    std::map<std::uint64_t, DriverAnswer> answers_;  // that nobody has taken yet
    std::optional<std::uint64_t> life_sign_, close_;
    std::string problem_;
    // Operations go out in the order in which they were wanted.
    std::uint64_t turns_taken_ = 0, turn_ = 0;
    std::size_t in_flight_ = 0;
    bool greeted_ = false;
    bool connected_ = false;
    bool closed_ = false;
    DriverProcess process_;
};

}  // namespace keyslot::conformance
