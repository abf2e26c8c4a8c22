/// @file
/// Settings that cannot work are named before a connector is made of them.

#include "settings.hpp"

#include <gmock/gmock.h>

#include "fetcher.hpp"
#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> wrongOptions(Settings::Values values, Settings::Lists lists = {}) {
    std::vector<std::string> names;
    for (const SettingsMistake& mistake : mistakesOf(settingsWith(std::move(values), std::move(lists))))
        names.push_back(mistake.option);
    return names;
}

TEST(ZaloSettings, TheDefaultsWork) {
    EXPECT_THAT(wrongOptions({}), IsEmpty());
    const Rules rules = rulesOf(settingsWith());
    EXPECT_EQ(rules.calls.api_url, "https://openapi.zalo.me");
    EXPECT_EQ(rules.token.refresh_after, std::chrono::hours{20});
    EXPECT_EQ(rules.webhook.signature.first_term, kAppId);
    EXPECT_THAT(rules.webhook.signature.keys, ElementsAre(kOaSecret));
    EXPECT_THAT(rules.intake.words.send, Contains("gui"));
    EXPECT_THAT(rules.replies.result_text, ::testing::HasSubstr("\n\n{answer}"));
    Settings::Lists nothing{{"attachment_hosts", {}}};
    EXPECT_THAT(rulesOf(settingsWith({}, nothing)).fetch.hosts, ElementsAre("*.zdn.vn", "*.zadn.vn"))
        << "an empty list is the default";
}

TEST(ZaloSettings, MistakesAreNamed) {
    EXPECT_THAT(wrongOptions({{"signature_first_term", "user_id"}}), Contains("signature_first_term"));
    EXPECT_THAT(wrongOptions({{"unconfirmed", "keep"}}), ElementsAre("unconfirmed"));
    EXPECT_THAT(wrongOptions({{"long_text", "cut"}}), ElementsAre("long_text"));
    EXPECT_THAT(wrongOptions({{"signature_first_term", "oa_id"}, {"oa_id", ""}}), ElementsAre("oa_id"));
    EXPECT_THAT(wrongOptions({{"max_attachment", "16MB"}}), ElementsAre("max_attachment"));
    EXPECT_THAT(wrongOptions({{"ask_identity", "true"}}), ElementsAre("card_image"));
    EXPECT_THAT(wrongOptions({{"tracking_url", "https://hub.example/"}}), ElementsAre("tracking_url"));
    EXPECT_THAT(wrongOptions({{"app_secret", ""}}), ElementsAre("app_secret"));
    EXPECT_THAT(wrongOptions({}, {{"result_template_data", {"{code}"}}}), ElementsAre("result_template_data"));
    EXPECT_THAT(wrongOptions({}, {{"attachment_hosts", {"*"}}}), ElementsAre("attachment_hosts"));
    EXPECT_THAT(wrongOptions({}, {{"cancel_words", {"GUI"}}}), ElementsAre("cancel_words")) << "it sends already";
    EXPECT_THROW(rulesOf(settingsWith({{"unconfirmed", "keep"}})), std::invalid_argument);
}

TEST(ZaloSettings, SecretsGoOverHttpsOrNowhere) {
    for (const char* option : {"oauth_url", "api_url", "template_url"}) {
        EXPECT_THAT(wrongOptions({{option, "http://openapi.example"}}), ElementsAre(option));
        EXPECT_THAT(wrongOptions({{option, "http://127.0.0.1.example"}}), ElementsAre(option));
        EXPECT_THAT(wrongOptions({{option, "http://127.0.0.1:8080"}}), IsEmpty()) << "this machine";
        EXPECT_THAT(wrongOptions({{option, "https://openapi.example/"}}), IsEmpty());
    }
}

TEST(HostRules, AreHostsPatternsOrOrigins) {
    for (const char* good : {"*.zdn.vn", "files.example", "https://files.example", "http://127.0.0.1:9000"})
        EXPECT_TRUE(isHostRule(good)) << good;
    for (const char* bad : {"", "*", "*.", "*.127.0.0.1", "localhost", "a b.example", "ftp://a.example", "https://"})
        EXPECT_FALSE(isHostRule(bad)) << bad;
}

}  // namespace
}  // namespace pakn::in_zalo
