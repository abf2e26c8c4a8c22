/// @file
/// The configuration over HTTP: what is in effect, how the files differ, and taking them into effect.

#include "core/http/configuration_api.hpp"
#include "core/http/json.hpp"
#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

using config::Diagnostic;

void writeDiagnostics(JsonWriter& json, std::string_view name, const std::vector<Diagnostic>& all,
                      Diagnostic::Severity severity) {
    json.beginArray(name);
    for (const Diagnostic& one : all) {
        if (one.severity != severity) continue;
        json.beginObject();
        json.field("file", one.file);
        json.field("line", one.line);
        json.field("column", one.column);
        json.field("message", one.message);
        json.field("hint", one.hint);
        json.endObject();
    }
    json.endArray();
}

void writeDiagnostics(JsonWriter& json, const std::vector<Diagnostic>& all) {
    writeDiagnostics(json, "errors", all, Diagnostic::Severity::kError);
    writeDiagnostics(json, "warnings", all, Diagnostic::Severity::kWarning);
}

void writeIds(JsonWriter& json, std::string_view name, const std::vector<std::string>& ids) {
    json.beginArray(name);
    for (const std::string& id : ids) json.value(id);
    json.endArray();
}

}  // namespace

std::string reloadJson(const engine::ReloadReport& report) {
    JsonWriter json;
    json.beginObject();
    json.field("accepted", report.accepted);
    json.field("changed", report.changed);
    json.field("hash", report.hash);
    json.field("since", report.since);
    json.beginObject("connectors");
    writeIds(json, "kept", report.connectors.kept);
    writeIds(json, "started", report.connectors.started);
    writeIds(json, "restarted", report.connectors.restarted);
    writeIds(json, "stopped", report.connectors.stopped);
    json.endObject();
    writeDiagnostics(json, report.diagnostics);
    json.endObject();
    return json.take();
}

std::string configurationJson(const engine::ConfigurationState& state) {
    JsonWriter json;
    json.beginObject();
    json.field("hash", state.hash);
    json.field("since", state.since);
    json.beginObject("disk");
    json.field("ok", state.disk_hash.has_value());
    json.fieldOrNull("hash", state.disk_hash.value_or(std::string{}));
    writeDiagnostics(json, state.diagnostics);
    json.endObject();
    json.beginArray("changes");
    for (const config::ValueChange& change : state.changes) {
        json.beginObject();
        json.field("path", change.path);
        json.field("before", change.before);
        json.field("after", change.after);
        json.field("file", change.file);
        json.field("line", change.line);
        json.field("column", change.column);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.take();
}

Response configuration(const Call& call) { return {.body = configurationJson(call.hub().inspectConfiguration())}; }

Response reloadConfiguration(const Call& call) {
    const engine::ReloadReport report = call.hub().reload("account:" + call.account().login);
    if (report.accepted) return {.body = reloadJson(report)};
    return problemWith("configuration.refused", [&](JsonWriter& json) {
        json.field("hash", report.hash);
        writeDiagnostics(json, report.diagnostics);
    });
}

}  // namespace pakn::http
