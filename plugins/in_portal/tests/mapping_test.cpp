/// @file
/// From items to petitions.

#include "mapped.hpp"

namespace pakn::in_portal {
namespace {

constexpr std::string_view kWhole = R"(
items: /data/list
dates: ["%d/%m/%Y %H:%M", iso]
fields:
  external_id: /id
  title: /tieu_de
  content: { template: "{{noi_dung}}\nNơi xảy ra: {{vi_tri.dia_chi}}" }
  category: { from: /loai, codes: { "01": ha-tang, "02": moi-truong }, default: khac }
  public: { from: /cong_khai }
  emergency: { from: /muc_do, yes: [Khẩn cấp] }
  occurred_at: /ngay
  class: { value: PAHT }
  petitioner: { name: /nguoi/ten, phone: /nguoi/dt }
  consent: { process_personal_data: { value: "true" } }
  location: { address: /vi_tri/dia_chi, area: /vi_tri/xa, lat: /vi_tri/lat, lon: /vi_tri/lon }
  attributes: { so_phieu: /phieu }
attachments:
  - { list: /tep, url: /url, name: /ten }
)";

constexpr std::string_view kItem =
    R"({"id": 123456789012345678901234567890, "tieu_de": "Hố ga", "noi_dung": "Mất nắp & <nguy hiểm>",
  "loai": "01", "cong_khai": true, "muc_do": "khẩn cấp", "ngay": "06/03/2026 07:30", "phieu": 17,
  "nguoi": {"ten": "Người Thử", "dt": "0900000001"}, "vi_tri": {"dia_chi": "Số 1", "xa": "19753", "lat": "16,4637", "lon": 107.5909},
  "tep": [{"url": "https://portal.example/1.jpg", "ten": "1.jpg"}, {"url": null}]})";

TEST(Mapping, MakesAPetitionOfAnItem) {
    const Result<MappedItem> result = mapped(kWhole, kItem);
    ASSERT_TRUE(result) << result.error().message;
    const IncomingPetition& petition = result->petition;
    EXPECT_EQ(petition.external_id, "123456789012345678901234567890") << "no digit of a long number is lost";
    EXPECT_EQ(petition.title, "Hố ga");
    EXPECT_EQ(petition.text, "Mất nắp & <nguy hiểm>\nNơi xảy ra: Số 1") << "plain text is not escaped";
    EXPECT_EQ(petition.category, "ha-tang");
    EXPECT_TRUE(petition.is_public);
    EXPECT_TRUE(petition.emergency);
    EXPECT_EQ(petition.petition_class, "PAHT");
    EXPECT_EQ(petition.petitioner.name, "Người Thử");
    EXPECT_EQ(petition.petitioner.phone, "0900000001");
    EXPECT_TRUE(petition.consent.process_personal_data);
    EXPECT_FALSE(petition.consent.publish_identity);
    EXPECT_EQ(petition.location.area, "19753");
    EXPECT_DOUBLE_EQ(*petition.location.latitude, 16.4637);
    EXPECT_DOUBLE_EQ(*petition.location.longitude, 107.5909);
    EXPECT_EQ(petition.attributes.at("so_phieu"), "17");
    using namespace std::chrono;
    EXPECT_EQ(*petition.occurred_at, sys_days{2026y / March / 6} + hours{0} + minutes{30}) << "07:30 in Viet Nam";
    ASSERT_EQ(result->files.size(), 1U);
    EXPECT_EQ(result->files[0].url, "https://portal.example/1.jpg");
    EXPECT_EQ(result->files[0].name, "1.jpg");
}

TEST(Mapping, FindsTheItemsOfADocument) {
    const Mapping mapping = mappingOf(kWhole);
    const JsonDocument page = jsonOf(R"({"data": {"list": [{"id": 1}, {"id": 2}]}})");
    ASSERT_TRUE(itemsOf(mapping, page));
    EXPECT_EQ(itemsOf(mapping, page)->size(), 2U);
    EXPECT_EQ(itemsOf(mapping, jsonOf(R"({"data": {"list": {"id": 1}}})"))->size(), 1U) << "one alone";
    EXPECT_EQ(itemsOf(mapping, jsonOf(R"({"error": "x"})")).error().problem, "portal.items");
    EXPECT_EQ(itemsOf(mapping, jsonOf(R"({"data": {"list": "none"}})")).error().problem, "portal.items");
}

constexpr std::string_view kSmall = "fields: { external_id: /id, content: /text }";

TEST(Mapping, RefusesAnItemWithoutItsOwnId) {
    for (const char* item : {R"({"text": "x"})", R"({"id": null, "text": "x"})", R"({"id": "  ", "text": "x"})"}) {
        const Error error = problemOf(kSmall, item);
        EXPECT_EQ(error.problem, "portal.missing") << item;
        EXPECT_EQ(error.field, "/external_id");
        EXPECT_EQ(error.code, Errc::kInvalid);
    }
    EXPECT_EQ(problemOf(kSmall, R"("a text")").problem, "portal.not_object");
    EXPECT_EQ(problemOf(kSmall, "[]").problem, "portal.not_object");
}

TEST(Mapping, AColumnIsATopLevelMember) {
    const auto result = mapped("fields: { external_id: Mã số, content: a/b~c }", R"({"Mã số": "7", "a/b~c": "text"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->petition.external_id, "7");
    EXPECT_EQ(result->petition.text, "text");
}

TEST(Mapping, CodesAreComparedWhateverTheirNormalFormAndCase) {
    const std::string table =
        "fields: { external_id: /id, content: /id, category: { from: /c, codes: { Có điện: dien }";
    const std::string decomposed = R"({"id": "1", "c": " co)"
                                   "\u0301"
                                   R"( đie)"
                                   "\u0323\u0302"
                                   R"(n "})";
    EXPECT_EQ(mapped(table + " } }", decomposed)->petition.category, "dien");
    EXPECT_EQ(problemOf(table + " } }", R"({"id": "1", "c": "nước"})").problem, "portal.code_unknown");
    EXPECT_EQ(problemOf(table + " } }", R"({"id": "1", "c": "nước"})").field, "/category");
    EXPECT_EQ(mapped(table + ", unknown: keep } }", R"({"id": "1", "c": "nước"})")->petition.category, "nước");
    EXPECT_EQ(mapped(table + ", default: khac } }", R"({"id": "1", "c": "nước"})")->petition.category, "khac");
    EXPECT_EQ(mapped(table + ", default: khac } }", R"({"id": "1"})")->petition.category, "khac");
    EXPECT_EQ(mapped(table + " } }", R"({"id": "1"})")->petition.category, "");
}

TEST(Mapping, FlagsByWords) {
    const auto flag = [](const std::string& words, const std::string& value) {
        return mapped("fields: { external_id: /id, content: /id, public: { from: /p" + words + " } }",
                      R"({"id": "1", "p": )" + value + "}");
    };
    EXPECT_TRUE(flag("", "1")->petition.is_public);
    EXPECT_TRUE(flag("", "\"CÓ\"")->petition.is_public);
    EXPECT_FALSE(flag("", "false")->petition.is_public);
    EXPECT_FALSE(flag("", "null")->petition.is_public);
    EXPECT_EQ(flag("", "\"maybe\"").error().problem, "portal.flag") << "what is unclear is not published";
    EXPECT_TRUE(flag(", yes: [Công khai], no: [Không công khai]", "\"công khai\"")->petition.is_public);
    EXPECT_EQ(flag(", yes: [Công khai], no: [Không công khai]", "\"1\"").error().problem, "portal.flag");
    EXPECT_FALSE(flag(", yes: [Công khai]", "\"khác\"")->petition.is_public) << "only yes named: all else is no";
}

TEST(Mapping, SaysWhereAnItemIsWrongButNotWhatStoodThere) {
    const std::string yaml =
        "fields: { external_id: /id, content: /text, occurred_at: /a/when, location: { lat: /lat } }";
    const Error date = problemOf(yaml, R"({"id": 1, "text": "x", "a": {"when": "SECRET 31/02"}})");
    EXPECT_EQ(date.problem, "portal.date");
    EXPECT_EQ(date.field, "/occurred_at");
    EXPECT_NE(date.message.find("/a/when"), std::string::npos);
    EXPECT_EQ(date.message.find("SECRET"), std::string::npos);
    EXPECT_EQ(problemOf(yaml, R"({"id": 1, "text": "x", "lat": "north"})").problem, "portal.number");
    EXPECT_EQ(problemOf(yaml, R"({"id": 1, "text": "x", "lat": "1e999"})").problem, "portal.number");
    EXPECT_EQ(problemOf(yaml, R"({"id": 1, "text": ["x"]})").problem, "portal.not_text");
    EXPECT_EQ(problemOf(yaml, R"({"id": {"a": 1}, "text": "x"})").problem, "portal.not_text");
}

TEST(Mapping, AttachmentsInsideTheItem) {
    const std::string yaml =
        "fields: { external_id: /id, content: /id }\n"
        "attachments: { data: /file, name: { value: anh.jpg } }";
    const auto result = mapped(yaml, R"({"id": "1", "file": "aGVs\nbG8="})");
    ASSERT_TRUE(result);
    ASSERT_EQ(result->files.size(), 1U);
    EXPECT_EQ(result->files[0].data, "hello");
    EXPECT_EQ(result->files[0].name, "anh.jpg");
    EXPECT_TRUE(mapped(yaml, R"({"id": "1"})")->files.empty());
    EXPECT_EQ(problemOf(yaml, R"({"id": "1", "file": "!!"})").problem, "portal.base64");
    const std::string list =
        "fields: { external_id: /id, content: /id }\nattachments: { list: /f, url: { from: \"\" } }";
    EXPECT_EQ(mapped(list, R"({"id": "1", "f": ["https://a/1", "https://a/2"]})")->files.size(), 2U);
    EXPECT_EQ(problemOf(list, R"({"id": "1", "f": "https://a/1"})").problem, "portal.not_text");
}

TEST(Mapping, TheIdOfAnItemThatCannotBeMapped) {
    const Mapping mapping = mappingOf(kSmall);
    EXPECT_EQ(externalIdOf(mapping, jsonOf(R"({"id": 7, "text": []})")), "7");
    EXPECT_EQ(externalIdOf(mapping, jsonOf(R"({"text": []})")), "");
    EXPECT_EQ(externalIdOf(mapping, jsonOf("[]")), "");
}

TEST(Mapping, TemplatesReachListsAndMembers) {
    const auto result = mapped(
        "fields: { external_id: /id, content: { template: \"{{#list}}[{{.}}]{{/list}}{{^none}}!{{/none}}{{Nội dung}}\" "
        "} }",
        R"({"id": 1, "list": ["a", "b"], "none": "", "Nội dung": "đủ"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->petition.text, "[a][b]!đủ");
}

}  // namespace
}  // namespace pakn::in_portal
