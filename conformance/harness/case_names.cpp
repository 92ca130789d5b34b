// How the words of a case are written.
#include "conformance/harness/case.hpp"

namespace keyslot::conformance {

std::string_view to_string(Level level) {
    switch (level) {
        case Level::must: return "must";
        case Level::should: return "should";
        case Level::informational: return "informational";
    }
    return "?";
}

std::string_view to_string(Operation operation) {
    switch (operation) {
        case Operation::call: return "call";
        case Operation::pipeline: return "pipeline";
        case Operation::transaction: return "transaction";
        case Operation::watch: return "watch";
        case Operation::run_script: return "run_script";
        case Operation::subscribe: return "subscribe";
        case Operation::unsubscribe: return "unsubscribe";
        case Operation::close: return "close";
    }
    return "?";
}

std::string_view to_string(Ports ports) {
    switch (ports) {
        case Ports::plain: return "plain";
        case Ports::tls: return "tls";
        case Ports::tls_of_unknown_authority: return "tls_of_unknown_authority";
        case Ports::tls_for_other_names: return "tls_for_other_names";
    }
    return "?";
}

std::string_view to_string(ChannelKind kind) {
    switch (kind) {
        case ChannelKind::channel: return "channel";
        case ChannelKind::pattern: return "pattern";
        case ChannelKind::shard: return "shard";
    }
    return "?";
}

std::string to_string(Bounds bounds) {
    if (bounds.least == bounds.most) {
        return std::to_string(bounds.least);
    }
    if (bounds.most == Bounds{}.most) {
        return "at least " + std::to_string(bounds.least);
    }
    return (bounds.least == 0 ? "at most " : std::to_string(bounds.least) + " to ") +
           std::to_string(bounds.most);
}

}  // namespace keyslot::conformance
