#pragma once

#include "simulator/kernel/kernel.hpp"
#include "simulator/network/connection.hpp"

#include <keyslot/environment.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace keyslot::sim {

/// The seam's ByteStream on one end of a simulated connection.
class SimByteStream final : public ByteStream, private StreamReceiver {
public:
    SimByteStream(Kernel& kernel, ActorId actor, StreamEnd end);
    ~SimByteStream() override { close(); }

    void read_some(asio::mutable_buffer into, IoHandler handler) override;
    void write(asio::const_buffer from, IoHandler handler) override;
    void close() override;

private:
    std::size_t on_bytes(std::string_view bytes) override;
    void on_end(error_code reason) override;
    void on_room() override;
    std::string_view waiting_for() const override;

    std::size_t take_from_inbox();
    void finish_read();
    void finish_write();

    Kernel& kernel_;
    ActorId actor_;
    StreamEnd end_;
    error_code ended_;  // by the peer

    std::string inbox_;  // arrived, and not yet read
    std::size_t inbox_read_ = 0;
    asio::mutable_buffer read_into_;
    IoHandler read_handler_;
    EventId read_event_;  // the read is to be answered from the inbox

    std::size_t written_ = 0;
    IoHandler write_handler_;
    EventId write_event_;
};

}  // namespace keyslot::sim
