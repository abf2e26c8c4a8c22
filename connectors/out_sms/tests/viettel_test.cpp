/// @file
/// Viettel's protocol: the envelope as the contract shows it, results, refusals in words, faults.

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "contract.hpp"
#include "loaded_sms.hpp"

namespace pakn::out_sms {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string answer(const std::string& result, const std::string& message) {
    return R"(<ns2:wsCpMtResponse xmlns:ns2="http://impl.bulkSms.ws/"><return><message>)" + message +
           "</message><result>" + result + "</result></return></ns2:wsCpMtResponse>";
}
std::string inEnvelope(const std::string& body) {
    return R"(<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>)" + body +
           "</S:Body></S:Envelope>";
}

TEST(SmsViettel, TheRequestIsTheContracts) {
    Sms sms{"viettel"};
    sms.answers(accepted("viettel"));
    ASSERT_TRUE(sms.send(result()));
    const HttpRequest request = sms.requests()[0];
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.headers.at("content-type"), "text/xml; charset=utf-8");
    const std::size_t id = request.body.find("<RequestID>");
    ASSERT_NE(id, std::string::npos);
    const std::string number = request.body.substr(id + 11, request.body.find('<', id + 11) - id - 11);
    EXPECT_EQ(number.find_first_not_of("0123456789"), std::string::npos);
    EXPECT_TRUE(!number.empty() && number.size() <= 18) << number;
    EXPECT_EQ(
        request.body,
        R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
        R"( xmlns:impl="http://impl.bulkSms.ws/"><soapenv:Header/><soapenv:Body><impl:wsCpMt><User>canary-user</User>)"
        R"(<Password>canary-password</Password><CPCode>MAU</CPCode><RequestID>)" +
            number +
            R"(</RequestID><UserID>84912345678</UserID><ReceiverID>84912345678</ReceiverID><ServiceID>PAHT MAU</ServiceID>)"
            R"(<CommandCode>bulksms</CommandCode><Content>Phan anh 060326001 da co ket qua xu ly. Xem tai )"
            R"(https://paht.mau.example/t?x=abc</Content><ContentType>0</ContentType></impl:wsCpMt></soapenv:Body>)"
            R"(</soapenv:Envelope>)");
}

TEST(SmsViettel, WhatStandsInATextIsNoMarkup) {
    Sms sms{"viettel", {{"password", "a<b&c>\"d'"}}};
    sms.answers(accepted("viettel"));
    ASSERT_TRUE(sms.send(notice("1 < 2 & \"3\" > '0' ]]>")));
    const std::string body = sms.requests()[0].body;
    EXPECT_THAT(body, HasSubstr("<Content>1 &lt; 2 &amp; &quot;3&quot; &gt; &apos;0&apos; ]]&gt;</Content>"));
    EXPECT_THAT(body, HasSubstr("<Password>a&lt;b&amp;c&gt;&quot;d&apos;</Password>"));
}

TEST(SmsViettel, TypesOfContentAreTheConfigurations) {
    Sms sms{"viettel", {{"unicode", "true"}, {"viettel_plain_type", "F"}, {"viettel_unicode_type", "8"}}};
    sms.answers(accepted("viettel"));
    ASSERT_TRUE(sms.send(notice("Kết quả")));
    ASSERT_TRUE(sms.send(notice("Ket qua")));
    EXPECT_THAT(sms.requests()[0].body, HasSubstr("<Content>Kết quả</Content><ContentType>8</ContentType>"));
    EXPECT_THAT(sms.requests()[1].body, HasSubstr("<ContentType>F</ContentType>"));
}

struct Case {
    std::string code;
    std::string message;
    std::optional<Errc> error;
};

/// The rows of the contract's table, the last of them by its two remedies.
const std::vector<Case>& cases() {
    static const std::vector<Case> kCases{{"1", "Insert MT_QUEUE: OK", std::nullopt},
                                          {"0", "Over rate", Errc::kUnavailable},
                                          {"0", "System error", Errc::kUnavailable},
                                          {"0", "Authenticate: USER_PASS invalid", Errc::kUnauthenticated},
                                          {"0", "IP_INVALID", Errc::kUnauthenticated},
                                          {"0", "Not enough balance", Errc::kUnauthenticated},
                                          {"0", "Check template: not match", Errc::kRejected},
                                          {"-1", "", Errc::kRejected},
                                          {"", "description of tariff", Errc::kRejected}};
    return kCases;
}

TEST(SmsViettel, EveryRowOfTheContractHasACase) {
    const std::vector<std::string> rows = contractRows("viettel");
    ASSERT_EQ(rows, (std::vector<std::string>{"1", "other", "other"}));
    const auto with = [](std::optional<Errc> error) {
        return std::any_of(cases().begin(), cases().end(), [&](const Case& one) { return one.error == error; });
    };
    EXPECT_TRUE(with(std::nullopt) && with(Errc::kUnavailable) && with(Errc::kUnauthenticated) &&
                with(Errc::kRejected));
}

class SmsViettelResult : public ::testing::TestWithParam<Case> {};

TEST_P(SmsViettelResult, HasItsRemedy) {
    for (const bool envelope : {false, true}) {
        Sms sms{"viettel"};
        const std::string body = answer(GetParam().code, GetParam().message);
        sms.answers(envelope ? inEnvelope(body) : body);
        const Result<Receipt> sent = sms.send(result());
        EXPECT_EQ(sent.ok(), !GetParam().error.has_value());
        if (!sent) {
            EXPECT_EQ(failure(sent).code, *GetParam().error) << failure(sent).message;
            EXPECT_EQ(failure(sent).problem, "sms.viettel_refused");
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Contract, SmsViettelResult, ::testing::ValuesIn(cases()));

TEST(SmsViettel, TheWordsAreTheConfigurations) {
    Sms sms{"viettel", {{"viettel_retry_words", "Bận"}, {"viettel_pause_words", "khoa, het"}}};
    sms.answers(answer("0", "System error"));
    EXPECT_EQ(failure(sms.send(result())).code, Errc::kRejected);
    sms.answers(answer("0", "Het tien"));
    EXPECT_EQ(failure(sms.send(result())).code, Errc::kUnauthenticated);
}

TEST(SmsViettel, ItsWordsAreShownWithoutWhatIsOurs) {
    Sms sms{"viettel"};
    sms.answers(answer("0", "Template 12 not match"));
    EXPECT_THAT(failure(sms.send(result())).message, HasSubstr("Template ## not match"));
    for (const char* said :
         {"content Phan anh 060326001 da co ket qua", "User canary-user unknown", "CANARY-PASSWORD"}) {
        sms.answers(answer("0", said));
        const std::string message = failure(sms.send(result())).message;
        EXPECT_THAT(message, Not(HasSubstr("Phan anh"))) << said;
        EXPECT_THAT(message, Not(HasSubstr("060326001"))) << said;
        EXPECT_THAT(message, Not(::testing::ContainsRegex("[Cc][Aa][Nn][Aa][Rr][Yy]"))) << said;
    }
    sms.answers(answer("0", "receiver 84912345678 refused"));
    EXPECT_THAT(failure(sms.send(result())).message, Not(HasSubstr("84912345678")));
}

TEST(SmsViettel, WhatMayHaveArrivedIsNeverSentAgainByItself) {
    Sms sms{"viettel"};
    sms.services.peer.fail({.code = Errc::kUnknownOutcome, .message = "no answer"});
    EXPECT_EQ(failure(sms.send(result())).code, Errc::kUnknownOutcome);
    for (const char* body : {"", "<html>", "{}", "<return><message>x</message></return>", "<a><b></a>",
                             "<!DOCTYPE a [<!ENTITY b \"1\">]><return><result>&b;</result></return>"}) {
        sms.answers(body);
        EXPECT_EQ(failure(sms.send(result())).code, Errc::kUnknownOutcome) << body;
    }
    const std::size_t before = sms.requests().size();
    EXPECT_EQ(failure(sms.reconcile(result())).code, Errc::kUnknownOutcome);
    EXPECT_THAT(sms.requests(), SizeIs(before)) << "there is nobody to ask";
}

TEST(SmsViettel, AFaultOfTheClientIsTheConfigurations) {
    Sms sms{"viettel"};
    const auto fault = [](const std::string& code) {
        return HttpResponse{
            .status = 500,
            .body = inEnvelope("<S:Fault><faultcode>S:" + code + "</faultcode><faultstring>x</faultstring></S:Fault>")};
    };
    sms.services.peer.answer(fault("Client"));
    EXPECT_EQ(failure(sms.send(result())).code, Errc::kMisconfigured);
    sms.services.peer.answer(fault("Server"));
    EXPECT_EQ(failure(sms.send(result())).code, Errc::kUnknownOutcome) << "it may have been in the queue by then";
}

TEST(SmsViettel, BoundsOfAnAnswer) {
    Sms sms{"viettel"};
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "<a>";
    for (const std::string& body : {deep, "<return><result>1</result>" + std::string(70000, ' ') + "</return>"}) {
        sms.answers(body);
        EXPECT_EQ(failure(sms.send(result())).code, Errc::kUnknownOutcome);
    }
    sms.answers(answer("0", std::string(50000, 'x')));
    EXPECT_LT(failure(sms.send(result())).message.size(), 200U);
}

}  // namespace
}  // namespace pakn::out_sms
