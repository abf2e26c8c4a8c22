#include "core/engine/connector_test.hpp"

#include <unistd.h>

#include <algorithm>

#include "core/engine/peer_probe.hpp"
#include "core/security/crypto.hpp"

namespace pakn::engine {

namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::hours kCertificateSoon{24 * 30};

TestStep plugin(const config::Connector& connector, const plugin_host::PluginHost& plugins) {
    if (const Descriptor* descriptor = plugins.find(connector.plugin))
        return {"plugin", true, connector.plugin + " " + std::string{descriptor->info.version}};
    for (const plugin_host::Refusal& refusal : plugins.refusals())
        if (refusal.file.stem() == connector.plugin)
            return {"plugin", false, refusal.error.message,
                    "install the build for this hub, or mend the file's owner and mode"};
    return {"plugin", false, "there is no plugin \"" + connector.plugin + "\"", "install it beside the others"};
}

ProbeProxy proxyOf(const config::Outgoing& way) {
    ProbeProxy proxy{.url = way.proxy, .except = way.no_proxy};
    if (!way.user.empty()) proxy.authorization = "Basic " + security::toBase64(way.user + ':' + way.password);
    return proxy;
}

TestStep peer(const std::string& option, const std::string& url, const config::Outgoing& way) {
    const Result<PeerProbe> probe = probePeer(url, kPatience, proxyOf(way));
    if (!probe)
        return {option, false, probe.error().message,
                probe.error().problem == "proxy"
                    ? "have the proxy let this address through, or check outgoing.user and password"
                : probe.error().problem == "tls" ? "have the peer renew its certificate, or install its authority"
                                                 : "check the address, the peer and the firewall"};
    TestStep step{option, true,
                  probe->host +
                      (!probe->by_proxy ? ": dns ok · tcp ok"
                       : probe->tls     ? ": proxy ok"
                                        : ": proxy reached") +
                      (probe->tls ? " · tls ok" : "") + " · " + std::to_string(probe->took.count()) + " ms"};
    if (probe->certificate_left && *probe->certificate_left < kCertificateSoon) {
        step.soon = true;
        step.text += " · certificate ends in " + std::to_string(probe->certificate_left->count() / 24) + " days";
        step.fix = "have the peer renew its certificate";
    }
    return step;
}

TestStep folder(const std::string& option, const std::string& path) {
    if (::access(path.c_str(), R_OK | W_OK | X_OK) == 0) return {option, true, "can be read and written"};
    return {option, false, path + " cannot be read and written", "make the folder, and chown it to the hub's user"};
}

}  // namespace

std::vector<TestStep> testConnector(const config::Connector& connector, const plugin_host::PluginHost& plugins,
                                    bool network, const config::Outgoing& way) {
    std::vector<TestStep> steps{plugin(connector, plugins)};
    const Descriptor* descriptor = plugins.find(connector.plugin);
    if (descriptor == nullptr) return steps;
    for (const Option& option : descriptor->info.options) {
        const bool asked = option.type == OptionType::kDirectory || (option.type == OptionType::kUrl && network);
        const std::string value = asked ? connector.settings.text(option.name) : std::string{};
        if (value.empty()) continue;
        const std::string name{option.name};
        steps.push_back(option.type == OptionType::kUrl ? peer(name, value, way) : folder(name, value));
    }
    return steps;
}

}  // namespace pakn::engine
