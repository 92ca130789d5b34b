#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace keyslot::sim {

/// The verdict on a run that can never end: it waits, and nothing that could wake it is under way (or it
/// went over its limits). what() lists who waits for what.
class HangError : public std::runtime_error {
public:
    HangError(std::string const& verdict, std::vector<std::string> waits);

    /// One line for each read, connect, timer and so on that is still outstanding, with its host.
    std::vector<std::string> const& waits() const { return waits_; }

private:
    std::vector<std::string> waits_;
};

}  // namespace keyslot::sim
