#pragma once

#include <keyslot/unique_function.hpp>

namespace keyslot::io {

/// Work that the thread in charge of the io_context does right after what it is doing now. It spares a
/// detour through Asio's queue, with a look at epoll before it.
class Deferral {
public:
    /// Whether the calling thread may defer now.
    virtual bool active() const = 0;
    virtual void defer(UniqueFunction<void()> work) = 0;

protected:
    ~Deferral() = default;
};

}  // namespace keyslot::io
