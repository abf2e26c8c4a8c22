/// @file
/// Mistakes in the settings are found before anything is sent.

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "contract.hpp"
#include "loaded_sms.hpp"
#include "options.hpp"

namespace pakn::out_sms {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> mistakes(const Settings& settings) {
    const testing::LoadedPlugin plugin{kFile};
    std::vector<std::string> options;
    for (const SettingsMistake& one : plugin.factory().check_settings(settings)) {
        EXPECT_FALSE(one.message.empty() || one.hint.empty());
        for (const char* secret : {"canary-user", "canary-password", kToken})
            EXPECT_EQ((one.message + one.hint).find(secret), std::string::npos);
        options.push_back(one.option);
    }
    return options;
}

std::vector<std::string> mistakesWithout(const std::string& driver, const std::string& option) {
    Settings::Values values = settingsOf(driver);
    values.erase(option);
    const testing::LoadedPlugin plugin{kFile};
    return mistakes(testing::settingsFor(plugin.descriptor().info.options, values));
}

TEST(SmsSettings, TheUsualOnesAreRight) {
    for (const char* driver : kDrivers) EXPECT_THAT(mistakes(settingsWith(driver)), IsEmpty()) << driver;
}

TEST(SmsSettings, WhatEachGatewayNeeds) {
    EXPECT_THAT(mistakesWithout("vnpt", "url"), Contains("url"));
    EXPECT_THAT(mistakesWithout("viettel", "url"), Contains("url"));
    EXPECT_THAT(mistakesWithout("esms", "url"), IsEmpty()) << "it has one that is everybody's";
    EXPECT_THAT(mistakesWithout("vnpt", "vnpt_agent"), Contains("vnpt_agent"));
    EXPECT_THAT(mistakesWithout("vnpt", "result_template"), Contains("result_contract"));
    EXPECT_THAT(mistakesWithout("viettel", "viettel_cp_code"), Contains("viettel_cp_code"));
    EXPECT_THAT(mistakesWithout("esms", "callback_token"), IsEmpty());
    Settings::Values values = settingsOf("vnpt");
    for (const char* option : {"result_template", "result_contract", "notice_template", "notice_contract"})
        values.erase(option);
    const testing::LoadedPlugin plugin{kFile};
    EXPECT_THAT(mistakes(testing::settingsFor(plugin.descriptor().info.options, values)), Contains("result_template"));
}

TEST(SmsSettings, EveryMistakeIsNamed) {
    const struct {
        const char* driver;
        Settings::Values values;
        const char* option;
    } cases[] = {{"esms", {{"driver", "smtp"}}, "driver"},
                 {"esms", {{"brand", ""}}, "brand"},
                 {"esms", {{"password", ""}}, "password"},
                 {"esms", {{"max_parts", "0"}}, "max_parts"},
                 {"esms", {{"max_parts", "11"}}, "max_parts"},
                 {"esms", {{"result_text", "{name}"}}, "result_text"},
                 {"esms", {{"notice_text", "[{message}"}}, "notice_text"},
                 {"esms", {{"callback_token", "too-short"}}, "callback_token"},
                 {"esms", {{"callback_token", "a/b?c#d-0123456789abcdef"}}, "callback_token"},
                 {"vnpt", {{"callback_token", kToken}}, "callback_token"},
                 {"viettel", {{"result_template", "7"}}, "result_template"}};
    for (const auto& one : cases)
        EXPECT_THAT(mistakes(settingsWith(one.driver, one.values)), Contains(one.option)) << one.option;
    EXPECT_THAT(mistakes(settingsWith("vnpt", {}, {{"result_params", {"{x}"}}})), Contains("result_params"));
}

TEST(SmsSettings, NoConnectorStartsWithAMistake) {
    testing::FakeHostServices services;
    const auto made = testing::InProcessSubject::make(kFile, settingsWith("esms", {{"result_text", "{x}"}}), services);
    ASSERT_FALSE(made);
}

TEST(SmsSettings, WhatGoesInTheOpenIsSaid) {
    const auto logged = [](const std::string& url) {
        const Sms sms{"viettel", {{"url", url}}};
        return sms.services.logged().size();
    };
    EXPECT_EQ(logged("https://viettel.example/api"), 0U);
    EXPECT_EQ(logged("http://127.0.0.1:8080/api"), 0U);
    EXPECT_EQ(logged("http://localhost/api"), 0U);
    EXPECT_EQ(logged("http://[::1]:8080/api"), 0U);
    EXPECT_EQ(logged("http://[::1]/api"), 0U);
    EXPECT_EQ(logged("http://127.0.0.1:x@gateway.example/api"), 1U);
    EXPECT_EQ(logged("http://gateway.example/api"), 1U);
    EXPECT_EQ(logged("http://127.example/api"), 1U);
}

TEST(SmsSettings, NoGatewaysAddressIsBuiltIn) {
    EXPECT_TRUE(review(settingsWith("vnpt")).options.url.starts_with("https://vnpt.example/"));
    for (const char* name : {"options.cpp", "vnpt.cpp", "viettel.cpp", "out_sms.cpp", "sending.cpp", "driver.cpp"}) {
        const std::string text = fileText(std::string{"connectors/out_sms/"} + name);
        EXPECT_EQ(text.find("113.185"), std::string::npos) << name;
        EXPECT_EQ(text.find("123.31"), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace pakn::out_sms
