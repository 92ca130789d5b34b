#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace keyslot {

template <class Signature>
class UniqueFunction;

/// A move-only std::function with room for six pointers, so that the usual handler (an object and a
/// few arguments) costs no allocation. std::function would demand copyable handlers;
/// asio::any_completion_handler of Boost 1.81 recursed without end when it was moved about in a member.
///
/// Calling an empty one is undefined (asserted). A call does not consume the function.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
public:
    UniqueFunction() noexcept = default;
    UniqueFunction(std::nullptr_t) noexcept {}

    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, UniqueFunction> &&
                 std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
    UniqueFunction(F&& f) {
        using Stored = std::decay_t<F>;
        if constexpr (fits<Stored>) {
            ::new (static_cast<void*>(storage_)) Stored(std::forward<F>(f));
            operations_ = &inline_operations<Stored>;
        } else {
            ::new (static_cast<void*>(storage_)) Stored*(new Stored(std::forward<F>(f)));
            operations_ = &heap_operations<Stored>;
        }
    }

    UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
    UniqueFunction& operator=(UniqueFunction&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    UniqueFunction(UniqueFunction const&) = delete;
    UniqueFunction& operator=(UniqueFunction const&) = delete;
    ~UniqueFunction() { reset(); }

    explicit operator bool() const noexcept { return operations_ != nullptr; }

    R operator()(Args... args) {
        assert(operations_ != nullptr);
        return operations_->call(storage_, std::forward<Args>(args)...);
    }

    void reset() noexcept {
        if (operations_ != nullptr) {
            std::exchange(operations_, nullptr)->destroy(storage_);
        }
    }

private:
    static constexpr std::size_t capacity = 6 * sizeof(void*);

    template <class F>
    static constexpr bool fits = sizeof(F) <= capacity && alignof(F) <= alignof(std::max_align_t) &&
                                 std::is_nothrow_move_constructible_v<F>;

    struct Operations {
        R (*call)(void*, Args&&...);
        void (*move)(void* from, void* to) noexcept;
        void (*destroy)(void*) noexcept;
    };

    template <class F>
    static constexpr Operations inline_operations{
        [](void* at, Args&&... args) -> R {
            return (*std::launder(static_cast<F*>(at)))(std::forward<Args>(args)...);
        },
        [](void* from, void* to) noexcept {
            F* source = std::launder(static_cast<F*>(from));
            ::new (to) F(std::move(*source));
            source->~F();
        },
        [](void* at) noexcept { std::launder(static_cast<F*>(at))->~F(); }};

    template <class F>
    static constexpr Operations heap_operations{
        [](void* at, Args&&... args) -> R {
            return (**std::launder(static_cast<F**>(at)))(std::forward<Args>(args)...);
        },
        [](void* from, void* to) noexcept { ::new (to) F*(*std::launder(static_cast<F**>(from))); },
        [](void* at) noexcept { delete *std::launder(static_cast<F**>(at)); }};

    void take(UniqueFunction& other) noexcept {
        if (other.operations_ != nullptr) {
            other.operations_->move(other.storage_, storage_);
            operations_ = std::exchange(other.operations_, nullptr);
        }
    }

    Operations const* operations_ = nullptr;
    alignas(std::max_align_t) std::byte storage_[capacity];
};

}  // namespace keyslot
