/// @file
/// in_portal connects a portal that exists, without C++: it pushes to us, we pull from it, or it leaves files; one
/// mapping file says how its items become petitions and how status and answers go back. See README.md.
#include <algorithm>
#include <exception>
#include <new>
#include <pakn/sdk/files.hpp>
#include <pakn/sdk/plugin.hpp>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "portal_file.hpp"
#include "preview.hpp"
#include "shelf.hpp"

namespace {
using namespace pakn::in_portal;
using pakn::OptionType;

constexpr pakn::Option kOptions[] = {
    {.name = "mapping",
     .type = OptionType::kFile,
     .help = "The mapping file, in a folder of its own: `*.yaml` beside the configuration would be taken for a part of "
             "it."},
    {.name = "pull_url",
     .type = OptionType::kUrl,
     .help = "The portal's list, to be asked for what is new.",
     .optional = true},
    {.name = "pull_pages",
     .type = OptionType::kInteger,
     .help = "At most so many pages in one round.",
     .default_value = "20",
     .unit = "pages"},
    {.name = "max_page",
     .type = OptionType::kSize,
     .help = "A longer answer of the portal is an error.",
     .default_value = "8MB"},
    {.name = "push_secret",
     .type = OptionType::kSecret,
     .help = "What the portal signs with, or its API key. Without it nothing is taken over HTTP.",
     .optional = true},
    {.name = "push_previous_secret",
     .type = OptionType::kSecret,
     .help = "The secret before, while the portal changes over: both count.",
     .optional = true},
    {.name = "directory",
     .type = OptionType::kDirectory,
     .help = "Folder in which the portal leaves files.",
     .optional = true},
    {.name = "sftp_url", .help = "The same on another machine: `sftp://host:port/folder`.", .optional = true},
    {.name = "sftp_user", .help = "As whom.", .optional = true},
    {.name = "sftp_password", .type = OptionType::kSecret, .help = "Its password; or", .optional = true},
    {.name = "sftp_key",
     .type = OptionType::kSecret,
     .help = "its private key (ed25519 or ecdsa), without a passphrase.",
     .optional = true},
    {.name = "sftp_host_key", .help = "The server's key as `ssh-keygen -l` shows it: `SHA256:…`.", .optional = true},
    {.name = "renamed",
     .type = OptionType::kFlag,
     .help = "The portal renames files into place: each is taken at the first look, not the second.",
     .default_value = "false"},
    {.name = "max_file", .type = OptionType::kSize, .help = "A larger file is rejected.", .default_value = "25MB"},
    {.name = "auth",
     .help = "How our requests show who we are: `none`, `bearer`, `basic`, `header`.",
     .default_value = "none"},
    {.name = "auth_user", .help = "With `basic`: the user.", .optional = true},
    {.name = "auth_header", .help = "With `header`: its name.", .default_value = "x-api-key"},
    {.name = "auth_secret", .type = OptionType::kSecret, .help = "The token, password or key.", .optional = true},
    {.name = "attachment_hosts",
     .type = OptionType::kTextList,
     .help = "From where files of items may be fetched: hosts (https), or whole origins.",
     .optional = true},
    {.name = "max_attachment", .type = OptionType::kSize, .help = "A larger one is left out.", .default_value = "10MB"},
    {.name = "attachment_retry_for",
     .type = OptionType::kDuration,
     .help = "One that cannot be fetched is asked for so long, and joins its petition later.",
     .default_value = "7d"},
    {.name = "channel",
     .help = "This connector's own name, needed with `write_back`: deliveries about petitions of other channels are "
             "refused.",
     .optional = true},
    {.name = "timeout",
     .type = OptionType::kDuration,
     .help = "For one exchange with the portal; over HTTP never longer than `limits.call` (10s unless set).",
     .default_value = "10s"},
};

Login loginOf(const pakn::Settings& settings) {
    Login login{.user = settings.text("auth_user"),
                .header = settings.text("auth_header"),
                .secret = settings.text("auth_secret")};
    for (char& c : login.header)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const std::string kind = settings.text("auth");
    if (kind == "bearer")
        login.kind = Login::Kind::kBearer;
    else if (kind == "basic")
        login.kind = Login::Kind::kBasic;
    else if (kind == "header")
        login.kind = Login::Kind::kHeader;
    else if (kind != "none")
        throw std::invalid_argument{"auth is none, bearer, basic or header"};
    if (login.kind != Login::Kind::kNone && login.secret.empty()) throw std::invalid_argument{"auth needs auth_secret"};
    return login;
}

SftpAccess sftpAccessOf(const pakn::Settings& settings) {
    return {.url = settings.text("sftp_url"),
            .user = settings.text("sftp_user"),
            .password = settings.text("sftp_password"),
            .key = settings.text("sftp_key"),
            .host_key_sha256 = settings.text("sftp_host_key"),
            .timeout = settings.duration("timeout")};
}

PushGuard pushGuardOf(const PushShape& shape, const pakn::Settings& settings) {
    std::vector<std::string> secrets{settings.text("push_secret")};
    if (settings.has("push_previous_secret")) secrets.push_back(settings.text("push_previous_secret"));
    return PushGuard{shape, secrets};
}

/// Reads the mapping file and finds everything that is wrong with it and with the other settings. Opens nothing else.
class Review {
public:
    explicit Review(const pakn::Settings& settings) : settings_{settings} {
        readMapping();
        tried("auth", [&] { static_cast<void>(loginOf(settings_)); });
        if (settings_.has("sftp_url"))
            tried("sftp_url",
                  [&] { static_cast<void>(openSftp(sftpAccessOf(settings_), settings_.size("max_file"))); });
        if (!mistakes_.empty()) return;  // What the mapping has is not known.
        checkPush();
        if (!file_.write_back.empty() && settings_.text("channel").empty())
            add("channel", "the mapping has write_back, so channel is needed",
                "write this connector's own name, as it stands under connectors: else answers to other channels' "
                "petitions would go to this portal");
        constexpr const char* kWays[] = {"pull_url", "push_secret", "directory", "sftp_url"};
        if (std::none_of(std::begin(kWays), std::end(kWays), [&](const char* way) { return settings_.has(way); }))
            add("", "there is nothing to do", "set pull_url, push_secret, directory or sftp_url");
    }

    [[nodiscard]] const std::vector<pakn::SettingsMistake>& mistakes() const { return mistakes_; }
    /// One line each, as in a log: `portal.yaml:14:7: error: … (hint)`.
    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (const pakn::SettingsMistake& one : mistakes_)
            lines.push_back(lineOf(one.file.empty() ? one.option : one.file.substr(one.file.rfind('/') + 1),
                                   {.at = {one.line, one.column}, .message = one.message, .hint = one.hint}));
        return lines;
    }
    /// Counts only without mistakes.
    PortalFile takeFile() && { return std::move(file_); }

private:
    void add(std::string option, std::string message, std::string hint) {
        mistakes_.push_back({.option = std::move(option), .message = std::move(message), .hint = std::move(hint)});
    }
    template <class Try>
    void tried(const char* option, Try attempt) {
        try {
            attempt();
        } catch (const std::exception& failure) {
            add(option, failure.what(), {});
        }
    }

    void readMapping() {
        const std::string path = settings_.text("mapping");
        const pakn::Result<pakn::WholeFile> file = pakn::readWholeFile(path, 1 << 20);
        if (!file) return add("mapping", path + ": " + file.error().message, {});
        Mistakes mistakes{path};
        file_ = readPortalFile(file->bytes, mistakes);
        for (Mistake& one : mistakes.sorted())
            mistakes_.push_back({.option = "mapping",
                                 .file = path,
                                 .line = one.at.line,
                                 .column = one.at.column,
                                 .message = std::move(one.message),
                                 .hint = std::move(one.hint)});
    }

    void checkPush() {
        if (!settings_.has("push_secret")) return;
        if (file_.push.scheme == PushShape::Scheme::kNone)
            return add("push_secret", "push_secret is set, but the mapping has no section push",
                       "describe there how the portal signs");
        tried("push_secret", [&] { static_cast<void>(pushGuardOf(file_.push, settings_)); });
    }

    const pakn::Settings& settings_;
    PortalFile file_ = {};
    std::vector<pakn::SettingsMistake> mistakes_ = {};
};

/// The mapping file, or throws with the first mistake after all of them stand in the log.
PortalFile reviewed(const pakn::Settings& settings, pakn::HostServices& services) {
    Review review{settings};
    const std::vector<std::string> lines = review.lines();
    if (lines.empty()) return std::move(review).takeFile();
    for (const std::string& line : lines) services.log(pakn::LogLevel::kError, line);
    throw std::runtime_error{std::to_string(lines.size()) + " mistakes, the first: " + lines.front()};
}

pakn::HttpClient::Limits limitsOf(const pakn::Settings& settings, std::string_view size) {
    return {.timeout = settings.duration("timeout"), .max_body = static_cast<std::size_t>(settings.size(size))};
}

class Portal final : public pakn::Receiver, public pakn::Sender {
public:
    Portal(const pakn::Settings& settings, pakn::HostServices& services)
        : services_{services},
          portal_{reviewed(settings, services)},
          intake_{portal_.mapping,
                  services,
                  {.hosts = settings.list("attachment_hosts"), .limits = limitsOf(settings, "max_attachment")},
                  settings.duration("attachment_retry_for")},
          write_back_{portal_.write_back,
                      {.channel = settings.text("channel"),
                       .login = loginOf(settings),
                       .limits = {.timeout = settings.duration("timeout")}},
                      services} {
        if (settings.has("pull_url"))
            pull_.emplace(portal_.pull,
                          PullSettings{.url = settings.text("pull_url"),
                                       .login = loginOf(settings),
                                       .limits = limitsOf(settings, "max_page"),
                                       .pages = static_cast<int>(settings.integer("pull_pages"))},
                          portal_.mapping, intake_, services_);
        const bool renamed = settings.flag("renamed");
        if (settings.has("directory"))
            addShelf(openFolder(settings.text("directory"), settings.size("max_file")), renamed);
        if (settings.has("sftp_url"))
            addShelf(openSftp(sftpAccessOf(settings), settings.size("max_file"),
                              [&services] { static_cast<void>(services.now()); }),
                     renamed);
        if (settings.has("push_secret"))
            push_.emplace(pushGuardOf(portal_.push, settings), portal_.mapping, intake_, services_);
    }

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return Review{settings}.mistakes();
    }

    static pakn::Result<std::vector<pakn::Previewed>> preview(const pakn::Settings& settings, std::string_view sample,
                                                              std::string_view name) {
        Review review{settings};
        // How the portal is talked to does not matter here, and its secrets are not there.
        const bool mapped = std::none_of(review.mistakes().begin(), review.mistakes().end(),
                                         [](const pakn::SettingsMistake& one) { return one.option == "mapping"; });
        if (mapped) return previewSample(std::move(review).takeFile(), sample, name);
        std::string all;
        for (const std::string& mistake : review.lines()) all += (all.empty() ? "" : "\n") + mistake;
        return pakn::Error{.code = pakn::Errc::kMisconfigured, .message = std::move(all), .problem = "portal.mapping"};
    }

    pakn::Status poll(pakn::Inbox& inbox, std::stop_token stop) override {
        pakn::Status outcome = pakn::Done{};
        const auto add = [&outcome](pakn::Status taken) {
            if (!taken) outcome = std::move(taken);
        };
        if (pull_) add(guarded([&] { return pull_->poll(inbox, stop); }));
        for (FileTaker& shelf : shelves_) add(guarded([&] { return shelf.poll(inbox, stop); }));
        add(guarded([&] { return intake_.pollFiles(inbox, stop); }));
        return outcome;
    }

    pakn::Result<pakn::HttpResponse> handle(const pakn::HttpRequest& request, pakn::Inbox& inbox,
                                            std::stop_token stop) override {
        if (!push_) return pakn::HttpResponse{.status = 404};
        return push_->handle(request, inbox, stop);
    }

    pakn::Result<pakn::Receipt> send(const pakn::Delivery& delivery, std::stop_token) override {
        return write_back_.send(delivery);
    }
    pakn::Result<pakn::Receipt> reconcile(const pakn::Delivery& delivery, std::stop_token) override {
        return write_back_.reconcile(delivery);
    }

private:
    /// One way in that fails does not close the others.
    template <class Poll>
    static pakn::Status guarded(Poll poll) {
        try {
            return poll();
        } catch (const std::bad_alloc&) {
            return outOfMemory();
        } catch (const std::system_error& thrown) {  // Not what(): a file may be called after a person.
            return pakn::Error{
                .code = pakn::Errc::kInternal, .message = thrown.code().message(), .problem = "portal.threw"};
        } catch (const std::exception&) {
            return pakn::Error{.code = pakn::Errc::kInternal, .message = "a library threw", .problem = "portal.threw"};
        }
    }

    void addShelf(std::unique_ptr<Shelf> shelf, bool renamed) {
        shelves_.emplace_back(std::move(shelf), portal_.files, portal_.mapping, intake_, services_, renamed);
    }

    pakn::HostServices& services_;
    const PortalFile portal_;
    Intake intake_;
    WriteBacker write_back_;
    std::optional<Puller> pull_;
    std::vector<FileTaker> shelves_;
    std::optional<PushTaker> push_;
};

}  // namespace

PAKN_PLUGIN(Portal, .name = "in_portal", .version = "1.0.0",
            .summary = "Connects a portal that exists: push, pull or files, by one mapping file.", .options = kOptions,
            .idempotency = pakn::Idempotency::kNone)
