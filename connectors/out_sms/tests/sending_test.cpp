/// @file
/// What holds for all three gateways: whom a message reaches, how long it may be, what is never told, what a status
/// means.

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "loaded_sms.hpp"
#include "pakn/sdk/one_time_code.hpp"

namespace pakn::out_sms {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class SmsSending : public ::testing::TestWithParam<const char*> {
protected:
    static std::string driver() { return GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Gateways, SmsSending, ::testing::ValuesIn(kDrivers),
                         [](const auto& one) { return std::string{one.param}; });

TEST_P(SmsSending, WhoHasNoMobileNumberIsReachedAnotherWay) {
    Sms sms{driver()};
    sms.answers(accepted(driver()));
    const struct {
        const char* phone;
        const char* problem;
    } cases[] = {{"", "sms.no_phone"},           {"+842343000000", "sms.not_mobile"}, {"1022", "sms.not_mobile"},
                 {"19001234", "sms.not_mobile"}, {"+84112345678", "sms.not_mobile"},  {"+14155550100", "sms.foreign"}};
    for (const auto& one : cases) {
        Delivery delivery = result();
        delivery.recipient.phone = one.phone;
        const Result<Receipt> sent = sms.send(delivery);
        ASSERT_FALSE(sent) << one.phone;
        EXPECT_EQ(failure(sent).code, Errc::kFallback) << one.phone;
        EXPECT_EQ(failure(sent).problem, one.problem) << one.phone;
    }
    EXPECT_THAT(sms.requests(), IsEmpty());
}

TEST_P(SmsSending, AbroadWhenItIsAllowed) {
    Sms sms{driver(), {{"allow_foreign", "true"}}};
    sms.answers(accepted(driver()));
    Delivery delivery = result();
    delivery.recipient.phone = "+14155550100";
    ASSERT_TRUE(sms.send(delivery));
    EXPECT_THAT(sms.requests()[0].body, HasSubstr("14155550100"));
    EXPECT_THAT(sms.requests()[0].body, Not(HasSubstr("+1415")));
}

TEST_P(SmsSending, OfficersAndOfficesAreReachedAlike) {
    Sms sms{driver()};
    sms.answers(accepted(driver()));
    for (const char* kind : {"petitioner", "account", "queue"}) {
        Delivery delivery = notice();
        delivery.recipient.kind = kind;
        delivery.link.clear();
        EXPECT_TRUE(sms.send(delivery)) << kind;
    }
    EXPECT_THAT(sms.requests(), SizeIs(3));
}

TEST_P(SmsSending, AOneTimeCodeGoesInItsOwnWords) {
    Settings::Values words{{"notice_text", "Phan anh {code} co tin moi"}, {"code_text", "{code} la ma cua ban"}};
    if (driver() == "vnpt") words.insert({{"code_template", "3000"}, {"code_contract", "1000"}});
    Sms sms{driver(), words};
    sms.answers(accepted(driver()));
    Delivery delivery = notice();
    delivery.code.clear();
    delivery.message = "270305 la ma xac thuc";
    delivery.attributes[std::string{kOneTimeCode}] = "270305";
    ASSERT_TRUE(sms.send(delivery));
    EXPECT_THAT(sms.requests()[0].body, HasSubstr("270305"));
    EXPECT_THAT(sms.requests()[0].body, Not(HasSubstr("tin moi")));
    EXPECT_THAT(sms.requests()[0].body, Not(HasSubstr("xac thuc")));
}

TEST_P(SmsSending, AResultTellsNothingPersonal) {
    Sms sms{driver()};
    sms.answers(accepted(driver()));
    ASSERT_TRUE(sms.send(result()));
    EXPECT_THAT(sms.requests()[0].body, Not(HasSubstr("canary-result")));
    EXPECT_THAT(sms.requests()[0].body, Not(HasSubstr("canary-title")));
    EXPECT_THAT(sms.requests()[0].body, HasSubstr("060326001"));
}

TEST_P(SmsSending, OtherKindsHaveNoWords) {
    Sms sms{driver()};
    for (const char* kind : {"status_update", "sign_request", "forward"}) {
        Delivery delivery = result();
        delivery.kind = kind;
        EXPECT_EQ(failure(sms.send(delivery)).code, Errc::kRejected);
        EXPECT_EQ(failure(sms.send(delivery)).problem, "sms.kind");
    }
    EXPECT_THAT(sms.requests(), IsEmpty());
}

TEST_P(SmsSending, TooLongIsRefusedBeforeAnythingIsSent) {
    Sms sms{driver(), {{"max_parts", "2"}}};
    sms.answers(accepted(driver()));
    EXPECT_TRUE(sms.send(notice(std::string(306, 'a'))));
    const Result<Receipt> sent = sms.send(notice(std::string(307, 'a')));
    EXPECT_EQ(failure(sent).code, Errc::kRejected);
    EXPECT_EQ(failure(sent).problem, "sms.too_long");
    EXPECT_EQ(failure(sms.send(notice(std::string(1U << 20U, 'a')))).problem, "sms.too_long");
    EXPECT_THAT(sms.requests(), SizeIs(1));
}

TEST_P(SmsSending, AccentsMakeItLonger) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "ắ";
    Sms plain{driver(), {{"max_parts", "1"}}};
    plain.answers(accepted(driver()));
    EXPECT_TRUE(plain.send(notice(text)));
    Sms unicode{driver(), {{"max_parts", "1"}, {"unicode", "true"}}};
    unicode.answers(accepted(driver()));
    EXPECT_EQ(failure(unicode.send(notice(text))).problem, "sms.too_long");
}

TEST_P(SmsSending, NoWordsAndNoText) {
    Sms sms{driver()};
    EXPECT_EQ(failure(sms.send(notice(" \n"))).problem, "sms.empty");
    EXPECT_EQ(failure(sms.send(notice("\xff"))).code, Errc::kInternal);
    EXPECT_THAT(sms.requests(), IsEmpty());
}

TEST_P(SmsSending, HtmlIsReadAsWords) {
    Sms sms{driver()};
    sms.answers(accepted(driver()));
    Delivery delivery = notice("<p>Kính gửi <b>ông</b></p><p>Đã xong</p>");
    delivery.message_type = "text/html";
    ASSERT_TRUE(sms.send(delivery));
    EXPECT_THAT(sms.requests()[0].body, HasSubstr("Kinh gui ong Da xong"));
}

TEST_P(SmsSending, TheRequestIdStaysOverRetriesAndRestarts) {
    Sms sms{driver()};
    sms.answers(accepted(driver()));
    Delivery delivery = result();
    ASSERT_TRUE(sms.send(delivery));
    delivery.attempt = 7;
    ASSERT_TRUE(sms.send(delivery));
    sms.restart();
    ASSERT_TRUE(sms.send(delivery));
    EXPECT_EQ(sms.requests()[0].body, sms.requests()[1].body);
    EXPECT_EQ(sms.requests()[0].body, sms.requests()[2].body);
    delivery.idempotency_key = delivery.id = "018f2c7a-0000-7000-8000-000000000002";
    ASSERT_TRUE(sms.send(delivery));
    EXPECT_NE(sms.requests()[0].body, sms.requests()[3].body);
}

TEST_P(SmsSending, AnyKeyMakesARequestIdThatFits) {
    Sms sms{driver()};
    sms.answers(accepted(driver()));
    for (const std::string& key : {std::string{"a b/ü"}, std::string(300, 'x'), std::string{}}) {
        Delivery delivery = result();
        delivery.idempotency_key = key;
        const Result<Receipt> sent = sms.send(delivery);
        ASSERT_TRUE(sent);
        const std::string id = driver() == "esms" ? std::string{} : sent->reference;
        EXPECT_LE(id.size(), 50U);
        EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << id;
    }
}

TEST_P(SmsSending, NothingThatIsNobodysBusinessIsTold) {
    Sms sms{driver(), {{"url", "http://gateway.example/api"}}};
    const std::vector<std::string> canaries{"canary", "912345678", "Kinh gui", "Kính gửi",
                                            "abc",    "PAHT MAU",  "060326001"};
    const auto silent = [&](const Result<Receipt>& sent) {
        for (const std::string& canary : canaries) {
            if (!sent) {
                EXPECT_THAT(failure(sent).message, Not(HasSubstr(canary)));
            }
            for (const auto& line : sms.services.logged()) EXPECT_THAT(line.text, Not(HasSubstr(canary)));
        }
    };
    const std::string echo = "Kính gửi canary 0912345678 060326001 abc";
    for (const int status : {200, 201, 301, 400, 401, 404, 408, 429, 500, 502, 503, 504})
        for (const std::string& body :
             {std::string{}, echo, R"({"RPLY":{"ERROR":"1","ERROR_DESC":")" + echo + "\"}}",
              R"({"RPLY":{"ERROR":")" + echo + "\"}}", R"({"CodeResult":"104","ErrorMessage":")" + echo + "\"}",
              R"({"CodeResult":")" + echo + "\"}",
              "<return><message>" + echo + "</message><result>0</result></return>"}) {
            sms.services.peer.answer({.status = status, .body = body});
            silent(sms.send(notice("Kính gửi canary, 060326001: abc")));
        }
    for (const char* phone : {"+842343912345678", "+14155550100", "canary"}) {
        Delivery delivery = notice("Kính gửi");
        delivery.recipient.phone = phone;
        silent(sms.send(delivery));
    }
}

TEST_P(SmsSending, WhatAStatusMeans) {
    const struct {
        int status;
        Errc code;
        bool open = false;  ///< It may have acted.
    } cases[] = {{301, Errc::kMisconfigured},
                 {307, Errc::kMisconfigured},
                 {400, Errc::kRejected},
                 {401, Errc::kUnauthenticated},
                 {403, Errc::kUnauthenticated},
                 {404, Errc::kMisconfigured},
                 {405, Errc::kMisconfigured},
                 {407, Errc::kUnauthenticated},
                 {408, Errc::kUnknownOutcome, true},
                 {410, Errc::kMisconfigured},
                 {413, Errc::kRejected},
                 {429, Errc::kUnavailable},
                 {500, Errc::kUnknownOutcome, true},
                 {502, Errc::kUnknownOutcome, true},
                 {503, Errc::kUnavailable},
                 {504, Errc::kUnknownOutcome, true}};
    for (const auto& one : cases) {
        Sms sms{driver()};
        sms.services.peer.answer({.status = one.status, .headers = {{"retry-after", "7"}}, .body = accepted(driver())});
        const Result<Receipt> sent = sms.send(result());
        ASSERT_FALSE(sent) << one.status;
        // Where the gateway knows ids again, a second request does no harm.
        const Errc wanted = one.open && driver() != "viettel" ? Errc::kUnavailable : one.code;
        EXPECT_EQ(failure(sent).code, wanted) << one.status;
        EXPECT_EQ(failure(sent).retry_after.has_value(), one.status == 429 || one.status == 503) << one.status;
    }
}

TEST_P(SmsSending, ANonsensicalRetryAfterIsNone) {
    Sms sms{driver()};
    for (const char* header : {"", "-1", "0", "soon", "99999999999999999999", "1.5"}) {
        sms.services.peer.answer({.status = 503, .headers = {{"retry-after", header}}});
        EXPECT_FALSE(failure(sms.send(result())).retry_after.has_value()) << header;
    }
    sms.services.peer.answer({.status = 503, .headers = {{"retry-after", "864000"}}});
    EXPECT_EQ(failure(sms.send(result())).retry_after, 24h);
}

TEST_P(SmsSending, WhatTheClientSaysIsPassedOn) {
    for (const Errc code : {Errc::kUnavailable, Errc::kMisconfigured}) {
        Sms sms{driver()};
        sms.services.peer.fail({.code = code, .message = "no"});
        EXPECT_EQ(failure(sms.send(result())).code, code);
    }
}

TEST_P(SmsSending, TheTimeoutIsTheConfigurations) {
    Sms sms{driver(), {{"timeout", "3s"}}};
    HttpClient::Limits asked;
    sms.services.peer.setPeer([&](const HttpRequest&, const HttpClient::Limits& limits) {
        asked = limits;
        return HttpResponse{.body = accepted(driver())};
    });
    ASSERT_TRUE(sms.send(result()));
    EXPECT_EQ(asked.timeout, 3s);
    EXPECT_LE(asked.max_body, 64U << 10U);
}

}  // namespace
}  // namespace pakn::out_sms
