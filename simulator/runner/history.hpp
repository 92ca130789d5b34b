#pragma once

#include <keyslot/error.hpp>
#include <keyslot/reply.hpp>
#include <keyslot/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keyslot::sim {

/// One call of a client as its caller saw it.
struct CallRecord {
    std::vector<std::string> words;
    bool repeatable = false;  ///< a read, or CallOptions::repeatable
    Instant started{};
    std::optional<Instant> ended;  ///< absent: still pending
    // How it ended: with `reply`, or with an error.
    bool ok = false;
    Reply reply;
    ErrorCode code{};
    Outcome outcome{};
    std::string error;  ///< Failure::to_string()
};

/// Every call that clients made, in the order they began.
class History {
public:
    /// Returns the number of the call: 0, 1, 2, ...
    std::size_t begin(std::vector<std::string> words, bool repeatable, Instant now);
    void end(std::size_t number, Result<Reply> const& result, Instant now);

    std::vector<CallRecord> const& calls() const { return calls_; }
    std::size_t pending() const { return pending_; }

private:
    std::vector<CallRecord> calls_;
    std::size_t pending_ = 0;
};

}  // namespace keyslot::sim
