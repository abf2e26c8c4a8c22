/// @file
/// See public_list.hpp.

#include "public_list.hpp"

#include <algorithm>
#include <utility>

#include "form_view.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kOnFirstPage = 5;
constexpr int kAnsweredLookedAt = 100;  ///< The hub gives them by when they came, not by when they were answered.
constexpr auto kAnsweredShownFor = 10s;
constexpr int kOnPage = 20;
constexpr std::size_t kMostCursor = 500;

constexpr std::string_view kOpen = "dang-xu-ly";
constexpr std::string_view kAnswered = "da-tra-loi";

/// What the reader chose; anything that is no choice is none.
struct Filter {
    std::string category = {};
    std::string area = {};
    std::string status = {};
    std::string after = {};
};

bool isAmong(const std::vector<PublicName>& names, std::string_view id) {
    return std::any_of(names.begin(), names.end(), [&](const PublicName& one) { return one.id == id; });
}

Filter filterOf(const Visit& visit, const Choices& offered) {
    const FormBody& query = visit.query();
    Filter filter;
    if (isAmong(offered.categories, query.value("linh-vuc"))) filter.category = query.value("linh-vuc");
    if (isAmong(offered.areas, query.value("dia-ban"))) filter.area = query.value("dia-ban");
    const std::string_view status = query.value("trang-thai");
    if (status == kOpen || status == kAnswered) filter.status = status;
    filter.after = firstBytes(query.value("sau"), kMostCursor);
    return filter;
}

std::string addressOf(const Filter& filter, const std::string& after) {
    std::string address = "/cong-khai?linh-vuc=" + encodePercent(filter.category) +
                          "&dia-ban=" + encodePercent(filter.area) + "&trang-thai=" + filter.status;
    if (!after.empty()) address += "&sau=" + encodePercent(after);
    return address;
}

Data shortly(const PublicPetition& petition, const Choices& offered, Language language) {
    return object({{"code", petition.code},
                   {"title", petition.title},
                   {"status", in(language, petition.status_label)},
                   {"category", petition.category_name},
                   {"area", petition.area.empty() ? std::string{} : nameIn(offered.areas, petition.area)},
                   {"received", shownTime(petition.received_at)},
                   {"received_machine", machineTime(petition.received_at)}});
}

}  // namespace

HttpResponse PublicList::missing(Visit& visit) const {
    return parts_.pages.failure(visit, 404, "failure.not_found_title", "failure.not_found");
}

std::vector<PublicPetition> PublicList::answeredLately() const {
    const Instant now = parts_.services.now();
    {
        const std::lock_guard lock{lately_mutex_};
        if (now < lately_until_) return lately_;
    }
    Result<PublicPage> page = parts_.services.records().search({.answered_only = true, .limit = kAnsweredLookedAt});
    if (!page) return {};  // The page is whole without what the hub cannot say at the moment.
    std::vector<PublicPetition> answered = std::move(page->items);
    std::erase_if(answered, [](const PublicPetition& one) { return !one.answer; });
    std::stable_sort(answered.begin(), answered.end(),
                     [](const PublicPetition& a, const PublicPetition& b) { return a.answer->at > b.answer->at; });
    if (answered.size() > kOnFirstPage) answered.resize(kOnFirstPage);
    const std::lock_guard lock{lately_mutex_};
    lately_ = answered;
    lately_until_ = now + kAnsweredShownFor;
    return answered;
}

HttpResponse PublicList::home(Visit& visit) const {
    PublicRecords& records = parts_.services.records();
    Data answered = emptyList();
    bool any = false;
    for (const PublicPetition& one : answeredLately()) {
        any = true;
        answered.push_back(object({{"code", one.code},
                                   {"title", one.title.empty() ? one.code : one.title},
                                   {"category", one.category_name},
                                   {"at", shownTime(one.answer->at)},
                                   {"at_machine", machineTime(one.answer->at)}}));
    }
    Data data = object({{"urgent", words("urgent.text", visit.language(), parts_.rules.hotline)},
                        {"has_answered", flag(any)},
                        {"answered", answered},
                        {"numbers", flag(false)}});
    const Result<PublicStatistics> numbers = records.statistics();
    if (numbers && numbers->received > 0)
        data.set("numbers", object({{"received", std::to_string(numbers->received)},
                                    {"open", std::to_string(numbers->open)},
                                    {"given", std::to_string(numbers->answered)},
                                    {"on_time", std::to_string(numbers->on_time)},
                                    {"as_of", shownTime(numbers->as_of)},
                                    {"as_of_machine", machineTime(numbers->as_of)}}));
    return parts_.pages.page(visit, "home", "home.page", data);
}

HttpResponse PublicList::list(Visit& visit) const {
    const Choices offered = choicesOf(parts_.services);
    const Filter filter = filterOf(visit, offered);
    PublicSearch wanted{
        .area = filter.area, .answered_only = filter.status == kAnswered, .after = filter.after, .limit = kOnPage};
    if (!filter.category.empty()) wanted.categories = {filter.category};
    if (filter.status == kOpen) wanted.finished = false;
    Result<PublicPage> page = parts_.services.records().search(wanted);
    if (!page && page.error().code == Errc::kInvalid) return Pages::redirect(visit, addressOf(filter, ""));
    if (!page) return parts_.pages.trouble(visit, page.error());
    Data items = emptyList();
    for (const PublicPetition& one : page->items) items.push_back(shortly(one, offered, visit.language()));
    const std::string first = filter.after.empty() ? std::string{} : addressOf(filter, "");
    const std::string next = page->next.empty() ? std::string{} : addressOf(filter, page->next);
    return parts_.pages.page(visit, "list", "nav.public",
                             object({{"has_items", flag(!page->items.empty())},
                                     {"items", items},
                                     {"categories", choices(offered.categories, filter.category)},
                                     {"has_areas", flag(!offered.areas.empty())},
                                     {"areas", choices(offered.areas, filter.area)},
                                     {"open", flag(filter.status == kOpen)},
                                     {"answered", flag(filter.status == kAnswered)},
                                     {"pages", flag(!first.empty() || !next.empty())},
                                     {"first", first},
                                     {"next", next}}));
}

HttpResponse PublicList::show(Visit& visit, const std::string& code) const {
    const Language language = visit.language();
    PublicRecords& records = parts_.services.records();
    const Result<PublicPage> found = records.search({.codes = {code}, .steps = true, .limit = 1});
    if (!found) return parts_.pages.trouble(visit, found.error());
    // One without an answer is only in the search; what was answered within the last second may be only in show().
    Result<PublicPetition> petition = records.show(code);
    if (!petition && petition.error().code != Errc::kNotFound) return parts_.pages.trouble(visit, petition.error());
    if (!petition && found->items.empty()) return missing(visit);
    const std::vector<PublicStep> steps = found->items.empty() ? std::vector<PublicStep>{} : found->items.front().steps;
    const PublicPetition& shown = petition ? *petition : found->items.front();
    return parts_.pages.page(
        visit, "public", "public.page",
        object({{"code", shown.code},
                {"title", shown.title},
                {"status", in(language, shown.status_label)},
                {"category", shown.category_name},
                {"unit", shown.unit_name},
                {"received", shownTime(shown.received_at)},
                {"received_machine", machineTime(shown.received_at)},
                {"due", shown.due_at && !shown.finished_at ? shownTime(*shown.due_at) : std::string{}},
                {"due_machine", shown.due_at ? machineTime(*shown.due_at) : std::string{}},
                {"content", shown.content},
                {"answer", answerData(shown, "/cong-khai/" + shown.code + "/tep/", language)},
                {"has_steps", flag(!steps.empty())},
                {"steps", stepList(steps, language)}}));
}

HttpResponse PublicList::file(Visit& visit, const std::string& code, std::string_view sha256) const {
    const Result<PublicPetition> petition = parts_.services.records().show(code);
    if (!petition && petition.error().code != Errc::kNotFound) return parts_.pages.trouble(visit, petition.error());
    if (!petition || !petition->answer) return missing(visit);
    const std::vector<PublicFile>& files = petition->answer->files;
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const PublicFile& one) { return one.sha256 == sha256; });
    if (found == files.end()) return missing(visit);
    Result<Content> content = parts_.services.records().answerFile(code, sha256);
    if (content) return Pages::file(std::move(*content), *found);
    return content.error().code == Errc::kNotFound ? missing(visit) : parts_.pages.trouble(visit, content.error());
}

}  // namespace pakn::in_web
