#include "client/routing/replication_watch.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace keyslot::routing {

namespace {

std::string_view field_of(std::string_view info, std::string_view name) {
    for (std::size_t begin = 0; begin < info.size();) {
        std::size_t const end = std::min(info.find('\n', begin), info.size());
        std::string_view line = info.substr(begin, end - begin);
        begin = end + 1;
        if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
            line.remove_prefix(name.size() + 1);
            return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
        }
    }
    return {};
}

}  // namespace

std::optional<ReplicationPosition> parse_replication_info(std::string_view info) {
    std::string_view const role = field_of(info, "role");
    bool const is_primary = role == "master";
    if (!is_primary && (role != "slave" || field_of(info, "master_link_status") != "up")) {
        return std::nullopt;
    }
    std::string_view const digits =
        field_of(info, is_primary ? "master_repl_offset" : "slave_repl_offset");
    std::string_view const history = field_of(info, "master_replid");
    ReplicationPosition position{
        .is_primary = is_primary, .offset = 0, .history = std::string(history)};
    char const* const end = digits.data() + digits.size();
    if (digits.empty() || history.empty() ||
        std::from_chars(digits.data(), end, position.offset).ptr != end) {
        return std::nullopt;
    }
    return position;
}

void ReplicationWatch::told(topology::HostPort const& node,
                            std::optional<ReplicationPosition> position, Instant asked_at) {
    if (position) {
        seen_[node] = {std::move(*position), asked_at};
    } else {
        seen_.erase(node);
    }
}

ReplicationWatch::Seen const* ReplicationWatch::seen(topology::HostPort const& node) const {
    auto const found = seen_.find(node);
    return found == seen_.end() ? nullptr : &found->second;
}

std::optional<std::uint64_t> ReplicationWatch::lag(topology::HostPort const& primary,
                                                   topology::HostPort const& replica) const {
    Seen const* const ahead = seen(primary);
    Seen const* const behind = seen(replica);
    if (ahead == nullptr || behind == nullptr || !ahead->position.is_primary ||
        ahead->position.history != behind->position.history) {
        return std::nullopt;
    }
    std::uint64_t const offset = std::min(ahead->position.offset, behind->position.offset);
    return ahead->position.offset - offset;
}

void ReplicationWatch::keep_only(topology::SlotMap const& map) {
    std::erase_if(seen_, [&map](auto const& entry) { return !map.lists(entry.first); });
}

bool SessionMarks::may_read(std::uint16_t slot, topology::HostPort const& primary,
                            topology::HostPort const& replica, ReplicationWatch const& watch) {
    auto found = marks_.find(slot);
    if (found == marks_.end()) {
        if (!everywhere_) {
            return true;
        }
        found = marks_.emplace(slot, Mark{.written_at = *everywhere_}).first;
    }
    Mark& mark = found->second;
    ReplicationWatch::Seen const* const source = watch.seen(primary);
    // The slot may have another primary than at the time of the write: then that one's data count.
    bool const is_noted = mark.primary == primary && source != nullptr &&
                          source->position.history == mark.position.history;
    if (!is_noted) {
        if (source == nullptr || !source->position.is_primary ||
            source->asked_at < mark.written_at) {
            return false;
        }
        mark.primary = primary;
        mark.position = source->position;
    }
    ReplicationWatch::Seen const* const reader = watch.seen(replica);
    return reader != nullptr && reader->position.history == mark.position.history &&
           reader->position.offset >= mark.position.offset;
}

}  // namespace keyslot::routing
