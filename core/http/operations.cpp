/// @file
/// For those who keep the hub running: deliveries that need a person's word, connectors, health, metrics.

#include <algorithm>

#include "core/engine/connector_mode.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/idempotency.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/traffic.hpp"
#include "core/http/views.hpp"
#include "core/reporting/follower.hpp"

namespace pakn::http {
namespace {

using domain::DeliveryState;

/// `with_problem`: what to mend names files and peers, so only people signed in read it.
void writeConnectors(JsonWriter& json, std::string_view name, const std::vector<engine::ConnectorHealth>& connectors,
                     bool with_problem) {
    json.beginArray(name);
    for (const engine::ConnectorHealth& one : connectors) {
        json.beginObject();
        json.field("id", one.id);
        json.field("plugin", one.plugin);
        json.field("state", one.state);
        if (with_problem) json.fieldOrNull("problem", one.problem);
        json.field("received", one.received);
        json.field("sent", one.sent);
        json.field("failures", one.failures);
        if (one.process) {
            json.beginObject("process");
            json.field("state", isolation::nameOf(one.process->state));
            json.field("starts", one.process->starts);
            json.field("crashes", one.process->crashes);
            json.field("quarantined", one.process->quarantined);
            json.endObject();
        }
        json.endObject();
    }
    json.endArray();
}

void writeDelivery(JsonWriter& json, const store::DeliveryItem& item) {
    json.beginObject();
    json.field("id", item.record.id);
    json.field("petition_id", item.petition_id);
    json.field("code", item.code);
    json.field("connector", item.record.connector);
    json.field("kind", nameOf(item.record.kind));
    json.field("cause", nameOf(item.record.cause));
    json.field("state", nameOf(item.record.state));
    json.field("queued_at", item.record.queued_at);
    if (item.record.state == DeliveryState::kQueued) {
        json.field("next_at", item.record.next_at);
    } else {
        json.null("next_at");
    }
    json.field("attempts", item.record.attempts);
    json.fieldOrNull("last_error", item.record.last_error);
    json.fieldOrNull("reference", item.record.reference);
    json.endObject();
}

Result<std::string> petitionOfDelivery(store::Store& store, const std::string& delivery_id) {
    const Result<store::Listing<store::DeliveryItem>> found =
        store.deliveries({.connector = {}, .state = {}, .id = delivery_id}, {.after = {}, .limit = 1});
    if (!found) return found.error();
    if (found->items.empty()) return problemError("delivery.not_found");
    return found->items.front().petition_id;
}

/// Lets the hub do `command` to the petition whose delivery it is; the delivery as it stands then.
Response decideDelivery(const Call& call, domain::Command command) {
    const std::string& id = call.parameters[0];
    const Result<std::string> petition_id = petitionOfDelivery(call.hub().store(), id);
    if (!petition_id) return problemResponse(petition_id.error());
    Result<engine::RequestKey> key = requestKey(call);
    if (!key) return problemResponse(key.error());
    const Result<domain::Petition> after =
        call.hub().execute(*petition_id, std::move(command), call.account().actor(), *std::move(key));
    if (!after) return problemResponse(after.error());
    const domain::DeliveryRecord* record = after->delivery(id);
    if (record == nullptr) return problemResponse("delivery.not_found");
    JsonWriter json;
    writeDelivery(json, {.petition_id = after->id, .code = after->code, .record = *record});
    return {.body = json.take()};
}

/// Every node follows within a second.
Response switchConnector(const Call& call, engine::ConnectorMode mode) {
    const std::string& id = call.parameters[0];
    const std::vector<engine::ConnectorHealth> known = call.hub().health().connectors;
    if (std::none_of(known.begin(), known.end(), [&](const engine::ConnectorHealth& one) { return one.id == id; }))
        return problemResponse("connector.not_found");
    if (const Status set = engine::setConnectorMode(call.hub().store(), id, mode); !set)
        return problemResponse(set.error());
    JsonWriter json;
    json.beginObject();
    json.field("id", id);
    json.field("mode", nameOf(mode));
    json.endObject();
    return {.body = json.take()};
}

/// Prometheus text, one metric after the other.
class Metrics {
public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
        text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    /// `labels` such as `state="sent"`: only values that the hub itself chose.
    void sample(std::int64_t value, std::string_view labels = {}) {
        text_ += name_;
        if (!labels.empty()) text_.append("{").append(labels).append("}");
        text_.append(" ").append(std::to_string(value)).append("\n");
    }
    void single(std::string_view name, std::string_view type, std::string_view help, std::int64_t value) {
        family(name, type, help);
        sample(value);
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string name_;
    std::string text_;
};

/// A plugin chose the name: what could end the label becomes a line.
std::string labelText(std::string_view name) {
    std::string text{name.substr(0, 60)};
    for (char& c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!plain) c = '_';
    }
    return text;
}

void addTotals(Metrics& metrics, const engine::Totals& totals) {
    metrics.single("pakn_commits_total", "counter", "Durable transactions since start.", totals.commits);
    metrics.single("pakn_commands_total", "counter", "Commands decided since start.", totals.commands);
    metrics.family("pakn_intake_total", "counter", "Petitions handed in since start, by outcome.");
    metrics.sample(totals.accepted, "outcome=\"stored\"");
    metrics.sample(totals.duplicates, "outcome=\"duplicate\"");
    metrics.sample(totals.refused, "outcome=\"refused\"");
    metrics.sample(totals.unavailable, "outcome=\"unavailable\"");
}

void addDecodes(Metrics& metrics, const decoding::Totals& totals) {
    metrics.family("pakn_decodes_total", "counter", "Files from outside that were to be read, by outcome.");
    metrics.sample(totals.decoded, "outcome=\"read\"");
    metrics.sample(totals.rejected, "outcome=\"rejected\"");
    metrics.sample(totals.unavailable, "outcome=\"unavailable\"");
    metrics.family("pakn_decoders_lost_total", "counter", "Child processes lost while they read a file, by reason.");
    metrics.sample(totals.crashed, "reason=\"crashed\"");
    metrics.sample(totals.late, "reason=\"late\"");
    metrics.single("pakn_decoders_started_total", "counter", "Child processes started to read files.", totals.started);
}

void addTraffic(Metrics& metrics, const Traffic& traffic) {
    metrics.family("pakn_http_connections", "gauge", "Connections by what they are at.");
    for (std::size_t i = 0; i < kStageNames.size(); ++i)
        metrics.sample(traffic.connections[i], "stage=\"" + std::string{kStageNames[i]} + '"');
    metrics.family("pakn_http_refused_total", "counter", "Connections and requests turned away unhandled, by reason.");
    for (std::size_t i = 0; i < kRefusedNames.size(); ++i)
        metrics.sample(traffic.refused[i], "reason=\"" + std::string{kRefusedNames[i]} + '"');
    metrics.single("pakn_http_requests_total", "counter", "Requests that a handler answered.", traffic.requests);
}

void addCounts(Metrics& metrics, const store::Counts& counts) {
    metrics.single("pakn_petitions", "gauge", "Petitions on record.", counts.petitions);
    metrics.single("pakn_events", "gauge", "Events in the journal.", counts.events);
    metrics.single("pakn_open_tasks", "gauge", "Tasks that wait for somebody.", counts.open_tasks);
    metrics.family("pakn_deliveries", "gauge", "Deliveries by state.");
    for (std::size_t i = 0; i < domain::kDeliveryStateNames.size(); ++i) {
        const auto found = counts.deliveries.find(static_cast<DeliveryState>(i));
        metrics.sample(found == counts.deliveries.end() ? 0 : found->second,
                       "state=\"" + std::string{domain::kDeliveryStateNames[i]} + '"');
    }
}

void addFollower(Metrics& metrics, const store::FollowerState& state, Instant now) {
    const std::string label = "follower=\"" + std::string{reporting::kFollower} + '"';
    metrics.family("pakn_follower_behind_events", "gauge", "Events that statistics and search do not know yet.");
    metrics.sample(state.behind, label);
    metrics.family("pakn_follower_lag_seconds", "gauge", "Age of the oldest event that they do not know yet.");
    const auto lag = state.oldest_at ? std::chrono::floor<std::chrono::seconds>(now - *state.oldest_at).count() : 0;
    metrics.sample(std::max<std::int64_t>(0, lag), label);
}

/// Only of connectors that run in a process of their own.
void addProcesses(Metrics& metrics, const engine::Health& health) {
    const auto each = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
        metrics.family(name, type, help);
        for (const engine::ConnectorHealth& one : health.connectors)
            if (one.process) metrics.sample(value(*one.process), "connector=\"" + one.id + '"');
    };
    using Process = isolation::ProcessHealth;
    each("pakn_connector_process_up", "gauge", "1 while its process runs.",
         [](const Process& one) { return std::int64_t{one.pid != 0 ? 1 : 0}; });
    each("pakn_connector_process_starts_total", "counter", "Processes started for it.",
         [](const Process& one) { return one.starts; });
    each("pakn_connector_process_crashes_total", "counter", "Processes that died, hung or were not to be believed.",
         [](const Process& one) { return one.crashes; });
    each("pakn_connector_process_tripped", "gauge", "1 while it is started now and then only.",
         [](const Process& one) { return std::int64_t{one.tripped ? 1 : 0}; });
    each("pakn_connector_quarantined_total", "counter", "Messages set aside because they killed it twice.",
         [](const Process& one) { return one.quarantined; });
    each("pakn_connector_process_resident_bytes", "gauge", "Memory of its process.",
         [](const Process& one) { return static_cast<std::int64_t>(one.resident); });
}

void addConnectors(Metrics& metrics, const engine::Health& health) {
    metrics.single("pakn_writable", "gauge", "1 when petitions can be acknowledged.", health.writable ? 1 : 0);
    const auto each = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
        metrics.family(name, type, help);
        for (const engine::ConnectorHealth& one : health.connectors)
            metrics.sample(value(one), "connector=\"" + one.id + '"');
    };
    using Health = engine::ConnectorHealth;
    each("pakn_connector_running", "gauge", "1 while the connector runs.",
         [](const Health& one) { return std::int64_t{one.state == "running" ? 1 : 0}; });
    each("pakn_connector_received_total", "counter", "Petitions a connector brought.",
         [](const Health& one) { return one.received; });
    each("pakn_connector_sent_total", "counter", "Deliveries a connector sent.",
         [](const Health& one) { return one.sent; });
    each("pakn_connector_failures_total", "counter", "Calls of a connector that failed.",
         [](const Health& one) { return one.failures; });
    addProcesses(metrics, health);
    metrics.family("pakn_connector_counter", "counter", "What plugins count (HostServices::count), since start.");
    for (const engine::ConnectorHealth& one : health.connectors)
        for (const auto& [counter, count] : one.counters)
            metrics.sample(count, "connector=\"" + one.id + "\",counter=\"" + labelText(counter) + '"');
}

}  // namespace

Response listDeliveries(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"after", "limit", "connector", "state"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    const Result<std::optional<DeliveryState>> state = query->oneOf<DeliveryState>("state", &domain::findDeliveryState);
    if (!state) return problemResponse(state.error());
    const Result<store::Listing<store::DeliveryItem>> found =
        call.hub().store().deliveries({.connector = query->text("connector"), .state = *state}, *page);
    if (!found) return listProblem(found.error());
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const store::DeliveryItem& item : found->items) writeDelivery(json, item);
    json.endArray();
    json.fieldOrNull("next", found->next);
    json.endObject();
    return {.body = json.take()};
}

Response replayDelivery(const Call& call) { return decideDelivery(call, domain::Requeue{call.parameters[0]}); }

Response discardDelivery(const Call& call) {
    struct Input {
        std::string reason;
    };
    static constexpr json::Rule<Input> kFields[] = {json::nfcText<Input, &Input::reason>("reason")};
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    Result<Input> input = json::parseAs(call.request.body, kFields);
    if (!input) return problemResponse(input.error());
    if (input->reason.empty()) return problemResponse("delivery.reason_missing", "/reason");
    return decideDelivery(call, domain::Discard{call.parameters[0], std::move(input->reason)});
}

Response connectors(const Call& call) {
    JsonWriter json;
    json.beginObject();
    writeConnectors(json, "items", call.hub().health().connectors, true);
    json.endObject();
    return {.body = json.take()};
}

Response pauseConnector(const Call& call) { return switchConnector(call, engine::ConnectorMode::kPaused); }

Response resumeConnector(const Call& call) { return switchConnector(call, engine::ConnectorMode::kRunning); }

Response testConnector(const Call& call) {
    const auto steps = call.services.test_connector ? call.services.test_connector(call.parameters[0]) : std::nullopt;
    if (!steps) return problemResponse("connector.not_found");
    JsonWriter json;
    json.beginObject();
    json.field("id", call.parameters[0]);
    json.field("ok", std::all_of(steps->begin(), steps->end(), [](const engine::TestStep& one) { return one.ok; }));
    json.beginArray("steps");
    for (const engine::TestStep& one : *steps) {
        json.beginObject();
        json.field("step", one.step);
        json.field("ok", one.ok);
        json.field("text", one.text);
        json.fieldOrNull("fix", one.fix);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return {.body = json.take()};
}

Response healthz(const Call& call) {
    JsonWriter json;
    json.beginObject();
    json.field("status", "alive");
    json.field("version", call.services.version);
    json.endObject();
    return {.body = json.take()};
}

Response readyz(const Call& call) {
    const engine::Health health = call.hub().health();
    JsonWriter json;
    json.beginObject();
    json.field("status", health.writable ? "ready" : "not_ready");
    json.field("writable", health.writable);
    json.field("instance", call.services.instance);
    json.field("configuration", call.hub().configuration()->hash);
    writeConnectors(json, "connectors", health.connectors, false);
    json.endObject();
    Response response{.status = health.writable ? 200 : 503, .body = json.take()};
    if (!health.writable) response.headers.emplace_back("Retry-After", "5");
    return response;
}

Response metrics(const Call& call) {
    if (!call.hub().configuration()->mayReadMetrics(call.request.client)) return problemResponse("metrics.not_yours");
    Metrics metrics;
    metrics.family("pakn_build_info", "gauge", "1, with the version of the hub.");
    metrics.sample(1, "version=\"" + call.services.version + '"');
    addTotals(metrics, call.hub().totals());
    addConnectors(metrics, call.hub().health());
    addDecodes(metrics, call.hub().decodes());
    if (call.services.traffic != nullptr) addTraffic(metrics, *call.services.traffic);
    // With the store away the counters of the process still tell what happens.
    if (const Result<store::Counts> counts = call.hub().store().counts()) addCounts(metrics, *counts);
    if (const auto state = call.hub().store().followerState(std::string{reporting::kFollower}))
        addFollower(metrics, *state, call.now);
    return {.body = metrics.take(), .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace pakn::http
