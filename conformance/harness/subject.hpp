#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/harness/evidence.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/awaitable.hpp>

#include <stdexcept>

namespace keyslot::conformance {

/// The client under test, or its driver, lacks what the case takes: no fault of its.
struct Unimplemented : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The client under test, however it is reached: ours in this process, or anybody's behind a driver.
class Subject {
public:
    virtual ~Subject() = default;

    /// Has it execute a command, and writes down when that began, when it ended and how. Runs in the
    /// world; throws Unimplemented, or Spoiled when nothing can be said of the client.
    virtual asio::awaitable<void> call(CallStep const& step, Words words, CallSeen& seen) = 0;
    /// The case is over; what is still under way may be abandoned.
    virtual void close() = 0;
};

}  // namespace keyslot::conformance
