#include "simulator/scripting/fiber.hpp"

#include <sys/mman.h>
#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

// The address sanitizer has to be told which stack is in use.
#if defined(__SANITIZE_ADDRESS__)
#define KEYSLOT_FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEYSLOT_FIBER_ASAN 1
#endif
#endif
#ifdef KEYSLOT_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace keyslot::sim {

namespace {

// As much as a process has; pages come when they are first touched.
constexpr std::size_t stack_bytes = std::size_t{8} << 20;
constexpr std::size_t guard_bytes = 4096;

}  // namespace

struct Fiber::Stack {
    Stack() {
        void* const found = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (found == MAP_FAILED) {
            throw std::bad_alloc{};
        }
        memory = found;
        mprotect(memory, guard_bytes, PROT_NONE);  // an overflow faults instead of spoiling memory
    }
    ~Stack() { munmap(memory, stack_bytes); }
    Stack(Stack const&) = delete;
    Stack& operator=(Stack const&) = delete;

    void* memory = nullptr;
};

struct Fiber::Contexts {
    ucontext_t inside{};
    ucontext_t outside{};
    void const* outside_stack = nullptr;
    std::size_t outside_bytes = 0;
};

Fiber::Fiber(UniqueFunction<void()> body)
    : body_(std::move(body)),
      stack_(std::make_unique<Stack>()),
      contexts_(std::make_unique<Contexts>()) {
    ucontext_t& inside = contexts_->inside;
    getcontext(&inside);
    inside.uc_stack.ss_sp = stack_->memory;
    inside.uc_stack.ss_size = stack_bytes;
    inside.uc_link = nullptr;
    // makecontext() hands on nothing wider than an int.
    // deterministic: the address comes back as it went in
    auto const self = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this));
    // The cast is how POSIX wants an entry function with arguments to be passed.
    auto const entry = reinterpret_cast<void (*)()>(&Fiber::enter);
    makecontext(&inside, entry, 2, static_cast<unsigned int>(self >> 32),
                static_cast<unsigned int>(self));
}

Fiber::~Fiber() = default;

void Fiber::enter(unsigned int high, unsigned int low) {
    std::uint64_t const self = (std::uint64_t{high} << 32) | low;
    reinterpret_cast<Fiber*>(static_cast<std::uintptr_t>(self))->run();
}

void Fiber::run() {
#ifdef KEYSLOT_FIBER_ASAN
    __sanitizer_finish_switch_fiber(nullptr, &contexts_->outside_stack, &contexts_->outside_bytes);
#endif
    body_();
    std::abort();  // it has nowhere to return to
}

void Fiber::resume() {
#ifdef KEYSLOT_FIBER_ASAN
    void* fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&fake_stack, stack_->memory, stack_bytes);
#endif
    swapcontext(&contexts_->outside, &contexts_->inside);
#ifdef KEYSLOT_FIBER_ASAN
    __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
}

void Fiber::suspend() {
#ifdef KEYSLOT_FIBER_ASAN
    void* fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&fake_stack, contexts_->outside_stack, contexts_->outside_bytes);
#endif
    swapcontext(&contexts_->inside, &contexts_->outside);
#ifdef KEYSLOT_FIBER_ASAN
    __sanitizer_finish_switch_fiber(fake_stack, &contexts_->outside_stack,
                                    &contexts_->outside_bytes);
#endif
}

}  // namespace keyslot::sim
