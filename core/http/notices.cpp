/// @file
/// What an officer is told here in the hub: their own notices and those of their queues, read or not.

#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

using json::Element;

constexpr json::Most kMostIds{200, "petition.field_invalid"};
constexpr int kMostCounted = 1000;
/// What is older is not counted as unread any more.
constexpr std::chrono::hours kCounted{30 * 24};

struct Read {
    std::vector<std::string> ids;
    bool all = false;
};

Status readIds(Read& target, Element value) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return problemError("request.field_type");
    if (array.size() > kMostIds.count) return problemError(kMostIds.problem);
    for (const Element item : array)
        if (Status read = json::readText(target.ids.emplace_back(), item); !read) return read;
    return Done{};
}

constexpr json::Rule<Read> kReadFields[] = {{"ids", &readIds}, json::truth<Read, &Read::all>("all")};

store::NoticeFilter noticesOf(const Call& call) {
    const security::Account& account = call.account();
    std::vector<std::string> colleagues;
    for (const domain::Colleague& one : account.standing_for) colleagues.push_back(one.id);
    return {.account = account.id,
            .colleagues = std::move(colleagues),
            .queues = queuesOf(account),
            .hide_complained_units = call.hub().rules()->hiddenFrom(account.unit)};
}

void writeNotice(JsonWriter& json, const store::NoticeItem& item) {
    json.beginObject();
    json.field("id", item.id);
    json.field("at", item.at);
    json.field("petition_id", item.petition_id);
    json.field("code", item.code);
    json.field("cause", nameOf(item.told.cause));
    json.field("notice", item.told.notice);
    json.field("mine", !item.told.to_account.empty());
    json.field("subject", item.told.subject);
    json.field("content_type", item.told.markup == domain::Markup::kHtml ? "text/html" : "text/plain");
    json.field("text", item.told.message);
    json.field("read_at", item.read_at);
    json.endObject();
}

}  // namespace

Response listNotices(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"after", "limit", "unread"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    const Result<bool> unread = query->flag("unread");
    if (!unread) return problemResponse(unread.error());
    store::NoticeFilter filter = noticesOf(call);
    filter.unread = *unread;
    const auto notices = call.hub().store().notices(filter, *page);
    if (!notices) return listProblem(notices.error());
    filter.unread = true;
    filter.since = call.now - kCounted;
    const Result<std::int64_t> count = call.hub().store().countNotices(filter, kMostCounted);
    if (!count) return problemResponse(count.error());
    JsonWriter json;
    json.beginObject();
    json.field("unread", *count);
    json.beginArray("items");
    for (const store::NoticeItem& item : notices->items) writeNotice(json, item);
    json.endArray();
    json.fieldOrNull("next", notices->next);
    json.endObject();
    return {.body = json.take()};
}

Response readNotices(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<Read> read = json::parseAs(call.request.body, kReadFields);
    if (!read) return problemResponse(read.error());
    // Which ones is said one way.
    if (read->all == !read->ids.empty()) return problemResponse("petition.field_invalid", "/ids");
    store::NoticeFilter filter = noticesOf(call);
    filter.unread = true;
    const Result<std::int64_t> marked = call.hub().store().markNotices(filter, read->ids, call.now);
    if (!marked) return problemResponse(marked.error());
    JsonWriter json;
    json.beginObject();
    json.field("read", *marked);
    json.endObject();
    return {.body = json.take()};
}

}  // namespace pakn::http
