#pragma once
/// @file
/// Asking the portal for what is new since the last success, page by page, however long ago that was.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "intake.hpp"
#include "peer.hpp"

namespace pakn::in_portal {

/// The section `pull` of a mapping: how the portal's list is asked for.
struct PullShape {
    enum class Paging : unsigned char { kNone, kPage, kOffset, kCursor, kLink };
    std::vector<std::pair<std::string, std::string>> query = {};  ///< Parameters that never change.
    Paging paging = Paging::kNone;
    std::string page_parameter = {};
    long long first_page = 1;
    std::string size_parameter = {};
    long long size = 100;
    Place next = {};                   ///< Of kCursor: where the next page's cursor stands.
    std::optional<Place> more = {};    ///< Where false, 0, null or nothing at all says that this was the last page.
    std::string since_parameter = {};  ///< Empty: everything is asked for each time.
    std::string since_format = "iso";
    std::optional<Source> changed = {};  ///< An item's time of last change; else the hub's own time counts.
    std::chrono::milliseconds overlap = std::chrono::minutes{10};
    std::optional<Instant> initial = {};
};
PullShape readPullShape(const Node* node, const Defaults& defaults, Mistakes& mistakes);

struct PullSettings {
    std::string url = {};
    Login login = {};
    HttpClient::Limits limits = {};
    int pages = 20;  ///< At most so many in one poll.
};

/// How far we are; stored in the hub as one line.
struct PullCursor {
    std::optional<Instant> since = {};    ///< All that changed before is stored.
    std::string page = {};                ///< Where the present round goes on; empty: at its beginning.
    std::optional<Instant> started = {};  ///< When the present round began.
    std::optional<Instant> newest = {};   ///< The newest change the present round has met.
    /// What the present round has met: a list of anything but items is no list that was read.
    enum class Met : unsigned char { kNothing, kNamelessOnly, kItems };
    Met met = Met::kNothing;

    [[nodiscard]] std::string text() const;
    static PullCursor parse(std::string_view text);
    friend bool operator==(const PullCursor&, const PullCursor&) = default;
};

/// One thread.
class Puller {
public:
    Puller(const PullShape& shape, PullSettings settings, const Mapping& mapping, Intake& intake,
           HostServices& services)
        : shape_{shape}, settings_{std::move(settings)}, mapping_{mapping}, intake_{intake}, services_{services} {}

    /// Takes pages until the portal has no more, or the limit of one poll. The cursor moves behind a page only when
    /// every item of it is durable, and `since` only after a round that met an item with an id, or none at all. Errors
    /// as judge(), besides kUnavailable "portal.json", "portal.items", "portal.paging", "portal.page_set_aside" (the
    /// page killed this process twice: it is not read until the hub lets it be tried again), and what the inbox says.
    Status poll(Inbox& inbox, const std::stop_token& stop);

private:
    struct Page {
        /// Behind a pointer: `items` find their values wherever the page is moved to.
        std::unique_ptr<JsonDocument> document = {};
        std::vector<const Json*> items = {};
        std::string hash = {};
        Result<std::string> next = std::string{};  ///< Empty: this was the last.
    };

    /// What of an item counts for the round.
    struct Facts {
        PullCursor::Met met = PullCursor::Met::kNothing;
        std::optional<Instant> changed = {};
    };

    [[nodiscard]] std::string urlOf(const PullCursor& cursor) const;
    Result<Page> ask(const PullCursor& cursor, Inbox& inbox);
    Status takeInHand(const std::string& url, Inbox& inbox);
    [[nodiscard]] bool isNumbered() const;
    [[nodiscard]] bool isOurs(const Page& page) const;
    [[nodiscard]] bool saysNoMore(const Page& page) const;
    bool isBehindTheEnd(const Error& error, const PullCursor& cursor, int pages_read, Inbox& inbox);
    Result<std::string> nextOf(const PullCursor& cursor, const HttpResponse& answer, const Page& page) const;
    Result<std::string> namedNext(const PullCursor& cursor, const HttpResponse& answer, const Page& page) const;
    Result<std::string> linked(const PullCursor& cursor, const HttpResponse& answer) const;
    void endRound(PullCursor& cursor);
    void beginAnew(const PullCursor& cursor);
    Status takePage(const Page& page, PullCursor& cursor, Inbox& inbox, const std::stop_token& stop);
    Result<Facts> takeItem(const Json& item, int number, Inbox& inbox);
    [[nodiscard]] Facts factsOf(const Json& item) const;
    void remember(const std::string& hash, const Facts& facts);
    Status load();
    Status store(const PullCursor& cursor, bool worth_a_write);

    const PullShape& shape_;
    const PullSettings settings_;
    const Mapping& mapping_;
    Intake& intake_;
    HostServices& services_;
    std::optional<PullCursor> cursor_;  ///< Where we are.
    PullCursor kept_;                   ///< What the state holds of it.
    std::set<std::string> visited_;     ///< Hashes of the addresses of this round's pages.
    std::string last_page_;             ///< Hash of the page before, once it was stored.
    bool resumed_ = false;              ///< The round goes on where another process left it.
    /// Of items that are stored, by their hashes: an overlap brings them again and again.
    std::map<std::string, Facts> known_;
    std::string set_aside_;                ///< The page that was refused last, because it killed this process twice.
    std::map<std::string, int> stumbles_;  ///< How often the hub failed at an item.
    std::optional<Instant> not_before_;    ///< The portal asked us to wait until then.
    Tally tally_;
};

}  // namespace pakn::in_portal
