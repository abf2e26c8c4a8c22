#include "core/engine/intake.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/domain/text.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

/// The problem id that normalising this petition ends with; empty when it is accepted.
std::string problemOf(IncomingPetition petition, Origin origin = Origin::kSender) {
    Notes notes{petition, origin};
    const auto done = normalise(petition, notes);
    return done ? "" : done.error().problem;
}

TEST(Intake, TextsBecomeNfcAndTrimmedAndThePhoneE164) {
    IncomingPetition petition{.title = "  Ho\u0302\u0301 ga  ",
                              .text = "\u0110e\u0300n",
                              .petitioner = {.name = "Tra\u0302\u0300n B", .phone = "(091) 234-5678"}};
    Notes notes{petition, Origin::kSender};
    const auto person = normalise(petition, notes);
    ASSERT_TRUE(person);
    EXPECT_EQ(petition.title, "Hố ga");
    EXPECT_EQ(petition.text, "Đèn");
    EXPECT_EQ(person->petitioner.name, "Trần B");
    EXPECT_EQ(person->petitioner.phone, "+84912345678");
    EXPECT_EQ(person->phone_typed, "(091) 234-5678");
    EXPECT_EQ(petition.petition_class, "PAHT");
}

TEST(Intake, LimitsCountCodePointsNotBytes) {
    std::string title;
    for (int i = 0; i < 300; ++i) title += "ế";
    EXPECT_EQ(problemOf({.title = title, .text = "x"}), "");
    EXPECT_EQ(problemOf({.title = title + "ế", .text = "x"}), "petition.title_too_long");
    EXPECT_EQ(problemOf({.text = std::string(20000, 'x')}), "");
    EXPECT_EQ(problemOf({.text = std::string(20001, 'x')}), "petition.content_too_long");
}

TEST(Intake, WhatCannotBeReadOrMeantIsRefusedWithItsPlace) {
    EXPECT_EQ(problemOf({.text = "  \u200b "}), "petition.content_missing");
    EXPECT_EQ(problemOf({.text = "\xff\xfe"}), "petition.text_invalid");
    EXPECT_EQ(problemOf({.text = std::string{"a\0b", 3}}), "petition.text_invalid");
    EXPECT_EQ(problemOf({.text = "x", .petitioner = {.kind = "robot"}}), "petition.kind_unknown");
    EXPECT_EQ(problemOf({.text = "x", .petitioner = {.phone = "anonymous"}}), "petition.phone_invalid");
    EXPECT_EQ(problemOf({.text = "x", .petitioner = {.phone = "anonymous"}}, Origin::kConnector), "")
        << "a portal's is kept as typed";
    EXPECT_EQ(problemOf({.text = "x", .location = {.latitude = 91.0}}), "petition.location_invalid");
    EXPECT_EQ(problemOf({.text = "x", .location = {.longitude = std::nan("")}}), "petition.location_invalid");
    EXPECT_EQ(problemOf({.text = "x", .attachments = std::vector<Attachment>(11)}), "petition.too_many_attachments");
}

TEST(Intake, WithoutATitleTheFirstLineServes) {
    IncomingPetition petition{.text = "Dòng đầu\nDòng hai"};
    Notes notes{petition, Origin::kSender};
    ASSERT_TRUE(normalise(petition, notes));
    EXPECT_EQ(petition.title, "Dòng đầu");
}

TEST(Intake, AX24_TheTypeOfAFileIsItsContentNotItsName) {
    const std::string png{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", 29};
    EXPECT_EQ(acceptedType(png).value(), "image/png");
    EXPECT_EQ(acceptedType("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n").value(), "application/pdf");
    EXPECT_EQ(acceptedType("Biên bản kiểm tra").value(), "text/plain");
    const auto problem = [](std::string_view bytes) { return acceptedType(bytes).error().problem; };
    EXPECT_EQ(problem("<!DOCTYPE html><html><body>x</body></html>"), "attachment.type_not_accepted");
    EXPECT_EQ(problem({"\x7f"
                       "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0",
                       24}),
              "attachment.type_not_accepted");
    EXPECT_EQ(problem(""), "attachment.empty");
}

TEST(Intake, FileNamesAreNoPaths) {
    Bench bench;
    const auto name = [&](std::string given) {
        return keepFile(*bench.blobs, {.name = std::move(given), .content = "ảnh chụp"})->name;
    };
    EXPECT_EQ(name("../../etc/passwd"), "passwd");
    EXPECT_EQ(name("C:\\anh\\a.txt"), "a.txt");
    EXPECT_EQ(name("\xff"), "file");
    EXPECT_EQ(name("a\u0309nh.txt"), "ảnh.txt");
    EXPECT_EQ(domain::codePoints(name(std::string(500, 'n'))), 200U);
}

TEST(Intake, AnUnknownCategoryOrAClaimedEmergencyGoesToTriageAndIsKept) {
    Bench bench;
    IntakeRequest request{.petition = {.text = "x", .category = "sao-hoa", .emergency = true}, .channel = "web"};
    const auto arrival = bench.prepareOne(request);
    ASSERT_TRUE(arrival);
    EXPECT_EQ(arrival->submit.route.rule, "triage");
    EXPECT_FALSE(arrival->submit.petition.emergency);
    EXPECT_EQ(arrival->birth->person.attributes.at("category_as_sent"), "sao-hoa");
    EXPECT_EQ(arrival->birth->person.attributes.at("emergency_claimed"), "true");
    request.channel = "hotline1022";
    EXPECT_TRUE(bench.prepareOne(request)->submit.petition.emergency);
}

TEST(Intake, OnlyATrustedCallersExternalIdIdentifies) {
    Bench bench;
    IntakeRequest request{.petition = {.external_id = "P-1", .text = "x"}, .channel = "portal", .caller = "portal"};
    EXPECT_TRUE(bench.prepareOne(request)->birth->inbox_keys.empty());
    request.trust_external_id = true;
    request.idempotency_key = "k";
    EXPECT_EQ(bench.prepareOne(request)->birth->inbox_keys,
              (std::vector<std::string>{"key:portal:" + security::toHex(security::sha256("k")),
                                        "ext:portal:" + security::toHex(security::sha256("P-1"))}));
}

TEST(Intake, TheBodyHashTellsAnyDifference) {
    Bench bench;
    const auto hash = [&](IncomingPetition petition) {
        return bench.prepareOne({.petition = std::move(petition), .channel = "web"})->birth->body_hash;
    };
    const std::string first = hash({.title = "ab", .text = "c"});
    EXPECT_EQ(hash({.title = "ab", .text = "c"}), first);
    EXPECT_NE(hash({.title = "a", .text = "bc"}), first);
    EXPECT_NE(hash({.title = "ab", .text = "c", .is_public = true}), first);
    EXPECT_NE(hash({.title = "ab", .text = "c", .petitioner = {.phone = "0912345678"}}), first);
    EXPECT_NE(hash({.title = "ab", .text = "c", .attachments = {{.name = "a.txt", .content = "biên bản"}}}), first);
}

TEST(Intake, APhotoThatCannotBeKeptIsNoAcknowledgement) {
    Bench bench;
    Hub hub{bench.hubParts()};
    IncomingPetition petition = Bench::petition();
    petition.attachments.push_back({.name = "a.jpg", .content = "<!DOCTYPE html><html><body>x</body></html>"});
    const auto refused = hub.submit({.petition = petition, .channel = "web", .caller = "web"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "/attachments/0");
    EXPECT_EQ(bench.real->counts()->petitions, 0);
}

}  // namespace
}  // namespace pakn::engine
