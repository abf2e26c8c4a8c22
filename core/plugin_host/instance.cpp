/// @file
/// A connector object in this process, every call to it guarded.

#include "core/plugin_host/instance.hpp"

#include <string>

#include "core/plugin_host/guard.hpp"
#include "core/plugin_host/http_message.hpp"
#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

/// What the factory made of one object.
struct Connector {
    void* object = nullptr;
    Receiver* receiver = nullptr;
    Sender* sender = nullptr;
    Authenticator* authenticator = nullptr;
};

class InProcess final : public Instance {
public:
    InProcess(const Descriptor& descriptor, const Factory& factory, HostServices& services)
        : descriptor_{descriptor}, factory_{factory}, services_{services} {}
    InProcess(const InProcess&) = delete;
    InProcess& operator=(const InProcess&) = delete;

    ~InProcess() override {
        if (connector_.object == nullptr) return;
        const Status destroyed = guard(site("its destructor"), [this]() -> Status {
            factory_.destroy(connector_.object);
            return Done{};
        });
        if (!destroyed) services_.log(LogLevel::kError, destroyed.error().message);
    }

    /// Once, before anything else.
    Status construct(const Settings& settings) {
        CallSite constructor = site("its constructor");
        constructor.code = Errc::kMisconfigured;
        return guard(constructor, [&]() -> Status {
            connector_.object = factory_.create(settings, services_);
            if (connector_.object == nullptr) return refuse("plugin.descriptor", "its factory made nothing");
            connector_.receiver = factory_.receiver(connector_.object);
            connector_.sender = factory_.sender(connector_.object);
            connector_.authenticator = factory_.authenticator(connector_.object);
            if ((connector_.receiver != nullptr) != descriptor_.has(Ability::kReceiver) ||
                (connector_.sender != nullptr) != descriptor_.has(Ability::kSender) ||
                (connector_.authenticator != nullptr) != descriptor_.has(Ability::kAuthenticator)) {
                return refuse("plugin.descriptor", "its connector has not the abilities that its descriptor names");
            }
            return Done{};
        });
    }

    [[nodiscard]] const Descriptor& descriptor() const override { return descriptor_; }

    Status poll(Inbox& inbox, std::stop_token stop) override {
        if (connector_.receiver == nullptr) return cannot("receives nothing");
        return guard(site("poll"), [&] { return connector_.receiver->poll(inbox, std::move(stop)); });
    }

    Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, std::stop_token stop) override {
        if (connector_.receiver == nullptr || !descriptor_.has(Ability::kHandles)) return cannot("answers no requests");
        Result<HttpResponse> answer =
            guard(site("handle"), [&] { return connector_.receiver->handle(request, inbox, std::move(stop)); });
        if (!answer) return answer;
        if (Status sound = checkAnswer(*answer); !sound) {
            Error error = sound.error();
            error.message = "plugin " + quoted(descriptor_.info.name) + " answered a request with " + error.message;
            return error;
        }
        return answer;
    }

    Result<Receipt> send(const Delivery& delivery, std::stop_token stop) override {
        if (connector_.sender == nullptr) return cannot("sends nothing");
        return guard(site("send"), [&] { return connector_.sender->send(delivery, std::move(stop)); });
    }

    Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) override {
        if (connector_.sender == nullptr) return cannot("sends nothing");
        return guard(site("reconcile"), [&] { return connector_.sender->reconcile(delivery, std::move(stop)); });
    }

    Result<LoginStart> begin(const LoginRequest& request, std::stop_token stop) override {
        if (connector_.authenticator == nullptr) return cannot("signs nobody in");
        return guard(site("begin"), [&] { return connector_.authenticator->begin(request, std::move(stop)); });
    }

    Result<Identity> finish(const LoginCallback& callback, std::stop_token stop) override {
        if (connector_.authenticator == nullptr) return cannot("signs nobody in");
        return guard(site("finish"), [&] { return connector_.authenticator->finish(callback, std::move(stop)); });
    }

    Result<std::string> logout(const LogoutRequest& request, std::stop_token stop) override {
        if (connector_.authenticator == nullptr) return cannot("signs nobody in");
        return guard(site("logout"), [&] { return connector_.authenticator->logout(request, std::move(stop)); });
    }

private:
    [[nodiscard]] CallSite site(std::string_view call) const { return {.plugin = descriptor_.info.name, .call = call}; }

    [[nodiscard]] Error cannot(std::string_view what) const {
        return Error{.code = Errc::kMisconfigured,
                     .message = "plugin " + quoted(descriptor_.info.name) + ' ' + std::string{what},
                     .problem = "plugin.ability"};
    }

    // Both lie in the shared library, which is never unloaded.
    const Descriptor& descriptor_;
    const Factory& factory_;
    HostServices& services_;
    Connector connector_;
};

}  // namespace

Result<std::unique_ptr<Instance>> makeInstance(const LoadedPlugin& plugin, const Settings& settings,
                                               HostServices& services) {
    auto instance = std::make_unique<InProcess>(plugin.descriptor(), plugin.factory(), services);
    if (Status constructed = instance->construct(settings); !constructed) return constructed.error();
    return std::unique_ptr<Instance>{std::move(instance)};
}

}  // namespace pakn::plugin_host
