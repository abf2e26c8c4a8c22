/// @file
/// What somebody typed: what is wrong with it, and the petition it makes.

#include "form.hpp"

#include <gtest/gtest.h>

#include <regex>

#include "browser.hpp"
#include "core/testing/temporary_folder.hpp"
#include "pakn/sdk/source_revision.hpp"
#include "test_paths.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

const Instant kNow{std::chrono::seconds{1772758800}};

Rules rulesWith(Settings::Values values = {}, Settings::Lists lists = {}) {
    return rulesOf(testing::settingsFor(kOptions, std::move(values), std::move(lists)));
}

Form formOf(const Values& values) {
    std::string text;
    for (const auto& [name, value] : values) text += name + '=' + encodePercent(value) + '&';
    return readForm(*FormBody::ofUrlEncoded(text));
}

/// "field problem-or-key" of each mistake.
std::vector<std::string> mistakes(const Values& values, const Rules& rules, std::size_t files = 0) {
    std::vector<std::string> found;
    for (const FieldError& one : mistakesIn(formOf(values), rules, files, kNow))
        found.push_back(one.field + ' ' + one.problem + one.key);
    return found;
}

TEST(WebForm, AGoodOneHasNoMistakes) { EXPECT_EQ(mistakes(goodAnswers(), rulesWith()), std::vector<std::string>{}); }

TEST(WebForm, AnEmptyOneSaysAllThatIsMissingInItsOrder) {
    EXPECT_EQ(
        mistakes({}, rulesWith()),
        (std::vector<std::string>{"title error.title_missing", "content petition.content_missing",
                                  "place error.place_missing", "name identity.name_missing",
                                  "phone identity.phone_missing", "citizen_id identity.citizen_id_missing",
                                  "contact_address identity.address_missing", "declared_true error.declared_true"}));
    EXPECT_EQ(mistakes({}, rulesWith({{"identity", "optional"}}, {{"required_fields", {"category", "occurred_at"}}})),
              (std::vector<std::string>{"content petition.content_missing", "category error.category_missing",
                                        "occurred_at error.time_missing", "declared_true error.declared_true"}));
    EXPECT_EQ(mistakes({}, rulesWith({{"identity", "anonymous_to_public"}})).at(3), "name identity.name_missing");
    EXPECT_EQ(mistakes({}, rulesWith({{"identity", "anonymous_to_public"}})).size(), 6U);
    EXPECT_EQ(mistakes({}, rulesWith({{"identity", "anonymous"}})).size(), 4U);
}

TEST(WebForm, EachMistakeIsAtItsField) {
    const std::string long_text(20'001, 'x');
    const std::vector<std::pair<Values, std::string>> cases{
        {{{"title", std::string(301, 'x')}}, "title petition.title_too_long"},
        {{{"content", long_text}}, "content petition.content_too_long"},
        {{{"category", std::string(101, 'x')}}, "category petition.field_too_long"},
        {{{"place", std::string(501, 'x')}}, "place petition.field_too_long"},
        {{{"area", std::string(41, 'x')}}, "area petition.field_too_long"},
        {{{"occurred_at", "hôm qua"}}, "occurred_at error.time_invalid"},
        {{{"occurred_at", "2026-03-06T08:11"}}, "occurred_at error.time_future"},
        {{{"latitude", "16.4"}}, "point petition.location_invalid"},
        {{{"latitude", "91"}, {"longitude", "1"}}, "point petition.location_invalid"},
        {{{"latitude", "x"}, {"longitude", "1"}}, "point petition.location_invalid"},
        {{{"kind", "robot"}}, "kind petition.kind_unknown"},
        {{{"name", std::string(201, 'x')}}, "name petition.field_too_long"},
        {{{"phone", "091234567"}}, "phone petition.phone_invalid"},
        {{{"email", "a@b"}}, "email contact.email_invalid"},
        {{{"email", std::string(250, 'a') + "@mau.example"}}, "email petition.field_too_long"},
        {{{"citizen_id", "146203000002"}}, "citizen_id petition.citizen_id_invalid"},
        {{{"citizen_id", "46203000002"}}, "citizen_id petition.citizen_id_lost_zero"},
        {{{"citizen_id", "046203000002"}, {"kind", "organisation"}}, "citizen_id petition.tax_code_invalid"},
        {{{"contact_address", std::string(501, 'x')}}, "contact_address petition.field_too_long"},
        {{{"anonymous", "yes"}}, "anonymous identity.anonymous_not_taken"},
        {{{"declared_true", ""}}, "declared_true error.declared_true"},
        {{{"consent_process", ""}}, "consent_process error.consent_process"},
    };
    for (const auto& [change, mistake] : cases)
        EXPECT_EQ(mistakes(goodAnswers() + change, rulesWith()), std::vector<std::string>{mistake}) << mistake;
    EXPECT_EQ(mistakes(goodAnswers(), rulesWith(), 11),
              std::vector<std::string>{"files petition.too_many_attachments"});
}

TEST(WebForm, WhatMayBeIs) {
    const std::vector<Values> cases{
        {{"citizen_id", "191234567"}},
        {{"citizen_id", "046 203 000 002"}},
        {{"kind", "organisation"}, {"citizen_id", "0101234567-001"}},
        {{"kind", "organisation"}, {"citizen_id", ""}},
        {{"place", ""}, {"area", "19753"}},
        {{"place", ""}, {"latitude", "16,4637"}, {"longitude", "107,5909"}},
        {{"occurred_at", "2026-03-06T08:09"}},
        {{"email", "nguyen.van.a@mau.example"}},
        {{"content", std::string(20'000, 'x')}},
    };
    for (const Values& change : cases)
        EXPECT_EQ(mistakes(goodAnswers() + change, rulesWith()), std::vector<std::string>{});
    // Without a word of who one is nobody has to agree that it is kept.
    EXPECT_EQ(mistakes({{"title", "x"}, {"content", "x"}, {"place", "x"}, {"declared_true", "yes"}},
                       rulesWith({{"identity", "optional"}})),
              std::vector<std::string>{});
}

TEST(WebForm, LengthsAreCountedInCodePoints) {
    std::string title;
    for (int i = 0; i < 300; ++i) title += "Đ";
    EXPECT_EQ(mistakes(goodAnswers() + Values{{"title", title}}, rulesWith()), std::vector<std::string>{});
    EXPECT_EQ(mistakes(goodAnswers() + Values{{"title", title + "Đ"}}, rulesWith()).size(), 1U);
}

TEST(WebForm, NumbersThatCanBeCalledAreThoseOfTheContract) {
    // The table of vectors: every row, each input of it.
    const std::string page = testing::readFile(PAKN_SOURCE_DIR "/docs/contracts/phone-numbers.md");
    const std::string table = page.substr(page.find("## Vectors"), page.find("## Masks") - page.find("## Vectors"));
    int rows = 0;
    int inputs = 0;
    const std::regex row{R"(\n\| ([^|]+) \| ([^|]+) \| ([^|]+) \|)"};
    for (std::sregex_iterator one{table.begin(), table.end(), row}, end; one != end; ++one) {
        const std::string kind = (*one)[3].str();
        if (kind == "Kind, flags") continue;
        ++rows;
        const bool good = kind != "service" && kind != "invalid";
        const std::string cell = (*one)[1].str();
        const std::regex quoted{"`([^`]*)`"};
        for (std::sregex_iterator input{cell.begin(), cell.end(), quoted}; input != end; ++input) {
            const std::string number = (*input)[1].str();
            ++inputs;
            EXPECT_EQ(isPhone(number), good) << number;
        }
    }
    EXPECT_EQ(rows, 15);
    EXPECT_EQ(inputs, 35);
}

TEST(WebForm, NumbersThatWerePastedAreNumbers) {
    struct Case {
        const char* field;
        const char* pasted;
        const char* taken;
    };
    const std::vector<Case> cases{
        {"phone", "0912\u00a0345\u00a0678", "0912 345 678"},
        {"phone", "0912\u202f345\u2007678", "0912 345 678"},
        {"phone", "\u202a+84912345678\u202c", "+84912345678"},
        {"phone", "\ufeff0912345678\u200b", "0912345678"},
        {"phone", "0912\u200c345\u200d678", "0912345678"},
        {"phone", "\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18", "0912345678"},
        {"phone", "\uff0b\uff18\uff14912345678", "+84912345678"},
        {"phone", "\u00a00912345678\u00a0", "0912345678"},
        {"citizen_id", "001\u00a0090\u202f000\u2007001", "001 090 000 001"},
        {"citizen_id", "\u200b001090000001\ufeff", "001090000001"},
        {"citizen_id", "\uff10\uff10\uff11\uff10\uff19\uff10\uff10\uff10\uff10\uff10\uff10\uff11", "001090000001"},
    };
    for (const Case& one : cases) {
        const Values answers = goodAnswers() + Values{{one.field, one.pasted}};
        EXPECT_EQ(mistakes(answers, rulesWith()), std::vector<std::string>{}) << one.pasted;
        const Petitioner petitioner = petitionOf(formOf(answers), rulesWith(), "web-1", "v1").petitioner;
        EXPECT_EQ(std::string_view{one.field} == "phone" ? petitioner.phone : petitioner.citizen_id, one.taken);
    }
    const Values organisation{{"kind", "organisation"}, {"citizen_id", "0101234567\uff0d001"}};
    EXPECT_EQ(mistakes(goodAnswers() + organisation, rulesWith()), std::vector<std::string>{});
    // Nothing else becomes a number by it.
    for (const char* phone : {"\u0660\u0669\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "0912345678\u0301"})
        EXPECT_EQ(mistakes(goodAnswers() + Values{{"phone", phone}}, rulesWith()),
                  std::vector<std::string>{"phone petition.phone_invalid"});
    EXPECT_EQ(mistakes(goodAnswers() + Values{{"phone", "\u200b"}}, rulesWith()),
              std::vector<std::string>{"phone identity.phone_missing"});
}

TEST(WebForm, APetitionIsWhatWasTyped) {
    const Rules rules = rulesWith({{"identity", "optional"}});
    const Values answers = goodAnswers() + Values{{"content", " Dòng một\r\nDòng hai "},
                                                  {"title", " Hố\tga\r\nmất nắp "},
                                                  {"area", "19753"},
                                                  {"latitude", "16,4637"},
                                                  {"longitude", "107.5909"},
                                                  {"occurred_at", "2026-03-06T07:30"},
                                                  {"email", "a@mau.example"},
                                                  {"public", "yes"},
                                                  {"anonymous", "yes"},
                                                  {"consent_use", "yes"},
                                                  {"consent_publish", "yes"}};
    const IncomingPetition petition = petitionOf(formOf(answers), rules, "web-1", "v1");
    EXPECT_EQ(petition.external_id, "web-1");
    EXPECT_EQ(petition.title, "Hố ga mất nắp");
    EXPECT_EQ(petition.text, "Dòng một\nDòng hai");
    EXPECT_EQ(petition.category, "ha-tang");
    EXPECT_EQ(petition.location.address, "12 đường Mẫu");
    EXPECT_EQ(petition.location.area, "19753");
    EXPECT_DOUBLE_EQ(*petition.location.latitude, 16.4637);
    EXPECT_DOUBLE_EQ(*petition.location.longitude, 107.5909);
    EXPECT_EQ(petition.occurred_at, kNow - 30min);
    EXPECT_EQ(petition.petitioner.name, "Nguyễn Văn A");
    EXPECT_EQ(petition.petitioner.phone, "0912345678");
    EXPECT_EQ(petition.petitioner.email, "a@mau.example");
    EXPECT_EQ(petition.petitioner.citizen_id, "001090000001");
    EXPECT_EQ(petition.petitioner.address, "34 đường Thử");
    EXPECT_TRUE(petition.is_public && petition.anonymous && petition.declared_true);
    EXPECT_FALSE(petition.emergency);
    EXPECT_TRUE(petition.consent.process_personal_data && petition.consent.use_identity_in_handling &&
                petition.consent.publish_identity);
    EXPECT_EQ(petition.attributes.at("consent_text"), "v1");
    EXPECT_EQ(petition.attributes.at(std::string{kSourceRevision}), "1");
    EXPECT_EQ(petition.attributes.size(), 3U);
}

TEST(WebForm, NothingIsPublicOrAgreedToUnlessSomebodySaysSo) {
    const IncomingPetition petition = petitionOf(formOf({{"content", "x"}}), rulesWith(), "web-1", "v1");
    EXPECT_FALSE(petition.is_public || petition.anonymous || petition.declared_true);
    EXPECT_FALSE(petition.consent.process_personal_data || petition.consent.use_identity_in_handling ||
                 petition.consent.publish_identity);
    // What is not published publishes no name.
    const IncomingPetition closed =
        petitionOf(formOf(goodAnswers() + Values{{"consent_publish", "yes"}}), rulesWith(), "web-1", "v1");
    EXPECT_FALSE(closed.consent.publish_identity);
}

TEST(WebForm, AnAnonymousChannelSendsNobody) {
    const IncomingPetition petition =
        petitionOf(formOf(goodAnswers()), rulesWith({{"identity", "anonymous"}}), "web-1", "v1");
    EXPECT_TRUE(petition.petitioner.name.empty() && petition.petitioner.phone.empty() &&
                petition.petitioner.citizen_id.empty());
    EXPECT_FALSE(petition.consent.process_personal_data);
}

TEST(WebForm, ADraftGivesTheFormBack) {
    const Form form =
        formOf(goodAnswers() + Values{{"content", "Dòng một\n& = % Đ"}, {"public", "yes"}, {"consent_use", "yes"}});
    const Form again = readForm(*FormBody::ofUrlEncoded(writeForm(form)));
    EXPECT_EQ(writeForm(again), writeForm(form));
    EXPECT_EQ(again.content, form.content);
    EXPECT_TRUE(again.is_public && again.consent_use && again.consent_process);
    EXPECT_FALSE(again.consent_publish);
}

TEST(WebForm, RefusalsOfTheHubStandAtTheirFields) {
    const std::vector<std::pair<std::string, std::string>> fields{
        {"/content", "content"},
        {"/title", "title"},
        {"/category", "category"},
        {"/occurred_at", "occurred_at"},
        {"/location", "point"},
        {"/location/address", "place"},
        {"/location/area", "area"},
        {"/petitioner/kind", "kind"},
        {"/petitioner/name", "name"},
        {"/petitioner/phone", "phone"},
        {"/petitioner/email", "email"},
        {"/petitioner/citizen_id", "citizen_id"},
        {"/petitioner/address", "contact_address"},
        {"/anonymous", "anonymous"},
        {"/attachments", "files"},
        {"/declared_true", "declared_true"},
        {"/attributes", ""},
        {"", ""},
    };
    for (const auto& [pointer, field] : fields)
        EXPECT_EQ(errorOf({.problem = "x.y", .field = pointer}, {}).field, field) << pointer;
    const std::vector<std::string> names{"a.jpg", "b.exe"};
    const FieldError file = errorOf({.problem = "attachment.type_not_accepted", .field = "/attachments/1"}, names);
    EXPECT_EQ(file.field, "files");
    EXPECT_EQ(file.about, "b.exe");
    for (const char* pointer :
         {"/attachments/2", "/attachments/x", "/attachments/", "/attachments/-1", "/attachments/99999999999"})
        EXPECT_EQ(errorOf({.field = pointer}, names).about, "") << pointer;
}

}  // namespace
}  // namespace pakn::in_web
