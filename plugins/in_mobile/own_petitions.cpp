#include "own_petitions.hpp"

#include <algorithm>
#include <utility>

#include "fields.hpp"
#include "filing.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "petition_json.hpp"
#include "problems.hpp"
#include "views.hpp"

namespace pakn::in_mobile {
namespace {

constexpr int kPerPage = 100;
constexpr int kNotificationPages = 3;
constexpr std::chrono::hours kNotificationsFor{24 * 30};
/// What the hub's index may be behind.
constexpr std::chrono::seconds kBehind{10};

Error noSuchPetition() {
    return {.code = Errc::kNotFound,
            .message = "no such petition, or not for this caller",
            .problem = "petition.not_found"};
}

/// The same key of the same petition is the same news.
std::string updateId(Update::Kind kind, std::string_view code, std::string_view key) {
    return digestOf({"update", std::to_string(static_cast<int>(kind)), code, key});
}

const PublicFile* findFile(const PublicPetition& petition, const std::string& sha256) {
    const auto in = [&](const std::vector<PublicFile>& files) -> const PublicFile* {
        const auto found =
            std::find_if(files.begin(), files.end(), [&](const PublicFile& one) { return one.sha256 == sha256; });
        return found == files.end() ? nullptr : &*found;
    };
    const PublicFile* own = in(petition.attachments);
    return own == nullptr && petition.answer ? in(petition.answer->files) : own;
}

/// Something that happened to a petition.
struct Notification {
    Instant at = {};
    std::string kind = {};  ///< "step", "question".
    const PublicPetition* petition = nullptr;
    const PublicStep* step = nullptr;
};

void collect(const PublicPetition& petition, Instant after, std::vector<Notification>& into) {
    for (const PublicStep& step : petition.steps)
        if (step.at > after) into.push_back({.at = step.at, .kind = "step", .petition = &petition, .step = &step});
    const std::optional<Instant> asked = instantIn(petition, "question_at");
    if (petition.attributes.contains("question") && asked && *asked > after)
        into.push_back({.at = *asked, .kind = "question", .petition = &petition});
}

void write(Answer& answer, const Notification& one) {
    const PublicPetition& petition = *one.petition;
    const std::string ms = std::to_string(one.at.time_since_epoch().count());
    answer.item();
    answer.text("id", digestOf({petition.code, one.kind, one.step ? one.step->status : "", ms}).substr(0, 32));
    answer.instant("at", one.at);
    answer.text("kind", one.kind);
    answer.text("code", petition.code);
    answer.text("title", petition.title);
    answer.text("status", one.step ? one.step->status : petition.status);
    answer.label("label", one.step ? one.step->label : petition.status_label);
    answer.text("unit_name", one.step ? one.step->unit_name : std::string{});
    const auto question = petition.attributes.find("question");
    answer.text("question",
                one.step == nullptr && question != petition.attributes.end() ? question->second : std::string{});
    answer.end();
}

std::string parameter(const Query& query, std::string_view name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string{} : found->second;
}

}  // namespace

Result<HttpResponse> OwnPetitions::list(const Visit& visit) {
    const Result<Account> account = accountOf(visit, services_);
    if (!account) return account.error();
    const Result<int> limit = visit.limit(20);
    if (!limit) return limit.error();
    const Result<OwnPage> page = services_.citizens().petitions(
        {.reply_address = account->address, .after = parameter(visit.query, "after"), .limit = *limit});
    if (!page)
        return page.error().code == Errc::kInvalid ? invalid("request.parameter_invalid", "after") : page.error();
    Answer answer;
    answer.beginList("items");
    for (const OwnPetition& one : page->items) {
        answer.item();
        writePetition(answer, one.petition, Shown::kInList);
        answer.end();
    }
    answer.endList();
    answer.text("next", page->next);
    return answer.response();
}

/// By the tracking token where there is one, else by whose session it is. A wrong code, another's petition and a wrong
/// token are all the same.
Result<OwnPetitions::Opened> OwnPetitions::open(const Visit& visit) {
    const std::string code = visit.part("code");
    std::string secret = visit.header("x-tracking-token");
    if (secret.empty()) {
        const Result<Account> account = accountOf(visit, services_);
        if (!account) return account.error();
        Result<std::string> own = secretOf(*account, code);
        if (!own) return std::move(own).error();
        secret = std::move(own).value();
    }
    Result<PublicPetition> petition = services_.records().track(code, secret);
    if (!petition) return petition.error().code == Errc::kNotFound ? noSuchPetition() : petition.error();
    return Opened{.petition = std::move(petition).value(), .secret = std::move(secret)};
}

Result<std::string> OwnPetitions::secretOf(const Account& account, const std::string& code) {
    Result<OwnPage> page = services_.citizens().petitions({.reply_address = account.address, .codes = {code}});
    if (!page) return std::move(page).error();
    return page->items.empty() ? Result<std::string>{noSuchPetition()} : std::move(page->items.front().secret);
}

Result<HttpResponse> OwnPetitions::show(const Visit& visit) {
    const Result<Opened> opened = open(visit);
    if (!opened) return opened.error();
    Answer answer;
    writePetition(answer, opened->petition, Shown::kWhole);
    return answer.response();
}

Result<HttpResponse> OwnPetitions::file(const Visit& visit) {
    const Result<Opened> opened = open(visit);
    if (!opened) return opened.error();
    const std::string sha256 = visit.part("sha256");
    const PublicFile* const file = findFile(opened->petition, sha256);
    if (file == nullptr) return Error{.code = Errc::kNotFound, .message = "no such file", .problem = "file.not_found"};
    Result<Content> content = services_.records().file(opened->petition.code, opened->secret, sha256);
    if (!content) return std::move(content).error();
    return fileResponse(*file, std::move(content).value());
}

/// What the sender says, once per Idempotency-Key.
Status OwnPetitions::tell(const Visit& visit, const Opened& opened, Update update) {
    if (update.id.empty()) {
        const Result<std::string> key = visit.idempotencyKey();
        if (!key) return key.error();
        update.id = updateId(update.kind, opened.petition.code, *key);
    }
    update.code = opened.petition.code;
    update.attributes[std::string{kSenderSecret}] = opened.secret;
    const Result<Accepted> told = visit.inbox.update(std::move(update));
    if (!told) return told.error();
    if (told->outcome == Accepted::Outcome::kRefused) return told->problem.value_or(invalid("generic.invalid"));
    return Done{};
}

Result<HttpResponse> OwnPetitions::rate(const Visit& visit) {
    const Result<Opened> opened = open(visit);
    if (!opened) return opened.error();
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    Update update{.kind = Update::Kind::kRated, .text = fields.text("comment")};
    update.attributes["rating"] = fields.neededText("rating");
    if (fields.error()) return *fields.error();
    if (Status told = tell(visit, *opened, std::move(update)); !told) return std::move(told).error();
    return done();
}

Result<HttpResponse> OwnPetitions::supplement(const Visit& visit) {
    const Result<Opened> opened = open(visit);
    if (!opened) return opened.error();
    const Result<std::string> key = visit.idempotencyKey();
    if (!key) return key.error();
    const Result<JsonDocument> body = readBody(visit, kLargeBody);
    if (!body) return body.error();
    Fields fields{*body};
    Update update{.kind = Update::Kind::kSupplement,
                  .id = updateId(Update::Kind::kSupplement, opened->petition.code, *key),
                  .text = fields.text("text")};
    std::vector<Attachment> files = readAttachments(fields);
    const std::vector<std::string> ids = fields.texts("uploads", kMostFiles);
    if (update.text.empty() && files.empty() && ids.empty()) fields.reject("text", "request.field_missing");
    if (fields.error()) return *fields.error();
    Owner owner = Owner::ofClient(visit.request.client);
    if (!visit.header("authorization").empty()) {
        const Result<Account> account = accountOf(visit, services_);
        if (!account) return account.error();
        owner = Owner::ofAccount(account->address);
    }
    const std::string id = update.id;
    Result<Gathered> gathered = gather(std::move(files), ids, owner, id, rules_, uploads_, visit.inbox);
    if (!gathered) return std::move(gathered).error();
    update.attachments = gathered->files;
    if (Status told = tell(visit, *opened, std::move(update)); !told) return std::move(told).error();
    markUsed(*gathered, id, uploads_, visit.inbox, services_);
    return HttpResponse{.status = 201};
}

Result<HttpResponse> OwnPetitions::reopen(const Visit& visit) {
    const Result<Opened> opened = open(visit);
    if (!opened) return opened.error();
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    Update update{.kind = Update::Kind::kReopen, .text = fields.neededText("reason")};
    if (fields.error()) return *fields.error();
    if (Status told = tell(visit, *opened, std::move(update)); !told) return std::move(told).error();
    return HttpResponse{.status = 201};
}

Result<HttpResponse> OwnPetitions::notifications(const Visit& visit) {
    const Result<Account> account = accountOf(visit, services_);
    if (!account) return account.error();
    const Result<int> limit = visit.limit(50);
    if (!limit) return limit.error();
    const Result<std::optional<Instant>> since = visit.instant("since");
    if (!since) return since.error();
    const Instant now = services_.now();
    const Instant after = since->value_or(now - kNotificationsFor);
    OwnSearch search{
        .reply_address = account->address, .steps = true, .changed_from = after - kBehind, .limit = kPerPage};
    std::vector<OwnPage> pages;
    for (int i = 0; i < kNotificationPages; ++i) {
        Result<OwnPage> page = services_.citizens().petitions(search);
        if (!page) return std::move(page).error();
        search.after = page->next;
        pages.push_back(std::move(page).value());
        if (search.after.empty()) break;
    }
    std::vector<Notification> all;
    for (const OwnPage& page : pages)
        for (const OwnPetition& one : page.items) collect(one.petition, after, all);
    std::stable_sort(all.begin(), all.end(), [](const Notification& a, const Notification& b) { return a.at > b.at; });
    if (all.size() > static_cast<std::size_t>(*limit)) all.resize(static_cast<std::size_t>(*limit));
    Answer answer;
    answer.beginList("items");
    for (const Notification& one : all) write(answer, one);
    answer.endList();
    return answer.response();
}

}  // namespace pakn::in_mobile
