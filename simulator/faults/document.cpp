#include "simulator/faults/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace keyslot::sim {
namespace {

// Limits of a text that a stranger may send: aliases in YAML can grow without bound.
constexpr int depth_max = 12;
constexpr std::size_t nodes_max = 20'000;

struct Budget {
    std::size_t nodes = 0;
    bool exhausted = false;
};

std::string place(std::string_view file, int line, int column) {
    return std::string(file) + ':' + std::to_string(line) + ':' + std::to_string(column);
}

std::string place(std::string_view file, YAML::Mark const& mark) {
    return mark.is_null() ? place(file, 1, 1) : place(file, mark.line + 1, mark.column + 1);
}

bool spend(Budget& budget, int depth, std::string const& where, std::vector<Problem>& problems) {
    if (budget.exhausted) {
        return false;
    }
    if (depth > depth_max) {
        problems.push_back({where, "nested too deeply", ""});
        return false;
    }
    if (++budget.nodes > nodes_max) {
        budget.exhausted = true;
        problems.push_back(
            {where, "too large", "at most " + std::to_string(nodes_max) + " values"});
        return false;
    }
    return true;
}

void refuse_doubled_keys(Document const& map, std::vector<Problem>& problems) {
    for (auto entry = map.entries.begin(); entry != map.entries.end(); ++entry) {
        auto const earlier = std::find_if(map.entries.begin(), entry, [&](auto const& other) {
            return other.key.text == entry->key.text;
        });
        if (earlier != entry) {
            problems.push_back({entry->key.where, "key '" + entry->key.text + "' is there twice",
                                "first at " + earlier->key.where});
        }
    }
}

Document convert(YAML::Node const& node, std::string_view file, int depth, Budget& budget,
                 std::vector<Problem>& problems) {
    Document document;
    document.where = place(file, node.Mark());
    document.line = node.Mark().line + 1;
    document.column = node.Mark().column + 1;
    if (!spend(budget, depth, document.where, problems)) {
        return document;
    }
    switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null: break;
        case YAML::NodeType::Scalar:
            document.kind = Document::Kind::scalar;
            document.text = node.Scalar();
            break;
        case YAML::NodeType::Sequence:
            document.kind = Document::Kind::list;
            for (auto const& item : node) {
                if (budget.exhausted) {
                    break;
                }
                document.items.push_back(convert(item, file, depth + 1, budget, problems));
            }
            break;
        case YAML::NodeType::Map:
            document.kind = Document::Kind::map;
            for (auto const& entry : node) {
                if (budget.exhausted) {
                    return document;
                }
                if (!entry.first.IsScalar()) {
                    problems.push_back(
                        {place(file, entry.first.Mark()), "a key must be a word", ""});
                    continue;
                }
                document.entries.push_back(
                    {convert(entry.first, file, depth + 1, budget, problems),
                     convert(entry.second, file, depth + 1, budget, problems)});
            }
            refuse_doubled_keys(document, problems);
            break;
    }
    return document;
}

std::string escaped(std::string const& key) {  // as in a JSON pointer
    std::string result;
    for (char const c : key) {
        result += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return result;
}

Document convert(nlohmann::ordered_json const& value, std::string where, int depth, Budget& budget,
                 std::vector<Problem>& problems) {
    Document document;
    document.where = where;
    if (!spend(budget, depth, where, problems)) {
        return document;
    }
    if (value.is_object()) {
        document.kind = Document::Kind::map;
        for (auto const& [key, child] : value.items()) {
            std::string const child_where = where + '/' + escaped(key);
            Document name;
            name.kind = Document::Kind::scalar;
            name.where = child_where;
            name.text = key;
            document.entries.push_back(
                {std::move(name), convert(child, child_where, depth + 1, budget, problems)});
        }
    } else if (value.is_array()) {
        document.kind = Document::Kind::list;
        for (std::size_t i = 0; i < value.size(); ++i) {
            document.items.push_back(
                convert(value[i], where + '/' + std::to_string(i), depth + 1, budget, problems));
        }
    } else if (!value.is_null()) {
        document.kind = Document::Kind::scalar;
        document.text = value.is_string() ? value.get<std::string>() : value.dump();
    }
    return document;
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: why" -> "why"
std::string reason_of(nlohmann::json::exception const& error) {
    std::string_view text = error.what();
    if (auto const colon = text.find(": "); colon != text.npos) {
        text.remove_prefix(colon + 2);
    }
    return std::string(text);
}

// "number overflow parsing '1e999'" -> "1e999"
std::string quoted_in(std::string_view text) {
    auto const first = text.find('\''), last = text.rfind('\'');
    return first < last ? std::string(text.substr(first + 1, last - first - 1)) : std::string();
}

std::string place_in(std::string_view text, std::string_view name, std::size_t byte) {
    std::string_view const before = text.substr(0, byte == 0 ? 0 : byte - 1);
    auto const line = std::count(before.begin(), before.end(), '\n') + 1;
    auto const line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
    return place(name, static_cast<int>(line), static_cast<int>(before.size() - line_start) + 1);
}

/// Where documents begin.
class DocumentStarts final : public YAML::EventHandler {
public:
    void OnDocumentStart(YAML::Mark const& mark) override { marks.push_back(mark); }
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const&, YAML::anchor_t) override {}
    void OnAlias(YAML::Mark const&, YAML::anchor_t) override {}
    void OnScalar(YAML::Mark const&, std::string const&, YAML::anchor_t,
                  std::string const&) override {}
    void OnSequenceStart(YAML::Mark const&, std::string const&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(YAML::Mark const&, std::string const&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}

    std::vector<YAML::Mark> marks;
};

/// Of the first two documents: yaml-cpp 0.7 finds no end of documents in some texts that are no YAML, so
/// that all of them must not be asked for.
std::vector<YAML::Mark> document_starts(std::string const& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    DocumentStarts starts;
    if (parser.HandleNextDocument(starts)) {
        parser.HandleNextDocument(starts);
    }
    return starts.marks;
}

}  // namespace

Document read_yaml(std::string_view text, std::string_view file, std::vector<Problem>& problems) {
    std::vector<YAML::Mark> starts;
    YAML::Node node;
    try {
        std::string const copy(text);
        starts = document_starts(copy);
        node = YAML::Load(copy);
    } catch (YAML::Exception const& error) {
        problems.push_back({place(file, error.mark), "not YAML: " + error.msg, ""});
        return {};
    }
    if (starts.size() > 1) {
        problems.push_back({place(file, starts[1]), "a second document", "one per file"});
    }
    if (starts.empty() || node.IsNull()) {
        Document empty;
        empty.where = place(file, 1, 1);
        return empty;
    }
    Budget budget;
    return convert(node, file, 0, budget, problems);
}

Document read_json(std::string_view text, std::string_view name, std::vector<Problem>& problems) {
    nlohmann::ordered_json value;
    try {
        value = nlohmann::ordered_json::parse(text);
    } catch (nlohmann::json::parse_error const& error) {
        problems.push_back({place_in(text, name, error.byte), "not JSON: " + reason_of(error), ""});
        return {};
    } catch (nlohmann::json::out_of_range const& error) {  // 1e999; it does not say where
        std::string const number = quoted_in(error.what());
        problems.push_back({place_in(text, name, text.find(number) + 1),
                            "the number " + number + " is too large", ""});
        return {};
    }
    Budget budget;
    return convert(value, std::string(name) + ':', 0, budget, problems);
}

}  // namespace keyslot::sim
