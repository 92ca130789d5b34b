#include "simulator/server/progress_bar.hpp"

#include <cstdio>
#include <utility>

#include <unistd.h>

namespace keyslot::sim {

namespace {
constexpr int width = 30;
}

ProgressBar::ProgressBar() : is_terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressBar::begin(std::string title) {
    title_ = std::move(title);
    show(0);
}

void ProgressBar::show(int thousandths) {
    if (!is_terminal_) {
        return;
    }
    if (thousandths >= 1000) {
        clear();
        return;
    }
    auto const full = static_cast<std::size_t>(thousandths * width / 1000);
    std::string const bar = std::string(full, '#') + std::string(width - full, '.');
    std::fprintf(stderr, "\r\x1b[K[%s] %3d%% %s", bar.c_str(), thousandths / 10, title_.c_str());
    std::fflush(stderr);
    shown_ = true;
}

void ProgressBar::clear() {
    if (std::exchange(shown_, false)) {
        std::fputs("\r\x1b[K", stderr);
        std::fflush(stderr);
    }
}

}  // namespace keyslot::sim
