#pragma once
/// @file
/// Sets the process's time zone for a test and puts the old one back.

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace pakn::domain::testing {

class TimeZone {
public:
    explicit TimeZone(const char* zone) {
        if (const char* const old = std::getenv("TZ")) old_ = old;
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
    TimeZone(const TimeZone&) = delete;
    TimeZone& operator=(const TimeZone&) = delete;
    ~TimeZone() {
        if (old_)
            ::setenv("TZ", old_->c_str(), 1);
        else
            ::unsetenv("TZ");
        ::tzset();
    }

private:
    std::optional<std::string> old_;
};

}  // namespace pakn::domain::testing
