/// @file
/// A connector object in a child process, held to the same rules as one in this process.

#include "core/plugin_host/isolated.hpp"

#include <string>
#include <utility>

#include "core/isolation/remote_connector.hpp"
#include "core/plugin_host/http_message.hpp"
#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

class Isolated final : public Instance {
public:
    Isolated(const Descriptor& descriptor, std::unique_ptr<isolation::RemoteConnector> connector)
        : descriptor_{descriptor}, connector_{std::move(connector)} {}

    [[nodiscard]] const Descriptor& descriptor() const override { return descriptor_; }

    Status poll(Inbox& inbox, std::stop_token stop) override {
        if (!descriptor_.has(Ability::kReceiver)) return cannot("receives nothing");
        return connector_->poll(inbox, stop);
    }
    Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, std::stop_token stop) override {
        if (!descriptor_.has(Ability::kHandles)) return cannot("answers no requests");
        Result<HttpResponse> answer = connector_->handle(request, inbox, stop);
        if (!answer) return answer;
        if (Status sound = checkAnswer(*answer); !sound) {
            Error error = sound.error();
            error.message = "plugin " + quoted(descriptor_.info.name) + " answered a request with " + error.message;
            return error;
        }
        return answer;
    }
    Result<Receipt> send(const Delivery& delivery, std::stop_token stop) override {
        if (!descriptor_.has(Ability::kSender)) return cannot("sends nothing");
        return connector_->send(delivery, stop);
    }
    Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) override {
        if (!descriptor_.has(Ability::kSender)) return cannot("sends nothing");
        return connector_->reconcile(delivery, stop);
    }
    Result<LoginStart> begin(const LoginRequest& request, std::stop_token stop) override {
        if (!descriptor_.has(Ability::kAuthenticator)) return cannot("signs nobody in");
        return connector_->begin(request, stop);
    }
    Result<Identity> finish(const LoginCallback& callback, std::stop_token stop) override {
        if (!descriptor_.has(Ability::kAuthenticator)) return cannot("signs nobody in");
        return connector_->finish(callback, stop);
    }
    Result<std::string> logout(const LogoutRequest& request, std::stop_token stop) override {
        if (!descriptor_.has(Ability::kAuthenticator)) return cannot("signs nobody in");
        return connector_->logout(request, stop);
    }

    [[nodiscard]] std::optional<isolation::ProcessHealth> process() const override { return connector_->health(); }

private:
    [[nodiscard]] Error cannot(std::string_view what) const {
        return Error{.code = Errc::kMisconfigured,
                     .message = "plugin " + quoted(descriptor_.info.name) + ' ' + std::string{what},
                     .problem = "plugin.ability"};
    }

    const Descriptor& descriptor_;
    const std::unique_ptr<isolation::RemoteConnector> connector_;
};

}  // namespace

Result<isolation::PluginToRun> toRun(const Plugin& plugin) {
    const Result<PluginFile> file = plugin.open();
    if (!file) return file.error();
    return isolation::PluginToRun{.descriptor = plugin.descriptor(),
                                  .folder = plugin.file().parent_path(),
                                  .file = isolation::OwnedDescriptor{file->duplicate()}};
}

Result<std::unique_ptr<Instance>> makeIsolated(const Plugin& plugin, const Settings& settings, HostServices& services,
                                               const isolation::ProcessOptions& options) {
    Result<isolation::PluginToRun> ready = toRun(plugin);
    if (!ready) return std::move(ready).error();
    Result<std::unique_ptr<isolation::RemoteConnector>> connector =
        isolation::RemoteConnector::start(std::move(*ready), settings, services, options);
    if (!connector) return std::move(connector).error();
    return std::unique_ptr<Instance>{std::make_unique<Isolated>(plugin.descriptor(), std::move(*connector))};
}

}  // namespace pakn::plugin_host
