#include "client/protocol/resp_parser.hpp"
#include "simulator/scripting/conversion.hpp"

#include <cassert>
#include <limits>

namespace keyslot::sim::lua {

namespace {

// Scripts get to see what a server itself has written: there are no limits to guard against.
protocol::RespLimits unlimited() {
    protocol::RespLimits limits;
    limits.line_bytes_max = limits.bulk_bytes_max;
    return limits;
}

/// {name = value}: value -> table
void wrap(lua_State* state, std::string_view name) {
    lua_newtable(state);
    lua_insert(state, -2);
    set_field(state, name);
}

void push_text(lua_State* state, ReplyView view, std::string_view name) {
    push(state, view.text());
    wrap(state, name);
}

void push_verbatim(lua_State* state, ReplyView view) {
    lua_newtable(state);
    push(state, view.text());
    set_field(state, "string");
    push(state, view.verbatim_format());
    set_field(state, "format");
    wrap(state, "verbatim_string");
}

class Pusher {
public:
    Pusher(lua_State* state, int protocol) : state_(state), protocol_(protocol) {}

    void value(ReplyView view) {
        luaL_checkstack(state_, 6, "reply nested too deeply");
        switch (view.type()) {
            case ReplyType::simple_string: return push_text(state_, view, "ok");
            case ReplyType::error:
            case ReplyType::bulk_error:
                return push_counted_error(state_, "-" + std::string(view.text()));
            case ReplyType::integer:
                return lua_pushnumber(state_, static_cast<double>(*view.as_integer()));
            case ReplyType::bulk_string: return push(state_, view.text());
            case ReplyType::array:
            case ReplyType::push:
            case ReplyType::attribute: return array(view);
            case ReplyType::null: return null();
            case ReplyType::boolean: return lua_pushboolean(state_, *view.as_boolean() ? 1 : 0);
            case ReplyType::double_number: return number(view);
            case ReplyType::big_number: return push_text(state_, view, "big_number");
            case ReplyType::verbatim_string: return push_verbatim(state_, view);
            case ReplyType::map: return map(view);
            case ReplyType::set: return set(view);
        }
    }

private:
    /// The nulls of RESP2 are false, that of RESP3 is nil.
    void null() {
        if (protocol_ < 3) {
            lua_pushboolean(state_, 0);
        } else {
            lua_pushnil(state_);
        }
    }

    void number(ReplyView view) {
        lua_pushnumber(state_, view.as_double().value_or(std::numeric_limits<double>::quiet_NaN()));
        wrap(state_, "double");
    }

    void array(ReplyView view) {
        lua_createtable(state_, static_cast<int>(view.size()), 0);
        int n = 0;
        for (ReplyView const element : view) {
            value(element);
            lua_rawseti(state_, -2, ++n);
        }
    }

    void map(ReplyView view) {
        lua_newtable(state_);
        for (auto at = view.begin(); at != view.end(); ++at) {
            value(*at);
            value(*++at);
            lua_rawset(state_, -3);
        }
        wrap(state_, "map");
    }

    void set(ReplyView view) {
        lua_newtable(state_);
        for (ReplyView const element : view) {
            value(element);
            lua_pushboolean(state_, 1);
            lua_rawset(state_, -3);
        }
        wrap(state_, "set");
    }

    lua_State* state_;
    int protocol_;
};

}  // namespace

void push_reply(lua_State* state, std::string_view reply, int protocol) {
    protocol::RespParser parser(unlimited());
    [[maybe_unused]] auto const status = parser.parse(reply);
    assert(status == protocol::ParseStatus::complete);
    Pusher(state, protocol).value(parser.reply());
}

}  // namespace keyslot::sim::lua
