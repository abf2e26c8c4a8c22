/// @file
/// What a mail is: petition, answer, bounce, receipt, machine. Every sign of the table in docs/contracts/email.md.

#include "judge.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "test_paths.hpp"

namespace pakn::in_email {
namespace {

using Kind = Judgement::Kind;

const ThreadIds kIds{"0123456789abcdef", "mau.example"};
const IntakeSettings kSettings{.own_addresses = {"paht@mau.example"}, .authserv_id = "mx.mau.example"};
constexpr const char* kDelivery = "018f2c7a-0000-7000-8000-000000000001";

Decoded mailWith(Attributes attributes) {
    attributes.emplace("from", "lan@nguoi-dan.example");
    return {.content_type = "message/rfc822", .text = "Đèn đường hỏng", .attributes = std::move(attributes)};
}

TEST(Judge, APersonsMailIsAPetition) {
    const Judgement judgement = judge(mailWith({{"subject", "Đèn đường hỏng"}}), kSettings, kIds);
    EXPECT_EQ(judgement.kind, Kind::kPetition);
    EXPECT_TRUE(judgement.mentions.empty());
}

struct Sign {
    const char* row;  ///< As the table of the contract begins it.
    Attributes attributes;
    const char* why;
};

/// One for each row of the table "Loops, robots, bounces".
const std::vector<Sign> kSigns{
    {"`Auto-Submitted`", {{"auto_submitted", "auto-replied"}}, "auto_submitted"},
    {"`Precedence: bulk`", {{"precedence", "bulk"}}, "precedence"},
    {"`List-Id`", {{"list_id", "tin.mau.example"}}, "list"},
    {"`X-Auto-Response-Suppress`", {{"x_auto_response_suppress", "All"}}, "auto_response_suppress"},
    {"`Return-Path: <>`", {{"return_path", "<>"}}, "empty_return_path"},
    {"From is our own address", {{"from", "PAHT@mau.example"}}, "own_address"},
    {"`Content-Type: multipart/report; report-type=delivery-status`",
     {{"report_type", "delivery-status"}, {"dsn_action", "failed"}},
     "bounce"},
    {"`report-type=disposition-notification`", {{"report_type", "disposition-notification"}}, "read_receipt"},
};

TEST(Judge, EverySignOfAMachineMakesNoPetition) {
    for (const Sign& sign : kSigns) {
        Attributes attributes = sign.attributes;
        const Judgement judgement = judge(mailWith(std::move(attributes)), kSettings, kIds);
        EXPECT_EQ(judgement.kind, Kind::kAutomatic) << sign.row;
        EXPECT_EQ(judgement.why, sign.why) << sign.row;
    }
    for (const char* more : {"mailer-daemon@x.example", "postmaster@x.example", "no-reply@x.example"})
        EXPECT_EQ(judge(mailWith({{"from", more}}), kSettings, kIds).why, "machine_address") << more;
    EXPECT_EQ(judge(mailWith({{"list_unsubscribe", "true"}}), kSettings, kIds).why, "list");
    EXPECT_EQ(judge(mailWith({{"precedence", "List"}}), kSettings, kIds).why, "precedence");
}

TEST(Judge, WhatOnlyLooksLikeAMachineIsAPetition) {
    for (const Attributes& attributes :
         {Attributes{{"auto_submitted", "no"}}, Attributes{{"x_auto_response_suppress", "None"}},
          Attributes{{"precedence", "first-class"}}, Attributes{{"return_path", "<lan@nguoi-dan.example>"}}})
        EXPECT_EQ(judge(mailWith(attributes), kSettings, kIds).kind, Kind::kPetition);
}

TEST(Judge, TheTableOfTheContractHasNoOtherSigns) {
    std::ifstream file{PAKN_SOURCE_DIR "/docs/contracts/email.md"};
    ASSERT_TRUE(file);
    std::size_t rows = 0;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) inside = line.find("Loops") != std::string::npos;
        if (!inside || !line.starts_with("| ") || line.starts_with("| sign")) continue;
        ++rows;
        EXPECT_TRUE(std::any_of(kSigns.begin(), kSigns.end(), [&](const Sign& sign) {
            return line.starts_with("| " + std::string{sign.row});
        })) << line;
    }
    EXPECT_EQ(rows, kSigns.size());
}

TEST(Judge, AnAnswerToOurMailByWhomItWentToIsTheSendersWord) {
    const std::string id = kIds.idFor("060326001", kDelivery, "Lan@nguoi-dan.example");
    for (const Attributes& attributes :
         {Attributes{{"in_reply_to", id}}, Attributes{{"references", "first@x.example " + id + " last@x.example"}}}) {
        const Judgement judgement = judge(mailWith(attributes), kSettings, kIds);
        ASSERT_EQ(judgement.kind, Kind::kAnswer);
        EXPECT_EQ(judgement.ours->code, "060326001");
        EXPECT_EQ(judgement.ours->delivery, kDelivery);
    }
}

TEST(Judge, NeitherAForwardedIdNorATagProvesAnything) {
    const std::string id = kIds.idFor("060326001", kDelivery, "somebody.else@nguoi-dan.example");
    const Judgement forwarded = judge(mailWith({{"in_reply_to", id}}), kSettings, kIds);
    EXPECT_EQ(forwarded.kind, Kind::kPetition);
    EXPECT_EQ(forwarded.mentions, "060326001");
    const Judgement tagged = judge(mailWith({{"subject", "Re: [PA-060326001] Hố ga"}}), kSettings, kIds);
    EXPECT_EQ(tagged.kind, Kind::kPetition);
    EXPECT_EQ(tagged.mentions, "060326001");
}

TEST(Judge, AForgedIdProvesNothing) {
    const std::string reader = "lan@nguoi-dan.example";
    const std::string id = kIds.idFor("060326001", kDelivery, reader);
    ASSERT_TRUE(kIds.wentTo(*kIds.read(id), reader));
    EXPECT_LE(id.size(), 78U - std::string_view{"In-Reply-To: <>"}.size()) << "a longer one is garbled by some mailers";
    for (std::size_t i = 0; i < id.find('@'); ++i) {
        std::string forged = id;
        forged[i] = forged[i] == 'f' ? '0' : 'f';
        const auto read = kIds.read(forged);
        EXPECT_FALSE(read && kIds.wentTo(*read, reader)) << forged;
    }
    const ThreadIds other{"another key", "mau.example"};
    EXPECT_FALSE(other.wentTo(*other.read(id), reader));
    EXPECT_FALSE(kIds.wentTo(*kIds.read(id), "la@nguoi-dan.example"));
    for (const std::string& none : {std::string{"pa-1.2.3.4@mau.example"}, std::string{"pa-1.2@mau.example"},
                                    "pa-" + std::string(100000, '.') + "@mau.example", std::string{},
                                    std::string{"pa-"}, std::string{"pa-060326001.d-1.x@elsewhere.example"}})
        EXPECT_FALSE(kIds.read(none)) << none.substr(0, 60);
}

TEST(Judge, AnIdSaysItsDeliveryWhateverThatLooksLike) {
    for (const char* delivery :
         {kDelivery, "d-1", "018F2C7A-0000-7000-8000-000000000001", "00000000-0000-0000-0000-000000000000"})
        EXPECT_EQ(kIds.read(kIds.idFor("060326001", delivery, "a@b.example"))->delivery, delivery);
}

TEST(Judge, ABounceOfOurMailSaysWhichDelivery) {
    const std::string id = kIds.idFor("060326001", kDelivery, "lan@nguoi-dan.example");
    const Attributes report{{"report_type", "delivery-status"},
                            {"from", "mailer-daemon@mx.example"},
                            {"dsn_status", "5.1.1"},
                            {"dsn_original_message_id", id}};
    Attributes failed = report;
    failed["dsn_action"] = "failed";
    const Judgement bounce = judge(mailWith(failed), kSettings, kIds);
    ASSERT_EQ(bounce.kind, Kind::kBounce);
    EXPECT_EQ(bounce.ours->delivery, kDelivery);
    Attributes delayed = report;
    delayed["dsn_action"] = "delayed";
    EXPECT_EQ(judge(mailWith(delayed), kSettings, kIds).kind, Kind::kDelayed);
    EXPECT_EQ(judge(mailWith(report), kSettings, kIds).kind, Kind::kAutomatic) << "a report that nobody understands";
}

TEST(Judge, OnlyOurOwnServersWordCounts) {
    const auto results = [&](const std::string& header) {
        return trustedResults(mailWith({{"authentication_results", header}}), kSettings);
    };
    EXPECT_EQ(results("mx.mau.example; dkim=pass header.d=x.example; dmarc=fail"), "dkim=pass dmarc=fail");
    EXPECT_EQ(results("mx.evil.example; dmarc=pass"), "");
    EXPECT_EQ(results("mx.evil.example; dmarc=pass | mx.mau.example; dmarc=pass"), "") << "ours stands on top";
    EXPECT_EQ(results("mx.mau.example 1; spf=pass"), "spf=pass");
    EXPECT_EQ(trustedResults(mailWith({{"authentication_results", "mx.mau.example; spf=pass"}}), {}), "");
}

}  // namespace
}  // namespace pakn::in_email
