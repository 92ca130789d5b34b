#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keyslot::fidelity {

/// What a server is to answer: bytes, with holes where any whole number, or any text up to the end
/// of its line, will do.
class ExpectedAnswer {
public:
    enum class Hole : std::uint8_t { number, text };

    void add_bytes(std::string_view bytes) {
        (holes_.empty() ? start_ : holes_.back().then) += bytes;
    }
    void add_hole(Hole kind) { holes_.push_back({kind, {}}); }
    bool matches(std::string_view answer) const;
    /// With "%int%" and "%text%" in the holes.
    std::string text() const;

private:
    struct Gap {
        Hole kind;
        std::string then;  // the bytes after it
    };
    std::string start_;
    std::vector<Gap> holes_;
};

/// From here on requests go to this node, over its connection of this name.
struct SwitchTo {
    std::string node;
    std::string connection;
};

struct Pause {
    std::chrono::milliseconds time{};
};

struct Exchange {
    int line = 0;  ///< in the file
    std::string source;  ///< the request as written there
    std::string request;  ///< bytes
    ExpectedAnswer answer;
    bool closes = false;  ///< the server ends the connection after it
};

/// A conversation with the nodes of a small cluster, as conformance/fidelity/README.md tells it.
struct Dialogue {
    std::string topology;
    std::map<std::string, std::string> options;  ///< of redis.conf, for every node
    std::vector<std::variant<SwitchTo, Pause, Exchange>> steps;
};

/// `variables`: what stands for "%A%", "%A.port%" and so on. Throws std::runtime_error with file
/// and line.
Dialogue read_dialogue(std::filesystem::path const& file,
                       std::map<std::string, std::string> const& variables);

/// Bytes as the files show them: a line for each CRLF, what is not printable escaped.
std::string show_bytes(std::string_view bytes);

}  // namespace keyslot::fidelity
