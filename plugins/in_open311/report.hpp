#pragma once
/// @file
/// What a portal sends, as the hub takes it in: reports, and what is added to them later.

#include <string>
#include <vector>

#include "catalogue.hpp"
#include "form.hpp"
#include "outcome.hpp"
#include "pakn/sdk/inbox.hpp"
#include "settings.hpp"

namespace pakn::in_open311 {

/// Who sends, and what makes a repetition known.
struct Sender {
    std::string portal = {};
    std::string idempotency_key = {};  ///< The header; may be empty.
};

struct Report {
    IncomingPetition petition = {};
    ServiceType type = ServiceType::kRealtime;
    std::string account_id = {};
    bool knows_all = true;  ///< False: it answers questions that the service does not ask.
};

/// Everything that is wrong with it at once: 400; 404 for an unknown service. The petition's files share no bytes with
/// the request.
Outcome<Report> readReport(const Form& form, const Sender& sender, const std::vector<Service>& services,
                           const Rules& rules);

struct Addition {
    Update update = {};
    std::string update_id = {};  ///< The portal's own.
    std::string code = {};       ///< Of the report.
};

/// 400, all at once.
Outcome<Addition> readAddition(const Form& form, const std::string& portal);

}  // namespace pakn::in_open311
