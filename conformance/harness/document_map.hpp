#pragma once

#include "simulator/faults/document.hpp"

#include "conformance/harness/case.hpp"

#include <keyslot/time.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot::conformance {

/// Reads the keys of one map of a case file; whatever was not asked for is a mistake.
class DocumentMap {
public:
    /// `what`: what the map describes, for messages.
    DocumentMap(sim::Document const& document, std::string what,
                std::vector<sim::Problem>& problems);
    ~DocumentMap();
    DocumentMap(DocumentMap const&) = delete;
    DocumentMap& operator=(DocumentMap const&) = delete;

    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// The value; nullptr if the key is not there.
    sim::Document const* take(std::string_view name);
    /// The same, but it is a mistake if the key is not there.
    sim::Document const* require(std::string_view name);

    // Each leaves the value alone if the key is not there.
    void read(std::string_view name, std::string& value);
    void read(std::string_view name, bool& value);
    void read(std::string_view name, std::size_t& value);
    void read(std::string_view name, Duration& value);
    void read_words(std::string_view name, Words& value);
    /// A list of commands.
    void read_commands(std::string_view name, std::vector<Words>& value);
    void read_strings(std::string_view name, std::vector<std::string>& value);
    void read_bounds(std::string_view name, Bounds& value);
    template <class T>
    void read(std::string_view name, std::optional<T>& value) {
        if (take(name) != nullptr) {
            read(name, value.emplace());
        }
    }

    void problem(sim::Document const& at, std::string what, std::string allowed = {});
    sim::Document const& document() const { return document_; }
    std::vector<sim::Problem>& problems() { return problems_; }

private:
    Words words_of(sim::Document const& value, std::string_view name);
    sim::Document const* find(std::string_view name) const;
    sim::Document const* take_scalar(std::string_view name);

    sim::Document const& document_;
    std::string what_;
    std::vector<sim::Problem>& problems_;
    std::vector<std::string_view> known_;
};

/// "a b  c" cut at the spaces, with quotes as redis-cli has them: `EVAL "return 1" 0`. nullopt: a quote
/// is not closed.
std::optional<Words> split_words(std::string_view text);

}  // namespace keyslot::conformance
