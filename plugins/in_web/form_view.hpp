#pragma once
/// @file
/// The report form as its pages show it.

#include <string>
#include <vector>

#include "drafts.hpp"
#include "parts.hpp"

namespace pakn::in_web {

/// What the hub offers to choose from.
struct Choices {
    std::vector<PublicName> categories = {};
    std::vector<PublicName> areas = {};
};
/// Empty lists while the hub cannot say.
Choices choicesOf(HostServices& services);

/// How a page of the form is made up.
struct FormPage {
    const Form& form;
    const std::vector<DraftFile>& files;
    const std::vector<FieldError>& errors;
    std::string token = {};
    bool wants_proof = false;
    int bits = 0;
};

/// For form.mustache.
Data formData(const Parts& parts, const FormPage& page, Language language);
/// For check.mustache: {{#answers}}, in the order of the form.
Data checkedAnswers(const Parts& parts, const Draft& draft, Language language);

}  // namespace pakn::in_web
