/// @file
/// in_mobile is the API of the citizens' app: sign-in by one-time code, files in parts, petitions, one's own petitions
/// and what happened to them, devices for push. See README.md and openapi.yaml.
#include <pakn/sdk/plugin.hpp>
#include <stdexcept>

#include "api.hpp"
#include "options.hpp"

namespace {
using namespace pakn::in_mobile;

Rules usable(const pakn::Settings& settings) {
    Review read = review(settings);
    if (read.mistakes.empty()) return std::move(read.rules);
    const pakn::SettingsMistake& first = read.mistakes.front();
    throw std::runtime_error{first.option + ": " + first.message + "; " + first.hint};
}

constexpr std::string_view kMounts[] = {"/mobile/v1"};

class MobileReceiver final : public pakn::Receiver {
public:
    MobileReceiver(const pakn::Settings& settings, pakn::HostServices& services) : api_{usable(settings), services} {}

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return review(settings).mistakes;
    }

    pakn::Status poll(pakn::Inbox& inbox, std::stop_token stop) override { return api_.poll(inbox, stop); }

    pakn::Result<pakn::HttpResponse> handle(const pakn::HttpRequest& request, pakn::Inbox& inbox,
                                            std::stop_token) override {
        return api_.handle(request, inbox);
    }

private:
    Api api_;
};
}  // namespace

PAKN_PLUGIN(MobileReceiver, .name = "in_mobile", .version = "1.0.0", .summary = "The API of the citizens' app.",
            .options = kOptions, .mounts = kMounts)
