#pragma once
/// @file
/// Answers what comes to the mount.

#include <optional>
#include <stop_token>
#include <string>

#include "answers.hpp"
#include "discovery.hpp"
#include "form.hpp"
#include "pakn/sdk/connector.hpp"
#include "reports.hpp"
#include "settings.hpp"
#include "target.hpp"
#include "tokens.hpp"
#include "view.hpp"

namespace pakn::in_open311 {

/// Safe from any thread. `services` and `rules` outlive it.
class Server {
public:
    Server(HostServices& services, const Rules& rules)
        : services_{services}, rules_{rules}, reports_{services}, tokens_{services}, changeset_{services} {}

    HttpResponse handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop);

private:
    struct Visit;

    HttpResponse get(const Visit& visit);
    HttpResponse getRequests(const Visit& visit, const std::optional<std::string>& portal);
    Outcome<Tree> treeFor(const Visit& visit, const std::optional<std::string>& portal);
    Outcome<Tree> discovery(const HttpRequest& request);
    Outcome<Tree> definition(const std::string& code);
    Outcome<Tree> request(const Visit& visit, const std::optional<std::string>& portal);
    Outcome<Tree> token(const std::string& token);
    Outcome<Tree> updates(const Visit& visit, const std::optional<std::string>& portal);

    HttpResponse post(const Visit& visit, Inbox& inbox);
    Outcome<Tree> takeReport(const Visit& visit, const Form& form, const std::string& portal, Inbox& inbox);
    Outcome<Tree> takeAddition(const Visit& visit, const Form& form, const std::string& portal, Inbox& inbox);

    Outcome<std::vector<Service>> offered();
    /// 404 when the request names another jurisdiction.
    [[nodiscard]] std::optional<Problem> elsewhere(const Form& form) const;
    Outcome<std::string> portalOf(const Form& form);
    std::string wordsOf(const Error& problem);
    [[nodiscard]] Look look(bool extensions) const;

    HostServices& services_;
    const Rules& rules_;
    Reports reports_;
    Tokens tokens_;
    Changeset changeset_;
};

}  // namespace pakn::in_open311
