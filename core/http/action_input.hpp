#pragma once
/// @file
/// What comes with an action: texts, people, units, times, files. Reading only; what an action takes and needs is the
/// domain's to say.

#include "core/domain/decide.hpp"
#include "core/http/exchange.hpp"

namespace pakn::http {

struct ActionInput {
    std::string comment;
    std::string result;
    std::vector<std::string> units;
    std::vector<std::string> officers;   ///< Account ids or logins.
    std::vector<std::string> followers;  ///< The same.
    std::string step;
    std::string product;
    bool not_public = false;
    std::string due;           ///< An instant, or how long: "10d".
    std::string remind_after;  ///< How long.
    std::string rating;
    std::string into;     ///< Id or code of another petition.
    std::string article;  ///< Of the knowledge base.
    std::string text_template;
    std::optional<bool> notify;
    std::vector<Attachment> attachments;
};

/// From JSON, multipart, or no body at all. Errors with `problem` and `field`.
Result<ActionInput> readAction(const Request& request);

/// As the domain takes it: people, the other petition and the article looked up; without a result that of the article.
/// Without the files, which are stored once the action
/// is known to be legal. kInvalid ("action.person_unknown", "action.due_invalid", …), kUnavailable.
Result<domain::Act> actOf(const Call& call, std::string action, ActionInput& input);

}  // namespace pakn::http
