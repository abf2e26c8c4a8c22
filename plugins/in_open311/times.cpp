#include "times.hpp"

#include <array>
#include <cstdlib>

namespace pakn::in_open311 {
namespace {

constexpr std::chrono::minutes kVietNam{7 * 60};
constexpr int kMostHoursOff = 14;

/// Reads a text from its beginning; after a step that does not fit all others fail, too.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    [[nodiscard]] bool well() const { return well_; }
    [[nodiscard]] bool atEnd() const { return rest_.empty(); }

    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void need(char wanted) { well_ = take(wanted) && well_; }

    int number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
                well_ = false;
                return 0;
            }
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }
    void skipDigits() {
        number(1);
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') rest_.remove_prefix(1);
    }

private:
    std::string_view rest_;
    bool well_ = true;
};

std::chrono::minutes readOffset(Scanner& scanner) {
    if (scanner.take('Z')) return std::chrono::minutes{0};
    const bool west = scanner.take('-');
    if (!west && !scanner.take('+') && !scanner.take(' ')) return kVietNam;
    const int hours = scanner.number(2);
    scanner.take(':');
    const int minutes = scanner.number(2);
    if (hours > kMostHoursOff || minutes > 59) scanner.number(1);  // Beyond the end: it is no time.
    const std::chrono::minutes offset{hours * 60 + minutes};
    return west ? -offset : offset;
}

void append(std::string& text, int value, std::size_t digits) {
    std::string plain = std::to_string(value);
    if (plain.size() < digits) plain.insert(0, digits - plain.size(), '0');
    text += plain;
}

}  // namespace

std::optional<Seconds> parseTime(std::string_view text) {
    using namespace std::chrono;
    Scanner scanner{text};
    const year year{scanner.number(4)};
    scanner.need('-');
    const month month{static_cast<unsigned>(scanner.number(2))};
    scanner.need('-');
    const day day{static_cast<unsigned>(scanner.number(2))};
    const year_month_day date{year, month, day};
    if (!scanner.well() || !date.ok() || year < std::chrono::year{1970}) return std::nullopt;
    if (scanner.atEnd()) return sys_days{date} - kVietNam;
    if (!scanner.take('T')) scanner.need(' ');
    const int hour = scanner.number(2);
    scanner.need(':');
    const int minute = scanner.number(2);
    int second = 0;
    if (scanner.take(':')) second = scanner.number(2);
    if (scanner.take('.')) scanner.skipDigits();
    const minutes offset = readOffset(scanner);
    const bool sane = hour <= 23 && minute <= 59 && second <= 60;
    if (!scanner.well() || !scanner.atEnd() || !sane) return std::nullopt;
    return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} - offset;
}

std::string formatTime(Instant at, std::chrono::minutes offset) {
    using namespace std::chrono;
    const auto local = floor<seconds>(at) + offset;
    const auto midnight = floor<days>(local);
    const year_month_day date{midnight};
    const hh_mm_ss time{local - midnight};
    std::string text;
    append(text, static_cast<int>(date.year()), 4);
    append(text += '-', static_cast<int>(static_cast<unsigned>(date.month())), 2);
    append(text += '-', static_cast<int>(static_cast<unsigned>(date.day())), 2);
    append(text += 'T', static_cast<int>(time.hours().count()), 2);
    append(text += ':', static_cast<int>(time.minutes().count()), 2);
    append(text += ':', static_cast<int>(time.seconds().count()), 2);
    if (offset == minutes{0}) return text + 'Z';
    const auto away = static_cast<int>(std::abs(offset.count()));
    append(text += offset < minutes{0} ? '-' : '+', away / 60, 2);
    append(text += ':', away % 60, 2);
    return text;
}

}  // namespace pakn::in_open311
