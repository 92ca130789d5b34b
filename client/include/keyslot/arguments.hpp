#pragma once

#include <keyslot/detail/argument_list.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

namespace keyslot {

namespace detail {

/// A range that holds its elements: one that makes strings as it goes would let go of them too early.
template <class Range, class Element>
concept RangeOf = requires(Range const& range) {
    { *std::begin(range) } -> std::convertible_to<Element>;
    requires std::is_lvalue_reference_v<decltype(*std::begin(range))>;
    std::end(range);
};

}  // namespace detail

/// Several arguments of one kind, for the functions that take any number of them. Made from a braced
/// list, from any range of what converts to Element, or from one Element alone:
/// `redis.del("a")`, `redis.del({"a", "b"})`, `redis.del(vector_of_strings)`.
///
/// It only looks: it lives no longer than what it was made from. Inside a co_await expression g++ 12
/// cannot compile the braced list; args("a", "b") says the same there.
template <class Element>
class ListOf {
public:
    ListOf() = default;
    ListOf(std::initializer_list<Element> elements)
        : elements_(elements.begin()), size_(elements.size()) {
        visit_all_ = [](ListOf const& list, Visitor visit, void* context) {
            auto const* const first = static_cast<Element const*>(list.elements_);
            for (auto const* element = first; element != first + list.size_; ++element) {
                visit(context, *element);
            }
        };
    }
    template <class One>
        requires(std::convertible_to<One const&, Element> && !std::same_as<One, ListOf>)
    ListOf(One const& one) : one_(one), size_(1) {
        visit_all_ = [](ListOf const& list, Visitor visit, void* context) {
            visit(context, list.one_);
        };
    }
    template <class Range>
        requires(!std::convertible_to<Range const&, Element> && detail::RangeOf<Range, Element>)
    ListOf(Range const& range)
        : elements_(&range),
          size_(static_cast<std::size_t>(std::distance(std::begin(range), std::end(range)))) {
        visit_all_ = [](ListOf const& list, Visitor visit, void* context) {
            for (auto const& element : *static_cast<Range const*>(list.elements_)) {
                visit(context, Element(element));
            }
        };
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// Calls `visit(Element const&)` with each element in turn.
    template <class Visit>
    void for_each(Visit visit) const {
        if (size_ != 0) {
            visit_all_(
                *this,
                [](void* context, Element const& element) {
                    (*static_cast<Visit*>(context))(element);
                },
                &visit);
        }
    }
    void append_to(detail::ArgumentList& words) const {
        for_each([&words](Element const& element) { words.add(element); });
    }

private:
    using Visitor = void (*)(void* context, Element const& element);

    Element one_{};
    void const* elements_ = nullptr;
    std::size_t size_ = 0;
    void (*visit_all_)(ListOf const&, Visitor, void* context) = nullptr;
};

using Words = ListOf<std::string_view>;
using KeyValue = std::pair<std::string_view, std::string_view>;
using KeyValues = ListOf<KeyValue>;

/// Words in a row, for a co_await expression: `co_await redis.del(args("a", "b"))`.
template <class... Word>
constexpr std::array<std::string_view, sizeof...(Word)> args(Word const&... words) {
    return {std::string_view(words)...};
}

namespace detail {

/// How many words follow, and then the words: "2 a b".
struct Counted {
    Words words;
    void append_to(ArgumentList& list) const { list.add(words.size()).add(words); }
};

/// A time that Redis takes in seconds, with a fraction.
struct FractionalSeconds {
    std::chrono::milliseconds time;
    void append_to(ArgumentList& list) const { list.add(static_cast<double>(time.count()) / 1000); }
};

}  // namespace detail
}  // namespace keyslot
