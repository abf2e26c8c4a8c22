/// @file
/// Files of a draft: fetched at once, because their links expire, and kept until the petition has them.

#include <algorithm>

#include "json.hpp"
#include "session.hpp"
#include "shelf.hpp"

namespace pakn::in_zalo {
namespace {

constexpr std::chrono::seconds kFetchPause{10};
constexpr std::size_t kMostPauses = 10000;

std::string fileName(const Item& item, std::size_t number) { return item.key + '-' + std::to_string(number); }
std::string fileMark(const Item& item, std::size_t number) { return "file/" + fileName(item, number); }
/// The hub itself did not want it.
std::string unfitMark(const Item& item, std::size_t number) { return "unfit/" + fileName(item, number); }

/// What a mark of a file says.
struct Note {
    std::string lost = {};
    std::size_t size = 0;
    std::string type = {};
    std::string name = {};
};

std::string written(const Note& note) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartObject();
    write(writer, "lost", note.lost);
    writer.Key("size");
    writer.Uint64(note.size);
    write(writer, "type", note.type);
    write(writer, "name", note.name);
    writer.EndObject();
    return textIn(buffer);
}

Note readNote(const Mark& mark) {
    const Result<JsonDocument> json = parseJson(mark.data);
    if (!json) return {.lost = phrases::whyExpired()};
    return {.lost = std::string{textOf(*json, "lost")},
            .size = static_cast<std::size_t>(std::max<std::int64_t>(0, integerOf(*json, "size", 0))),
            .type = std::string{textOf(*json, "type")},
            .name = std::string{textOf(*json, "name")}};
}

}  // namespace

Result<bool> Session::fetchFiles() {
    bool settled = true;
    for (const Item& item : talk_.items) {
        for (std::size_t number = 0; number < item.event.files.size(); ++number) {
            if (talk_.mark(fileMark(item, number)) != nullptr) continue;
            if (stop_.stop_requested()) return false;
            const Result<bool> done = fetchFile(item, number);
            if (!done) return done.error();
            settled = settled && *done;
        }
    }
    return settled;
}

/// False: it may come later.
Result<bool> Session::fetchFile(const Item& item, std::size_t number) {
    const SentFile& file = item.event.files[number];
    const std::string place = fileConversation(talk_.conversation, fileName(item, number));
    if (const auto pause = desk_.fetch_again_.find(place); pause != desk_.fetch_again_.end() && now_ < pause->second)
        return false;
    const Result<std::string> bytes = desk_.fetcher_.fetch(file.url);
    Note note{.name = file.name};
    if (bytes) {
        note.size = bytes->size();
        note.type = sniffed(*bytes);
        const std::vector<std::string>& accepted = desk_.rules_.accepted_types;
        if (std::find(accepted.begin(), accepted.end(), note.type) == accepted.end()) note.lost = phrases::whyType();
        if (note.name.empty()) note.name = nameFor(file.type, note.type, number + 1);
    } else if (bytes.error().code == Errc::kUnavailable && now_ < item.heard + desk_.rules_.fetch_for) {
        if (desk_.fetch_again_.size() >= kMostPauses) desk_.fetch_again_.clear();
        desk_.fetch_again_.insert_or_assign(place, now_ + kFetchPause);
        return false;
    } else {
        note.lost = bytes.error().code == Errc::kForbidden ? phrases::whyNotAllowed() : phrases::whyExpired();
    }
    desk_.fetch_again_.erase(place);
    if (note.lost.empty())
        if (const Status kept = shelve(place, *bytes, inbox_); !kept) return kept.error();
    if (!note.lost.empty()) {
        desk_.services_.count("files_lost", 1);
        desk_.services_.log(LogLevel::kWarning, "a file of a message is lost: " +
                                                    (bytes ? "its type is not accepted" : bytes.error().message));
        if (const Status told = sayOnce("lost", item, phrases::fileLost(note.lost)); !told) return told.error();
    }
    if (const Status marked = setMark(fileMark(item, number), written(note)); !marked) return marked.error();
    if (note.lost.empty()) desk_.services_.count("files_fetched", 1);
    return true;
}

/// What is not here when a draft is closed will not be part of it: fixed, so that the petition is always the same.
Status Session::settleFiles(std::int64_t until) {
    for (const Item* item : talk_.upTo(until))
        for (std::size_t number = 0; number < item->event.files.size(); ++number) {
            if (talk_.mark(fileMark(*item, number)) != nullptr) continue;
            desk_.services_.count("files_lost", 1);
            if (Status marked = setMark(fileMark(*item, number), written(Note{.lost = phrases::whyExpired()})); !marked)
                return marked;
        }
    return Done{};
}

Result<DraftFile> Session::fileOf(const Item& item, std::size_t number) {
    DraftFile file{.kind = item.event.files[number].type};
    const Mark* const mark = talk_.mark(fileMark(item, number));
    const Note note = mark != nullptr ? readNote(*mark) : Note{.lost = phrases::whyExpired()};
    file.name = note.name;
    file.content_type = note.type;
    file.lost = talk_.mark(unfitMark(item, number)) != nullptr ? phrases::whyRefused() : note.lost;
    if (!file.lost.empty()) return file;
    Result<std::string> bytes =
        unshelve(fileConversation(talk_.conversation, fileName(item, number)), note.size, inbox_);
    if (bytes)
        file.bytes = std::move(*bytes);
    else if (bytes.error().code == Errc::kNotFound)
        file.lost = phrases::whyExpired();
    else
        return bytes.error();
    return file;
}

Result<std::vector<DraftItem>> Session::itemsWithFiles(std::int64_t until) {
    std::vector<DraftItem> items;
    for (const Item* item : talk_.upTo(until)) {
        DraftItem one{.item = item, .files = {}};
        for (std::size_t number = 0; number < item->event.files.size(); ++number) {
            Result<DraftFile> file = fileOf(*item, number);
            if (!file) return file.error();
            one.files.push_back(std::move(*file));
        }
        items.push_back(std::move(one));
    }
    return items;
}

/// `field`: "/attachments/3", as the hub counts what it was given.
Status Session::markUnfit(const std::vector<DraftItem>& items, const std::string& field) {
    std::size_t index = 0;
    for (const DraftItem& one : items) {
        if (!one.item->hasContent()) continue;
        for (std::size_t number = 0; number < one.files.size(); ++number) {
            if (!one.files[number].lost.empty()) continue;
            if (field != "/attachments/" + std::to_string(index++)) continue;
            desk_.services_.count("files_lost", 1);
            return setMark(unfitMark(*one.item, number));
        }
    }
    return Error{.code = Errc::kNotFound, .message = "no such file", .problem = "zalo.file_lost"};
}

Status Session::clearFiles(std::int64_t until) {
    for (const Item* item : talk_.upTo(until))
        for (std::size_t number = 0; number < item->event.files.size(); ++number)
            if (Status cleared = clearShelf(fileConversation(talk_.conversation, fileName(*item, number)), inbox_);
                !cleared)
                return cleared;
    return Done{};
}

}  // namespace pakn::in_zalo
