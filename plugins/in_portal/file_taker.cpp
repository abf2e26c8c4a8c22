#include <exception>
#include <new>

#include "pakn/sdk/text.hpp"
#include "shelf.hpp"

namespace pakn::in_portal {
namespace {

/// "a.csv" and what is in it: "a-0123456789abcdef.csv". The same file again has the same name. Of a file that was not
/// read, `bytes` is what else tells it from others.
std::string targetName(const std::string& name, const std::string& bytes) {
    const auto dot = name.rfind('.');
    return name.substr(0, dot) + '-' + shortHash(bytes) + (dot == std::string::npos ? "" : name.substr(dot));
}

/// The same for the same file, whatever process looks at it.
std::string itemOf(const Shelf& shelf, const Shelf::Entry& entry) {
    return std::string{shelf.kind()} + ' ' + entry.name + ' ' +
           shortHash(entry.version + ' ' + std::to_string(entry.size));
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
} catch (const std::exception& thrown) {
    return Error{.code = Errc::kInternal, .message = thrown.what(), .problem = "portal.threw"};
}

Status FileTaker::take(const Shelf::Entry& entry, Inbox& inbox, const std::stop_token& stop) {
    const std::string item = itemOf(*shelf_, entry);
    const Result<std::optional<Accepted>> refused = intake_.takeInHand(item, {}, entry.name, inbox);
    if (!refused) return refused.error();
    if (*refused) {  // Not a byte of it is read again.
        const Status ours = shelf_->claim(entry);
        if (!ours) return ours.error().code == Errc::kStale ? Status{Done{}} : ours;
        return setAside(entry, (*refused)->problem.value_or(Error{}));
    }
    const Result<std::string> bytes = shelf_->read(entry);
    if (!bytes && bytes.error().code == Errc::kStale) return Done{};  // Not complete yet, or gone: the next look tells.
    if (!bytes && bytes.error().code == Errc::kTooLarge) return setAside(entry, bytes.error());
    if (!bytes) return bytes.error();
    static_cast<void>(services_.now());  // A sign of life, before a large file is read out.
    const std::string target = targetName(entry.name, *bytes);
    const Result<Table> table = readTable(*bytes, entry.name, shape_, mapping_);
    if (!table) return putAside(entry, target, table.error());

    Tally tally;
    Status outcome = Done{};
    for (const TableRow& row : table->rows) {
        if (stop.stop_requested()) return Done{};
        const std::string where = entry.name + ", row " + std::to_string(row.number);
        const Result<Accepted> accepted = takeRow(row, item, where, inbox);
        if (accepted)
            tally.add(*accepted);
        else if (accepted.error().code == Errc::kUnavailable)
            return accepted.error();  // The hub is not well: all wait.
        else
            outcome = accepted.error();  // It stumbled over this one: the others go on, the file stays.
    }
    if (!outcome) return outcome;
    services_.log(LogLevel::kInfo, entry.name + ": " + tally.text());
    services_.count("files_done", 1);
    return shelf_->put(entry, Shelf::Fate::kDone, target);
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
Status FileTaker::setAside(const Shelf::Entry& entry, const Error& why) {
    return putAside(entry, targetName(entry.name, itemOf(*shelf_, entry)), why);
}

Status FileTaker::putAside(const Shelf::Entry& entry, const std::string& target, const Error& why) {
    services_.log(LogLevel::kError,
                  entry.name + " moved to rejected/" + target + ": " + why.problem + ' ' + why.message);
    services_.count("files_rejected", 1);
    return shelf_->put(entry, Shelf::Fate::kRejected, target);
}

}  // namespace pakn::in_portal
