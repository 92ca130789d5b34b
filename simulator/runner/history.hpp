#pragma once

#include <keyslot/error.hpp>
#include <keyslot/reply.hpp>
#include <keyslot/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keyslot::sim {

/// What several calls were made as, together.
enum class UnitKind : std::uint8_t { pipeline, transaction };

/// One call of a client as its caller saw it.
struct CallRecord {
    std::vector<std::string> words;
    bool repeatable = false;  ///< a read, or CallOptions::repeatable
    std::optional<std::size_t> unit = {};  ///< the number of the unit that it is a part of
    Instant started{};
    std::optional<Instant> ended;  ///< absent: still pending
    std::optional<Instant> let_go = {};  ///< cancelled, or its client closed, while it was pending
    // How it ended: with `reply`, or with an error.
    bool ok = false;
    Reply reply;
    ErrorCode code{};
    Outcome outcome{};
    std::string error;  ///< Failure::to_string()
};

/// A pipeline or transaction: its calls, in their order.
struct UnitRecord {
    UnitKind kind{};
    std::vector<std::size_t> calls;
    /// Of an optimistic transaction: the call that read what the unit is founded on.
    std::optional<std::size_t> founded_on;
};

/// Every call that clients made, in the order they began.
class History {
public:
    /// Returns the number of the call: 0, 1, 2, ...
    std::size_t begin(std::vector<std::string> words, bool repeatable, Instant now);
    /// Returns the number of a unit that calls are added to: 0, 1, 2, ...
    std::size_t begin_unit(UnitKind kind, std::optional<std::size_t> founded_on = std::nullopt);
    void add_to_unit(std::size_t unit, std::size_t number);
    /// The call is cancelled, or its client closed: it is to end now, unless it has ended before.
    void let_go(std::size_t number, Instant now);
    void end(std::size_t number, Result<Reply> const& result, Instant now);

    std::vector<CallRecord> const& calls() const { return calls_; }
    std::vector<UnitRecord> const& units() const { return units_; }
    std::size_t pending() const { return pending_; }

private:
    std::vector<CallRecord> calls_;
    std::vector<UnitRecord> units_;
    std::size_t pending_ = 0;
};

}  // namespace keyslot::sim
