#include "simulator/runner/linearizability.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace keyslot::sim {
namespace {

using Kind = KeyOperation::Kind;

/// What the key holds, as a number: values that are equal have the same.
using Value = std::size_t;
constexpr Value missing = 0, anything = 1;

class Values {
public:
    Value number_of(std::string const& text) {
        auto const [place, is_new] = numbers_.try_emplace(text, texts_.size() + 2);
        if (is_new) {
            texts_.push_back(text);
        }
        return place->second;
    }
    std::string text_of(Value value) const { return value < 2 ? std::string() : texts_[value - 2]; }

private:
    std::map<std::string, Value> numbers_;
    std::vector<std::string> texts_;
};

std::optional<std::int64_t> integer_in(std::string const& text) {
    std::int64_t number = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc{} && end == text.data() + text.size() ? std::optional(number)
                                                                      : std::nullopt;
}

class Search {
public:
    Search(std::vector<KeyOperation> operations, std::size_t steps_max)
        : operations_(std::move(operations)), steps_max_(steps_max) {
        std::stable_sort(
            operations_.begin(), operations_.end(),
            [](KeyOperation const& a, KeyOperation const& b) { return a.from < b.from; });
        done_.resize((operations_.size() + 63) / 64);
        for (KeyOperation const& operation : operations_) {
            mandatory_left_ += operation.is_optional ? 0u : 1u;
        }
        least_left_ = mandatory_left_;
    }

    LinearizabilityResult run() {
        LinearizabilityResult result;
        note_progress();
        open_level(missing);
        while (mandatory_left_ > 0) {
            if (result.steps == steps_max_) {
                result.verdict = Linearizable::unknown;
                break;
            }
            ++result.steps;
            if (!go_on() && !go_back()) {
                result.verdict = Linearizable::no;
                result.unexplained = unexplained_;
                break;
            }
        }
        return result;
    }

private:
    /// Operations that may come next, and what has been tried of them.
    struct Level {
        Value value = missing;
        std::vector<std::size_t> candidates;
        std::size_t next = 0;
        std::size_t taken = 0;  // to come here from the level before
    };

    bool is_done(std::size_t n) const { return (done_[n / 64] >> (n % 64) & 1u) != 0; }
    void flip(std::size_t n) {
        done_[n / 64] ^= std::uint64_t{1} << (n % 64);
        if (!operations_[n].is_optional) {
            mandatory_left_ += is_done(n) ? ~std::size_t{0} : 1u;
        }
    }

    void open_level(Value value) {
        Level& level = levels_.emplace_back();
        level.value = value;
        while (first_ < operations_.size() && is_done(first_)) {
            ++first_;
        }
        Moment earliest_end = Moment::never();
        std::vector<std::size_t> optional;
        for (std::size_t n = first_; n < operations_.size(); ++n) {
            KeyOperation const& operation = operations_[n];
            if (operation.from > earliest_end) {
                break;
            }
            if (is_done(n)) {
                continue;
            }
            if (operation.is_optional) {
                if (!has_twin(optional, operation)) {
                    optional.push_back(n);
                }
            } else {
                earliest_end = std::min(earliest_end, operation.to);
                level.candidates.push_back(n);
            }
        }
        std::erase_if(level.candidates,
                      [&](std::size_t n) { return operations_[n].from > earliest_end; });
        std::stable_sort(
            level.candidates.begin(), level.candidates.end(),
            [this](std::size_t a, std::size_t b) { return operations_[a].to < operations_[b].to; });
        std::erase_if(optional, [&](std::size_t n) { return operations_[n].from > earliest_end; });
        level.candidates.insert(level.candidates.end(), optional.begin(), optional.end());
    }

    /// One of those that may be left out and do the same is as good as the other: the first to begin.
    bool has_twin(std::vector<std::size_t> const& among, KeyOperation const& operation) const {
        return std::any_of(among.begin(), among.end(), [&](std::size_t n) {
            return operations_[n].kind == operation.kind &&
                   operations_[n].argument == operation.argument;
        });
    }

    bool go_on() {
        Level& level = levels_.back();
        while (level.next < level.candidates.size()) {
            std::size_t const n = level.candidates[level.next++];
            std::optional<Value> const after = apply(operations_[n], level.value);
            if (!after) {
                continue;
            }
            flip(n);
            if (seen_.emplace(done_, *after).second) {
                first_ = std::min(first_, n);
                note_progress();
                open_level(*after);
                levels_.back().taken = n;
                return true;
            }
            flip(n);
        }
        return false;
    }

    bool go_back() {
        if (levels_.size() == 1) {
            return false;
        }
        flip(levels_.back().taken);
        first_ = std::min(first_, levels_.back().taken);
        levels_.pop_back();
        return true;
    }

    void note_progress() {
        if (mandatory_left_ > least_left_ || mandatory_left_ == 0) {
            return;
        }
        least_left_ = mandatory_left_;
        Moment earliest = Moment::never();
        for (std::size_t n = first_; n < operations_.size() && operations_[n].from <= earliest;
             ++n) {
            if (!is_done(n) && !operations_[n].is_optional && operations_[n].to <= earliest) {
                earliest = operations_[n].to;
                unexplained_ = operations_[n].call;
            }
        }
    }

    /// nullopt: the answer is not what it would be.
    std::optional<Value> apply(KeyOperation const& operation, Value value) {
        bool const is_open = value == anything || !operation.is_answered;
        switch (operation.kind) {
            case Kind::set: return values_.number_of(operation.argument);
            case Kind::get: {
                Value const seen = operation.is_answered ? answer_of(operation) : value;
                return is_open || seen == value ? std::optional(seen) : std::nullopt;
            }
            case Kind::getset:
                return is_open || answer_of(operation) == value
                           ? std::optional(values_.number_of(operation.argument))
                           : std::nullopt;
            case Kind::append: return append(operation, value);
            case Kind::del:
                return is_open || (operation.number == 1) == (value != missing)
                           ? std::optional(missing)
                           : std::nullopt;
            case Kind::incr: return increment(operation, value);
            case Kind::forget: return anything;
        }
        return std::nullopt;
    }
    Value answer_of(KeyOperation const& operation) {
        return operation.found ? values_.number_of(operation.text) : missing;
    }

    std::optional<Value> append(KeyOperation const& operation, Value value) {
        if (value == anything) {
            return anything;
        }
        std::string const text = values_.text_of(value) + operation.argument;
        bool const fits =
            !operation.is_answered || operation.number == static_cast<std::int64_t>(text.size());
        return fits ? std::optional(values_.number_of(text)) : std::nullopt;
    }

    std::optional<Value> increment(KeyOperation const& operation, Value value) {
        if (value == anything) {
            return operation.is_answered ? values_.number_of(std::to_string(operation.number))
                                         : anything;
        }
        std::optional<std::int64_t> const before =
            value == missing ? std::optional<std::int64_t>(0) : integer_in(values_.text_of(value));
        if (!before) {
            return operation.is_answered ? std::nullopt : std::optional(value);
        }
        bool const fits = !operation.is_answered || operation.number == *before + 1;
        return fits ? std::optional(values_.number_of(std::to_string(*before + 1))) : std::nullopt;
    }

    std::vector<KeyOperation> operations_;
    std::size_t steps_max_;
    Values values_;
    std::vector<std::uint64_t> done_;
    std::set<std::pair<std::vector<std::uint64_t>, Value>> seen_;
    std::vector<Level> levels_;
    std::size_t first_ = 0;  // all before it are done
    std::size_t mandatory_left_ = 0, least_left_ = 0;
    std::size_t unexplained_ = 0;
};

}  // namespace

LinearizabilityResult check_linearizable(std::vector<KeyOperation> operations,
                                         std::size_t steps_max) {
    return Search{std::move(operations), steps_max}.run();
}

}  // namespace keyslot::sim
