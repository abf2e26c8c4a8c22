/// @file
/// Dates in the ways that portals and workbooks write them.

#include "dates.hpp"

#include <gtest/gtest.h>

namespace pakn::in_portal {
namespace {

using namespace std::chrono;

std::string utc(std::string_view text, std::vector<std::string> formats, minutes zone = minutes{7 * 60}) {
    const std::optional<Instant> at = parseDate(text, {.formats = std::move(formats), .zone = zone});
    return at ? formatDate(*at, "%Y-%m-%d %H:%M:%S%f", minutes{0}) : "none";
}

TEST(Dates, Iso) {
    EXPECT_EQ(utc("2026-03-06T08:00:00+07:00", {"iso"}), "2026-03-06 01:00:00.000");
    EXPECT_EQ(utc("2026-03-06T08:00:00.250Z", {"iso"}), "2026-03-06 08:00:00.250");
    EXPECT_EQ(utc("2026-03-06T08:00:00", {"iso"}), "2026-03-06 01:00:00.000");
    EXPECT_EQ(utc("2026-03-06 08:00:00", {"iso"}), "2026-03-06 01:00:00.000");
    EXPECT_EQ(utc(" 2026-03-06 ", {"iso"}), "2026-03-05 17:00:00.000");
    EXPECT_EQ(utc("2026-03-06T08:00-0330", {"iso"}), "2026-03-06 11:30:00.000");
    EXPECT_EQ(utc("2026-02-30", {"iso"}), "none");
    EXPECT_EQ(utc("2026-03-06T25:00:00", {"iso"}), "none");
    EXPECT_EQ(utc("2026-03-06x", {"iso"}), "none");
}

TEST(Dates, Patterns) {
    EXPECT_EQ(utc("6/3/2026 7:05", {"%d/%m/%Y %H:%M"}), "2026-03-06 00:05:00.000");
    EXPECT_EQ(utc("06-03-26", {"%d-%m-%y"}), "2026-03-05 17:00:00.000");
    EXPECT_EQ(utc("06/03/2026 03:27 CH", {"%d/%m/%Y %I:%M %p"}), "2026-03-06 08:27:00.000");
    EXPECT_EQ(utc("06/03/2026 12:27 SA", {"%d/%m/%Y %I:%M %p"}), "2026-03-05 17:27:00.000");
    EXPECT_EQ(utc("06/03/2026 13:27 CH", {"%d/%m/%Y %I:%M %p"}), "none");
    EXPECT_EQ(utc("31/02/2026", {"%d/%m/%Y"}), "none");
    EXPECT_EQ(utc("29/02/2028", {"%d/%m/%Y"}), "2028-02-28 17:00:00.000");
    EXPECT_EQ(utc("06/03/1026", {"%d/%m/%Y"}), "none") << "a slip of the keyboard is no date";
    EXPECT_EQ(utc("2026-03-06", {"%d/%m/%Y", "iso"}), "2026-03-05 17:00:00.000") << "the next format is tried";
    EXPECT_EQ(utc("06/03/2026", {"%d/%m/%Y"}, minutes{0}), "2026-03-06 00:00:00.000");
}

TEST(Dates, Numbers) {
    EXPECT_EQ(utc("1772758800", {"epoch"}), "2026-03-06 01:00:00.000");
    EXPECT_EQ(utc("1772758800250", {"epoch_ms"}), "2026-03-06 01:00:00.250");
    EXPECT_EQ(utc("46087.333333333", {"excel"}), "2026-03-06 01:00:00.000") << "days since 1899-12-30, Viet Nam time";
    EXPECT_EQ(utc("46087", {"excel"}), "2026-03-05 17:00:00.000");
    for (const char* bad : {"1e400", "nan", "inf", "-99999999999999", "99999999999999999999", "12 34", ""})
        EXPECT_EQ(utc(bad, {"epoch", "epoch_ms", "excel"}), "none") << bad;
}

TEST(Dates, Zones) {
    EXPECT_EQ(parseZone("+07:00"), minutes{420});
    EXPECT_EQ(parseZone("-0330"), minutes{-210});
    EXPECT_EQ(parseZone("Z"), minutes{0});
    for (const char* bad : {"", "+7", "+07:0", "+07:99", "+99:00", "07:00", "+0a:00", "+07.00"})
        EXPECT_FALSE(parseZone(bad)) << bad;
}

TEST(Dates, FormatsThatAreNone) {
    for (const char* good : {"iso", "excel", "epoch", "epoch_ms", "%d/%m/%Y", "%%%Y"})
        EXPECT_FALSE(formatProblem(good));
    for (const char* bad : {"", "dd/mm/yyyy", "%Q", "%d%"}) EXPECT_TRUE(formatProblem(bad)) << bad;
}

TEST(Dates, Written) {
    const Instant at = *parseDate("2026-03-06T08:05:09.007+07:00", {});
    EXPECT_EQ(formatDate(at, "iso", minutes{420}), "2026-03-06T08:05:09+07:00");
    EXPECT_EQ(formatDate(at, "%d/%m/%Y %H:%M:%S", minutes{420}), "06/03/2026 08:05:09");
    EXPECT_EQ(formatDate(at, "epoch", minutes{420}), "1772759109");
    EXPECT_EQ(formatDate(at, "epoch_ms", minutes{420}), "1772759109007");
}

}  // namespace
}  // namespace pakn::in_portal
