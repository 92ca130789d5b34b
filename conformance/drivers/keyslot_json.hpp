#pragma once

#include <keyslot/error.hpp>
#include <keyslot/options.hpp>
#include <keyslot/pubsub_message.hpp>
#include <keyslot/reply.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the protocol of the drivers says in JSON, as Keyslot has it.
namespace keyslot::driver {

using nlohmann::json;

inline json const hello{
    {"protocol", 1},
    {"name", "keyslot"},
    {"version", "0.1.0"},
    {"concurrency", 1'000'000},
    {"capabilities",
     {"pipeline", "transaction", "watch", "run_script", "subscribe", "ssubscribe", "unsubscribe",
      "sunsubscribe", "gaps", "ordered", "timeout", "repeatable", "refresh_period",
      "read_from_replicas", "protocol", "credentials", "tls", "client_certificate"}}};

using Words = std::vector<std::string>;

inline std::vector<std::string_view> views(Words const& words) {
    return {words.begin(), words.end()};
}

inline void say(json const& line) {
    std::cout << line.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
}

inline json plain(ReplyView reply) {
    if (reply.is_null()) {
        return nullptr;
    }
    if (reply.is_aggregate()) {
        json list = json::array();
        for (std::size_t n = 0; n < reply.size(); ++n) {
            list.push_back(plain(reply[n]));
        }
        return list;
    }
    auto const number = reply.type() == ReplyType::integer ? reply.as_integer() : std::nullopt;
    return number ? json(*number) : json(reply.text());
}

// As the enumerators are called.
inline std::string in_one_word(std::string_view text) {
    std::string word(text);
    std::replace(word.begin(), word.end(), ' ', '_');
    return word;
}

inline std::string outcome_word(Outcome outcome) {
    return outcome == Outcome::unknown ? "unknown" : in_one_word(to_string(outcome));
}

inline json error_of(Failure const& failure) {
    return {{"error",
             {{"message", failure.to_string()},
              {"code", in_one_word(to_string(failure.code))},
              {"outcome", outcome_word(failure.outcome)}}}};
}

inline json answer_of(Result<Reply> const& result) {
    return result ? json{{"value", plain(result->view())}} : error_of(result.error());
}

// EXEC refused because of a watched key is no failure but a result: null.
inline json answer_of(Result<std::vector<Result<Reply>>> const& replies) {
    if (!replies) {
        return replies.error().code == ErrorCode::watch ? json{{"value", nullptr}}
                                                        : error_of(replies.error());
    }
    json values = json::array();
    for (Result<Reply> const& reply : *replies) {
        values.push_back(reply ? plain(reply->view()) : error_of(reply.error()));
    }
    return {{"value", std::move(values)}};
}

inline json event_of(PubSubMessage const& got) {
    if (got.kind == PubSubMessage::Kind::gap) {
        return {{"event", "gap"}, {"channel", got.channel.empty() ? got.pattern : got.channel}};
    }
    return {{"event", "message"}, {"channel", got.channel}, {"message", got.payload}};
}

inline ClusterOptions options_of(json const& connect) {
    ClusterOptions options;
    for (json const& node : connect.at("nodes")) {
        options.startup_nodes.push_back({.host = node.at("host"), .port = node.at("port")});
    }
    json const& wanted = connect.at("options");
    auto const set = [&](char const* name, std::chrono::milliseconds& option) {
        option = std::chrono::milliseconds(wanted.value(name, option.count()));
    };
    set("call_timeout_ms", options.call_timeout);
    set("attempt_timeout_ms", options.attempt_timeout);
    set("connect_timeout_ms", options.connect_timeout);
    set("refresh_period_ms", options.refresh_period);
    options.protocol = wanted.value("protocol", options.protocol);
    options.read_from_replicas = wanted.value("read_from_replicas", false);
    options.username = wanted.value("username", "");
    options.password = wanted.value("password", "");
    options.redirects_max = wanted.value("redirects_max", options.redirects_max);
    if (wanted.contains("tls")) {
        json const& tls = wanted["tls"];
        options.tls = TlsOptions{.ca_file = tls.at("ca_file"),
                                 .certificate_file = tls.value("certificate_file", ""),
                                 .key_file = tls.value("key_file", "")};
    }
    return options;
}

}  // namespace keyslot::driver
