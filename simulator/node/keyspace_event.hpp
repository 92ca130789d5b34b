#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// What a keyspace notification is about: the letters of notify-keyspace-events that choose among the
/// events.
enum class NotifyClass : std::uint32_t {
    generic = 1u << 2,  ///< g: DEL, EXPIRE, RENAME ...
    string = 1u << 3,  ///< $
    list = 1u << 4,  ///< l
    set = 1u << 5,  ///< s
    hash = 1u << 6,  ///< h
    sorted_set = 1u << 7,  ///< z
    expired = 1u << 8,  ///< x
    evicted = 1u << 9,  ///< e
    stream = 1u << 10,  ///< t
    key_miss = 1u << 11,  ///< m: a read found nothing
    module = 1u << 13,  ///< d
    new_key = 1u << 14,  ///< n: a key that was not there before
};

/// The value of notify-keyspace-events.
class NotifyFlags {
public:
    /// nullopt: a letter that means nothing.
    static std::optional<NotifyFlags> parse(std::string_view letters);
    /// As CONFIG GET shows them: in one order, whatever the order in which they were set.
    std::string text() const;

    bool wants(NotifyClass type) const { return (bits_ & static_cast<std::uint32_t>(type)) != 0; }
    bool wants_keyspace() const { return (bits_ & keyspace) != 0; }
    bool wants_keyevent() const { return (bits_ & keyevent) != 0; }

private:
    static constexpr std::uint32_t keyspace = 1u << 0;  // K
    static constexpr std::uint32_t keyevent = 1u << 1;  // E

    std::uint32_t bits_ = 0;
};

}  // namespace keyslot::sim
