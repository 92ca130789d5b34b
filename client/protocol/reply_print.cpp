#include <keyslot/reply.hpp>

#include <ostream>
#include <vector>

// Prints a reply as redis-cli does on a terminal. The aggregates that are being printed stand on a
// stack of our own, since the peer decides how deep they nest.

namespace keyslot {
namespace {

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        switch (c) {
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\a': out += "\\a"; break;
            case '\b': out += "\\b"; break;
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            default:
                if (byte >= 0x20 && byte < 0x7f) {
                    out += c;
                } else {
                    out.append("\\x").append(1, hex[byte / 16]).append(1, hex[byte % 16]);
                }
        }
    }
    out += '"';
}

std::string_view name_of_empty(ReplyType type) {
    switch (type) {
        case ReplyType::map: return "(empty hash)";
        case ReplyType::set: return "(empty set)";
        case ReplyType::push: return "(empty push)";
        case ReplyType::attribute: return "(empty attribute)";
        default: return "(empty array)";
    }
}

// The mark between the number of an element and the element.
char mark_of(ReplyType type) {
    switch (type) {
        case ReplyType::map: return '#';
        case ReplyType::set: return '~';
        case ReplyType::attribute: return '|';
        default: return ')';
    }
}

bool has_keys(ReplyType type) { return type == ReplyType::map || type == ReplyType::attribute; }

std::size_t entries_of(ReplyView view) {
    return has_keys(view.type()) ? view.size() / 2 : view.size();
}

void append_scalar(std::string& out, ReplyView view) {
    switch (view.type()) {
        case ReplyType::simple_string:
        case ReplyType::verbatim_string: out += view.text(); break;
        case ReplyType::bulk_string: append_quoted(out, view.text()); break;
        case ReplyType::error:
        case ReplyType::bulk_error: out.append("(error) ").append(view.text()); break;
        case ReplyType::integer:
            out.append("(integer) ").append(std::to_string(view.node()->value));
            break;
        case ReplyType::double_number: out.append("(double) ").append(view.text()); break;
        case ReplyType::big_number: out.append("(big number) ").append(view.text()); break;
        case ReplyType::boolean: out += view.node()->value != 0 ? "(true)" : "(false)"; break;
        case ReplyType::null: out += "(nil)"; break;
        default: out += name_of_empty(view.type());
    }
}

class Printer {
public:
    explicit Printer(std::string& out) : out_(out) {}

    void print(ReplyView view) {
        visit(view, 0);
        while (!open_.empty()) {
            step();
        }
    }

private:
    struct Aggregate {
        ReplyView view;
        std::size_t indent;
        std::size_t printed;  // elements
        ReplyView::Iterator next;
        bool is_described;    // waits for the attribute above it on the stack
    };

    void visit(ReplyView view, std::size_t indent) {
        if (std::optional<ReplyView> const attribute = view.attribute()) {
            open_.push_back({view, indent, 0, {}, true});
            view = *attribute;
        }
        visit_described(view, indent);
    }

    void visit_described(ReplyView view, std::size_t indent) {
        if (view.empty()) {
            append_scalar(out_, view);
        } else {
            open_.push_back({view, indent, 0, view.begin(), false});
        }
    }

    void step() {
        Aggregate& top = open_.back();
        if (top.is_described) {
            Aggregate const described = top;
            open_.pop_back();
            new_line(described.indent);
            visit_described(described.view, described.indent);
        } else if (top.printed == top.view.size()) {
            open_.pop_back();
        } else {
            print_element(top);
        }
    }

    void print_element(Aggregate& top) {
        ReplyView const element = *top.next++;
        std::size_t const n = top.printed++;
        ReplyType const type = top.view.type();
        bool const is_keyed = has_keys(type);
        std::size_t const width = std::to_string(entries_of(top.view)).size();
        std::size_t const indent = top.indent + width + 2;
        if (is_keyed && n % 2 != 0) {
            out_ += " => ";
            if (entries_of(element) > 1) {
                new_line(indent);
            }
        } else {
            if (n != 0) {
                new_line(top.indent);
            }
            std::string const number = std::to_string((is_keyed ? n / 2 : n) + 1);
            out_.append(width - number.size(), ' ').append(number);
            out_.append(1, mark_of(type)).append(1, ' ');
        }
        visit(element, indent);  // `top` may have moved after this
    }

    void new_line(std::size_t indent) { out_.append(1, '\n').append(indent, ' '); }

    std::string& out_;
    std::vector<Aggregate> open_;
};

}  // namespace

std::string to_string(ReplyView view) {
    std::string text;
    Printer(text).print(view);
    return text;
}

std::ostream& operator<<(std::ostream& out, ReplyView view) { return out << to_string(view); }

}  // namespace keyslot
