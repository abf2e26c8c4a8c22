/// @file
/// VNPT's protocol: the request as the contract shows it, and what becomes of a delivery by each of its codes.

#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <string>
#include <vector>

#include "contract.hpp"
#include "driver.hpp"
#include "loaded_sms.hpp"

namespace pakn::out_sms {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string answer(const std::string& code) {
    return R"({"RPLY":{"name":"send_sms_list","ERROR":")" + code + R"(","ERROR_DESC":"x"}})";
}

/// The member of RQST, a text.
std::string member(const HttpRequest& request, const char* name) {
    rapidjson::Document json;
    json.Parse(request.body.data(), request.body.size());
    if (json.HasParseError() || !json.HasMember("RQST") || !json["RQST"].HasMember(name)) return "(none)";
    const auto& value = json["RQST"][name];
    return value.IsString() ? value.GetString() : "(no text)";
}

std::vector<std::string> parameters(const HttpRequest& request) {
    rapidjson::Document json;
    json.Parse(request.body.data(), request.body.size());
    std::vector<std::string> values;
    int number = 0;
    for (const auto& one : json["RQST"]["PARAMS"].GetArray()) {
        EXPECT_EQ(one["NUM"].GetString(), std::to_string(++number));
        values.emplace_back(one["CONTENT"].GetString());
    }
    return values;
}

TEST(SmsVnpt, TheRequestIsTheContracts) {
    Sms sms{"vnpt"};
    sms.answers(accepted("vnpt"));
    ASSERT_TRUE(sms.send(result()));
    ASSERT_THAT(sms.requests(), SizeIs(1));
    const HttpRequest request = sms.requests()[0];
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://vnpt.example/api");
    EXPECT_EQ(request.headers.at("content-type"), "application/json; charset=utf-8");
    // Names and order as in the contract's example, byte for byte.
    EXPECT_EQ(
        request.body,
        R"({"RQST":{"name":"send_sms_list","REQID":"pakn-018f2c7a-0000-7000-8000-000000000001","LABELID":"PAHT MAU",)"
        R"("CONTRACTTYPEID":"1","CONTRACTID":"1000","TEMPLATEID":"2000","PARAMS":[{"NUM":"1","CONTENT":"060326001"},)"
        R"({"NUM":"2","CONTENT":"https://paht.mau.example/t?x=abc"}],"SCHEDULETIME":"","MOBILELIST":"84912345678",)"
        R"("ISTELCOSUB":"0","AGENTID":"1","APIUSER":"canary-user","APIPASS":"canary-password",)"
        R"("USERNAME":"canary-user","DATACODING":"0"}})");
}

TEST(SmsVnpt, EachKindHasItsTemplate) {
    Sms sms{"vnpt", {{"vnpt_username", "portal"}, {"notice_text", "{code}: {message}"}}};
    sms.answers(accepted("vnpt"));
    ASSERT_TRUE(sms.send(notice()));
    const HttpRequest request = sms.requests()[0];
    EXPECT_EQ(member(request, "TEMPLATEID"), "2001");
    EXPECT_EQ(member(request, "CONTRACTID"), "1001");
    EXPECT_EQ(member(request, "USERNAME"), "portal");
    EXPECT_THAT(parameters(request), ElementsAre("060326001", "Phan anh 060326001 da chuyen don vi xu ly."));
}

TEST(SmsVnpt, ParametersMayBeNamedByThemselves) {
    Sms sms{"vnpt", {}, {{"result_params", {"{link}", "so {code}", "co dinh"}}}};
    sms.answers(accepted("vnpt"));
    ASSERT_TRUE(sms.send(result()));
    EXPECT_THAT(parameters(sms.requests()[0]),
                ElementsAre("https://paht.mau.example/t?x=abc", "so 060326001", "co dinh"));
}

TEST(SmsVnpt, AKindWithoutATemplateIsNotSent) {
    Settings::Values values = settingsOf("vnpt");
    values.erase("notice_template");
    values.erase("notice_contract");
    testing::FakeHostServices services;
    const testing::LoadedPlugin plugin{kFile};
    const auto made = testing::InProcessSubject::make(
        kFile, testing::settingsFor(plugin.descriptor().info.options, values), services);
    ASSERT_TRUE(made);
    EXPECT_EQ(failure((*made)->send(notice(), {})).problem, "sms.no_template");
    EXPECT_TRUE(services.peer.requests().empty());
}

TEST(SmsVnpt, AccentsGoToVinaPhonesNumbersAlone) {
    Sms sms{"vnpt", {{"unicode", "true"}}};
    sms.answers(accepted("vnpt"));
    ASSERT_TRUE(sms.send(notice("Kết quả")));
    Delivery other = notice("Kết quả");
    other.recipient.phone = "+84981234567";
    ASSERT_TRUE(sms.send(other));
    Delivery plain = notice("Ket qua");
    ASSERT_TRUE(sms.send(plain));
    const auto requests = sms.requests();
    EXPECT_EQ(member(requests[0], "DATACODING"), "8");
    EXPECT_THAT(parameters(requests[0]), ElementsAre("Kết quả"));
    EXPECT_EQ(member(requests[1], "DATACODING"), "0");
    EXPECT_THAT(parameters(requests[1]), ElementsAre("Ket qua"));
    EXPECT_EQ(member(requests[2], "DATACODING"), "0");
}

struct Case {
    std::string code;
    std::optional<Errc> error;  ///< Nothing: sent.
    bool already = false;
};

/// One for each row of the contract's table; the first attempt.
const std::vector<Case>& cases() {
    static const std::vector<Case> kCases{{"0", std::nullopt},
                                          {"1", Errc::kUnauthenticated},
                                          {"7", Errc::kMisconfigured},
                                          {"8", Errc::kDeferred},
                                          {"12", Errc::kDeferred},
                                          {"11", Errc::kRejected},
                                          {"13", Errc::kMisconfigured},
                                          {"14", Errc::kMisconfigured},
                                          {"15", Errc::kMisconfigured},
                                          {"16", Errc::kUnavailable},
                                          {"17", Errc::kRejected},
                                          {"20", Errc::kUnauthenticated},
                                          {"21", Errc::kUnauthenticated},
                                          {"22", Errc::kUnauthenticated},
                                          {"23", Errc::kFallback},
                                          {"30", Errc::kRejected},
                                          {"33", std::nullopt, true},
                                          {"-1", Errc::kUnavailable},
                                          {"2", Errc::kRejected},
                                          {"3", Errc::kRejected},
                                          {"9", Errc::kMisconfigured},
                                          {"10", Errc::kMisconfigured},
                                          {"24", Errc::kRejected},
                                          {"25", Errc::kRejected},
                                          {"26", Errc::kFallback},
                                          {"31", Errc::kUnauthenticated},
                                          {"32", Errc::kMisconfigured}};
    return kCases;
}

TEST(SmsVnpt, EveryRowOfTheContractHasACase) {
    const std::vector<std::string> rows = contractRows("vnpt");
    EXPECT_EQ(rows.size(), cases().size());
    EXPECT_EQ(asSet(rows), codesOf(cases()));
    std::set<std::string> known;
    for (const CodeRow& row : vnptCodes()) known.insert(std::string{row.code});
    EXPECT_EQ(asSet(rows), known);
    EXPECT_EQ(vnptCodes().size(), rows.size());
}

class SmsVnptCode : public ::testing::TestWithParam<Case> {};

TEST_P(SmsVnptCode, HasItsRemedy) {
    Sms sms{"vnpt"};
    sms.answers(answer(GetParam().code));
    const Result<Receipt> sent = sms.send(result());
    if (!GetParam().error) {
        ASSERT_TRUE(sent);
        EXPECT_EQ(sent->already, GetParam().already);
        EXPECT_EQ(sent->reference, "pakn-018f2c7a-0000-7000-8000-000000000001");
        return;
    }
    ASSERT_FALSE(sent);
    EXPECT_EQ(failure(sent).code, *GetParam().error) << failure(sent).message;
    const std::string id = GetParam().code == "-1" ? "minus_1" : GetParam().code;
    EXPECT_EQ(failure(sent).problem, "sms.vnpt_" + id);
}
INSTANTIATE_TEST_SUITE_P(Contract, SmsVnptCode, ::testing::ValuesIn(cases()), [](const auto& one) {
    return one.param.code == "-1" ? std::string{"minus_1"} : one.param.code;
});

TEST(SmsVnpt, OutsideTheHoursItComesBackLater) {
    Sms sms{"vnpt", {{"window_retry", "45m"}}};
    sms.answers(answer("8"));
    EXPECT_EQ(failure(sms.send(result())).not_before, sms.services.now() + 45min);
}

TEST(SmsVnpt, TooFastWaitsABit) {
    Sms sms{"vnpt"};
    sms.answers(answer("16"));
    EXPECT_EQ(failure(sms.send(result())).retry_after, 10s);
}

TEST(SmsVnpt, AnInternalErrorIsAPersonsAtTheThirdAttempt) {
    Sms sms{"vnpt"};
    sms.answers(answer("-1"));
    Delivery delivery = result();
    for (const auto& [attempt, code] : {std::pair{1, Errc::kUnavailable}, std::pair{2, Errc::kUnavailable},
                                        std::pair{3, Errc::kRejected}, std::pair{4, Errc::kRejected}}) {
        delivery.attempt = attempt;
        EXPECT_EQ(failure(sms.send(delivery)).code, code) << attempt;
    }
}

TEST(SmsVnpt, ARefusedCharacterIsSentOnceMoreWithoutAccents) {
    Sms sms{"vnpt", {{"unicode", "true"}}};
    sms.answersInTurn({HttpResponse{.body = answer("17")}, HttpResponse{.body = answer("0")}});
    const Result<Receipt> sent = sms.send(notice("Kết quả €"));
    ASSERT_TRUE(sent);
    ASSERT_THAT(sms.requests(), SizeIs(2));
    const HttpRequest second = sms.requests()[1];
    EXPECT_EQ(member(second, "REQID"), "pakn-018f2c7a-0000-7000-8000-000000000001-s");
    EXPECT_EQ(member(second, "DATACODING"), "0");
    EXPECT_THAT(parameters(second), ElementsAre("Ket qua €"));
    EXPECT_EQ(sent->reference, member(second, "REQID"));
}

TEST(SmsVnpt, WithoutAccentsItIsSentOnceMoreInPlainerSigns) {
    Sms sms{"vnpt"};
    sms.answersInTurn({HttpResponse{.body = answer("17")}, HttpResponse{.body = answer("0")}});
    ASSERT_TRUE(sms.send(notice("Hố ga & nắp {12}")));
    ASSERT_THAT(sms.requests(), SizeIs(2));
    EXPECT_THAT(parameters(sms.requests()[1]), ElementsAre("Ho ga   nap  12 "));
}

TEST(SmsVnpt, ACharacterThatIsRefusedTwiceIsRefused) {
    Sms sms{"vnpt"};
    sms.answers(answer("17"));
    EXPECT_EQ(failure(sms.send(notice("Hố & ga"))).code, Errc::kRejected);
    EXPECT_THAT(sms.requests(), SizeIs(2)) << "once more, not for ever";
    EXPECT_EQ(failure(sms.send(notice("Ho ga"))).code, Errc::kRejected);
    EXPECT_THAT(sms.requests(), SizeIs(3)) << "there is nothing plainer to send";
}

TEST(SmsVnpt, TheSecondRequestKeepsItsIdOverRetries) {
    Sms sms{"vnpt"};
    sms.answersInTurn({HttpResponse{.body = answer("17")}, Error{.code = Errc::kUnknownOutcome},
                       HttpResponse{.body = answer("17")}, HttpResponse{.body = answer("33")}});
    Delivery delivery = notice("Hố & ga");
    EXPECT_EQ(failure(sms.send(delivery)).code, Errc::kUnavailable);
    delivery.attempt = 2;
    const Result<Receipt> sent = sms.send(delivery);
    ASSERT_TRUE(sent);
    EXPECT_TRUE(sent->already);
    EXPECT_EQ(member(sms.requests()[1], "REQID"), member(sms.requests()[3], "REQID"));
}

TEST(SmsVnpt, AnUnknownCodeIsAPersons) {
    Sms sms{"vnpt"};
    sms.answers(answer("4711"));
    EXPECT_EQ(failure(sms.send(result())).code, Errc::kRejected);
    EXPECT_EQ(failure(sms.send(result())).problem, "sms.vnpt_4711");
    sms.answers(answer("0912345678 canary"));
    const Error error = failure(sms.send(result()));
    EXPECT_EQ(error.problem, "sms.vnpt_unknown");
    EXPECT_EQ(error.message.find("canary"), std::string::npos);
}

struct State {
    std::string code;
    bool has;  ///< The gateway has the message.
    std::optional<Errc> error;
};

/// One for each row of the contract's table, for a message that may not be sent again by itself.
const std::vector<State>& states() {
    static const std::vector<State> kStates{{"0", true, {}},
                                            {"1", true, Errc::kFallback},
                                            {"2", true, {}},
                                            {"3", true, {}},
                                            {"4", true, {}},
                                            {"5", true, {}},
                                            {"-1", false, Errc::kUnknownOutcome},
                                            {"10", false, Errc::kUnknownOutcome}};
    return kStates;
}

TEST(SmsVnpt, EveryStateOfTheContractHasACase) {
    EXPECT_EQ(asSet(contractRows("vnpt-status")), codesOf(states()));
    EXPECT_EQ(contractRows("vnpt-status").size(), states().size());
}

class SmsVnptState : public ::testing::TestWithParam<State> {};

TEST_P(SmsVnptState, SettlesWhatACrashLeftOpen) {
    Sms sms{"vnpt", {{"vnpt_ask_status", "true"}, {"remembers", "0s"}}};
    sms.answers(R"({"RPLY":{"name":"get_sms_status_api","STATUS":")" + GetParam().code + R"("}})");
    const Result<Receipt> told = sms.reconcile(result());
    ASSERT_THAT(sms.requests(), SizeIs(1)) << "it asks and sends nothing";
    EXPECT_EQ(member(sms.requests()[0], "name"), "get_sms_status_api");
    EXPECT_EQ(member(sms.requests()[0], "REQID"), "pakn-018f2c7a-0000-7000-8000-000000000001");
    EXPECT_EQ(member(sms.requests()[0], "MSISND"), "84912345678");
    if (GetParam().error) {
        ASSERT_FALSE(told);
        EXPECT_EQ(failure(told).code, *GetParam().error);
    } else {
        ASSERT_TRUE(told);
        EXPECT_TRUE(told->already);
    }
}
INSTANTIATE_TEST_SUITE_P(Contract, SmsVnptState, ::testing::ValuesIn(states()), [](const auto& one) {
    return one.param.code == "-1" ? std::string{"minus_1"} : one.param.code;
});

TEST(SmsVnpt, WhatTheGatewayDoesNotKnowIsSentUnderTheSameId) {
    Sms sms{"vnpt", {{"vnpt_ask_status", "true"}}};
    sms.answersInTurn({HttpResponse{.body = R"({"RPLY":{"STATUS":"-1"}})"}, HttpResponse{.body = answer("33")}});
    const Result<Receipt> told = sms.reconcile(result());
    ASSERT_TRUE(told);
    EXPECT_TRUE(told->already);
    EXPECT_EQ(member(sms.requests()[1], "name"), "send_sms_list");
    EXPECT_EQ(member(sms.requests()[0], "REQID"), member(sms.requests()[1], "REQID"));
}

}  // namespace
}  // namespace pakn::out_sms
