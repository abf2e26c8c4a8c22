/// @file
/// What a citizen sees of their petition with the tracking token: status, dates, answer.

#include <algorithm>

#include "core/engine/public_view.hpp"
#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/idempotency.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/petition_json.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

Result<domain::Petition> openedBy(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"token"});
    if (!query) return query.error();
    return engine::openByToken(call.hub().store(), call.parameters[0], query->text("token"));
}

struct SendersWord {
    std::string comment;
    std::string text;
    std::string reason;
    std::string rating;
    std::vector<Attachment> attachments;
};

constexpr json::Most kMostFiles{10, "petition.too_many_attachments"};

constexpr json::Rule<SendersWord> kWordFields[] = {
    json::nfcText<SendersWord, &SendersWord::comment>("comment"),
    json::nfcText<SendersWord, &SendersWord::text>("text"),
    json::nfcText<SendersWord, &SendersWord::reason>("reason"),
    json::text<SendersWord, &SendersWord::rating>("rating"),
    {"attachments",
     [](SendersWord& target, json::Element value) { return readAttachments(target.attachments, value, kMostFiles); }},
};

Result<SendersWord> readWord(const Request& request) {
    const std::string type = mediaType(request.content_type);
    if (type == "application/json") return json::parseAs(request.body, kWordFields);
    if (type != "multipart/form-data") return problemError("request.media_type");
    Result<JsonAndFiles> content = splitJsonAndFiles(request, "supplement");
    if (!content) return content.error();
    Result<SendersWord> word = json::parseAs(content->json, kWordFields);
    if (!word) return word;
    for (Attachment& file : content->files) word->attachments.push_back(std::move(file));
    return word;
}

/// The sender's own action of that effect in the petition's workflow, if it is possible now.
const domain::Action* sendersAction(const domain::Petition& petition, const domain::Rules& rules,
                                    domain::Effect effect) {
    for (const domain::Action* action : domain::legalActions(petition, rules, domain::Actor::citizen()))
        if (action->effect == effect) return action;
    return nullptr;
}

/// Does what the sender asks for; `fill` puts the input into the action.
template <class Fill>
Response actAsSender(const Call& call, domain::Effect effect, int status, const Fill& fill) {
    const Result<domain::Petition> petition = openedBy(call);
    if (!petition) return problemResponse(petition.error());
    Result<engine::RequestKey> key = requestKey(call, "sender:" + petition->id);
    if (!key) return problemResponse(key.error());
    Result<SendersWord> word = readWord(call.request);
    if (!word) return problemResponse(word.error());
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    const domain::Action* action = sendersAction(*petition, *rules, effect);
    domain::Act act;
    // Without such an action the hub finds the right words: it may be the same request again, too.
    act.action = action ? action->id : std::string{nameOf(effect)};
    if (Status filled = fill(*word, act); !filled) return problemResponse(filled.error());
    if (action) {
        for (const Attachment& attachment : word->attachments) {
            Result<domain::FileRef> file = call.hub().keepFile(attachment, engine::Pages::kCounted);
            if (!file) return problemResponse(file.error());
            act.files.push_back(std::move(*file));
        }
    }
    const Result<domain::Petition> after =
        call.hub().execute(petition->id, std::move(act), domain::Actor::citizen(), *std::move(key));
    if (!after) {
        Error error = after.error();
        if (error.problem == "action.unknown" || error.problem == "action.not_yours" ||
            error.problem == "action.not_legal_now")
            error = problemError("sender.not_now");
        return problemResponse(error);
    }
    return {.status = status, .content_type = {}};
}

}  // namespace

Response rate(const Call& call) {
    return actAsSender(call, domain::Effect::kRate, 204, [](SendersWord& word, domain::Act& act) -> Status {
        act.rating = domain::findSatisfaction(word.rating);
        act.comment = std::move(word.comment);
        if (!act.rating) return problemError("rating.missing", "/rating");
        if (!word.attachments.empty()) return problemError("action.files_not_taken", "/attachments");
        return Done{};
    });
}

Response supplement(const Call& call) {
    return actAsSender(call, domain::Effect::kSupplement, 201, [](SendersWord& word, domain::Act& act) -> Status {
        act.comment = std::move(word.text);
        if (act.comment.empty() && word.attachments.empty()) return problemError("action.comment_missing", "/text");
        return Done{};
    });
}

Response reopen(const Call& call) {
    return actAsSender(call, domain::Effect::kReopen, 201, [](SendersWord& word, domain::Act& act) -> Status {
        act.comment = std::move(word.reason);
        if (!word.attachments.empty()) return problemError("action.files_not_taken", "/attachments");
        return Done{};
    });
}

Response track(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"token"});
    if (!query) return problemResponse(query.error());
    // The address that stands in messages; a person who opens it wants a page, where some connector has pages.
    const std::string page = "/track/" + std::string{call.parameters[0]};
    if (call.request.accept.find("text/html") != std::string::npos && call.hub().ownerOf(page))
        return {.status = 303,
                .content_type = {},
                .headers = {{"Location", page + (call.request.query.empty() ? "" : '?' + call.request.query)}}};
    const Result<PublicPetition> petition = call.hub().records().track(call.parameters[0], query->text("token"));
    if (!petition) return problemResponse(petition.error());
    return {.body = citizensView(*petition)};
}

Response trackFile(const Call& call) {
    const Result<domain::Petition> petition = openedBy(call);
    if (!petition) return problemResponse(petition.error());
    const domain::FileRef* file = domain::fileOfSender(*petition, call.parameters[1]);
    return file == nullptr ? problemResponse("file.not_found") : fileResponse(call, *file);
}

}  // namespace pakn::http
