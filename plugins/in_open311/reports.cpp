#include "reports.hpp"

#include <algorithm>
#include <set>

#include "numbers.hpp"
#include "text.hpp"

namespace pakn::in_open311 {
namespace {

constexpr int kPerSearch = 200;  ///< A page of long texts has to pass to a process of its own.
constexpr int kPerOwnPage = 100;
constexpr std::size_t kMostLookedThrough = 20000;
constexpr std::size_t kMostRemembered = 20000;
/// The hub finds what changed within a second or so of the truth; what is exact is looked at here.
constexpr std::chrono::seconds kMargin{2};

Problem stopped() { return {503, "Hệ thống đang bận, xin thử lại sau ít phút."}; }

std::optional<Instant> instantOf(const std::optional<Seconds>& at, std::chrono::milliseconds more = {}) {
    return at ? std::optional{Instant{*at} + more} : std::nullopt;
}

Row rowOf(PublicPetition petition, bool own) {
    petition.content = shortened(std::move(petition.content), kMostShown);
    if (petition.answer) petition.answer->text = shortened(std::move(petition.answer->text), kMostShown);
    return {.petition = std::move(petition), .own = own};
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool matches(const Wanted& wanted, const PublicPetition& one) {
    if (!wanted.ids.empty()) return contains(wanted.ids, one.code);
    if (!wanted.services.empty() && !contains(wanted.services, one.category)) return false;
    if (wanted.closed && *wanted.closed != isClosed(one)) return false;
    if (!wanted.agency.empty() && wanted.agency != one.unit_name) return false;
    if (!wanted.received.holds(one.received_at)) return false;
    if (!wanted.any_step && !wanted.changed.holds(changedAt(one))) return false;
    if (!wanted.box && !wanted.circle) return true;
    if (!one.latitude || !one.longitude) return false;
    return (!wanted.box || wanted.box->hold(*one.latitude, *one.longitude)) &&
           (!wanted.circle || wanted.circle->holds(*one.latitude, *one.longitude));
}

bool isNewer(const Row& a, const Row& b) {
    if (a.petition.received_at != b.petition.received_at) return a.petition.received_at > b.petition.received_at;
    return a.petition.code > b.petition.code;
}

/// The newest first, each once: a portal's own view counts, as it shows the place as it was sent.
std::vector<Row> merged(std::vector<Row> own, std::vector<Row> open) {
    std::vector<std::string> known;
    for (const Row& row : own) known.push_back(row.petition.code);
    std::sort(known.begin(), known.end());
    for (Row& row : open)
        if (!std::binary_search(known.begin(), known.end(), row.petition.code)) own.push_back(std::move(row));
    std::sort(own.begin(), own.end(), isNewer);
    return own;
}

std::vector<Row> pageOf(std::vector<Row> rows, const Wanted& wanted) {
    const std::size_t skipped = std::min((wanted.page - 1) * wanted.page_size, rows.size());
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(skipped));
    if (rows.size() > wanted.page_size) rows.resize(wanted.page_size);
    return rows;
}

}  // namespace

bool isClosed(const PublicPetition& petition) { return petition.finished_at || petition.status == "merged"; }

Instant changedAt(const PublicPetition& petition) {
    if (petition.finished_at) return *petition.finished_at;
    const auto told = petition.attributes.find(kChangedAt);
    if (told != petition.attributes.end())
        if (const std::optional<std::int64_t> since_1970 = parseWhole(told->second))
            return Instant{std::chrono::milliseconds{*since_1970}};
    return petition.steps.empty() ? petition.received_at : petition.steps.back().at;
}

std::string replyAddressOf(const std::string& portal) { return "key:" + portal; }

Outcome<std::vector<Row>> Reports::list(const Wanted& wanted, const std::optional<std::string>& portal,
                                        const std::stop_token& stop) {
    if (!wanted.ids.empty()) return byIds(wanted, portal, stop);
    const std::size_t most = wanted.page * wanted.page_size;
    Outcome<std::vector<Row>> open = publicOnes(wanted, most, stop);
    if (!open) return open;
    std::vector<Row> own;
    if (portal) {
        Outcome<std::vector<Row>> sent = ownOnes(wanted, *portal, most, stop);
        if (!sent) return sent;
        own = *std::move(sent);
    }
    return pageOf(merged(std::move(own), *std::move(open)), wanted);
}

Outcome<std::vector<Row>> Reports::changedSince(Seconds from, const std::optional<std::string>& portal,
                                                const std::stop_token& stop) {
    Wanted wanted{.extensions = true, .any_step = true};
    wanted.changed.from = from;
    Outcome<std::vector<Row>> open = publicOnes(wanted, kDeepest, stop);
    if (!open || !portal) return open;
    Outcome<std::vector<Row>> own = ownOnes(wanted, *portal, kDeepest, stop);
    if (!own) return own;
    return merged(*std::move(own), *std::move(open));
}

Outcome<std::vector<Row>> Reports::byIds(const Wanted& wanted, const std::optional<std::string>& portal,
                                         const std::stop_token& stop) {
    std::vector<Row> own;
    Wanted others = wanted;
    if (portal) {
        const Outcome<Secrets> secrets = secretsOf(wanted.ids, *portal, stop);
        if (!secrets) return secrets.problems();
        for (const auto& [code, secret] : *secrets) {
            Outcome<std::optional<Row>> found = tracked(code, secret);
            if (!found) return found.problems();
            if (!*found) continue;
            own.push_back(**std::move(found));
            std::erase(others.ids, code);
        }
    }
    std::vector<Row> open;
    if (!others.ids.empty()) {
        Outcome<std::vector<Row>> found = publicOnes(others, others.ids.size(), stop);
        if (!found) return found;
        open = *std::move(found);
    }
    return pageOf(merged(std::move(own), std::move(open)), wanted);
}

Outcome<std::optional<Row>> Reports::find(const std::string& code, const std::optional<std::string>& portal,
                                          const std::stop_token& stop) {
    if (portal) {
        Outcome<std::optional<Row>> own = findOwn(code, *portal, stop);
        if (!own || *own) return own;
    }
    Wanted wanted{.ids = {code}, .extensions = true};
    Outcome<std::vector<Row>> open = publicOnes(wanted, 1, stop);
    if (!open) return open.problems();
    return open->empty() ? std::optional<Row>{} : std::optional{std::move(open->front())};
}

Outcome<std::optional<Row>> Reports::findOwn(const std::string& code, const std::string& portal,
                                             const std::stop_token& stop) {
    const Outcome<Secrets> secrets = secretsOf({code}, portal, stop);
    if (!secrets) return secrets.problems();
    return secrets->empty() ? std::optional<Row>{} : tracked(code, secrets->begin()->second);
}

Outcome<std::optional<Row>> Reports::tracked(const std::string& code, const std::string& secret) {
    Result<PublicPetition> petition = services_.records().track(code, secret);
    if (petition) return std::optional{rowOf(*std::move(petition), true)};
    if (petition.error().code == Errc::kNotFound) return std::optional<Row>{};
    return ofHub(petition.error());
}

Outcome<Reports::Secrets> Reports::secretsOf(const std::vector<std::string>& codes, const std::string& portal,
                                             const std::stop_token& stop) {
    Secrets found;
    std::set<std::string> missing;
    for (const std::string& code : codes) {
        if (std::optional<std::string> secret = remembered({portal, code}))
            found.emplace(code, *std::move(secret));
        else
            missing.insert(code);
    }
    if (missing.empty()) return found;
    OwnSearch search{
        .reply_address = replyAddressOf(portal), .codes = {missing.begin(), missing.end()}, .limit = kPerOwnPage};
    do {
        if (stop.stop_requested()) return stopped();
        const Result<OwnPage> page = services_.citizens().petitions(search);
        if (!page) return ofHub(page.error());
        for (const OwnPetition& one : page->items) {
            remember(portal, one.petition.code, one.secret);
            found.emplace(one.petition.code, one.secret);
        }
        search.after = page->next;
    } while (!search.after.empty());
    return found;
}

Outcome<std::vector<Row>> Reports::publicOnes(const Wanted& wanted, std::size_t most, const std::stop_token& stop) {
    PublicSearch search{.codes = wanted.ids,
                        .categories = wanted.services,
                        // One that was merged is closed here, and not finished before the one it went into.
                        .finished = wanted.closed.value_or(true) ? std::nullopt : std::optional{false},
                        .steps = wanted.extensions,
                        .from = instantOf(wanted.received.from),
                        .to = instantOf(wanted.received.to, std::chrono::milliseconds{999}),
                        .changed_from = instantOf(wanted.changed.from, -kMargin),
                        .changed_to = instantOf(wanted.changed.to, kMargin),
                        .limit = kPerSearch};
    std::vector<Row> rows;
    for (std::size_t seen = 0; seen < kMostLookedThrough && rows.size() < most;) {
        if (stop.stop_requested()) return stopped();
        Result<PublicPage> page = services_.records().search(search);
        if (!page) return ofHub(page.error());
        seen += page->items.size();
        for (PublicPetition& one : page->items)
            if (rows.size() < most && matches(wanted, one)) rows.push_back(rowOf(std::move(one), false));
        search.after = page->next;
        if (search.after.empty()) break;
    }
    return rows;
}

Outcome<std::vector<Row>> Reports::ownOnes(const Wanted& wanted, const std::string& portal, std::size_t most,
                                           const std::stop_token& stop) {
    // What was received in a span changed at its beginning or later.
    const std::optional<Seconds> from = std::max(wanted.received.from, wanted.changed.from);
    OwnSearch search{.reply_address = replyAddressOf(portal),
                     .steps = true,  // When it changed last is not told otherwise.
                     .changed_from = instantOf(from, -kMargin),
                     .changed_to = instantOf(wanted.changed.to, kMargin),
                     .limit = kPerOwnPage};
    std::vector<Row> rows;
    for (std::size_t seen = 0; seen < kMostLookedThrough && rows.size() < most;) {
        if (stop.stop_requested()) return stopped();
        Result<OwnPage> page = services_.citizens().petitions(search);
        if (!page) return ofHub(page.error());
        seen += page->items.size();
        for (OwnPetition& one : page->items)
            if (rows.size() < most && matches(wanted, one.petition))
                rows.push_back(rowOf(std::move(one.petition), true));
        search.after = page->next;
        if (search.after.empty()) break;
    }
    return rows;
}

void Reports::remember(const std::string& portal, const std::string& code, const std::string& secret) {
    if (secret.empty()) return;
    const std::lock_guard lock{mutex_};
    if (!secrets_.insert_or_assign({portal, code}, secret).second) return;
    order_.emplace_back(portal, code);
    if (order_.size() <= kMostRemembered) return;
    secrets_.erase(order_.front());
    order_.pop_front();
}

std::optional<std::string> Reports::remembered(const Name& name) {
    const std::lock_guard lock{mutex_};
    const auto found = secrets_.find(name);
    return found == secrets_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace pakn::in_open311
