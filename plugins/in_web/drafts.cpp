/// @file
/// See drafts.hpp.

#include "drafts.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "proof.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

constexpr std::size_t kPiece = 1U << 20U;  ///< What one kept event may hold.
constexpr std::size_t kNameLength = 40;
constexpr std::size_t kFileIdBytes = 12;
constexpr int kSweptAtOnce = 1000;

constexpr std::string_view kForms = "form:";
constexpr std::string_view kFiles = "file:";

std::string formConversation(std::string_view id) { return std::string{kForms} + nameOf("draft", id, kNameLength); }

/// Each piece has a conversation of its own, because the inbox gives all of one back with each event.
std::string pieceConversation(std::string_view id, const DraftFile& file, std::size_t piece) {
    return std::string{kFiles} + nameOf("draft", id, kNameLength) + ':' + file.id + ':' + std::to_string(piece);
}

std::size_t piecesOf(const DraftFile& file) { return (file.size + kPiece - 1) / kPiece; }

template <class Number>
Number numberIn(std::string_view text) {
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string written(const Draft& draft) {
    std::string text;
    const auto add = [&text](std::string_view name, std::string_view value) {
        text.append(name).append("=").append(encodePercent(value)).append("&");
    };
    if (draft.sent) {
        add("sent_code", draft.sent->code);
        add("sent_secret", draft.sent->secret);
        return text;
    }
    for (const DraftFile& file : draft.files) {
        add("file", file.id);
        add("file_name", file.name);
        add("file_type", file.content_type);
        add("file_size", std::to_string(file.size));
        add("file_at", std::to_string(file.touched.time_since_epoch().count()));
    }
    return text + writeForm(draft.form);
}

Draft read(const KeptEvent& event) {
    Draft draft{.saved_at = event.at, .sequence = event.sequence};
    const std::optional<FormBody> body = FormBody::ofUrlEncoded(event.data);
    if (!body) return draft;
    if (body->has("sent_code")) {
        draft.sent = SentReport{std::string{body->value("sent_code")}, std::string{body->value("sent_secret")}};
        return draft;
    }
    draft.form = readForm(*body);
    const auto ids = body->values("file");
    const auto names = body->values("file_name");
    const auto types = body->values("file_type");
    const auto sizes = body->values("file_size");
    const auto instants = body->values("file_at");
    const std::size_t whole = std::min({ids.size(), names.size(), types.size(), sizes.size(), instants.size()});
    for (std::size_t i = 0; i < whole; ++i)
        draft.files.push_back({.id = std::string{ids[i]},
                               .name = std::string{names[i]},
                               .content_type = std::string{types[i]},
                               .size = numberIn<std::size_t>(sizes[i]),
                               .touched = Instant{std::chrono::milliseconds{numberIn<std::int64_t>(instants[i])}}});
    return draft;
}

Status dropAll(Inbox& inbox, const std::string& conversation) {
    const Result<std::vector<KeptEvent>> events = inbox.kept(conversation);
    if (!events) return events.error();
    return events->empty() ? Status{Done{}} : inbox.drop(conversation, events->back().sequence);
}

}  // namespace

std::size_t Draft::bytes() const {
    return std::accumulate(files.begin(), files.end(), std::size_t{0},
                           [](std::size_t sum, const DraftFile& one) { return sum + one.size; });
}

std::string DraftBox::handleOf(std::string_view id) { return nameOf("handle", id, 16); }

Result<std::optional<Draft>> DraftBox::load(Inbox& inbox, std::string_view id) {
    const Result<std::vector<KeptEvent>> events = inbox.kept(formConversation(id));
    if (!events) return events.error();
    return events->empty() ? std::optional<Draft>{} : std::optional{read(events->back())};
}

Status DraftBox::save(Inbox& inbox, std::string_view id, const Draft& draft) {
    const std::string conversation = formConversation(id);
    const Result<std::vector<KeptEvent>> events =
        inbox.keep({.conversation = conversation, .id = randomToken(kFileIdBytes), .data = written(draft)});
    if (!events) return events.error();
    // What is older is over. What came meanwhile, from a second click, stays and counts.
    return events->size() < 2 ? Status{Done{}} : inbox.drop(conversation, (*events)[events->size() - 2].sequence);
}

Result<DraftFile> DraftBox::keep(Inbox& inbox, std::string_view id, const SentFile& sent, Instant now) {
    DraftFile file{.id = randomToken(kFileIdBytes),
                   .name = sent.name,
                   .content_type = isText(sent.content_type) ? std::string{firstBytes(sent.content_type, 100)} : "",
                   .size = sent.data.size(),
                   .touched = now};
    for (std::size_t piece = 0; piece < piecesOf(file); ++piece) {
        const Result<std::vector<KeptEvent>> kept =
            inbox.keep({.conversation = pieceConversation(id, file, piece),
                        .id = "piece",
                        .data = std::string{sent.data.substr(piece * kPiece, kPiece)}});
        if (!kept) return kept.error();
    }
    return file;
}

Status DraftBox::touch(Inbox& inbox, std::string_view id, Draft& draft, Instant before, Instant now) {
    for (DraftFile& file : draft.files) {
        if (file.touched >= before) continue;
        for (std::size_t piece = 0; piece < piecesOf(file); ++piece) {
            const Result<std::vector<KeptEvent>> kept = inbox.keep(
                {.conversation = pieceConversation(id, file, piece), .id = randomToken(kFileIdBytes), .data = "touch"});
            if (!kept) return kept.error();
        }
        file.touched = now;
    }
    return Done{};
}

Result<Content> DraftBox::open(Inbox& inbox, std::string_view id, const DraftFile& file) {
    ContentWriter bytes{kMostDraftBytes};
    for (std::size_t piece = 0; piece < piecesOf(file); ++piece) {
        const Result<std::vector<KeptEvent>> kept = inbox.kept(pieceConversation(id, file, piece));
        if (!kept) return kept.error();
        if (kept->empty()) return Error{.code = Errc::kNotFound, .message = "a piece of a draft's file is gone"};
        if (Status added = bytes.append(kept->front().data); !added) return added.error();
    }
    Result<Content> content = bytes.finish();
    if (content && content->size() != file.size)
        return Error{.code = Errc::kNotFound, .message = "a draft's file has another size"};
    return content;
}

Status DraftBox::forget(Inbox& inbox, std::string_view id, const DraftFile& file) {
    for (std::size_t piece = 0; piece < piecesOf(file); ++piece)
        if (Status dropped = dropAll(inbox, pieceConversation(id, file, piece)); !dropped) return dropped;
    return Done{};
}

Status DraftBox::drop(Inbox& inbox, std::string_view id, const Draft& draft) {
    if (Status dropped = dropAll(inbox, formConversation(id)); !dropped) return dropped;
    for (const DraftFile& file : draft.files)
        if (Status forgotten = forget(inbox, id, file); !forgotten) return forgotten;
    return Done{};
}

Status DraftBox::settle(Inbox& inbox, std::string_view id, const Draft& draft, const SentReport& sent) {
    if (Status saved = save(inbox, id, Draft{.sent = sent}); !saved) return saved;
    for (const DraftFile& file : draft.files)
        if (Status forgotten = forget(inbox, id, file); !forgotten) return forgotten;
    return Done{};
}

Result<int> DraftBox::sweep(Inbox& inbox, Instant before, const std::stop_token& stop) {
    int swept = 0;
    const Result<std::vector<std::string>> quiet = inbox.quiet(before, kSweptAtOnce);
    if (!quiet) return quiet.error();
    for (const std::string& conversation : *quiet) {
        if (stop.stop_requested()) break;
        if (conversation.starts_with(kFiles)) {
            // Files are written once, forms again and again: those of a form that is still touched stay.
            const std::string form = std::string{kForms} + conversation.substr(kFiles.size(), kNameLength);
            const Result<std::vector<KeptEvent>> events = inbox.kept(form);
            if (!events) return events.error();
            if (!events->empty() && events->back().at >= before) continue;
        }
        if (Status dropped = dropAll(inbox, conversation); !dropped) return dropped.error();
        ++swept;
    }
    return swept;
}

}  // namespace pakn::in_web
