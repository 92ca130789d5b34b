#include "simulator/scripting/cjson.hpp"

#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace keyslot::sim::lua {

namespace {

enum class Token {
    object_begin,
    object_end,
    array_begin,
    array_end,
    string,
    number,
    boolean,
    null,
    colon,
    comma,
    end,
    error,
};

char const* name_of(Token token) {
    switch (token) {
        case Token::object_begin: return "T_OBJ_BEGIN";
        case Token::object_end: return "T_OBJ_END";
        case Token::array_begin: return "T_ARR_BEGIN";
        case Token::array_end: return "T_ARR_END";
        case Token::string: return "T_STRING";
        case Token::number: return "T_NUMBER";
        case Token::boolean: return "T_BOOLEAN";
        case Token::null: return "T_NULL";
        case Token::colon: return "T_COLON";
        case Token::comma: return "T_COMMA";
        default: return "T_END";
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char const lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_utf8(std::string& out, std::uint32_t code) {
    auto const continued = [&](int shift) {
        out += static_cast<char>(0x80 | ((code >> shift) & 0x3f));
    };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        continued(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        continued(6);
        continued(0);
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        continued(12);
        continued(6);
        continued(0);
    }
}

/// Splits a text into tokens. The text ends with a zero byte, and with the first that it contains.
class Lexer {
public:
    Lexer(char const* text, CjsonOptions const& options)
        : text_(text), at_(text), options_(options) {}

    Token token = Token::end;
    std::size_t start = 0;  ///< of the token
    std::string string;
    double number = 0;
    bool boolean = false;
    char const* problem = nullptr;  ///< with Token::error

    void next() {
        while (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r') {
            ++at_;
        }
        start = static_cast<std::size_t>(at_ - text_);
        token = read();
    }

private:
    Token read() {
        switch (*at_) {
            case '\0': return Token::end;
            case '{': ++at_; return Token::object_begin;
            case '}': ++at_; return Token::object_end;
            case '[': ++at_; return Token::array_begin;
            case ']': ++at_; return Token::array_end;
            case ':': ++at_; return Token::colon;
            case ',': ++at_; return Token::comma;
            case '"': return read_string();
            default: break;
        }
        bool const is_number = *at_ == '-' || *at_ == '+' || (*at_ >= '0' && *at_ <= '9');
        if (is_number) {
            return !options_.decode_invalid && is_odd_number() ? fail("invalid number")
                                                               : read_number();
        }
        if (take("true") || take("false")) {
            boolean = at_[-1] == 'e' && at_[-2] == 'u';
            return Token::boolean;
        }
        if (take("null")) {
            return Token::null;
        }
        if (options_.decode_invalid && is_odd_number()) {
            return read_number();
        }
        return fail("invalid token");
    }

    Token fail(char const* what) {
        problem = what;
        return Token::error;
    }

    bool take(std::string_view word) {
        if (std::string_view(at_, std::char_traits<char>::length(at_)).starts_with(word)) {
            at_ += word.size();
            return true;
        }
        return false;
    }

    /// What strtod takes and JSON does not: hexadecimal, leading zeros, inf and nan.
    bool is_odd_number() const {
        char const* at = at_;
        if (*at == '-' || *at == '+') {
            ++at;
        }
        if (*at == '0') {
            return (at[1] | 0x20) == 'x' || (at[1] >= '0' && at[1] <= '9');
        }
        auto const is_word = [&](std::string_view word) {
            for (char const c : word) {
                if ((*at | 0x20) != c) {
                    return false;
                }
                ++at;
            }
            return true;
        };
        if (*at >= '1' && *at <= '9') {
            return false;
        }
        char const first = static_cast<char>(*at | 0x20);
        return (first == 'i' && is_word("inf")) || (first == 'n' && is_word("nan"));
    }

    Token read_number() {
        char* end = nullptr;
        number = std::strtod(at_, &end);
        if (end == at_) {
            return fail("invalid number");
        }
        at_ = end;
        return Token::number;
    }

    Token read_string() {
        string.clear();
        ++at_;
        while (*at_ != '"') {
            if (*at_ == '\0') {
                start = static_cast<std::size_t>(at_ - text_);
                return fail("unexpected end of string");
            }
            if (*at_ != '\\') {
                string += *at_++;
            } else if (!read_escape()) {
                start = static_cast<std::size_t>(at_ - text_);
                return Token::error;
            }
        }
        ++at_;
        return Token::string;
    }

    bool read_escape() {
        constexpr std::string_view kinds = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        char const kind = at_[1];
        if (kind == 'u') {
            return read_code_point();
        }
        auto const place = kind == '\0' ? std::string_view::npos : kinds.find(kind);
        if (place == std::string_view::npos) {
            problem = "invalid escape code";
            return false;
        }
        string += meanings[place];
        at_ += 2;
        return true;
    }

    static std::optional<std::uint32_t> four_digits(char const* at) {
        std::uint32_t code = 0;
        for (int n = 0; n < 4; ++n) {
            int const digit = hex_digit(at[n]);
            if (digit < 0) {
                return std::nullopt;
            }
            code = code * 16 + static_cast<std::uint32_t>(digit);
        }
        return code;
    }

    bool read_code_point() {
        problem = "invalid unicode escape code";
        auto code = four_digits(at_ + 2);
        if (!code) {
            return false;
        }
        std::size_t length = 6;
        if ((*code & 0xf800) == 0xd800) {  // one half of a pair
            bool const has_other = (*code & 0x0400) == 0 && at_[6] == '\\' && at_[7] == 'u';
            auto const low = has_other ? four_digits(at_ + 8) : std::nullopt;
            if (!low || (*low & 0xfc00) != 0xdc00) {
                return false;
            }
            code = 0x10000 + ((*code & 0x3ff) << 10) + (*low & 0x3ff);
            length = 12;
        }
        append_utf8(string, *code);
        at_ += length;
        return true;
    }

    char const* text_;
    char const* at_;
    CjsonOptions const& options_;
};

class Decoder {
public:
    Decoder(lua_State* state, char const* text, CjsonOptions const& options)
        : state_(state), options_(options), lexer_(text, options) {}

    void document() {
        lexer_.next();
        value();
        lexer_.next();
        if (lexer_.token != Token::end) {
            fail("the end");
        }
    }

private:
    void fail(char const* expected) {
        char const* const found =
            lexer_.token == Token::error ? lexer_.problem : name_of(lexer_.token);
        luaL_error(state_, "Expected %s but found %s at character %d", expected, found,
                   static_cast<int>(lexer_.start) + 1);
    }

    void value() {
        switch (lexer_.token) {
            case Token::string: return push(state_, lexer_.string);
            case Token::number: return lua_pushnumber(state_, lexer_.number);
            case Token::boolean: return lua_pushboolean(state_, lexer_.boolean ? 1 : 0);
            case Token::null: return lua_pushlightuserdata(state_, nullptr);
            case Token::object_begin: return object();
            case Token::array_begin: return array();
            default: fail("value");
        }
    }

    void descend() {
        ++depth_;
        if (depth_ > options_.decode_depth_max || lua_checkstack(state_, 3) == 0) {
            luaL_error(state_, "Found too many nested data structures (%d) at character %d", depth_,
                       static_cast<int>(lexer_.start) + 1);
        }
    }

    void object() {
        descend();
        lua_newtable(state_);
        lexer_.next();
        if (lexer_.token != Token::object_end) {
            members();
        }
        --depth_;
    }

    void members() {
        for (;;) {
            if (lexer_.token != Token::string) {
                fail("object key string");
            }
            push(state_, lexer_.string);
            lexer_.next();
            if (lexer_.token != Token::colon) {
                fail("colon");
            }
            lexer_.next();
            value();
            lua_rawset(state_, -3);
            lexer_.next();
            if (lexer_.token == Token::object_end) {
                return;
            }
            if (lexer_.token != Token::comma) {
                fail("comma or object end");
            }
            lexer_.next();
        }
    }

    void array() {
        descend();
        lua_newtable(state_);
        lexer_.next();
        if (lexer_.token != Token::array_end) {
            elements();
        }
        --depth_;
    }

    void elements() {
        for (int n = 1;; ++n) {
            value();
            lua_rawseti(state_, -2, n);
            lexer_.next();
            if (lexer_.token == Token::array_end) {
                return;
            }
            if (lexer_.token != Token::comma) {
                fail("comma or array end");
            }
            lexer_.next();
        }
    }

    lua_State* state_;
    CjsonOptions const& options_;
    Lexer lexer_;
    int depth_ = 0;
};

}  // namespace

int decode_json(lua_State* state, CjsonOptions const& options) {
    luaL_argcheck(state, lua_gettop(state) == 1, 1, "expected 1 argument");
    std::string_view const text = text_argument(state, 1);
    if (text.size() >= 2 && (text[0] == '\0' || text[1] == '\0')) {
        return luaL_error(state, "JSON parser does not support UTF-16 or UTF-32");
    }
    Decoder(state, text.data(), options).document();
    return 1;
}

}  // namespace keyslot::sim::lua
