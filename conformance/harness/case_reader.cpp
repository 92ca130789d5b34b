#include "conformance/harness/case_reader.hpp"

#include "conformance/harness/document_map.hpp"
#include "simulator/faults/values.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace keyslot::conformance {
namespace {

using sim::Document;
using Problems = std::vector<sim::Problem>;

void read_request(DocumentMap& map, Pattern& pattern) {
    map.read("node", pattern.node);
    map.require("request");
    map.read_words("request", pattern.words);
}

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

void read_call_map(DocumentMap& map, OperationKey const& what, CallStep& call) {
    if (what.is_list) {
        map.require(what.key);
        map.read_commands(what.key, call.commands);
    } else if (!what.key.empty()) {
        map.require(what.key);
        map.read_words(what.key, call.commands.emplace_back());
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

void read_message(DocumentMap& map, MessagePattern& message) {
    map.read("channel", message.channel);
    map.read("message", message.message);
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

// A step or check is a map of one key, which says what it is.
sim::DocumentEntry const* only_entry(Document const& document, std::string_view what,
                                     Problems& problems) {
    if (document.kind == Document::Kind::map && document.entries.size() == 1) {
        return &document.entries.front();
    }
    if (document.kind == Document::Kind::scalar) {
        return nullptr;
    }
    problems.push_back({document.where, std::string(what) + " is a map of one key",
                        "\"- call: GET k\"", document.line, document.column});
    return nullptr;
}

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

std::optional<Check> read_result(DocumentMap& map) {
    std::string of = "call";
    map.read("of", of);
    if (map.has("is")) {
        ResultCheck check{.of = of, .is = {}};
        map.read("is", check.is);
        return check;
    }
    FailureCheck check{.of = of, .code = {}, .outcome = {}, .says = {}};
    map.require("fails");
    map.read("fails", check.code);
    check.code = check.code == "true" ? "" : check.code;
    map.read("outcome", check.outcome);
    map.read("says", check.says);
    return check;
}

std::optional<Check> read_check(std::string_view kind, Document const& value, Problems& problems) {
    DocumentMap map(value, "the check '" + std::string(kind) + "'", problems);
    if (kind == "result") {
        return read_result(map);
    }
    if (kind == "seen") {
        SeenCheck check;
        read_request(map, check.request);
        map.read_bounds("times", check.times);
        map.read("since", check.since);
        map.read("within", check.within);
        return check;
    }
    if (kind == "executed") {
        ExecutedCheck check;
        read_request(map, check.request);
        map.read_bounds("times", check.times);
        return check;
    }
    if (kind == "follows") {
        FollowsCheck check;
        read_request(map, check.request);
        map.require("before");
        map.read_words("before", check.before);
        return check;
    }
    if (kind == "preceded") {
        PrecededCheck check;
        read_request(map, check.request);
        map.require("by");
        map.read_words("by", check.by);
        return check;
    }
    if (kind == "ordered") {
        OrderedCheck check;
        read_request(map, check.request);
        return check;
    }
    if (kind == "took") {
        TookCheck check{.of = "call", .at_most = {}, .at_least = {}};
        map.read("of", check.of);
        map.read("at_most", check.at_most);
        map.read("at_least", check.at_least);
        if (!check.at_most && !check.at_least) {
            map.problem(value, "'took' says nothing", "at_most or at_least");
        }
        return check;
    }
    if (kind == "fetches") {
        FetchesCheck check;
        map.read_bounds("times", check.times);
        map.read("since", check.since);
        return check;
    }
    if (kind == "redirections") {
        RedirectionsCheck check;
        map.read_bounds("times", check.times);
        map.read("since", check.since);
        return check;
    }
    if (kind == "received") {
        ReceivedCheck check;
        read_message(map, check.message);
        map.read_bounds("times", check.times);
        map.read("since", check.since);
        return check;
    }
    if (kind == "gaps") {
        GapsCheck check;
        map.require("channel");
        map.read("channel", check.channel);
        map.read_bounds("times", check.times);
        map.read("since", check.since);
        return check;
    }
    if (kind == "connections") {
        ConnectionsCheck check;
        map.read("node", check.node);
        map.read_bounds("times", check.times);
        map.read("since", check.since);
        return check;
    }
    map.problem(value, "there is no check '" + std::string(kind) + "'",
                "result, seen, executed, follows, preceded, ordered, took, fetches, "
                "redirections, received, gaps, connections");
    return std::nullopt;
}

void read_outcome(Document const& document, Case& into, Problems& problems) {
    AcceptedOutcome outcome;
    DocumentMap map(document, "an accepted outcome", problems);
    map.require("outcome");
    map.read("outcome", outcome.name);
    map.read("strict", outcome.strict);
    if (Document const* const checks = map.require("when")) {
        for (Document const& item : checks->items) {
            sim::DocumentEntry const* const entry = only_entry(item, "a check", problems);
            if (entry == nullptr) {
                continue;
            }
            if (auto check = read_check(entry->key.text, entry->value, problems)) {
                outcome.checks.emplace_back(entry->key.text, std::move(*check));
            }
        }
        if (outcome.checks.empty()) {
            map.problem(*checks, "an outcome without checks accepts everything");
        }
    }
    into.accept.push_back(std::move(outcome));
}

void read_topology(Document const& document, CaseTopology& topology, Problems& problems) {
    DocumentMap map(document, "the topology", problems);
    map.read("masters", topology.masters);
    map.read("replicas_per_master", topology.replicas_per_master);
    map.read("joining", topology.joining);
    map.read("second_masters", topology.second_masters);
    Duration node_timeout = topology.node_timeout;
    map.read("node_timeout", node_timeout);
    topology.node_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(node_timeout);
    map.read("require_full_coverage", topology.require_full_coverage);
    map.read("ip", topology.ip);
}

void read_client(Document const& document, CaseClient& client, Problems& problems) {
    DocumentMap map(document, "the client", problems);
    map.read("call_timeout", client.call_timeout);
    map.read("attempt_timeout", client.attempt_timeout);
    map.read("connect_timeout", client.connect_timeout);
    map.read("refresh_period", client.refresh_period);
    map.read("redirects_max", client.redirects_max);
    map.read("protocol", client.protocol);
    map.read("read_from_replicas", client.read_from_replicas);
    map.read("username", client.username);
    map.read("password", client.password);
    map.read_strings("startup", client.startup);
}

void read_level(DocumentMap& map, Level& level) {
    std::string text = "must";
    map.read("level", text);
    for (Level const candidate : {Level::must, Level::should, Level::informational}) {
        if (text == to_string(candidate)) {
            level = candidate;
            return;
        }
    }
    map.problem(*map.take("level"), "'" + text + "' is no level", "must, should or informational");
}

void read_case(Document const& document, Case& result, Problems& problems) {
    DocumentMap map(document, "a case", problems);
    for (auto const& [name, member] :
         {std::pair<std::string_view, std::string Case::*>{"id", &Case::id},
          {"requirement", &Case::requirement},
          {"source", &Case::source}}) {
        map.require(name);
        map.read(name, result.*member);
    }
    read_level(map, result.level);
    map.read_strings("needs", result.needs);
    if (Document const* const topology = map.take("topology")) {
        read_topology(*topology, result.topology, problems);
    }
    if (Document const* const client = map.take("client")) {
        read_client(*client, result.client, problems);
    }
    if (Document const* const steps = map.require("steps")) {
        for (Document const& item : steps->items) {
            if (auto step = read_step(item, problems)) {
                result.steps.push_back(std::move(*step));
            }
        }
    }
    if (Document const* const accept = map.require("accept")) {
        for (Document const& item : accept->items) {
            read_outcome(item, result, problems);
        }
        if (result.accept.empty()) {
            map.problem(*accept, "nothing is accepted", "a list of outcomes");
        }
    }
}

}  // namespace

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

sim::Parsed<Case> parse_case(std::string_view yaml, std::string_view file) {
    sim::Parsed<Case> parsed;
    Document const document = sim::read_yaml(yaml, file, parsed.problems);
    Case result;
    result.file = file;
    if (parsed.problems.empty()) {
        read_case(document, result, parsed.problems);
    }
    if (parsed.problems.empty()) {
        parsed.value = std::move(result);
    }
    return parsed;
}

sim::Parsed<Case> load_case(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!(file && text << file.rdbuf())) {
        return {std::nullopt, {{path, "cannot be read, or is empty"}}};
    }
    return parse_case(text.str(), path);
}

Catalogue load_catalogue(std::string const& directory) {
    std::vector<std::string> paths;
    std::error_code failure;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(directory, failure)) {
        if (entry.path().extension() == ".yaml") {
            paths.push_back(entry.path().string());
        }
    }
    Catalogue catalogue;
    if (failure || paths.empty()) {
        catalogue.problems.push_back({directory, "there are no cases here"});
    }
    std::sort(paths.begin(), paths.end());
    for (std::string const& path : paths) {
        sim::Parsed<Case> parsed = load_case(path);
        catalogue.problems.insert(catalogue.problems.end(), parsed.problems.begin(),
                                  parsed.problems.end());
        if (parsed.value) {
            catalogue.cases.push_back(std::move(*parsed.value));
        }
    }
    std::sort(catalogue.cases.begin(), catalogue.cases.end(),
              [](Case const& a, Case const& b) { return a.id < b.id; });
    for (std::size_t i = 1; i < catalogue.cases.size(); ++i) {
        if (catalogue.cases[i].id == catalogue.cases[i - 1].id) {
            catalogue.problems.push_back(
                {catalogue.cases[i].file, "this id is there twice", catalogue.cases[i - 1].file});
        }
    }
    return catalogue;
}

}  // namespace keyslot::conformance
