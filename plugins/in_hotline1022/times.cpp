#include "times.hpp"

#include <chrono>

namespace pakn::hotline {
namespace {

constexpr std::chrono::minutes kVietnam{7 * 60};

/// Takes a text apart from its beginning.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    /// A number of exactly so many digits.
    std::optional<int> number(std::size_t least, std::size_t most) {
        std::size_t digits = 0;
        int value = 0;
        while (digits < most && digits < rest_.size() && isDigit(rest_[digits]))
            value = value * 10 + (rest_[digits++] - '0');
        if (digits < least) return std::nullopt;
        rest_.remove_prefix(digits);
        return value;
    }
    bool take(char expected) {
        if (rest_.empty() || rest_.front() != expected) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool takeDigits() {
        const std::size_t before = rest_.size();
        while (!rest_.empty() && isDigit(rest_.front())) rest_.remove_prefix(1);
        return rest_.size() < before;
    }
    [[nodiscard]] bool atEnd() const { return rest_.empty(); }
    [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }

private:
    static bool isDigit(char c) { return c >= '0' && c <= '9'; }
    std::string_view rest_;
};

struct Form {
    bool loose = false;
};

std::optional<std::chrono::year_month_day> readDay(Scanner& scanner, Form form, std::string_view text) {
    const bool day_first = form.loose && text.size() > 5 && text.find('/') <= 2;
    const auto first = scanner.number(day_first ? 1 : 4, day_first ? 2 : 4);
    const char between = day_first ? '/' : '-';
    if (!first || !scanner.take(between)) return std::nullopt;
    const auto month = scanner.number(day_first ? 1 : 2, 2);
    if (!month || !scanner.take(between)) return std::nullopt;
    const auto last = scanner.number(day_first ? 4 : 2, day_first ? 4 : 2);
    if (!last) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year{day_first ? *last : *first},
                                          std::chrono::month{static_cast<unsigned>(*month)},
                                          std::chrono::day{static_cast<unsigned>(day_first ? *first : *last)}};
    constexpr std::chrono::year kFirst{2000};
    constexpr std::chrono::year kLast{2099};
    if (!day.ok() || day.year() < kFirst || day.year() > kLast) return std::nullopt;
    return day;
}

std::optional<std::chrono::seconds> readTime(Scanner& scanner, Form form) {
    const auto hour = scanner.number(form.loose ? 1 : 2, 2);
    if (!hour || *hour > 23 || !scanner.take(':')) return std::nullopt;
    const auto minute = scanner.number(2, 2);
    if (!minute || *minute > 59) return std::nullopt;
    int second = 0;
    if (scanner.take(':')) {
        const auto read = scanner.number(2, 2);
        if (!read || *read > 60) return std::nullopt;
        second = *read;
        if (scanner.take('.') && !scanner.takeDigits()) return std::nullopt;
    } else if (!form.loose) {
        return std::nullopt;
    }
    return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{second};
}

std::optional<std::chrono::minutes> readZone(Scanner& scanner, Form form) {
    if (scanner.atEnd()) return form.loose ? std::optional{kVietnam} : std::nullopt;
    if (scanner.take('Z') || scanner.take('z')) return std::chrono::minutes{0};
    const bool behind = scanner.next() == '-';
    if (!scanner.take('+') && !scanner.take('-')) return std::nullopt;
    const auto hours = scanner.number(2, 2);
    const bool colon = scanner.take(':');
    const auto minutes = scanner.number(2, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59 || (!colon && !form.loose)) return std::nullopt;
    const std::chrono::minutes offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
    return behind ? -offset : offset;
}

std::optional<Instant> parse(std::string_view text, Form form) {
    Scanner scanner{text};
    const auto day = readDay(scanner, form, text);
    if (!day) return std::nullopt;
    if (!scanner.take('T') && !scanner.take('t') && !(form.loose && scanner.take(' '))) return std::nullopt;
    const auto time = readTime(scanner, form);
    if (!time) return std::nullopt;
    const auto zone = readZone(scanner, form);
    if (!zone || !scanner.atEnd()) return std::nullopt;
    return Instant{std::chrono::sys_days{*day}.time_since_epoch() + *time - *zone};
}

}  // namespace

std::optional<Instant> parseInstant(std::string_view text) { return parse(text, {}); }
std::optional<Instant> parseLooseInstant(std::string_view text) { return parse(text, {.loose = true}); }

}  // namespace pakn::hotline
