#pragma once
/// @file
/// What comes in: files in parts, and petitions.

#include <optional>
#include <string>
#include <vector>

#include "accounts.hpp"
#include "options.hpp"
#include "uploads.hpp"
#include "visit.hpp"

namespace pakn::in_mobile {

/// Who hands something in.
struct Writer {
    std::optional<Account> account = {};
    Owner owner = {};
};

/// kUnauthenticated: nobody is signed in where somebody must be, or a session is over.
Result<Writer> writerOf(const Visit& visit, const Rules& rules, HostServices& services);

/// The files that go with something.
struct Gathered {
    std::vector<Attachment> files = {};
    std::vector<Upload> uploads = {};  ///< Those among them that came in parts.
    /// It came before, and its files are on record: there are none here.
    bool again = false;
};

/// `inline_files` came in the body, `ids` in parts; `what` they go with. Errors of Uploads, with the field; kTooLarge
/// "mobile.files_too_large", kInvalid "petition.too_many_attachments".
Result<Gathered> gather(std::vector<Attachment> inline_files, const std::vector<std::string>& ids, const Owner& owner,
                        std::string_view what, const Rules& rules, Uploads& uploads, Inbox& inbox);
/// They went with `what`. What fails here is swept later, so it is only logged.
void markUsed(const Gathered& gathered, std::string_view what, Uploads& uploads, Inbox& inbox, HostServices& services);

/// Safe from any thread.
class Filing {
public:
    Filing(const Rules& rules, HostServices& services, Uploads& uploads)
        : rules_{rules}, services_{services}, uploads_{uploads} {}

    Result<HttpResponse> beginUpload(const Visit& visit);
    Result<HttpResponse> showUpload(const Visit& visit);
    Result<HttpResponse> putPart(const Visit& visit);
    Result<HttpResponse> dropUpload(const Visit& visit);
    Result<HttpResponse> submit(const Visit& visit);

private:
    Result<Upload> uploadOf(const Visit& visit);
    HttpResponse stored(const Accepted& accepted);

    const Rules& rules_;
    HostServices& services_;
    Uploads& uploads_;
};

}  // namespace pakn::in_mobile
