/// @file
/// Files come from the hosts that are named, and from no other, whatever an address or a redirect says.

#include "fetcher.hpp"

#include <gmock/gmock.h>

#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

using ::testing::SizeIs;

class FetcherTest : public ::testing::Test {
protected:
    Errc codeOf(const std::string& url) {
        const Result<std::string> bytes = fetcher_.fetch(url);
        return bytes ? Errc::kConflict : bytes.error().code;
    }
    testing::FakeHostServices services_;
    Fetcher fetcher_{services_,
                     {.hosts = {"*.zdn.vn", "files.example", "http://127.0.0.1:9000"}, .limits = {.max_body = 1000}}};
};

TEST_F(FetcherTest, OnlyNamedHostsAreAsked) {
    services_.peer.answer({.body = "bytes"});
    for (const char* good : {"https://f1.zdn.vn/a", "https://a.b.zdn.vn/a?x=1", "https://FILES.example/a",
                             "https://files.example:443/a", "http://127.0.0.1:9000/a"})
        EXPECT_TRUE(fetcher_.fetch(good)) << good;
    const std::size_t asked = services_.peer.requests().size();
    for (const char* bad :
         {"http://f1.zdn.vn/a", "https://zdn.vn/a", "https://evilzdn.vn/a", "https://zdn.vn.evil.example/a",
          "https://f1.zdn.vn:8443/a", "https://f1.zdn.vn@evil.example/a", "https://evil.example/#.zdn.vn",
          "https://evil.example\\.zdn.vn/a", "https://evil.example%00.zdn.vn/", "https://169.254.169.254/latest",
          "https://[::1]/a", "https://127.0.0.1/a", "http://127.0.0.1:9001/a", "file:///etc/passwd", "//f1.zdn.vn/a",
          "", "ftp://files.example/a", "https://other.files.example/a"})
        EXPECT_EQ(codeOf(bad), Errc::kForbidden) << bad;
    EXPECT_THAT(services_.peer.requests(), SizeIs(asked)) << "nobody else was asked";
}

TEST_F(FetcherTest, ARedirectLeavesNoNamedHost) {
    std::string to;
    services_.peer.setPeer([&](const HttpRequest& request, const auto&) {
        if (request.url == "https://f1.zdn.vn/a") return HttpResponse{.status = 302, .headers = {{"location", to}}};
        return HttpResponse{.body = "bytes"};
    });
    for (const char* good : {"https://f2.zdn.vn/b", "/b", "//files.example/b"}) {
        to = good;
        EXPECT_EQ(*fetcher_.fetch("https://f1.zdn.vn/a"), "bytes") << good;
    }
    for (const char* bad : {"http://10.0.0.1/b", "https://evil.example/b", "http://f1.zdn.vn/b", "b", ""}) {
        to = bad;
        EXPECT_EQ(codeOf("https://f1.zdn.vn/a"), Errc::kForbidden) << bad;
    }
    for (const HttpRequest& request : services_.peer.requests()) EXPECT_EQ(request.url.find("evil"), std::string::npos);
    to = "https://f1.zdn.vn/a";
    EXPECT_EQ(codeOf("https://f1.zdn.vn/a"), Errc::kRejected) << "in a circle";
}

TEST_F(FetcherTest, AnswersHaveARemedy) {
    const std::pair<int, Errc> answers[] = {
        {403, Errc::kRejected},    {404, Errc::kRejected},    {410, Errc::kRejected},   {408, Errc::kUnavailable},
        {429, Errc::kUnavailable}, {500, Errc::kUnavailable}, {503, Errc::kUnavailable}};
    for (const auto& [status, code] : answers) {
        services_.peer.answer({.status = status, .body = "x"});
        EXPECT_EQ(codeOf("https://f1.zdn.vn/a"), code) << status;
    }
    services_.peer.answer({.body = ""});
    EXPECT_EQ(codeOf("https://f1.zdn.vn/a"), Errc::kRejected);
    services_.peer.fail({.code = Errc::kUnknownOutcome, .message = "no", .problem = "http.answer_too_large"});
    EXPECT_EQ(codeOf("https://f1.zdn.vn/a"), Errc::kRejected) << "too large for ever";
}

TEST_F(FetcherTest, AHostThatDoesNotAnswerIsLeftAlone) {
    services_.peer.fail({.code = Errc::kUnavailable, .message = "no"});
    EXPECT_EQ(codeOf("https://f1.zdn.vn/a"), Errc::kUnavailable);
    EXPECT_EQ(codeOf("https://f1.zdn.vn/b"), Errc::kUnavailable);
    EXPECT_THAT(services_.peer.requests(), SizeIs(1));
    EXPECT_EQ(codeOf("https://f2.zdn.vn/b"), Errc::kUnavailable);
    EXPECT_THAT(services_.peer.requests(), SizeIs(2)) << "another host";
    services_.peer.answer({.body = "bytes"});
    services_.clock.advance(std::chrono::seconds{10});
    EXPECT_TRUE(fetcher_.fetch("https://f1.zdn.vn/a"));
}

TEST_F(FetcherTest, NothingOfAnAddressIsTold) {
    services_.peer.fail({.code = Errc::kMisconfigured, .message = "canary"});
    const Result<std::string> bytes = fetcher_.fetch("https://f1.zdn.vn/canary");
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().message.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace pakn::in_zalo
