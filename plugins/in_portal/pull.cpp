#include "pull.hpp"

#include <algorithm>
#include <charconv>

#include "digest.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

constexpr std::string_view kStateKey = "pull";
constexpr std::size_t kMostKnown = 50000;
constexpr std::size_t kMostVisited = 100000;
constexpr int kMostStumbles = 5;
constexpr std::string_view kMetSigns = "-?+";  ///< Of PullCursor::Met, in a stored cursor.
/// Without anything new the cursor is written so often only.
constexpr std::chrono::minutes kQuietWrite{5};

std::optional<Instant> toInstant(std::string_view digits) {
    std::int64_t count = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return Instant{std::chrono::milliseconds{count}};
}

std::string digitsOf(const std::optional<Instant>& at) {
    return at ? std::to_string(at->time_since_epoch().count()) : std::string{"-"};
}

Error nonsense(std::string problem, std::string message) {
    return {.code = Errc::kUnavailable, .message = std::move(message), .problem = std::move(problem)};
}

Error elsewhere() {
    return nonsense("portal.paging", "the next page is said to be on another host, which gets no key of ours");
}

long long toNumber(const std::string& digits, long long otherwise) {
    long long number = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return problem == std::errc{} && end == digits.data() + digits.size() ? number : otherwise;
}

int newsIn(const Tally& tally) { return tally.stored + tally.refused + tally.changed; }

}  // namespace

std::string PullCursor::text() const {
    return digitsOf(since) + ' ' + digitsOf(started) + ' ' + digitsOf(newest) + ' ' +
           kMetSigns[static_cast<std::size_t>(met)] + ' ' + page;
}

PullCursor PullCursor::parse(std::string_view text) {
    PullCursor cursor;
    for (std::optional<Instant>* part : {&cursor.since, &cursor.started, &cursor.newest}) {
        const auto end = std::min(text.find(' '), text.size());
        *part = toInstant(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const std::size_t sign = text.size() > 1 && text[1] == ' ' ? kMetSigns.find(text[0]) : std::string_view::npos;
    if (sign != std::string_view::npos) {
        cursor.met = static_cast<Met>(sign);
        text.remove_prefix(2);
    }
    cursor.page = text;
    return cursor;
}

Status Puller::poll(Inbox& inbox, const std::stop_token& stop) {
    if (not_before_ && services_.now() < *not_before_)
        return Error{.code = Errc::kUnavailable,
                     .message = "the portal asked us to wait",
                     .problem = "portal.wait",
                     .retry_after = *not_before_ - services_.now()};
    not_before_.reset();
    if (Status loaded = load(); !loaded) return loaded;
    tally_ = {};
    Status outcome = Done{};
    for (int pages = 0; pages < settings_.pages && !stop.stop_requested(); ++pages) {
        PullCursor next = *cursor_;
        if (next.page.empty()) {
            next = {.since = next.since, .started = services_.now()};
            visited_.clear();
        }
        Result<Page> page = ask(next, inbox);
        if (!page && isBehindTheEnd(page.error(), next, pages, inbox)) page = Page{};
        if (!page) {
            outcome = page.error();
            // The portal does not know this page any more: the round begins anew.
            if (outcome.error().code == Errc::kRejected && !next.page.empty()) beginAnew(next);
            break;
        }
        const int news_before = newsIn(tally_);
        if (outcome = takePage(*page, next, inbox, stop); !outcome) break;
        if (stop.stop_requested()) break;  // In the middle of the page: it comes again.
        if (!page->next) {                 // What it holds is stored; how it goes on nobody knows.
            outcome = page->next.error();
            beginAnew(next);
            break;
        }
        if (visited_.size() >= kMostVisited) visited_.clear();
        visited_.insert(webhooks::sha256(urlOf(next)));
        next.page = *page->next;
        const bool last = next.page.empty();
        if (last && next.met == PullCursor::Met::kNamelessOnly) {
            outcome = nonsense("portal.items", "nothing in the whole list has an id");
            beginAnew(next);
            break;
        }
        if (last) endRound(next);
        // A round that brings nothing but what the overlap repeats is not worth a write.
        const bool in_between = last ? !kept_.page.empty() : pages > 0;
        if (outcome = store(next, newsIn(tally_) > news_before || in_between); !outcome) break;
        last_page_ = last ? std::string{} : page->hash;
        if (last) break;
    }
    if (newsIn(tally_) > 0) services_.log(LogLevel::kInfo, "pull: " + tally_.text());
    return outcome;
}

void Puller::endRound(PullCursor& cursor) {
    // Never behind the beginning of the round: a date far in the future would hide all that comes before it.
    std::optional<Instant> reached = shape_.changed ? cursor.newest : cursor.started;
    if (reached) reached = std::min(*reached, cursor.started.value_or(services_.now()));
    // While nobody asked, numbered pages that had been read may have got items: once more, from the first page.
    if (!resumed_ && reached && (!cursor.since || *reached > *cursor.since)) cursor.since = reached;
    resumed_ = false;
    cursor = {.since = cursor.since};
}

void Puller::beginAnew(const PullCursor& cursor) { static_cast<void>(store({.since = cursor.since}, true)); }

bool Puller::isNumbered() const {
    return shape_.paging == PullShape::Paging::kPage || shape_.paging == PullShape::Paging::kOffset;
}

/// Some portals answer "not found" behind their last page. That the list is there at all must be certain: by a page of
/// it that was read just now, or by asking for the first one.
bool Puller::isBehindTheEnd(const Error& error, const PullCursor& cursor, int pages_read, Inbox& inbox) {
    const bool nothing_there = error.problem == "portal.http_404" || error.problem == "portal.http_416";
    if (!nothing_there || !isNumbered() || cursor.page.empty()) return false;
    PullCursor first = cursor;
    first.page.clear();
    return pages_read > 0 || ask(first, inbox);
}

std::string Puller::urlOf(const PullCursor& cursor) const {
    const bool by_cursor = shape_.paging == PullShape::Paging::kCursor;
    // The portal named the whole address: nextOf() has made sure that it is its own.
    if (shape_.paging == PullShape::Paging::kLink && !cursor.page.empty()) return cursor.page;
    if (by_cursor && !originOf(cursor.page).empty()) return cursor.page;
    std::string url = settings_.url;
    for (const auto& [name, value] : shape_.query) url = withParameter(std::move(url), name, value);
    if (!shape_.since_parameter.empty()) {
        std::optional<Instant> since = shape_.initial;
        if (cursor.since) since = *cursor.since - shape_.overlap;
        if (since)
            url = withParameter(std::move(url), shape_.since_parameter,
                                formatDate(*since, shape_.since_format, mapping_.defaults.dates.zone));
    }
    if (!shape_.size_parameter.empty())
        url = withParameter(std::move(url), shape_.size_parameter, std::to_string(shape_.size));
    if (isNumbered() || (by_cursor && !cursor.page.empty()))
        url = withParameter(std::move(url), shape_.page_parameter,
                            cursor.page.empty() ? std::to_string(shape_.first_page) : cursor.page);
    return url;
}

/// A page is in hand by its address: what the portal answers under it may differ each time and kill all the same.
/// Nobody can put a page out of the way: it and what is behind it wait.
Status Puller::takeInHand(const std::string& url, Inbox& inbox) {
    std::string name = "page " + webhooks::toHex(webhooks::sha256(url));
    Status may = inbox.working(name);
    if (may || may.error().code != Errc::kRejected) return may;
    if (set_aside_ != name) {
        Result<Accepted> refused = intake_.refuse(name, url, may.error(), "pull, a whole page", inbox);
        if (!refused) return std::move(refused).error();
        set_aside_ = std::move(name);
    }
    return nonsense("portal.page_set_aside", "a page of the list killed the connector's process twice");
}

Result<Puller::Page> Puller::ask(const PullCursor& cursor, Inbox& inbox) {
    HttpRequest request{.url = urlOf(cursor), .headers = {{"accept", "application/json"}}};
    settings_.login.sign(request);
    Result<HttpResponse> answer = services_.http().perform(request, settings_.limits);
    if (!answer) {
        Error error = std::move(answer).error();
        if (error.problem == "http.answer_too_large") {
            error.code = Errc::kMisconfigured;
            error.message += ": let the portal send smaller pages, or raise max_page";
        } else if (error.code == Errc::kUnknownOutcome) {
            error.code = Errc::kUnavailable;  // Asking changes nothing there.
        }
        return error;
    }
    if (Status good = judge(*answer, services_.now()); !good) {
        if (good.error().retry_after) not_before_ = services_.now() + *good.error().retry_after;
        return std::move(good).error();
    }

    // Only now: what kills this process while an answer is waited for is something else.
    if (Status may = takeInHand(request.url, inbox); !may) return std::move(may).error();
    Page page{.hash = webhooks::sha256(answer->body)};
    Result<JsonDocument> document = parseJson(answer->body);
    if (!document) return nonsense("portal.json", document.error().message);
    page.document = std::make_unique<JsonDocument>(*std::move(document));
    Result<std::vector<const Json*>> items = itemsOf(mapping_, *page.document);
    if (!items) return nonsense("portal.items", items.error().message);
    page.items = *std::move(items);
    if (!isOurs(page)) return nonsense("portal.items", "the answer is one object without an id, and no list");
    page.next = nextOf(cursor, *answer, page);
    return page;
}

/// {"error": "maintenance"} with status 200 is no item.
bool Puller::isOurs(const Page& page) const {
    const Json* const place = placeOfItems(mapping_, *page.document);
    return place == nullptr || !place->IsObject() || hasOwnId(mapping_, *place);
}

bool Puller::saysNoMore(const Page& page) const {
    if (!shape_.more) return false;
    const Json* const more = shape_.more->find(*page.document);
    // Not there at all: some portals leave it out on the last page. A full page is hardly the last one.
    if (more == nullptr)
        return shape_.size_parameter.empty() || page.items.size() < static_cast<std::size_t>(shape_.size);
    const std::optional<std::string> text = textOf(*more);
    return more->IsNull() || (text && (*text == "false" || *text == "0" || text->empty()));
}

Result<std::string> Puller::nextOf(const PullCursor& cursor, const HttpResponse& answer, const Page& page) const {
    using Paging = PullShape::Paging;
    if (saysNoMore(page) || shape_.paging == Paging::kNone) return std::string{};
    if (shape_.paging == Paging::kLink || shape_.paging == Paging::kCursor) {
        Result<std::string> next = namedNext(cursor, answer, page);
        if (!next || next->empty()) return next;
        PullCursor there = cursor;
        there.page = *next;
        const std::string url = urlOf(there);
        if (url == urlOf(cursor) || visited_.contains(webhooks::sha256(url)))
            return nonsense("portal.paging", "the portal names a page as the next one that was there already");
        return next;
    }
    // Only an empty page is the end: a portal may send fewer than it was asked for. One that sends its last page for
    // every later number has come to its end, too.
    if (page.items.empty() || page.hash == last_page_) return std::string{};
    const long long here = toNumber(cursor.page, shape_.first_page);
    return std::to_string(here + (shape_.paging == Paging::kPage ? 1 : static_cast<long long>(page.items.size())));
}

/// What the portal itself calls its next page: an address of its own, or a cursor.
Result<std::string> Puller::namedNext(const PullCursor& cursor, const HttpResponse& answer, const Page& page) const {
    if (shape_.paging == PullShape::Paging::kLink) return linked(cursor, answer);
    const Json* const found = shape_.next.find(*page.document);
    const std::string next = found != nullptr ? textOf(*found).value_or("") : "";
    if (next == "false") return std::string{};
    const std::string origin = originOf(next);
    if (!origin.empty() && origin != originOf(settings_.url)) return elsewhere();
    return next;
}

/// The target of `Link: <…>; rel="next"` (RFC 8288), on the portal itself.
Result<std::string> Puller::linked(const PullCursor& cursor, const HttpResponse& answer) const {
    const auto header = answer.headers.find("link");
    if (header == answer.headers.end()) return std::string{};
    std::string_view rest = header->second;
    while (true) {
        const auto open = rest.find('<');
        const auto close = rest.find('>', open);
        if (open == std::string_view::npos || close == std::string_view::npos) return std::string{};
        std::string target{rest.substr(open + 1, close - open - 1)};
        rest.remove_prefix(close + 1);
        const std::string parameters{rest.substr(0, std::min(rest.find(','), rest.size()))};
        if (parameters.find("rel=\"next\"") == std::string::npos && parameters.find("rel=next") == std::string::npos)
            continue;
        const std::string url = resolved(urlOf(cursor), target);
        if (!url.empty() && originOf(url) == originOf(settings_.url)) return url;
        return elsewhere();
    }
}

Status Puller::takePage(const Page& page, PullCursor& cursor, Inbox& inbox, const std::stop_token& stop) {
    Status outcome = Done{};
    int number = 0;
    for (const Json* item : page.items) {
        if (stop.stop_requested()) return outcome;
        const Result<Facts> taken = takeItem(*item, ++number, inbox);
        if (!taken && taken.error().code == Errc::kUnavailable) return taken.error();  // The hub is not well: all wait.
        if (!taken) {
            outcome = taken.error();
            continue;
        }
        cursor.met = std::max(cursor.met, taken->met);
        if (taken->changed && (!cursor.newest || *taken->changed > *cursor.newest)) cursor.newest = taken->changed;
    }
    return outcome;
}

Puller::Facts Puller::factsOf(const Json& item) const {
    if (!hasOwnId(mapping_, item)) return {.met = PullCursor::Met::kNamelessOnly};
    Facts facts{.met = PullCursor::Met::kItems};
    if (!shape_.changed) return facts;
    const Result<std::optional<Instant>> changed = dateFrom(*shape_.changed, item);
    if (changed) facts.changed = *changed;
    return facts;
}

void Puller::remember(const std::string& hash, const Facts& facts) {
    if (known_.size() >= kMostKnown) known_.clear();
    known_.emplace(hash, facts);
}

Result<Puller::Facts> Puller::takeItem(const Json& item, int number, Inbox& inbox) {
    const std::string raw = writeJson(item);
    const std::string hash = webhooks::sha256(raw);
    if (const auto known = known_.find(hash); known != known_.end()) return known->second;
    const std::string where = "pull, item " + std::to_string(number) + " of its page";
    const Result<std::optional<Accepted>> refused =
        intake_.takeInHand("item " + webhooks::toHex(hash), raw, where, inbox);
    if (!refused) return refused.error();
    if (*refused) {  // Nothing of it is looked at, so it counts as if it were not there.
        tally_.add(**refused);
        remember(hash, {});
        return Facts{};
    }
    const Facts facts = factsOf(item);
    Result<Accepted> accepted = intake_.take(item, where, inbox);
    // An item at which the hub itself stumbles again and again is put aside: the pages behind it matter, too.
    if (!accepted && accepted.error().code != Errc::kUnavailable && ++stumbles_[hash] >= kMostStumbles) {
        stumbles_.erase(hash);
        accepted = intake_.refuse(externalIdOf(mapping_, item), raw, accepted.error(), where, inbox);
    }
    if (!accepted) return std::move(accepted).error();
    tally_.add(*accepted);
    remember(hash, facts);
    return facts;
}

Status Puller::load() {
    if (cursor_) return Done{};
    const Result<std::optional<std::string>> kept = services_.state().get(kStateKey);
    if (!kept) return kept.error();
    kept_ = *kept ? PullCursor::parse(**kept) : PullCursor{};
    cursor_ = kept_;
    resumed_ = !cursor_->page.empty() && isNumbered();
    return Done{};
}

/// Whoever starts at an older place asks again for what is known; so a write may be left out, a step never.
Status Puller::store(const PullCursor& cursor, bool worth_a_write) {
    const bool far = !kept_.since || (cursor.since && *cursor.since - *kept_.since >= kQuietWrite);
    if (cursor != kept_ && (worth_a_write || far)) {
        if (Status kept = services_.state().put(kStateKey, cursor.text()); !kept) return kept;
        kept_ = cursor;
    }
    cursor_ = cursor;
    return Done{};
}

}  // namespace pakn::in_portal
