#include "conformance/harness/case_reader.hpp"

#include "conformance/harness/case_parts.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace keyslot::conformance {
namespace {

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    return failure == std::errc{} && end == text.data() + text.size() && port != 0;
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

void read_ports(DocumentMap& map, Ports& ports) {
    std::string text(to_string(ports));
    map.read("ports", text);
    std::string allowed;
    for (std::size_t n = 0; n < ports_count; ++n) {
        auto const candidate = static_cast<Ports>(n);
        if (text == to_string(candidate)) {
            ports = candidate;
            return;
        }
        allowed += (n == 0 ? "" : ", ") + std::string(to_string(candidate));
    }
    map.problem(*map.take("ports"), "'" + text + "' is no kind of ports", allowed);
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
    read_ports(map, topology.ports);
    map.read("client_certificates", topology.client_certificates);
    if (topology.client_certificates && topology.ports == Ports::plain) {
        map.problem(*map.take("client_certificates"), "plain ports want no certificates",
                    "\"ports: tls\" beside it");
    }
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
    map.read("tls", client.tls);
    map.read("certificate", client.certificate);
    if (client.certificate && !client.tls) {
        map.problem(*map.take("certificate"), "without TLS there is nobody to show it to",
                    "\"tls: true\" beside it");
    }
    Document const* const startup = map.take("startup");
    map.read_strings("startup", client.startup);
    for (std::string const& entry : client.startup) {
        if (auto const colon = entry.find(':');
            colon != std::string::npos && !is_port(std::string_view(entry).substr(colon + 1))) {
            map.problem(*startup, "'" + entry + "' has no port", "node-1, or name:port");
        }
    }
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

void read_request(DocumentMap& map, Pattern& pattern) {
    map.read("node", pattern.node);
    map.require("request");
    map.read_words("request", pattern.words);
}

void read_message(DocumentMap& map, MessagePattern& message) {
    map.read("channel", message.channel);
    map.read("message", message.message);
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
