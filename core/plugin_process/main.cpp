/// @file
/// paknhub-plugin-host: runs one isolated connector. The hub starts it with a control socket, the plugin's file and a
/// spare lane; it does nothing else with what it is given (core/isolation/protocol.hpp).

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "core/isolation/described.hpp"
#include "core/isolation/inquiry.hpp"
#include "core/isolation/lent.hpp"
#include "core/plugin_host/instance.hpp"
#include "core/plugin_host/plugin.hpp"
#include "core/plugin_host/plugin_file.hpp"
#include "core/plugin_process/connector.hpp"
#include "core/plugin_process/remote_host.hpp"
#include "core/sandbox/confine.hpp"

namespace pakn::plugin_process {
namespace {

using isolation::Frame;
using isolation::Lane;
using isolation::OwnedDescriptor;
using isolation::Question;
using isolation::StartOrder;
using isolation::Type;
using Kind = sandbox::Confinement::Kind;

constexpr std::size_t kStack = 1U << 20U;  ///< Bytes; of every thread, the plugin's own too.

/// Threads and heaps take addresses, and those are counted.
void beFrugal() {
    ::mallopt(M_ARENA_MAX, 2);
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) != 0) return;
    ::pthread_attr_setstacksize(&attributes, kStack);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
}

sandbox::Confinement confinementOf(const StartOrder& order) {
    return {.kind = sandbox::Confinement::Kind::kPlugin,
            .sockets = order.sockets,
            .memory = order.memory,
            .files = order.files,
            .tasks = order.tasks,
            .user = order.user,
            .readable = {order.readable.begin(), order.readable.end()},
            .writable = {order.writable.begin(), order.writable.end()}};
}

class Program {
public:
    int run() {
        beFrugal();
        Result<Frame> first =
            isolation::receive(isolation::kControl, kMostFromHub, isolation::Steady::now() + std::chrono::minutes{1});
        if (first && first->type == static_cast<std::uint8_t>(Question::kDescribe))
            return tell<isolation::Description>(
                std::move(*first), Kind::kParser, [](const Loaded& loaded, const auto&) {
                    return Result<isolation::Description>{isolation::describe(loaded.plugin.descriptor())};
                });
        if (first && first->type == static_cast<std::uint8_t>(Question::kCheckSettings))
            return tell<std::vector<SettingsMistake>>(std::move(*first), Kind::kPlugin,
                                                      [](const Loaded& loaded, const StartOrder& order) {
                                                          return loaded.plugin.checkSettings(settingsIn(order));
                                                      });
        if (!first || first->type != static_cast<std::uint8_t>(Type::kStart)) return refuse();
        const std::uint64_t number = first->correlation;
        const Result<StartOrder> order = isolation::decode<StartOrder>(std::move(*first));
        if (!order) return refuse();
        Uplink::current = &control_;
        const Result<isolation::Started> started = begin(*order);
        answer(number, isolation::answerWith(started));
        if (!started) return 0;
        static_cast<void>(control_.serveAll([this](Frame&& request) { return obey(std::move(request)); }).ok());
        return Uplink::kLost;
    }

private:
    /// Started by hand, or by something that is not the hub it was built with.
    static int refuse() {
        std::fputs("paknhub-plugin-host is started by paknhub, for connectors with \"isolation: process\"\n", stderr);
        return 2;
    }

    struct Loaded {
        plugin_host::LoadedPlugin plugin;
        bool paths;  ///< The kernel confines the files it may open.
    };

    /// Answers a question about the plugin, which is all this process is for then.
    template <class T, class Say>
    int tell(Frame&& request, Kind kind, Say say) {
        const std::uint64_t number = request.correlation;
        const Result<StartOrder> order = isolation::decode<StartOrder>(std::move(request));
        if (!order) return refuse();
        const Result<Loaded> loaded =
            load(*order, kind, [] { answer(0, Frame{.type = static_cast<std::uint8_t>(Question::kConfined)}); });
        answer(number, isolation::answerWith(loaded ? say(*loaded, *order) : Result<T>{loaded.error()}));
        return 0;
    }

    static Settings settingsIn(const StartOrder& order) {
        return Settings{Settings::Values{order.values.begin(), order.values.end()},
                        Settings::Lists{order.lists.begin(), order.lists.end()}};
    }

    static void answer(std::uint64_t number, Result<Frame> frame) {
        if (!frame) ::_exit(Uplink::kLost);
        frame->correlation = number;
        if (!isolation::send(isolation::kControl, *frame, isolation::Steady::now() + std::chrono::minutes{1}))
            ::_exit(Uplink::kLost);
    }

    /// Confines this process, says so, then loads the plugin.
    template <class Say>
    static Result<Loaded> load(const StartOrder& order, Kind kind, Say confined_now) {
        const AbiTag tag = currentAbiTag();
        if (order.tag.size() != sizeof tag || std::memcmp(order.tag.data(), &tag, sizeof tag) != 0)
            return Error{.code = Errc::kMisconfigured,
                         .message = "paknhub-plugin-host is of another build than paknhub: install both together",
                         .problem = isolation::kLoadFailed};
        sandbox::Confinement confinement = confinementOf(order);
        confinement.kind = kind;
        const Result<sandbox::Confined> confined = sandbox::confine(confinement);
        if (!confined) return confined.error();
        confined_now();
        Result<plugin_host::PluginFile> file = plugin_host::PluginFile::adopt(isolation::kPlugin);
        if (!file) return std::move(file).error();
        Result<plugin_host::LoadedPlugin> plugin = plugin_host::LoadedPlugin::load(std::move(*file), {});
        if (!plugin) return std::move(plugin).error();
        return Loaded{.plugin = std::move(*plugin), .paths = confined->paths};
    }

    Result<isolation::Started> begin(const StartOrder& order) {
        const Result<Loaded> loaded = load(order, Kind::kPlugin, [] {});
        if (!loaded) return loaded.error();
        most_ = order.frame;
        uplink_.setMost(most_);
        host_ = std::make_unique<RemoteHost>(uplink_, order.address);
        Result<std::unique_ptr<plugin_host::Instance>> made =
            plugin_host::makeInstance(loaded->plugin, settingsIn(order), *host_);
        if (!made) return std::move(made).error();
        connector_ = std::make_unique<Connector>(std::move(*made), uplink_, most_);
        return isolation::Started{.paths = loaded->paths};
    }

    Result<Frame> obey(Frame&& request) {
        switch (static_cast<Type>(request.type)) {
            case Type::kPing:
                return Frame{.type = request.type};
            case Type::kLane: {
                if (request.descriptors.size() != 1) break;
                OwnedDescriptor socket = std::move(request.descriptors.front());
                request.descriptors.clear();
                const Result<std::uint32_t> lane = isolation::decode<std::uint32_t>(std::move(request));
                if (!lane) break;
                connector_->open(*lane, std::move(socket));
                return Frame{};
            }
            case Type::kCancel: {
                isolation::Reader reader{std::move(request)};
                std::uint32_t lane = 0;
                std::uint64_t call = 0;
                reader(lane, call);
                if (!reader.good()) break;
                connector_->cancel(lane, call);
                return Frame{};
            }
            case Type::kStop:
                connector_->destroy();
                answer(request.correlation, isolation::answerWith(Status{Done{}}));
                ::_exit(0);
            default:
                break;
        }
        return Error{.code = Errc::kInvalid, .message = "the hub cannot be understood"};
    }

    Lane control_{OwnedDescriptor{isolation::kControl}, kMostFromHub};
    Lane spare_{OwnedDescriptor{isolation::kSpare}, kMostFromHub};
    Uplink uplink_{spare_};
    std::size_t most_ = 0;
    std::unique_ptr<RemoteHost> host_;
    std::unique_ptr<Connector> connector_;
};

}  // namespace
}  // namespace pakn::plugin_process

int main() {
    // Never destroyed: threads of the plugin may use it until the process ends.
    auto& program = *std::make_unique<pakn::plugin_process::Program>().release();
    ::_exit(program.run());
}
