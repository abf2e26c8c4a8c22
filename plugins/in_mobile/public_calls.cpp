#include "public_calls.hpp"

#include <algorithm>
#include <utility>

#include "petition_json.hpp"
#include "problems.hpp"
#include "uploads.hpp"
#include "views.hpp"

namespace pakn::in_mobile {
namespace {

// What the hub takes (docs/api/openapi.yaml), in characters.
constexpr std::int64_t kMostTitle = 300;
constexpr std::int64_t kMostContent = 20000;
constexpr std::int64_t kMostSupplement = 5000;

Error wrongParameter(std::string_view name) { return invalid("request.parameter_invalid", name); }

std::string parameter(const Query& query, std::string_view name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string{} : found->second;
}

Result<PublicSearch> readSearch(const Visit& visit) {
    PublicSearch search{.area = parameter(visit.query, "area"), .after = parameter(visit.query, "after")};
    const Result<int> limit = visit.limit(20);
    if (!limit) return limit.error();
    search.limit = *limit;
    if (std::string category = parameter(visit.query, "category"); !category.empty())
        search.categories.push_back(std::move(category));
    const std::string finished = parameter(visit.query, "finished");
    if (!finished.empty() && finished != "true" && finished != "false") return wrongParameter("finished");
    if (!finished.empty()) search.finished = finished == "true";
    for (const auto& [name, into] : {std::pair{"from", &search.from}, std::pair{"to", &search.to}}) {
        const Result<std::optional<Instant>> at = visit.instant(name);
        if (!at) return at.error();
        *into = *at;
    }
    return search;
}

}  // namespace

Result<HttpResponse> PublicCalls::form(const Visit&) {
    const Result<std::vector<PublicName>> categories = services_.records().categories();
    if (!categories) return categories.error();
    const Result<std::vector<PublicName>> areas = services_.records().areas();
    if (!areas) return areas.error();
    Answer answer;
    answer.names("categories", *categories);
    answer.names("areas", *areas);
    answer.texts("kinds", {"individual", "organisation"});
    answer.texts("classes", {"PAHT", "PAKN"});
    answer.texts("ratings", {"satisfied", "neutral", "dissatisfied"});
    std::vector<std::string> required{"content"};
    required.insert(required.end(), rules_.required.begin(), rules_.required.end());
    answer.texts("required", required);
    answer.flag("anonymous", rules_.anonymous_offered);
    answer.flag("sign_in_required", rules_.sign_in_required);
    answer.begin("limits");
    answer.number("title", kMostTitle);
    answer.number("content", kMostContent);
    answer.number("supplement", kMostSupplement);
    answer.number("files", kMostFiles);
    answer.number("file_bytes", rules_.max_file);
    answer.number("files_bytes", rules_.max_files);
    answer.number("uploads", rules_.open_uploads);
    answer.number("part_bytes", kPartSize);
    answer.end();
    answer.begin("consent");
    answer.text("version", rules_.consent_version);
    answer.text("process_personal_data", rules_.consent_process);
    answer.text("use_identity_in_handling", rules_.consent_identity);
    answer.text("publish_identity", rules_.consent_publish);
    answer.text("declared_true", rules_.declaration);
    answer.end();
    answer.beginList("emergency_contacts");
    for (const NamedNumber& one : rules_.emergency_contacts) {
        answer.item();
        answer.text("name", one.name);
        answer.text("number", one.number);
        answer.end();
    }
    answer.endList();
    answer.text("notice", rules_.notice);
    return answer.response();
}

Result<HttpResponse> PublicCalls::list(const Visit& visit) {
    const Result<PublicSearch> search = readSearch(visit);
    if (!search) return search.error();
    const Result<PublicPage> page = services_.records().search(*search);
    if (!page) return page.error().code == Errc::kInvalid ? wrongParameter("after") : page.error();
    Answer answer;
    answer.beginList("items");
    for (const PublicPetition& petition : page->items) {
        answer.item();
        writePetition(answer, petition, Shown::kInList);
        answer.end();
    }
    answer.endList();
    answer.text("next", page->next);
    return answer.response();
}

Result<HttpResponse> PublicCalls::show(const Visit& visit) {
    // Also one that is under way: what is listed opens.
    const Result<PublicPage> found =
        services_.records().search({.codes = {visit.part("code")}, .steps = true, .limit = 1});
    if (!found) return found.error();
    if (found->items.empty())
        return Error{.code = Errc::kNotFound, .message = "no such public petition", .problem = "petition.not_found"};
    Answer answer;
    writePetition(answer, found->items.front(), Shown::kWhole);
    return answer.response();
}

Result<HttpResponse> PublicCalls::file(const Visit& visit) {
    const std::string code = visit.part("code");
    const std::string sha256 = visit.part("sha256");
    const Result<PublicPetition> petition = services_.records().show(code);
    if (!petition) return petition.error();
    const std::vector<PublicFile> none;
    const std::vector<PublicFile>& files = petition->answer ? petition->answer->files : none;
    const auto file =
        std::find_if(files.begin(), files.end(), [&](const PublicFile& one) { return one.sha256 == sha256; });
    if (file == files.end())
        return Error{.code = Errc::kNotFound, .message = "no such file", .problem = "file.not_found"};
    Result<Content> content = services_.records().answerFile(code, sha256);
    if (!content) return std::move(content).error();
    return fileResponse(*file, std::move(content).value());
}

}  // namespace pakn::in_mobile
