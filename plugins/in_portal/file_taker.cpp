#include "pakn/sdk/text.hpp"
#include "shelf.hpp"

namespace pakn::in_portal {
namespace {

/// "a.csv" and what is in it: "a-0123456789abcdef.csv". The same file again has the same name.
std::string targetName(const std::string& name, const std::string& bytes) {
    const auto dot = name.rfind('.');
    return name.substr(0, dot) + '-' + shortHash(bytes) + (dot == std::string::npos ? "" : name.substr(dot));
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
        if (Status taken = take(entry, inbox, stop); !taken) {
            outcome = taken;
            hub_is_well = taken.error().code != Errc::kUnavailable;
        }
    }
    seen_ = std::move(now);
    return outcome;
}

Status FileTaker::take(const Shelf::Entry& entry, Inbox& inbox, const std::stop_token& stop) {
    const Result<std::string> bytes = shelf_->read(entry);
    if (!bytes && bytes.error().code == Errc::kStale) return Done{};  // Not complete yet, or gone: the next look tells.
    if (!bytes && bytes.error().code == Errc::kTooLarge) return putAside(entry, entry.name, bytes.error());
    if (!bytes) return bytes.error();
    const std::string target = targetName(entry.name, *bytes);
    const Result<Table> table = readTable(*bytes, entry.name, shape_, mapping_);
    if (!table) return putAside(entry, target, table.error());

    Tally tally;
    Status outcome = Done{};
    for (const TableRow& row : table->rows) {
        if (stop.stop_requested()) return Done{};
        const std::string where = entry.name + ", row " + std::to_string(row.number);
        const Result<Accepted> accepted = row.item != nullptr ? intake_.take(*row.item, where, inbox)
                                                              : intake_.refuse({}, row.raw, *row.problem, where, inbox);
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

Status FileTaker::putAside(const Shelf::Entry& entry, const std::string& target, const Error& why) {
    services_.log(LogLevel::kError,
                  entry.name + " moved to rejected/" + target + ": " + why.problem + ' ' + why.message);
    services_.count("files_rejected", 1);
    return shelf_->put(entry, Shelf::Fate::kRejected, target);
}

}  // namespace pakn::in_portal
