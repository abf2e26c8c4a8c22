/// @file
/// The vectors of docs/contracts/people-and-places.md, §1.

#include "core/domain/citizen_id.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "test_paths.hpp"

namespace pakn::domain {
namespace {

using Kind = CitizenId::Kind;
using Words = std::vector<std::string>;

struct Vector {
    std::string typed;
    StatedPerson stated;
    Kind kind;
    std::string number;
    Words warnings = {};
    std::string offered = {};
};

const StatedPerson kNobody{};
const StatedPerson kFirm{.organisation = true};

std::vector<Vector> vectors() {
    return {
        {"001090000001", kNobody, Kind::kCitizenId, "001090000001"},
        {"046203000002", kNobody, Kind::kCitizenId, "046203000002"},
        {"079199000003", kNobody, Kind::kCitizenId, "079199000003"},
        {"046 203 000 002", kNobody, Kind::kCitizenId, "046203000002"},
        {"046\u00a0203\u00a0000\u00a0002", kNobody, Kind::kCitizenId, "046203000002"},
        {"046203000002", {.birth = parseDate("1990-01-31")}, Kind::kCitizenId, "046203000002", {"year"}},
        {"079199000003", {.sex = "male"}, Kind::kCitizenId, "079199000003", {"sex"}},
        {"099090000004", kNobody, Kind::kCitizenId, "099090000004", {"province"}},
        {"146203000002", kNobody, Kind::kInvalid, "146203000002", {"form"}},
        {"46203000002", kNobody, Kind::kInvalid, "46203000002", {"lost_zero"}, "046203000002"},
        {"191234567", kNobody, Kind::kCmnd, "191234567"},
        {"0101234567", kFirm, Kind::kTaxCode, "0101234567"},
        {"0101234567-001", kFirm, Kind::kTaxCode, "0101234567-001"},
        {"0101234567", kNobody, Kind::kInvalid, "0101234567", {"form"}},
    };
}

TEST(CitizenId, Vectors) {
    for (const Vector& one : vectors()) {
        SCOPED_TRACE(one.typed);
        const CitizenId id = readCitizenId(one.typed, one.stated);
        EXPECT_EQ(id.kind, one.kind);
        EXPECT_EQ(id.number, one.number);
        EXPECT_EQ(id.warnings, one.warnings);
        EXPECT_EQ(id.offered, one.offered);
        EXPECT_EQ(id.respaced, one.typed != one.number);
    }
}

TEST(CitizenId, EveryRowOfTheContractIsAVector) {
    std::ifstream contract{std::string{PAKN_SOURCE_DIR} + "/docs/contracts/people-and-places.md"};
    std::size_t rows = 0;
    bool table = false;
    for (std::string line; std::getline(contract, line);) {
        if (line.starts_with("| Input ")) table = true;
        if (line.empty()) table = false;
        if (table && line.starts_with("| `")) ++rows;
    }
    EXPECT_EQ(rows, vectors().size());
}

TEST(CitizenId, ReadingTwiceChangesNothing) {
    for (const Vector& one : vectors()) {
        const CitizenId first = readCitizenId(one.typed, one.stated);
        const CitizenId again = readCitizenId(first.number, one.stated);
        EXPECT_EQ(again.number, first.number);
        EXPECT_EQ(again.kind, first.kind);
        EXPECT_EQ(again.warnings, first.warnings);
        EXPECT_FALSE(again.respaced);
    }
}

TEST(CitizenId, YearAndSexAreHeldAgainstTheForm) {
    const auto warnings = [](const char* number, const char* birth, const char* sex) {
        return readCitizenId(number, {.birth = parseDate(birth), .sex = sex}).warnings;
    };
    EXPECT_EQ(warnings("046203000002", "2003-12-31", "nam"), Words{});
    EXPECT_EQ(warnings("046303000002", "2003-01-01", "Nữ"), Words{});
    EXPECT_EQ(warnings("046303000002", "1903-01-01", "Nam"), (Words{"year", "sex"}));
    EXPECT_EQ(warnings("001090000001", "1990-06-01", "M"), Words{});
    EXPECT_EQ(warnings("001190000001", "1990-06-01", "female"), Words{});
    EXPECT_EQ(warnings("001590000001", "2190-06-01", "f"), Words{});
    EXPECT_EQ(warnings("001090000001", "1990-06-01", "khác"), Words{}) << "says nothing";
    // The number of whoever speaks for an organisation is not held against what the form says of it.
    EXPECT_EQ(readCitizenId("046203000002", {.organisation = true, .birth = parseDate("1990-01-31")}).warnings,
              Words{});
}

TEST(CitizenId, AnythingElseIsInvalidAndKeptAsTyped) {
    for (const char* typed :
         {"", "0", "04620300000", "0462030000021", "04620300000a", "０４６２０３００００００２", "-46203000002",
          "19123456", "046203000002;", "0101234567-01", "0101234567-0011", "0101234567.001"}) {
        const CitizenId id = readCitizenId(typed, kFirm);
        EXPECT_EQ(id.kind, Kind::kInvalid) << typed;
        EXPECT_EQ(id.number, typed);
    }
    // Eleven digits are told apart by their number alone.
    EXPECT_EQ(readCitizenId("04620300000").warnings, Words{"lost_zero"});
    EXPECT_EQ(readCitizenId("4620300000").offered, "");
}

TEST(CitizenId, WhatSeparatesDigitsGoes) {
    for (const char* typed :
         {"046203000002", " 046203000002\t", "046\u2009203\u202f000\u200b002", "\ufeff046203000002\r\n"})
        EXPECT_EQ(readCitizenId(typed).number, "046203000002") << typed;
}

}  // namespace
}  // namespace pakn::domain
