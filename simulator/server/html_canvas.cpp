#include "simulator/server/html_canvas.hpp"

#include "simulator/server/html_text.hpp"
#include "simulator/server/report.hpp"

#include <algorithm>
#include <cmath>

namespace keyslot::sim {
namespace {

// In pixels.
constexpr int axis_height = 22, heading_height = 24, space = 7;
// In percent of the width.
constexpr double words_width_min = 4, box_width_min = 0.3;

std::string quoted(std::string_view attribute, std::string const& value) {
    return std::string(attribute) + "='" + value + "' ";
}
std::string quoted(std::string_view attribute, int value) {
    return quoted(attribute, std::to_string(value));
}

}  // namespace

std::string Span::text() const {
    return from == to ? in_seconds(from) : in_seconds(from) + " to " + in_seconds(to);
}

double Canvas::percent(Duration part) const {
    double const share =
        std::chrono::duration<double>(part) / std::chrono::duration<double>(whole_);
    return 100 * std::clamp(share, 0.0, 1.0);
}

// x and width.
std::string Canvas::across(Span span) const {
    double const from = std::min(percent(span.from), 100 - box_width_min);
    double const width = std::max(percent(span.to) - from, box_width_min);
    return quoted("x", decimal(from) + '%') + quoted("width", decimal(width) + '%');
}

void Canvas::name(int height, std::string_view text, std::string_view style) {
    names_ += element("text",
                      quoted("class", std::string(style)) + quoted("x", 0) +
                          quoted("y", y_ + height / 2 + 4),
                      element("title", "", escaped(text)) + escaped(text)) +
              '\n';
}

void Canvas::heading(std::string_view text) {
    skip(space);
    name(heading_height, text, "heading");
    skip(heading_height);
}

void Canvas::box(std::string_view style, Span span, int y, int height, std::string_view tooltip) {
    plot_ += element("rect",
                     quoted("class", std::string(style)) + across(span) + quoted("y", y) +
                         quoted("height", height),
                     element("title", "", escaped(tooltip))) +
             '\n';
}

void Canvas::words(Span span, int y, int height, std::string_view text) {
    if (percent(span.to) - percent(span.from) < words_width_min) {
        return;
    }
    plot_ +=
        element("svg",
                across(span) + quoted("y", y) + quoted("height", height) + "pointer-events='none'",
                element("text", quoted("x", 5) + quoted("y", height / 2 + 4), escaped(text))) +
        '\n';
}

void Canvas::words_beside(Span span, int height, std::string_view text, std::string_view tooltip) {
    double const before = percent(span.from), after = 100 - percent(span.to);
    bool const is_after = after >= before;
    std::string const place = is_after ? quoted("x", 6)
                                       : quoted("x", std::string("100%")) + quoted("dx", -6) +
                                             quoted("text-anchor", std::string("end"));
    plot_ += element("svg",
                     quoted("x", decimal(is_after ? 100 - after : 0) + '%') +
                         quoted("width", decimal(is_after ? after : before) + '%') +
                         quoted("y", y_) + quoted("height", height),
                     element("text", "class='beside' " + place + quoted("y", height / 2 + 4),
                             element("title", "", escaped(tooltip)) + escaped(text))) +
             '\n';
}

std::string Canvas::shade(Span span) const {
    return "<rect class='shade' " + across(span) + quoted("y", axis_height) +
           quoted("height", y_ - axis_height) + "/>\n";
}

std::string Canvas::line(std::string_view style, Duration at) const {
    std::string const x = decimal(percent(at)) + '%';
    return "<line " + quoted("class", std::string(style)) + quoted("x1", x) + quoted("x2", x) +
           quoted("y1", axis_height) + quoted("y2", y_) + "/>\n";
}

// At most seven, at round times: a phone has no room for more.
Duration Canvas::tick() const {
    Duration step = std::chrono::milliseconds{1};
    for (int n = 0; whole_ / step >= 7; ++n) {
        step = n % 3 == 1 ? step / 2 * 5 : step * 2;  // 1, 2, 5, 10, ...
    }
    return step;
}

void Canvas::axis(int y) {
    bool const whole_seconds = tick() >= std::chrono::seconds{1};
    for (Duration at{}; at <= whole_; at += tick()) {
        double const x = percent(at);
        std::string const anchor = x < 3 ? "start" : x > 97 ? "end" : "middle";
        std::string const label =
            whole_seconds
                ? std::to_string(std::lround(std::chrono::duration<double>(at).count())) + " s"
                : in_seconds(at);
        plot_ += element("text",
                         "class='tick' " + quoted("text-anchor", anchor) +
                             quoted("x", decimal(x) + '%') + quoted("y", y + 15),
                         label) +
                 '\n';
    }
}

std::string Canvas::html(std::string const& background) {
    std::string grid;
    for (Duration at{}; at <= whole_; at += tick()) {
        grid += line("grid", at);
    }
    axis(0);
    axis(y_);
    std::string const height = quoted("height", y_ + axis_height);
    return element("div", "class='chart'",
                   element("svg", "class='names' " + height + "role='img'", names_) +
                       element("svg", "class='plot' " + height + "role='img'",
                               grid + background + plot_)) +
           '\n';
}

}  // namespace keyslot::sim
