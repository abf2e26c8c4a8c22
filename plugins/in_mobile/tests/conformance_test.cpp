/// @file
/// in_mobile does what every plugin does; and its calls, too, when it runs in a process of its own.

#include "core/testing/conformance.hpp"

#include "app.hpp"
#include "test_paths.hpp"

namespace pakn::testing {
namespace {

constexpr const char* kFile = PAKN_BINARY_DIR "/lib/paknhub/in_mobile.so";

PAKN_CONFORMANCE(in_mobile, {.file = kFile, .readme = PAKN_SOURCE_DIR "/plugins/in_mobile/README.md", .prepare = [] {
                                 return Source{.settings = {{"sign_in", "optional"}}};
                             }});

/// Every route with bodies that mean harm: an answer, and no fault of ours.
TEST(MobileConformance, EveryRouteBearsHostileRequests) {
    FakeHostServices services;
    const auto subject =
        InProcessSubject::make(kFile, settingsFor(in_mobile::kOptions, {{"sign_in", "optional"}}), services);
    ASSERT_TRUE(subject);
    const std::string zero{"a\0b", 3};
    for (const in_mobile::Route& route : in_mobile::routes()) {
        for (const std::string& part : {std::string{"x"}, std::string{"%00%ff%"}, std::string{".."},
                                        std::string(200, '%'), std::string{"%2e%2e%2f"}}) {
            std::string path{route.path};
            for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
                path.replace(at, path.find('}') - at + 1, part);
            for (const std::string& query :
                 {std::string{}, std::string{"?limit=-1&since=%ff&after=\xff"}, "?" + std::string(2000, '=')}) {
                for (const std::string& body : {std::string{}, zero, std::string{"{\"a\":"}, std::string(100000, '['),
                                                std::string{"{\"contact\":{}}"}}) {
                    FakeInbox inbox;
                    HttpRequest request{.method = std::string{route.method},
                                        .url = path + query,
                                        .headers = {{"idempotency-key", in_mobile::kKey}, {"x-tracking-token", zero}},
                                        .body = body,
                                        .client = "not an address"};
                    const Result<HttpResponse> answer = (*subject)->handle(request, inbox, {});
                    ASSERT_TRUE(answer) << answer.error().message;
                    EXPECT_LT(answer->status, 500) << route.method << ' ' << path << ' ' << answer->body;
                }
            }
        }
    }
}

TEST(MobileConformance, AnUploadInAProcessOfItsOwn) {
    FakeHostServices services;
    FakeInbox inbox;
    const auto subject =
        IsolatedSubject::make(kFile, settingsFor(in_mobile::kOptions, {{"sign_in", "optional"}}), services);
    ASSERT_TRUE(subject) << subject.error().message;
    const std::string bytes = in_mobile::bytesOf(5 * in_mobile::kPartSize + 9);
    const auto call = [&](std::string method, std::string url, std::string body) {
        const auto answer = (*subject)->handle({.method = std::move(method),
                                                .url = std::move(url),
                                                .headers = {{"idempotency-key", in_mobile::kKey}},
                                                .body = std::move(body),
                                                .client = "203.0.113.9"},
                                               inbox, {});
        in_mobile::Heard heard{.response = answer ? *answer : HttpResponse{.status = 599}, .json = {}};
        heard.json.Parse(heard.response.body.c_str());
        return heard;
    };
    const auto begun = call("POST", "/uploads",
                            R"({"name":"a.jpg","size":)" + std::to_string(bytes.size()) + R"(,"sha256":")" +
                                in_mobile::sha256Of(bytes) + "\"}");
    ASSERT_EQ(begun.status(), 201) << begun.response.body;
    for (int part = 0; part < 6; ++part)
        ASSERT_EQ(call("PUT", "/uploads/" + begun.text("id") + "/parts/" + std::to_string(part),
                       in_mobile::App::partOf(bytes, part))
                      .status(),
                  200);
    ASSERT_EQ(
        call("POST", "/petitions", in_mobile::petitionJson(R"(,"uploads":[")" + begun.text("id") + "\"]")).status(),
        201);
    ASSERT_EQ(inbox.stored().size(), 1U);
    EXPECT_EQ(*inbox.stored()[0].attachments.at(0).content.bytes(bytes.size()), bytes);
}

}  // namespace
}  // namespace pakn::testing
