/// @file
/// What the citizens' app sends: addresses, queries, petitions, instants.

#include <algorithm>
#include <cmath>

#include "harness.hpp"
#include "pakn/sdk/inbox.hpp"
#include "plugins/in_mobile/petition_json.hpp"
#include "plugins/in_mobile/routes.hpp"
#include "plugins/in_mobile/times.hpp"
#include "plugins/in_mobile/visit.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_mobile;

void checkTarget(std::string_view path, std::string_view query) {
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
        const Found found = findRoute(method, path);
        FUZZ_CHECK(found.route == nullptr || (found.route->method == method && found.parts.size() <= 2));
        for (const auto& [name, value] : found.parts) FUZZ_CHECK(!value.empty() && value.size() <= 200);
    }
    FUZZ_CHECK(percentDecoded(path).size() <= path.size());
    const Query parameters = readQuery(query);
    FUZZ_CHECK(parameters.size() <= 50);
    for (const auto& [name, value] : parameters)
        FUZZ_CHECK(!name.empty() && name.size() + value.size() <= query.size());
}

void checkInstant(std::string_view text) {
    const std::optional<Instant> at = readInstant(text);
    if (at) FUZZ_CHECK(readInstant(writeInstant(*at)) == at || writeInstant(*at) < "2000-01-02");
}

void checkPetition(std::string_view text, const Rules& rules) {
    const auto json = bounded_json::parseJson(text, {.bytes = 1U << 20U, .depth = 8, .values = 2000},
                                              bounded_json::JsonNumbers::kAsNumbers);
    if (!json) {
        FUZZ_CHECK(json.error().code == Errc::kInvalid || json.error().code == Errc::kTooLarge);
        return;
    }
    if (!json->IsObject()) return;
    const Result<Submission> read = readSubmission(*json, rules);
    if (!read) {
        FUZZ_CHECK(read.error().code == Errc::kInvalid && !read.error().problem.empty());
        FUZZ_CHECK(read.error().field.starts_with('/'));
        return;
    }
    const IncomingPetition& petition = read->petition;
    FUZZ_CHECK(!petition.text.empty() && isUtf8(petition.text) && isUtf8(petition.title));
    FUZZ_CHECK(read->uploads.size() <= kMostFiles && petition.attachments.size() <= kMostFiles);
    FUZZ_CHECK(petition.external_id.empty() && petition.attributes.empty());
    for (const auto& degrees : {petition.location.latitude, petition.location.longitude})
        FUZZ_CHECK(!degrees || std::isfinite(*degrees));
    const std::string revision = revisionOf(*read);
    FUZZ_CHECK(revision.size() == 64 && revision == revisionOf(*read));
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const bool strict = input.flag();
    const Exact path{input.line()};
    const Exact query{input.line()};
    const Exact body{input.rest()};
    checkTarget(path.view(), query.view());
    checkInstant(query.view());
    Rules rules;
    if (strict) rules.required = {"title", "category", "occurred_at", "location"};
    checkPetition(body.view(), rules);
}

}  // namespace pakn::fuzz
