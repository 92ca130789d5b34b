#pragma once

#include <keyslot/time.hpp>

#include <string>
#include <string_view>

namespace keyslot::sim {

/// A stretch of simulated time.
struct Span {
    Duration from{}, to{};
    /// "1.000s to 2.500s"
    std::string text() const;
};

/// A chart over time in inline SVG: names on the left, and rows of boxes that grow with the page.
/// It is filled from the top downwards; y() is the top of the row at hand, in pixels.
class Canvas {
public:
    explicit Canvas(Duration whole) : whole_(whole) {}

    int y() const { return y_; }
    void skip(int height) { y_ += height; }
    /// To the left of a row of that height.
    void name(int height, std::string_view text, std::string_view style = "name");
    void heading(std::string_view text);
    /// Never too narrow to be seen.
    void box(std::string_view style, Span span, int y, int height, std::string_view tooltip);
    /// Cut off where the stretch ends, and left out where there is no room at all.
    void words(Span span, int y, int height, std::string_view text);
    /// On whichever side of the stretch there is more room.
    void words_beside(Span span, int height, std::string_view text, std::string_view tooltip);

    /// Under all that is drawn, from top to bottom, once the rest is there.
    std::string shade(Span span) const;
    std::string line(std::string_view style, Duration at) const;
    /// The chart, with `background` below it and time written above and under it.
    std::string html(std::string const& background);

private:
    double percent(Duration part) const;
    std::string across(Span span) const;
    Duration tick() const;
    void axis(int y);

    Duration whole_;
    int y_ = 22;  // below the upper axis
    std::string names_, plot_;
};

}  // namespace keyslot::sim
