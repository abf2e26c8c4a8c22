/// @file
/// VNPT (VinaPhone) `smsbn`: JSON, registered templates with numbered parameters, every value a text.

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "driver.hpp"
#include "json.hpp"

namespace pakn::out_sms {
namespace {

constexpr CodeRow kCodes[] = {
    {"0", Remedy::kSent, "sent"},
    {"1", Remedy::kPause, "user, password or the hub's address is not accepted"},
    {"7", Remedy::kMend, "the template does not exist for this label and agent"},
    {"8", Remedy::kLater, "not in these hours"},
    {"12", Remedy::kLater, "not in these hours by VinaPhone's rules"},
    {"11", Remedy::kNever, "the length is not accepted"},
    {"13", Remedy::kMend, "the contract is wrong"},
    {"14", Remedy::kMend, "the label is wrong"},
    {"15", Remedy::kMend, "the agent is wrong"},
    {"16", Remedy::kAgain, "too fast"},
    {"17", Remedy::kPlainer, "a character is not accepted"},
    {"20", Remedy::kPause, "the contract's package is used up"},
    {"21", Remedy::kPause, "the customer's package is used up"},
    {"22", Remedy::kPause, "the agent's package is used up"},
    {"23", Remedy::kNotThisNumber, "the number is not accepted"},
    {"30", Remedy::kNever, "a banned word"},
    {"33", Remedy::kSentBefore, "had that request before"},
    {"-1", Remedy::kAgainTwice, "internal, or one of the five special characters of XML"},
    // Beyond the contract's main table.
    {"2", Remedy::kNever, "the schedule is unreadable"},
    {"3", Remedy::kNever, "no such method"},
    {"9", Remedy::kMend, "the contract type is wrong"},
    {"10", Remedy::kMend, "the user name of the agent's portal is wrong"},
    {"24", Remedy::kNever, "the schedule is in the past"},
    {"25", Remedy::kNever, "the label is not valid in this number's network"},
    {"26", Remedy::kNotThisNumber, "enough advertising for this number today"},
    {"31", Remedy::kPause, "the customer's account is not active"},
    {"32", Remedy::kMend, "the old template id is not valid"},
};

/// Of get_sms_status_api. 1 is a message that failed, all else here one that the gateway has.
constexpr CodeRow kStates[] = {
    {"0", Remedy::kSentBefore, "sent"},
    {"1", Remedy::kNotThisNumber, "could not be sent"},
    {"2", Remedy::kSentBefore, "waiting"},
    {"3", Remedy::kSentBefore, "handed on"},
    {"4", Remedy::kSentBefore, "being tried again"},
    {"5", Remedy::kSentBefore, "taken over"},
};

class Vnpt final : public Driver {
public:
    explicit Vnpt(const Options& options) : options_{options} {}

    [[nodiscard]] std::string_view name() const override { return "vnpt"; }
    [[nodiscard]] std::string_view problem() const override { return "sms.vnpt_"; }
    [[nodiscard]] std::string requestId(std::string_view key, bool plainer) const override {
        return readableRequestId(key, plainer);
    }
    [[nodiscard]] bool knowsIds() const override { return true; }
    /// Unicode goes to VinaPhone's subscribers alone.
    [[nodiscard]] bool takesUnicode(const Number& number) const override {
        return hasPrefix(number, options_.vnpt_unicode_prefixes);
    }

    [[nodiscard]] HttpRequest request(const Message& message) const override {
        return made("send_sms_list", [&](Body& body) {
            body.text("REQID", message.request_id);
            body.text("LABELID", options_.brand);
            body.text("CONTRACTTYPEID", options_.vnpt_contract_type);
            body.text("CONTRACTID", message.kind->contract_id);
            body.text("TEMPLATEID", message.kind->template_id);
            body.parameters(message.parameters);
            body.text("SCHEDULETIME", "");
            body.text("MOBILELIST", internationalForm(message.number));
            body.text("ISTELCOSUB", options_.vnpt_telco_subscriber);
            body.text("AGENTID", options_.vnpt_agent);
            body.text("APIUSER", options_.user);
            body.text("APIPASS", options_.password);
            body.text("USERNAME", options_.vnpt_username);
            body.text("DATACODING", message.alphabet == Alphabet::kGsm ? "0" : "8");
        });
    }

    [[nodiscard]] Result<Verdict> read(std::string_view body, const Message&) const override {
        const Result<JsonScalars> answer = readScalars(body);
        if (!answer) return answer.error();
        const std::string code = scalarAt(*answer, "RPLY/ERROR");
        if (code.empty()) return Error{.code = Errc::kInvalid, .message = "an answer without RPLY/ERROR"};
        return verdictOf(kCodes, code);
    }

    /// The fields of both forms of the method that are known (docs/contracts/sms.md).
    [[nodiscard]] std::optional<HttpRequest> question(const Message& message) const override {
        if (!options_.vnpt_ask_status) return std::nullopt;
        return made("get_sms_status_api", [&](Body& body) {
            body.text("REQID", message.request_id);
            body.text("MSISND", internationalForm(message.number));
            body.text("AGENTID", options_.vnpt_agent);
            body.text("CONTRACTID", message.kind->contract_id);
            body.text("LABELID", options_.brand);
            body.text("TEMPLATEID", message.kind->template_id);
            body.text("SCHEDULETIME", "");
            body.text("SENDTIME", "");
            body.text("APIUSER", options_.user);
            body.text("APIPASS", options_.password);
        });
    }

    [[nodiscard]] std::optional<Verdict> readState(std::string_view body) const override {
        const Result<JsonScalars> answer = readScalars(body);
        const std::string state = answer ? scalarAt(*answer, "RPLY/STATUS") : std::string{};
        for (const CodeRow& row : kStates)
            if (row.code == state) return verdictOf(kStates, state);
        return std::nullopt;
    }

private:
    class Body {
    public:
        explicit Body(std::string_view method) {
            writer_.StartObject();
            writer_.Key("RQST");
            writer_.StartObject();
            text("name", method);
        }
        void text(const char* name, std::string_view value) {
            writer_.Key(name);
            writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
        }
        void parameters(const std::vector<std::string>& values) {
            writer_.Key("PARAMS");
            writer_.StartArray();
            for (std::size_t i = 0; i < values.size(); ++i) {
                writer_.StartObject();
                text("NUM", std::to_string(i + 1));
                text("CONTENT", values[i]);
                writer_.EndObject();
            }
            writer_.EndArray();
        }
        std::string finish() {
            writer_.EndObject();
            writer_.EndObject();
            return {buffer_.GetString(), buffer_.GetSize()};
        }

    private:
        rapidjson::StringBuffer buffer_;
        rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
    };

    template <class Fill>
    [[nodiscard]] HttpRequest made(std::string_view method, Fill fill) const {
        Body body{method};
        fill(body);
        return {.method = "POST",
                .url = options_.url,
                .headers = {{"content-type", "application/json; charset=utf-8"}},
                .body = body.finish()};
    }

    const Options& options_;
};

}  // namespace

std::unique_ptr<Driver> makeVnpt(const Options& options) { return std::make_unique<Vnpt>(options); }
std::span<const CodeRow> vnptCodes() { return kCodes; }

}  // namespace pakn::out_sms
