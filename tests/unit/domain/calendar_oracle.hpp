#pragma once
/// @file
/// The oracle that deadlines are held against: it counts minute by minute and shares no code with the engine. Dates,
/// lists, hours and rules are its own reading of docs/deadlines.md.

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pakn::oracle {

using std::int64_t;

constexpr int64_t kSecond = 1000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

// ---- The oracle's own calendar of days: day 0 is Monday 2001-01-01; times are milliseconds of local time since then.

constexpr int kFirstYear = 2001;
constexpr int kLastYear = 2075;
constexpr int64_t kOriginUtc = 978282000;  // 2001-01-01 00:00 +07:00 in seconds since 1970

struct CivilDay {
    int year;
    int month;
    int day;
};

class Days {
public:
    Days() {
        constexpr std::array<int, 12> kLengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        for (int year = kFirstYear; year <= kLastYear; ++year)
            for (int month = 1; month <= 12; ++month) {
                const int leap = month == 2 && year % 4 == 0 ? 1 : 0;
                for (int day = 1; day <= kLengths[static_cast<std::size_t>(month - 1)] + leap; ++day) {
                    index_[{year, month * 100 + day}] = static_cast<int>(days_.size());
                    days_.push_back({year, month, day});
                }
            }
    }
    [[nodiscard]] int count() const { return static_cast<int>(days_.size()); }
    [[nodiscard]] const CivilDay& operator[](int index) const { return days_[static_cast<std::size_t>(index)]; }
    /// `month_day` as 1231.
    [[nodiscard]] int of(int year, int month_day) const { return index_.at({year, month_day}); }

private:
    std::vector<CivilDay> days_;
    std::map<std::pair<int, int>, int> index_;
};

inline const Days& days() {
    static const Days kDays;
    return kDays;
}

/// 0 Monday … 6 Sunday.
inline int weekdayOf(int day) { return day % 7; }

// ---- What a scenario says, in plain numbers; both sides are built from it.

using Span = std::pair<int, int>;  // minutes of the day
using Week = std::array<std::vector<Span>, 7>;

struct OwnHours {
    int from = -1;  // -1: without bound
    int to = -1;
    Week week = {};
};

struct Scenario {
    std::string name = {};
    bool always = false;
    Week week = {};
    std::vector<OwnHours> own = {};
    std::set<int> off = {};
    std::set<int> makeup = {};
};

// ---- The oracle.

class Oracle {
public:
    explicit Oracle(const Scenario& scenario) : always_{scenario.always} {
        const Pattern* const day_off = &patterns_.emplace_back();
        if (always_) {
            Pattern& whole = patterns_.emplace_back();
            whole.minutes.set();
            whole.counted = 1440;
            table_.assign(static_cast<std::size_t>(days().count()), &whole);
            return;
        }
        const Patterns usual = patternsOf(scenario.week);
        std::vector<Patterns> own;
        for (const OwnHours& one : scenario.own) own.push_back(patternsOf(one.week));
        for (int day = 0; day < days().count(); ++day) {
            const Patterns* week = &usual;
            for (std::size_t i = 0; i < own.size(); ++i) {
                const bool begun = scenario.own[i].from < 0 || day >= scenario.own[i].from;
                const bool over = scenario.own[i].to >= 0 && day > scenario.own[i].to;
                if (begun && !over) week = &own[i];
            }
            if (scenario.makeup.count(day) != 0)
                table_.push_back(
                    *std::find_if(week->begin(), week->end(), [](const Pattern* one) { return one->counted > 0; }));
            else if (scenario.off.count(day) != 0)
                table_.push_back(day_off);
            else
                table_.push_back((*week)[static_cast<std::size_t>(weekdayOf(day))]);
        }
    }
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;

    [[nodiscard]] bool always() const { return always_; }
    [[nodiscard]] bool worksOn(int64_t day) const { return of(day).counted > 0; }
    /// Is the minute that begins at or holds this instant worked?
    [[nodiscard]] bool worked(int64_t now) const {
        return of(now / kDay).minutes[static_cast<std::size_t>(now % kDay / kMinute)];
    }
    /// Inside, or at the end of an interval.
    [[nodiscard]] bool working(int64_t now) const { return worked(now) || worked(now - 1); }

    /// When the time has passed, a minute at a time; days with less than what is left count as a whole.
    [[nodiscard]] int64_t add(int64_t now, int64_t left) const {
        if (left == 0) return opening(now);
        for (;;) {
            const Pattern& today = of(now / kDay);
            if (now % kDay == 0 && today.counted * kMinute < left) {
                left -= today.counted * kMinute;
                now += kDay;
                continue;
            }
            const int64_t next = (now / kMinute + 1) * kMinute;
            if (worked(now)) {
                if (left <= next - now) return now + left;
                left -= next - now;
            }
            now = next;
        }
    }

    /// The mirror of add: back from `now`, to the latest instant.
    [[nodiscard]] int64_t back(int64_t now, int64_t left) const {
        if (left == 0) return closing(now);
        for (;;) {
            const Pattern& yesterday = of(now / kDay - 1);
            if (now % kDay == 0 && yesterday.counted * kMinute < left) {
                left -= yesterday.counted * kMinute;
                now -= kDay;
                continue;
            }
            const int64_t before = (now - 1) / kMinute * kMinute;
            if (worked(before)) {
                if (left <= now - before) return now - left;
                left -= now - before;
            }
            now = before;
        }
    }

    [[nodiscard]] int64_t between(int64_t from, int64_t to) const {
        int64_t sum = 0;
        while (from < to) {
            if (from % kDay == 0 && from + kDay <= to) {
                sum += of(from / kDay).counted * kMinute;
                from += kDay;
                continue;
            }
            const int64_t next = std::min((from / kMinute + 1) * kMinute, to);
            if (worked(from)) sum += next - from;
            from = next;
        }
        return sum;
    }

    /// The first instant from `now` on that lies inside an interval, not at its end.
    [[nodiscard]] int64_t opening(int64_t now) const {
        while (!worked(now)) {
            now = (now / kMinute + 1) * kMinute;
            while (now % kDay == 0 && !worksOn(now / kDay)) now += kDay;
        }
        return now;
    }
    /// The last instant up to `now` that is working time.
    [[nodiscard]] int64_t closing(int64_t now) const {
        while (!working(now)) {
            now = (now - 1) / kMinute * kMinute;
            while (now % kDay == 0 && !worked(now) && !worksOn(now / kDay - 1)) now -= kDay;
        }
        return now;
    }

    [[nodiscard]] int64_t dayAfter(int64_t day, int n) const {
        while (n > 0) n -= worksOn(++day) ? 1 : 0;
        return day;
    }
    [[nodiscard]] int64_t dayBefore(int64_t day, int n) const {
        while (n > 0) n -= worksOn(--day) ? 1 : 0;
        return day;
    }

    /// 23:59:59, or the end of the last minute worked.
    [[nodiscard]] int64_t endOf(int64_t day, bool close_of_work) const {
        if (!close_of_work || always_ || !worksOn(day)) return (day + 1) * kDay - kSecond;
        int64_t now = (day + 1) * kDay;
        while (!worked(now - 1)) now -= kMinute;
        return now;
    }

    /// Working days without a worked minute outside [from, to].
    [[nodiscard]] int wholeDays(int64_t from, int64_t to) const {
        int count = 0;
        for (int64_t day = from / kDay; day * kDay < to; ++day) {
            const int64_t begin = std::max(from, day * kDay);
            const int64_t end = std::min(to, (day + 1) * kDay);
            if (worksOn(day) && between(begin, end) == of(day).counted * kMinute) ++count;
        }
        return count;
    }

private:
    struct Pattern {
        std::bitset<1440> minutes = {};
        int64_t counted = 0;
    };

    using Patterns = std::vector<const Pattern*>;

    Patterns patternsOf(const Week& week) {
        Patterns patterns;
        for (const std::vector<Span>& spans : week) {
            Pattern& pattern = patterns_.emplace_back();
            for (const auto& [from, to] : spans)
                for (int minute = from; minute < to; ++minute) pattern.minutes.set(static_cast<std::size_t>(minute));
            for (std::size_t minute = 0; minute < 1440; ++minute) pattern.counted += pattern.minutes[minute] ? 1 : 0;
            patterns.push_back(&pattern);
        }
        return patterns;
    }

    [[nodiscard]] const Pattern& of(int64_t day) const { return *table_.at(static_cast<std::size_t>(day)); }

    bool always_;
    std::deque<Pattern> patterns_;
    std::vector<const Pattern*> table_;  // By day.
};

// ---- The limits, as the oracle understands them.

enum Kind { kSeconds, kMinutes, kHours, kCalendarDays, kWorkMinutes, kWorkHours, kWorkDays };

inline int64_t lengthOf(Kind kind, int amount) {
    switch (kind) {
        case kSeconds:
            return amount * kSecond;
        case kMinutes:
        case kWorkMinutes:
            return amount * kMinute;
        case kHours:
        case kWorkHours:
            return amount * kHour;
        default:
            return amount * kDay;
    }
}

inline int64_t oracleDue(const Oracle& oracle, int64_t start, Kind kind, int amount, bool close_of_work) {
    switch (kind) {
        case kCalendarDays:
            return std::max(start, oracle.endOf(start / kDay + amount, close_of_work));
        case kWorkDays:
            return std::max(start, oracle.endOf(oracle.dayAfter(start / kDay, amount), close_of_work));
        case kWorkMinutes:
        case kWorkHours:
            return oracle.add(start, lengthOf(kind, amount));
        default:
            return start + lengthOf(kind, amount);
    }
}

inline int64_t oracleAfterPause(const Oracle& oracle, int64_t due, Kind kind, int64_t from, int64_t to,
                                bool close_of_work) {
    if (due < from) return due;
    switch (kind) {
        case kCalendarDays: {
            int64_t moved = 0;
            for (int64_t day = from / kDay; (day + 1) * kDay <= to; ++day) moved += day * kDay >= from ? 1 : 0;
            return moved == 0 ? due : oracle.endOf(due / kDay + moved, close_of_work);
        }
        case kWorkDays: {
            const int moved = oracle.wholeDays(from, to);
            return moved == 0 ? due : oracle.endOf(oracle.dayAfter(due / kDay, moved), close_of_work);
        }
        case kWorkMinutes:
        case kWorkHours:
            // Another way than what is left: the end moves by what the pause took.
            if (oracle.between(from, to) == 0) return due;
            if (oracle.between(from, due) == 0) return oracle.opening(to);
            return oracle.add(due, oracle.between(from, to));
        default:
            return due + (to - from);
    }
}

inline int64_t oracleReminder(const Oracle& oracle, int64_t due, Kind kind, int amount) {
    if (kind == kWorkMinutes || kind == kWorkHours) return oracle.back(due, lengthOf(kind, amount));
    if (kind != kWorkDays) return oracle.closing(due - lengthOf(kind, amount));
    return oracle.closing(oracle.dayBefore(due / kDay, amount) * kDay + due % kDay);
}

inline int64_t oracleAppointment(const Oracle& oracle, int64_t start, Kind kind, int amount, bool next_opening) {
    if (amount == 0) return start;
    if (kind == kWorkMinutes || kind == kWorkHours) return oracle.add(start, lengthOf(kind, amount));
    if (kind != kWorkDays) return start + lengthOf(kind, amount);
    const int64_t at = oracle.dayAfter(start / kDay, amount) * kDay + start % kDay;
    return next_opening && !oracle.working(at) ? oracle.opening(at) : at;
}

}  // namespace pakn::oracle
