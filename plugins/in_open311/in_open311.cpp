/// @file
/// in_open311 is an Open311 GeoReport v2 server: portals and apps that speak it list what can be reported, send
/// reports, and read what became of those that are public or their own. See README.md and docs/contracts/open311.md.
#include <pakn/sdk/plugin.hpp>

#include "options.hpp"
#include "server.hpp"
#include "settings.hpp"

namespace {

using namespace pakn::in_open311;

constexpr std::string_view kMounts[] = {"/open311"};

class Open311Connector final : public pakn::Receiver {
public:
    Open311Connector(const pakn::Settings& settings, pakn::HostServices& services)
        : rules_{rulesOf(settings)}, server_{services, rules_} {}

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return mistakesOf(settings);
    }

    pakn::Result<pakn::HttpResponse> handle(const pakn::HttpRequest& request, pakn::Inbox& inbox,
                                            std::stop_token stop) override {
        return server_.handle(request, inbox, stop);
    }

private:
    const Rules rules_;
    Server server_;
};

}  // namespace

PAKN_PLUGIN(Open311Connector, .name = "in_open311", .version = "1.0.0",
            .summary = "An Open311 GeoReport v2 server for portals and apps.", .options = kOptions, .mounts = kMounts)
