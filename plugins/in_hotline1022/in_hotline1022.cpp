/// @file
/// in_hotline1022 tells the hub of a call centre's calls: an Asterisk is listened to (AMI), the call centre tells of
/// each itself (webhook), or leaves files of call detail records. Recordings are fetched behind the calls. Petitions
/// are none of its business: operators write them. See README.md.
#include <functional>
#include <new>
#include <optional>
#include <pakn/sdk/plugin.hpp>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "ami_listener.hpp"
#include "cdr_folder.hpp"
#include "recordings.hpp"
#include "signed_events.hpp"

namespace {
using namespace pakn::hotline;
using pakn::OptionType;

constexpr pakn::Option kOptions[] = {
    {.name = "ami_host", .help = "The Asterisk whose manager interface is listened to.", .optional = true},
    {.name = "ami_port", .type = OptionType::kInteger, .help = "Its port.", .default_value = "5038"},
    {.name = "ami_user",
     .help = "As whom; it needs to read `call`, `agent`, `cdr` and `dialplan`, and no more.",
     .optional = true},
    {.name = "ami_secret", .type = OptionType::kSecret, .help = "Its secret.", .optional = true},
    {.name = "ami_tls",
     .type = OptionType::kFlag,
     .help = "Over TLS; without it the secret is readable on the way.",
     .default_value = "false"},
    {.name = "ami_ca",
     .type = OptionType::kFile,
     .help = "With `ami_tls`: the certificate of the Asterisk, or of who issued it, as PEM.",
     .optional = true},
    {.name = "contexts",
     .type = OptionType::kTextList,
     .help = "Calls that come in by these contexts of the dialplan are the hotline's. Without it: all but the internal "
             "ones.",
     .optional = true},
    {.name = "internal_contexts",
     .type = OptionType::kTextList,
     .help = "Calls that begin here are the house's own and are left out; `from-internal` unless set.",
     .optional = true},
    {.name = "webhook_secret",
     .type = OptionType::kSecret,
     .help = "What the call centre signs its events with. Without it nothing is taken over HTTP.",
     .optional = true},
    {.name = "webhook_previous_secret",
     .type = OptionType::kSecret,
     .help = "The secret before, while the call centre changes over: both count.",
     .optional = true},
    {.name = "cdr_directory",
     .type = OptionType::kDirectory,
     .help = "Folder in which the call centre leaves CSV files; the hub may write in it.",
     .optional = true},
    {.name = "cdr_encoding", .help = "`utf-8` or `windows-1258`.", .default_value = "utf-8"},
    {.name = "cdr_renamed",
     .type = OptionType::kFlag,
     .help = "Files are renamed into place: each is taken at the first look, not the second.",
     .default_value = "false"},
    {.name = "cdr_max_file", .type = OptionType::kSize, .help = "A larger one is rejected.", .default_value = "25MB"},
    {.name = "short_call",
     .type = OptionType::kDuration,
     .help =
         "A call that nobody took and that was over sooner is marked, so that it does not count as abandoned; `0s`: "
         "none is.",
     .default_value = "3s"},
    {.name = "recordings",
     .help = "Which are fetched: `none`, `linked` (of calls of which a petition came), `all`.",
     .default_value = "linked"},
    {.name = "recording_url",
     .help = "Where they lie, with `{call_id}` or `{file}` (what the Asterisk calls it) in it; unless the call centre "
             "says an address with the call.",
     .optional = true},
    {.name = "recording_hosts",
     .type = OptionType::kTextList,
     .help = "From where they may be fetched: hosts (https), or whole origins; http from this machine only.",
     .optional = true},
    {.name = "recording_auth",
     .help = "How our requests show who we are: `none`, `bearer`, `basic`, `header`.",
     .default_value = "none"},
    {.name = "recording_user", .help = "With `basic`: the user.", .optional = true},
    {.name = "recording_header", .help = "With `header`: its name.", .default_value = "x-api-key"},
    {.name = "recording_secret", .type = OptionType::kSecret, .help = "The token, password or key.", .optional = true},
    {.name = "max_recording",
     .type = OptionType::kSize,
     .help = "A larger one is left out; at most 64MB.",
     .default_value = "24MB"},
    {.name = "recording_give_up",
     .type = OptionType::kDuration,
     .help = "One that has not come so long after its call is given up.",
     .default_value = "7d"},
    {.name = "timeout",
     .type = OptionType::kDuration,
     .help = "For connecting, and for one recording; never longer than `limits.call`.",
     .default_value = "10s"},
};

AmiSettings amiOf(const pakn::Settings& settings) {
    AmiSettings ami{.address = {.host = settings.text("ami_host"),
                                .port = static_cast<int>(settings.integer("ami_port")),
                                .tls = settings.flag("ami_tls"),
                                .ca_file = settings.text("ami_ca")},
                    .user = settings.text("ami_user"),
                    .secret = settings.text("ami_secret"),
                    .timeout = settings.duration("timeout"),
                    .calls = {.contexts = settings.list("contexts"), .short_call = settings.duration("short_call")}};
    if (settings.has("internal_contexts")) ami.calls.internal_contexts = settings.list("internal_contexts");
    return ami;
}

CdrSettings cdrOf(const pakn::Settings& settings) {
    return {.directory = settings.text("cdr_directory"),
            .encoding = settings.text("cdr_encoding"),
            .renamed = settings.flag("cdr_renamed"),
            .max_file = settings.size("cdr_max_file"),
            .short_call = settings.duration("short_call")};
}

std::vector<std::string> secretsOf(const pakn::Settings& settings) {
    std::vector<std::string> secrets{settings.text("webhook_secret")};
    if (settings.has("webhook_previous_secret")) secrets.push_back(settings.text("webhook_previous_secret"));
    return secrets;
}

bool wantsRecordings(const pakn::Settings& settings) {
    const std::string which = settings.text("recordings");
    if (which != "none" && which != "linked" && which != "all")
        throw std::invalid_argument{"recordings is none, linked or all"};
    return which != "none" && !settings.list("recording_hosts").empty();
}

RecordingSettings recordingsOf(const pakn::Settings& settings) {
    return {.linked_only = settings.text("recordings") == "linked",
            .url = settings.text("recording_url"),
            .hosts = settings.list("recording_hosts"),
            .auth = settings.text("recording_auth"),
            .user = settings.text("recording_user"),
            .header = settings.text("recording_header"),
            .secret = settings.text("recording_secret"),
            .max_size = static_cast<std::size_t>(settings.size("max_recording")),
            .give_up = settings.duration("recording_give_up"),
            .timeout = settings.duration("timeout")};
}

/// What no option by itself can tell. Opens nothing.
std::vector<pakn::SettingsMistake> mistakesIn(const pakn::Settings& settings) {
    std::vector<pakn::SettingsMistake> mistakes;
    const auto tried = [&](const char* option, const std::function<void()>& attempt) {
        try {
            attempt();
        } catch (const std::exception& failure) {
            mistakes.push_back({.option = option, .message = failure.what()});
        }
    };
    if (settings.has("ami_host")) tried("ami_host", [&] { AmiListener::check(amiOf(settings)); });
    if (settings.has("cdr_directory")) tried("cdr_encoding", [&] { CdrFolder::check(cdrOf(settings)); });
    tried("recordings", [&] {
        if (wantsRecordings(settings)) Recordings::check(recordingsOf(settings));
    });
    if (!settings.text("recording_url").empty() && settings.list("recording_hosts").empty())
        mistakes.push_back({.option = "recording_url",
                            .message = "recording_url needs recording_hosts",
                            .hint = "name its host there"});
    if (!settings.has("ami_host") && !settings.has("webhook_secret") && !settings.has("cdr_directory"))
        mistakes.push_back(
            {.message = "there is nothing to do", .hint = "set ami_host, webhook_secret or cdr_directory"});
    return mistakes;
}

class Hotline final : public pakn::Receiver {
public:
    Hotline(const pakn::Settings& settings, pakn::HostServices& services) : services_{services} {
        if (const auto mistakes = mistakesIn(settings); !mistakes.empty())
            throw std::invalid_argument{mistakes.front().option + ": " + mistakes.front().message};
        if (settings.has("ami_host")) ami_.emplace(amiOf(settings), services);
        if (settings.has("webhook_secret"))
            webhook_.emplace(secretsOf(settings), settings.duration("short_call"), services);
        if (settings.has("cdr_directory")) cdr_.emplace(cdrOf(settings), services);
        if (wantsRecordings(settings)) recordings_.emplace(recordingsOf(settings), services);
        if (ami_ && !settings.flag("ami_tls"))
            services.log(pakn::LogLevel::kInfo, "the manager interface is used without TLS: let it go through a VPN");
    }

    static std::vector<pakn::SettingsMistake> checkSettings(const pakn::Settings& settings) {
        return mistakesIn(settings);
    }

    pakn::Status poll(pakn::Inbox& inbox, std::stop_token stop) override {
        pakn::Status outcome = pakn::Done{};
        const auto add = [&](pakn::Status done, Beside& beside) {
            if (!done && ami_)
                tell(done.error(), beside);
            else if (!done)
                outcome = std::move(done);
        };
        if (cdr_) add(guarded([&] { return cdr_->poll(inbox, stop); }), cdr_trouble_);
        if (recordings_) add(guarded([&] { return recordings_->poll(inbox, stop); }), recording_trouble_);
        return ami_ ? guarded([&] { return ami_->poll(inbox, stop); }) : outcome;
    }

    pakn::Result<pakn::HttpResponse> handle(const pakn::HttpRequest& request, pakn::Inbox& inbox,
                                            std::stop_token stop) override {
        if (!webhook_ || request.url != "/calls") return pakn::Error{pakn::Errc::kNotFound, "no such address"};
        return webhook_->handle(request, inbox, stop);
    }

private:
    /// What fails beside an exchange that is listened to.
    struct Beside {
        const char* counter;
        const char* what;
        std::string problem = {};  ///< The last one that was told.
        pakn::Instant at = {};     ///< When it was there last.
    };
    /// Such a problem is over, and is told again when it comes back: a recording is asked for every hour at least.
    static constexpr std::chrono::hours kOver{2};

    /// Whoever fails is asked later and later by the hub, and calls cannot wait for files: it is told here instead.
    void tell(const pakn::Error& error, Beside& beside) {
        services_.count(beside.counter, 1);
        const pakn::Instant now = services_.now();
        std::string problem = std::string{pakn::errcName(error.code)} + ' ' + error.problem;
        if (problem != beside.problem || now - beside.at > kOver)
            services_.log(pakn::LogLevel::kWarning, std::string{beside.what} + ": " + error.message + " (" + problem +
                                                        "); the exchange is listened to all the same");
        beside.problem = std::move(problem);
        beside.at = now;
    }

    /// One way in that fails does not close the others.
    template <class Poll>
    static pakn::Status guarded(Poll poll) {
        const auto threw = [](std::string what) {
            return pakn::Error{.code = pakn::Errc::kInternal, .message = std::move(what), .problem = "hotline.threw"};
        };
        try {
            return poll();
        } catch (const std::bad_alloc&) {
            return threw("there is not enough memory");
        } catch (const std::system_error& thrown) {  // Not what(): it may name a file.
            return threw(thrown.code().message());
        } catch (const std::exception&) {
            return threw("a library threw");
        }
    }

    pakn::HostServices& services_;
    Beside cdr_trouble_{.counter = "cdr_failures", .what = "the CDR files"};
    Beside recording_trouble_{.counter = "recording_failures", .what = "recordings"};
    std::optional<AmiListener> ami_;
    std::optional<Webhook> webhook_;
    std::optional<CdrFolder> cdr_;
    std::optional<Recordings> recordings_;
};

}  // namespace

PAKN_PLUGIN(Hotline, .name = "in_hotline1022", .version = "1.0.0",
            .summary = "Calls of the 1022 hotline: Asterisk, webhook, CDR files; their recordings.",
            .options = kOptions)
