#include "core/http/views.hpp"

#include "core/domain/disclosure.hpp"
#include "core/domain/phone.hpp"

namespace pakn::http {
namespace {

void writeClocks(JsonWriter& json, std::string_view name, const std::map<domain::Clock, Instant>& clocks) {
    json.beginObject(name);
    for (const auto& [clock, at] : clocks) json.field(nameOf(clock), at);
    json.endObject();
}

void writeResult(JsonWriter& json, std::string_view name, const std::optional<domain::ResultText>& result, Names& names,
                 const engine::Hub& hub) {
    if (!result) return json.null(name);
    json.beginObject(name);
    json.field("text", result->text);
    writeFiles(json, "files", result->files, &hub);
    json.field("by", result->by);
    json.fieldOrNull("by_name", names.account(result->by));
    json.field("at", result->at);
    json.endObject();
}

void writeMasked(JsonWriter& json, const store::Person* person) {
    if (person == nullptr) return json.null("petitioner");
    const Petitioner& who = person->petitioner;
    json.beginObject("petitioner");
    json.field("kind", who.kind.empty() ? std::string{"individual"} : who.kind);
    json.fieldOrNull("name", domain::maskName(who.name));
    json.fieldOrNull("phone", domain::maskPhone(who.phone));
    json.fieldOrNull("email", domain::maskEmail(who.email));
    json.fieldOrNull("citizen_id", domain::maskCitizenId(who.citizen_id));
    json.endObject();
}

void writeDeliveries(JsonWriter& json, const std::vector<domain::DeliveryRecord>& deliveries) {
    json.beginArray("deliveries");
    for (const domain::DeliveryRecord& one : deliveries) {
        json.beginObject();
        json.field("id", one.id);
        json.field("connector", one.connector);
        json.field("kind", nameOf(one.kind));
        json.field("state", nameOf(one.state));
        json.field("queued_at", one.queued_at);
        json.field("attempts", one.attempts);
        json.endObject();
    }
    json.endArray();
}

void writeLocation(JsonWriter& json, const Location& location) {
    json.beginObject("location");
    json.fieldOrNull("address", location.address);
    json.fieldOrNull("area", location.area);
    json.field("lat", location.latitude);
    json.field("lon", location.longitude);
    json.endObject();
}

void writeStep(JsonWriter& json, const domain::Petition& petition, const domain::Rules& rules) {
    json.field("step", petition.step);
    const domain::Workflow* workflow = rules.workflow(petition.workflow, petition.workflow_config);
    const domain::Step* step = workflow == nullptr ? nullptr : workflow->step(petition.step);
    if (step != nullptr) {
        writeLabel(json, "step_label", step->label);
    } else {
        json.null("step_label");
    }
    json.fieldOrNull("holder", petition.holder ? nameOf(*petition.holder) : std::string_view{});
    json.field("at_centre", petition.at_centre);
}

/// Details an officer may read in the history: what somebody did or said about the case. Fields that are not named
/// here stay inside, the tracking token above all.
struct EventDetails {
    JsonWriter& json;
    Names& names;

    template <class E>
    void operator()(const E& event) const {
        if constexpr (requires { event.comment; }) json.fieldOrNull("comment", event.comment);
        if constexpr (requires { event.action; }) json.field("action", event.action);
        if constexpr (requires { event.rule; }) json.field("rule", event.rule);
        if constexpr (requires { event.unit; }) {
            json.fieldOrNull("unit", event.unit);
            json.fieldOrNull("unit_name", names.unit(event.unit));
        }
        if constexpr (requires { event.late; }) json.field("late", event.late);
        if constexpr (requires { event.text; }) json.field("text", event.text);
        if constexpr (requires { event.files; }) writeFiles(json, "files", event.files);
        if constexpr (requires { event.handle_due; }) json.field("handle_due", event.handle_due);
        if constexpr (requires { event.clock; }) json.field("clock", nameOf(event.clock));
        if constexpr (requires { event.due; }) json.field("due", event.due);
        if constexpr (requires { event.reason; }) json.field("reason", event.reason);
        if constexpr (requires { event.delivery; }) json.field("delivery", event.delivery);
        if constexpr (requires { event.connector; }) json.field("connector", event.connector);
        if constexpr (requires { event.delivery_kind; }) json.field("delivery_kind", nameOf(event.delivery_kind));
        if constexpr (requires { event.attempt; }) json.field("attempt", event.attempt);
        if constexpr (requires { event.error; }) json.fieldOrNull("error", event.error);
        if constexpr (requires { event.next_at; }) json.field("next_at", event.next_at);
    }
};

void writePublicLabel(JsonWriter& json, std::string_view name, const PublicLabel& label) {
    writeLabel(json, name, {label.vi, label.en});
}

void writePublicSteps(JsonWriter& json, const PublicPetition& petition) {
    json.beginArray("steps");
    for (const PublicStep& step : petition.steps) {
        json.beginObject();
        json.field("at", step.at);
        json.field("status", step.status);
        writePublicLabel(json, "label", step.label);
        const bool distributed = step.status == nameOf(domain::Status::kDistributed);
        if (distributed) json.fieldOrNull("unit_name", step.unit_name);
        if (step.status == nameOf(domain::Status::kRefused)) json.fieldOrNull("reason", step.reason);
        json.endObject();
    }
    json.endArray();
}

void writePublicFiles(JsonWriter& json, std::string_view name, const std::vector<PublicFile>& files) {
    json.beginArray(name);
    for (const PublicFile& file : files) {
        json.beginObject();
        json.field("sha256", file.sha256);
        json.field("name", file.name);
        json.field("content_type", file.content_type);
        json.field("size", file.size);
        json.endObject();
    }
    json.endArray();
}

}  // namespace

std::string Names::account(const std::string& id) {
    if (id.empty()) return {};
    if (const auto known = accounts_.find(id); known != accounts_.end()) return known->second;
    const Result<std::optional<security::Account>> found = hub_.store().accountById(id);
    return accounts_.emplace(id, found && *found ? (*found)->name : std::string{}).first->second;
}

std::string Names::unit(const std::string& id) const {
    const domain::Unit* found = rules_->unit(id);
    return found == nullptr ? std::string{} : found->name;
}

std::string Names::category(const std::string& id) const {
    const domain::Category* found = rules_->category(id);
    return found == nullptr ? std::string{} : found->name;
}

void writeLabel(JsonWriter& json, std::string_view name, const domain::Label& label) {
    json.beginObject(name);
    json.field("vi", label.vi);
    json.field("en", label.en);
    json.endObject();
}

void writeAccount(JsonWriter& json, const security::Account& account) {
    json.beginObject("account");
    json.field("id", account.id);
    json.field("login", account.login);
    json.field("name", account.name);
    json.beginArray("roles");
    for (const domain::Role role : account.roles) json.value(nameOf(role));
    json.endArray();
    json.fieldOrNull("unit", account.unit);
    json.endObject();
}

void writeFiles(JsonWriter& json, std::string_view name, const std::vector<domain::FileRef>& files,
                const engine::Hub* hub) {
    json.beginArray(name);
    for (const domain::FileRef& file : files) {
        json.beginObject();
        json.field("sha256", file.sha256);
        json.field("name", file.name);
        json.field("content_type", file.type);
        json.field("size", file.size);
        const std::optional<engine::PhotoState> photo = hub ? hub->photoState(file) : std::nullopt;
        if (photo) json.field("photo", engine::nameOf(*photo));
        json.endObject();
    }
    json.endArray();
}

void writeSummary(JsonWriter& json, const store::Summary& summary, Instant now, const Names& names) {
    json.field("id", summary.id);
    json.field("code", summary.code);
    json.field("version", summary.version);
    json.field("title", summary.title);
    json.field("channel", summary.channel);
    json.fieldOrNull("category", summary.category);
    json.fieldOrNull("category_name", names.category(summary.category));
    json.fieldOrNull("unit", summary.unit);
    json.fieldOrNull("unit_name", names.unit(summary.unit));
    json.fieldOrNull("suggested_unit", summary.suggested_unit);
    json.fieldOrNull("officer", summary.officer);
    json.field("step", summary.step);
    json.field("status", nameOf(summary.status));
    writeLabel(json, "status_label", domain::labelOf(summary.status));
    json.field("emergency", summary.emergency);
    json.field("received_at", summary.received_at);
    json.field("due_at", summary.due_at);
    json.field("total_due_at", summary.total_due_at);
    json.field("finished_at", summary.finished_at);
    // The row knows the limit that counts; progressOf() finds it again as the only one of a bare petition.
    domain::Petition bare;
    bare.finished_at = summary.finished_at;
    if (const std::optional<Instant>& due = summary.finished_at ? summary.total_due_at : summary.due_at)
        bare.due.emplace(domain::Clock::kTotal, *due);
    json.field("progress", nameOf(domain::progressOf(bare, now)));
}

/// What triage should see: the route's marks, and what was sent but could not be used as sent.
void writeMarks(JsonWriter& json, const domain::Petition& petition, const store::Person* person) {
    json.beginArray("tags");
    for (const std::string& tag : petition.tags) json.value(tag);
    json.endArray();
    json.beginObject("attributes");
    if (person)
        for (const auto& [name, value] : person->attributes) json.field(name, value);
    json.endObject();
}

std::string officersView(const domain::Petition& petition, const store::Person* person, Instant now, engine::Hub& hub) {
    Names names{hub};
    JsonWriter json;
    json.beginObject();
    json.field("id", petition.id);
    json.field("code", petition.code);
    json.field("version", petition.version);
    json.field("status", nameOf(petition.status));
    writeLabel(json, "status_label", domain::labelOf(petition.status));
    writeStep(json, petition, *hub.rules());
    json.field("progress", nameOf(domain::progressOf(petition, now)));
    json.field("workflow", petition.workflow);
    json.field("sla", petition.sla);
    json.field("rule", petition.rule);
    json.field("channel", petition.channel);
    json.fieldOrNull("external_id", petition.external_id);
    json.field("title", petition.title);
    json.field("content", petition.content);
    json.fieldOrNull("category", petition.category);
    json.fieldOrNull("category_name", names.category(petition.category));
    json.field("class", petition.petition_class);
    json.fieldOrNull("complained_unit", petition.complained_unit);
    json.field("emergency", petition.emergency);
    json.field("public", petition.is_public);
    json.field("anonymous", petition.anonymous);
    writeLocation(json, petition.location);
    json.field("occurred_at", petition.occurred_at);
    json.field("received_at", petition.received_at);
    writeMasked(json, petition.anonymous ? nullptr : person);
    writeMarks(json, petition, person);
    writeFiles(json, "attachments", petition.files, &hub);
    json.fieldOrNull("suggested_unit", petition.suggested_unit);
    json.fieldOrNull("unit", petition.unit);
    json.fieldOrNull("unit_name", names.unit(petition.unit));
    json.fieldOrNull("officer", petition.officer);
    json.fieldOrNull("officer_name", names.account(petition.officer));
    json.field("due_at", petition.currentDue());
    writeClocks(json, "due", petition.due);
    writeClocks(json, "missed", petition.missed);
    json.field("return_until", petition.return_until);
    json.field("finished_at", petition.finished_at);
    writeResult(json, "draft", petition.draft, names, hub);
    writeResult(json, "approved", petition.approved, names, hub);
    writeResult(json, "released", petition.released, names, hub);
    writeDeliveries(json, petition.deliveries);
    json.endObject();
    return json.take();
}

void writeEvent(JsonWriter& json, const domain::Event& event, Names& names) {
    json.beginObject();
    json.field("id", event.id);
    json.field("version", event.version);
    json.field("at", event.at);
    json.field("kind", nameOf(event.kind()));
    json.field("actor", event.actor);
    json.fieldOrNull("actor_name", names.account(event.actor));
    json.field("role", nameOf(event.role));
    std::visit(EventDetails{json, names}, event.data);
    json.endObject();
}

std::string citizensView(const PublicPetition& petition) {
    JsonWriter json;
    json.beginObject();
    json.field("code", petition.code);
    json.field("title", petition.title);
    json.field("status", petition.status);
    writePublicLabel(json, "status_label", petition.status_label);
    json.field("received_at", petition.received_at);
    json.field("due_at", petition.due_at);
    json.field("finished_at", petition.finished_at);
    json.fieldOrNull("unit_name", petition.unit_name);
    writePublicSteps(json, petition);
    writePublicFiles(json, "attachments", petition.attachments);
    if (petition.answer) {
        json.beginObject("answer");
        json.field("text", petition.answer->text);
        writePublicFiles(json, "files", petition.answer->files);
        json.field("at", petition.answer->at);
        json.endObject();
    } else {
        json.null("answer");
    }
    json.endObject();
    return json.take();
}

std::string identityView(const store::Person& person) {
    const Petitioner& who = person.petitioner;
    JsonWriter json;
    json.beginObject();
    json.field("kind", who.kind.empty() ? std::string{"individual"} : who.kind);
    json.fieldOrNull("name", who.name);
    json.fieldOrNull("phone", who.phone);
    json.fieldOrNull("phone_typed", person.phone_typed);
    json.fieldOrNull("email", who.email);
    json.fieldOrNull("citizen_id", who.citizen_id);
    json.fieldOrNull("address", who.address);
    json.endObject();
    return json.take();
}

}  // namespace pakn::http
