#include "simulator/runner/history.hpp"

#include <cassert>
#include <utility>

namespace keyslot::sim {

std::size_t History::begin(std::vector<std::string> words, bool repeatable, Instant now) {
    CallRecord& call = calls_.emplace_back();
    call.words = std::move(words);
    call.repeatable = repeatable;
    call.started = now;
    ++pending_;
    return calls_.size() - 1;
}

std::size_t History::begin_unit(UnitKind kind, std::optional<std::size_t> founded_on) {
    units_.push_back({kind, {}, founded_on});
    return units_.size() - 1;
}

void History::add_to_unit(std::size_t unit, std::size_t number) {
    units_.at(unit).calls.push_back(number);
    calls_.at(number).unit = unit;
}

void History::let_go(std::size_t number, Instant now) {
    CallRecord& call = calls_.at(number);
    if (!call.ended && !call.let_go) {
        call.let_go = now;
    }
}

void History::end(std::size_t number, Result<Reply> const& result, Instant now) {
    CallRecord& call = calls_.at(number);
    assert(!call.ended);
    call.ended = now;
    call.ok = result.has_value();
    if (result) {
        call.reply = *result;
    } else {
        Failure const& failure = result.error();
        call.code = failure.code;
        call.outcome = failure.outcome;
        call.error = failure.to_string();
    }
    --pending_;
}

}  // namespace keyslot::sim
