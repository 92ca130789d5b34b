#pragma once

#include "client/io/operation_memory.hpp"
#include "client/io/socket_stream.hpp"
#include "client/io/tls_session.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <vector>

namespace keyslot::io {

/// A socket and a TLS session as a ByteStream: the session decides, the socket carries ciphertext.
template <class Executor>
class TlsStream final : public ByteStream {
public:
    using HandshakeHandler = UniqueFunction<void(error_code)>;

    TlsStream(StreamSocket<Executor> socket, std::unique_ptr<TlsSession> session)
        : state_(new State(std::move(socket), std::move(session))) {}
    ~TlsStream() override { state_->close(); }

    /// Comes before all else.
    void handshake(HandshakeHandler handler) {
        state_->handshake_handler = std::move(handler);
        state_->initiate();
    }

    void read_some(asio::mutable_buffer into, IoHandler handler) override {
        assert(!state_->read.handler);
        if (state_->socket.is_open()) {
            state_->read = {std::move(handler)};
            state_->into = into;
            state_->initiate();
        }
    }

    void write(asio::const_buffer from, IoHandler handler) override {
        assert(!state_->write.handler);
        if (state_->socket.is_open()) {
            state_->write = {std::move(handler)};
            state_->unwritten = from;
            state_->initiate();
        }
    }

    void close() override { state_->close(); }

private:
    struct Pending {
        IoHandler handler;
        bool ready = false;
        error_code ec{};
        std::size_t size = 0;

        bool wants() const { return handler && !ready; }
        void finish(error_code with) { ready = true, ec = with; }
        void deliver() {
            if (handler && std::exchange(ready, false)) {
                std::exchange(handler, nullptr)(ec, size);
            }
        }
    };

    struct State;
    struct Received;
    struct Sent;
    using StatePointer = boost::intrusive_ptr<State>;

    StatePointer state_;
};

template <class Executor>
struct TlsStream<Executor>::Received {
    using allocator_type = OperationAllocator<void>;
    allocator_type get_allocator() const noexcept { return allocator_type{state->read_memory}; }
    void operator()(error_code ec, std::size_t size) {
        State& in = *state;
        in.receiving = false;
        in.input_error = ec;
        in.session->put_input({in.input.data(), size});
        in.advance();
        in.deliver();
    }
    StatePointer state;
};

template <class Executor>
struct TlsStream<Executor>::Sent {
    using allocator_type = OperationAllocator<void>;
    allocator_type get_allocator() const noexcept { return allocator_type{state->write_memory}; }
    void operator()(error_code ec, std::size_t size) {
        State& in = *state;
        in.sent += size;
        in.sending = false;
        in.output_error = ec;
        in.advance();
        in.deliver();
    }
    StatePointer state;
};

template <class Executor>
struct TlsStream<Executor>::State
    : boost::intrusive_ref_counter<State, boost::thread_unsafe_counter> {
    State(StreamSocket<Executor> connected, std::unique_ptr<TlsSession> fresh)
        : socket(std::move(connected)), session(std::move(fresh)) {}

    /// A caller asks for something; what can be had at once is delivered in a handler of its own.
    void initiate() {
        advance();
        bool const ready = handshake_ready || read.ready || write.ready;
        if (ready && !std::exchange(delivery_posted, true)) {
            asio::post(socket.get_executor(), [self = StatePointer(this)] {
                self->delivery_posted = false;
                self->deliver();
            });
        }
    }

    /// Takes every step that is possible now. Calls nobody.
    void advance() {
        if (!socket.is_open()) {
            return;
        }
        bool hungry = advance_handshake();
        advance_write();
        hungry = advance_read() || hungry;
        send_output();
        if (hungry && !receiving && !input_error) {
            receiving = true;
            socket.async_read_some(asio::buffer(input), Received{StatePointer(this)});
        }
    }

    bool advance_handshake() {
        if (!handshake_handler || handshake_ready) {
            return false;
        }
        auto const progress = session->handshake(handshake_error);
        if (progress == TlsSession::Progress::wants_input) {
            if (!input_error && !output_error) {
                return true;
            }
            handshake_error = input_error ? input_error : output_error;
        }
        handshake_ready = true;
        return false;
    }

    bool advance_read() {
        if (!read.wants()) {
            return false;
        }
        error_code ec;
        auto const progress = session->read(into, read.size, ec);
        if (progress == TlsSession::Progress::wants_input) {
            if (!input_error) {
                return true;
            }
            ec = input_error;  // the peer may be gone without a closing alert: RESP frames itself
        }
        read.finish(ec);
        return false;
    }

    /// Encrypts in slices, so that a large value is not held twice.
    void advance_write() {
        if (!write.wants()) {
            return;
        }
        if (output_error) {
            write.finish(output_error);
        } else if (!sending && sent == output.size() && !session->has_output()) {
            if (unwritten.size() == 0) {
                write.finish({});
                return;
            }
            std::size_t const slice = std::min(unwritten.size(), slice_max);
            error_code ec;
            if (session->write(asio::buffer(unwritten, slice), ec) ==
                TlsSession::Progress::failed) {
                write.finish(ec);
                return;
            }
            unwritten += slice;
            write.size += slice;
        }
    }

    void send_output() {
        if (sending || output_error) {
            return;
        }
        if (sent == output.size()) {
            output.clear();
            sent = 0;
            session->take_output(output);
        }
        if (sent != output.size()) {
            sending = true;
            socket.async_write_some(asio::buffer(output) + sent, Sent{StatePointer(this)});
        }
    }

    void deliver() {
        StatePointer const alive(this);
        if (handshake_handler && std::exchange(handshake_ready, false)) {
            std::exchange(handshake_handler, nullptr)(handshake_error);
        }
        read.deliver();
        write.deliver();
    }

    void close() {
        if (socket.is_open()) {
            send_closing_alert();
            end_orderly(socket);
        }
        HandshakeHandler const dropped = std::move(handshake_handler);
        IoHandler const dropped_read = std::move(read.handler);
        IoHandler const dropped_write = std::move(write.handler);
    }

    /// As far as the socket takes it at once; in the middle of a record it would only do harm.
    void send_closing_alert() {
        if (sending || sent != output.size()) {
            return;
        }
        session->shutdown();
        output.clear();
        session->take_output(output);
        error_code ignored;
        socket.non_blocking(true, ignored);
        socket.send(asio::buffer(output), 0, ignored);
    }

    static constexpr std::size_t slice_max = 64 * 1024;

    StreamSocket<Executor> socket;
    std::unique_ptr<TlsSession> session;
    HandshakeHandler handshake_handler;
    bool handshake_ready = false;
    error_code handshake_error;
    Pending read;
    Pending write;
    asio::mutable_buffer into;
    asio::const_buffer unwritten;
    bool receiving = false;
    bool sending = false;
    bool delivery_posted = false;
    error_code input_error;
    error_code output_error;
    std::array<char, 32 * 1024> input;
    std::vector<char> output;
    std::size_t sent = 0;  // of output
    OperationMemory read_memory;
    OperationMemory write_memory;
};

}  // namespace keyslot::io
