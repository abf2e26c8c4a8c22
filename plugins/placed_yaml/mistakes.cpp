#include "mistakes.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace pakn::placed_yaml {
namespace {

constexpr std::size_t kQuoted = 60;    ///< Bytes of a quoted text.
constexpr std::size_t kCompared = 64;  ///< Bytes of a name that count for likeness.
constexpr std::size_t kListed = 12;

/// Levenshtein distance in bytes, a swap of neighbours counting one.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::vector<std::size_t> row(b.size() + 1, i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = std::exchange(last, std::move(row));
    }
    return last.back();
}

}  // namespace

void Mistakes::add(const Mark& at, std::string message, std::string hint) {
    if (kept_.size() >= kMost)
        ++dropped_;
    else
        kept_.push_back({at, std::move(message), std::move(hint)});
}

std::string lineOf(std::string where, const Mistake& mistake) {
    if (mistake.at.line > 0) where += ':' + std::to_string(mistake.at.line) + ':' + std::to_string(mistake.at.column);
    where += (where.empty() ? "error: " : ": error: ") + mistake.message;
    return mistake.hint.empty() ? where : where + " (" + mistake.hint + ')';
}

std::vector<Mistake> Mistakes::sorted() const {
    std::vector<Mistake> sorted = kept_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Mistake& a, const Mistake& b) {
        return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
    });
    if (dropped_ > 0) sorted.push_back({.message = "and " + std::to_string(dropped_) + " more"});
    return sorted;
}

std::vector<std::string> Mistakes::lines() const {
    std::vector<std::string> lines;
    for (const Mistake& one : sorted()) lines.push_back(lineOf(file_, one));
    return lines;
}

std::string inQuotes(std::string_view text) {
    std::string_view shown = text.substr(0, kQuoted);
    // Not in the middle of a character.
    while (shown.size() < text.size() && !shown.empty() &&
           (static_cast<unsigned char>(text[shown.size()]) & 0xC0U) == 0x80U)
        shown.remove_suffix(1);
    std::string result = "\"";
    for (const char c : shown) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    return result + (shown.size() < text.size() ? "…\"" : "\"");
}

std::string nameHint(std::string_view wrong, const std::vector<std::string>& known) {
    if (known.empty()) return {};
    const std::string_view compared = wrong.substr(0, kCompared);
    std::vector<std::pair<std::size_t, std::string_view>> ranked;
    for (const std::string& name : known)
        ranked.emplace_back(distance(compared, std::string_view{name}.substr(0, kCompared)), name);
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto& [nearest, name] = ranked.front();
    if (nearest <= std::max<std::size_t>(1, std::max(wrong.size(), name.size()) / 3))
        return "did you mean " + inQuotes(name) + "?";
    std::string hint = "known: ";
    for (std::size_t i = 0; i < std::min(ranked.size(), kListed); ++i)
        hint.append(i == 0 ? "" : ", ").append(ranked[i].second);
    return hint + (ranked.size() > kListed ? ", …" : "");
}

}  // namespace pakn::placed_yaml
