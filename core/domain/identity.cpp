#include "core/domain/identity.hpp"

#include <array>

namespace pakn::domain {

namespace {

/// One thing that identifies somebody, in the order in which forms ask for it.
struct Asked {
    const std::string& given;
    const char* problem;
    const char* field;
    bool wanted;
};

Error missing(const char* problem, const char* field) {
    return {.code = Errc::kInvalid, .message = "this channel asks who writes", .problem = problem, .field = field};
}

}  // namespace

pakn::Status checkIdentity(IdentityRule rule, const IncomingPetition& petition) {
    const bool all = rule == IdentityRule::kRequired;
    if (!all && rule != IdentityRule::kAnonymousToPublic) return Done{};
    if (all && petition.anonymous) return missing("identity.anonymous_not_taken", "/anonymous");
    const Petitioner& who = petition.petitioner;
    const std::array asked{
        Asked{who.name, "identity.name_missing", "/petitioner/name", true},
        Asked{who.phone, "identity.phone_missing", "/petitioner/phone", true},
        // An organisation has none.
        Asked{who.citizen_id, "identity.citizen_id_missing", "/petitioner/citizen_id",
              all && who.kind != "organisation"},
        Asked{who.address, "identity.address_missing", "/petitioner/address", all},
    };
    for (const Asked& one : asked)
        if (one.wanted && one.given.empty()) return missing(one.problem, one.field);
    return Done{};
}

void forgetSender(IncomingPetition& petition) {
    petition.petitioner = {};
    petition.anonymous = true;
    petition.consent.use_identity_in_handling = false;
    petition.consent.publish_identity = false;
}

}  // namespace pakn::domain
