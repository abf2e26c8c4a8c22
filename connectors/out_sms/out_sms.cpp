/// @file
/// out_sms sends short messages under a registered brand name: over VNPT (VinaPhone), Viettel or eSMS, one interface
/// with three drivers. Only eSMS tells afterwards whether a message arrived. See README.md.
#include <pakn/sdk/plugin.hpp>
#include <stdexcept>

#include "callback.hpp"
#include "marks.hpp"
#include "options.hpp"
#include "sending.hpp"

namespace {
using namespace pakn::out_sms;
using pakn::OptionType;

constexpr pakn::Option kOptions[] = {
    {.name = "driver", .help = "The gateway: `vnpt`, `viettel` or `esms`."},
    {.name = "url",
     .type = OptionType::kUrl,
     .help = "Where it takes messages. eSMS has an address that is everybody's; the others give you one.",
     .optional = true},
    {.name = "user",
     .type = OptionType::kSecret,
     .help = "Who we are there: VNPT's APIUSER, Viettel's User, eSMS's ApiKey."},
    {.name = "password", .type = OptionType::kSecret, .help = "VNPT's APIPASS, Viettel's Password, eSMS's SecretKey."},
    {.name = "brand", .help = "The registered sender: VNPT's LABELID, Viettel's ServiceID, eSMS's Brandname."},
    {.name = "result_text",
     .help =
         "Words of a delivery of kind `result`, with `{code}` and `{link}`; what stands in brackets is left out when "
         "a value in it is empty.",
     .default_value = "Phan anh {code} da co ket qua xu ly.[ Xem tai {link}]"},
    {.name = "notice_text",
     .help = "Words of a notice, with `{message}`, `{code}`, `{link}`. Without it: the notice's own words.",
     .optional = true},
    {.name = "code_text",
     .help = "Words of a one-time code, with `{message}`, `{code}`. Without it: the text of `one_time_codes`.",
     .optional = true},
    {.name = "unicode",
     .type = OptionType::kFlag,
     .help = "Keep accents: 70 characters in a message instead of 160.",
     .default_value = "false"},
    {.name = "max_parts",
     .type = OptionType::kInteger,
     .help = "A text that takes more messages is not sent.",
     .default_value = "3",
     .unit = "messages"},
    {.name = "allow_foreign",
     .type = OptionType::kFlag,
     .help = "Send to numbers of other countries, too.",
     .default_value = "false"},
    {.name = "timeout",
     .type = OptionType::kDuration,
     .help = "For one exchange; never longer than `limits.call` (10s unless set).",
     .default_value = "10s"},
    {.name = "remembers",
     .type = OptionType::kDuration,
     .help = "How long the gateway knows a request id again (vnpt, esms): so long what may have arrived is sent again "
             "under it. `0s`: it does not, a person decides.",
     .default_value = "24h"},
    {.name = "window_retry",
     .type = OptionType::kDuration,
     .help = "When the gateway sends nothing at this hour, it is asked again after so long.",
     .default_value = "30m"},
    {.name = "result_template", .help = "VNPT: TEMPLATEID of `result`.", .optional = true},
    {.name = "result_contract", .help = "VNPT: CONTRACTID of `result`.", .optional = true},
    {.name = "result_params",
     .type = OptionType::kTextList,
     .help = "VNPT: values of the template's parameters, in their order. Without it: those of `result_text`.",
     .optional = true},
    {.name = "notice_template", .help = "VNPT: TEMPLATEID of `notice`.", .optional = true},
    {.name = "notice_contract", .help = "VNPT: CONTRACTID of `notice`.", .optional = true},
    {.name = "notice_params",
     .type = OptionType::kTextList,
     .help = "VNPT: values of the template's parameters, in their order. Without it: those of `notice_text`.",
     .optional = true},
    {.name = "code_template", .help = "VNPT: TEMPLATEID of one-time codes.", .optional = true},
    {.name = "code_contract", .help = "VNPT: CONTRACTID of one-time codes.", .optional = true},
    {.name = "code_params",
     .type = OptionType::kTextList,
     .help = "VNPT: values of the template's parameters, in their order. Without it: those of `code_text`.",
     .optional = true},
    {.name = "vnpt_agent", .help = "AGENTID.", .optional = true},
    {.name = "vnpt_username", .help = "USERNAME, when it is not `user`.", .optional = true},
    {.name = "vnpt_contract_type", .help = "CONTRACTTYPEID: 1 is customer care, 2 advertising.", .default_value = "1"},
    {.name = "vnpt_telco_subscriber", .help = "ISTELCOSUB.", .default_value = "0"},
    {.name = "vnpt_unicode_prefixes",
     .help = "Beginnings of numbers, without the zero, that can have accents: VinaPhone's.",
     .default_value = "81 82 83 84 85 88 91 94"},
    {.name = "vnpt_ask_status",
     .type = OptionType::kFlag,
     .help = "After a crash ask with `get_sms_status_api` whether a message arrived.",
     .default_value = "false"},
    {.name = "viettel_cp_code", .help = "CPCode.", .optional = true},
    {.name = "viettel_command", .help = "CommandCode.", .default_value = "bulksms"},
    {.name = "viettel_plain_type", .help = "ContentType of a text without accents.", .default_value = "0"},
    {.name = "viettel_unicode_type", .help = "ContentType of a text with accents.", .default_value = "1"},
    {.name = "viettel_pause_words",
     .help = "A refusal with a word that begins so: the login, the address or the balance.",
     .default_value = "user, pass, authen, login, ip, balance, account"},
    {.name = "viettel_retry_words",
     .help = "A refusal with a word that begins so: too fast, or a trouble of theirs.",
     .default_value = "rate, limit, tps, system, busy, overload, exception, timeout"},
    {.name = "esms_type", .help = "SmsType: 2 is customer care.", .default_value = "2"},
    {.name = "callback_token",
     .type = OptionType::kSecret,
     .help = "eSMS: a secret part of the address at which it tells the final state. Without it nothing is told.",
     .optional = true},
};

/// The options, or throws with the first mistake.
Options checked(const pakn::Settings& settings) {
    Review reviewed = review(settings);
    if (reviewed.mistakes.empty()) return std::move(reviewed.options);
    const pakn::SettingsMistake& first = reviewed.mistakes.front();
    throw std::invalid_argument{first.option + ": " + first.message + " (" + first.hint + ")"};
}

class SmsConnector final : public pakn::Receiver, public pakn::Sender {
public:
    SmsConnector(const pakn::Settings& settings, pakn::HostServices& services)
        : failures_{services.state(), "failed"},
          callbacks_{settings.text("callback_token"), services, failures_},
          sending_{checked(settings), services, failures_} {
        if (goesInTheOpen(settings.text("url")))
            services.log(pakn::LogLevel::kWarning,
                         "url is http: numbers, words and the password can be read on the way; let it go through a VPN "
                         "or a proxy that speaks https");
        if (settings.has("callback_token") && services.address().empty())
            services.log(pakn::LogLevel::kWarning,
                         "callback_token is set, but hub.public_url is not: eSMS cannot be told where to call");
    }

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return review(settings).mistakes;
    }

    pakn::Result<pakn::Receipt> send(const pakn::Delivery& delivery, std::stop_token) override {
        return sending_.send(delivery);
    }
    pakn::Result<pakn::Receipt> reconcile(const pakn::Delivery& delivery, std::stop_token) override {
        return sending_.reconcile(delivery);
    }
    pakn::Result<pakn::HttpResponse> handle(const pakn::HttpRequest& request, pakn::Inbox& inbox,
                                            std::stop_token) override {
        return callbacks_.handle(request, inbox);
    }

private:
    Marks failures_;
    Callbacks callbacks_;
    Sending sending_;
};
}  // namespace

PAKN_PLUGIN(SmsConnector, .name = "out_sms", .version = "1.0.0",
            .summary = "Short messages under a brand name, over VNPT, Viettel or eSMS.", .options = kOptions,
            .idempotency = pakn::Idempotency::kNone)
