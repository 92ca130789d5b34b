#include <keyslot/commands/monitoring.hpp>

#include "client/commands/decode_struct.hpp"

namespace keyslot {

void MemoryUsageOptions::append_to(detail::ArgumentList& words) const {
    words.add_option("SAMPLES", samples);
}

namespace detail {

template <>
Result<SlowlogEntry> Decoder<SlowlogEntry>::decode(ReplyView reply) {
    return StructDecoder<SlowlogEntry>(reply)
        .at(0, &SlowlogEntry::id)
        .at(1, &SlowlogEntry::start_time)
        .at(2, &SlowlogEntry::duration)
        .at(3, &SlowlogEntry::command)
        .at(4, &SlowlogEntry::client_address)
        .at(5, &SlowlogEntry::client_name)
        .result();
}

template <>
Result<LatencyEvent> Decoder<LatencyEvent>::decode(ReplyView reply) {
    return StructDecoder<LatencyEvent>(reply)
        .at(0, &LatencyEvent::event)
        .at(1, &LatencyEvent::time)
        .at(2, &LatencyEvent::latest)
        .at(3, &LatencyEvent::all_time_max)
        .result();
}

template <>
Result<LatencyHistogram> Decoder<LatencyHistogram>::decode(ReplyView reply) {
    return StructDecoder<LatencyHistogram>(reply)
        .named("calls", &LatencyHistogram::calls)
        .named("histogram_usec", &LatencyHistogram::buckets)
        .result();
}

}  // namespace detail

}  // namespace keyslot
