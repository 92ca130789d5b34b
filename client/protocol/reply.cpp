#include <keyslot/reply.hpp>

#include "client/protocol/numbers.hpp"

#include <algorithm>
#include <cassert>

namespace keyslot {
namespace {

// "txt:" stands before the text of a verbatim string.
constexpr std::int64_t verbatim_prefix = 4;

bool has_text(ReplyNode const& node) {
    return node.length != 0 || node.type == ReplyType::verbatim_string;
}

std::int64_t text_start(ReplyNode const& node) {
    return node.type == ReplyType::verbatim_string ? node.value - verbatim_prefix : node.value;
}

std::int64_t text_end(ReplyNode const& node) { return node.value + std::int64_t{node.length}; }

bool is_string(ReplyType type) {
    return type == ReplyType::simple_string || type == ReplyType::bulk_string ||
           type == ReplyType::verbatim_string;
}

// The attribute that ends right before `node`. One that is nested in it ends earlier: something
// that it describes follows it.
ReplyNode const* attribute_before(ReplyNode const* node) {
    ReplyNode const* attribute = node - 1;
    while (attribute->type != ReplyType::attribute ||
           attribute + attribute->descendants + 1 != node) {
        --attribute;
    }
    return attribute;
}

// The first node of what belongs to an element: its attribute, and the attribute's own.
ReplyNode const* first_node(ReplyNode const* node) {
    while (node->has_attribute) {
        node = attribute_before(node);
    }
    return node;
}

bool same_node(ReplyNode const& a, char const* a_text, ReplyNode const& b, char const* b_text) {
    if (a.type != b.type || a.has_attribute != b.has_attribute || a.children != b.children ||
        a.descendants != b.descendants || a.length != b.length) {
        return false;
    }
    if (a.type == ReplyType::integer || a.type == ReplyType::boolean) {
        return a.value == b.value;
    }
    ReplyView const a_view(&a, a_text);
    ReplyView const b_view(&b, b_text);
    return a_view.text() == b_view.text() && a_view.verbatim_format() == b_view.verbatim_format();
}

}  // namespace

std::string_view to_string(ReplyType type) {
    switch (type) {
        case ReplyType::simple_string: return "simple string";
        case ReplyType::error: return "error";
        case ReplyType::integer: return "integer";
        case ReplyType::bulk_string: return "bulk string";
        case ReplyType::array: return "array";
        case ReplyType::null: return "null";
        case ReplyType::boolean: return "boolean";
        case ReplyType::double_number: return "double";
        case ReplyType::big_number: return "big number";
        case ReplyType::bulk_error: return "bulk error";
        case ReplyType::verbatim_string: return "verbatim string";
        case ReplyType::map: return "map";
        case ReplyType::set: return "set";
        case ReplyType::attribute: return "attribute";
        case ReplyType::push: return "push";
    }
    return "unknown";
}

bool ReplyView::is_aggregate() const {
    switch (type()) {
        case ReplyType::array:
        case ReplyType::map:
        case ReplyType::set:
        case ReplyType::attribute:
        case ReplyType::push: return true;
        default: return false;
    }
}

std::string_view ReplyView::verbatim_format() const {
    if (type() != ReplyType::verbatim_string) {
        return {};
    }
    return {text_ + (node_->value - verbatim_prefix), verbatim_prefix - 1};
}

std::optional<std::int64_t> ReplyView::as_integer() const {
    if (type() == ReplyType::integer || type() == ReplyType::boolean) {
        return node_->value;
    }
    if (is_string(type()) || type() == ReplyType::big_number) {
        return protocol::parse_integer(text());
    }
    return std::nullopt;
}

std::optional<double> ReplyView::as_double() const {
    if (type() == ReplyType::integer) {
        return static_cast<double>(node_->value);
    }
    if (is_string(type()) || type() == ReplyType::double_number) {
        return protocol::read_double(text()).value;
    }
    return std::nullopt;
}

std::optional<bool> ReplyView::as_boolean() const {
    bool const is_truth = type() == ReplyType::boolean || type() == ReplyType::integer;
    if (!is_truth || (node_->value != 0 && node_->value != 1)) {
        return std::nullopt;
    }
    return node_->value == 1;
}

// Without elements there may be no node to look at behind this one.
ReplyView::Iterator ReplyView::begin() const {
    return node_->children == 0 ? Iterator{} : Iterator{node_ + 1, text_};
}

ReplyView::Iterator ReplyView::end() const {
    return node_->children == 0 ? Iterator{} : Iterator{node_ + node_->descendants + 1, text_};
}

ReplyView ReplyView::operator[](std::size_t n) const {
    assert(n < size());
    if (node_->descendants == node_->children) {
        return {node_ + 1 + n, text_};
    }
    Iterator element = begin();
    for (; n != 0; --n) {
        ++element;
    }
    return *element;
}

std::optional<ReplyView> ReplyView::find(std::string_view key) const {
    Iterator element = begin();
    for (std::size_t pairs = size() / 2; pairs != 0; --pairs) {
        ReplyView const name = *element++;
        ReplyView const value = *element++;
        if (is_string(name.type()) && name.text() == key) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<ReplyView> ReplyView::attribute() const {
    if (!node_->has_attribute) {
        return std::nullopt;
    }
    return ReplyView(attribute_before(node_), text_);
}

Reply::Reply() = default;

Reply::Reply(ReplyView view) {
    ReplyNode const* first = first_node(view.node());
    ReplyNode const* last = view.node() + view.node()->descendants;
    auto const cut_text = [&](std::int64_t start, std::int64_t end) {
        text_ = std::string(view.text_base() + start, static_cast<std::size_t>(end - start));
    };
    if (first == last) {
        root_ = *first;
        if (has_text(root_)) {
            cut_text(text_start(root_), text_end(root_));
            root_.value -= text_start(root_);
        }
        return;
    }
    nodes_.reserve(static_cast<std::size_t>(last - first) + 2);
    nodes_.assign(first, last + 1);
    nodes_.emplace_back();  // closes the tree
    root_index_ = static_cast<std::uint32_t>(view.node() - first);

    // Texts stand in the order of the nodes, so that one cut holds them all; one copy that takes
    // the headers between them along is faster than one for each.
    auto const first_text = std::find_if(nodes_.begin(), nodes_.end(), has_text);
    if (first_text == nodes_.end()) {
        return;
    }
    auto const last_text = std::find_if(nodes_.rbegin(), nodes_.rend(), has_text);
    // A few bytes before the first text, the headers of the aggregates around it, cost less to copy
    // than all offsets to correct.
    constexpr std::int64_t header_bytes = 64;
    std::int64_t const start = text_start(*first_text);
    std::int64_t const kept_from = start <= header_bytes ? 0 : start;
    cut_text(kept_from, text_end(*last_text));
    if (kept_from == 0) {
        return;
    }
    for (ReplyNode& node : nodes_) {
        node.value -= has_text(node) ? kept_from : 0;
    }
}

Reply Reply::simple_string(std::string_view text) {
    ReplyNode const node{.type = ReplyType::simple_string,
                         .length = static_cast<std::uint32_t>(text.size())};
    return Reply(ReplyView(&node, text.data()));
}

Reply Reply::bulk_string(std::string_view text) {
    ReplyNode const node{.type = ReplyType::bulk_string,
                         .length = static_cast<std::uint32_t>(text.size())};
    return Reply(ReplyView(&node, text.data()));
}

Reply Reply::error(std::string_view text) {
    ReplyNode const node{.type = ReplyType::error,
                         .length = static_cast<std::uint32_t>(text.size())};
    return Reply(ReplyView(&node, text.data()));
}

Reply Reply::integer(std::int64_t value) {
    ReplyNode const node{.type = ReplyType::integer, .value = value};
    return Reply(ReplyView(&node, nullptr));
}

Reply Reply::array_of(std::span<ReplyView const> elements) {
    Reply reply;
    reply.root_ = {.type = ReplyType::array,
                   .children = static_cast<std::uint32_t>(elements.size())};
    if (elements.empty()) {
        return reply;
    }
    reply.nodes_.push_back(reply.root_);
    for (ReplyView const element : elements) {
        Reply const copy(element);
        ReplyNode const* const first = copy.nodes_.empty() ? &copy.root_ : copy.nodes_.data();
        std::size_t const count = copy.nodes_.empty() ? 1 : copy.nodes_.size() - 1;
        auto const offset = static_cast<std::int64_t>(reply.text_.size());
        for (std::size_t n = 0; n < count; ++n) {
            reply.nodes_.push_back(first[n]);
            reply.nodes_.back().value += has_text(first[n]) ? offset : 0;
        }
        reply.text_ += copy.text_;
    }
    reply.nodes_.front().descendants = static_cast<std::uint32_t>(reply.nodes_.size() - 1);
    reply.nodes_.emplace_back();  // closes the tree
    return reply;
}

ReplyView Reply::view() const {
    return {nodes_.empty() ? &root_ : &nodes_[root_index_], text_.data()};
}

bool operator==(ReplyView a, ReplyView b) {
    ReplyNode const* a_node = first_node(a.node());
    ReplyNode const* b_node = first_node(b.node());
    ReplyNode const* const a_last = a.node() + a.node()->descendants;
    ReplyNode const* const b_last = b.node() + b.node()->descendants;
    if (a_last - a_node != b_last - b_node) {
        return false;
    }
    for (; a_node <= a_last; ++a_node, ++b_node) {
        if (!same_node(*a_node, a.text_base(), *b_node, b.text_base())) {
            return false;
        }
    }
    return true;
}

}  // namespace keyslot
