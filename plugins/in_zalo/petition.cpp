#include "petition.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "digest.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"
#include "phrases.hpp"
#include "text.hpp"

namespace pakn::in_zalo {
namespace {

bool startsWith(std::string_view text, std::string_view beginning) {
    return text.substr(0, beginning.size()) == beginning;
}

std::string coordinatesOf(const SentPlace& place) {
    char text[64];
    std::snprintf(text, sizeof text, "%.6f, %.6f", place.latitude, place.longitude);
    return text;
}

/// Text and files as they go to the hub.
struct Composed {
    std::string text = {};
    std::vector<Attachment> attachments = {};
    Location location = {};
};

class Composer {
public:
    explicit Composer(std::size_t most_text) : most_text_{most_text} {}

    Composed compose(const std::vector<DraftItem>& items) {
        // Where it is said last that it is. What was said before stays readable.
        const Item* last_place = nullptr;
        for (const DraftItem& one : items)
            if (one.item->event.place && one.item->hasContent()) last_place = one.item;
        for (const DraftItem& one : items) {
            if (!one.item->hasContent()) continue;
            if (one.item->event.place)
                place(*one.item, one.item == last_place);
            else
                line(one.item->event.text);
            for (const DraftFile& file : one.files) take(file);
        }
        finishText();
        return std::move(made_);
    }

private:
    void line(const std::string& text) {
        if (text.empty()) return;
        if (!made_.text.empty()) made_.text += '\n';
        made_.text += text;
    }

    void place(const Item& item, bool last) {
        const SentPlace& at = *item.event.place;
        if (!last) return line(phrases::placeInPetition(item.event.text, coordinatesOf(at)));
        line(item.event.text);
        made_.location = {
            .address = firstCodePoints(item.event.text, 500), .latitude = at.latitude, .longitude = at.longitude};
    }

    void take(const DraftFile& file) {
        if (!file.lost.empty()) return line(phrases::lostInPetition(phrases::fileKind(file.kind), file.lost));
        if (made_.attachments.size() >= kMostAttachments)
            return line(phrases::lostInPetition(phrases::fileKind(file.kind), phrases::whyTooMany()));
        made_.attachments.push_back({.name = file.name, .content_type = file.content_type, .content = file.bytes});
    }

    void finishText() {
        if (made_.text.empty()) made_.text = phrases::onlyFiles();
        if (codePoints(made_.text) <= most_text_) return;
        const bool room = made_.attachments.size() < kMostAttachments;
        const std::string note = '\n' + phrases::textGoesOn(room);
        std::string beginning = firstCodePoints(made_.text, most_text_ - codePoints(note));
        if (room)
            made_.attachments.push_back(
                {.name = "noi-dung.txt", .content_type = "text/plain", .content = std::move(made_.text)});
        made_.text = std::move(beginning) + note;
    }

    const std::size_t most_text_;
    Composed made_;
};

/// One line of JSON each, as it came: a line end can only stand between JSON's tokens.
std::string linesOf(const std::vector<DraftItem>& items) {
    std::string lines;
    for (const DraftItem& one : items) {
        std::string line = one.item->raw;
        std::replace_if(
            line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
        lines += line + '\n';
    }
    return lines;
}

/// Of the family of MP4, by its brand.
std::string brandOf(std::string_view brand) {
    if (startsWith(brand, "M4A")) return "audio/mp4";
    if (startsWith(brand, "hei") || startsWith(brand, "hev") || brand == "mif1") return "image/heic";
    if (startsWith(brand, "qt")) return "video/quicktime";
    return startsWith(brand, "3g") ? "video/3gpp" : "video/mp4";
}

bool isText(std::string_view bytes) {
    constexpr std::size_t kLooked = 1U << 20U;
    if (bytes.size() > kLooked || bytes.find('\0') != std::string_view::npos) return false;
    return !cleaned(bytes).empty();
}

}  // namespace

std::string externalId(const std::vector<const Item*>& items) {
    const auto first = std::min_element(items.begin(), items.end(),
                                        [](const Item* a, const Item* b) { return a->sequence < b->sequence; });
    return first == items.end() ? std::string{} : webhooks::toHex(webhooks::sha256((*first)->id)).substr(0, 32);
}

IncomingPetition petitionOf(const std::vector<DraftItem>& items, const Talk& talk, const IntakeRules& rules) {
    std::vector<const Item*> plain;
    for (const DraftItem& one : items) plain.push_back(one.item);
    Composed content = Composer{kMostPetitionText}.compose(items);
    IncomingPetition petition{.external_id = externalId(plain),
                              .text = std::move(content.text),
                              .category = rules.category,
                              .anonymous = talk.anonymous,
                              .location = std::move(content.location),
                              .attachments = std::move(content.attachments)};
    for (const DraftItem& one : items)
        if (const std::optional<UserInfo>& info = one.item->event.info)
            petition.petitioner = {.name = info->name, .phone = info->phone, .address = info->address};
    const bool consent = rules.consent && !talk.anonymous;
    petition.consent = {.process_personal_data = consent, .use_identity_in_handling = consent};
    if (!talk.anonymous) petition.attributes.emplace(kReplyAddress, talk.user);
    // What belongs to it is fixed before it is handed in: the same id is the same petition, whatever the settings say
    // then.
    petition.attributes.emplace(kSourceRevision, petition.external_id);
    petition.attachments.push_back(
        {.name = "messages.jsonl", .content_type = std::string{kOriginalType}, .content = linesOf(items)});
    return petition;
}

Update supplementOf(const std::vector<DraftItem>& items, const std::string& code) {
    std::vector<const Item*> plain;
    for (const DraftItem& one : items) plain.push_back(one.item);
    Composed content = Composer{kMostSupplementText}.compose(items);
    return {.kind = Update::Kind::kSupplement,
            .id = "supplement/" + externalId(plain),
            .code = code,
            .text = std::move(content.text),
            .attachments = std::move(content.attachments)};
}

std::string sniffed(std::string_view bytes) {
    struct Beginning {
        std::string_view bytes;
        std::string_view type;
    };
    using namespace std::string_view_literals;
    constexpr std::array<Beginning, 7> kBeginnings{{{"\xFF\xD8\xFF"sv, "image/jpeg"},
                                                    {"\x89PNG\r\n\x1A\n"sv, "image/png"},
                                                    {"%PDF-"sv, "application/pdf"},
                                                    {"ID3"sv, "audio/mpeg"},
                                                    {"#!AMR"sv, "audio/amr"},
                                                    {"OggS"sv, "audio/ogg"},
                                                    {"GIF8"sv, "image/gif"}}};
    for (const Beginning& known : kBeginnings)
        if (startsWith(bytes, known.bytes)) return std::string{known.type};
    if (startsWith(bytes, "RIFF") && bytes.size() > 12)
        return bytes.substr(8, 4) == "WEBP" ? "image/webp" : "audio/x-wav";
    if (bytes.size() > 12 && bytes.substr(4, 4) == "ftyp") return brandOf(bytes.substr(8, 4));
    if (bytes.size() > 2 && bytes[0] == '\xFF') {
        const auto second = static_cast<unsigned char>(bytes[1]);
        if ((second & 0xF6U) == 0xF0U) return "audio/aac";  // ADTS: layer 0.
        if ((second & 0xE0U) == 0xE0U && (second & 0x06U) == 0x02U) return "audio/mpeg";
    }
    return isText(bytes) ? "text/plain" : std::string{};
}

std::string nameFor(const std::string& kind, const std::string& content_type, std::size_t number) {
    struct Ending {
        std::string_view type;
        std::string_view ending;
    };
    constexpr std::array<Ending, 15> kEndings{{{"image/jpeg", ".jpg"},
                                               {"image/png", ".png"},
                                               {"image/webp", ".webp"},
                                               {"image/gif", ".gif"},
                                               {"image/heic", ".heic"},
                                               {"application/pdf", ".pdf"},
                                               {"video/mp4", ".mp4"},
                                               {"video/quicktime", ".mov"},
                                               {"video/3gpp", ".3gp"},
                                               {"audio/mpeg", ".mp3"},
                                               {"audio/aac", ".aac"},
                                               {"audio/amr", ".amr"},
                                               {"audio/mp4", ".m4a"},
                                               {"audio/ogg", ".ogg"},
                                               {"text/plain", ".txt"}}};
    const std::string_view word = kind == "image" || kind == "gif" ? "anh"
                                  : kind == "audio"                ? "ghi-am"
                                  : kind == "video"                ? "video"
                                                                   : "tep";
    std::string name = std::string{word} + '-' + std::to_string(number);
    for (const Ending& known : kEndings)
        if (known.type == content_type) name += known.ending;
    return name;
}

}  // namespace pakn::in_zalo
