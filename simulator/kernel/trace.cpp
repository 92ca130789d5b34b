#include "simulator/kernel/trace.hpp"

namespace keyslot::sim {

void append_json(std::string& to, std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"': to += "\\\""; break;
            case '\\': to += "\\\\"; break;
            case '\r': to += "\\r"; break;
            case '\n': to += "\\n"; break;
            default:
                if (byte < 0x20 || byte >= 0x7f) {
                    to += "\\u00";
                    to += digits[byte >> 4];
                    to += digits[byte & 15];
                } else {
                    to += c;
                }
        }
    }
}

void Trace::start(Instant at, std::uint64_t sequence, std::string_view kind,
                  std::string_view actor) {
    flush();
    line_ = "{\"t\":" + std::to_string(at.time_since_epoch().count()) +
            ",\"seq\":" + std::to_string(sequence) + ",\"kind\":\"";
    append_json(line_, kind);
    line_ += "\",\"actor\":\"";
    append_json(line_, actor);
    line_ += '"';
    open_ = true;
}

void Trace::begin(Instant at, std::uint64_t sequence, std::string_view kind,
                  std::string_view actor) {
    start(at, sequence, kind, actor);
    sequence_ = sequence;
    head_ = line_;
}

void Trace::detail(std::string_view text) {
    if (!open_) {
        line_ = head_;
        open_ = true;
    }
    line_ += ",\"detail\":\"";
    append_json(line_, text);
    line_ += '"';
    flush();
}

void Trace::note(Instant at, std::string_view kind, std::string_view actor, std::string_view text) {
    start(at, sequence_, kind, actor);
    detail(text);
}

void Trace::flush() {
    if (open_) {
        open_ = false;
        line_ += '}';
        if (sink_) {
            sink_(line_);
        }
    }
}

}  // namespace keyslot::sim
