#pragma once

#include "client/io/deferral.hpp"
#include "client/io/operation_memory.hpp"

#include <keyslot/environment.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cassert>
#include <utility>

namespace keyslot::io {

/// One type for TCP and unix sockets.
template <class Executor>
using StreamSocket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;

/// Ends the stream so that the peer reads all that was written and then end of file: a bare close()
/// with unread input would send a reset first.
template <class Executor>
void end_orderly(StreamSocket<Executor>& socket) {
    error_code ignored;
    socket.shutdown(asio::socket_base::shutdown_send, ignored);
    socket.close(ignored);
}

/// A plain socket as a ByteStream. The handlers wait here and not in Asio's queues, so that close() can
/// destroy them at once; Asio is given a pointer that keeps the state alive until it has let go of it.
template <class Executor>
class SocketStream final : public ByteStream {
public:
    /// `deferral`: null, or outlives the stream.
    SocketStream(StreamSocket<Executor> socket, Deferral* deferral)
        : state_(new State(std::move(socket))), deferral_(deferral) {
        error_code ignored;
        state_->socket.non_blocking(true, ignored);
    }
    ~SocketStream() override { state_->close(); }

    void read_some(asio::mutable_buffer into, IoHandler handler) override {
        assert(!state_->read_handler);
        if (!state_->socket.is_open()) {
            return;  // closed: the handler is destroyed without being called
        }
        state_->read_handler = std::move(handler);
        state_->socket.async_read_some(into, ReadDone{state_});
    }

    void write(asio::const_buffer from, IoHandler handler) override {
        assert(!state_->write_handler);
        if (!state_->socket.is_open()) {
            return;
        }
        state_->write_handler = std::move(handler);
        state_->unwritten = from;
        state_->write_size = from.size();
        if (deferral_ == nullptr || !deferral_->active() || !write_now()) {
            state_->socket.async_write_some(state_->unwritten, WriteDone{state_});
        }
    }

    void close() override { state_->close(); }

private:
    /// The usual case: the socket takes everything at once. False: there is something left to do.
    bool write_now() {
        error_code ec;
        std::size_t const size = state_->socket.send(state_->unwritten, 0, ec);
        if (ec || size != state_->unwritten.size()) {
            state_->unwritten += size;
            return false;  // an error shows again
        }
        deferral_->defer([done = WriteDone{state_}, size]() mutable { done({}, size); });
        return true;
    }

    // Used on the executor only, hence no atomic counter.
    struct State : boost::intrusive_ref_counter<State, boost::thread_unsafe_counter> {
        explicit State(StreamSocket<Executor> connected) : socket(std::move(connected)) {}

        void close() {
            if (socket.is_open()) {
                end_orderly(socket);
            }
            // A destructor of theirs may come back here: take them out first.
            IoHandler const read = std::move(read_handler);
            IoHandler const write = std::move(write_handler);
        }

        StreamSocket<Executor> socket;
        IoHandler read_handler;
        IoHandler write_handler;
        asio::const_buffer unwritten;
        std::size_t write_size = 0;
        OperationMemory read_memory;
        OperationMemory write_memory;
    };

    struct ReadDone {
        using allocator_type = OperationAllocator<void>;
        allocator_type get_allocator() const noexcept { return allocator_type{state->read_memory}; }
        void operator()(error_code ec, std::size_t size) {
            if (state->read_handler) {
                std::exchange(state->read_handler, nullptr)(ec, size);
            }
        }
        boost::intrusive_ptr<State> state;
    };

    struct WriteDone {
        using allocator_type = OperationAllocator<void>;
        allocator_type get_allocator() const noexcept {
            return allocator_type{state->write_memory};
        }
        void operator()(error_code ec, std::size_t size) {
            if (!state->write_handler) {
                return;
            }
            state->unwritten += size;
            if (!ec && state->unwritten.size() != 0) {
                State& in = *state;
                in.socket.async_write_some(in.unwritten, std::move(*this));
                return;
            }
            std::size_t const written = state->write_size - state->unwritten.size();
            std::exchange(state->write_handler, nullptr)(ec, written);
        }
        boost::intrusive_ptr<State> state;
    };

    boost::intrusive_ptr<State> state_;
    Deferral* deferral_;
};

}  // namespace keyslot::io
