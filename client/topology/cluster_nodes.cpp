#include "client/topology/cluster_nodes.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace keyslot::topology {
namespace {

std::string_view take_until(std::string_view& text, char separator) {
    std::size_t const end = std::min(text.find(separator), text.size());
    std::string_view const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

template <class Number>
bool read_number(std::string_view digits, Number& number) {
    auto const [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return failure == std::errc{} && end == digits.data() + digits.size() && !digits.empty();
}

// <host>:<port>@<bus port>[,<hostname>]; before 4.0 without a bus port. The host may be IPv6.
bool read_address(std::string_view text, NodeLine& line) {
    std::string_view const address = take_until(text, ',');
    line.hostname = take_until(text, ',');  // 7.2 has more behind it
    std::string_view const before_bus = address.substr(0, address.find('@'));
    std::size_t const colon = before_bus.rfind(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    line.host = before_bus.substr(0, colon);
    return read_number(before_bus.substr(colon + 1), line.port);
}

void read_flags(std::string_view flags, NodeLine& line) {
    while (!flags.empty()) {
        std::string_view const flag = take_until(flags, ',');
        line.myself |= flag == "myself";
        line.primary |= flag == "master";
        line.suspected |= flag == "fail?";
        line.failed |= flag == "fail";
        line.handshake |= flag == "handshake";
    }
}

// [<slot>->-<id>] is on its way to that node, [<slot>-<-<id>] comes from it.
bool read_mark(std::string_view text, NodeLine& line) {
    if (text.size() < 2 || text.back() != ']') {
        return false;
    }
    text = text.substr(1, text.size() - 2);
    SlotMark mark;
    std::string_view const slot = take_until(text, '-');
    if (!read_number(slot, mark.slot) || mark.slot >= slot_count || text.size() < 2) {
        return false;
    }
    mark.importing = text.starts_with("<-");
    mark.other_node = text.substr(2);
    line.marks.push_back(mark);
    return true;
}

bool read_slots(std::string_view text, NodeLine& line) {
    if (text.starts_with('[')) {
        return read_mark(text, line);
    }
    std::string_view const first = take_until(text, '-');
    SlotRange range;
    if (!read_number(first, range.first) || (!text.empty() && !read_number(text, range.last))) {
        return false;
    }
    if (text.empty()) {
        range.last = range.first;
    }
    line.slots.push_back(range);
    return range.first <= range.last && range.last < slot_count;
}

// The name of what is wrong; nullptr: nothing is.
char const* read_line(std::string_view text, NodeLine& line) {
    line.id = take_until(text, ' ');
    if (line.id.empty() || !read_address(take_until(text, ' '), line)) {
        return "no node id and address";
    }
    read_flags(take_until(text, ' '), line);
    std::string_view const primary_id = take_until(text, ' ');
    if (primary_id != "-") {
        line.primary_id = primary_id;
    }
    take_until(text, ' ');  // ping sent
    take_until(text, ' ');  // pong received
    if (!read_number(take_until(text, ' '), line.epoch)) {
        return "no config epoch";
    }
    line.connected = take_until(text, ' ') == "connected";
    while (!text.empty()) {
        if (std::string_view const slots = take_until(text, ' ');
            !slots.empty() && !read_slots(slots, line)) {
            return "slots that are none";
        }
    }
    return nullptr;
}

bool is_cut_off(std::span<NodeLine const> lines) {
    std::size_t voters = 0;
    std::size_t reached = 0;
    for (NodeLine const& line : lines) {
        if (line.primary && !line.slots.empty()) {
            ++voters;
            reached += !line.suspected && !line.failed ? 1u : 0u;
        }
    }
    return reached < voters / 2 + 1 && voters > 0;
}

std::optional<Node> node_of(NodeLine const& line, Asked const& asked) {
    auto address = dialable(line.host, line.port, asked);
    if (!address || line.handshake) {
        return std::nullopt;
    }
    Node node{.id = std::string(line.id),
              .address = std::move(*address),
              .role = line.primary ? Role::primary : Role::replica,
              .health = line.failed ? Health::fail : Health::online};
    add_alias(node, line.hostname, line.port, asked);
    return node;
}

}  // namespace

std::optional<std::vector<NodeLine>> parse_node_lines(std::string_view text, std::string& problem) {
    std::vector<NodeLine> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line_text = take_until(text, '\n');
        if (line_text.ends_with('\r')) {
            line_text.remove_suffix(1);
        }
        if (line_text.empty()) {
            continue;
        }
        if (char const* const wrong = read_line(line_text, lines.emplace_back())) {
            problem = "CLUSTER NODES: line " + std::to_string(number) + " has ";
            problem += wrong;
            return std::nullopt;
        }
    }
    return lines;
}

ClusterView view_of(std::span<NodeLine const> lines, Asked const& asked) {
    ClusterView view;
    std::vector<std::pair<std::string_view, std::size_t>> shards;  // by the primary's id
    for (NodeLine const& line : lines) {
        auto node = line.primary ? node_of(line, asked) : std::nullopt;
        if (node) {
            shards.emplace_back(line.id, view.shards.size());
            view.shards.push_back({.primary = std::move(*node), .slots = line.slots});
        }
    }
    std::sort(shards.begin(), shards.end());
    for (NodeLine const& line : lines) {
        auto const of = std::lower_bound(shards.begin(), shards.end(),
                                         std::pair(line.primary_id, std::size_t{0}));
        if (line.primary || of == shards.end() || of->first != line.primary_id) {
            continue;
        }
        if (auto node = node_of(line, asked)) {
            view.shards[of->second].replicas.push_back(std::move(*node));
        }
    }
    settle_claims(view);
    learn_epochs(view, lines);
    return view;
}

void learn_epochs(ClusterView& view, std::span<NodeLine const> lines) {
    std::vector<std::pair<std::string_view, std::uint64_t>> epochs;
    epochs.reserve(lines.size());
    for (NodeLine const& line : lines) {
        if (line.primary) {
            epochs.emplace_back(line.id, line.epoch);
        }
        if (line.myself) {
            view.answered_by = line.id;
        }
    }
    std::sort(epochs.begin(), epochs.end());
    for (Shard& shard : view.shards) {
        auto const found =
            std::lower_bound(epochs.begin(), epochs.end(),
                             std::pair(std::string_view(shard.primary.id), std::uint64_t{0}));
        if (found != epochs.end() && found->first == shard.primary.id) {
            shard.epoch = found->second;
        }
    }
    view.has_epochs = !lines.empty();
    view.from_minority = is_cut_off(lines);
}

}  // namespace keyslot::topology
