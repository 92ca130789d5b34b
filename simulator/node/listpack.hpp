#pragma once

#include "simulator/node/packed.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The listpack of Redis: texts one after the other, integers among them in short form. DUMP shows it.
namespace keyslot::sim::listpack {

class Writer {
public:
    void append(std::string_view element);
    std::size_t size() const { return header_bytes + entries_.size() + 1; }
    bool empty() const { return count_ == 0; }
    /// And starts anew.
    std::string finish();

private:
    static constexpr std::size_t header_bytes = 6;

    std::string entries_;
    std::size_t count_ = 0;
};

class Reader {
public:
    explicit Reader(std::string_view bytes);

    /// nullopt: the end, or nonsense.
    std::optional<std::string> next();
    bool failed() const { return failed_; }

private:
    std::optional<std::string> fail();
    std::optional<std::string> text(std::size_t encoding_bytes, std::size_t size);
    std::optional<std::string> integer(std::size_t bytes);
    void skip_back_length(std::size_t entry_bytes);

    packed::Reader rest_;
    bool failed_ = false;
    bool ended_ = false;
};

}  // namespace keyslot::sim::listpack
