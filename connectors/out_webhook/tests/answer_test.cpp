/// @file
/// What each answer of a receiver makes the hub do, as a table.

#include "connectors/out_webhook/answer.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace pakn::out_webhook {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Fri, 06 Mar 2026 01:00:00 GMT.
constexpr Instant kNow{seconds{1772758800}};

TEST(AnswerTest, StatusesNameTheRemedy) {
    for (const int status : {200, 201, 202, 204, 299}) EXPECT_TRUE(judge({.status = status}, kNow)) << status;
    struct Row {
        int status;
        Errc code;
    };
    constexpr Row kRows[] = {
        {301, Errc::kRejected},        {302, Errc::kRejected},        {307, Errc::kRejected},
        {400, Errc::kRejected},        {401, Errc::kUnauthenticated}, {402, Errc::kRejected},
        {403, Errc::kUnauthenticated}, {404, Errc::kRejected},        {408, Errc::kUnavailable},
        {409, Errc::kRejected},        {410, Errc::kRejected},        {413, Errc::kRejected},
        {422, Errc::kRejected},        {425, Errc::kUnavailable},     {429, Errc::kUnavailable},
        {500, Errc::kUnavailable},     {502, Errc::kUnavailable},     {503, Errc::kUnavailable},
        {504, Errc::kUnavailable},     {599, Errc::kUnavailable},
    };
    for (const Row& row : kRows) {
        const Result<Receipt> judged = judge({.status = row.status}, kNow);
        ASSERT_FALSE(judged) << row.status;
        EXPECT_EQ(judged.error().code, row.code) << row.status;
        EXPECT_FALSE(judged.error().retry_after) << row.status;
    }
}

TEST(AnswerTest, ARetryAfterCountsWhereARetryComes) {
    const auto wait = [](int status) {
        return judge({.status = status, .headers = {{"retry-after", "120"}}}, kNow).error().retry_after;
    };
    EXPECT_EQ(wait(429), seconds{120});
    EXPECT_EQ(wait(503), seconds{120});
    EXPECT_EQ(wait(404), std::nullopt);
}

TEST(AnswerTest, NoWordOfTheAnswerReachesTheError) {
    const Result<Receipt> judged =
        judge({.status = 400, .headers = {{"location", "private"}}, .body = "private words"}, kNow);
    EXPECT_EQ(judged.error().message.find("private"), std::string::npos);
}

TEST(AnswerTest, ReadsBothFormsOfRetryAfter) {
    struct Row {
        const char* header;
        std::optional<milliseconds> wait;
    };
    const Row rows[] = {
        {"1", seconds{1}},
        {"3600", hours{1}},
        {"86400", hours{24}},
        {"86401", hours{24}},
        {"99999999999999999999999999", hours{24}},
        {"Fri, 06 Mar 2026 01:00:30 GMT", seconds{30}},
        {"Fri, 06 Mar 2026 03:00:00 GMT", hours{2}},
        {"Tue, 06 Mar 2046 01:00:00 GMT", hours{24}},
        {"0", std::nullopt},
        {"-5", std::nullopt},
        {"", std::nullopt},
        {"soon", std::nullopt},
        {"1.5", std::nullopt},
        {"10 s", std::nullopt},
        {"Fri, 06 Mar 2026 00:59:59 GMT", std::nullopt},
        {"Fri, 31 Feb 2026 01:00:30 GMT", std::nullopt},
        {"Fri, 06 Mar 2026 01:00:30 +0700", std::nullopt},
        {"Fri, 06 Mar 2026", std::nullopt},
    };
    for (const Row& row : rows) EXPECT_EQ(retryAfter(row.header, kNow), row.wait) << row.header;
}

}  // namespace
}  // namespace pakn::out_webhook
