/// @file
/// Files on another machine over SFTP, by libcurl. The server's key is pinned: who answers with another one gets
/// neither our password nor our trust.

#include <curl/curl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>

#include "shelf.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

struct CloseHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Commands = std::unique_ptr<curl_slist, FreeList>;

using Steady = std::chrono::steady_clock;  // How long nothing came, not what time it is.

constexpr std::int64_t kMostTimeouts = 12;
/// A hub with the shortest `limits.call` there may be waits a second for a sign of life.
constexpr std::chrono::milliseconds kBeat{500};
constexpr std::size_t kMostListing = 8U << 20U;

/// A file is given a name of ours before it is read: what comes under its own name from then on is another file.
constexpr std::string_view kHeld = ".paknhub-";

/// A private key in memory that libssh2 can open by a name, so that it never lies on a disk.
class KeyFile {
public:
    explicit KeyFile(std::string key) {
        if (key.empty()) return;
        if (key.back() != '\n') key += '\n';
        file_ = ::memfd_create("key", MFD_CLOEXEC);
        if (file_ < 0 || ::write(file_, key.data(), key.size()) != static_cast<ssize_t>(key.size()))
            throw std::runtime_error{"no memory for the key"};
    }
    KeyFile(const KeyFile&) = delete;
    KeyFile& operator=(const KeyFile&) = delete;
    ~KeyFile() {
        if (file_ >= 0) ::close(file_);
    }
    [[nodiscard]] std::string path() const { return file_ < 0 ? "" : "/proc/self/fd/" + std::to_string(file_); }

private:
    int file_ = -1;
};

/// Tells whoever waits that an exchange goes on, but only when it does.
class Pulse {
public:
    Pulse(std::function<void()> alive, std::chrono::milliseconds patience)
        : alive_{std::move(alive)}, patience_{patience} {}

    /// Something came, or begins.
    void beat() {
        moved_ = Steady::now();
        if (moved_ - told_ < kBeat) return;
        told_ = moved_;
        if (alive_) alive_();
    }
    /// Nothing has come for longer than the settings allow.
    [[nodiscard]] bool stands() const { return Steady::now() - moved_ > patience_; }

private:
    const std::function<void()> alive_;
    const std::chrono::milliseconds patience_;
    Steady::time_point moved_ = {};
    Steady::time_point told_ = {};
};

/// What arrives, up to a limit.
struct Sink {
    Pulse& pulse;
    std::string bytes = {};
    std::size_t most = 0;
    bool too_large = false;
    bool out_of_memory = false;

    void begin(std::size_t limit) {
        bytes = {};
        most = limit;
        too_large = out_of_memory = false;
    }

    static std::size_t take(char* piece, std::size_t size, std::size_t count, void* self) noexcept {
        Sink& sink = *static_cast<Sink*>(self);
        const std::size_t length = size * count;
        try {
            sink.pulse.beat();
            sink.too_large = length > sink.most - sink.bytes.size();
            if (sink.too_large) return 0;
            sink.bytes.append(piece, length);
            return length;
        } catch (...) {
            sink.out_of_memory = true;
            return 0;
        }
    }
    /// The connection stands: the request itself has its own time.
    static int connected(void* self, char*, char*, int, int) noexcept {
        Sink& sink = *static_cast<Sink*>(self);
        try {
            sink.pulse.beat();
            return CURL_PREREQFUNC_OK;
        } catch (...) {
            sink.out_of_memory = true;
            return CURL_PREREQFUNC_ABORT;
        }
    }
    /// libcurl's own watch over slow transfers looks at an average, and ends one only long after it stands still.
    static int watch(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
        return static_cast<Sink*>(self)->pulse.stands() ? 1 : 0;
    }
};

/// A name that can stand in a command in quotes.
bool isPlainName(std::string_view name) {
    return std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '"' || c == '\\' || c == 0x7F;
    });
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

class Sftp final : public Shelf {
public:
    Sftp(SftpAccess access, std::int64_t max_size, std::function<void()> alive)
        : access_{std::move(access)},
          max_size_{max_size},
          key_{access_.key},
          handle_{curl_easy_init()},
          pulse_{std::move(alive), access_.timeout} {
        constexpr std::string_view kScheme = "sftp://";
        const auto path = access_.url.find('/', kScheme.size());
        if (access_.url.compare(0, kScheme.size(), kScheme) != 0 || path == std::string::npos)
            throw std::invalid_argument{"sftp_url is sftp://host:port/folder"};
        if (access_.url.find('@') != std::string::npos)
            throw std::invalid_argument{"sftp_url holds no user name: that is sftp_user"};
        if (access_.host_key_sha256.empty()) throw std::invalid_argument{"sftp_host_key is needed: the server's key"};
        if (access_.user.empty() || (access_.password.empty() && access_.key.empty()))
            throw std::invalid_argument{"sftp_user is needed, and sftp_password or sftp_key"};
        if (handle_ == nullptr) throw std::bad_alloc{};
        server_ = access_.url.substr(0, path);
        folder_ = access_.url.substr(path);
        while (!folder_.empty() && folder_.back() == '/') folder_.pop_back();
        constexpr std::string_view kPrefix = "SHA256:";
        if (access_.host_key_sha256.compare(0, kPrefix.size(), kPrefix) == 0)
            access_.host_key_sha256.erase(0, kPrefix.size());
    }

    Result<std::vector<Entry>> list() override {
        const Result<std::string> names = get(encoded("") + "/", true, kMostListing, Errc::kMisconfigured);
        if (!names) return names.error();
        const Result<std::string> lines = get(encoded("") + "/", false, kMostListing, Errc::kMisconfigured);
        if (!lines) return lines.error();
        const std::vector<std::string> described = linesOf(*lines);
        const std::vector<std::string> all = linesOf(*names);
        const std::set<std::string> present{all.begin(), all.end()};
        std::vector<Entry> entries;
        for (const std::string& stored : all) {
            const bool held = stored.compare(0, kHeld.size(), kHeld) == 0;
            const std::string name = held ? stored.substr(kHeld.size()) : stored;
            if (!isTableName(name) || !isPlainName(name)) continue;
            if (!held && present.contains(heldName(name))) continue;  // The one before it first.
            const std::string version = versionOf(stored, described);
            if (!version.empty()) entries.push_back({.name = name, .version = version, .held = held});
        }
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return entries;
    }

    [[nodiscard]] std::string_view kind() const override { return "sftp"; }
    Status claim(const Entry& entry) override {
        if (!entry.held) {
            const std::string from = '"' + folder_ + '/' + entry.name + '"';
            if (Status named = command({"rename " + from + " \"" + heldPath(entry) + '"'}, Errc::kStale); !named)
                return named;
        }
        // It may have changed between the look and now: then it is looked at twice again, under its new name.
        return isAsListed(entry);
    }

    Result<std::string> read(const Entry& entry) override {
        if (Status ours = claim(entry); !ours) return std::move(ours).error();
        return get(encoded(heldName(entry.name)), false, static_cast<std::size_t>(max_size_), Errc::kStale);
    }

    Status put(const Entry& entry, Fate fate, const std::string& target) override {
        const std::string folder = folder_ + (fate == Fate::kDone ? "/done" : "/rejected");
        const std::string to = '"' + folder + '/' + target + '"';
        if (Status same = isAsListed(entry); !same)  // Whoever had it open wrote on: all of it comes again.
            return same.error().code == Errc::kStale ? Status{Done{}} : same;
        return command({"*mkdir \"" + folder + '"',  // A star: never mind when it fails.
                        "*rm " + to, "rename \"" + heldPath(entry) + "\" " + to},
                       Errc::kInternal);
    }

private:
    static std::string heldName(const std::string& name) { return std::string{kHeld} + name; }
    [[nodiscard]] std::string heldPath(const Entry& entry) const { return folder_ + '/' + heldName(entry.name); }

    /// kStale: the file that has our name is not as it was listed.
    Status isAsListed(const Entry& entry) {
        const Result<std::string> lines = get(encoded("") + "/", false, kMostListing, Errc::kMisconfigured);
        if (!lines) return lines.error();
        if (versionOf(heldName(entry.name), linesOf(*lines)) == entry.version) return Done{};
        return Error{.code = Errc::kStale, .message = "it changed meanwhile"};
    }

    Status command(const std::vector<std::string>& texts, Errc when_absent) {
        Commands commands;
        for (const std::string& text : texts) {
            curl_slist* const longer = curl_slist_append(commands.get(), text.c_str());
            if (longer == nullptr) throw std::bad_alloc{};
            static_cast<void>(commands.release());
            commands.reset(longer);
        }
        prepare(encoded("") + "/", 0);
        set(CURLOPT_QUOTE, commands.get());
        set(CURLOPT_NOBODY, 1L);
        return judge(perform(), when_absent);
    }

    /// The whole address of a file in the folder.
    [[nodiscard]] std::string encoded(const std::string& name) const {
        std::string url = server_;
        std::string_view rest = folder_;
        while (!rest.empty()) {
            rest.remove_prefix(1);
            const std::string_view part = rest.substr(0, rest.find('/'));
            url += '/' + urlEncoded(part);
            rest.remove_prefix(part.size());
        }
        return name.empty() ? url : url + '/' + urlEncoded(name);
    }

    /// What a long listing says of a plain file, without its name: the shortest line that ends in the name.
    static std::string versionOf(const std::string& name, const std::vector<std::string>& lines) {
        std::string found;
        for (const std::string& line : lines) {
            const bool ends = line.size() > name.size() + 1 && line.front() == '-' &&
                              line.compare(line.size() - name.size() - 1, std::string::npos, ' ' + name) == 0;
            if (ends && (found.empty() || line.size() < found.size())) found = line;
        }
        return found.substr(0, found.size() - std::min(found.size(), name.size()));
    }

    template <class Value>
    void set(CURLoption option, Value value) {
        if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK)
            throw std::runtime_error{"libcurl does not know option " + std::to_string(option)};
    }

    void prepare(const std::string& url, std::size_t most) {
        sink_.begin(most);
        curl_easy_reset(handle_.get());
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "sftp");
        set(CURLOPT_PROXY, "");
        set(CURLOPT_NOSIGNAL, 1L);
        // A large file may take longer, as long as it moves.
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(kMostTimeouts * access_.timeout.count()));
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &Sink::watch);
        set(CURLOPT_XFERINFODATA, &sink_);
        set(CURLOPT_PREREQFUNCTION, &Sink::connected);
        set(CURLOPT_PREREQDATA, &sink_);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(access_.timeout.count()));
        set(CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256, access_.host_key_sha256.c_str());
        set(CURLOPT_USERNAME, access_.user.c_str());
        set(CURLOPT_SSH_AUTH_TYPES,
            static_cast<long>(access_.key.empty() ? CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD
                                                  : CURLSSH_AUTH_PUBLICKEY));
        if (access_.key.empty())
            set(CURLOPT_PASSWORD, access_.password.c_str());
        else
            set(CURLOPT_SSH_PRIVATE_KEYFILE, key_.path().c_str());
        set(CURLOPT_WRITEFUNCTION, &Sink::take);
        set(CURLOPT_WRITEDATA, &sink_);
    }

    CURLcode perform() {
        pulse_.beat();
        const CURLcode code = curl_easy_perform(handle_.get());
        if (sink_.out_of_memory || code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc{};
        return code;
    }

    Result<std::string> get(const std::string& url, bool names_only, std::size_t most, Errc when_absent) {
        prepare(url, most);
        if (names_only) set(CURLOPT_DIRLISTONLY, 1L);
        const Status done = judge(perform(), when_absent);
        if (sink_.too_large)
            return Error{.code = Errc::kTooLarge, .message = "it is larger than " + std::to_string(most) + " bytes"};
        if (!done) return done.error();
        return std::move(sink_.bytes);
    }

    /// By the code alone: what libcurl writes into an error buffer may name a file.
    [[nodiscard]] Status judge(CURLcode code, Errc when_absent) const {
        if (code == CURLE_OK) return Done{};
        Error error{.code = Errc::kUnavailable, .message = server_ + ": " + curl_easy_strerror(code)};
        error.problem = "portal.sftp";
        if (code == CURLE_ABORTED_BY_CALLBACK) {
            error.message = server_ + ": nothing came for longer than timeout";
        } else if (code == CURLE_LOGIN_DENIED) {
            error.code = Errc::kUnauthenticated;
        } else if (code == CURLE_PEER_FAILED_VERIFICATION) {
            error.code = Errc::kUnauthenticated;
            error.message = server_ + " shows another key than sftp_host_key: ask its operator before changing that";
            error.problem = "portal.sftp_host_key";
        } else if (code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_QUOTE_ERROR ||
                   code == CURLE_REMOTE_ACCESS_DENIED) {
            error.code = when_absent;
        }
        return error;
    }

    SftpAccess access_;
    const std::int64_t max_size_;
    const KeyFile key_;
    const std::unique_ptr<CURL, CloseHandle> handle_;
    std::string server_;
    std::string folder_;
    Pulse pulse_;
    Sink sink_{pulse_};
};

}  // namespace

std::unique_ptr<Shelf> openSftp(SftpAccess access, std::int64_t max_size, std::function<void()> alive) {
    return std::make_unique<Sftp>(std::move(access), max_size, std::move(alive));
}

}  // namespace pakn::in_portal
