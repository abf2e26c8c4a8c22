#include "core/isolation/remote_connector.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <random>
#include <set>
#include <utility>

#include "core/isolation/helper.hpp"
#include "core/isolation/inquiry.hpp"

namespace pakn::isolation {

namespace {

namespace fs = std::filesystem;

/// A connector reports its peer's time-out by itself, if it is left a moment for that.
constexpr std::chrono::milliseconds kGrace{1000};
constexpr std::chrono::milliseconds kStartLimit{15000};
/// What one process needs besides the plugin's own files: control, the plugin's file, the loader's.
constexpr int kOwnFiles = 16;
constexpr int kOwnTasks = 256;

/// The users of children of a hub that is root, one for each connector: none of them can touch what another's has, and
/// their threads are counted apart. The range is the one that systemd gives to services of this kind.
class Users {
public:
    /// The same for the same id whenever it is free.
    uid_t take(std::string_view connector) {
        std::uint32_t hash = 2166136261U;
        for (const char c : connector) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
        const std::lock_guard lock{mutex_};
        uid_t user = kFirstUser + hash % kUsers;
        for (uid_t tries = 0; tries < kUsers && !taken_.insert(user).second; ++tries)
            user = kFirstUser + (user - kFirstUser + 1) % kUsers;
        return user;
    }
    void giveBack(uid_t user) {
        const std::lock_guard lock{mutex_};
        taken_.erase(user);
    }
    static Users& all() {
        static Users users;
        return users;
    }

private:
    std::mutex mutex_;
    std::set<uid_t> taken_;
};

/// A name that nobody outside can make collide with another's, and that tells nothing of what it is made of: its
/// beginning is drawn anew by every process.
class Name {
public:
    void add(std::string_view part) {
        for (const char c : part) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * kPrime;
        hash_ = (hash_ ^ part.size()) * kPrime;
    }
    [[nodiscard]] std::string text() const { return std::to_string(hash_); }

private:
    static constexpr std::uint64_t kPrime = 1099511628211ULL;
    static std::uint64_t beginning() {
        static const std::uint64_t drawn = [] {
            std::random_device random;
            return static_cast<std::uint64_t>(random()) << 32U | random();
        }();
        return drawn;
    }
    std::uint64_t hash_ = beginning();
};

std::string nameOfItem(std::string_view item) {
    Name name;
    name.add(item);
    return "item " + name.text();
}

/// Empty for a request that asks for nothing of its own, as everybody's "GET /" does: that it was under way at a death
/// twice says little, and setting it aside would shut everybody out.
std::string nameOf(const HttpRequest& request) {
    // What differs from one try of the same request to the next.
    constexpr std::array<std::string_view, 6> kOfOneTry{"date",         "traceparent",       "tracestate",
                                                        "x-request-id", "webhook-signature", "webhook-timestamp"};
    const bool safe = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
    if (safe && request.body.empty()) return {};
    Name name;
    for (const std::string* part : {&request.method, &request.mount, &request.url, &request.body}) name.add(*part);
    for (const auto& [header, value] : request.headers) {
        if (std::find(kOfOneTry.begin(), kOfOneTry.end(), header) != kOfOneTry.end()) continue;
        name.add(header);
        name.add(value);
    }
    return "request " + name.text();
}

/// Whom a connector's child is to be: a user of its own where the hub is root and names none.
class ChildUser {
public:
    explicit ChildUser(const ProcessOptions& options)
        : taken_{::geteuid() == 0 && !options.user ? Users::all().take(options.connector) : 0},
          user_{::geteuid() == 0 ? options.user.value_or(taken_) : 0} {}
    ChildUser(const ChildUser&) = delete;
    ChildUser& operator=(const ChildUser&) = delete;
    ~ChildUser() {
        if (taken_ != 0) Users::all().giveBack(taken_);
    }
    [[nodiscard]] uid_t user() const { return user_; }
    /// Whoever takes it over gives it back; 0: nothing was taken.
    uid_t keep() { return std::exchange(taken_, 0); }

private:
    uid_t taken_;
    uid_t user_;
};

StartOrder orderFor(const PluginToRun& plugin, const Settings& settings, std::string address,
                    const ProcessOptions& options, uid_t user) {
    StartOrder order = orderOf(user);
    order.sockets = options.sockets;
    order.memory = options.memory;
    order.files = options.files + options.calls + kOwnFiles;
    order.tasks = user != 0 ? kOwnTasks + options.calls : order.tasks + options.calls;
    order.readable = {plugin.folder.string()};
    order.address = std::move(address);
    order.frame = options.frame;
    for (const Option& option : plugin.descriptor.info.options) {
        const std::string name{option.name};
        if (!settings.has(name)) continue;
        if (option.type == OptionType::kTextList)
            order.lists.emplace(name, settings.list(name));
        else
            order.values.emplace(name, settings.text(name));
        if (option.type == OptionType::kDirectory) order.writable.push_back(settings.text(name));
        if (option.type == OptionType::kFile) order.readable.push_back(settings.text(name));
    }
    return order;
}

}  // namespace

Result<std::unique_ptr<RemoteConnector>> RemoteConnector::start(PluginToRun plugin, const Settings& settings,
                                                                HostServices& services, const ProcessOptions& options) {
    ChildUser user{options};
    Supervisor::Parts parts{.connector = options.connector,
                            .setup = {.program = options.program.empty() ? helperProgram() : options.program,
                                      .order = orderFor(plugin, settings, services.address(), options, user.user()),
                                      .start_limit = std::max(kStartLimit, options.call_limit),
                                      .frame = options.frame,
                                      .lanes = options.calls,
                                      .credits = options.credits},
                            .plugin = std::move(plugin.file),
                            .restart = options.restart,
                            .log = options.log};
    Result<std::unique_ptr<Supervisor>> supervisor = Supervisor::start(std::move(parts), services);
    if (!supervisor) return std::move(supervisor).error();
    return std::unique_ptr<RemoteConnector>{
        new RemoteConnector{user.keep(), options.call_limit + kGrace, std::move(*supervisor)}};
}

Result<std::vector<SettingsMistake>> RemoteConnector::checkSettings(const PluginToRun& plugin, const Settings& settings,
                                                                    const ProcessOptions& options) {
    const ChildUser user{options};
    return inquire<std::vector<SettingsMistake>>(Question::kCheckSettings,
                                                 orderFor(plugin, settings, {}, options, user.user()),
                                                 plugin.file.number(), options.program);
}

RemoteConnector::~RemoteConnector() {
    supervisor_.reset();
    if (user_ != 0) Users::all().giveBack(user_);
}

template <class T, class... Arguments>
Result<T> RemoteConnector::call(Type type, const Supervisor::About& about, Inbox* inbox, const std::stop_token& stop,
                                const Arguments&... arguments) {
    Writer writer;
    const Stopped stopped = stop.stop_requested();
    writer(stopped, arguments...);
    Result<Frame> frame = std::move(writer).finish(static_cast<std::uint8_t>(type));
    if (!frame) return std::move(frame).error();
    return supervisor_->call<T>(std::move(*frame), inbox, stop, about);
}

Supervisor::About RemoteConnector::about(std::string message, Errc when_lost) const {
    return {.message = std::move(message), .patience = {.most = limit_, .watch = Lane::kWatch}, .when_lost = when_lost};
}

Status RemoteConnector::poll(Inbox& inbox, const std::stop_token& stop) {
    return call<Done>(Type::kPoll, {.patience = {.most = limit_, .renewed = true}, .item = nameOfItem}, &inbox, stop);
}

Result<HttpResponse> RemoteConnector::handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop) {
    return call<HttpResponse>(Type::kHandle, about(nameOf(request), Errc::kUnavailable), &inbox, stop, request);
}

Result<Receipt> RemoteConnector::deliver(Type type, const Delivery& delivery, const std::stop_token& stop) {
    const std::string message = "delivery " + delivery.id;
    Result<Receipt> receipt = call<Receipt>(type, about(message, Errc::kUnknownOutcome), nullptr, stop, delivery);
    // It is a dead letter now; a person who replays it wants it to be tried again.
    if (!receipt && receipt.error().problem == "connector.quarantined") supervisor_->forget(message);
    return receipt;
}
Result<Receipt> RemoteConnector::send(const Delivery& delivery, const std::stop_token& stop) {
    return deliver(Type::kSend, delivery, stop);
}
Result<Receipt> RemoteConnector::reconcile(const Delivery& delivery, const std::stop_token& stop) {
    return deliver(Type::kReconcile, delivery, stop);
}

Result<LoginStart> RemoteConnector::begin(const LoginRequest& request, const std::stop_token& stop) {
    return call<LoginStart>(Type::kBegin, about({}, Errc::kUnavailable), nullptr, stop, request);
}
Result<Identity> RemoteConnector::finish(const LoginCallback& callback, const std::stop_token& stop) {
    return call<Identity>(Type::kFinish, about({}, Errc::kUnavailable), nullptr, stop, callback);
}
Result<std::string> RemoteConnector::logout(const LogoutRequest& request, const std::stop_token& stop) {
    return call<std::string>(Type::kLogout, about({}, Errc::kUnavailable), nullptr, stop, request);
}

}  // namespace pakn::isolation
