#pragma once
/// @file
/// Status and answers on their way back to the portal, by the same mapping.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "peer.hpp"
#include "source.hpp"
#include "template.hpp"

namespace pakn::in_portal {

/// One entry of the section `write_back` of a mapping: a request of the portal's API.
struct WriteBack {
    std::string kind = {};                 ///< result, notice, status_update, forward, sign_request.
    std::vector<std::string> events = {};  ///< Only these; empty: all.
    std::string method = "POST";
    Template url = {};
    HttpHeaders headers = {};
    std::string content_type = "application/json";
    Template body = {};
    std::map<std::string, std::string> status = {};  ///< Ours to theirs; empty: as ours.
    std::optional<std::string> other_status = {};  ///< For all others; none: they are not told (results: as answered).
    std::string idempotency_header = {};           ///< The portal acts once per value of it.
    bool repeatable = false;                       ///< Sending it twice changes nothing.
    std::vector<int> already = {};                 ///< Answers that mean "we have it".
    std::optional<Place> reference = {};           ///< The portal's own id in its answer.
    DateFormats dates = {};
};
std::vector<WriteBack> readWriteBack(const Node* node, const Defaults& defaults, Mistakes& mistakes);

struct WriteBackSettings {
    std::string channel = {};  ///< Our own id; deliveries about petitions of others are refused.
    Login login = {};
    HttpClient::Limits limits = {};
};

/// Safe from any thread.
class WriteBacker {
public:
    WriteBacker(const std::vector<WriteBack>& rules, WriteBackSettings settings, HostServices& services)
        : rules_{rules}, settings_{std::move(settings)}, services_{services} {}

    /// kUnknownOutcome when the portal may have acted and would act again; as judge() otherwise. kRejected
    /// "portal.no_rule", "portal.not_ours". A status that the mapping does not tell is a receipt, but for a result:
    /// that leaves as `answered`.
    Result<Receipt> send(const Delivery& delivery);
    /// What can be sent twice is sent again; else kUnknownOutcome.
    Result<Receipt> reconcile(const Delivery& delivery);

private:
    [[nodiscard]] const WriteBack* ruleFor(const Delivery& delivery) const;
    Result<Receipt> exchange(const WriteBack& rule, const Delivery& delivery, const std::string& their_status);

    const std::vector<WriteBack>& rules_;
    const WriteBackSettings settings_;
    HostServices& services_;
};

}  // namespace pakn::in_portal
