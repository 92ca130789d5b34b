#include "conformance/arms/driver_dialogue.hpp"

#include "conformance/harness/reply_line.hpp"

#include <algorithm>
#include <utility>

namespace keyslot::conformance {
namespace {

using nlohmann::json;

constexpr std::size_t shown_max = 120;

std::string shown(std::string_view line) {
    std::string text(line.substr(0, shown_max));
    return "'" + text + (line.size() > shown_max ? "...'" : "'");
}

std::string text_of(json const& object, char const* name) {
    auto const found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

bool DriverInfo::can(std::string_view capability) const {
    return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
}

std::string DriverDialogue::ask(json request, std::uint64_t& id) {
    id = ++last_;
    request["id"] = id;
    if (request.at("op") == "hello") {
        hello_ = id;
    }
    pending_.insert(id);
    // Words of commands may be any bytes; JSON has text only.
    return request.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

DriverAnswer DriverDialogue::hear(std::string_view line) {
    json const parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object()) {
        throw DriverError("the driver printed what is no answer: " + shown(line));
    }
    std::string const event = text_of(parsed, "event");
    if (event == "message" || event == "gap") {
        messages_.push_back({.channel = text_of(parsed, "channel"),
                             .text = text_of(parsed, "message"),
                             .gap = event == "gap"});
        return {};
    }
    return read_answer(parsed);
}

DriverAnswer DriverDialogue::read_answer(json const& line) {
    auto const id = line.find("id");
    if (id == line.end() || !id->is_number_unsigned()) {
        throw DriverError("the driver gave an answer without a number: " + shown(line.dump()));
    }
    DriverAnswer answer{.id = *id};
    if (pending_.erase(answer.id) == 0) {
        throw DriverError(answer.id != 0 && answer.id <= last_
                              ? "the driver answered twice: " + shown(line.dump())
                              : "the driver answered what was not asked: " + shown(line.dump()));
    }
    if (answer.id == hello_) {
        read_info(line);
    } else if (auto const missing = line.find("unimplemented"); missing != line.end()) {
        answer.kind = DriverAnswer::Kind::unimplemented;
        answer.text = text_of(line, "unimplemented");
    } else if (auto const error = line.find("error"); error != line.end()) {
        answer.kind = DriverAnswer::Kind::error;
        answer.text = error->is_object() ? text_of(*error, "message") : value_line(*error);
        answer.code = error->is_object() ? text_of(*error, "code") : "";
        answer.outcome = error->is_object() ? text_of(*error, "outcome") : "";
    } else if (auto const value = line.find("value"); value != line.end()) {
        answer.text = value_line(*value);
    } else {
        throw DriverError("an answer has value, error or unimplemented: " + shown(line.dump()));
    }
    return answer;
}

void DriverDialogue::read_info(json const& line) {
    auto const protocol = line.find("protocol");
    if (protocol == line.end() || *protocol != driver_protocol) {
        throw DriverError("the driver does not speak protocol " + std::to_string(driver_protocol) +
                          ": " + shown(line.dump()));
    }
    info_.name = text_of(line, "name");
    info_.version = text_of(line, "version");
    if (info_.name.empty() || info_.version.empty()) {
        throw DriverError("hello is answered with name and version: " + shown(line.dump()));
    }
    for (json const& capability : line.value("capabilities", json::array())) {
        info_.capabilities.push_back(value_line(capability));
    }
    auto const concurrency = line.find("concurrency");
    bool const is_number = concurrency != line.end() && concurrency->is_number_unsigned();
    info_.concurrency = is_number ? std::max<std::size_t>(concurrency->get<std::size_t>(), 1) : 1;
}

std::string value_line(json const& value) {
    switch (value.type()) {
        case json::value_t::null: return "(nil)";
        case json::value_t::string: return value.get<std::string>();
        case json::value_t::array: {
            std::vector<std::string> elements;
            for (json const& element : value) {
                elements.push_back(value_line(element));
            }
            return list_line(elements);
        }
        case json::value_t::object: {
            auto const error = value.find("error");
            return error == value.end()
                       ? value.dump()
                       : "(error) " +
                             (error->is_object() ? text_of(*error, "message") : value_line(*error));
        }
        default: return value.dump();
    }
}

}  // namespace keyslot::conformance
