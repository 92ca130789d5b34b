#include "simulator/runner/stream_tape.hpp"

#include "client/protocol/resp_parser.hpp"

#include <keyslot/reply.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace keyslot::sim {
namespace {

using What = MessageEvent::What;
using Kind = Subscription::Kind;

struct FrameName {
    std::string_view name;
    What what;
    Kind kind;
};
constexpr std::array<FrameName, 9> frames{{
    {"message", What::message, Kind::channel},
    {"pmessage", What::message, Kind::pattern},
    {"smessage", What::message, Kind::shard_channel},
    {"subscribe", What::acknowledged, Kind::channel},
    {"psubscribe", What::acknowledged, Kind::pattern},
    {"ssubscribe", What::acknowledged, Kind::shard_channel},
    {"unsubscribe", What::dropped, Kind::channel},
    {"punsubscribe", What::dropped, Kind::pattern},
    {"sunsubscribe", What::dropped, Kind::shard_channel},
}};

/// What a frame says of a subscription; nullopt: it is another reply (facts 7.5).
std::optional<MessageEvent> event_of(ReplyView reply) {
    if (!reply.is_aggregate() || reply.size() < 3) {
        return std::nullopt;
    }
    auto const found = std::find_if(frames.begin(), frames.end(), [&](FrameName const& frame) {
        return frame.name == reply[0].text();
    });
    if (found == frames.end()) {
        return std::nullopt;
    }
    MessageEvent event{.what = found->what,
                       .subscription = {found->kind, std::string(reply[1].text())}};
    if (event.what == What::message) {
        std::size_t const channel = found->kind == Kind::pattern ? 2 : 1;
        if (reply.size() != channel + 2) {
            return std::nullopt;
        }
        event.channel = reply[channel].text();
        event.payload = reply[channel + 1].text();
    }
    return event;
}

class TapedStream final : public ByteStream {
public:
    TapedStream(std::unique_ptr<ByteStream> stream, Environment& environment, SubscriberLog& log,
                std::uint64_t number)
        : stream_(std::move(stream)), environment_(environment), log_(log), number_(number) {
        log_.connections.push_back({.last_read = environment.now()});
    }
    ~TapedStream() override { end(); }  // perhaps after the world: asks for no time

    void read_some(asio::mutable_buffer into, IoHandler handler) override {
        stream_->read_some(into, [this, into, handler = std::move(handler)](
                                     error_code error, std::size_t size) mutable {
            note_silence();
            if (error) {
                end();
            } else {
                hear({static_cast<char const*>(into.data()), size});
            }
            handler(error, size);
        });
    }
    void write(asio::const_buffer from, IoHandler handler) override {
        stream_->write(from, std::move(handler));
    }
    void close() override {
        note_silence();
        end();
        stream_->close();
    }

private:
    void hear(std::string_view bytes) {
        pending_ += bytes;
        while (!ended_ && !pending_.empty()) {
            switch (parser_.parse(pending_)) {
                case protocol::ParseStatus::need_more: return;
                case protocol::ParseStatus::error: return end();
                case protocol::ParseStatus::complete: break;
            }
            if (auto event = event_of(parser_.reply())) {
                note(std::move(*event));
            }
            pending_.erase(0, parser_.consumed());
        }
    }

    void note_silence() {
        SubscriberConnection& state = log_.connections[number_ - 1];
        Duration const silence =
            environment_.now() - std::exchange(state.last_read, environment_.now());
        if (state.holds && state.is_open) {
            state.longest_silence = std::max(state.longest_silence, silence);
        }
    }

    void end() {
        if (!std::exchange(ended_, true)) {
            log_.connections[number_ - 1].is_open = false;
            note({.what = What::ended});
        }
    }

    void note(MessageEvent event) {
        SubscriberConnection& state = log_.connections[number_ - 1];
        state.holds = state.holds || event.what == What::acknowledged;
        event.at = state.last_read;
        event.connection = number_;
        log_.events.push_back(std::move(event));
    }

    std::unique_ptr<ByteStream> stream_;
    Environment& environment_;
    SubscriberLog& log_;
    std::uint64_t number_;
    protocol::RespParser parser_;
    std::string pending_;
    bool ended_ = false;
};

}  // namespace

void TapedEnvironment::connect(Endpoint const& to, ConnectOptions options, ConnectHandler handler) {
    environment_.connect(to, std::move(options),
                         [this, handler = std::move(handler)](
                             error_code error, std::unique_ptr<ByteStream> stream) mutable {
                             if (stream) {
                                 stream = std::make_unique<TapedStream>(
                                     std::move(stream), environment_, log_, ++connections_);
                             }
                             handler(error, std::move(stream));
                         });
}

}  // namespace keyslot::sim
