#include "core/http/petition_json.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace pakn::http {
namespace {

using namespace std::string_literals;

Result<IncomingPetition> read(std::string body) {
    return readPetition({.body = std::move(body), .content_type = "application/json; charset=utf-8"});
}

TEST(PetitionJson, ReadsEveryField) {
    const Result<IncomingPetition> read_back = read(R"({
        "external_id":"A-1","title":"Hố ga","content":"Hố ga mất nắp","category":"ha-tang","emergency":true,"public":true,
        "anonymous":true,"declared_true":true,"class":"PAKN","complained_unit":"ubnd",
        "petitioner":{"kind":"organisation","name":"A","phone":"0912345678","email":"a@b.example","citizen_id":"1","address":"x"},
        "consent":{"process_personal_data":true,"use_identity_in_handling":true,"publish_identity":true},
        "location":{"address":"y","area":"19753","lat":16.5,"lon":107},"occurred_at":"2026-03-06T07:30:00+07:00",
        "attachments":[{"name":"a.txt","content_type":"text/plain","data":"Zm9v"}],"attributes":{"k":"v"},"unknown":[1,{}]})");
    ASSERT_TRUE(read_back);
    const IncomingPetition& petition = *read_back;
    EXPECT_EQ(petition.external_id, "A-1");
    EXPECT_EQ(petition.title, "Hố ga");
    EXPECT_EQ(petition.text, "Hố ga mất nắp");
    EXPECT_EQ(petition.category, "ha-tang");
    EXPECT_TRUE(petition.emergency && petition.is_public && petition.anonymous && petition.declared_true);
    EXPECT_EQ(petition.petition_class, "PAKN");
    EXPECT_EQ(petition.complained_unit, "ubnd");
    EXPECT_EQ(petition.petitioner.kind, "organisation");
    EXPECT_EQ(petition.petitioner.phone, "0912345678");
    EXPECT_EQ(petition.petitioner.address, "x");
    EXPECT_TRUE(petition.consent.publish_identity);
    EXPECT_EQ(petition.location.area, "19753");
    EXPECT_EQ(petition.location.longitude, 107.0);
    EXPECT_EQ(petition.occurred_at, domain::parseInstant("2026-03-06T00:30:00Z"));
    ASSERT_EQ(petition.attachments.size(), 1U);
    EXPECT_EQ(petition.attachments[0].content.bytes(99).value(), "foo");
    EXPECT_EQ(petition.attributes.at("k"), "v");
}

TEST(PetitionJson, MuchOutsideOfTextsIsRefusedUnread) {
    const auto repeated = [](std::string_view one, std::size_t size) {
        std::string all;
        while (all.size() < size) all += one;
        return all;
    };
    constexpr std::size_t kTooMuch = std::size_t{3} << 20U;
    for (const std::string& body : {R"({"content":"x","unknown":[)" + repeated("1,", kTooMuch) + "1]}",
                                    R"({"content":"x","unknown":[)" + repeated(R"("",)", kTooMuch) + "1]}",
                                    R"({"content":"x","unknown":[)" + repeated(R"("\"",)", kTooMuch) + "1]}",
                                    R"({"content":"\\","unknown":[)" + repeated("[],", kTooMuch) + "1]}",
                                    R"({"content":"x"})" + repeated("\n", kTooMuch)}) {
        const Result<IncomingPetition> refused = read(body);
        ASSERT_FALSE(refused) << body.substr(0, 40);
        EXPECT_EQ(refused.error().problem, "request.json_too_long") << body.substr(0, 40);
    }
    const std::string data = repeated("QUJD", kTooMuch);
    const Result<IncomingPetition> files = read(R"({"content":"\"\\","attachments":[{"name":"a.txt","data":")" + data +
                                                R"("}],"unknown":")" + repeated(R"(\",\\)", kTooMuch) + R"("})");
    ASSERT_TRUE(files);
    EXPECT_EQ(files->text, "\"\\");
    EXPECT_EQ(files->attachments[0].content.size(), data.size() / 4 * 3);
}

TEST(PetitionJson, NullIsAbsent) {
    const Result<IncomingPetition> petition = read(
        R"({"content":"x","title":null,"emergency":null,"petitioner":null,"location":{"lat":null},"attachments":null})");
    ASSERT_TRUE(petition);
    EXPECT_EQ(petition->title, "");
    EXPECT_EQ(petition->location.latitude, std::nullopt);
}

/// `count` members, with commas between them.
std::string list(int count, const std::function<std::string(int)>& member) {
    std::string all;
    for (int i = 0; i < count; ++i) all += (i > 0 ? "," : "") + member(i);
    return all;
}

std::string attribute(int i) { return "\"k_" + std::to_string(i) + "\":\"v\""; }

struct Bad {
    std::string body;
    std::string problem;
    std::string field;

    friend void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.problem << " at " << bad.field; }
};

class BadPetitionJson : public testing::TestWithParam<Bad> {};

TEST_P(BadPetitionJson, IsNamedWithItsField) {
    const Result<IncomingPetition> petition = read(GetParam().body);
    ASSERT_FALSE(petition) << GetParam().body;
    EXPECT_EQ(petition.error().problem, GetParam().problem) << GetParam().body;
    EXPECT_EQ(petition.error().field, GetParam().field) << GetParam().body;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadPetitionJson,
    testing::Values(
        Bad{"", "request.json_malformed", ""}, Bad{"{", "request.json_malformed", ""},
        Bad{R"({"content":"x"} trailing)", "request.json_malformed", ""},
        Bad{R"({"content":"\ud800"})", "request.json_malformed", ""},
        Bad{std::string(5000, '['), "request.json_malformed", ""},
        Bad{"{\"content\":\"\xc3\"}", "request.utf8_invalid", ""},
        Bad{"{\"content\":\"x\0\"}"s, "request.json_malformed", ""},
        Bad{R"({"content":"a\u0000b"})", "petition.text_invalid", "/content"}, Bad{R"([])", "request.field_type", ""},
        Bad{R"({"content":5})", "request.field_type", "/content"},
        Bad{R"({"content":"a","content":"b"})", "request.json_duplicate", "/content"},
        Bad{R"({"emergency":"yes"})", "request.field_type", "/emergency"},
        Bad{R"({"petitioner":[]})", "request.field_type", "/petitioner"},
        Bad{R"({"petitioner":{"phone":912345678}})", "request.field_type", "/petitioner/phone"},
        Bad{R"({"petitioner":{"kind":"cat"}})", "petition.field_invalid", "/petitioner/kind"},
        Bad{R"({"class":"X"})", "petition.field_invalid", "/class"},
        Bad{R"({"location":{"lat":91}})", "petition.field_invalid", "/location/lat"},
        Bad{R"({"location":{"lon":"107"}})", "request.field_type", "/location/lon"},
        Bad{R"({"occurred_at":"yesterday"})", "petition.field_invalid", "/occurred_at"},
        Bad{R"({"attachments":[{"data":"Zm9v"},{"data":"*"}]})", "attachment.base64_invalid", "/attachments/1/data"},
        Bad{R"({"attributes":{"n":1}})", "request.field_type", "/attributes/n"},
        Bad{R"({"attributes":{"":"x"}})", "petition.field_invalid", "/attributes"},
        Bad{R"({"attributes":{"A":"x"}})", "petition.field_invalid", "/attributes"},
        Bad{R"({"attributes":{"a\u0000":"x"}})", "petition.field_invalid", "/attributes"},
        Bad{R"({"attributes":{")" + std::string(65, 'a') + R"(":"x"}})", "petition.field_invalid", "/attributes"},
        Bad{R"({"attributes":{)" + list(51, attribute) + "}}", "petition.field_invalid", "/attributes"},
        Bad{R"({"attachments":[)" + list(11, [](int) { return "{}"s; }) + "]}", "petition.too_many_attachments",
            "/attachments"},
        Bad{R"({"attachments":[)" + list(100'000, [](int) { return "5"s; }) + "]}", "petition.too_many_attachments",
            "/attachments"}));

TEST(PetitionJson, AsManyAsAllowedAreTaken) {
    const Result<IncomingPetition> petition =
        read(R"({"attachments":[)" + list(10, [](int) { return R"({"data":"Zm9v"})"s; }) + R"(],"attributes":{")" +
             std::string(64, 'z') + R"(":"x",)" + list(49, attribute) + "}}");
    ASSERT_TRUE(petition);
    EXPECT_EQ(petition->attachments.size(), 10U);
    EXPECT_EQ(petition->attributes.size(), 50U);
}

TEST(PetitionJson, OtherMediaTypesAreRefused) {
    const Result<IncomingPetition> petition = readPetition({.body = "{}", .content_type = "text/plain"});
    ASSERT_FALSE(petition);
    EXPECT_EQ(petition.error().problem, "request.media_type");
}

TEST(PetitionJson, MultipartBringsFilesAndNothingUnknown) {
    const auto body = [](const std::string& second) {
        return "--b\r\nContent-Disposition: form-data; name=\"petition\"\r\n\r\n{\"content\":\"x\"}\r\n--b\r\n"
               "Content-Disposition: form-data; name=\"" +
               second + "\"; filename=\"a.txt\"\r\n\r\nfoo\r\n--b--\r\n";
    };
    const std::string type = "multipart/form-data; boundary=b";
    const Result<IncomingPetition> good = readPetition({.body = body("attachments"), .content_type = type});
    ASSERT_TRUE(good);
    ASSERT_EQ(good->attachments.size(), 1U);
    EXPECT_EQ(good->attachments[0].name, "a.txt");
    EXPECT_EQ(good->attachments[0].content.bytes(99).value(), "foo");
    const Result<IncomingPetition> misspelt = readPetition({.body = body("atachments"), .content_type = type});
    ASSERT_FALSE(misspelt);
    EXPECT_EQ(misspelt.error().problem, "request.part_unknown");
    const Result<IncomingPetition> twice = readPetition({.body = body("petition"), .content_type = type});
    EXPECT_FALSE(twice);
}

}  // namespace
}  // namespace pakn::http
