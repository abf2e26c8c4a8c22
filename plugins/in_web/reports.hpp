#pragma once
/// @file
/// From a blank form to a report that is sent: /gui, /nhap (drafts) and /da-gui. Everything that is typed goes through
/// a draft, so that files survive the page on which answers are checked, and nothing is lost by a mistake.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drafts.hpp"
#include "form_view.hpp"
#include "parts.hpp"

namespace pakn::in_web {

/// Safe from any thread.
class Reports {
public:
    explicit Reports(const Parts& parts) : parts_{parts} {}

    /// GET /gui
    HttpResponse blank(Visit& visit) const;
    /// POST /gui: saves what was typed, then goes on to the drafts or to the check; or shows what is to mend.
    HttpResponse take(Visit& visit, Inbox& inbox) const;

    /// GET /nhap
    HttpResponse drafts(Visit& visit, Inbox& inbox) const;
    /// GET /nhap/{handle}
    HttpResponse edit(Visit& visit, Inbox& inbox, std::string_view handle) const;
    /// GET /nhap/{handle}/kiem-tra
    HttpResponse check(Visit& visit, Inbox& inbox, std::string_view handle) const;
    /// POST /nhap/{handle}/gui
    HttpResponse send(Visit& visit, Inbox& inbox, std::string_view handle) const;
    /// POST /nhap/{handle}/xoa
    HttpResponse remove(Visit& visit, Inbox& inbox, std::string_view handle) const;

    /// GET /da-gui
    HttpResponse sent(Visit& visit) const;

    /// How many zero bits a proof of this client has to have now: more for whoever sends much.
    [[nodiscard]] int bitsFor(const Visit& visit) const;

    static constexpr std::size_t kMostDrafts = 5;  ///< Of one browser; the oldest goes.

private:
    /// Something that came with a form, on its way into a draft.
    struct Incoming {
        const FormBody& body;
        std::string_view token_text;
        FormToken token = {};
        Form form = {};
        bool admitted = false;  ///< It has shown that it may come in, now or before.
        std::vector<FieldError> errors = {};
        int status = 422;                               ///< When the form is shown again.
        std::optional<std::chrono::seconds> wait = {};  ///< With 429 and 503.
    };

    /// Whether a new form may come in: by its proof, or by its age. What is wrong is in `errors` then.
    bool admit(Visit& visit, Incoming& incoming) const;
    /// Files of the form into the draft; what cannot be kept is among the errors.
    Status takeFiles(Visit& visit, Inbox& inbox, Incoming& incoming, Draft& draft) const;
    Status keepDraft(Visit& visit, Inbox& inbox, const std::string& id, Draft& draft) const;
    /// False, with the reason among the errors, for a form that is too old, not admitted, or one too many.
    bool letIn(Visit& visit, Incoming& incoming) const;
    HttpResponse keepAndGoOn(Visit& visit, Inbox& inbox, Incoming& incoming, Draft draft) const;
    HttpResponse showAgain(Visit& visit, const Incoming& incoming, const std::vector<DraftFile>& files) const;
    HttpResponse showBusy(Visit& visit, Incoming& incoming, const std::vector<DraftFile>& files,
                          const Error& error) const;
    HttpResponse show(Visit& visit, FormPage page, FormToken token, int status) const;
    HttpResponse handIn(Visit& visit, Inbox& inbox, const std::string& id, Draft draft) const;
    HttpResponse mend(Visit& visit, const std::string& id, const Draft& draft,
                      const std::vector<FieldError>& errors) const;
    HttpResponse finish(Visit& visit, const SentReport& sent) const;
    HttpResponse gone(Visit& visit) const;

    /// The secret ids in the browser's cookie, the one used last first.
    static std::vector<std::string> draftIds(const Visit& visit);
    void setDraftIds(Visit& visit, const std::vector<std::string>& ids) const;
    static std::optional<std::string> idOf(const Visit& visit, std::string_view handle);
    void forgetDraft(Visit& visit, const std::string& id) const;

    const Parts& parts_;
};

}  // namespace pakn::in_web
