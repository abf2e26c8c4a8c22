/// @file
/// Zalo's events, as webhooks and as they were kept in a conversation; the texts of its users and of its articles.

#include "harness.hpp"
#include "plugins/in_zalo/event.hpp"
#include "plugins/in_zalo/json.hpp"
#include "plugins/in_zalo/petition.hpp"
#include "plugins/in_zalo/talk.hpp"
#include "plugins/in_zalo/text.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_zalo;

void checkEvent(const Event& event, std::string_view body) {
    FUZZ_CHECK(!event.name.empty() && event.name.size() <= 150);
    FUZZ_CHECK(event.user_id.size() <= 150 && event.oa_id.size() <= 150 && event.msg_ids.size() <= 51);
    FUZZ_CHECK(event.files.size() <= kMostFilesOfMessage);
    for (const SentFile& file : event.files) FUZZ_CHECK(file.url.size() <= 2000 && isUtf8(file.name));
    FUZZ_CHECK(isUtf8(event.text) && event.text.find('\0') == std::string::npos && event.text == trimmed(event.text));
    if (event.place) FUZZ_CHECK(std::abs(event.place->latitude) <= 90 && std::abs(event.place->longitude) <= 180);
    if (event.info) {
        FUZZ_CHECK(codePoints(event.info->name) <= 200 && codePoints(event.info->phone) <= 40);
        FUZZ_CHECK(codePoints(event.info->address) <= 500 && isUtf8(event.info->address));
    }
    const std::string key = keyOf(event, body);
    FUZZ_CHECK(!key.empty() && key.size() <= 190 && key == keyOf(event, body));
    FUZZ_CHECK(timestampOf(body) == event.timestamp);
}

void checkTalk(std::string_view first, std::string_view second) {
    const Words words = {};
    std::vector<KeptEvent> events;
    for (const std::string_view data : {first, second})
        events.push_back({.conversation = "123",
                          .id = "zalo/" + std::to_string(events.size()),
                          .data = std::string{data},
                          .at = Instant{std::chrono::milliseconds{1772755200000}},
                          .sequence = static_cast<std::int64_t>(events.size()) + 1});
    events.push_back({.conversation = "123",
                      .id = "mark/" + std::string{first.substr(0, 60)},
                      .data = std::string{second},
                      .sequence = 3});
    const Talk talk = readTalk("123", events, words, {});
    FUZZ_CHECK(talk.items.size() <= 2 && talk.last == 3 && talk.events == 3);
    for (const Item& item : talk.items) FUZZ_CHECK(item.key.size() == 16 && item.sequence >= 1);
    if (const auto closing = talk.closing()) FUZZ_CHECK(talk.upTo(closing->until).size() <= talk.items.size());
    std::vector<DraftItem> drafts;
    std::vector<const Item*> items;
    for (const Item& item : talk.items) {
        drafts.push_back({.item = &item});
        items.push_back(&item);
    }
    if (drafts.empty()) return;
    FUZZ_CHECK(externalId(items) == externalId(items));
    const IncomingPetition petition = petitionOf(drafts, talk, IntakeRules{.category = "khac"});
    FUZZ_CHECK(codePoints(petition.text) <= kMostPetitionText && isUtf8(petition.text) && isUtf8(petition.title));
    FUZZ_CHECK(petition.attachments.size() <= kMostAttachments);
    const Update update = supplementOf(drafts, "PA-1");
    FUZZ_CHECK(codePoints(update.text) <= kMostSupplementText && isUtf8(update.text));
}

void checkText(std::string_view text) {
    const std::string clean = cleaned(text);
    FUZZ_CHECK(cleaned(clean) == clean && isUtf8(clean) && (isUtf8(text) || clean.empty()));
    const std::string key = folded(text);
    FUZZ_CHECK(isUtf8(key) && folded(key) == key && folded(clean).size() <= 3 * clean.size());
    for (const std::size_t most : {std::size_t{1}, std::size_t{7}, std::size_t{40}}) {
        std::string joined;
        for (const std::string& piece : inPieces(clean, most)) {
            FUZZ_CHECK(!piece.empty() && codePoints(piece) <= most && isUtf8(piece));
            joined += piece;
        }
        FUZZ_CHECK(joined.size() <= clean.size());
    }
    const std::string plain = plainText(text);
    FUZZ_CHECK(plain.size() <= text.size());
    if (isUtf8(text)) FUZZ_CHECK(isUtf8(plain));
    FUZZ_CHECK(urlEncoded(text).find_first_of("/?#&= \r\n\"") == std::string::npos);
    FUZZ_CHECK(filled(text, {}) == text);
    static_cast<void>(filled(text, {{"code", "PA-1"}, {"", "x"}}));
    static_cast<void>(sniffed(text));
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const Exact first{input.part()};
    const Exact second{input.rest()};
    if (const Result<Event> event = readEvent(first.view()))
        checkEvent(*event, first.view());
    else
        FUZZ_CHECK(event.error().problem == "zalo.unreadable");
    checkTalk(first.view(), second.view());
    checkText(first.view());
    checkText(second.view());
}

}  // namespace pakn::fuzz
