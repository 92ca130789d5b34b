#pragma once

#include <keyslot/unique_function.hpp>

#include <memory>

namespace keyslot::sim {

/// A function with a stack of its own, which can be left in the middle, however deep, and entered again:
/// that is how a script that runs too long is set aside. (Lua's coroutines will not do: one cannot be
/// left from inside pcall, a comparison of table.sort or another coroutine.)
///
/// A fiber that is destroyed while it is suspended just ends there: nothing on its stack is destroyed.
class Fiber {
public:
    /// The body starts with the first resume() and never returns.
    explicit Fiber(UniqueFunction<void()> body);
    ~Fiber();
    Fiber(Fiber const&) = delete;
    Fiber& operator=(Fiber const&) = delete;

    /// From outside: until the body suspends.
    void resume();
    /// From the body: until it is resumed.
    void suspend();

private:
    struct Stack;
    struct Contexts;
    static void enter(unsigned int high, unsigned int low);
    void run();

    UniqueFunction<void()> body_;
    std::unique_ptr<Stack> stack_;
    std::unique_ptr<Contexts> contexts_;
};

}  // namespace keyslot::sim
