#include "core/reporting/report_row.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pakn::reporting {
namespace {

store::FollowedPetition petition() {
    store::FollowedPetition one{.doc = 1, .identified = true, .sender = "keyed"};
    one.petition.id = "p";
    one.petition.code = "060326001";
    one.petition.title = "Đèn đường";
    one.petition.content = "Ba bóng hỏng";
    one.petition.location.address = "Số 5 phố Mẫu";
    return one;
}

bool hasWord(const store::ReportRow& row, std::string_view word) {
    return std::find(row.words.begin(), row.words.end(), word) != row.words.end();
}

TEST(ReportRow, IsFoundByCodeTitleTextPlaceAndReleasedAnswer) {
    store::FollowedPetition one = petition();
    one.petition.draft = domain::ResultText{.text = "nháp"};
    one.petition.approved = domain::ResultText{.text = "duyệt"};
    one.petition.released = domain::ResultText{.text = "Đã thay"};
    const store::ReportRow row = reportRow(one);
    for (const std::string_view word : {"060326001", "den", "hong", "mau", "thay"})
        EXPECT_TRUE(hasWord(row, word)) << word;
    for (const std::string_view word : {"nhap", "duyet"}) EXPECT_FALSE(hasWord(row, word)) << word;
}

TEST(ReportRow, NothingOfThePetitionerIsAWord) {
    store::FollowedPetition one = petition();
    one.petitioner = {.name = "Lê Thị Thử", .phone = "+84912345678", .citizen_id = "001099012345"};
    const store::ReportRow row = reportRow(one);
    for (const std::string_view word : {"thi", "84912345678", "001099012345"}) EXPECT_FALSE(hasWord(row, word)) << word;
}

TEST(ReportRow, IdentityIsWhatTheSenderAllowed) {
    store::FollowedPetition one = petition();
    EXPECT_EQ(reportRow(one).identity, "private");
    one.names_itself = true;
    EXPECT_EQ(reportRow(one).identity, "public");
    EXPECT_EQ(reportRow(one).sender, "keyed");
    one.anonymous = true;
    EXPECT_EQ(reportRow(one).identity, "anonymous");
    EXPECT_EQ(reportRow(one).sender, "");
    one.anonymous = false;
    one.identified = false;
    EXPECT_EQ(reportRow(one).identity, "unidentified");
}

}  // namespace
}  // namespace pakn::reporting
