/// @file
/// The protocol of eSMS: the request as the contract shows it, and what becomes of a delivery by each of its codes.

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "contract.hpp"
#include "driver.hpp"
#include "loaded_sms.hpp"

namespace pakn::out_sms {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string answer(const std::string& code) {
    return R"({"CodeResult":")" + code + R"(","SMSID":"id-1","ErrorMessage":"x"})";
}

TEST(SmsEsms, TheRequestIsTheContracts) {
    Sms sms{"esms"};
    sms.answers(accepted("esms"));
    const Result<Receipt> sent = sms.send(result());
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->reference, "id-1");
    const HttpRequest request = sms.requests()[0];
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/");
    EXPECT_EQ(
        request.body,
        R"({"ApiKey":"canary-user","SecretKey":"canary-password","Phone":"0912345678",)"
        R"("Content":"Phan anh 060326001 da co ket qua xu ly. Xem tai https://paht.mau.example/t?x=abc","SmsType":"2",)"
        R"("Brandname":"PAHT MAU","IsUnicode":"0","RequestId":"pakn-018f2c7a-0000-7000-8000-000000000001",)"
        R"("CallbackUrl":"https://hub.example/hooks/test/esms/canary-token-0123456789abcdef/018f2c7a-0000-7000-8000-000000000001"})");
}

TEST(SmsEsms, TheAddressAndTheTypeAreTheConfigurations) {
    Sms sms{"esms", {{"url", "https://proxy.example/esms"}, {"esms_type", "8"}, {"unicode", "true"}}};
    sms.answers(accepted("esms"));
    ASSERT_TRUE(sms.send(notice("Kết quả")));
    EXPECT_EQ(sms.requests()[0].url, "https://proxy.example/esms");
    EXPECT_THAT(sms.requests()[0].body, HasSubstr(R"("SmsType":"8")"));
    EXPECT_THAT(sms.requests()[0].body, HasSubstr(R"("Content":"Kết quả")"));
    EXPECT_THAT(sms.requests()[0].body, HasSubstr(R"("IsUnicode":"1")"));
}

TEST(SmsEsms, WithoutATokenOrAnAddressNobodyIsToldWhereToCall) {
    Settings::Values values = settingsOf("esms");
    values.erase("callback_token");
    const testing::LoadedPlugin plugin{kFile};
    testing::FakeHostServices services;
    const auto made = testing::InProcessSubject::make(
        kFile, testing::settingsFor(plugin.descriptor().info.options, values), services);
    services.peer.answer({.body = accepted("esms")});
    ASSERT_TRUE((*made)->send(result(), {}));
    EXPECT_THAT(services.peer.requests()[0].body, Not(HasSubstr("CallbackUrl")));

    Sms sms{"esms"};
    sms.services.public_address.clear();
    sms.restart();
    sms.answers(accepted("esms"));
    ASSERT_TRUE(sms.send(result()));
    EXPECT_THAT(sms.requests()[0].body, Not(HasSubstr("CallbackUrl")));
    EXPECT_FALSE(sms.services.logged().empty()) << "somebody should know";
}

struct Case {
    std::string code;
    std::optional<Errc> error;  ///< Nothing: sent.
    bool already = false;
};

/// One for each row of the contract's table; the first attempt, words of the configuration.
const std::vector<Case>& cases() {
    static const std::vector<Case> kCases{
        {"100", std::nullopt},           {"99", Errc::kUnavailable},      {"101", Errc::kUnauthenticated},
        {"102", Errc::kUnauthenticated}, {"103", Errc::kUnauthenticated}, {"104", Errc::kMisconfigured},
        {"108", Errc::kFallback},        {"124", std::nullopt, true},     {"140", Errc::kUnauthenticated},
        {"146", Errc::kMisconfigured},   {"177", Errc::kRejected}};
    return kCases;
}

TEST(SmsEsms, EveryRowOfTheContractHasACase) {
    const std::vector<std::string> rows = contractRows("esms");
    EXPECT_EQ(rows.size(), cases().size());
    EXPECT_EQ(asSet(rows), codesOf(cases()));
    std::set<std::string> known;
    for (const CodeRow& row : esmsCodes()) known.insert(std::string{row.code});
    EXPECT_EQ(asSet(rows), known);
    EXPECT_EQ(esmsCodes().size(), rows.size());
}

class SmsEsmsCode : public ::testing::TestWithParam<Case> {};

TEST_P(SmsEsmsCode, HasItsRemedy) {
    Sms sms{"esms"};
    sms.answers(answer(GetParam().code));
    const Result<Receipt> sent = sms.send(result());
    if (!GetParam().error) {
        ASSERT_TRUE(sent);
        EXPECT_EQ(sent->already, GetParam().already);
        return;
    }
    ASSERT_FALSE(sent);
    EXPECT_EQ(failure(sent).code, *GetParam().error) << failure(sent).message;
    EXPECT_EQ(failure(sent).problem, "sms.esms_" + GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(Contract, SmsEsmsCode, ::testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param.code; });

TEST(SmsEsms, BlockedIsTriedThreeTimes) {
    Sms sms{"esms"};
    sms.answers(answer("99"));
    Delivery delivery = result();
    for (const auto& [attempt, code] : {std::pair{1, Errc::kUnavailable}, std::pair{2, Errc::kUnavailable},
                                        std::pair{3, Errc::kRejected}, std::pair{4, Errc::kRejected}}) {
        delivery.attempt = attempt;
        EXPECT_EQ(failure(sms.send(delivery)).code, code) << attempt;
    }
}

TEST(SmsEsms, ANoticesOwnWordsThatFitNoTemplateStopNobodyElse) {
    Sms sms{"esms"};
    sms.answers(answer("146"));
    EXPECT_EQ(failure(sms.send(notice())).code, Errc::kRejected);
    Sms fixed{"esms", {{"notice_text", "Phan anh {code} co tin moi"}}};
    fixed.answers(answer("146"));
    EXPECT_EQ(failure(fixed.send(notice())).code, Errc::kMisconfigured) << "the configuration gives all words";
}

TEST(SmsEsms, ANumberIsACodeToo) {
    Sms sms{"esms"};
    sms.answers(R"({"CodeResult":100,"SMSID":"id-1"})");
    EXPECT_TRUE(sms.send(result()));
    sms.answers(R"({"CodeResult":100,"SMSID":"<b>x</b>"})");
    EXPECT_EQ(sms.send(result())->reference, "pakn-018f2c7a-0000-7000-8000-000000000001") << "no id of anything";
}

}  // namespace
}  // namespace pakn::out_sms
