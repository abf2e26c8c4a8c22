/// @file
/// Section 6 of docs/contracts/zalo-oa.md: one case per row, and as many cases as rows.

#include "errors.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "core/testing/fake_clock.hpp"
#include "test_paths.hpp"

namespace pakn::in_zalo {
namespace {

struct Row {
    const char* name;
    std::vector<std::int64_t> codes;
    Path path;
    Remedy remedy;
    Errc code;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const std::vector<Row>& rows() {
    static const std::vector<Row> kRows{
        {"ok", {0}, Path::kOa, Remedy::kNone, Errc::kInternal},
        {"token", {-216, -220}, Path::kOa, Remedy::kRefresh, Errc::kUnauthenticated},
        {"app_not_active", {-14002}, Path::kOa, Remedy::kHuman, Errc::kUnauthenticated},
        {"bad_challenge", {-14003}, Path::kOa, Remedy::kHuman, Errc::kUnauthenticated},
        {"refresh_token_used", {-14020}, Path::kOa, Remedy::kHuman, Errc::kUnauthenticated},
        {"call_limit", {-32}, Path::kOa, Remedy::kRetry, Errc::kUnavailable},
        {"quota", {-211, -218, -144}, Path::kOa, Remedy::kDefer, Errc::kDeferred},
        {"no_interaction", {-230, -232}, Path::kOa, Remedy::kFallback, Errc::kFallback},
        {"no_follower", {-213}, Path::kOa, Remedy::kFallback, Errc::kFallback},
        {"inactive", {-227}, Path::kOa, Remedy::kFallback, Errc::kFallback},
        {"night", {-234, -133}, Path::kOa, Remedy::kNight, Errc::kDeferred},
        {"parameter", {-201}, Path::kOa, Remedy::kPermanent, Errc::kRejected},
        {"asset_expired", {-100}, Path::kOa, Remedy::kUploadAgain, Errc::kUnavailable},
        {"not_authorised", {-209, -212, -219, -221, -223, -224}, Path::kOa, Remedy::kHuman, Errc::kUnauthenticated},
        {"v2_stopped", {-240}, Path::kOa, Remedy::kPermanent, Errc::kRejected},
        {"proof", {-242}, Path::kOa, Remedy::kHuman, Errc::kUnauthenticated},
        {"phone", {-108, -114, -118, -119}, Path::kPhone, Remedy::kFallback, Errc::kFallback},
        {"unknown", {-1, -99999, 7}, Path::kOa, Remedy::kUnknown, Errc::kUnavailable},
    };
    return kRows;
}

class ErrorRows : public ::testing::TestWithParam<Row> {};

TEST_P(ErrorRows, AreWhatTheContractSays) {
    const Row& row = GetParam();
    const Instant now = testing::FakeClock{}.now();
    for (const std::int64_t code : row.codes) {
        EXPECT_EQ(remedyOf(code, row.path), row.remedy) << code;
        if (row.remedy == Remedy::kNone) continue;
        const Error error = errorOf(code, row.path, now);
        EXPECT_EQ(error.code, row.code) << code;
        EXPECT_THAT(error.message, ::testing::HasSubstr(std::to_string(code)));
        EXPECT_FALSE(error.problem.empty());
        EXPECT_EQ(error.not_before.has_value(), row.code == Errc::kDeferred);
    }
}

INSTANTIATE_TEST_SUITE_P(Contract, ErrorRows, ::testing::ValuesIn(rows()),
                         [](const auto& one) { return std::string{one.param.name}; });

TEST(ErrorTable, HasAsManyRowsAsThereAreCases) {
    std::ifstream file{PAKN_SOURCE_DIR "/docs/contracts/zalo-oa.md"};
    std::stringstream all;
    all << file.rdbuf();
    const std::string text = all.str();
    const std::size_t begin = text.find("## 6.");
    ASSERT_NE(begin, std::string::npos);
    const std::string section = text.substr(begin, text.find("\n## ", begin + 1) - begin);
    const std::regex row{R"(\n\| ([^|\n]+) \| [^|\n]+ \| ([^|\n]+) \|)"};
    std::size_t found = 0;
    std::size_t codes = 0;
    for (auto at = std::sregex_iterator{section.begin(), section.end(), row}; at != std::sregex_iterator{}; ++at) {
        if ((*at)[1] == "Code" || (*at)[1].str().find("---") == 0) continue;
        ++found;
        const std::string cell = (*at)[1];
        const std::regex code{R"(-\d+)"};
        codes += static_cast<std::size_t>(
            std::distance(std::sregex_iterator{cell.begin(), cell.end(), code}, std::sregex_iterator{}));
    }
    EXPECT_EQ(found, rows().size());
    std::size_t named = 0;
    for (const Row& one : rows())
        if (one.remedy != Remedy::kUnknown && one.remedy != Remedy::kNone) named += one.codes.size();
    EXPECT_EQ(named + 1, codes) << "-124 has a test of its own";
}

TEST(ByPhone, SomeCodesMeanSomethingThereOnly) {
    EXPECT_EQ(remedyOf(-124, Path::kPhone), Remedy::kRefresh);
    for (const std::int64_t code : {-124, -108, -114, -118, -119})
        EXPECT_EQ(remedyOf(code, Path::kOa), Remedy::kUnknown);
    EXPECT_EQ(remedyOf(-133, Path::kPhone), Remedy::kNight);
}

TEST(NightBlock, EndsAtSixInVietNam) {
    using namespace std::chrono;
    const auto at = [](int day, int hour, int minute) {
        return Instant{sys_days{2026y / 3 / day} + hours{hour} + minutes{minute} - hours{7}};
    };
    EXPECT_EQ(nextMorning(at(6, 23, 30)), at(7, 6, 0));
    EXPECT_EQ(nextMorning(at(7, 0, 30)), at(7, 6, 0));
    EXPECT_EQ(nextMorning(at(7, 5, 59)), at(7, 6, 0));
    EXPECT_EQ(nextMorning(at(7, 6, 0)), at(8, 6, 0)) << "asked at six and refused: tomorrow";
    EXPECT_EQ(errorOf(-234, Path::kOa, at(6, 22, 0)).not_before, at(7, 6, 0));
    EXPECT_EQ(nextDay(at(6, 12, 0)), at(7, 0, 5));
    EXPECT_GT(nextDay(at(6, 0, 4)), at(6, 0, 4));
}

}  // namespace
}  // namespace pakn::in_zalo
