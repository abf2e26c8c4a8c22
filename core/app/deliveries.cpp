/// @file
/// The outbox from the command line; works beside a running hub, which picks up what is queued again within a second.

#include <iostream>

#include "core/app/commands.hpp"
#include "core/app/json_output.hpp"
#include "core/domain/civil_time.hpp"
#include "core/engine/committer.hpp"

namespace pakn::app {

namespace {

/// All deliveries of the selection, page by page.
Result<std::vector<store::DeliveryItem>> select(store::Store& store, const DeliverySelection& selection) {
    store::DeliveryFilter filter{.connector = selection.connector, .state = {}, .id = selection.id};
    if (selection.dead) filter.state = domain::DeliveryState::kDead;
    std::vector<store::DeliveryItem> all;
    store::Page page{.after = {}, .limit = 200};
    do {
        Result<store::Listing<store::DeliveryItem>> listing = store.deliveries(filter, page);
        if (!listing) return std::move(listing).error();
        std::move(listing->items.begin(), listing->items.end(), std::back_inserter(all));
        page.after = listing->next;
    } while (!page.after.empty());
    if (all.empty() && !selection.id.empty())
        return Error{.code = Errc::kNotFound, .message = "no delivery " + selection.id};
    return all;
}

bool replayable(domain::DeliveryState state) {
    return state == domain::DeliveryState::kDead || state == domain::DeliveryState::kUnknown;
}

}  // namespace

int listDeliveries(const Common& common, const DeliverySelection& selection) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<store::DeliveryItem>> items = select(*place.store, selection);
        if (!items) return complain(items.error());
        if (!common.json) {
            for (const store::DeliveryItem& one : *items)
                std::cout << one.record.id << "  " << one.code << "  " << one.record.connector << "  "
                          << domain::nameOf(one.record.kind) << "  " << domain::nameOf(one.record.state)
                          << "  attempts " << one.record.attempts << "  " << one.record.last_error << '\n';
            return static_cast<int>(kOk);
        }
        JsonOutput out;
        out.key("items");
        out.writer().StartArray();
        for (const store::DeliveryItem& one : *items) {
            out.writer().StartObject();
            out.member("id", one.record.id);
            out.member("petition_id", one.petition_id);
            out.member("code", one.code);
            out.member("connector", one.record.connector);
            out.member("kind", domain::nameOf(one.record.kind));
            out.member("state", domain::nameOf(one.record.state));
            out.member("attempts", std::int64_t{one.record.attempts});
            out.member("queued_at", domain::formatInstant(one.record.queued_at));
            out.member("last_error", one.record.last_error);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

int replayDeliveries(const Common& common, const DeliverySelection& selection) {
    if (selection.id.empty() && !selection.dead)
        return complain({.code = Errc::kInvalid, .message = "give the ID of a delivery, or --dead for all dead ones"});
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<store::DeliveryItem>> items = select(*place.store, selection);
        if (!items) return complain(items.error());
        engine::Committer committer{{.store = *place.store,
                                     .rules = [&] { return place.configuration->rules; },
                                     .now = systemNow,
                                     .committed = {},
                                     .store_state = {}}};
        std::int64_t replayed = 0;
        std::int64_t skipped = 0;
        for (const store::DeliveryItem& one : *items) {
            if (!replayable(one.record.state)) {
                ++skipped;
                continue;
            }
            const Result<engine::Committed> done =
                committer.run(engine::Order{one.petition_id,
                                            domain::Requeue{one.record.id},
                                            {.id = "command-line", .roles = {domain::Role::kAdmin}, .unit = {}}});
            if (!done && done.error().code == Errc::kUnavailable) return complain(done.error());
            ++(done ? replayed : skipped);
        }
        if (common.json) {
            JsonOutput out;
            out.member("replayed", replayed);
            out.member("skipped", skipped);
        } else {
            std::cout << "replayed " << replayed << ", skipped " << skipped << " (not dead or in doubt)\n";
        }
        return static_cast<int>(kOk);
    });
}

}  // namespace pakn::app
