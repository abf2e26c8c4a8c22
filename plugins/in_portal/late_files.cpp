#include "late_files.hpp"

#include <algorithm>

#include "digest.hpp"
#include "json.hpp"

namespace pakn::in_portal {
namespace {

/// Long enough for the petition itself to be stored.
constexpr std::chrono::minutes kFirstPause{1};
constexpr std::chrono::milliseconds kLongestPause = std::chrono::hours{1};
constexpr int kMostAtOnce = 1000;
constexpr int kMostTries = 50;  ///< In one poll: what the portal has that is new matters, too.
constexpr std::string_view kPrefix = "file-";

/// The same file of the same item has the same name here.
std::string conversationOf(const std::string& external_id, const WantedFile& file) {
    return std::string{kPrefix} + webhooks::toHex(webhooks::sha256(external_id + '\n' + file.url)).substr(0, 40);
}

std::string written(const std::string& external_id, const WantedFile& file) {
    JsonBuffer buffer;
    JsonWriter json{buffer};
    json.StartArray();
    for (const std::string* part : {&external_id, &file.url, &file.name, &file.content_type})
        json.String(part->data(), static_cast<rapidjson::SizeType>(part->size()));
    json.EndArray();
    return {buffer.GetString(), buffer.GetSize()};
}

/// The external id and the file; nothing when it is none of ours.
std::optional<std::pair<std::string, WantedFile>> readBack(const std::string& data) {
    const Result<JsonDocument> document = parseJson(data);
    if (!document || !document->IsArray() || document->Size() != 4) return std::nullopt;
    std::vector<std::string> parts;
    for (const Json& part : document->GetArray()) parts.push_back(textOf(part).value_or(""));
    return std::pair{parts[0], WantedFile{.url = parts[1], .name = parts[2], .content_type = parts[3]}};
}

}  // namespace

std::string fileNameOf(const WantedFile& file) {
    if (!file.name.empty() || file.url.empty()) return file.name;
    const std::string path = file.url.substr(0, file.url.find_first_of("?#"));
    return path.substr(path.rfind('/') + 1);
}

Result<LateFiles::Promise> LateFiles::promise(const std::string& external_id, const std::vector<WantedFile>& files,
                                              Inbox& inbox) {
    Promise made;
    for (const WantedFile& file : files) {
        const std::string conversation = conversationOf(external_id, file);
        const Result<std::vector<KeptEvent>> before = inbox.kept(conversation);
        if (!before) return before.error();
        if (!before->empty()) continue;
        const Result<std::vector<KeptEvent>> kept =
            inbox.keep({.conversation = conversation, .id = "late", .data = written(external_id, file)});
        if (!kept) return kept.error();
        made.emplace_back(conversation, kept->back().sequence);
    }
    return made;
}

Status LateFiles::takeBack(const Promise& promise, Inbox& inbox) {
    for (const auto& [conversation, sequence] : promise)
        if (Status dropped = inbox.drop(conversation, sequence); !dropped) return dropped;
    return Done{};
}

Status LateFiles::poll(Inbox& inbox, const std::stop_token& stop) {
    const Instant now = services_.now();
    const Result<std::vector<std::string>> names = inbox.quiet(now - kFirstPause, kMostAtOnce);
    if (!names) return names.error();
    std::map<std::string, Wait> waits;
    int tries = 0;
    for (const std::string& name : *names) {
        if (name.compare(0, kPrefix.size(), kPrefix) != 0) continue;
        const auto known = waits_.find(name);
        Wait wait = known != waits_.end() ? known->second : Wait{};
        if (now >= wait.until && tries < kMostTries && !stop.stop_requested()) {
            ++tries;
            Status asked = ask(name, inbox);
            if (!asked && asked.error().problem != "portal.file_unreachable") return asked;
            if (asked) continue;
            wait.pause = std::clamp<std::chrono::milliseconds>(2 * wait.pause, kFirstPause, kLongestPause);
            wait.until = now + wait.pause;
        }
        waits.emplace(name, wait);
    }
    waits_ = std::move(waits);
    return Done{};
}

/// "portal.file_unreachable": later again.
Status LateFiles::ask(const std::string& conversation, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> kept = inbox.kept(conversation);
    if (!kept) return kept.error();
    if (kept->empty()) return Done{};
    const auto wanted = readBack(kept->front().data);
    if (!wanted) return inbox.drop(conversation, kept->back().sequence);
    const auto& [external_id, file] = *wanted;
    Result<std::string> bytes = fetcher_.fetch(file.url);
    if (!bytes && bytes.error().code == Errc::kUnavailable && services_.now() - kept->front().at < retry_for_)
        return Error{.code = Errc::kUnavailable, .message = "not there yet", .problem = "portal.file_unreachable"};
    Status told = Done{};
    if (bytes) {
        services_.count("files_late", 1);
        told = deliver(conversation, external_id, "Tệp đính kèm của phản ánh, lúc tiếp nhận chưa tải được, nay đã có.",
                       {{.name = fileNameOf(file), .content_type = file.content_type, .content = *std::move(bytes)}},
                       inbox);
    } else {
        services_.count("files_lost", 1);
        services_.log(LogLevel::kWarning, "a file of an item is given up: " + bytes.error().message);
        told = deliver(conversation, external_id,
                       "Không tải được một tệp đính kèm của phản ánh; hãy xem tệp này tại cổng.", {}, inbox);
    }
    if (!told) return told;
    return inbox.drop(conversation, kept->back().sequence);
}

/// Its petition may not be there after all (the item was refused): that is in the hub's refused list then.
Status LateFiles::deliver(const std::string& conversation, const std::string& external_id, std::string text,
                          std::vector<Attachment> files, Inbox& inbox) {
    const Result<Accepted> told = inbox.update({.kind = Update::Kind::kNote,
                                                .id = conversation,
                                                .external_id = external_id,
                                                .text = std::move(text),
                                                .attachments = std::move(files)});
    if (!told) return told.error();
    return Done{};
}

}  // namespace pakn::in_portal
