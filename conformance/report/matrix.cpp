#include "conformance/report/matrix.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <utility>

namespace keyslot::conformance {
namespace {

/// Nothing is to be found out by another play.
bool is_passed(Verdict verdict) {
    return verdict != Verdict::failed && verdict != Verdict::non_strict &&
           verdict != Verdict::error;
}

std::size_t count_of(Verdict verdict, std::vector<Verdict> const& plays) {
    return static_cast<std::size_t>(std::count(plays.begin(), plays.end(), verdict));
}

}  // namespace

void Cell::note_play(CaseReport played, std::chrono::milliseconds time) {
    Verdict const verdict = played.judgement.verdict;
    plays.push_back(verdict);
    bool const leads = count_of(verdict, plays) > count_of(report.judgement.verdict, plays);
    if (plays.size() == 1 || leads) {
        report = std::move(played);
        took = time;
    }
}

bool Cell::is_decided(std::size_t plays_max) const {
    if (plays.size() == 1 && is_passed(plays.front())) {
        return true;
    }
    return plays.size() >= plays_max || count_of(report.judgement.verdict, plays) * 2 > plays_max;
}

VerdictCounts Matrix::counts(std::size_t client) const {
    VerdictCounts counts{};
    for (Cell const& cell : cells[client]) {
        ++counts[static_cast<std::size_t>(cell.report.judgement.verdict)];
    }
    return counts;
}

std::size_t Matrix::count(std::size_t client, Verdict verdict, std::optional<Level> level) const {
    std::size_t found = 0;
    for (std::size_t row = 0; row < cases.size(); ++row) {
        bool const is_of_level = !level || cases[row].level == *level;
        found += is_of_level && cells[client][row].report.judgement.verdict == verdict ? 1u : 0u;
    }
    return found;
}

std::string list_of(std::vector<Verdict> const& plays) {
    std::string list;
    for (Verdict const verdict : plays) {
        list += (list.empty() ? "" : ", ") + std::string(to_string(verdict));
    }
    return list;
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
