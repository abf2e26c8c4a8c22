#include "core/domain/contact.hpp"

#include "core/domain/text.hpp"
#include "core/security/accounts.hpp"

namespace pakn::security {

namespace {

constexpr std::size_t kMostTitle = 200;  ///< Code points.

Error invalid(const char* problem, const char* field, std::string message) {
    return {.code = Errc::kInvalid, .message = std::move(message), .problem = problem, .field = field};
}

}  // namespace

Result<AccountContact> checkedContact(const AccountContact& typed) {
    AccountContact contact;
    const std::optional<std::string> title = domain::toNfc(typed.title);
    if (!title) return invalid("petition.text_invalid", "/title", "the title is not valid UTF-8");
    contact.title = domain::trimmed(*title);
    if (domain::codePoints(contact.title) > kMostTitle)
        return invalid("petition.field_too_long", "/title", "a title has at most 200 characters");
    if (!domain::trimmed(typed.phone).empty()) {
        Result<std::string> phone = domain::contactPhone(typed.phone);
        if (!phone) return invalid("petition.phone_invalid", "/phone", phone.error().message);
        contact.phone = std::move(*phone);
    }
    if (!domain::trimmed(typed.email).empty()) {
        Result<std::string> email = domain::contactEmail(typed.email);
        if (!email) return invalid("contact.email_invalid", "/email", email.error().message);
        contact.email = std::move(*email);
    }
    return contact;
}

}  // namespace pakn::security
