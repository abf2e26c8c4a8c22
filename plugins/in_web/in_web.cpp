/// @file
/// in_web is the citizens' portal: pages at "/" on which people report, follow what becomes of it, and say whether they
/// are content. Rendered here, whole without JavaScript. See README.md.
#include <pakn/sdk/plugin.hpp>

#include "options.hpp"
#include "web_portal.hpp"

namespace {

using namespace pakn::in_web;

constexpr std::string_view kMounts[] = {"/"};

class WebConnector final : public pakn::Receiver {
public:
    WebConnector(const pakn::Settings& settings, pakn::HostServices& services) : portal_{settings, services} {}

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return mistakesOf(settings);
    }

    pakn::Result<pakn::HttpResponse> handle(const pakn::HttpRequest& request, pakn::Inbox& inbox,
                                            std::stop_token) override {
        return portal_.handle(request, inbox);
    }

    pakn::Status poll(pakn::Inbox& inbox, std::stop_token stop) override { return portal_.sweep(inbox, stop); }

private:
    Portal portal_;
};

}  // namespace

PAKN_PLUGIN(WebConnector, .name = "in_web", .version = "1.0.0",
            .summary = "The citizens' portal: report, follow, rate, and the public list.", .options = kOptions,
            .mounts = kMounts)
