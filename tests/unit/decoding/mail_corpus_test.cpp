/// @file
/// Every mail of tests/data/mail through the real decoder, confined as it is: what comes out is what expected.json
/// says.

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "core/decoding/pool.hpp"
#include "test_paths.hpp"

namespace pakn::decoding {
namespace {

namespace fs = std::filesystem;
const fs::path kFolder = fs::path{PAKN_SOURCE_DIR} / "tests/data/mail";

std::string fileBytes(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
std::string text(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

std::vector<std::string> textsOf(const rapidjson::Value& object, const char* name) {
    std::vector<std::string> texts;
    if (object.HasMember(name))
        for (const auto& one : object[name].GetArray()) texts.push_back(text(one));
    return texts;
}

bool isNfc(const std::string& utf8) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(error);
    return nfc->isNormalizedUTF8(utf8, error) != 0 && U_SUCCESS(error);
}
bool hasControls(const std::string& utf8, bool several_lines) {
    return std::any_of(utf8.begin(), utf8.end(), [&](char c) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        return control && !(several_lines && (c == '\n' || c == '\t'));
    });
}

class MailCorpusTest : public ::testing::Test {
protected:
    static const rapidjson::Document& expected() {
        static const rapidjson::Document document = [] {
            const std::string json = fileBytes(kFolder / "expected.json");
            rapidjson::Document parsed;
            parsed.Parse(json.data(), json.size());
            return parsed;
        }();
        return document;
    }
    static std::string own(const Decoded& mail) { return mail.parts.at(0).content.bytes(4U << 20U).value(); }

    static void expectSound(const Decoded& mail) {
        EXPECT_EQ(mail.content_type, "message/rfc822");
        EXPECT_TRUE(isNfc(mail.text));
        EXPECT_FALSE(hasControls(mail.text, true));
        for (const auto& [name, value] : mail.attributes) {
            EXPECT_FALSE(value.empty()) << name;
            EXPECT_TRUE(isNfc(value)) << name;
            EXPECT_FALSE(hasControls(value, false)) << name;
        }
        ASSERT_FALSE(mail.parts.empty());
        EXPECT_EQ(mail.parts[0].content_type, "text/x-pakn-own");
        EXPECT_EQ(mail.parts[0].name, "own.txt");
        for (const Attachment& part : mail.parts) {
            EXPECT_EQ(part.name.find_first_of("/\\"), std::string::npos);
            EXPECT_TRUE(isNfc(part.name) && !hasControls(part.name, false) && !part.name.empty());
        }
    }
    static void expectText(const Decoded& mail, const rapidjson::Value& what) {
        if (what.HasMember("text")) {
            const std::string begins = text(what["text"]);
            EXPECT_TRUE(begins.empty() ? mail.text.empty() : mail.text.starts_with(begins)) << mail.text.substr(0, 500);
        }
        EXPECT_EQ(own(mail), what.HasMember("own") ? text(what["own"]) : mail.text);
        for (const std::string& one : textsOf(what, "has")) EXPECT_NE(mail.text.find(one), std::string::npos) << one;
        for (const std::string& one : textsOf(what, "lacks")) EXPECT_EQ(mail.text.find(one), std::string::npos) << one;
    }
    static void expectAttributes(const Decoded& mail, const rapidjson::Value& what) {
        if (what.HasMember("attributes"))
            for (const auto& one : what["attributes"].GetObject()) {
                const auto found = mail.attributes.find(text(one.name));
                EXPECT_EQ(found == mail.attributes.end() ? "(absent)" : found->second, text(one.value))
                    << text(one.name);
            }
        for (const std::string& one : textsOf(what, "absent")) EXPECT_EQ(mail.attributes.count(one), 0U) << one;
    }
    static void expectParts(const Decoded& mail, const rapidjson::Value& what) {
        if (!what.HasMember("parts")) return;
        const auto parts = what["parts"].GetArray();
        ASSERT_EQ(mail.parts.size(), parts.Size() + 1);
        for (rapidjson::SizeType i = 0; i < parts.Size(); ++i) {
            const Attachment& part = mail.parts[i + 1];
            EXPECT_EQ(part.name, text(parts[i][0]));
            EXPECT_EQ(part.content_type, text(parts[i][1]));
            if (parts[i].Size() > 2) {
                EXPECT_EQ(part.content.size(), parts[i][2].GetUint64()) << part.name;
            }
        }
    }

    Pool pool_{{.limits = {.processes = 1}, .program = PAKN_BINARY_DIR "/bin/paknhub-decoder"}};
};

TEST_F(MailCorpusTest, EachMailHasItsExpectation) {
    ASSERT_TRUE(expected().IsObject());
    std::set<std::string> mails;
    for (const fs::directory_entry& entry : fs::directory_iterator{kFolder})
        if (entry.path().extension() == ".eml") mails.insert(entry.path().stem());
    std::set<std::string> named;
    for (const auto& one : expected().GetObject()) named.insert(text(one.name));
    EXPECT_EQ(mails, named);
    EXPECT_GE(mails.size(), 60U);
}

TEST_F(MailCorpusTest, EachMailIsWhatItShouldBe) {
    for (const auto& one : expected().GetObject()) {
        SCOPED_TRACE(text(one.name));
        const Result<Decoded> mail = pool_.decode("mail", fileBytes(kFolder / (text(one.name) + ".eml")));
        if (one.value.HasMember("problem")) {
            ASSERT_FALSE(mail);
            EXPECT_EQ(mail.error().code, Errc::kRejected);
            EXPECT_EQ(mail.error().problem, text(one.value["problem"]));
            continue;
        }
        ASSERT_TRUE(mail) << mail.error().problem << ' ' << mail.error().message;
        expectSound(*mail);
        expectText(*mail, one.value);
        expectAttributes(*mail, one.value);
        expectParts(*mail, one.value);
    }
    EXPECT_EQ(pool_.totals().crashed, 0);
    EXPECT_EQ(pool_.totals().late, 0);
    EXPECT_EQ(pool_.totals().started, 1);
}

/// Whatever is lost on the way.
TEST_F(MailCorpusTest, AnyBeginningOfAMailIsSurvived) {
    for (const char* name : {"bounce_5_1_1", "name_2231_pieces", "html_word", "related_image", "reply_html_gmail"}) {
        const std::string whole = fileBytes(kFolder / (std::string{name} + ".eml"));
        for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 150) {
            const Result<Decoded> mail = pool_.decode("mail", whole.substr(0, size));
            EXPECT_TRUE(mail || mail.error().problem == "decode.not_a_mail") << name << ' ' << size;
        }
    }
    EXPECT_EQ(pool_.totals().crashed, 0);
}

TEST_F(MailCorpusTest, AnyBrokenByteIsSurvived) {
    std::uint32_t random = 20260306;
    for (const auto& one : expected().GetObject()) {
        const std::string whole = fileBytes(kFolder / (text(one.name) + ".eml"));
        for (int i = 0; i < 3 && !whole.empty(); ++i) {
            std::string broken = whole;
            for (int flips = 0; flips < 8; ++flips) {
                random = random * 1664525U + 1013904223U;
                broken[(random >> 8U) % broken.size()] = static_cast<char>(random >> 3U);
            }
            const Result<Decoded> mail = pool_.decode("mail", broken);
            if (mail) expectSound(*mail);
        }
    }
    EXPECT_EQ(pool_.totals().crashed, 0);
    EXPECT_EQ(pool_.totals().unavailable, 0);
}

}  // namespace
}  // namespace pakn::decoding
