#include "conformance/tests/naive/line.hpp"

#include "client/protocol/resp_writer.hpp"

#include <utility>

namespace keyslot::conformance::naive {

Line::Line(std::unique_ptr<ByteStream> stream, Bell& bell, Hear hear)
    : stream_(std::move(stream)), bell_(bell), hear_(std::move(hear)) {}

std::shared_ptr<Batch> Line::send(std::vector<Words> const& commands) {
    auto batch = std::make_shared<Batch>(Batch{.expected = commands.size()});
    if (!open_) {
        batch->lost = true;
        return batch;
    }
    for (Words const& words : commands) {
        std::vector<std::string_view> const arguments(words.begin(), words.end());
        protocol::write_command(unsent_, arguments);
    }
    if (batch->expected != 0) {
        due_.push_back(batch);
    }
    write();
    for (Reply& stray : std::exchange(strays_, {})) {
        deliver(std::move(stray));
    }
    return batch;
}

void Line::write() {
    if (writing_ || unsent_.empty() || !open_) {
        return;
    }
    writing_ = true;
    sending_ = std::exchange(unsent_, {});
    stream_->write(asio::buffer(sending_), [self = shared_from_this()](error_code, std::size_t) {
        self->writing_ = false;
        self->write();
    });
}

void Line::read() {
    stream_->read_some(asio::buffer(piece_),
                       [self = shared_from_this()](error_code ec, std::size_t size) {
                           if (ec) {
                               self->close();
                               return;
                           }
                           self->received_.append(self->piece_.data(), size);
                           self->take();
                           if (self->open_) {
                               self->read();
                           }
                       });
}

void Line::take() {
    for (;;) {
        protocol::ParseStatus const status = parser_.parse(received_);
        if (status == protocol::ParseStatus::error) {
            close();
        }
        if (status != protocol::ParseStatus::complete) {
            return;
        }
        Reply reply(parser_.reply());
        received_.erase(0, parser_.consumed());
        deliver(std::move(reply));
    }
}

void Line::deliver(Reply reply) {
    bool const is_push = reply.type() == ReplyType::push && !takes_pushes_for_replies;
    if (!is_push && due_.empty() && keeps_strays) {
        strays_.push_back(std::move(reply));
    } else if (is_push || subscribed || due_.empty()) {
        if (hear_) {
            hear_(reply);
        }
        if (!is_push && !subscribed) {
            close();  // an answer to nothing: who knows what the next one would be
        }
    } else {
        due_.front()->replies.push_back(std::move(reply));
        if (due_.front()->is_complete()) {
            due_.pop_front();
        }
    }
    bell_.ring();
}

void Line::close() {
    if (!std::exchange(open_, false)) {
        return;
    }
    if (takes_broken_answers && !due_.empty() && !received_.empty()) {
        due_.front()->replies.push_back(
            Reply::bulk_string(std::string_view(received_).substr(received_.find('\n') + 1)));
    }
    for (auto const& batch : std::exchange(due_, {})) {
        batch->lost = !batch->is_complete();
    }
    stream_->close();
    bell_.ring();
}

}  // namespace keyslot::conformance::naive
