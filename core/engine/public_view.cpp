#include "core/engine/public_view.hpp"

#include <algorithm>
#include <set>

#include "core/domain/disclosure.hpp"
#include "core/security/crypto.hpp"

namespace pakn::engine {

namespace {

constexpr std::chrono::minutes kStatisticsKeep{5};
constexpr int kPerRead = 200;
/// A page may come short when little of what is there is public; the caller then asks for the next one.
constexpr int kMostReads = 5;
constexpr std::size_t kMostCodes = 1000;

Error notFound() { return {.code = Errc::kNotFound, .message = "no such petition", .problem = "petition.not_found"}; }

const domain::FileRef* findIn(const std::vector<domain::FileRef>& files, std::string_view sha256) {
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const domain::FileRef& one) { return one.sha256 == sha256; });
    return found == files.end() ? nullptr : &*found;
}

}  // namespace

Result<domain::Petition> openByToken(store::Store& store, std::string_view code, std::string_view token) {
    Result<std::optional<domain::Petition>> found = store.petitionByCode(std::string{code});
    if (!found) return std::move(found).error();
    const std::string_view secret = *found ? std::string_view{(*found)->tracking_token} : code;
    const bool opens = security::equalInConstantTime(security::toHex(security::sha256(secret)),
                                                     security::toHex(security::sha256(token)));
    if (!*found || secret.empty() || !opens) return notFound();
    return std::move(**found);
}

Result<PublicPetition> PublicView::track(std::string_view code, std::string_view secret) {
    const Result<domain::Petition> petition = openByToken(hub_.store(), code, secret);
    if (!petition) return petition.error();
    const Result<std::vector<domain::Event>> history = hub_.store().history(petition->id);
    if (!history) return history.error();
    return domain::sendersView(*petition, *history, *hub_.rules());
}

Result<Content> PublicView::file(std::string_view code, std::string_view secret, std::string_view sha256) {
    const Result<domain::Petition> petition = openByToken(hub_.store(), code, secret);
    if (!petition) return petition.error();
    const domain::FileRef* file = domain::fileOfSender(*petition, sha256);
    return file ? hub_.openFile(*file) : Result<Content>{notFound()};
}

Result<PublicPage> PublicView::list(const PublicFilter& filter) {
    store::PetitionFilter wanted{.category = filter.category, .from = filter.from, .to = filter.to};
    if (!filter.status.empty()) {
        wanted.status = domain::findStatus(filter.status);
        if (!wanted.status) return PublicPage{};
    }
    const auto most = static_cast<std::size_t>(std::clamp(filter.limit, 1, 100));
    PublicPage page{.next = filter.after};
    for (int reads = 0; reads < kMostReads && page.items.size() < most; ++reads) {
        // One at a time towards the end of the page, so that its cursor is exact.
        const int limit = static_cast<int>(std::min<std::size_t>(kPerRead, most - page.items.size()));
        const auto rows = hub_.store().petitions(wanted, {.after = page.next, .limit = limit}, hub_.now());
        if (!rows) return rows.error();
        for (const store::Summary& row : rows->items) {
            const auto petition = hub_.store().petition(row.id);
            if (!petition) return petition.error();
            if (!*petition || (!filter.area.empty() && (*petition)->location.area != filter.area)) continue;
            if (auto view = domain::everybodysView(**petition, *hub_.rules())) page.items.push_back(std::move(*view));
        }
        page.next = rows->next;
        if (page.next.empty()) break;
    }
    return page;
}

Result<domain::Petition> PublicView::published(std::string_view code) {
    Result<std::optional<domain::Petition>> found = hub_.store().petitionByCode(std::string{code});
    if (!found) return std::move(found).error();
    if (!*found || !domain::isPublished(**found)) return notFound();
    return std::move(**found);
}

Result<PublicPetition> PublicView::show(std::string_view code) {
    const Result<domain::Petition> petition = published(code);
    if (!petition) return petition.error();
    return *domain::everybodysView(*petition, *hub_.rules());
}

Result<Content> PublicView::answerFile(std::string_view code, std::string_view sha256) {
    const Result<domain::Petition> petition = published(code);
    if (!petition) return petition.error();
    const domain::FileRef* file = findIn(petition->released->files, sha256);
    return file ? hub_.openFile(*file) : Result<Content>{notFound()};
}

Result<std::vector<PublicName>> PublicView::categories() {
    std::vector<PublicName> names;
    const auto rules = hub_.rules();
    for (const auto& [id, category] : rules->categories) names.push_back({id, category.name});
    return names;
}

Result<std::vector<PublicName>> PublicView::areas() {
    std::set<std::string> codes;
    const auto rules = hub_.rules();
    for (const domain::Route& route : rules->routes) codes.insert(route.when.area.begin(), route.when.area.end());
    std::vector<PublicName> names;
    for (const std::string& code : codes) names.push_back({code, code});
    return names;
}

Result<PublicStatistics> PublicView::statistics() {
    const std::lock_guard lock{mutex_};  // One counts, the others wait for its numbers.
    if (!counted_ || hub_.now() - counted_->as_of > kStatisticsKeep) {
        Result<PublicStatistics> fresh = count();
        if (!fresh) return fresh;
        counted_ = *fresh;
    }
    return *counted_;
}

Result<PublicCitizen> PublicView::citizen(std::string_view session) {
    Result<security::ProviderSession> who = security::citizenOf(hub_.store(), session, hub_.now());
    if (!who) return std::move(who).error();
    return PublicCitizen{.issuer = std::move(who->issuer),
                         .subject = std::move(who->subject),
                         .name = std::move(who->name),
                         .phone = std::move(who->phone),
                         .email = std::move(who->email),
                         .citizen_id = std::move(who->citizen_id)};
}

Result<PublicPage> PublicView::search(const PublicSearch& wanted) {
    store::ShownFilter filter{.categories = wanted.categories,
                              .area = wanted.area,
                              .finished = wanted.finished,
                              .whole = wanted.answered_only,
                              .from = wanted.from,
                              .to = wanted.to,
                              .changed_from = wanted.changed_from,
                              .changed_to = wanted.changed_to};
    if (wanted.codes.size() > kMostCodes || wanted.categories.size() > kMostCodes)
        return Error{
            .code = Errc::kInvalid, .message = "a search for more than 1000 codes", .problem = "search.too_much"};
    for (const std::string& code : wanted.codes) {
        const auto petition = hub_.store().petitionByCode(code);
        if (!petition) return petition.error();
        if (*petition) filter.ids.push_back((*petition)->id);
    }
    PublicPage page;
    if (!wanted.codes.empty() && filter.ids.empty()) return page;
    const auto most = static_cast<std::size_t>(std::clamp(wanted.limit, 1, 1000));
    page.next = wanted.after;
    const auto rules = hub_.rules();
    while (page.items.size() < most) {
        const int limit = static_cast<int>(std::min<std::size_t>(kPerRead, most - page.items.size()));
        const auto lines = hub_.store().shown(filter, {.after = page.next, .limit = limit});
        if (!lines) return lines.error();
        for (const store::ShownLine& line : lines->items) {
            const auto petition = hub_.store().petition(line.petition_id);
            if (!petition) return petition.error();
            // What followers know may be a moment old: what may be shown is said by the petition as it is.
            auto view = *petition ? domain::viewUnderWay(**petition, *rules) : std::nullopt;
            if (!view || (wanted.answered_only && !view->answer)) continue;
            view->attributes[std::string{kChangedAt}] = std::to_string(line.changed_at.time_since_epoch().count());
            if (wanted.steps) {
                const auto history = hub_.store().history(line.petition_id);
                if (!history) return history.error();
                view->steps = domain::everybodysSteps(*history, *rules);
            }
            page.items.push_back(std::move(*view));
        }
        page.next = lines->next;
        if (page.next.empty()) break;
    }
    return page;
}

Result<PublicStatistics> PublicView::count() {
    PublicStatistics numbers{.as_of = hub_.now()};
    const auto all = [&](store::Measure measure, const store::ReportFilter& filter, const auto& take) -> Status {
        const auto tallies = hub_.store().tally(measure, store::Grouping::kNone, filter, numbers.as_of);
        if (!tallies) return tallies.error();
        for (const store::Tally& one : *tallies) take(one.value, one.count);
        return Done{};
    };
    const auto open = [&](const std::string& progress, std::int64_t count) {
        numbers.received += count;
        if (progress != "on_time" && progress != "late") numbers.open += count;
    };
    if (Status counted = all(store::Measure::kProgress, {}, open); !counted) return counted.error();
    const auto answered = [&](const std::string& progress, std::int64_t count) {
        if (progress == "on_time") numbers.on_time += count;
        if (progress == "late") numbers.late += count;
    };
    for (const domain::Status status : {domain::Status::kAnswered, domain::Status::kClosed})
        if (Status counted = all(store::Measure::kProgress, {.status = status}, answered); !counted)
            return counted.error();
    numbers.answered = numbers.on_time + numbers.late;
    return numbers;
}

}  // namespace pakn::engine
