#include <algorithm>
#include <exception>
#include <new>
#include <system_error>

#include "pakn/sdk/text.hpp"
#include "shelf.hpp"

namespace pakn::in_portal {
namespace {

/// "a.csv" becomes "a-0123456789abcdef.csv"; what would be longer than a name may be loses the end of its stem.
std::string targetName(const std::string& name, const std::string& mark) {
    constexpr std::size_t kMostName = 255;  // Bytes: NAME_MAX of every file system in use.
    const auto dot = name.rfind('.');
    const std::string end = '-' + mark + (dot == std::string::npos ? "" : name.substr(dot));
    std::size_t stem = std::min(dot, name.size());
    if (end.size() < kMostName) stem = std::min(stem, kMostName - end.size());
    while (stem > 0 && stem < name.size() && (static_cast<unsigned char>(name[stem]) & 0xC0U) == 0x80U) --stem;
    return name.substr(0, stem) + end;
}

std::string_view folderOf(Shelf::Fate fate) { return fate == Shelf::Fate::kDone ? "done" : "rejected"; }

/// Of a file that is not read, so that what is in it cannot tell it from others.
std::string markOf(const Shelf::Entry& entry) { return shortHash(entry.version + ' ' + std::to_string(entry.size)); }

/// The same for the same file, whatever process looks at it.
std::string itemOf(const Shelf& shelf, const Shelf::Entry& entry) {
    return std::string{shelf.kind()} + ' ' + entry.name + ' ' + markOf(entry);
}

Error threw(const Shelf::Entry& entry, const std::string& what) {
    return {.code = Errc::kInternal, .message = "file " + markOf(entry) + ": " + what, .problem = "portal.threw"};
}

}  // namespace

Status FileTaker::poll(Inbox& inbox, const std::stop_token& stop) {
    const Result<std::vector<Shelf::Entry>> files = shelf_->list();
    if (!files) return files.error();
    std::map<std::string, std::string> now;
    Status outcome = Done{};
    bool hub_is_well = true;
    for (const Shelf::Entry& entry : *files) {
        const std::string version = entry.version + ' ' + std::to_string(entry.size) + (entry.held ? " held" : "");
        now.emplace(entry.name, version);
        const auto before = seen_.find(entry.name);
        const bool complete = renamed_ || (before != seen_.end() && before->second == version);
        if (!complete || !hub_is_well || stop.stop_requested()) continue;
        if (Status taken = tryToTake(entry, inbox, stop); !taken) {
            outcome = taken;
            hub_is_well = taken.error().code != Errc::kUnavailable;
        }
    }
    seen_ = std::move(now);
    return outcome;
}

/// Whatever one file does to a library, those behind it are taken.
Status FileTaker::tryToTake(const Shelf::Entry& entry, Inbox& inbox, const std::stop_token& stop) try {
    return take(entry, inbox, stop);
} catch (const std::bad_alloc&) {
    return setAside(entry, outOfMemory());
} catch (const std::system_error& thrown) {  // Not what(): the file may be called after a person.
    return threw(entry, thrown.code().message());
} catch (const std::exception&) {
    return threw(entry, "a library threw");
}

Status FileTaker::take(const Shelf::Entry& entry, Inbox& inbox, const std::stop_token& stop) {
    const std::string item = itemOf(*shelf_, entry);
    const Result<std::optional<Accepted>> refused = intake_.takeInHand(item, {}, "file " + markOf(entry), inbox);
    if (!refused) return refused.error();
    if (*refused) {  // Not a byte of it is read again.
        const Status ours = shelf_->claim(entry);
        if (!ours) return ours.error().code == Errc::kStale ? Status{Done{}} : ours;
        return setAside(entry, (*refused)->problem.value_or(Error{}));
    }
    const Result<std::string> bytes = shelf_->read(entry);
    if (!bytes && bytes.error().code == Errc::kStale) return Done{};  // Not complete yet, or gone: the next look tells.
    if (!bytes && bytes.error().code == Errc::kTooLarge) {
        Error error = bytes.error();
        error.problem = "portal.file_too_large";
        return setAside(entry, error);
    }
    if (!bytes) return bytes.error();
    static_cast<void>(services_.now());  // A sign of life, before a large file is read out.
    // The file may be called after a person: words about it name what its own name will end in, in done/ or rejected/.
    const std::string mark = shortHash(*bytes);
    const Result<Table> table = readTable(*bytes, entry.name, shape_, mapping_);
    if (!table) return putAside(entry, mark, table.error());

    Tally tally;
    Status outcome = Done{};
    for (const TableRow& row : table->rows) {
        if (stop.stop_requested()) return Done{};
        const std::string where = "file " + mark + ", row " + std::to_string(row.number);
        const Result<Accepted> accepted = takeRow(row, item, where, inbox);
        if (accepted)
            tally.add(*accepted);
        else if (accepted.error().code == Errc::kUnavailable)
            return accepted.error();  // The hub is not well: all wait.
        else
            outcome = accepted.error();  // It stumbled over this one: the others go on, the file stays.
    }
    if (!outcome) return outcome;
    services_.log(LogLevel::kInfo, "file " + mark + ": " + tally.text());
    services_.count("files_done", 1);
    return move(entry, Shelf::Fate::kDone, mark);
}

/// A row that killed this process twice, or is too much for it, is refused alone; whoever wants to see it finds it in
/// the file.
Result<Accepted> FileTaker::takeRow(const TableRow& row, const std::string& item, const std::string& where,
                                    Inbox& inbox) {
    if (row.item == nullptr) return intake_.refuse({}, row.raw, *row.problem, where, inbox);
    Result<std::optional<Accepted>> refused =
        intake_.takeInHand(item + ", row " + std::to_string(row.number), {}, where, inbox);
    if (!refused) return std::move(refused).error();
    if (*refused) return **std::move(refused);
    Result<Accepted> accepted = intake_.take(*row.item, where, inbox);
    if (accepted || accepted.error().problem != outOfMemory().problem) return accepted;
    return intake_.refuse(externalIdOf(mapping_, *row.item), {}, accepted.error(), where, inbox);
}

/// What is in it is not known.
Status FileTaker::setAside(const Shelf::Entry& entry, const Error& why) { return putAside(entry, markOf(entry), why); }

Status FileTaker::putAside(const Shelf::Entry& entry, const std::string& mark, const Error& why) {
    services_.log(LogLevel::kError, "file " + mark + " goes to rejected/: " + why.problem + ' ' + why.message);
    services_.count("files_rejected", 1);
    return move(entry, Shelf::Fate::kRejected, mark);
}

Status FileTaker::move(const Shelf::Entry& entry, Shelf::Fate fate, const std::string& mark) {
    Status moved = shelf_->put(entry, fate, targetName(entry.name, mark));
    if (moved) return moved;
    Error error = std::move(moved).error();
    error.message = "file " + mark + " stays, it cannot go to " + std::string{folderOf(fate)} + "/: " + error.message;
    return error;
}

}  // namespace pakn::in_portal
