#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyslot {

/// The types of RESP3; RESP2 uses the first five and null.
enum class ReplyType : std::uint8_t {
    simple_string,
    error,
    integer,
    bulk_string,
    array,
    null,
    boolean,
    double_number,
    big_number,
    bulk_error,
    verbatim_string,
    map,
    set,
    attribute,
    push,
};

std::string_view to_string(ReplyType type);

/// One element of a reply tree laid out flat, in the order of the wire.
struct ReplyNode {
    ReplyType type = ReplyType::null;
    /// RESP2 has two nulls, `$-1` and `*-1`; this tells the second.
    bool null_array = false;
    /// An attribute node and its subtree stand right before the element that they describe.
    bool has_attribute = false;
    std::uint32_t children = 0;     ///< elements directly below; a map counts keys and values
    std::uint32_t descendants = 0;  ///< nodes below: the next sibling is descendants + 1 further on
    std::uint32_t length = 0;  ///< of the text
    /// integer and boolean: the value; text types: the offset of the text. Offsets ascend with the
    /// nodes.
    std::int64_t value = 0;
};

class Reply;

/// A look at one element of a parsed reply, without owning it: valid as long as the bytes and the
/// nodes it points to, which is until the next read on the connection, or the life of the Reply it
/// came from.
class ReplyView {
public:
    ReplyView() = default;
    ReplyView(ReplyNode const* node, char const* text) : node_(node), text_(text) {}

    ReplyType type() const { return node_->type; }
    bool is_null() const { return node_->type == ReplyType::null; }
    bool is_error() const {
        return node_->type == ReplyType::error || node_->type == ReplyType::bulk_error;
    }
    bool is_aggregate() const;
    /// Text of strings, errors, doubles and big numbers; a verbatim string without its format
    /// prefix. Empty for anything else.
    std::string_view text() const {
        return {text_ + (node_->length != 0 ? node_->value : 0), node_->length};
    }
    /// "txt" or "mkd" of a verbatim string.
    std::string_view verbatim_format() const;
    /// integer, boolean, or a string that is one; nullopt otherwise.
    std::optional<std::int64_t> as_integer() const;
    /// double, integer, or a string that is one (inf, -inf and nan included); nullopt otherwise.
    std::optional<double> as_double() const;
    /// boolean, or the integers 0 and 1.
    std::optional<bool> as_boolean() const;

    class Iterator;
    /// Elements directly below; a map gives key, value, key, value. Attributes are passed over.
    std::size_t size() const { return node_->children; }
    bool empty() const { return size() == 0; }
    Iterator begin() const;
    Iterator end() const;
    /// The n-th element; n < size(). Linear in n when the elements before it are aggregates.
    ReplyView operator[](std::size_t n) const;
    /// In a map, or a flat array of key and value: the value of `key`.
    std::optional<ReplyView> find(std::string_view key) const;
    /// The attribute (a map) sent with this element, if any.
    std::optional<ReplyView> attribute() const;

    ReplyNode const* node() const { return node_; }
    char const* text_base() const { return text_; }

private:
    ReplyNode const* node_ = nullptr;
    char const* text_ = nullptr;
};

class ReplyView::Iterator {
public:
    using value_type = ReplyView;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    Iterator(ReplyNode const* node, char const* text) : node_(node), text_(text) {
        skip_attribute();
    }
    ReplyView operator*() const { return {node_, text_}; }
    Iterator& operator++() {
        node_ += node_->descendants + 1;
        skip_attribute();
        return *this;
    }
    Iterator operator++(int) {
        Iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(Iterator const& a, Iterator const& b) { return a.node_ == b.node_; }

private:
    // An end iterator looks at the node behind the aggregate: parser and Reply put a closing node
    // behind the last one of a tree. (An aggregate without elements has default-made iterators,
    // which look at nothing.)
    void skip_attribute() {
        while (node_->type == ReplyType::attribute) {
            node_ += node_->descendants + 1;
        }
    }

    ReplyNode const* node_ = nullptr;
    char const* text_ = nullptr;
};

/// A reply that owns its bytes: one buffer of text and one of nodes, whatever its shape.
class Reply {
public:
    Reply();  ///< null
    explicit Reply(ReplyView view);

    static Reply simple_string(std::string_view text);
    static Reply bulk_string(std::string_view text);
    static Reply error(std::string_view text);
    static Reply integer(std::int64_t value);
    /// An array of copies of these elements.
    static Reply array_of(std::span<ReplyView const> elements);

    ReplyView view() const;
    operator ReplyView() const { return view(); }

    ReplyType type() const { return view().type(); }
    bool is_null() const { return view().is_null(); }
    bool is_error() const { return view().is_error(); }
    std::string_view text() const { return view().text(); }
    std::optional<std::int64_t> as_integer() const { return view().as_integer(); }
    std::optional<double> as_double() const { return view().as_double(); }
    std::optional<bool> as_boolean() const { return view().as_boolean(); }
    std::size_t size() const { return view().size(); }
    ReplyView operator[](std::size_t n) const { return view()[n]; }
    std::optional<ReplyView> find(std::string_view key) const { return view().find(key); }

private:
    ReplyNode root_;
    std::vector<ReplyNode> nodes_;  // empty for a scalar: root_ says it all
    std::uint32_t root_index_ = 0;  // in nodes_: an attribute of the root stands before it
    std::string text_;
};

/// Same types, same values, in the same order; attributes count.
bool operator==(ReplyView a, ReplyView b);

/// As redis-cli would print it, nested elements indented.
std::ostream& operator<<(std::ostream& out, ReplyView view);
std::string to_string(ReplyView view);

}  // namespace keyslot
