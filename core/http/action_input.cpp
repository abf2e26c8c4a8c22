#include "core/http/action_input.hpp"

#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/knowledge.hpp"
#include "core/http/people.hpp"
#include "core/http/petition_json.hpp"
#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

using json::Element;

constexpr json::Most kMostNames{100, "petition.field_invalid"};
constexpr json::Most kMostFiles{20, "action.too_many_files"};

template <std::vector<std::string> ActionInput::*Member>
Status readNames(ActionInput& target, Element value) {
    return json::readTexts(target.*Member, value, kMostNames);
}

constexpr json::Rule<ActionInput> kActionFields[] = {
    json::nfcText<ActionInput, &ActionInput::comment>("comment"),
    json::nfcText<ActionInput, &ActionInput::result>("result"),
    {"units", &readNames<&ActionInput::units>},
    {"officers", &readNames<&ActionInput::officers>},
    {"followers", &readNames<&ActionInput::followers>},
    json::text<ActionInput, &ActionInput::step>("step"),
    json::text<ActionInput, &ActionInput::product>("product"),
    json::truth<ActionInput, &ActionInput::not_public>("not_public"),
    json::text<ActionInput, &ActionInput::due>("due"),
    json::text<ActionInput, &ActionInput::remind_after>("remind_after"),
    json::text<ActionInput, &ActionInput::rating>("rating"),
    json::text<ActionInput, &ActionInput::into>("into"),
    json::text<ActionInput, &ActionInput::article>("article"),
    json::text<ActionInput, &ActionInput::text_template>("template"),
    {"notify",
     [](ActionInput& target, Element value) -> Status {
         return value.get(target.notify.emplace()) == simdjson::SUCCESS ? Status{Done{}}
                                                                        : problemError("request.field_type");
     }},
    {"attachments",
     [](ActionInput& target, Element value) { return readAttachments(target.attachments, value, kMostFiles); }},
};

Result<std::vector<domain::Actor>> people(const Call& call, const std::vector<std::string>& names,
                                          std::string_view field) {
    const Result<std::vector<security::Account>> accounts = peopleNamed(call, names, field);
    if (!accounts) return accounts.error();
    std::vector<domain::Actor> found;
    for (const security::Account& one : *accounts) found.push_back(one.actor());
    return found;
}

Status readTimes(const ActionInput& input, domain::Act& act) {
    if (!input.due.empty()) {
        act.due = domain::parseInstant(input.due);
        if (!act.due) {
            const Result<domain::Duration> amount = domain::parseDuration(input.due);
            if (!amount) return problemError("action.due_invalid", "/due");
            act.amount = *amount;
        }
    }
    if (!input.remind_after.empty()) {
        const Result<domain::Duration> amount = domain::parseDuration(input.remind_after);
        if (!amount) return problemError("action.due_invalid", "/remind_after");
        act.remind_after = *amount;
    }
    return Done{};
}

}  // namespace

Result<ActionInput> readAction(const Request& request) {
    const std::string type = mediaType(request.content_type);
    // An action without input needs no body.
    if (type.empty() && request.body.empty()) return ActionInput{};
    if (type == "application/json") return json::parseAs(request.body, kActionFields);
    if (type != "multipart/form-data") return problemError("request.media_type");
    Result<JsonAndFiles> content = splitJsonAndFiles(request, "action");
    if (!content) return content.error();
    Result<ActionInput> input = json::parseAs(content->json, kActionFields);
    if (!input) return input;
    for (Attachment& file : content->files) input->attachments.push_back(std::move(file));
    return input;
}

Result<domain::Act> actOf(const Call& call, std::string action, ActionInput& input) {
    domain::Act act{.action = std::move(action),
                    .comment = std::move(input.comment),
                    .result = std::move(input.result),
                    .units = std::move(input.units),
                    .files = {},
                    .expected_version = {}};
    act.step = std::move(input.step);
    act.product = std::move(input.product);
    act.withheld = input.not_public;
    act.notify = input.notify;
    if (Status times = readTimes(input, act); !times) return times.error();
    if (!input.rating.empty()) {
        act.rating = domain::findSatisfaction(input.rating);
        if (!act.rating) return problemError("petition.field_invalid", "/rating");
    }
    Result<std::vector<domain::Actor>> officers = people(call, input.officers, "/officers");
    if (!officers) return officers.error();
    act.officers = std::move(*officers);
    Result<std::vector<domain::Actor>> followers = people(call, input.followers, "/followers");
    if (!followers) return followers.error();
    act.followers = std::move(*followers);
    if (!input.into.empty()) {
        const Result<domain::Petition> other = petitionForOfficer(call, input.into);
        if (!other) {
            Error error = other.error();
            if (error.code == Errc::kNotFound) error = problemError("merge.into_unknown", "/into");
            return error;
        }
        act.into = domain::OtherPetition::of(*other);
    }
    if (!input.article.empty()) {
        Result<domain::ArticleRef> article = offeredArticle(call, input.article, act.result);
        if (!article) return article.error();
        act.article = std::move(*article);
    }
    return act;
}

}  // namespace pakn::http
