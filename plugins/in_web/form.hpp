#pragma once
/// @file
/// The report form: what somebody typed, what is wrong with it, and the petition that it makes. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "form_body.hpp"
#include "pakn/sdk/petition.hpp"
#include "settings.hpp"

namespace pakn::in_web {

/// As typed; texts of several lines with plain line ends.
struct Form {
    std::string title = {};
    std::string content = {};
    std::string category = {};
    std::string occurred_at = {};  ///< As its input sends it.
    std::string place = {};
    std::string area = {};
    std::string latitude = {};
    std::string longitude = {};
    std::string kind = {};  ///< "individual" or "organisation"; empty: the first.
    std::string name = {};
    std::string phone = {};
    std::string email = {};
    std::string citizen_id = {};
    std::string contact_address = {};
    bool is_public = false;
    bool anonymous = false;
    // Nothing is ticked but by the person.
    bool declared_true = false;
    bool consent_process = false;
    bool consent_use = false;
    bool consent_publish = false;

    /// True when it says anything of who writes.
    [[nodiscard]] bool namesSender() const;
    [[nodiscard]] bool empty() const;
};

/// Why a field cannot stay as it is: a problem of the hub's, by its id, or a text of the catalogue, by its key.
struct FieldError {
    std::string field = {};  ///< Id of the input, as in the template; empty: of the form as a whole.
    std::string problem = {};
    std::string key = {};
    std::string about = {};  ///< What it is about, if the field has several: the name of a file.
};

/// Out of what the browser sent.
Form readForm(const FormBody& body);
/// As one text, for a draft; readForm() of it gives the same form.
std::string writeForm(const Form& form);

/// What the person can mend before it is sent. In the order of the form. `files`: how many there are.
std::vector<FieldError> mistakesIn(const Form& form, const Rules& rules, std::size_t files, Instant now);

/// Without files. `consents`: the version of the texts that were agreed to.
IncomingPetition petitionOf(const Form& form, const Rules& rules, std::string external_id, std::string consents);

/// Which version of the consents' texts a page of this language shows. Another text is another version.
std::string consentsVersion(Language language);

/// The hub's refusal at its field: "/petitioner/phone" is "phone". `file_names`: of the attachments, in their order.
FieldError errorOf(const Error& problem, const std::vector<std::string>& file_names);

inline constexpr std::size_t kMostFiles = 10;

/// Does it look like a number that can be called? The hub's own rule, docs/contracts/phone-numbers.md.
bool isPhone(std::string_view text);

}  // namespace pakn::in_web
