/// @file
/// The doctor's checks of what lies on disk: secrets, the hub key, room, the store's file.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <set>

#include "core/app/doctor.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFileSecret = "${file:";
constexpr std::uint64_t kLittleRoom = 1ULL << 30U;
constexpr long kMemoryFileSystem = 0x01021994;  // TMPFS_MAGIC of statfs(2).

/// The files that the configuration names as ${file:PATH}.
std::set<fs::path> secretFiles(const config::Configuration& configuration) {
    std::set<fs::path> files;
    const std::string& text = configuration.text;
    for (std::size_t at = text.find(kFileSecret); at != std::string::npos; at = text.find(kFileSecret, at + 1)) {
        const std::size_t end = text.find_first_of("}\n", at);
        if (end == std::string::npos || text[end] != '}') continue;
        files.insert(configuration.directory / text.substr(at + kFileSecret.size(), end - at - kFileSecret.size()));
    }
    return files;
}

/// What is wrong with a file that only its owner may read; empty: nothing.
std::string tooOpen(const fs::path& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) return file.string() + " cannot be looked at";
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) return file.string() + " is open to other users";
    return {};
}

/// The nearest folder of a path that exists.
fs::path existing(fs::path path) {
    while (!path.empty() && !fs::exists(path) && path != path.parent_path()) path = path.parent_path();
    return path;
}

fs::path pathOf(const config::Configuration& configuration, std::string_view url, std::string_view scheme) {
    if (!url.starts_with(scheme)) return {};
    return (configuration.directory / url.substr(scheme.size())).lexically_normal();
}

std::string inGigabytes(std::uint64_t bytes) {
    const std::uint64_t tenths = bytes * 10 >> 30U;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " GB";
}

void checkRoom(const std::string& name, const fs::path& folder, Findings& findings) {
    struct statvfs room {};
    if (::statvfs(folder.c_str(), &room) != 0) {
        findings.fail(name, "cannot look at " + folder.string(), "make the folder readable for this user");
        return;
    }
    const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
    const std::uint64_t size = std::uint64_t{room.f_blocks} * room.f_frsize;
    const std::string text = inGigabytes(free) + " free of " + inGigabytes(size) + " at " + folder.string();
    if (size > 0 && free < size / 100)
        findings.fail(name, text, "free room now: a full disk refuses every petition");
    else if (free < kLittleRoom || free < size / 20)
        findings.warn(name, text, "free room, or give the store a larger disk");
    else
        findings.ok(name, text);
    // Some file systems make inodes as they need them and count none.
    if (room.f_files > 0 && room.f_favail < room.f_files / 50)
        findings.warn(name + ".inodes", std::to_string(room.f_favail) + " of " + std::to_string(room.f_files) + " left",
                      "delete small files that nobody needs, or make the file system anew with more inodes");
}

void checkDurable(const std::string& name, const fs::path& folder, Findings& findings) {
    struct statfs system {};
    if (::statfs(folder.c_str(), &system) == 0 && static_cast<long>(system.f_type) == kMemoryFileSystem)
        findings.warn(name, folder.string() + " lies in memory: a power cut takes everything",
                      "put it on a disk: store.url and store.blobs");
}

}  // namespace

void checkSecrets(const config::Configuration& configuration, Findings& findings) {
    const std::set<fs::path> files = secretFiles(configuration);
    bool well = true;
    for (const fs::path& file : files) {
        const std::string problem = tooOpen(file);
        if (problem.empty()) continue;
        well = false;
        findings.warn("secrets", problem, "chmod 600 " + file.string());
    }
    if (well) findings.ok("secrets", std::to_string(files.size()) + " files, readable by their owner alone");
}

void checkHubKey(const config::Configuration& configuration, Findings& findings) {
    const Result<security::HubKey> key = security::HubKey::load(configuration.hub_key);
    if (!key) {
        findings.fail("hub_key", key.error().message,
                      fs::exists(configuration.hub_key)
                          ? "chmod 600 " + configuration.hub_key.string()
                          : "bring back the key from where it was kept; for a new hub: paknhub init");
        return;
    }
    findings.ok("hub_key",
                configuration.hub_key.string() + "; keep a copy apart from the database, nothing opens without it");
}

void checkDisk(const config::Configuration& configuration, Findings& findings) {
    const fs::path database = pathOf(configuration, configuration.store_url, "sqlite:");
    if (!database.empty()) {
        const fs::path folder = existing(database.parent_path());
        checkRoom("disk.store", folder, findings);
        checkDurable("disk.store.durable", folder, findings);
    }
    const fs::path blobs = pathOf(configuration, configuration.blobs_url, "directory:");
    if (blobs.empty()) return;
    const fs::path folder = existing(blobs);
    checkRoom("disk.blobs", folder, findings);
    checkDurable("disk.blobs.durable", folder, findings);
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        findings.fail("blobs", folder.string() + " cannot be written", "chown it to the hub's user");
    else
        findings.ok("blobs", folder.string() + " can be written");
}

namespace {

/// A clock that stands before what was written by it earlier was set wrong then or is wrong now.
void checkClock(const fs::path& file, Findings& findings) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) return;
    const Instant changed{std::chrono::seconds{found.st_mtim.tv_sec}};
    if (changed > systemNow() + std::chrono::minutes{1})
        findings.fail("clock", "the store was written in the future of this machine's clock",
                      "set the clock (timedatectl set-ntp true): deadlines depend on it");
    else
        findings.ok("clock", domain::formatInstant(systemNow()) + ", not before the store's last change");
}

}  // namespace

bool checkStoreAsFound(const config::Configuration& configuration, Findings& findings) {
    const bool in_file = configuration.store_url.starts_with("sqlite:");
    const Result<store::StoreFacts> facts =
        store::inspectStore(configuration.store_url, configuration.store_password, configuration.directory);
    if (!facts) {
        findings.fail("store", facts.error().message,
                      in_file ? "make the file readable for this user"
                              : "do as the text says; see docs/operations/postgresql.md");
        return false;
    }
    if (!facts->exists) {
        findings.warn("store", "there is none yet", "start the hub, or: paknhub init");
        return false;
    }
    if (in_file && !facts->wal)
        findings.fail("store.wal", "the file is not in WAL mode", "open it once with paknhub migrate up");
    if (facts->schema > facts->known_schema) {
        findings.fail(
            "store.schema",
            "schema " + std::to_string(facts->schema) + ", this program knows " + std::to_string(facts->known_schema),
            "start the newer program");
        return false;
    }
    if (facts->schema < facts->known_schema) {
        findings.warn("store.schema",
                      "schema " + std::to_string(facts->schema) + " of " + std::to_string(facts->known_schema),
                      "paknhub migrate up, or start the hub");
        return false;
    }
    findings.ok("store.schema", "version " + std::to_string(facts->schema));
    if (!in_file) return true;
    findings.ok("store.holder", facts->holder.empty() ? "no hub holds it" : "held by " + facts->holder);
    checkClock(facts->file, findings);
    return true;
}

/// Deadlines follow the database's clock; certificates and the log's instants follow this machine's.
void checkCommonClock(store::Store& store, Findings& findings) {
    const Result<Instant> told = store.clock();
    if (!told) return;  // The next check says why.
    const auto apart = std::chrono::duration_cast<std::chrono::seconds>(*told - systemNow());
    const std::string text = "the database's clock says " + domain::formatInstant(*told) + ", " +
                             std::to_string(apart.count()) + " s after this machine's";
    if (std::chrono::abs(apart) > std::chrono::minutes{1})
        findings.warn("clock", text, "set both clocks (timedatectl set-ntp true): deadlines follow the database's");
    else
        findings.ok("clock", text);
}

void checkStore(store::Store& store, Findings& findings) {
    using Steady = std::chrono::steady_clock;  // A length of time, not a time.
    const Steady::time_point began = Steady::now();
    const Status writable = store.checkWritable();
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began);
    if (!writable) {
        findings.fail("store", writable.error().message,
                      "free or mend the disk; see STORE_UNAVAILABLE in docs/messages.md");
        return;
    }
    const auto tenths = took.count() / 100;
    const std::string text =
        "takes durable writes, " + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " ms";
    if (took > std::chrono::milliseconds{200})
        findings.warn("store", text, "the disk is slow or busy: find out what else writes to it");
    else
        findings.ok("store", text);
}

}  // namespace pakn::app
