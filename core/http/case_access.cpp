#include "core/http/case_access.hpp"

#include <algorithm>
#include <charconv>

#include "core/domain/shown_file.hpp"
#include "core/http/encoding.hpp"
#include "core/http/problems.hpp"
#include "core/http/router.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

constexpr std::size_t kIdLength = 36;

bool maySee(const Call& call, const domain::Petition& petition) {
    const security::Account& account = call.account();
    const domain::Actor actor = account.actor();
    return domain::maySee(petition, actor, *call.hub().rules()) &&
           (seesEveryPetition(account) || domain::hasPart(petition, actor));
}

}  // namespace

Result<domain::Petition> petitionForOfficer(const Call& call, const std::string& id_or_code) {
    store::Store& store = call.hub().store();
    const bool is_id = id_or_code.size() == kIdLength && id_or_code[8] == '-';
    Result<std::optional<domain::Petition>> found =
        is_id ? store.petition(id_or_code) : store.petitionByCode(id_or_code);
    if (!found) return found.error();
    if (!*found) return problemError("petition.not_found");
    if (!maySee(call, **found)) return problemError("petition.not_found");
    return std::move(**found);
}

std::vector<store::TaskFilter::Queue> queuesOf(const security::Account& account) {
    std::vector<store::TaskFilter::Queue> queues;
    for (const domain::Role role : account.roles)
        queues.push_back({.role = role, .unit = role == domain::Role::kDispatcher ? std::string{} : account.unit});
    // Whoever is kept informed, by name or with the unit, whatever their role.
    queues.push_back({.role = domain::Role::kFollower, .unit = {}});
    if (!account.unit.empty()) queues.push_back({.role = domain::Role::kFollower, .unit = account.unit});
    for (const domain::Colleague& one : account.standing_for) {
        for (const domain::Role role : one.roles)
            queues.push_back({.role = role, .unit = role == domain::Role::kDispatcher ? std::string{} : one.unit});
        if (!one.unit.empty()) queues.push_back({.role = domain::Role::kFollower, .unit = one.unit});
    }
    return queues;
}

Response fileResponse(const Call& call, const domain::FileRef& file) {
    Result<Content> content = call.hub().openFile(file);
    if (!content)
        return problemResponse(content.error().code == Errc::kNotFound ? problemError("file.not_found")
                                                                       : content.error());
    const std::string_view form = engine::Photos::isPhoto(file) ? ".photo" : "";
    // A download, never a page of this origin: what citizens upload is hostile.
    return {
        .content_type = std::string{domain::shownType(file.type)},
        .headers = {{"Content-Disposition", "attachment; filename*=UTF-8''" + encodePercent(domain::shownName(file))},
                    {"ETag", '"' + file.sha256 + std::string{form} + '"'}},
        .file = std::move(*content)};
}

Result<std::optional<int>> expectedVersion(std::string_view if_match) {
    if (if_match.empty() || if_match == "*") return std::optional<int>{};
    int version = 0;
    if (if_match.size() < 3 || if_match.front() != '"' || if_match.back() != '"')
        return problemError("request.if_match_invalid");
    const std::string_view digits = if_match.substr(1, if_match.size() - 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (error != std::errc{} || end != digits.data() + digits.size()) return problemError("request.if_match_invalid");
    return std::optional{version};
}

Response withVersion(Response response, const domain::Petition& petition) {
    response.headers.emplace_back("ETag", '"' + std::to_string(petition.version) + '"');
    return response;
}

Response officersResponse(const Call& call, const domain::Petition& petition,
                          const std::optional<store::Person>& person) {
    const store::Person* shown = person ? &*person : nullptr;
    return withVersion({.body = officersView(petition, shown, call.now, call.hub())}, petition);
}

}  // namespace pakn::http
