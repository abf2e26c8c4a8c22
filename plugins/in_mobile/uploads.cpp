#include "uploads.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bounded_json.hpp>
#include <charconv>
#include <digest.hpp>
#include <random>
#include <utility>

#include "accounts.hpp"
#include "pakn/sdk/text.hpp"
#include "problems.hpp"

namespace pakn::in_mobile {
namespace {

constexpr int kPartsTogether = 4;
constexpr std::size_t kOwnerDigits = 24;
constexpr std::size_t kUploadDigits = 32;
constexpr int kMostSwept = 1000;  ///< Conversations at a time.
constexpr std::string_view kSlots = "slot/";
constexpr std::string_view kParts = "part/";
constexpr std::string_view kOffer = "offer";  ///< Ids of events in a slot.
constexpr std::string_view kPart = "part/";
constexpr std::string_view kUsed = "used";

Error unknown() { return {.code = Errc::kNotFound, .message = "no such upload", .problem = "mobile.upload_unknown"}; }
Error conflict(std::string problem, std::string message) {
    return {.code = Errc::kConflict, .message = std::move(message), .problem = std::move(problem)};
}

/// Of an upload that no account vouches for: who knows it may go on with it.
std::string randomDigits(std::size_t digits) {
    std::random_device source;
    std::string text;
    while (text.size() < digits) text += "0123456789abcdef"[source() % 16];
    return text;
}

/// "a0123…-07-89ab…": owner, slot, upload.
struct Name {
    std::string_view owner = {};
    std::string_view slot = {};
    std::string_view digest = {};
};
std::optional<Name> nameIn(std::string_view id) {
    const auto isHex = [](std::string_view text) {
        return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    };
    if (id.size() != 1 + kOwnerDigits + 1 + 2 + 1 + kUploadDigits) return std::nullopt;
    const Name name{.owner = id.substr(0, 1 + kOwnerDigits),
                    .slot = id.substr(kOwnerDigits + 2, 2),
                    .digest = id.substr(kOwnerDigits + 5)};
    const bool marks = (id[0] == 'a' || id[0] == 'c') && id[kOwnerDigits + 1] == '-' && id[kOwnerDigits + 4] == '-';
    if (!marks || !isHex(name.owner.substr(1)) || !isHex(name.slot) || !isHex(name.digest)) return std::nullopt;
    return name;
}

/// A slot that can be taken, as it was looked at.
struct Slot {
    std::string number = {};
    std::int64_t last_event = 0;  ///< 0: nothing is there.
};

std::string slotName(std::string_view owner, std::string_view slot) {
    return std::string{kSlots}.append(owner).append("/").append(slot);
}
std::string slotOf(const Upload& upload) {
    const Name name = nameIn(upload.id).value_or(Name{});
    return slotName(name.owner, name.slot);
}
std::string partsOf(const Upload& upload, int part) {
    return std::string{kParts}.append(upload.id).append("/").append(std::to_string(part / kPartsTogether));
}
std::string partName(int part) {
    std::string digits = std::to_string(part);
    return std::string{kPart}.append(digits.size() < 4 ? 4 - digits.size() : 0, '0').append(digits);
}

std::string written(const Upload& upload) {
    bounded_json::JsonBuffer buffer;
    bounded_json::JsonWriter json{buffer};
    json.StartObject();
    bounded_json::write(json, "id", upload.id);
    bounded_json::write(json, "name", upload.offer.name);
    bounded_json::write(json, "type", upload.offer.content_type);
    bounded_json::write(json, "size", std::to_string(upload.offer.size));
    bounded_json::write(json, "sha256", upload.offer.sha256);
    json.EndObject();
    return bounded_json::textIn(buffer);
}

std::optional<Upload> readOffer(const KeptEvent& event) {
    const auto json = bounded_json::parseJson(event.data, {}, bounded_json::JsonNumbers::kAsNumbers);
    if (event.id != kOffer || !json) return std::nullopt;
    const auto text = [&](std::string_view name) { return std::string{bounded_json::textOf(*json, name)}; };
    return Upload{.id = text("id"),
                  .offer = {.name = text("name"),
                            .content_type = text("type"),
                            .size = bounded_json::integerOf(*json, "size", 0),
                            .sha256 = text("sha256")}};
}

Status dropAll(const std::string& conversation, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> events = inbox.kept(conversation);
    if (!events) return events.error();
    return events->empty() ? Status{Done{}} : inbox.drop(conversation, events->back().sequence);
}

}  // namespace

std::int64_t Upload::lengthOf(int part) const {
    if (part < 0 || part >= partCount()) return 0;
    return std::min(kPartSize, offer.size - part * kPartSize);
}

Owner Owner::ofAccount(std::string_view address) {
    return {.key = "a" + digestOf({"uploads", address}).substr(0, kOwnerDigits), .account = true};
}

Owner Owner::ofClient(std::string_view client) {
    std::array<unsigned char, 16> bytes{};
    std::string network{client};
    if (::inet_pton(AF_INET6, network.c_str(), bytes.data()) == 1)
        network.assign(reinterpret_cast<const char*>(bytes.data()), 8);
    return {.key = "c" + digestOf({"uploads", network}).substr(0, kOwnerDigits), .account = false};
}

Result<Upload> Uploads::begin(const Owner& owner, const Offer& offer, std::string_view key, Inbox& inbox) {
    const std::string digest =
        owner.account
            ? digestOf({owner.key, offer.name, offer.content_type, std::to_string(offer.size), offer.sha256, key})
                  .substr(0, kUploadDigits)
            : randomDigits(kUploadDigits);
    std::vector<Slot> free;
    std::vector<Slot> used;
    for (int number = 0; number < rules_.open_uploads; ++number) {
        const std::string slot = std::string(number < 10 ? 1 : 0, '0') + std::to_string(number);
        const Result<std::vector<KeptEvent>> events = inbox.kept(slotName(owner.key, slot));
        if (!events) return events.error();
        const std::optional<Upload> there = readSlot(*events);
        const std::int64_t last = events->empty() ? 0 : events->back().sequence;
        if (there && there->used_by.empty() && there->id.ends_with(digest)) return *there;
        if (!there || !there->used_by.empty()) (there ? used : free).push_back({.number = slot, .last_event = last});
    }
    // A slot whose file went with a petition is kept as long as others are free: the petition may be sent again.
    free.insert(free.end(), used.begin(), used.end());
    for (const Slot& slot : free) {
        const Upload upload{.id = owner.key + '-' + slot.number + '-' + digest, .offer = offer};
        const Result<bool> mine = takeSlot(slotName(owner.key, slot.number), slot.last_event, upload, inbox);
        if (!mine) return mine.error();
        if (*mine) return find(upload.id, owner, inbox);
    }
    return conflict("mobile.uploads_too_many", "as many uploads are under way as may be");
}

/// Takes away what was over in a slot, and nothing that came since.
Result<bool> Uploads::takeSlot(const std::string& slot, std::int64_t last_event, const Upload& upload, Inbox& inbox) {
    if (last_event > 0) {
        if (Status emptied = inbox.drop(slot, last_event); !emptied) return std::move(emptied).error();
        // Of the same file under the same name, when that was over before it was swept.
        if (Status emptied = dropParts(upload, inbox); !emptied) return std::move(emptied).error();
    }
    return occupy(slot, upload, inbox);
}

/// False when somebody else was there first.
Result<bool> Uploads::occupy(const std::string& slot, const Upload& upload, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> events =
        inbox.keep({.conversation = slot, .id = std::string{kOffer}, .data = written(upload)});
    if (!events) return events.error();
    const std::optional<Upload> there = events->empty() ? std::nullopt : readOffer(events->front());
    return there && there->id == upload.id;
}

Result<std::optional<Upload>> Uploads::inSlot(const std::string& slot, Inbox& inbox) const {
    const Result<std::vector<KeptEvent>> events = inbox.kept(slot);
    return events ? Result<std::optional<Upload>>{readSlot(*events)} : events.error();
}

/// Nothing where nobody is, or what is over.
std::optional<Upload> Uploads::readSlot(const std::vector<KeptEvent>& events) const {
    std::optional<Upload> upload = events.empty() ? std::nullopt : readOffer(events.front());
    if (!upload) return std::nullopt;
    upload->until = events.front().at + rules_.keep_uploads;
    upload->last_event = events.back().sequence;
    for (const KeptEvent& event : events) {
        if (event.id == kUsed) upload->used_by = event.data;
        int part = -1;
        const std::string_view digits = std::string_view{event.id}.substr(std::min(kPart.size(), event.id.size()));
        std::from_chars(digits.data(), digits.data() + digits.size(), part);
        if (event.id.starts_with(kPart) && upload->lengthOf(part) > 0) upload->parts.insert(part);
    }
    return services_.now() < upload->until ? upload : std::nullopt;
}

Result<Upload> Uploads::find(std::string_view id, const Owner& who, Inbox& inbox) {
    const std::optional<Name> name = nameIn(id);
    if (!name) return unknown();
    const bool accounts = name->owner.front() == 'a';
    if (accounts && (!who.account || who.key != name->owner)) return unknown();
    Result<std::optional<Upload>> there = inSlot(slotName(name->owner, name->slot), inbox);
    if (!there) return std::move(there).error();
    if (!*there || !sameSecret((*there)->id, id)) return unknown();
    return **std::move(there);
}

Result<Upload> Uploads::put(Upload upload, int part, std::string_view bytes, Inbox& inbox) {
    if (!upload.used_by.empty()) return conflict("mobile.upload_used", "the upload went with something");
    const std::int64_t length = upload.lengthOf(part);
    if (length == 0) return invalid("mobile.part_unknown");
    if (std::cmp_not_equal(bytes.size(), length)) return invalid("mobile.part_length");
    const Result<std::vector<KeptEvent>> together =
        inbox.keep({.conversation = partsOf(upload, part), .id = partName(part), .data = std::string{bytes}});
    if (!together) return together.error();
    const auto kept = std::find_if(together->begin(), together->end(),
                                   [&](const KeptEvent& one) { return one.id == partName(part); });
    if (kept == together->end() || kept->data != bytes)
        return conflict("mobile.part_differs", "the part is there with other bytes");
    if (upload.parts.contains(part)) return upload;
    const Result<std::vector<KeptEvent>> marked =
        inbox.keep({.conversation = slotOf(upload), .id = partName(part), .data = {}});
    if (!marked) return marked.error();
    // As it is now, with what others put beside it.
    std::optional<Upload> now = readSlot(*marked);
    if (!now || now->id != upload.id) return unknown();
    if (!now->whole() || !now->used_by.empty()) return *std::move(now);
    const Result<Attachment> file = take(*now, inbox);
    return file ? Result<Upload>{*std::move(now)} : file.error();
}

Result<Attachment> Uploads::take(const Upload& upload, Inbox& inbox) {
    if (!upload.used_by.empty()) return conflict("mobile.upload_used", "the upload went with something");
    const Error incomplete = conflict("mobile.upload_incomplete", "parts of the upload are missing");
    if (!upload.whole()) return incomplete;
    Result<Content> content = putTogether(upload, inbox);
    if (!content) return std::move(content).error();
    const bool all = std::cmp_equal(content->size(), upload.offer.size);
    if (all && webhooks::sha256Hex(*content) == upload.offer.sha256)
        return Attachment{.name = upload.offer.name,
                          .content_type = upload.offer.content_type,
                          .content = std::move(content).value()};
    // Some part is not what it should be, and nobody knows which.
    if (Status reset = beginAnew(upload, inbox); !reset) return std::move(reset).error();
    return all ? invalid("mobile.upload_hash_differs") : incomplete;
}

/// What is there of it, in its order.
Result<Content> Uploads::putTogether(const Upload& upload, Inbox& inbox) const {
    ContentWriter writer{static_cast<std::uint64_t>(upload.offer.size)};
    for (int part = 0; part < upload.partCount(); part += kPartsTogether) {
        Result<std::vector<KeptEvent>> together = inbox.kept(partsOf(upload, part));
        if (!together) return std::move(together).error();
        std::sort(together->begin(), together->end(),
                  [](const KeptEvent& a, const KeptEvent& b) { return a.id < b.id; });
        for (const KeptEvent& one : *together)
            if (Status taken = writer.append(one.data); !taken) return std::move(taken).error();
    }
    return writer.finish();
}

/// All parts are wanted again.
Status Uploads::beginAnew(const Upload& upload, Inbox& inbox) {
    if (Status dropped = dropParts(upload, inbox); !dropped) return dropped;
    const std::string slot = slotOf(upload);
    if (Status dropped = inbox.drop(slot, upload.last_event); !dropped) return dropped;
    const Result<bool> again = occupy(slot, upload, inbox);
    return again ? Status{Done{}} : Status{again.error()};
}

Status Uploads::dropParts(const Upload& upload, Inbox& inbox) {
    for (int part = 0; part < upload.partCount(); part += kPartsTogether)
        if (Status dropped = dropAll(partsOf(upload, part), inbox); !dropped) return dropped;
    return Done{};
}

Status Uploads::use(const Upload& upload, std::string_view what, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> marked =
        inbox.keep({.conversation = slotOf(upload), .id = std::string{kUsed}, .data = std::string{what}});
    return marked ? dropParts(upload, inbox) : Status{marked.error()};
}

Status Uploads::drop(const Upload& upload, Inbox& inbox) {
    if (Status dropped = dropParts(upload, inbox); !dropped) return dropped;
    return inbox.drop(slotOf(upload), upload.last_event);
}

/// A slot's first event is older than its parts: what is quiet for so long is over in any case.
Status Uploads::sweep(Inbox& inbox, const std::stop_token& stop) {
    const Result<std::vector<std::string>> over = inbox.quiet(services_.now() - rules_.keep_uploads, kMostSwept);
    if (!over) return over.error();
    for (const std::string& conversation : *over) {
        if (stop.stop_requested()) break;
        if (Status dropped = dropAll(conversation, inbox); !dropped) return dropped;
        services_.count("swept", 1);
    }
    return Done{};
}

}  // namespace pakn::in_mobile
