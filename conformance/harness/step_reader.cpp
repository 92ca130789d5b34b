// What a case does, one step after the other.
#include "conformance/harness/case_parts.hpp"
#include "simulator/faults/values.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace keyslot::conformance {
namespace {

// What a client is asked for, and the key under which a file has the words.
struct OperationKey {
    Operation operation;
    std::string_view key;
    bool is_list = false;  // of commands
};
constexpr std::array<OperationKey, operation_count> operation_keys{{
    {Operation::call, "command"},
    {Operation::pipeline, "commands", true},
    {Operation::transaction, "commands", true},
    {Operation::watch, "keys"},
    {Operation::run_script, "command"},
    {Operation::subscribe, "channels"},
    {Operation::unsubscribe, "channels"},
    {Operation::close, ""},
}};

void read_kind(DocumentMap& map, ChannelKind& kind) {
    Document const* const value = map.take("kind");
    if (value == nullptr) {
        return;
    }
    for (ChannelKind const candidate :
         {ChannelKind::channel, ChannelKind::pattern, ChannelKind::shard}) {
        if (value->text == to_string(candidate)) {
            kind = candidate;
            return;
        }
    }
    map.problem(*value, "'" + value->text + "' is no kind of channel", "channel, pattern or shard");
}

/// The source, the number of the keys, the keys, the arguments: as EVAL has them.
bool is_script_call(Words const& words) {
    if (words.size() < 2) {
        return false;
    }
    std::size_t keys = 0;
    std::string const& number = words[1];
    auto const [end, failure] = std::from_chars(number.data(), number.data() + number.size(), keys);
    return failure == std::errc{} && end == number.data() + number.size() &&
           keys <= words.size() - 2;
}

void read_call_map(DocumentMap& map, OperationKey const& what, CallStep& call) {
    if (what.is_list) {
        map.require(what.key);
        map.read_commands(what.key, call.commands);
    } else if (!what.key.empty()) {
        map.require(what.key);
        Document const* const words = map.take(what.key);
        map.read_words(what.key, call.commands.emplace_back());
        if (what.operation == Operation::run_script && words != nullptr &&
            !is_script_call(call.commands.back())) {
            map.problem(*words, "these are no arguments of EVAL",
                        "the source, the number of keys, the keys, the arguments");
        }
    }
    if (what.key == "channels") {
        read_kind(map, call.kind);
    }
    map.read("as", call.name);
    map.read("times", call.times);
    map.read("every", call.every);
    map.read("wait", call.wait);
    map.read("timeout", call.timeout);
    map.read("repeatable", call.repeatable);
}

// "- call: GET k" is short for "- call: {command: GET k}", "- pipeline: [GET k]" for
// "- pipeline: {commands: [GET k]}", "- close" for "- close: {}".
CallStep read_call(OperationKey const& what, Document const& document, Problems& problems) {
    std::string const name(to_string(what.operation));
    CallStep call;
    call.operation = what.operation;
    call.name = name;
    Document wrapped = document;
    bool const is_short = what.is_list ? document.kind == Document::Kind::list
                                       : document.kind == Document::Kind::scalar;
    if (is_short || document.kind != Document::Kind::map) {
        wrapped.kind = Document::Kind::map;
        wrapped.entries.clear();
    }
    if (is_short && !what.key.empty()) {
        Document key = document;
        key.kind = Document::Kind::scalar;
        key.text = what.key;
        wrapped.entries.push_back({std::move(key), document});
    }
    DocumentMap map(wrapped, "a " + name, problems);
    read_call_map(map, what, call);
    return call;
}

OperatorStep read_operator(Document const& document, Problems& problems) {
    OperatorStep step;
    DocumentMap map(document, "an operator's command", problems);
    map.require("node");
    map.read("node", step.node);
    map.require("command");
    map.read_words("command", step.words);
    return step;
}

MoveSlotStep read_move_slot(Document const& document, Problems& problems) {
    MoveSlotStep step;
    DocumentMap map(document, "a move of a slot", problems);
    map.require("key");
    map.read("key", step.key);
    map.require("to");
    map.read("to", step.to);
    return step;
}

ScriptStep read_script(Document const& document, Problems& problems) {
    ScriptStep step;
    DocumentMap map(document, "a script", problems);
    read_request(map, step.request);
    map.read("answer", step.answer);
    map.read("lose_answer", step.lose_answer);
    map.read("ignore", step.ignore);
    map.read("close", step.close);
    map.read("times", step.times);
    int const fates = (step.answer ? 1 : 0) + (step.lose_answer ? 1 : 0) + (step.ignore ? 1 : 0);
    if (fates > 1 || (fates == 0 && !step.close)) {
        map.problem(document, "a script does one thing", "answer, lose_answer, ignore or close");
    }
    return step;
}

UntilStep read_until(Document const& document, Problems& problems) {
    UntilStep step;
    DocumentMap map(document, "an event to wait for", problems);
    read_request(map, step.request);
    map.read("times", step.times);
    map.read("since", step.since);
    map.read("within", step.within);
    return step;
}

ReceiveStep read_receive(Document const& document, Problems& problems) {
    ReceiveStep step;
    DocumentMap map(document, "a message to wait for", problems);
    read_message(map, step.message);
    map.read("times", step.times);
    map.read("since", step.since);
    map.read("within", step.within);
    return step;
}

PartitionStep read_partition(Document const& document, Problems& problems) {
    PartitionStep step;
    DocumentMap map(document, "a partition", problems);
    map.require("from");
    map.read_strings("from", step.from);
    map.require("to");
    map.read_strings("to", step.to);
    map.read("one_way", step.one_way);
    return step;
}

BindNameStep read_bind_name(Document const& document, Problems& problems) {
    BindNameStep step;
    DocumentMap map(document, "a name", problems);
    map.require("name");
    map.read("name", step.name);
    map.require("node");
    map.read("node", step.node);
    return step;
}

SleepStep read_sleep(Document const& document, Problems& problems) {
    sim::ValueProblem wrong;
    auto const time = sim::parse_duration(document.text, wrong);
    if (!time) {
        problems.push_back(
            {document.where, wrong.what, wrong.allowed, document.line, document.column});
    }
    return {time.value_or(Duration{})};
}

constexpr std::array<std::pair<std::string_view, NodeAction>, 5> node_actions{{
    {"crash", NodeAction::crash},
    {"power_off", NodeAction::power_off},
    {"restart", NodeAction::restart},
    {"pause", NodeAction::pause},
    {"resume", NodeAction::resume},
}};

}  // namespace

std::optional<Step> read_step(Document const& document, Problems& problems) {
    if (document.kind == Document::Kind::scalar && document.text == "end_scripts") {
        return EndScriptsStep{};
    }
    if (document.kind == Document::Kind::scalar && document.text == "heal") {
        return HealStep{};
    }
    sim::DocumentEntry const* const entry = only_entry(document, "a step", problems);
    std::string_view const kind =
        entry == nullptr ? std::string_view(document.text) : entry->key.text;
    Document const& value = entry == nullptr ? document : entry->value;
    for (auto const& [name, action] : node_actions) {
        if (kind == name) {
            return NodeStep{action, value.text};
        }
    }
    for (OperationKey const& what : operation_keys) {
        if (kind == to_string(what.operation)) {
            return read_call(what, value, problems);
        }
    }
    if (kind == "await") {
        return AwaitStep{value.text};
    }
    if (kind == "operator") {
        return read_operator(value, problems);
    }
    if (kind == "move_slot") {
        return read_move_slot(value, problems);
    }
    if (kind == "script") {
        return read_script(value, problems);
    }
    if (kind == "until") {
        return read_until(value, problems);
    }
    if (kind == "receive") {
        return read_receive(value, problems);
    }
    if (kind == "partition") {
        return read_partition(value, problems);
    }
    if (kind == "sleep") {
        return read_sleep(value, problems);
    }
    if (kind == "mark") {
        return MarkStep{value.text};
    }
    if (kind == "bind_name") {
        return read_bind_name(value, problems);
    }
    problems.push_back(
        {document.where, "there is no step '" + std::string(kind) + "'",
         "call, pipeline, transaction, watch, run_script, subscribe, unsubscribe, close, await, "
         "operator, move_slot, script, end_scripts, until, receive, partition, heal, sleep, mark, "
         "bind_name, crash, power_off, restart, pause, resume",
         document.line, document.column});
    return std::nullopt;
}

}  // namespace keyslot::conformance
