#pragma once

#include "conformance/harness/dialogue.hpp"

#include <keyslot/time.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace keyslot::conformance {

/// How one call of the client under test ended.
struct CallSeen {
    std::string name;
    std::string command = {};
    Instant started{}, ended{};
    bool done = false;
    bool failed = false;
    std::string text = {};     ///< the reply in one line; of a failure its whole story
    std::string code = {};     ///< failure: ErrorCode as a word
    std::string outcome = {};  ///< failure: Outcome as a word
};

/// A message that a subscription gave, or the word that some may be missing.
struct MessageSeen {
    Instant at{};
    std::string channel = {};  ///< of a gap: the channel or pattern
    std::string text = {};
    bool gap = false;
};

/// A command that a node executed for the client under test.
struct ExecutionSeen {
    Instant at;
    std::string node;
    std::vector<std::string> words;
};

/// A moment with a name.
struct Mark {
    Instant at;
    std::size_t exchanges = 0;    ///< how many there were
    std::size_t connections = 0;
    std::size_t messages = 0;
};

/// All that a judge looks at.
struct Evidence {
    std::vector<CallSeen> calls;
    Dialogue dialogue;
    std::vector<ExecutionSeen> executions;
    std::vector<MessageSeen> messages;
    std::map<std::string, Mark> marks;
    std::vector<std::string> missing;  ///< events that the case waited for in vain
    /// Calls that are to take no longer than something may take so much more: what real processes
    /// and sockets cost. Zero in virtual time.
    Duration clock_slack{};
    /// So many times as many requests may come within a span of time as the case says: on real
    /// sockets what was sent in peace may arrive in a burst, and what a client does without a pause
    /// comes far more often still.
    std::size_t burst_allowance = 1;
    /// What is asked within such a time is asked in one breath.
    Duration breath{};
    std::string spoiled;  ///< why the case did not come about; empty: it did
    std::string unimplemented;  ///< what the client lacks that the case takes; empty: nothing
    std::vector<std::string> driver_lines = {};  ///< the latest of the driver's dialogue
    std::string summary;  ///< seed, events, digest and simulated time
};

}  // namespace keyslot::conformance
