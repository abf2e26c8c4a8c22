/// @file
/// POST /api/v1/petitions/{petition}/location: whoever handles a petition corrects where it happened.

#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/idempotency.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

using json::Element;

/// What is absent stays as it is.
template <std::optional<std::string> domain::Relocate::*Member>
Status readText(domain::Relocate& target, Element value) {
    std::string given;
    if (Status read = json::readText(given, value); !read) return read;
    target.*Member = domain::toNfc(given);
    return (target.*Member) ? Status{Done{}} : Status{problemError("petition.text_invalid")};
}

template <std::optional<double> domain::Relocate::*Member>
Status readDegrees(domain::Relocate& target, Element value) {
    double degrees = 0;
    if (value.get(degrees) != simdjson::SUCCESS) return problemError("request.field_type");
    target.*Member = degrees;
    return Done{};
}

constexpr json::Rule<domain::Relocate> kFields[] = {
    {"address", &readText<&domain::Relocate::address>},
    {"area", &readText<&domain::Relocate::area>},
    {"lat", &readDegrees<&domain::Relocate::latitude>},
    {"lon", &readDegrees<&domain::Relocate::longitude>},
    json::nfcText<domain::Relocate, &domain::Relocate::reason>("reason"),
};

}  // namespace

Response correctPlace(const Call& call) {
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    const Result<std::optional<int>> expected = expectedVersion(call.request.if_match);
    if (!expected) return problemResponse(expected.error());
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<engine::RequestKey> key = requestKey(call);
    if (!key) return problemResponse(key.error());
    Result<domain::Relocate> place = json::parseAs(call.request.body, kFields);
    if (!place) return problemResponse(place.error());
    place->expected_version = *expected;
    const Result<std::optional<store::Person>> person = call.hub().store().person(petition->id);
    if (!person) return problemResponse(person.error());
    const Result<domain::Petition> after =
        call.hub().execute(petition->id, std::move(*place), call.account().actor(), *key);
    return after ? officersResponse(call, *after, *person) : problemResponse(after.error());
}

}  // namespace pakn::http
