/// @file
/// Petitions that may be about the same matter: a suggestion for whoever sits at the Centre, never a decision.

#include <algorithm>

#include "core/domain/similarity.hpp"
#include "core/http/case_access.hpp"
#include "core/http/handlers.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

constexpr auto kBefore = std::chrono::days{30};
constexpr auto kAfter = std::chrono::days{7};
constexpr std::size_t kMostLookedAt = 600;  ///< Candidates whose texts are read, the nearest in time.
constexpr std::size_t kMostShown = 20;

domain::MatterSketch sketch(const domain::Petition& petition) {
    const std::string text = petition.title + '\n' + petition.content;
    return domain::sketchOf(
        {.text = text, .location = petition.location, .category = petition.category, .at = petition.received_at});
}

struct Found {
    domain::Petition petition;
    domain::Similarity similarity;
};

/// Those received at about that time which this caller may see, the nearest first: by windows that grow outwards, so
/// that of a storm's thousands those of the same hours are looked at.
Result<std::vector<std::string>> candidates(const Call& call, const domain::Petition& petition) {
    constexpr std::chrono::hours kWindows[] = {std::chrono::hours{6}, std::chrono::hours{24}, std::chrono::hours{72},
                                               std::chrono::hours{168}, kBefore};
    std::vector<std::string> ids;
    const std::vector<std::string> hidden = call.hub().rules()->hiddenFrom(call.account().unit);
    const auto add = [&](Instant from, Instant to) -> Status {
        store::PetitionFilter filter;
        filter.from = from;
        filter.to = to;
        filter.hide_complained_units = hidden;
        store::Page page{.after = {}, .limit = 200};
        do {
            const auto listed = call.hub().store().petitions(filter, page, call.now);
            if (!listed) return listed.error();
            for (const store::Summary& one : listed->items)
                if (one.id != petition.id && one.status != domain::Status::kRefused && ids.size() < kMostLookedAt)
                    ids.push_back(one.id);
            page.after = listed->next;
        } while (!page.after.empty() && ids.size() < kMostLookedAt);
        return Done{};
    };
    std::chrono::milliseconds before{0};
    std::chrono::milliseconds after{0};
    for (const std::chrono::milliseconds reach : kWindows) {
        if (ids.size() >= kMostLookedAt) break;
        if (Status older = add(petition.received_at - reach, petition.received_at - before); !older)
            return older.error();
        before = reach;
        const std::chrono::milliseconds ahead = std::min<std::chrono::milliseconds>(reach, kAfter);
        if (Status newer = add(petition.received_at + after, petition.received_at + ahead); !newer)
            return newer.error();
        after = ahead;
    }
    return ids;
}

void write(JsonWriter& json, const Found& found, const Names& names) {
    const domain::Petition& one = found.petition;
    json.beginObject();
    json.field("id", one.id);
    json.field("code", one.code);
    json.field("title", one.title);
    json.field("status", nameOf(one.status));
    json.fieldOrNull("unit", one.unit);
    json.fieldOrNull("unit_name", names.unit(one.unit));
    json.fieldOrNull("merged_into", one.merged_code);
    json.field("received_at", one.received_at);
    json.field("score", found.similarity.score);
    json.beginArray("because");
    for (const domain::Label& reason : domain::reasonsOf(found.similarity)) {
        json.beginObject();
        json.field("vi", reason.vi);
        json.field("en", reason.en);
        json.endObject();
    }
    json.endArray();
    json.endObject();
}

}  // namespace

Response similar(const Call& call) {
    if (!call.account().actor().mayTake(domain::Role::kDispatcher)) return problemResponse("role.insufficient");
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    const Result<std::vector<std::string>> ids = candidates(call, *petition);
    if (!ids) return problemResponse(ids.error());
    const domain::MatterSketch mine = sketch(*petition);
    std::vector<Found> found;
    for (const std::string& id : *ids) {
        Result<std::optional<domain::Petition>> other = call.hub().store().petition(id);
        if (!other) return problemResponse(other.error());
        if (!*other) continue;
        const domain::Similarity similarity = domain::similarityOf(mine, sketch(**other));
        if (similarity.suggested()) found.push_back({std::move(**other), similarity});
    }
    std::sort(found.begin(), found.end(),
              [](const Found& a, const Found& b) { return a.similarity.score > b.similarity.score; });
    if (found.size() > kMostShown) found.resize(kMostShown);
    const Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.field("looked_at", static_cast<std::int64_t>(ids->size()));
    json.beginArray("items");
    for (const Found& one : found) write(json, one, names);
    json.endArray();
    json.endObject();
    return {.body = json.take()};
}

}  // namespace pakn::http
