#include "cdr_folder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <new>
#include <pakn/sdk/files.hpp>
#include <pakn/sdk/text.hpp>
#include <stdexcept>
#include <system_error>

#include "text.hpp"

namespace pakn::hotline {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kLongestPoll{4};
constexpr std::size_t kMostRaw = 64U << 10U;  ///< Bytes of a refused row that are kept.

/// Ends the reading of a file that is gone on with later.
constexpr std::string_view kLater = "later";
Error later() { return {.code = Errc::kUnavailable, .message = {}, .problem = std::string{kLater}}; }

std::optional<std::string> versionOf(const fs::path& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    return std::to_string(facts.st_ino) + ' ' + std::to_string(facts.st_size) + ' ' +
           std::to_string(facts.st_mtim.tv_sec) + '.' + std::to_string(facts.st_mtim.tv_nsec);
}

}  // namespace

CdrFolder::CdrFolder(CdrSettings settings, HostServices& services)
    : settings_{std::move(settings)}, services_{services} {
    check(settings_);
    for (const char* name : {"done", "rejected"}) fs::create_directory(settings_.directory / name);
}

void CdrFolder::check(const CdrSettings& settings) {
    if (settings.encoding != "utf-8" && settings.encoding != "windows-1258")
        throw std::invalid_argument{"cdr_encoding is utf-8 or windows-1258"};
}

Status CdrFolder::poll(Inbox& inbox, const std::stop_token& stop) {
    until_ = Steady::now() + kLongestPoll;
    std::map<std::string, std::string> now;
    Status outcome = Done{};
    try {
        for (const Entry& entry : waiting()) {
            const std::string name = entry.path.filename().string();
            now.emplace(name, entry.version);
            const auto before = seen_.find(name);
            const bool complete = settings_.renamed || (before != seen_.end() && before->second == entry.version);
            if (!complete || stop.stop_requested() || Steady::now() >= until_) continue;
            if (!outcome && outcome.error().code == Errc::kUnavailable) continue;  // The hub is not well: all wait.
            if (Status taken = take(entry, inbox, stop); !taken) outcome = std::move(taken);
        }
    } catch (const fs::filesystem_error& failure) {
        return Error{.code = Errc::kInternal,
                     .message = "the folder of CDR files: " + failure.code().message(),
                     .problem = "hotline.folder"};
    }
    seen_ = std::move(now);
    return !outcome && outcome.error().problem == kLater ? Status{Done{}} : outcome;
}

std::vector<CdrFolder::Entry> CdrFolder::waiting() const {
    std::vector<Entry> entries;
    for (const fs::directory_entry& one : fs::directory_iterator{settings_.directory}) {
        const fs::path& path = one.path();
        if (path.filename().native().front() == '.' || lowered(path.extension().string()) != ".csv") continue;
        if (std::optional<std::string> version = versionOf(path)) entries.push_back({path, *std::move(version)});
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
    return entries;
}

Status CdrFolder::take(const Entry& entry, Inbox& inbox, const std::stop_token& stop) {
    const std::string look = shortHash(entry.version);
    const std::string item = "cdr " + entry.path.filename().string() + ' ' + look;
    if (const Status may = inbox.working(item); !may) {
        if (may.error().code != Errc::kRejected) return may;
        // It killed this process twice: not a byte of it is read again.
        const Result<Accepted> kept = inbox.refuse({.external_id = item, .problem = may.error()});
        return kept ? reject(entry, look, may.error()) : Status{kept.error()};
    }
    const Result<WholeFile> file = readWholeFile(entry.path, settings_.max_file);
    if (!file) {
        const Errc code = file.error().code;
        if (code == Errc::kNotFound || code == Errc::kStale) return Done{};  // Not for us, or not yet.
        if (code == Errc::kTooLarge) return reject(entry, look, file.error());
        return Error{
            .code = Errc::kInternal, .message = "a CDR file: " + file.error().message, .problem = "hotline.folder"};
    }
    const std::string mark = shortHash(file->bytes);
    const int done_before = rows_done_[entry.version];
    int rows = 0;
    Tally tally;
    const Status read =
        readCdr(file->bytes, settings_.encoding, settings_.short_call, [&](const CdrRow& row) -> Status {
            if (++rows <= done_before) return Done{};
            if (stop.stop_requested() || Steady::now() >= until_) return later();
            if (Status taken = takeRow(row, mark, inbox, tally); !taken) return taken;
            rows_done_[entry.version] = rows;
            return Done{};
        });
    services_.count("cdr_calls", tally.calls);
    services_.count("cdr_rows_refused", tally.refused);
    if (!read && read.error().code != Errc::kInvalid) return read;
    rows_done_.erase(entry.version);
    if (!read) return reject(entry, mark, read.error());
    services_.log(LogLevel::kInfo, "CDR file " + mark + ": " + std::to_string(rows) + " rows, " +
                                       std::to_string(tally.refused) + " of the last part refused");
    return move(entry, "done", mark);
}

/// kUnavailable: the hub is not well, or has enough for now.
Status CdrFolder::takeRow(const CdrRow& row, const std::string& mark, Inbox& inbox, Tally& tally) {
    Error problem;
    if (row.call) {
        const Result<CallState> known = inbox.call(*row.call);
        if (known) {
            ++tally.calls;
            return Done{};
        }
        problem = known.error();
        if (problem.problem == "connector.busy") return later();
        // An error of the hub itself is none of the file.
        if (problem.code != Errc::kInvalid && problem.code != Errc::kTooLarge)
            return Error{.code = Errc::kUnavailable, .message = problem.message, .problem = problem.problem};
        problem.message = "row " + std::to_string(row.number) + ": " + problem.message;
    } else {
        problem = row.call.error();
    }
    const Result<Accepted> kept = inbox.refuse({.external_id = "cdr " + mark + " row " + std::to_string(row.number),
                                                .raw = row.raw.substr(0, kMostRaw),
                                                .problem = problem});
    if (!kept && kept.error().problem == "connector.busy") return later();
    if (!kept) return Error{.code = Errc::kUnavailable, .message = kept.error().message, .problem = {}};
    ++tally.refused;
    return Done{};
}

Status CdrFolder::reject(const Entry& entry, const std::string& mark, const Error& why) {
    services_.log(LogLevel::kError, "CDR file " + mark + " goes to rejected/: " + why.problem + ' ' + why.message);
    services_.count("cdr_files_rejected", 1);
    return move(entry, "rejected", mark);
}

/// Under a name that says which file it was; the same file again takes its own place.
Status CdrFolder::move(const Entry& entry, const char* folder, const std::string& mark) {
    // Another one may have come under the same name meanwhile, or this one was written on: that stays.
    if (versionOf(entry.path) != entry.version) return Done{};
    constexpr std::size_t kMostStem = 200;
    const std::string stem = entry.path.stem().string().substr(0, kMostStem);
    std::error_code problem;
    fs::rename(entry.path, settings_.directory / folder / (stem + '-' + mark + ".csv"), problem);
    if (!problem) return Done{};
    return Error{.code = Errc::kInternal,
                 .message = "a CDR file cannot be moved to " + std::string{folder} + "/: " + problem.message(),
                 .problem = "hotline.folder"};
}

}  // namespace pakn::hotline
