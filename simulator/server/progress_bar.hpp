#pragma once

#include <string>

namespace keyslot::sim {

/// A line on the terminal that fills up; nothing at all where standard error is no terminal.
class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar() { clear(); }

    void begin(std::string title);
    /// Clears itself at 1000.
    void show(int thousandths);

private:
    void clear();

    bool is_terminal_;
    bool shown_ = false;
    std::string title_;
};

}  // namespace keyslot::sim
