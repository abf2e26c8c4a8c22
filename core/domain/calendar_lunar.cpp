/// @file
/// Days are Julian day numbers and the astronomy is in degrees, as in the published method; names of the angles: M the
/// sun's mean anomaly, N the moon's, F the moon's argument of latitude.

#include "core/domain/calendar_lunar.hpp"

#include <cmath>
#include <numbers>

namespace pakn::domain {
namespace {

using std::chrono::days;

constexpr int kEpochJulianDay = 2440588;  // 1970-01-01
constexpr double kMonth = 29.530588853;
constexpr double kFirstNewMoon = 2415021.076998695;  // 1900-01-01, local
constexpr double kZone = 7.0 / 24;
constexpr double kCentury = 36525;

double sine(double degrees) { return std::sin(degrees * std::numbers::pi / 180); }
int whole(double value) { return static_cast<int>(std::floor(value)); }

int julianDay(Date date) { return static_cast<int>(date.time_since_epoch().count()) + kEpochJulianDay; }
Date dateOf(int julian_day) { return Date{days{julian_day - kEpochJulianDay}}; }

/// The instant of the k-th new moon since 1900, as a Julian date.
double newMoon(int k) {
    const double t = k / 1236.85;
    const double t2 = t * t;
    const double t3 = t2 * t;
    const double j = 2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3 +
                     0.00033 * sine(166.56 + 132.87 * t - 0.009173 * t2);
    const double m = 359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3;
    const double n = 306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3;
    const double f = 21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3;
    const double c = (0.1734 - 0.000393 * t) * sine(m) + 0.0021 * sine(2 * m) - 0.4068 * sine(n) +
                     0.0161 * sine(2 * n) - 0.0004 * sine(3 * n) + 0.0104 * sine(2 * f) - 0.0051 * sine(m + n) -
                     0.0074 * sine(m - n) + 0.0004 * sine(2 * f + m) - 0.0004 * sine(2 * f - m) -
                     0.0006 * sine(2 * f + n) + 0.0010 * sine(2 * f - n) + 0.0005 * sine(2 * n + m);
    // The other branch of the method is for years before 800.
    const double dt = -0.000278 + 0.000265 * t + 0.000262 * t2;
    return j + c - dt;
}

/// The local day of the k-th new moon.
int newMoonDay(int k) { return whole(newMoon(k) + 0.5 + kZone); }

/// In which twelfth of its way the sun is when a local day begins: 0 from the spring equinox on.
int sunSector(int julian_day) {
    const double t = (julian_day - 2451545.5 - kZone) / kCentury;
    const double t2 = t * t;
    const double m = 357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t2 * t;
    const double l = 280.46645 + 36000.76983 * t + 0.0003032 * t2 +
                     (1.914600 - 0.004817 * t - 0.000014 * t2) * sine(m) + (0.019993 - 0.000101 * t) * sine(2 * m) +
                     0.000290 * sine(3 * m);
    return whole((l - 360 * std::floor(l / 360)) / 30);
}

/// The first day of the eleventh lunar month, which holds the winter solstice.
int eleventhMonth(std::chrono::year year) {
    const int k = whole((julianDay(Date{year / std::chrono::December / 31}) - 2415021) / kMonth);
    const int day = newMoonDay(k);
    return sunSector(day) >= 9 ? newMoonDay(k - 1) : day;
}

/// Which month after the eleventh one that begins on `eleventh` is the leap month: the first in which the sun enters no
/// new sector.
int leapMonthAfter(int eleventh) {
    const int k = whole((eleventh - kFirstNewMoon) / kMonth + 0.5);
    int month = 1;
    int last = 0;
    int sector = sunSector(newMoonDay(k + month));
    do {
        last = sector;
        ++month;
        sector = sunSector(newMoonDay(k + month));
    } while (sector != last && month < 14);
    return month - 1;
}

/// A day of one of the first ten lunar months, not of a leap month.
Date fromLunar(int day, int month, std::chrono::year year) {
    const int before = eleventhMonth(year - std::chrono::years{1});
    const int after = eleventhMonth(year);
    int months = month + 1;  // Since the eleventh month of the year before.
    if (after - before > 365 && months >= leapMonthAfter(before)) ++months;
    const int k = whole(0.5 + (before - kFirstNewMoon) / kMonth);
    return dateOf(newMoonDay(k + months) + day - 1);
}

}  // namespace

Date lunarNewYear(std::chrono::year year) { return fromLunar(1, 1, year); }

Date hungKingsDay(std::chrono::year year) { return fromLunar(10, 3, year); }

}  // namespace pakn::domain
