#pragma once

#include <keyslot/unique_function.hpp>

#include <utility>

namespace keyslot::sim {

/// A fault that lasts as long as this handle: the destructor and heal() end it. Must not outlive its World.
class [[nodiscard]] Fault {
public:
    Fault() = default;
    explicit Fault(UniqueFunction<void()> undo) : undo_(std::move(undo)) {}
    Fault(Fault&& other) noexcept = default;
    Fault& operator=(Fault&& other) noexcept {
        if (this != &other) {
            heal();
            undo_ = std::move(other.undo_);
        }
        return *this;
    }
    Fault(Fault const&) = delete;
    Fault& operator=(Fault const&) = delete;
    ~Fault() { heal(); }

    /// Ends the fault now. Does nothing the second time.
    void heal() {
        if (undo_) {
            UniqueFunction<void()> undo = std::move(undo_);
            undo();
        }
    }

    /// Lets the fault last as long as the World.
    void keep() { undo_.reset(); }

    bool active() const { return static_cast<bool>(undo_); }

private:
    UniqueFunction<void()> undo_;
};

}  // namespace keyslot::sim
