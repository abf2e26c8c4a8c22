#include "core/http/views.hpp"

#include "core/domain/disclosure.hpp"
#include "core/domain/phone.hpp"
#include "core/http/provenance_view.hpp"

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
    json.fieldOrNull("standing_for", result->standing_for);
    json.field("at", result->at);
    if (!result->article.empty()) {
        json.field("article", result->article);
        json.field("article_version", result->article_version);
    }
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

/// What the sender agreed to; whoever wants to know who they are, or to publish it, is bound by it.
void writeConsent(JsonWriter& json, const store::Person* person) {
    if (person == nullptr) return json.null("consent");
    json.beginObject("consent");
    json.field("process_personal_data", person->consent.process_personal_data);
    json.field("use_identity_in_handling", person->consent.use_identity_in_handling);
    json.field("publish_identity", person->consent.publish_identity);
    json.field("declared_true", person->declared_true);
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

void writeLocation(JsonWriter& json, std::string_view name, const Location& location) {
    json.beginObject(name);
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

void writeNames(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.beginArray(name);
    for (const std::string& text : texts) json.value(text);
    json.endArray();
}

void writeBranches(JsonWriter& json, const domain::Petition& petition, Names& names, const engine::Hub& hub) {
    json.beginArray("branches");
    for (const domain::Branch& one : petition.branches) {
        json.beginObject();
        json.field("unit", one.unit);
        json.fieldOrNull("unit_name", names.unit(one.unit));
        json.field("state", nameOf(one.state));
        json.field("step", one.step);
        json.field("status", nameOf(one.status));
        json.fieldOrNull("officer", one.officer);
        json.fieldOrNull("request", one.request);
        json.fieldOrNull("declined", one.declined);
        json.field("since", one.since);
        json.field("due_at", one.due);
        json.field("missed", one.missed);
        writeResult(json, "draft", one.draft, names, hub);
        writeResult(json, "result", one.result, names, hub);
        json.endObject();
    }
    json.endArray();
}

void writeFollowers(JsonWriter& json, const domain::Petition& petition) {
    json.beginArray("followers");
    for (const domain::Follower& one : petition.followers) {
        json.beginObject();
        json.fieldOrNull("account", one.account);
        json.fieldOrNull("unit", one.unit);
        json.fieldOrNull("content", one.content);
        json.field("since", one.since);
        json.field("until", one.until);
        json.field("seen_at", one.seen_at);
        json.endObject();
    }
    json.endArray();
}

void writeEscalations(JsonWriter& json, const domain::Petition& petition) {
    json.beginArray("escalations");
    for (const domain::EscalationRecord& one : petition.escalations) {
        json.beginObject();
        json.field("level", one.level);
        json.field("to", nameOf(one.to));
        json.fieldOrNull("unit", one.unit);
        json.field("at", one.at);
        json.endObject();
    }
    json.endArray();
    json.field("escalate_at", petition.escalate_at);
}

/// Who is called to an emergency.
void writeCall(JsonWriter& json, const domain::Petition& petition, Names& names) {
    if (!petition.roster) return json.null("emergency_call");
    const domain::RosterCall& one = *petition.roster;
    json.beginObject("emergency_call");
    json.fieldOrNull("account", one.account);
    json.fieldOrNull("account_name", names.account(one.account));
    json.field("calls", one.calls);
    json.field("next_at", one.next_at);
    json.fieldOrNull("acknowledged_by", one.acknowledged_by);
    json.fieldOrNull("acknowledged_by_name", names.account(one.acknowledged_by));
    json.field("acknowledged_at", one.acknowledged_at);
    json.endObject();
}

void writeAppointment(JsonWriter& json, const domain::Petition& petition, const engine::Hub& hub) {
    json.field("appointments", petition.appointments);
    json.field("first_due_at", petition.first_handle_due);
    if (!petition.appointment) return json.null("appointment");
    const domain::Appointment& one = *petition.appointment;
    json.beginObject("appointment");
    json.fieldOrNull("amount", one.amount);
    json.field("reason", one.reason);
    writeFiles(json, "files", one.files, &hub);
    json.field("by", one.by);
    json.field("at", one.at);
    json.field("until", one.until);
    json.endObject();
}

void writeSendersWords(JsonWriter& json, const domain::Petition& petition, const engine::Hub& hub) {
    json.beginArray("supplements");
    for (const domain::ResultText& one : petition.supplements) {
        json.beginObject();
        json.field("text", one.text);
        writeFiles(json, "files", one.files, &hub);
        json.field("at", one.at);
        json.endObject();
    }
    json.endArray();
    json.field("reopened", petition.reopened);
    if (!petition.rating) return json.null("rating");
    json.beginObject("rating");
    json.field("value", nameOf(petition.rating->value));
    json.fieldOrNull("comment", petition.rating->comment);
    json.field("at", petition.rating->at);
    json.endObject();
}

/// By which it came; null when the register cannot be read now.
void writeCalls(JsonWriter& json, const domain::Petition& petition, const engine::Hub& hub) {
    const auto calls = hub.store().calls().callsOf(petition.id);
    if (!calls) return json.null("calls");
    json.beginArray("calls");
    for (const store::PhoneCall& one : *calls) {
        json.beginObject();
        json.field("id", one.id);
        json.field("started_at", one.started_at);
        json.field("ended_at", one.ended_at);
        json.fieldOrNull("result", one.result);
        json.fieldOrNull("agent", one.agent);
        json.field("recording", one.recording.has_value());
        json.endObject();
    }
    json.endArray();
}

void writeReturns(JsonWriter& json, const domain::Petition& petition) {
    writeNames(json, "returned_by", petition.returned_by);
    json.field("late_returns", petition.late_returns);
    json.field("ping_pong", petition.ping_pong);
}

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
        const bool reasoned =
            step.status == nameOf(domain::Status::kRefused) || step.status == nameOf(domain::Status::kClosed);
        if (reasoned) json.fieldOrNull("reason", step.reason);
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

void writeStandingFor(JsonWriter& json, const security::Account& account, Names& names) {
    json.beginArray("standing_for");
    for (const domain::Colleague& one : account.standing_for) {
        json.beginObject();
        json.field("id", one.id);
        json.fieldOrNull("name", names.account(one.id));
        json.beginArray("roles");
        for (const domain::Role role : one.roles) json.value(nameOf(role));
        json.endArray();
        json.fieldOrNull("unit", one.unit);
        json.endObject();
    }
    json.endArray();
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
        const std::optional<engine::ScanState> scan = hub ? hub->scanState(file) : std::nullopt;
        if (scan) json.field("scan", engine::nameOf(*scan));
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

/// Since it came in, whoever had it when: the unit's limit runs from distribution, the sender waits from receipt.
void writeAge(JsonWriter& json, const domain::Petition& petition, const domain::Rules& rules, Instant now) {
    const domain::SlaPolicy* policy = rules.policy(petition.sla);
    static const domain::SlaPolicy kNone{};
    const domain::Date from = domain::localDate(petition.received_at);
    const domain::Date upto = domain::localDate(petition.finished_at.value_or(now));
    json.beginObject("age");
    json.field("days", static_cast<std::int64_t>((upto - from).count()));
    json.field("working_days",
               std::int64_t{domain::workingDaysBetween(rules.calendarOf(policy ? *policy : kNone), from, upto)});
    json.endObject();
}

/// What somebody is in their unit; nothing where it is not known.
std::string titleOf(engine::Hub& hub, const std::string& account) {
    if (account.empty()) return {};
    const auto contact = hub.store().contact(account);
    return contact ? contact->title : std::string{};
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
    const domain::SlaPolicy* policy = hub.rules()->policy(petition.sla);
    json.fieldOrNull("sla_basis", policy ? std::string_view{policy->basis} : std::string_view{});
    json.field("rule", petition.rule);
    json.field("channel", petition.channel);
    json.fieldOrNull("external_id", petition.external_id);
    json.field("title", petition.title);
    json.field("content", petition.content);
    json.fieldOrNull("category", petition.category);
    json.fieldOrNull("category_name", names.category(petition.category));
    json.field("class", petition.petition_class);
    json.fieldOrNull("complained_unit", petition.complained_unit);
    json.field("complaint_named", petition.complaint_named);
    json.field("emergency", petition.emergency);
    json.field("emergency_claimed", petition.emergency_claimed);
    json.field("public", petition.is_public);
    json.field("anonymous", petition.anonymous);
    json.field("anonymous_to_public", petition.anonymous_to_public);
    writeLocation(json, "location", petition.location);
    if (petition.relocated)
        writeLocation(json, "location_as_sent", petition.location_as_sent);
    else
        json.null("location_as_sent");
    json.field("occurred_at", petition.occurred_at);
    json.field("received_at", petition.received_at);
    json.field("recorded_at", petition.recorded_at);
    writeMasked(json, hidesSender(petition) ? nullptr : person);
    writeConsent(json, person);
    writeConsentRecords(json, person);
    writeProvenance(json, petition, person);
    writeMarks(json, petition, person);
    writeFiles(json, "attachments", petition.files, &hub);
    writeCalls(json, petition, hub);
    json.fieldOrNull("suggested_unit", petition.suggested_unit);
    json.fieldOrNull("suggested_because", petition.suggested_because);
    json.fieldOrNull("unit", petition.unit);
    json.fieldOrNull("unit_name", names.unit(petition.unit));
    json.fieldOrNull("officer", petition.officer);
    json.fieldOrNull("officer_name", names.account(petition.officer));
    json.fieldOrNull("officer_title", titleOf(hub, petition.officer));
    writeNames(json, "coordinators", petition.coordinators);
    json.fieldOrNull("product", petition.product);
    json.field("not_public", petition.withheld);
    json.fieldOrNull("merged_into", petition.merged_code);
    json.field("waiting_since", petition.waiting ? std::optional{petition.waiting->since} : std::nullopt);
    writeReturns(json, petition);
    writeBranches(json, petition, names, hub);
    writeFollowers(json, petition);
    writeEscalations(json, petition);
    writeCall(json, petition, names);
    writeAppointment(json, petition, hub);
    writeSendersWords(json, petition, hub);
    json.field("due_at", petition.currentDue());
    writeClocks(json, "due", petition.due);
    writeClocks(json, "missed", petition.missed);
    json.field("return_until", petition.return_until);
    json.field("finished_at", petition.finished_at);
    writeAge(json, petition, *hub.rules(), now);
    writeResult(json, "draft", petition.draft, names, hub);
    writeResult(json, "approved", petition.approved, names, hub);
    writeResult(json, "released", petition.released, names, hub);
    writeDeliveries(json, petition.deliveries);
    json.endObject();
    return json.take();
}

std::string citizensView(const PublicPetition& petition) {
    JsonWriter json;
    json.beginObject();
    json.field("code", petition.code);
    json.field("title", petition.title);
    json.field("status", petition.status);
    const auto question = petition.attributes.find("question");
    json.fieldOrNull("question", question == petition.attributes.end() ? std::string_view{} : question->second);
    const auto line = petition.attributes.find("emergency_line");
    json.fieldOrNull("emergency_line", line == petition.attributes.end() ? std::string_view{} : line->second);
    const auto rating = petition.attributes.find("rating");
    json.fieldOrNull("rating", rating == petition.attributes.end() ? std::string_view{} : rating->second);
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
    writeCitizenIdKind(json, who);
    json.fieldOrNull("address", who.address);
    json.field("original", person.original.has_value());
    json.endObject();
    return json.take();
}

}  // namespace pakn::http
