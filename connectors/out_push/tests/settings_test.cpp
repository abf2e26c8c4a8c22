/// @file
/// Settings that cannot work are named, all at once, and no secret stands in what is said of them.

#include <gtest/gtest.h>

#include <set>

#include "core/testing/subject.hpp"
#include "invented.hpp"
#include "test_paths.hpp"

namespace pakn::out_push {
namespace {

std::set<std::string> wrongOptions(const Settings::Values& values, const Settings::Lists& lists = {}) {
    std::set<std::string> options;
    for (const SettingsMistake& mistake : review(testing::settingsFor(kOptions, values, lists)).mistakes) {
        EXPECT_FALSE(mistake.message.empty() || mistake.hint.empty());
        EXPECT_EQ((mistake.message + mistake.hint).find("canary"), std::string::npos);
        options.insert(mistake.option);
    }
    return options;
}

using Names = std::set<std::string>;

TEST(PushSettings, EitherServiceOrBoth) {
    EXPECT_EQ(wrongOptions(fcmSettings()), Names{});
    EXPECT_EQ(wrongOptions(apnsSettings()), Names{});
    EXPECT_EQ(wrongOptions(bothSettings()), Names{});
    EXPECT_EQ(wrongOptions({}), Names{"fcm_account"});
}

TEST(PushSettings, AnAccountThatIsNone) {
    const std::string key = pemOf(rsaKey());
    for (const std::string& json :
         {std::string{"canary"}, std::string{"[]"}, std::string{"{}"}, accountJson("canary"),
          accountJson(pemOf(p256Key())),
          R"({"type":"service_account","project_id":"../canary","client_email":"a","token_uri":"https://a"})" + key,
          std::string(70000, '[')})
        EXPECT_EQ(wrongOptions({{"fcm_account", json}}), Names{"fcm_account"});
}

TEST(PushSettings, TheProjectBecomesPartOfAnAddress) {
    std::string json = accountJson(pemOf(rsaKey()));
    json.replace(json.find("mau-paht"), 8, "mau/paht");
    EXPECT_EQ(wrongOptions({{"fcm_account", json}}), Names{"fcm_account"});
}

TEST(PushSettings, ApnsNeedsAllFour) {
    for (const char* left_out : {"apns_key_id", "apns_team", "apns_topic"}) {
        Settings::Values values = apnsSettings();
        values.erase(left_out);
        EXPECT_EQ(wrongOptions(values), Names{left_out});
    }
    Settings::Values keyless = bothSettings();
    keyless.erase("apns_key");
    EXPECT_EQ(wrongOptions(keyless), (Names{"apns_key_id", "apns_team", "apns_topic"}));
    Settings::Values wrong = apnsSettings();
    wrong["apns_key"] = pemOf(rsaKey());
    wrong["apns_url"] = "http://push.example";
    EXPECT_EQ(wrongOptions(wrong), (Names{"apns_key", "apns_url"}));
}

TEST(PushSettings, WordsAndTimes) {
    Settings::Values values = fcmSettings();
    values.insert({{"quiet_hours", "22h-6h"}, {"keep_for", "60d"}, {"timeout", "0s"}, {"title", std::string(61, 'x')}});
    const Settings::Lists lists{{"words", {"no_such_status=x", "answered=", "answered", "event/new=Mới"}}};
    EXPECT_EQ(wrongOptions(values, lists), (Names{"quiet_hours", "keep_for", "timeout", "title", "words"}));
}

TEST(PushSettings, AWordOfOnesOwnTakesTheUsualOnesPlace) {
    const Options options = optionsOf(fcmSettings(), {{"words", {"answered=Xem kết quả=đây", "event/new=Mới"}}});
    EXPECT_EQ(options.words.at("answered"), "Xem kết quả=đây");
    EXPECT_EQ(options.words.at("event/new"), "Mới");
    EXPECT_EQ(options.words.at("closed"), usualWords().at("closed"));
}

TEST(PushSettings, AConnectorThatCannotWorkIsNotMade) {
    testing::FakeHostServices services;
    const auto made =
        testing::InProcessSubject::make(PAKN_BINARY_DIR "/lib/paknhub/out_push.so",
                                        testing::settingsFor(kOptions, {{"fcm_account", "canary"}}), services);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace pakn::out_push
