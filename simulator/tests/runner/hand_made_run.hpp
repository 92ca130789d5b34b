#pragma once

#include "simulator/runner/history.hpp"
#include "simulator/runner/oracle.hpp"

#include <keyslot/sim/execution_log.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::sim {

/// The rules that were broken, in that order.
inline std::vector<std::string_view> rules_of(std::vector<Violation> const& violations) {
    std::vector<std::string_view> names;
    for (Violation const& violation : violations) {
        names.push_back(violation.rule);
    }
    return names;
}

/// A history and what the nodes did, written by hand.
struct HandMadeRun {
    using Words = std::vector<std::string>;

    std::size_t begins(Duration when, Words words, bool repeatable = false) {
        return history.begin(std::move(words), repeatable, Instant{when});
    }
    void answered(std::size_t call, Duration when, Reply reply = Reply::simple_string("OK")) {
        history.end(call, Result<Reply>(std::move(reply)), Instant{when});
    }
    void fails(std::size_t call, Duration when, Outcome outcome) {
        Failure failure;
        failure.code = ErrorCode::timeout;
        failure.outcome = outcome;
        history.end(call, Result<Reply>(std::make_shared<Failure const>(failure)), Instant{when});
    }
    void executes(ExecutionRecord record, Words const& words) {
        std::vector<std::string_view> const views(words.begin(), words.end());
        record.arguments = views;
        executions.append(record);
    }

    History history;
    ExecutionLog executions;
};

}  // namespace keyslot::sim
