#pragma once

#include <keyslot/environment.hpp>

#include <memory>

namespace keyslot {

/// The real outside on an executor of the caller's: TCP, TLS, unix sockets, the system's resolver, the
/// steady clock. Somebody must run that executor, and never two handlers of it at the same time: an
/// io_context that one thread runs, or a strand.
///
/// Instants count from the origin of std::chrono::steady_clock. Connections are made with TCP_NODELAY and
/// keepalive on. TLS is 1.2 or newer; the files of a TlsOptions are read once and again when they change.
///
/// Errors, besides those of the operating system: connect() fails with asio::error::timed_out at its
/// deadline, with asio::error::invalid_argument when the address is no IP literal and no path, and with a
/// code of asio::error::get_ssl_category() when a TLS file cannot be used or the peer is refused.
///
/// Its destruction drops the resolves and connects under way: their handlers are destroyed without being
/// called. Streams and timers may outlive it; none of them may outlive the execution context.
///
/// block_on() throws std::logic_error on a thread that is running the executor (an io_context, a
/// thread_pool, or a strand of either), and std::runtime_error when the completion was destroyed without
/// having been called, as happens when the execution context is torn down.
std::shared_ptr<Environment> system_environment(asio::any_io_executor executor);

/// The same with an io_context of its own: what the blocking face uses when it is given no environment.
/// A thread of its own serves connections and timers; while a thread waits in block_on(), that thread
/// does the work itself, so that a call costs no switch between threads.
///
/// The destructor ends the thread. It may run on any thread, the environment's own included (the last
/// owner may be a handler). Streams and timers must be gone before the last owner of the environment.
std::shared_ptr<Environment> make_system_environment();

}  // namespace keyslot
