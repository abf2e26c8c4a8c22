#pragma once
/// @file
/// A connector under test in a child process, as the hub runs it with `isolation: process`.

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "core/isolation/remote_connector.hpp"
#include "core/testing/subject.hpp"

// Where paknhub-plugin-host is: the SDK's CMake package says it; without, it is looked for near the test program.
#ifndef PAKN_PLUGIN_HOST
#define PAKN_PLUGIN_HOST ""
#endif

namespace pakn::testing {

class IsolatedSubject final : public Subject {
public:
    /// A MakeSubject.
    static Result<std::unique_ptr<Subject>> make(const std::filesystem::path& file, const Settings& settings,
                                                 HostServices& services) {
        auto made = makeWith(file, settings, services, {});
        if (!made) return std::move(made).error();
        return std::unique_ptr<Subject>{std::move(*made)};
    }
    /// The same with other limits; program and user are said here.
    static Result<std::unique_ptr<IsolatedSubject>> makeWith(const std::filesystem::path& file,
                                                             const Settings& settings, HostServices& services,
                                                             isolation::ProcessOptions options) {
        const LoadedPlugin plugin{file};
        options.connector = "test";
        options.program = PAKN_PLUGIN_HOST;
        options.user = isolation::kFirstUser;
        if (::geteuid() == 0) giveAway(plugin.descriptor(), settings, isolation::kFirstUser);
        auto connector = isolation::RemoteConnector::start(
            {.descriptor = plugin.descriptor(),
             .folder = file.parent_path(),
             .file = isolation::OwnedDescriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)}},
            settings, services, options);
        if (!connector) return std::move(connector).error();
        return std::unique_ptr<IsolatedSubject>{new IsolatedSubject{std::move(*connector)}};
    }

    Status poll(Inbox& inbox, std::stop_token stop) override { return connector_->poll(inbox, stop); }
    Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, std::stop_token stop) override {
        return connector_->handle(request, inbox, stop);
    }
    Result<Receipt> send(const Delivery& delivery, std::stop_token stop) override {
        return connector_->send(delivery, stop);
    }
    Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) override {
        return connector_->reconcile(delivery, stop);
    }
    Result<LoginStart> begin(const LoginRequest& request, std::stop_token stop) override {
        return connector_->begin(request, stop);
    }
    Result<Identity> finish(const LoginCallback& callback, std::stop_token stop) override {
        return connector_->finish(callback, stop);
    }
    Result<std::string> logout(const LogoutRequest& request, std::stop_token stop) override {
        return connector_->logout(request, stop);
    }

    [[nodiscard]] isolation::RemoteConnector& connector() { return *connector_; }

private:
    explicit IsolatedSubject(std::unique_ptr<isolation::RemoteConnector> connector)
        : connector_{std::move(connector)} {}

    /// Tests that run as root give the plugin's folders and files to the user that its process will be, as an operator
    /// would.
    static void giveAway(const Descriptor& descriptor, const Settings& settings, uid_t user) {
        for (const Option& option : descriptor.info.options) {
            const std::string path = settings.text(option.name);
            if (path.empty() || (option.type != OptionType::kDirectory && option.type != OptionType::kFile)) continue;
            static_cast<void>(::chown(path.c_str(), user, user) == 0);
            std::error_code ignored;
            if (option.type == OptionType::kFile) {
                std::filesystem::permissions(std::filesystem::path{path}.parent_path(),
                                             std::filesystem::perms::others_exec, std::filesystem::perm_options::add,
                                             ignored);
                continue;
            }
            for (const auto& entry : std::filesystem::recursive_directory_iterator{path, ignored})
                static_cast<void>(::lchown(entry.path().c_str(), user, user) == 0);
        }
    }

    const std::unique_ptr<isolation::RemoteConnector> connector_;
};

}  // namespace pakn::testing
