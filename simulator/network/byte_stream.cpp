#include "simulator/network/byte_stream.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace keyslot::sim {

SimByteStream::SimByteStream(Kernel& kernel, ActorId actor, StreamEnd end)
    : kernel_(kernel), actor_(actor), end_(std::move(end)) {
    end_.receive_with(*this);
}

void SimByteStream::read_some(asio::mutable_buffer into, IoHandler handler) {
    assert(!read_handler_);
    read_into_ = into;
    read_handler_ = std::move(handler);
    bool const answered = inbox_read_ < inbox_.size() || ended_ || !end_ || into.size() == 0;
    if (answered) {
        read_event_ =
            kernel_.schedule(kernel_.now(), {.kind = EventKind::readable, .actor = actor_},
                             [this] { finish_read(); });
    }
}

std::size_t SimByteStream::take_from_inbox() {
    std::size_t const size = std::min(inbox_.size() - inbox_read_, read_into_.size());
    if (size > 0) {
        std::memcpy(read_into_.data(), inbox_.data() + inbox_read_, size);
    }
    inbox_read_ += size;
    if (inbox_read_ == inbox_.size()) {
        inbox_.clear();
        inbox_read_ = 0;
    }
    return size;
}

void SimByteStream::finish_read() {
    read_event_ = {};
    std::size_t const size = take_from_inbox();
    end_.consumed(size);
    error_code ec;
    if (size == 0 && read_into_.size() != 0) {
        ec = ended_ ? ended_ : error_code(asio::error::bad_descriptor);
    }
    IoHandler handler = std::move(read_handler_);
    handler(ec, size);
}

std::size_t SimByteStream::on_bytes(std::string_view bytes) {
    if (!read_handler_ || read_event_) {
        inbox_ += bytes;
        return 0;
    }
    // The usual case: somebody waits for just this.
    std::size_t const size = std::min(bytes.size(), read_into_.size());
    std::memcpy(read_into_.data(), bytes.data(), size);
    inbox_ += bytes.substr(size);
    IoHandler handler = std::move(read_handler_);
    handler({}, size);  // may destroy *this
    return size;
}

void SimByteStream::on_end(error_code reason) {
    ended_ = reason;
    if (reason == asio::error::connection_reset) {
        // As TCP does it: what had arrived and was not read is gone.
        inbox_.clear();
        inbox_read_ = 0;
        if (write_handler_ && !write_event_) {
            write_event_ =
                kernel_.schedule(kernel_.now(), {.kind = EventKind::written, .actor = actor_},
                                 [this] { finish_write(); });
        }
    }
    if (read_handler_ && !read_event_) {
        IoHandler handler = std::move(read_handler_);
        handler(ended_, 0);
    }
}

void SimByteStream::write(asio::const_buffer from, IoHandler handler) {
    assert(!write_handler_);
    end_.send({static_cast<char const*>(from.data()), from.size()});
    written_ = from.size();
    write_handler_ = std::move(handler);
    if (end_.is_full()) {
        end_.ask_for_room();
        return;
    }
    write_event_ = kernel_.schedule(kernel_.now(), {.kind = EventKind::written, .actor = actor_},
                                    [this] { finish_write(); });
}

void SimByteStream::on_room() {
    if (write_handler_ && !write_event_) {
        finish_write();
    }
}

void SimByteStream::finish_write() {
    write_event_ = {};
    error_code ec;
    if (!end_) {
        ec = asio::error::bad_descriptor;
    } else if (ended_ == asio::error::connection_reset) {
        ec = ended_;
    }
    IoHandler handler = std::move(write_handler_);
    handler(ec, ec ? 0 : written_);
}

void SimByteStream::close() {
    kernel_.cancel(std::exchange(read_event_, {}));
    kernel_.cancel(std::exchange(write_event_, {}));
    end_.close();
    IoHandler const read = std::move(read_handler_);
    IoHandler const write = std::move(write_handler_);
}

std::string_view SimByteStream::waiting_for() const {
    if (read_handler_ && !read_event_) {
        return "reads from";
    }
    return write_handler_ && !write_event_ ? "has no room to write to" : "";
}

}  // namespace keyslot::sim
