/// @file
/// The outbox from the command line; works beside a running hub, which picks up what is queued again within a second.

#include <iostream>
#include <optional>

#include "core/app/json_output.hpp"
#include "core/app/progress.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app {

namespace {

using domain::DeliveryState;

struct Selection {
    std::string id = {};
    std::string connector = {};
    std::string state = {};
    std::string code = {};
    std::string since = {};
    std::string until = {};
    bool dead = false;
    bool dry_run = false;
    std::string reason = {};

    /// Something that names more than "everything there is".
    [[nodiscard]] bool narrows() const { return !id.empty() || dead || !state.empty() || !code.empty(); }
};

struct Wanted {
    store::DeliveryFilter filter = {};
    std::string code = {};
    std::optional<Instant> since = {};
    std::optional<Instant> until = {};

    [[nodiscard]] bool takes(const store::DeliveryItem& item) const {
        return (code.empty() || item.code == code) && (!since || item.record.queued_at >= *since) &&
               (!until || item.record.queued_at < *until);
    }
};

/// Sets `at` when the text is one.
Status readInstant(std::optional<Instant>& at, const std::string& option, const std::string& text) {
    if (text.empty()) return Done{};
    const Result<Instant> found = instantOf(option, text);
    if (!found) return found.error();
    at = *found;
    return Done{};
}

Result<Wanted> wantedOf(const Selection& selection) {
    Wanted wanted;
    wanted.filter.connector = selection.connector;
    wanted.filter.id = selection.id;
    wanted.code = selection.code;
    if (selection.dead) wanted.filter.state = DeliveryState::kDead;
    if (!selection.state.empty()) {
        wanted.filter.state = domain::findDeliveryState(selection.state);
        if (!wanted.filter.state) return usage("--state is one of queued, sent, dead, unknown, discarded");
    }
    if (Status since = readInstant(wanted.since, "--since", selection.since); !since) return std::move(since).error();
    if (Status until = readInstant(wanted.until, "--until", selection.until); !until) return std::move(until).error();
    return wanted;
}

/// All deliveries of the selection, page by page, newest first.
Result<std::vector<store::DeliveryItem>> select(store::Store& store, const Selection& selection) {
    const Result<Wanted> wanted = wantedOf(selection);
    if (!wanted) return wanted.error();
    std::vector<store::DeliveryItem> all;
    store::Page page{.after = {}, .limit = 200};
    do {
        Result<store::Listing<store::DeliveryItem>> listing = store.deliveries(wanted->filter, page);
        if (!listing) return std::move(listing).error();
        for (store::DeliveryItem& item : listing->items)
            if (wanted->takes(item)) all.push_back(std::move(item));
        page.after = listing->next;
    } while (!page.after.empty());
    if (all.empty() && !selection.id.empty())
        return Error{.code = Errc::kNotFound, .message = "no delivery " + selection.id};
    return all;
}

void writeMembers(JsonOutput& out, const store::DeliveryItem& one) {
    out.member("id", one.record.id);
    out.member("petition_id", one.petition_id);
    out.member("code", one.code);
    out.member("connector", one.record.connector);
    out.member("kind", domain::nameOf(one.record.kind));
    out.member("state", domain::nameOf(one.record.state));
    out.member("attempts", std::int64_t{one.record.attempts});
    out.member("queued_at", domain::formatInstant(one.record.queued_at));
    out.member("last_error", one.record.last_error);
}

int listDeliveries(const Common& common, const Selection& selection) {
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
            writeMembers(out, one);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

/// One line of a delivery's life.
struct Moment {
    Instant at = {};
    std::string kind = {};
    std::string actor = {};
    std::string error = {};
};

/// What the journal says about one delivery, oldest first.
std::vector<Moment> lifeOf(const std::vector<domain::Event>& history, const std::string& id) {
    std::vector<Moment> life;
    for (const domain::Event& event : history)
        std::visit(
            [&](const auto& data) {
                if constexpr (requires { data.delivery; }) {
                    if (data.delivery != id) return;
                    Moment moment{event.at, std::string{domain::nameOf(event.kind())}, event.actor, {}};
                    if constexpr (requires { data.error; }) moment.error = data.error;
                    life.push_back(std::move(moment));
                }
            },
            event.data);
    return life;
}

int showDelivery(const Common& common, const Selection& selection) {
    if (selection.id.empty()) return complain(usage("the ID is empty"));
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<store::DeliveryItem>> items = select(*place.store, selection);
        if (!items) return complain(items.error());
        const store::DeliveryItem& one = items->front();
        const Result<std::vector<domain::Event>> history = place.store->history(one.petition_id);
        if (!history) return complain(history.error());
        const std::vector<Moment> life = lifeOf(*history, one.record.id);
        if (!common.json) {
            std::cout << one.record.id << "  " << one.code << "  " << one.record.connector << "  "
                      << domain::nameOf(one.record.kind) << "  " << domain::nameOf(one.record.state) << "  caused by "
                      << domain::nameOf(one.record.cause) << '\n';
            for (const Moment& moment : life)
                std::cout << "  " << domain::formatInstant(moment.at) << "  " << moment.kind << "  " << moment.actor
                          << "  " << moment.error << '\n';
            if (one.record.state == DeliveryState::kQueued)
                std::cout << "  next attempt " << domain::formatInstant(one.record.next_at) << '\n';
            return static_cast<int>(kOk);
        }
        JsonOutput out;
        writeMembers(out, one);
        out.member("cause", domain::nameOf(one.record.cause));
        out.memberOrNull("next_at", one.record.state == DeliveryState::kQueued
                                        ? domain::formatInstant(one.record.next_at)
                                        : std::string{});
        out.memberOrNull("reference", one.record.reference);
        out.key("events");
        out.writer().StartArray();
        for (const Moment& moment : life) {
            out.writer().StartObject();
            out.member("at", domain::formatInstant(moment.at));
            out.member("kind", moment.kind);
            out.member("actor", moment.actor);
            out.memberOrNull("error", moment.error);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

/// Only these wait for a person's word.
bool waits(DeliveryState state) { return state == DeliveryState::kDead || state == DeliveryState::kUnknown; }

/// What a decision about many deliveries did; `done_name` is its word for done.
void report(const Common& common, const std::string& done_name, std::int64_t done, std::int64_t skipped, bool dry_run) {
    if (common.json) {
        JsonOutput out;
        out.member(done_name, done);
        out.member("skipped", skipped);
        out.member("dry_run", dry_run);
    } else {
        std::cout << (dry_run ? "would be " : "") << done_name << ' ' << done << ", skipped " << skipped
                  << " (not dead or in doubt)\n";
    }
}

/// Decides about every delivery of the selection that waits for a person. `command(id)` is what is decided.
template <class MakeCommand>
int decideAll(const Common& common, const Selection& selection, const std::string& done_name, MakeCommand command) {
    if (!selection.narrows())
        return complain(usage("give the ID of a delivery, or choose some with --dead, --state or --code"));
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<store::DeliveryItem>> items = select(*place.store, selection);
        if (!items) return complain(items.error());
        engine::Committer committer = committerOf(place);
        std::int64_t done = 0;
        std::int64_t skipped = 0;
        Progress progress{"deliveries", common, static_cast<std::int64_t>(items->size())};
        for (const store::DeliveryItem& one : *items) {
            progress.step();
            if (!waits(one.record.state)) {
                ++skipped;
                continue;
            }
            if (selection.dry_run) {
                ++done;
                continue;
            }
            const Result<engine::Committed> decided = committer.run(
                engine::Order{one.petition_id, command(one.record.id), commandLine(domain::Role::kAdmin)});
            if (!decided && decided.error().code == Errc::kUnavailable) {
                progress.end();
                report(common, done_name, done, skipped, false);
                return complain(decided.error());
            }
            ++(decided ? done : skipped);
        }
        progress.end();
        report(common, done_name, done, skipped, selection.dry_run);
        // One that was named and could not be decided about is refused, not skipped over.
        return static_cast<int>(!selection.id.empty() && done == 0 ? kRefused : kOk);
    });
}

int replayDeliveries(const Common& common, const Selection& selection) {
    return decideAll(common, selection, "replayed", [](const std::string& id) { return domain::Requeue{id}; });
}

int discardDeliveries(const Common& common, const Selection& selection) {
    return decideAll(common, selection, "discarded", [&](const std::string& id) {
        return domain::Discard{id, selection.reason};
    });
}

void addFilters(CLI::App& verb, Selection& selection) {
    verb.add_option("--connector", selection.connector, "Of this connector only");
    verb.add_option("--state", selection.state, "In this state: queued, sent, dead, unknown, discarded");
    verb.add_option("--code", selection.code, "Of the petition with this code");
    verb.add_option("--since", selection.since, "Queued at or after this instant");
    verb.add_option("--until", selection.until, "Queued before this instant");
    verb.add_flag("--dead", selection.dead, "Only those given up; the same as --state dead");
}

void addDecision(CLI::App& verb, Selection& selection) {
    verb.add_option("ID", selection.id, "One delivery");
    addFilters(verb, selection);
    verb.add_flag("--dry-run", selection.dry_run, "Say what would be done, change nothing");
}

}  // namespace

void addDeliveries(const Registry& registry) {
    CLI::App& parent = registry.group("deliveries", "The outbox");
    registry.verb<Selection>(parent, "list", "Deliveries, newest first", addFilters, listDeliveries);
    registry.verb<Selection>(
        parent, "show", "One delivery with every attempt",
        [](CLI::App& verb, Selection& selection) { verb.add_option("ID", selection.id, "The delivery")->required(); },
        showDelivery);
    registry.verb<Selection>(parent, "replay", "Queue dead or doubtful ones again, with the same key", addDecision,
                             replayDeliveries);
    registry.verb<Selection>(
        parent, "discard", "Give up dead or doubtful ones for good",
        [](CLI::App& verb, Selection& selection) {
            addDecision(verb, selection);
            verb.add_option("--reason", selection.reason, "Why; it is journalled")->required();
        },
        discardDeliveries);
}

}  // namespace pakn::app
