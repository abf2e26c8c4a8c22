#include "times.hpp"

#include <array>
#include <cstdio>

namespace pakn::in_mobile {
namespace {

using namespace std::chrono;

constexpr hours kVietnam{7};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes a text apart from its beginning; once something does not fit, nothing does.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    /// A number of exactly so many digits, at most `most`.
    int number(std::size_t digits, int most) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_.empty() || !isDigit(rest_.front())) return fail();
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value <= most ? value : fail();
    }
    void sign(std::string_view one_of) {
        if (rest_.empty() || one_of.find(rest_.front()) == std::string_view::npos)
            fail();
        else
            rest_.remove_prefix(1);
    }
    [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }
    /// Digits of a fraction of a second, as many as there are.
    milliseconds fraction() {
        int value = 0;
        int place = 100;
        if (!isDigit(next())) fail();
        for (; isDigit(next()); rest_.remove_prefix(1), place /= 10) value += (next() - '0') * place;
        return milliseconds{value};
    }
    [[nodiscard]] bool readAll() const { return !failed_ && rest_.empty(); }

private:
    int fail() {
        failed_ = true;
        return 0;
    }
    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace

std::string writeInstant(Instant at) {
    const auto local = at + kVietnam;
    const auto midnight = floor<days>(local);
    const year_month_day date{midnight};
    const hh_mm_ss time{local - midnight};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::string written{text.data()};
    if (time.subseconds().count() != 0) {
        std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(time.subseconds().count()));
        written += text.data();
    }
    return written + "+07:00";
}

std::optional<Instant> readInstant(std::string_view text) {
    Scanner scanner{text};
    const year y{scanner.number(4, 2099)};
    scanner.sign("-");
    const month m{static_cast<unsigned>(scanner.number(2, 12))};
    scanner.sign("-");
    const day d{static_cast<unsigned>(scanner.number(2, 31))};
    scanner.sign("Tt ");
    const hours hour{scanner.number(2, 23)};
    scanner.sign(":");
    const minutes minute{scanner.number(2, 59)};
    scanner.sign(":");
    const seconds second{scanner.number(2, 60)};
    milliseconds fraction{0};
    if (scanner.next() == '.') {
        scanner.sign(".");
        fraction = scanner.fraction();
    }
    minutes zone{0};
    const char ahead = scanner.next();
    scanner.sign("Zz+-");
    if (ahead == '+' || ahead == '-') {
        zone = hours{scanner.number(2, 23)};
        scanner.sign(":");
        zone += minutes{scanner.number(2, 59)};
        if (ahead == '-') zone = -zone;
    }
    const year_month_day date{y, m, d};
    if (!scanner.readAll() || !date.ok() || y < year{2000}) return std::nullopt;
    return sys_days{date} + hour + minute + second + fraction - zone;
}

}  // namespace pakn::in_mobile
