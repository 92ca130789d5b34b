#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Marks: places in client and simulator that a search must reach now and then, or else it does not
/// search where it seems to. scripts/explore counts them over an ensemble of runs and fails when one is
/// never reached that is not declared rare.
///
///     KEYSLOT_SOMETIMES("call.asked_twice");
///     KEYSLOT_SOMETIMES_IF("call.moved_to_itself", target == from);
///     KEYSLOT_SOMETIMES_RARELY("failover.vote_tie");
///
/// They stand off the path of every command, cost one increment, decide nothing, and vanish with
/// KEYSLOT_NO_MARKS, as in every build in which Keyslot is a part of something else.
namespace keyslot::detail {

/// A mark, and how often it was reached. All marks of a program are in one list, reached or not.
class Mark {
public:
    Mark(std::string_view name, bool rare) : name_(name), rare_(rare), next_(first()) {
        first() = this;
    }
    Mark(Mark const&) = delete;
    Mark& operator=(Mark const&) = delete;

    std::string_view name() const { return name_; }
    bool rare() const { return rare_; }
    std::uint64_t hits() const { return hits_.load(std::memory_order_relaxed); }
    Mark const* next() const { return next_; }
    /// Of two threads at once one may not count: enough to know whether it was reached.
    void hit() { hits_.store(hits() + 1, std::memory_order_relaxed); }

    /// The list; filled before main() begins.
    static Mark*& first() {
        static Mark* head = nullptr;
        return head;
    }

private:
    std::string_view name_;
    bool rare_;
    std::atomic<std::uint64_t> hits_{0};
    Mark* next_;
};

template <std::size_t N>
struct MarkName {
    char text[N];
    consteval MarkName(char const (&name)[N]) { std::copy_n(name, N, text); }
};

template <MarkName Name, bool Rare>
struct MarkOf {
    static inline Mark mark{{Name.text, sizeof Name.text - 1}, Rare};
};

}  // namespace keyslot::detail

#ifdef KEYSLOT_NO_MARKS
#define KEYSLOT_SOMETIMES(name) static_cast<void>(0)
#define KEYSLOT_SOMETIMES_IF(name, condition) static_cast<void>(0)
#define KEYSLOT_SOMETIMES_RARELY(name) static_cast<void>(0)
#define KEYSLOT_SOMETIMES_RARELY_IF(name, condition) static_cast<void>(0)
#else
#define KEYSLOT_SOMETIMES(name) ::keyslot::detail::MarkOf<name, false>::mark.hit()
#define KEYSLOT_SOMETIMES_IF(name, condition) \
    static_cast<void>((condition) && (KEYSLOT_SOMETIMES(name), true))
#define KEYSLOT_SOMETIMES_RARELY(name) ::keyslot::detail::MarkOf<name, true>::mark.hit()
#define KEYSLOT_SOMETIMES_RARELY_IF(name, condition) \
    static_cast<void>((condition) && (KEYSLOT_SOMETIMES_RARELY(name), true))
#endif
