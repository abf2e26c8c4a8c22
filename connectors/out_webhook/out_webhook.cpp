/// @file
/// out_webhook sends petition events to another system: a CloudEvents 1.0 body, signed as Standard Webhooks. A receiver
/// that remembers `webhook-id` acts once however often the hub repeats, so deliveries of unknown outcome are repeated.
#include <pakn/sdk/plugin.hpp>
#include <stdexcept>
#include <vector>

#include "answer.hpp"
#include "envelope.hpp"
#include "standard_webhooks.hpp"

namespace {
using namespace pakn::out_webhook;
using pakn::webhooks::SigningKey;

constexpr pakn::Option kOptions[] = {
    {.name = "url", .type = pakn::OptionType::kUrl, .help = "Where to send; https outside the machine."},
    {.name = "secret",
     .type = pakn::OptionType::kSecret,
     .help = "Key of the signature: `whsec_` and base64, or a text."},
    {.name = "previous_secret",
     .type = pakn::OptionType::kSecret,
     .help = "The key before, while the receiver changes over: both sign.",
     .optional = true},
    {.name = "timeout", .type = pakn::OptionType::kDuration, .help = "For the whole exchange.", .default_value = "10s"},
    {.name = "source", .help = "Who speaks: `source` of every event.", .default_value = "urn:paknhub"},
    {.name = "include_files",
     .type = pakn::OptionType::kFlag,
     .help = "Send the answer's files inside the event, in base64; else their names and hashes only.",
     .default_value = "false"},
};

std::vector<SigningKey> signingKeys(const pakn::Settings& settings) {
    std::vector<SigningKey> keys{SigningKey{settings.text("secret")}};
    if (settings.has("previous_secret")) keys.emplace_back(settings.text("previous_secret"));
    return keys;
}

class WebhookSender final : public pakn::Sender {
public:
    WebhookSender(const pakn::Settings& settings, pakn::HostServices& services)
        : url_{settings.text("url")},
          keys_{signingKeys(settings)},
          envelope_{.source = settings.text("source"), .include_files = settings.flag("include_files")},
          limits_{.timeout = settings.duration("timeout")},
          services_{services} {
        for (const SigningKey& key : keys_)
            if (key.isShort())
                services_.log(pakn::LogLevel::kWarning, "a secret of less than 24 bytes is easy to guess");
    }

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        std::vector<pakn::SettingsMistake> mistakes;
        for (const char* option : {"secret", "previous_secret"}) {
            if (!settings.has(option)) continue;
            try {
                static_cast<void>(SigningKey{settings.text(option)});
            } catch (const std::invalid_argument& failure) {
                mistakes.push_back({.option = option, .message = failure.what()});
            }
        }
        return mistakes;
    }

    pakn::Result<pakn::Receipt> send(const pakn::Delivery& delivery, std::stop_token) override {
        pakn::Result<std::string> body = envelope(delivery, envelope_);
        if (!body) return body.error();
        const pakn::Result<pakn::HttpResponse> answer =
            services_.http().perform(sign(delivery.idempotency_key, std::move(body).value()), limits_);
        return answer ? judge(*answer, services_.now()) : answer.error();
    }

private:
    /// The id stays over every retry, the timestamp is of this attempt: receivers refuse old ones as replays.
    pakn::HttpRequest sign(const std::string& id, std::string body) const {
        const auto now = std::chrono::floor<std::chrono::seconds>(services_.now());
        const std::string timestamp = std::to_string(now.time_since_epoch().count());
        std::string signatures;
        for (const SigningKey& key : keys_) {
            if (!signatures.empty()) signatures += ' ';
            signatures += key.sign(id, timestamp, body);
        }
        return {.method = "POST",
                .url = url_,
                .headers = {{"content-type", "application/cloudevents+json; charset=utf-8"},
                            {"webhook-id", id},
                            {"webhook-timestamp", timestamp},
                            {"webhook-signature", signatures}},
                .body = std::move(body)};
    }

    const std::string url_;
    const std::vector<SigningKey> keys_;
    const EnvelopeOptions envelope_;
    const pakn::HttpClient::Limits limits_;
    pakn::HostServices& services_;
};
}  // namespace

PAKN_PLUGIN(WebhookSender, .name = "out_webhook", .version = "1.0.0",
            .summary = "Petition events to another system, as signed CloudEvents.", .options = kOptions,
            .idempotency = pakn::Idempotency::kHonoured, .trusted = true)
