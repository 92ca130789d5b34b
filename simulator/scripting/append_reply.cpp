#include "client/protocol/resp_writer.hpp"
#include "simulator/scripting/conversion.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace keyslot::sim::lua {

namespace {

/// What the conversion of C does on the machines that Redis runs on: toward zero, and the smallest
/// number for all that has no place.
std::int64_t to_integer(double number) {
    constexpr double limit = 9223372036854775808.0;
    if (!(number >= -limit && number < limit)) {
        return std::numeric_limits<std::int64_t>::min();
    }
    return static_cast<std::int64_t>(number);
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    return line;
}

class Appender {
public:
    Appender(lua_State* state, std::string& out, int client_protocol, int script_protocol)
        : state_(state), reply_(out, client_protocol), script_protocol_(script_protocol) {}

    /// The value on top of the stack, which it takes away.
    void value() {
        if (lua_checkstack(state_, 4) == 0) {
            reply_.error("ERR reached lua stack limit");
            return lua_pop(state_, 1);
        }
        switch (lua_type(state_, -1)) {
            case LUA_TSTRING: reply_.bulk(text_at(state_, -1)); break;
            case LUA_TNUMBER: reply_.integer(to_integer(lua_tonumber(state_, -1))); break;
            case LUA_TBOOLEAN: boolean(lua_toboolean(state_, -1) != 0); break;
            case LUA_TTABLE: table(); break;
            default: reply_.null(); break;
        }
        lua_pop(state_, 1);
    }

private:
    /// False is null in RESP2, and a script has to ask for RESP3 to say otherwise.
    void boolean(bool is_true) {
        if (script_protocol_ >= 3) {
            reply_.boolean(is_true);
        } else if (is_true) {
            reply_.integer(1);
        } else {
            reply_.null();
        }
    }

    /// A field of a certain name and type makes a table a reply of that kind; without one it is an
    /// array up to the first nil.
    void table() {
        if (special("err", LUA_TSTRING, &Appender::error) ||
            special("ok", LUA_TSTRING, &Appender::status) ||
            special("double", LUA_TNUMBER, &Appender::number) ||
            special("map", LUA_TTABLE, &Appender::map) ||
            special("set", LUA_TTABLE, &Appender::set) ||
            special("big_number", LUA_TSTRING, &Appender::big_number) ||
            special("verbatim_string", LUA_TTABLE, &Appender::verbatim)) {
            return;
        }
        array();
    }

    bool special(std::string_view name, int type, bool (Appender::*append)()) {
        bool const found = raw_field(state_, -1, name) == type && (this->*append)();
        lua_pop(state_, 1);
        return found;
    }

    bool error() {
        reply_.error(text_at(state_, -1));
        return true;
    }

    bool status() {
        reply_.simple(one_line(text_at(state_, -1)));
        return true;
    }

    bool number() {
        double const number = lua_tonumber(state_, -1);
        if (std::isnan(number) && std::signbit(number)) {
            // printf shows the sign of a nan, and 0/0 has one.
            reply_.out().append(reply_.protocol() >= 3 ? ",-nan\r\n" : "$4\r\n-nan\r\n");
        } else {
            reply_.number(number);
        }
        return true;
    }

    bool big_number() {
        reply_.big_number(one_line(text_at(state_, -1)));
        return true;
    }

    bool verbatim() {
        constexpr std::size_t format_bytes = 3;
        bool const has_text = raw_field(state_, -1, "string") == LUA_TSTRING;
        bool const has_format = raw_field(state_, -2, "format") == LUA_TSTRING;
        if (has_text && has_format) {
            std::string format(text_at(state_, -1).substr(0, format_bytes));
            format.resize(format_bytes, ' ');
            reply_.verbatim(format, text_at(state_, -2));
        }
        lua_pop(state_, 2);
        return has_text && has_format;
    }

    std::size_t count_fields() {
        std::size_t count = 0;
        for (lua_pushnil(state_); lua_next(state_, -2) != 0; lua_pop(state_, 1)) {
            ++count;
        }
        return count;
    }

    bool map() {
        reply_.map(count_fields());
        for (lua_pushnil(state_); lua_next(state_, -2) != 0;) {
            lua_pushvalue(state_, -2);
            value();  // the key
            value();
        }
        return true;
    }

    bool set() {
        reply_.set(count_fields());
        for (lua_pushnil(state_); lua_next(state_, -2) != 0;) {
            lua_pop(state_, 1);
            lua_pushvalue(state_, -1);
            value();
        }
        return true;
    }

    void array() {
        int count = 0;
        for (bool more = true; more; lua_pop(state_, 1)) {
            lua_rawgeti(state_, -1, count + 1);
            more = lua_isnil(state_, -1) == 0;
            count += more ? 1 : 0;
        }
        reply_.array(static_cast<std::size_t>(count));
        for (int n = 1; n <= count; ++n) {
            lua_rawgeti(state_, -1, n);
            value();
        }
    }

    lua_State* state_;
    protocol::RespWriter reply_;
    int script_protocol_;
};

}  // namespace

void append_reply(lua_State* state, std::string& out, int client_protocol, int script_protocol) {
    Appender(state, out, client_protocol, script_protocol).value();
}

}  // namespace keyslot::sim::lua
