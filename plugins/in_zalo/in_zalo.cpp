/// @file
/// in_zalo takes petitions in from the chat of a Zalo Official Account and answers there. Zalo calls `handle` with what
/// users write; `poll` makes petitions of it; `send` takes answers and notices back. See README.md and
/// docs/contracts/zalo-oa.md.
#include <pakn/sdk/plugin.hpp>

#include "hook.hpp"
#include "messenger.hpp"
#include "options.hpp"

namespace {

using namespace pakn::in_zalo;

class ZaloConnector final : public pakn::Receiver, public pakn::Sender {
public:
    static constexpr std::string_view kWays[] = {"consultation", "template_user", "template_phone"};

    ZaloConnector(const pakn::Settings& settings, pakn::HostServices& services)
        : rules_{rulesOf(settings)},
          tokens_{services, rules_.token},
          api_{services, rules_.calls, tokens_},
          desk_{services, rules_, tokens_, api_},
          webhook_{services, rules_.webhook, desk_},
          messenger_{services, rules_, api_} {}

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return mistakesOf(settings);
    }

    pakn::Result<pakn::HttpResponse> handle(const pakn::HttpRequest& request, pakn::Inbox& inbox,
                                            std::stop_token) override {
        return webhook_.handle(request, inbox);
    }

    pakn::Status poll(pakn::Inbox& inbox, std::stop_token stop) override { return desk_.poll(inbox, stop); }

    pakn::Result<pakn::Receipt> send(const pakn::Delivery& delivery, std::stop_token stop) override {
        return messenger_.send(delivery, stop);
    }

    pakn::Result<pakn::Receipt> reconcile(const pakn::Delivery& delivery, std::stop_token stop) override {
        return messenger_.reconcile(delivery, stop);
    }

private:
    const Rules rules_;
    TokenKeeper tokens_;
    Api api_;
    Desk desk_;
    Webhook webhook_;
    Messenger messenger_;
};

}  // namespace

PAKN_PLUGIN(ZaloConnector, .name = "in_zalo", .version = "1.0.0",
            .summary = "Petitions and answers in the chat of a Zalo Official Account.", .options = kOptions,
            .idempotency = pakn::Idempotency::kNone)
