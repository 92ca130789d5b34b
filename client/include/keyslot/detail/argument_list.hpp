#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keyslot::detail {

class ArgumentList;

/// What adds its own words to a command: an options struct, a list of words, a bound.
template <class T>
concept Appendable = requires(T const& part, ArgumentList& words) { part.append_to(words); };

/// An enumeration whose values are words of Redis: a function word_of() beside it tells them.
template <class T>
concept WordEnum = requires(T value) {
    { word_of(value) } -> std::convertible_to<std::string_view>;
};

/// Numbers that stand in a command as digits. (A bool or a char there would be a mistake.)
template <class T>
concept Number = (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>) ||
                 std::same_as<T, double>;

/// The words of one command, gathered on the stack: no allocation up to 16 words, numbers printed into
/// the list itself. Lives no longer than the words it was given.
class ArgumentList {
public:
    ArgumentList() = default;
    ArgumentList(ArgumentList const&) = delete;
    ArgumentList& operator=(ArgumentList const&) = delete;

    ArgumentList& add(std::string_view word) {
        if (size_ < inline_words_.size()) {
            inline_words_[size_] = word;
        } else {
            if (size_ == inline_words_.size()) {
                more_words_.assign(inline_words_.begin(), inline_words_.end());
            }
            more_words_.push_back(word);
        }
        ++size_;
        return *this;
    }
    /// A double as the shortest text that reads back as the same number.
    template <Number T>
    ArgumentList& add(T value) {
        return add_number({}, value);
    }
    /// In the unit of its type.
    template <class Rep, class Period>
    ArgumentList& add(std::chrono::duration<Rep, Period> value) {
        return add(value.count());
    }
    /// Unix time in the unit of its type.
    template <class Duration>
    ArgumentList& add(std::chrono::sys_time<Duration> value) {
        return add(value.time_since_epoch());
    }
    template <class First, class Second>
    ArgumentList& add(std::pair<First, Second> const& both) {
        return add(both.first).add(both.second);
    }
    template <WordEnum T>
    ArgumentList& add(T value) {
        return add(std::string_view(word_of(value)));
    }
    template <Appendable Part>
    ArgumentList& add(Part const& part) {
        part.append_to(*this);
        return *this;
    }

    /// One word: the number behind a prefix such as "(".
    template <Number T>
    ArgumentList& add_number(std::string_view prefix, T value) {
        std::span<char> const room = number_room();
        prefix.copy(room.data(), prefix.size());
        auto const end =
            std::to_chars(room.data() + prefix.size(), room.data() + room.size(), value).ptr;
        return add(std::string_view(room.data(), static_cast<std::size_t>(end - room.data())));
    }
    /// The word, if the flag is set.
    ArgumentList& add_flag(std::string_view word, bool set) { return set ? add(word) : *this; }
    /// The word and the value, if there is one.
    template <class T>
    ArgumentList& add_option(std::string_view word, std::optional<T> const& value) {
        return value ? add(word).add(*value) : *this;
    }

    /// Nothing, if there is no value.
    template <class T>
    ArgumentList& add_optional(std::optional<T> const& value) {
        return value ? add(*value) : *this;
    }

    std::span<std::string_view const> words() const {
        return size_ <= inline_words_.size() ? std::span(inline_words_.data(), size_)
                                             : std::span<std::string_view const>(more_words_);
    }

private:
    static constexpr std::size_t number_size = 32;

    std::span<char> number_room() {
        if (numbers_used_ < numbers_.size()) {
            return numbers_[numbers_used_++];
        }
        more_numbers_.push_back(std::make_unique<std::array<char, number_size>>());
        return *more_numbers_.back();
    }

    std::size_t size_ = 0;
    std::size_t numbers_used_ = 0;
    std::array<std::string_view, 16> inline_words_;
    std::array<std::array<char, number_size>, 4> numbers_;
    std::vector<std::string_view> more_words_;
    std::vector<std::unique_ptr<std::array<char, number_size>>> more_numbers_;
};

/// What can be part of a command.
template <class T>
concept Argument = requires(T const& part, ArgumentList& words) { words.add(part); };

}  // namespace keyslot::detail
