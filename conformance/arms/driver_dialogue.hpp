#pragma once

#include "conformance/harness/evidence.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::conformance {

/// The driver broke its side of the protocol (conformance/drivers/README.md): says nothing of the
/// client behind it.
struct DriverError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline constexpr int driver_protocol = 1;

/// What a driver says of itself.
struct DriverInfo {
    std::string name, version;
    std::vector<std::string> capabilities;
    std::size_t concurrency = 1;  ///< operations that it can have under way at once

    bool can(std::string_view capability) const;
};

/// How one operation ended.
struct DriverAnswer {
    enum class Kind : std::uint8_t { value, error, unimplemented };

    std::uint64_t id = 0;
    Kind kind = Kind::value;
    std::string text = {};  ///< the value in one line, the error's message, or what is missing
    std::string code = {};  ///< of an error, if the driver knows: ErrorCode as a word
    std::string outcome = {};  ///< likewise: Outcome as a word
};

/// Both sides of the line protocol, without the process: numbers the requests, and holds the driver
/// to one answer each.
class DriverDialogue {
public:
    /// The line to send, its end included; `request` needs "op" and gets its id.
    std::string ask(nlohmann::json request, std::uint64_t& id);
    /// A line of the driver's, without its end; the answer's id is 0 when it is an event. Throws DriverError
    /// when it is no answer to anything.
    DriverAnswer hear(std::string_view line);

    /// The answer to "hello"; throws DriverError.
    DriverInfo const& info() const { return info_; }
    /// What subscriptions have given since the last time that this was asked.
    std::vector<MessageSeen> take_messages() { return std::exchange(messages_, {}); }
    std::size_t pending() const { return pending_.size(); }

private:
    DriverAnswer read_answer(nlohmann::json const& line);
    void read_info(nlohmann::json const& line);

    std::uint64_t last_ = 0;
    std::uint64_t hello_ = 0;
    std::set<std::uint64_t> pending_;
    DriverInfo info_;
    std::vector<MessageSeen> messages_;
};

/// A reply as drivers write it, in one line as cases have it: "OK", "1", "(nil)", "[a, b]".
std::string value_line(nlohmann::json const& value);

}  // namespace keyslot::conformance
