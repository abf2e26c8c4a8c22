#pragma once
/// @file
/// A connector under test, whoever runs it: in this process, or behind anything else that makes Subjects.

#include <dlfcn.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "pakn/sdk/connector.hpp"
#include "pakn/sdk/descriptor.hpp"

namespace pakn::testing {

/// The calls of a connector. An exception that got out of the plugin is an Error with the problem "plugin.threw".
class Subject {
public:
    virtual ~Subject() = default;
    virtual Status poll(Inbox& inbox, std::stop_token stop) = 0;
    virtual Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, std::stop_token stop) = 0;
    virtual Result<Receipt> send(const Delivery& delivery, std::stop_token stop) = 0;
    virtual Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) = 0;
    virtual Result<LoginStart> begin(const LoginRequest& request, std::stop_token stop) = 0;
    virtual Result<Identity> finish(const LoginCallback& callback, std::stop_token stop) = 0;
    virtual Result<std::string> logout(const LogoutRequest& request, std::stop_token stop) = 0;
};

/// Makes a connector of a plugin's file; an error is what its constructor threw. `services` outlive it.
using MakeSubject = std::function<Result<std::unique_ptr<Subject>>(const std::filesystem::path& file,
                                                                   const Settings& settings, HostServices& services)>;

/// A plugin loaded into this process, for good. Throws std::runtime_error for a file that is none.
class LoadedPlugin {
public:
    explicit LoadedPlugin(const std::filesystem::path& file) {
        void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) throw std::runtime_error{"cannot load " + file.string() + ": " + ::dlerror()};
        descriptor_ = find<Descriptor>(library, "pakn_plugin_descriptor");
        factory_ = find<Factory>(library, "pakn_plugin_factory");
    }
    [[nodiscard]] const Descriptor& descriptor() const { return *descriptor_; }
    [[nodiscard]] const Factory& factory() const { return *factory_; }

private:
    template <class T>
    static const T* find(void* library, const char* name) {
        const void* const alias = ::dlsym(library, name);
        if (alias == nullptr) throw std::runtime_error{std::string{"the plugin does not export "} + name};
        return *static_cast<const T* const*>(alias);
    }

    const Descriptor* descriptor_ = nullptr;
    const Factory* factory_ = nullptr;
};

/// A connector object in this process.
class InProcessSubject final : public Subject {
public:
    /// The default MakeSubject.
    static Result<std::unique_ptr<Subject>> make(const std::filesystem::path& file, const Settings& settings,
                                                 HostServices& services) {
        const LoadedPlugin plugin{file};
        return guard([&]() -> Result<std::unique_ptr<Subject>> {
            void* const object = plugin.factory().create(settings, services);
            return std::unique_ptr<Subject>{new InProcessSubject{plugin.factory(), object}};
        });
    }
    InProcessSubject(const InProcessSubject&) = delete;
    InProcessSubject& operator=(const InProcessSubject&) = delete;
    ~InProcessSubject() override { factory_.destroy(object_); }

    Status poll(Inbox& inbox, std::stop_token stop) override {
        return guard([&] { return factory_.receiver(object_)->poll(inbox, std::move(stop)); });
    }
    Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, std::stop_token stop) override {
        return guard([&] { return factory_.receiver(object_)->handle(request, inbox, std::move(stop)); });
    }
    Result<Receipt> send(const Delivery& delivery, std::stop_token stop) override {
        return guard([&] { return factory_.sender(object_)->send(delivery, std::move(stop)); });
    }
    Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) override {
        return guard([&] { return factory_.sender(object_)->reconcile(delivery, std::move(stop)); });
    }
    Result<LoginStart> begin(const LoginRequest& request, std::stop_token stop) override {
        return guard([&] { return factory_.authenticator(object_)->begin(request, std::move(stop)); });
    }
    Result<Identity> finish(const LoginCallback& callback, std::stop_token stop) override {
        return guard([&] { return factory_.authenticator(object_)->finish(callback, std::move(stop)); });
    }
    Result<std::string> logout(const LogoutRequest& request, std::stop_token stop) override {
        return guard([&] { return factory_.authenticator(object_)->logout(request, std::move(stop)); });
    }

private:
    InProcessSubject(const Factory& factory, void* object) : factory_{factory}, object_{object} {}

    template <class Call>
    static auto guard(Call call) -> decltype(call()) {
        try {
            return call();
        } catch (const std::exception& thrown) {
            return Error{.code = Errc::kInternal, .message = thrown.what(), .problem = "plugin.threw"};
        } catch (...) {
            return Error{.code = Errc::kInternal, .message = "something foreign", .problem = "plugin.threw"};
        }
    }

    const Factory& factory_;
    void* object_;
};

}  // namespace pakn::testing
