#pragma once

#include <keyslot/arguments.hpp>
#include <keyslot/detail/decode.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace keyslot::detail {

/// The last argument of a command function: whatever cannot be part of a command. A completion token or
/// as_result.
template <class T>
concept TokenLike = !Argument<std::remove_cvref_t<T>>;

/// The name of a command ("GET") or subcommand ("CONFIG GET") as a template argument.
template <std::size_t size>
struct CommandName {
    char text[size];
    consteval CommandName(char const (&name)[size]) {
        for (std::size_t i = 0; i < size; ++i) {
            text[i] = name[i];
        }
    }
    constexpr std::string_view view() const { return {text, size - 1}; }
};

/// A command's name, and what was given with it, as words.
template <CommandName name>
class CommandWords : public ArgumentList {
public:
    template <Argument... Arguments>
    CommandWords(Arguments const&... arguments) {
        constexpr std::size_t space = name.view().find(' ');
        add(name.view().substr(0, space));
        if constexpr (space != std::string_view::npos) {
            add(name.view().substr(space + 1));
        }
        (static_cast<void>(add(arguments)), ...);
    }
};

/// Its entry in the command table, looked up once in the program's life.
template <CommandName name>
protocol::CommandInfo const& info_of() {
    static protocol::CommandInfo const& info = known_command(name.view());
    return info;
}

/// The one way from a command function to its face: `call<"GET", T>(*this, {words...}, token...)`, where T
/// is what the command gives. `Face` has
/// `template <class T, class... Token> auto issue_command(CommandInfo const&, ArgumentList const&, Token&&...)`.
template <CommandName name, class T, template <class> class Family, class Face, class... Token>
decltype(auto) call(Family<Face>& family, CommandWords<name> const& words, Token&&... token) {
    static_assert(sizeof...(Token) <= 1, "one completion token at most");
    return static_cast<Face&>(family).template issue_command<T>(info_of<name>(), words,
                                                                std::forward<Token>(token)...);
}

}  // namespace keyslot::detail
