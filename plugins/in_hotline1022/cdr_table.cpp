#include "cdr_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "call_facts.hpp"
#include "core/spreadsheet/csv.hpp"
#include "text.hpp"
#include "times.hpp"

namespace pakn::hotline {
namespace {

constexpr std::array<std::string_view, 9> kColumns{"call_id", "started_at", "answered_at", "ended_at", "caller",
                                                   "called",  "agent",      "result",      "recording"};
constexpr std::size_t kMostId = 200;
constexpr std::size_t kMostText = 100;
constexpr std::size_t kMostUrl = 2000;

Error wrong(std::string problem, std::string message, std::string field = {}) {
    return {.code = Errc::kInvalid,
            .message = std::move(message),
            .problem = std::move(problem),
            .field = std::move(field)};
}

bool isDigits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "9.12345678E+8" with all digits there; nothing where a spreadsheet rounded.
std::optional<std::string> fromScientific(std::string_view text) {
    const std::size_t e = text.find_first_of("eE");
    if (e == std::string_view::npos || e == 0 || e + 1 == text.size()) return std::nullopt;
    std::string_view exponent = text.substr(e + 1);
    if (exponent.front() == '+') exponent.remove_prefix(1);
    std::size_t places = 0;
    const auto [end, bad] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), places);
    constexpr std::size_t kMostPlaces = 15;
    if (bad != std::errc{} || end != exponent.data() + exponent.size() || places > kMostPlaces) return std::nullopt;
    const std::string_view mantissa = text.substr(0, e);
    const std::size_t point = mantissa.find_first_of(".,");
    const std::string_view whole = mantissa.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? std::string_view{} : mantissa.substr(point + 1);
    if (whole.size() != 1 || !isDigits(whole) || (!fraction.empty() && !isDigits(fraction))) return std::nullopt;
    // A spreadsheet shows five places behind the point and keeps the rest to itself: fewer digits than places may be
    // zeros, and may have been lost.
    if (fraction.size() != places) return std::nullopt;
    return std::string{whole}.append(fraction);
}

bool looksScientific(std::string_view text) {
    const std::size_t e = text.find_first_of("eE");
    return e != std::string_view::npos && e > 0 && isDigits(text.substr(0, 1)) &&
           text.find_first_not_of("0123456789.,eE+") == std::string_view::npos;
}

/// The Linkedid of Asterisk with the decimal sign of a Vietnamese spreadsheet: "1763333492,7".
std::string withPoint(std::string id) {
    const std::size_t comma = id.find(',');
    if (comma == std::string::npos) return id;
    const std::string_view text{id};
    if (isDigits(text.substr(0, comma)) && isDigits(text.substr(comma + 1))) id[comma] = '.';
    return id;
}

class Reader {
public:
    Reader(std::chrono::milliseconds short_call, TakeCdrRow take) : short_call_{short_call}, take_{std::move(take)} {}

    Status row(int number, const std::vector<std::string>& cells) {
        if (!has_head_) return head(cells);
        std::string raw;
        bool empty = true;
        for (const std::string& cell : cells) {
            raw.append(raw.empty() ? "" : ";").append(cell);
            empty = empty && trimmed(cell).empty();
        }
        if (empty) return Done{};
        return take_({.number = number, .call = call(number, cells), .raw = std::move(raw)});
    }
    [[nodiscard]] bool hasHead() const { return has_head_; }

private:
    Status head(const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string name = lowered(trimmed(cells[i]));
            const auto* const known = std::find(kColumns.begin(), kColumns.end(), name);
            if (known != kColumns.end()) places_[static_cast<std::size_t>(known - kColumns.begin())] = i;
        }
        has_head_ = true;
        if (!places_[0] || !places_[1])
            return wrong("hotline.columns", "the first line names no columns call_id and started_at");
        return Done{};
    }

    std::string cell(const std::vector<std::string>& cells, std::string_view name) const {
        const auto* const column = std::find(kColumns.begin(), kColumns.end(), name);
        const std::optional<std::size_t> place = places_[static_cast<std::size_t>(column - kColumns.begin())];
        return place && *place < cells.size() ? plainCell(cells[*place]) : std::string{};
    }

    Result<Call> call(int number, const std::vector<std::string>& cells) const {
        std::optional<Error> mistake;
        const auto note = [&](std::string_view name, std::string_view what) {
            if (!mistake)
                mistake = wrong("hotline.row",
                                "row " + std::to_string(number) + ": " + std::string{name}.append(" ").append(what),
                                '/' + std::string{name});
        };
        const auto text = [&](std::string_view name, std::size_t most) {
            std::string value = cell(cells, name);
            if (value.size() > most) note(name, "is too long");
            return value;
        };
        const auto instant = [&](std::string_view name) -> std::optional<Instant> {
            const std::string value = cell(cells, name);
            if (value.empty()) return std::nullopt;
            const std::optional<Instant> at = parseLooseInstant(value);
            if (!at) note(name, "is no time");
            return at;
        };
        Call call{.id = withPoint(text("call_id", kMostId)),
                  .caller = text("caller", kMostText),
                  .called = text("called", kMostText),
                  .agent = text("agent", kMostText),
                  .result = lowered(text("result", kMostText)),
                  .started_at = instant("started_at"),
                  .answered_at = instant("answered_at"),
                  .ended_at = instant("ended_at")};
        if (call.id.empty()) note("call_id", "is missing");
        // Two calls would become one.
        if (looksScientific(call.id)) note("call_id", "was rounded by a spreadsheet: format the column as text");
        if (looksScientific(call.caller)) call.caller.clear();  // Its last digits are lost; the call is not.
        if (!call.started_at) note("started_at", "is missing");
        if (!call.result.empty() && !isResult(call.result)) note("result", "is none of the five");
        keepRecording(text("recording", kMostUrl), call);
        if (mistake) return *mistake;
        markShort(call, short_call_);
        return call;
    }

    static void keepRecording(const std::string& recording, Call& call) {
        if (recording.empty()) return;
        const bool is_url = !originOf(recording).empty();
        call.attributes.emplace(is_url ? kRecordingUrl : kRecordingFile, recording);
    }

    const std::chrono::milliseconds short_call_;
    const TakeCdrRow take_;
    bool has_head_ = false;
    std::array<std::optional<std::size_t>, kColumns.size()> places_ = {};
};

}  // namespace

std::string plainCell(std::string_view cell) {
    std::string_view text = trimmed(cell);
    if (text.size() >= 3 && text.substr(0, 2) == "=\"" && text.back() == '"') text = text.substr(2, text.size() - 3);
    if (!text.empty() && text.front() == '\'') text.remove_prefix(1);
    text = trimmed(text);
    const std::string lower = lowered(text);
    if (lower == "null" || lower == "n/a" || lower == "-") return {};
    if (std::optional<std::string> digits = fromScientific(text)) return *std::move(digits);
    return std::string{text};
}

Status readCdr(std::string_view bytes, const std::string& encoding, std::chrono::milliseconds short_call,
               const TakeCdrRow& take) {
    const Result<std::string> text = toUtf8(bytes, encoding);
    if (!text) return text.error();
    // An error of `take` must not look like one of the file.
    std::optional<Error> taken;
    Reader reader{short_call, [&](CdrRow row) -> Status {
                      Status done = take(std::move(row));
                      if (!done) taken = done.error();
                      return done;
                  }};
    Status read = spreadsheet::readCsv(
        *text, '\0', [&](int number, const std::vector<std::string>& cells) { return reader.row(number, cells); });
    if (taken) return *taken;
    if (!read && read.error().problem != "hotline.columns") return wrong("hotline.csv", read.error().message);
    if (read && !reader.hasHead()) return wrong("hotline.columns", "the file is empty");
    return read;
}

}  // namespace pakn::hotline
