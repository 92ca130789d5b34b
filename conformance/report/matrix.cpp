#include "conformance/report/matrix.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace keyslot::conformance {

VerdictCounts Matrix::counts(std::size_t client) const {
    VerdictCounts counts{};
    for (Cell const& cell : cells[client]) {
        ++counts[static_cast<std::size_t>(cell.report.judgement.verdict)];
    }
    return counts;
}

std::size_t Matrix::count(Verdict verdict, Level level) const {
    std::size_t found = 0;
    for (auto const& column : cells) {
        for (std::size_t n = 0; n < cases.size(); ++n) {
            found += cases[n].level == level && column[n].report.judgement.verdict == verdict;
        }
    }
    return found;
}

std::string_view group_of(Case const& test) {
    return std::string_view(test.id).substr(0, test.id.find('/'));
}

std::string to_text(Matrix const& matrix) {
    constexpr int name_width = 16;
    constexpr int version_width = 10;
    std::ostringstream text;
    text << std::left << std::setw(name_width) << "client" << std::setw(version_width) << "version";
    for (std::size_t verdict = 0; verdict < verdict_count; ++verdict) {
        text << "  " << to_string(static_cast<Verdict>(verdict));
    }
    text << '\n';
    for (std::size_t client = 0; client < matrix.clients.size(); ++client) {
        text << std::left << std::setw(name_width) << matrix.clients[client].name
             << std::setw(version_width) << matrix.clients[client].version << std::right;
        VerdictCounts const counts = matrix.counts(client);
        for (std::size_t verdict = 0; verdict < verdict_count; ++verdict) {
            auto const width = to_string(static_cast<Verdict>(verdict)).size() + 2;
            text << std::setw(static_cast<int>(width)) << counts[verdict];
        }
        text << '\n';
    }
    return text.str();
}

}  // namespace keyslot::conformance
