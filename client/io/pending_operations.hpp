#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <set>
#include <utility>

namespace keyslot::io {

/// A connect or a resolve under way. It belongs to the environment: when that goes, abort() drops it.
class PendingOperation
    : public boost::intrusive_ref_counter<PendingOperation, boost::thread_unsafe_counter> {
public:
    virtual ~PendingOperation() = default;
    /// Lets go of sockets and timers and destroys the handler without calling it.
    virtual void abort() = 0;
};

class PendingOperations {
public:
    using Pointer = boost::intrusive_ptr<PendingOperation>;

    PendingOperations() = default;
    PendingOperations(PendingOperations const&) = delete;
    PendingOperations& operator=(PendingOperations const&) = delete;
    ~PendingOperations() {
        while (!operations_.empty()) {
            Pointer const operation = operations_.extract(operations_.begin()).value();
            operation->abort();
        }
    }

    void add(Pointer operation) { operations_.insert(std::move(operation)); }
    void remove(Pointer const& operation) { operations_.erase(operation); }

private:
    std::set<Pointer> operations_;
};

}  // namespace keyslot::io
