/// @file
/// eSMS.vn: JSON over https. Its answer says that it took the message, its callback what became of it.

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <utility>

#include "callback.hpp"
#include "driver.hpp"
#include "json.hpp"

namespace pakn::out_sms {
namespace {

constexpr std::size_t kMostReference = 100;

constexpr CodeRow kCodes[] = {
    {"100", Remedy::kSent, "taken over"},
    {"99", Remedy::kAgainTwice, "blocked, or an error without a name"},
    {"101", Remedy::kPause, "the keys are not accepted"},
    {"102", Remedy::kPause, "the account has no price list"},
    {"103", Remedy::kPause, "the balance is used up"},
    {"104", Remedy::kMend, "the brand name does not exist or is not active"},
    {"108", Remedy::kNotThisNumber, "the number is not accepted"},
    {"124", Remedy::kSentBefore, "had that request before"},
    {"140", Remedy::kPause, "the hub's address is not accepted"},
    {"146", Remedy::kWording, "the text fits no registered template"},
    {"177", Remedy::kNever, "the brand name is not registered with this number's network"},
};

/// The gateway's id, as far as it is one.
std::string referenceOf(const JsonScalars& answer) {
    const std::string id = scalarAt(answer, "SMSID");
    const bool sound = id.size() <= kMostReference && id.find_first_not_of(
                                                          "0123456789abcdefABCDEFghijklmnopqrstuvwxyz"
                                                          "GHIJKLMNOPQRSTUVWXYZ-_.") == std::string::npos;
    return sound ? id : std::string{};
}

class Esms final : public Driver {
public:
    Esms(const Options& options, std::string callback) : options_{options}, callback_{std::move(callback)} {}

    [[nodiscard]] std::string_view name() const override { return "esms"; }
    [[nodiscard]] std::string_view problem() const override { return "sms.esms_"; }
    [[nodiscard]] std::string requestId(std::string_view key, bool plainer) const override {
        return readableRequestId(key, plainer);
    }
    [[nodiscard]] bool knowsIds() const override { return true; }
    [[nodiscard]] bool takesUnicode(const Number&) const override { return true; }

    [[nodiscard]] HttpRequest request(const Message& message) const override {
        rapidjson::StringBuffer buffer;
        rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
        const auto text = [&](const char* name, std::string_view value) {
            writer.Key(name);
            writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
        };
        writer.StartObject();
        text("ApiKey", options_.user);
        text("SecretKey", options_.password);
        text("Phone", nationalForm(message.number));
        text("Content", message.text);
        text("SmsType", options_.esms_type);
        text("Brandname", options_.brand);
        text("IsUnicode", message.alphabet == Alphabet::kGsm ? "0" : "1");
        text("RequestId", message.request_id);
        if (!callback_.empty())
            text("CallbackUrl", callback_ + callbackPath(options_.callback_token, message.delivery));
        writer.EndObject();
        return {.method = "POST",
                .url = options_.url,
                .headers = {{"content-type", "application/json; charset=utf-8"}},
                .body = {buffer.GetString(), buffer.GetSize()}};
    }

    [[nodiscard]] Result<Verdict> read(std::string_view body, const Message&) const override {
        const Result<JsonScalars> answer = readScalars(body);
        if (!answer) return answer.error();
        const std::string code = scalarAt(*answer, "CodeResult");
        if (code.empty()) return Error{.code = Errc::kInvalid, .message = "an answer without CodeResult"};
        Verdict verdict = verdictOf(kCodes, code);
        verdict.reference = referenceOf(*answer);
        return verdict;
    }

private:
    const Options& options_;
    const std::string callback_;
};

}  // namespace

std::unique_ptr<Driver> makeEsms(const Options& options, std::string callback) {
    return std::make_unique<Esms>(options, std::move(callback));
}
std::span<const CodeRow> esmsCodes() { return kCodes; }

}  // namespace pakn::out_sms
