#include "conformance/harness/document_map.hpp"

#include "client/protocol/inline_words.hpp"
#include "simulator/faults/values.hpp"

#include <algorithm>
#include <utility>

namespace keyslot::conformance {
namespace {

std::optional<Bounds> parse_bounds(std::string_view text) {
    auto const number = [](std::string_view digits) { return sim::parse_unsigned(digits); };
    if (text.starts_with("<=")) {
        auto const most = number(text.substr(2));
        return most ? std::optional<Bounds>({.least = 0, .most = *most}) : std::nullopt;
    }
    if (text.starts_with(">=")) {
        auto const least = number(text.substr(2));
        return least ? std::optional<Bounds>({.least = *least}) : std::nullopt;
    }
    std::size_t const dots = text.find("..");
    auto const least = number(text.substr(0, dots));
    auto const most = dots == std::string_view::npos ? least : number(text.substr(dots + 2));
    if (!least || !most || *least > *most) {
        return std::nullopt;
    }
    return Bounds{.least = *least, .most = *most};
}

}  // namespace

std::optional<Words> split_words(std::string_view text) {
    std::string storage;
    std::vector<std::string_view> words;
    if (!protocol::split_inline_words(text, storage, words)) {
        return std::nullopt;
    }
    return Words(words.begin(), words.end());
}

DocumentMap::DocumentMap(sim::Document const& document, std::string what,
                         std::vector<sim::Problem>& problems)
    : document_(document), what_(std::move(what)), problems_(problems) {
    if (document.kind != sim::Document::Kind::map) {
        problem(document, what_ + " is no map");
    }
}

DocumentMap::~DocumentMap() {
    std::sort(known_.begin(), known_.end());
    known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
    for (sim::DocumentEntry const& entry : document_.entries) {
        std::string_view const name = entry.key.text;
        if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
            std::string_view const meant = sim::nearest(name, known_);
            problem(entry.key, what_ + " has no '" + std::string(name) + "'",
                    meant.empty() ? sim::join(known_) : "meant: " + std::string(meant));
        }
    }
}

sim::Document const* DocumentMap::find(std::string_view name) const {
    auto const found = std::find_if(document_.entries.begin(), document_.entries.end(),
                                    [&](auto const& entry) { return entry.key.text == name; });
    return found == document_.entries.end() ? nullptr : &found->value;
}

sim::Document const* DocumentMap::take(std::string_view name) {
    known_.push_back(name);
    return find(name);
}

sim::Document const* DocumentMap::require(std::string_view name) {
    sim::Document const* const value = take(name);
    if (value == nullptr) {
        problem(document_, what_ + " needs '" + std::string(name) + "'");
    }
    return value;
}

sim::Document const* DocumentMap::take_scalar(std::string_view name) {
    sim::Document const* const value = take(name);
    if (value != nullptr && value->kind != sim::Document::Kind::scalar) {
        problem(*value, "'" + std::string(name) + "' is one value, not a list or map");
        return nullptr;
    }
    return value;
}

void DocumentMap::read(std::string_view name, std::string& value) {
    if (auto const* found = take_scalar(name)) {
        value = found->text;
    }
}

void DocumentMap::read(std::string_view name, bool& value) {
    if (auto const* found = take_scalar(name)) {
        if (found->text != "true" && found->text != "false") {
            problem(*found, "'" + found->text + "' is no truth value", "true or false");
        }
        value = found->text == "true";
    }
}

void DocumentMap::read(std::string_view name, std::size_t& value) {
    if (auto const* found = take_scalar(name)) {
        auto const number = sim::parse_unsigned(found->text);
        if (!number) {
            problem(*found, "'" + found->text + "' is no number");
        }
        value = number.value_or(0);
    }
}

void DocumentMap::read(std::string_view name, Duration& value) {
    if (auto const* found = take_scalar(name)) {
        sim::ValueProblem wrong;
        auto const duration = sim::parse_duration(found->text, wrong);
        if (!duration) {
            problem(*found, wrong.what, wrong.allowed);
        }
        value = duration.value_or(Duration{});
    }
}

Words DocumentMap::words_of(sim::Document const& value, std::string_view name) {
    auto words = split_words(value.text);
    if (!words) {
        problem(value, "a quote in '" + std::string(name) + "' is not closed", "\"a b\" or 'a b'");
    } else if (words->empty()) {
        problem(value, "'" + std::string(name) + "' is empty", "the words of a command");
    }
    return std::move(words).value_or(Words{});
}

void DocumentMap::read_words(std::string_view name, Words& value) {
    if (auto const* found = take_scalar(name)) {
        value = words_of(*found, name);
    }
}

void DocumentMap::read_commands(std::string_view name, std::vector<Words>& value) {
    sim::Document const* const list = take(name);
    if (list == nullptr) {
        return;
    }
    if (list->kind != sim::Document::Kind::list || list->items.empty()) {
        problem(*list, "'" + std::string(name) + "' is no list", "[SET k v, GET k]");
    }
    for (sim::Document const& item : list->items) {
        value.push_back(words_of(item, name));
    }
}

void DocumentMap::read_strings(std::string_view name, std::vector<std::string>& value) {
    sim::Document const* const list = take(name);
    if (list == nullptr) {
        return;
    }
    if (list->kind != sim::Document::Kind::list) {
        problem(*list, "'" + std::string(name) + "' is no list");
    }
    for (sim::Document const& item : list->items) {
        value.push_back(item.text);
    }
}

void DocumentMap::read_bounds(std::string_view name, Bounds& value) {
    if (auto const* found = take_scalar(name)) {
        auto const bounds = parse_bounds(found->text);
        if (!bounds) {
            problem(*found, "'" + found->text + "' does not say how often", "3, 1..2, <=2 or >=1");
        }
        value = bounds.value_or(Bounds{});
    }
}

void DocumentMap::problem(sim::Document const& at, std::string what, std::string allowed) {
    problems_.push_back({at.where, std::move(what), std::move(allowed), at.line, at.column});
}

}  // namespace keyslot::conformance
