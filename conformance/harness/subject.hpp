#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/harness/evidence.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace keyslot::conformance {

/// The client under test, or its driver, lacks what the case takes: no fault of its.
struct Unimplemented : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The client under test, however it is reached: ours in this process, or anybody's behind a driver.
class Subject {
public:
    virtual ~Subject() = default;

    /// Has it do what the step wants, and writes down when that began, when it ended and how.
    /// `commands` are those of the step, filled in. Runs in the world; throws Unimplemented, or Spoiled
    /// when nothing can be said of the client.
    virtual asio::awaitable<void> call(CallStep const& step, std::vector<Words> commands,
                                       CallSeen& seen) = 0;
    /// The case is over; what is still under way may be abandoned.
    virtual void close() = 0;

    /// Called inside the world with every message and gap of the client's subscriptions; may be null.
    void tell(std::function<void(MessageSeen)> heard) { heard_ = std::move(heard); }

protected:
    void hear(MessageSeen message) {
        if (heard_) {
            heard_(std::move(message));
        }
    }

private:
    std::function<void(MessageSeen)> heard_;
};

}  // namespace keyslot::conformance
