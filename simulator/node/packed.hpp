#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Numbers and texts in a row of bytes: how values and data sets travel between nodes.
namespace keyslot::sim::packed {

/// Lowest byte first.
inline void put_number(std::string& out, std::uint64_t number, std::size_t bytes) {
    for (std::size_t n = 0; n < bytes; ++n, number >>= 8) {
        out += static_cast<char>(number & 0xff);
    }
}

inline std::uint64_t get_number(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t n = bytes.size(); n-- > 0;) {
        number = number << 8 | static_cast<unsigned char>(bytes[n]);
    }
    return number;
}

/// Its length, and then its bytes.
inline void put_text(std::string& out, std::string_view text) {
    put_number(out, text.size(), 8);
    out += text;
}

/// Takes them off the front again. Once something was missing all the rest is nought and empty.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    bool failed() const { return failed_; }
    bool at_end() const { return rest_.empty(); }
    std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) {
            failed_ = true;
            rest_ = {};
            return {};
        }
        std::string_view const taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::uint64_t number(std::size_t bytes) { return get_number(take(bytes)); }
    std::string_view text() {
        std::uint64_t const size = number(8);
        return take(size);
    }

private:
    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace keyslot::sim::packed
