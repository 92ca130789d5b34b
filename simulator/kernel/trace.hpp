#pragma once

#include "simulator/kernel/event.hpp"

#include <keyslot/time.hpp>
#include <keyslot/unique_function.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// Writes events as lines of JSON: time in ns, sequence, kind, actor, detail. An event's line is held
/// back until its handler says more about it, something else is written, or it ends.
class Trace {
public:
    using Sink = UniqueFunction<void(std::string_view line)>;

    void write_to(Sink sink) {
        flush();
        sink_ = std::move(sink);
    }
    explicit operator bool() const { return static_cast<bool>(sink_); }

    void begin(Instant at, std::uint64_t sequence, std::string_view kind, std::string_view actor);
    /// What is special about the event at hand; a second detail gets a line of its own.
    void detail(std::string_view text);
    /// Something that happened within the event at hand.
    void note(Instant at, std::string_view kind, std::string_view actor, std::string_view text);
    void flush();

private:
    void start(Instant at, std::uint64_t sequence, std::string_view kind, std::string_view actor);

    Sink sink_;
    std::string line_;
    std::string head_;  // of the event at hand, for further details
    std::uint64_t sequence_ = 0;
    bool open_ = false;
};

/// Appends `text` as the inside of a JSON string. Bytes that are not printable ASCII become \u00XX.
void append_json(std::string& to, std::string_view text);

}  // namespace keyslot::sim
