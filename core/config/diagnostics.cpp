#include "core/config/diagnostics.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/domain/text.hpp"

namespace pakn::config {

namespace {

constexpr std::string_view kDidYouMean = "did you mean ";
constexpr std::size_t kQuotedLength = 60;
constexpr std::size_t kComparedLength = 64;
constexpr std::size_t kListedNames = 8;

/// Levenshtein distance in bytes, a swap of neighbours counting one.
std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::vector<std::size_t> row(b.size() + 1);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = std::exchange(last, std::move(row));
    }
    return last.back();
}

/// "so-xd" abbreviates "so-xay-dung": the same beginning, and every letter in order.
bool abbreviates(std::string_view brief, std::string_view full) {
    if (brief.size() < 3 || full.empty() || brief.front() != full.front()) return false;
    std::size_t at = 0;
    for (const char c : full)
        if (at < brief.size() && brief[at] == c) ++at;
    return at == brief.size();
}

bool isClose(std::string_view wrong, std::string_view known, std::size_t distance) {
    return distance <= std::max<std::size_t>(1, std::max(wrong.size(), known.size()) / 3) || abbreviates(wrong, known);
}

}  // namespace

std::string format(const Diagnostic& diagnostic) {
    std::string text = diagnostic.file;
    if (diagnostic.line > 0) text += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
    text += diagnostic.severity == Diagnostic::Severity::kError ? ": error: " : ": warning: ";
    text += diagnostic.message;
    if (!diagnostic.hint.empty()) text += " (" + diagnostic.hint + ")";
    return text;
}

int Diagnostics::addFile(std::string name) {
    files_.push_back(std::move(name));
    return static_cast<int>(files_.size()) - 1;
}

void Diagnostics::error(const Mark& at, std::string message, std::string hint) {
    ++errors_;
    add(Diagnostic::Severity::kError, at, std::move(message), std::move(hint));
}

void Diagnostics::warning(const Mark& at, std::string message, std::string hint) {
    add(Diagnostic::Severity::kWarning, at, std::move(message), std::move(hint));
}

void Diagnostics::add(Diagnostic::Severity severity, const Mark& at, std::string message, std::string hint) {
    const auto worst = Diagnostic::Severity::kError;
    auto place = kept_.end();
    if (kept_.size() >= kMost) {
        // An error takes the place of a warning: what keeps the hub from starting is always said.
        if (severity == worst)
            place = std::find_if(kept_.begin(), kept_.end(), [&](const auto& one) { return one.severity != worst; });
        ++(place == kept_.end() && severity == worst ? dropped_errors_ : dropped_warnings_);
        if (place == kept_.end()) return;
        kept_.erase(place);
    }
    kept_.push_back({severity, nameOf(at), at.line, at.column, std::move(message), std::move(hint)});
}

std::string Diagnostics::nameOf(const Mark& at) const {
    return at.file < 0 ? "." : files_[static_cast<std::size_t>(at.file)];
}

std::string Diagnostics::place(const Mark& at) const {
    if (at.line == 0) return nameOf(at);
    return nameOf(at) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

void sortByPlace(std::vector<Diagnostic>& diagnostics) {
    std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
    });
}

std::vector<Diagnostic> Diagnostics::sorted() const {
    std::vector<Diagnostic> all = kept_;
    sortByPlace(all);
    const auto more = [&](Diagnostic::Severity severity, std::size_t count, const char* what) {
        if (count > 0) all.push_back({severity, ".", 0, 0, "and " + std::to_string(count) + " more " + what, {}});
    };
    more(Diagnostic::Severity::kError, dropped_errors_, "errors");
    more(Diagnostic::Severity::kWarning, dropped_warnings_, "warnings");
    return all;
}

std::string inQuotes(std::string_view text) {
    const std::string_view shown = domain::firstCodePoints(text, kQuotedLength);
    std::string result = "\"";
    for (const char c : shown) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    return result + (shown.size() < text.size() ? "…\"" : "\"");
}

bool offersOne(std::string_view name_hint) { return name_hint.starts_with(kDidYouMean); }

std::string nameHint(std::string_view wrong, std::vector<std::string> known) {
    if (known.empty()) return {};
    const std::string_view compared = wrong.substr(0, kComparedLength);
    std::vector<std::pair<std::size_t, std::string>> ranked;
    ranked.reserve(known.size());
    for (std::string& name : known) {
        const std::size_t distance = editDistance(compared, std::string_view{name}.substr(0, kComparedLength));
        ranked.emplace_back(distance, std::move(name));
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [distance, name] : ranked)
        if (isClose(compared, name, distance)) return std::string{kDidYouMean} + "\"" + name + "\"?";
    std::string hint = "known: ";
    for (std::size_t i = 0; i < std::min(ranked.size(), kListedNames); ++i)
        hint += (i == 0 ? "" : ", ") + ranked[i].second;
    return hint + (ranked.size() > kListedNames ? ", …" : "");
}

}  // namespace pakn::config
