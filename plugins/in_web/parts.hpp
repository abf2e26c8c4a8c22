#pragma once
/// @file
/// What the portal's desks share.

#include <string>
#include <vector>

#include "form.hpp"
#include "limits.hpp"
#include "pages.hpp"
#include "pakn/sdk/host.hpp"
#include "proof.hpp"
#include "settings.hpp"

namespace pakn::in_web {

/// Whether a form may come in.
struct Entry {
    std::optional<HttpResponse> refusal = {};  ///< What is answered when not.
    FormToken token = {};
};

/// All of it outlives the desks and is safe from any thread.
struct Parts {
    const Rules& rules;
    HostServices& services;
    const Pages& pages;
    FormTokens& tokens;
    Limits& limits;

    /// What the reader reads of a mistake.
    [[nodiscard]] std::string textOf(const FieldError& error, Language language) const;
    /// {{>errors}}: the list of mistakes, each with a link to its field; false when there are none.
    [[nodiscard]] Data summary(const std::vector<FieldError>& errors, Language language) const;
    /// The mistake at one field, as its text; empty when there is none.
    [[nodiscard]] std::string errorAt(const std::vector<FieldError>& errors, std::string_view field,
                                      Language language) const;
    /// Uses up one of what a client may do in an hour. 429 when nothing is left.
    [[nodiscard]] std::optional<HttpResponse> tooMany(Visit& visit, Counted what, double most) const;
    /// 429 when so much of it is used up already; uses nothing.
    [[nodiscard]] std::optional<HttpResponse> exhausted(Visit& visit, Counted what, double most) const;
    /// A hidden token for a form of this page that has nothing to do with a draft.
    [[nodiscard]] Result<std::string> token(Visit& visit, std::string_view purpose) const;
    /// The token of a form; 403 when it is not one that this browser got from us, or too old.
    [[nodiscard]] Entry entry(Visit& visit, const FormBody& body, std::string_view purpose) const;
};

/// Choices of a <select>, one of them chosen.
Data choices(const std::vector<PublicName>& names, std::string_view chosen);
/// The name of one; its id where there is none of that id.
std::string nameIn(const std::vector<PublicName>& names, std::string_view id);
/// {{#files}}: name, size and address of each; `folder` with a slash at its end.
Data fileList(const std::vector<PublicFile>& files, const std::string& folder, Language language);
/// {{>answer}}; false when there is none.
Data answerData(const PublicPetition& petition, const std::string& folder, Language language);
/// {{#steps}}; the last one marked.
Data stepList(const std::vector<PublicStep>& steps, Language language);

/// A label in the reader's language.
const std::string& in(Language language, const PublicLabel& label);
/// The body of a POST as a form; 400 when it is none.
std::optional<FormBody> formOf(const Visit& visit);

}  // namespace pakn::in_web
