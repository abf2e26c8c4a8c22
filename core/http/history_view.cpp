/// @file
/// The history of a petition for officers: what somebody did or said, and what it changed.

#include "core/http/views.hpp"

namespace pakn::http {
namespace {

/// Details an officer may read in the history: what somebody did or said about the case. Fields that are not named
/// here stay inside, the tracking token above all.
struct EventDetails {
    JsonWriter& json;
    Names& names;
    const domain::Petition& after;

    template <class E>
    void operator()(const E& event) const {
        if constexpr (requires { event.comment; }) json.fieldOrNull("comment", event.comment);
        if constexpr (requires { event.action; }) json.field("action", event.action);
        if constexpr (requires { event.rule; }) json.field("rule", event.rule);
        if constexpr (requires { event.unit; }) {
            json.fieldOrNull("unit", event.unit);
            json.fieldOrNull("unit_name", names.unit(event.unit));
        }
        if constexpr (requires { event.branch; })
            if (!event.branch.empty()) {
                json.field("branch", event.branch);
                json.fieldOrNull("branch_name", names.unit(event.branch));
            }
        if constexpr (requires { event.units; }) {
            json.beginArray("units");
            for (const std::string& unit : event.units) json.value(unit);
            json.endArray();
        }
        if constexpr (requires { event.officer; }) {
            json.fieldOrNull("officer", event.officer);
            json.fieldOrNull("officer_name", names.account(event.officer));
        }
        if constexpr (requires { event.coordinators; }) people("coordinators", event.coordinators);
        if constexpr (requires { event.accounts; }) people("followers", event.accounts);
        if constexpr (requires { event.standing_for; })
            if (!event.standing_for.empty()) {
                json.field("standing_for", event.standing_for);
                json.fieldOrNull("standing_for_name", names.account(event.standing_for));
            }
        if constexpr (requires { event.product; }) json.fieldOrNull("product", event.product);
        if constexpr (requires { event.withheld; }) json.field("not_public", event.withheld);
        if constexpr (requires { event.question; }) json.field("question", event.question);
        if constexpr (requires { event.rating; }) json.field("rating", nameOf(event.rating));
        if constexpr (requires { event.amount; }) json.fieldOrNull("amount", event.amount);
        if constexpr (requires { event.into_code; }) json.field("into", event.into_code);
        if constexpr (requires { event.level; }) json.field("level", event.level);
        if constexpr (requires { event.to; }) json.field("to", nameOf(event.to));
        if constexpr (requires { event.from; }) json.fieldOrNull("from", event.from);
        if constexpr (requires { event.external; }) json.field("external", event.external);
        if constexpr (requires { event.call; }) json.field("call", event.call);
        if constexpr (requires { event.account; }) json.fieldOrNull("account", event.account);
        if constexpr (requires { event.ping_pong; }) json.field("ping_pong", event.ping_pong);
        if constexpr (requires { event.article; })
            if (!event.article.empty()) {
                json.field("article", event.article);
                json.field("article_version", event.article_version);
            }
        if constexpr (requires { event.received_at; })
            if (event.received_at) json.field("received_at", event.received_at);
        if constexpr (requires { event.suggested_because; })
            json.fieldOrNull("suggested_because", event.suggested_because);
        if constexpr (requires { event.late; }) json.field("late", event.late);
        if constexpr (requires { event.text; }) json.field("text", event.text);
        if constexpr (requires { event.files; }) writeFiles(json, "files", event.files);
        if constexpr (requires { event.handle_due; }) json.field("handle_due", event.handle_due);
        if constexpr (requires { event.clock; }) json.field("clock", nameOf(event.clock));
        if constexpr (requires { event.due; }) json.field("due", event.due);
        if constexpr (requires { event.reason; }) json.field("reason", event.reason);
        if constexpr (requires { event.delivery; }) {
            json.field("delivery", event.delivery);
            writeWay(event.delivery);
        }
        if constexpr (requires { event.notice; }) writeNotice(event);
        if constexpr (requires { event.delivery_kind; }) json.field("delivery_kind", nameOf(event.delivery_kind));
        if constexpr (requires { event.attempt; }) json.field("attempt", event.attempt);
        if constexpr (requires { event.error; }) json.fieldOrNull("error", event.error);
        if constexpr (requires { event.next_at; }) json.field("next_at", event.next_at);
    }

    /// By which connector, and by which of its ways: so the history says what reached whom.
    void writeWay(const std::string& delivery) const {
        const domain::DeliveryRecord* record = after.delivery(delivery);
        if (!record) return;
        json.field("connector", record->connector);
        if (!record->way.empty()) json.field("way", record->way);
    }

    /// Whom it was for; what it says is theirs to read.
    template <class E>
    void writeNotice(const E& event) const {
        if (event.notice.empty()) return;
        json.field("notice", event.notice);
        json.field("cause", nameOf(event.cause));
        const std::optional<domain::Role> role{event.to_role};
        if (role) json.field("to_role", nameOf(*role));
        json.fieldOrNull("to_unit", event.to_unit);
        json.fieldOrNull("to_account", event.to_account);
    }

    void people(std::string_view name, const std::vector<std::string>& accounts) const {
        json.beginArray(name);
        for (const std::string& account : accounts) json.value(account);
        json.endArray();
    }
};

/// What an event changed, field by field: never a row whose old and new value are the same.
class Changes {
public:
    explicit Changes(JsonWriter& json) : json_{json} { json_.beginArray("changes"); }
    ~Changes() { json_.endArray(); }
    Changes(const Changes&) = delete;
    Changes& operator=(const Changes&) = delete;

    void row(std::string_view field, const std::string& before, const std::string& after) {
        if (before == after) return;
        json_.beginObject();
        json_.field("field", field);
        json_.fieldOrNull("old", before);
        json_.fieldOrNull("new", after);
        json_.endObject();
    }

private:
    JsonWriter& json_;
};

std::string dueOf(const domain::Petition& petition, domain::Clock clock) {
    const auto found = petition.due.find(clock);
    return found == petition.due.end() ? std::string{} : domain::formatInstant(found->second);
}

std::string pointOf(const Location& place) {
    if (!place.latitude || !place.longitude) return {};
    return std::to_string(*place.latitude) + ", " + std::to_string(*place.longitude);
}

/// Who was told of a missed limit last: "unit.leader", "office"; empty while nobody was.
std::string levelOf(const domain::Petition& petition) {
    return petition.escalations.empty() ? std::string{} : std::string{nameOf(petition.escalations.back().to)};
}

void writeChanges(JsonWriter& json, const domain::Petition& before, const domain::Petition& after) {
    Changes changes{json};
    changes.row("workflow", before.workflow, after.workflow);
    changes.row("status", before.version == 0 ? "" : std::string{nameOf(before.status)},
                std::string{nameOf(after.status)});
    changes.row("step", before.step, after.step);
    changes.row("level", levelOf(before), levelOf(after));
    changes.row("unit", before.unit, after.unit);
    changes.row("officer", before.officer, after.officer);
    // A new petition comes from somewhere; only a correction changes that.
    if (before.version > 0) {
        changes.row("location.address", before.location.address, after.location.address);
        changes.row("location.area", before.location.area, after.location.area);
        changes.row("location.point", pointOf(before.location), pointOf(after.location));
        changes.row("complained_unit", before.complained_unit, after.complained_unit);
        changes.row("emergency", before.emergency ? "true" : "", after.emergency ? "true" : "");
        changes.row("sla", before.sla, after.sla);
        if (after.relocated || after.complaint_named)
            changes.row("suggested_unit", before.suggested_unit, after.suggested_unit);
    }
    for (const domain::Clock clock : {domain::Clock::kHandle, domain::Clock::kTotal})
        changes.row("due." + std::string{nameOf(clock)}, dueOf(before, clock), dueOf(after, clock));
}

}  // namespace

void writeEvent(JsonWriter& json, const domain::Event& event, Names& names, const domain::Petition& before,
                const domain::Petition& after) {
    json.beginObject();
    json.field("id", event.id);
    json.field("version", event.version);
    json.field("at", event.at);
    json.field("kind", nameOf(event.kind()));
    json.field("actor", event.actor);
    json.fieldOrNull("actor_name", names.account(event.actor));
    json.field("role", nameOf(event.role));
    std::visit(EventDetails{json, names, after}, event.data);
    writeChanges(json, before, after);
    json.endObject();
}

}  // namespace pakn::http
