/// @file
/// The verbs about configuration besides check: reload, config show, diff, history, schema.

#include <rapidjson/document.h>

#include <fstream>
#include <iostream>

#include "core/app/commands.hpp"
#include "core/app/control.hpp"
#include "core/app/json_output.hpp"
#include "core/config/schema.hpp"
#include "core/config/show.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app {

namespace {

namespace fs = std::filesystem;
using Json = rapidjson::Value;

/// Asks the hub that runs on this configuration, whatever state the files are in.
Result<rapidjson::Document> ask(const Common& common, std::string_view request, std::string& raw) {
    Result<std::string> answer =
        askHub(controlSocketOf(config::essentialsIn(common.config).hub_key, common.config), request);
    if (!answer) return std::move(answer).error();
    raw = std::move(*answer);
    rapidjson::Document document;
    if (document.Parse(raw.c_str()).HasParseError() || !document.IsObject())
        return Error{.code = Errc::kInternal, .message = "the running hub gave an answer that cannot be read"};
    return document;
}

std::string text(const Json& object, const char* name) {
    const auto member = object.FindMember(name);
    return member != object.MemberEnd() && member->value.IsString() ? member->value.GetString() : "";
}

void printMistakes(const Json& holder) {
    for (const char* name : {"errors", "warnings"})
        for (const Json& one : holder[name].GetArray())
            std::cout << config::format({.severity = name[0] == 'e' ? config::Diagnostic::Severity::kError
                                                                    : config::Diagnostic::Severity::kWarning,
                                         .file = text(one, "file"),
                                         .line = one["line"].GetInt(),
                                         .column = one["column"].GetInt(),
                                         .message = text(one, "message"),
                                         .hint = text(one, "hint")})
                      << '\n';
}

void printConnectors(const Json& connectors) {
    for (const char* what : {"started", "restarted", "stopped"})
        for (const Json& id : connectors[what].GetArray()) std::cout << what << ' ' << id.GetString() << '\n';
}

void printChange(const Json& change) {
    const auto side = [&](const char* name) { return change[name].IsNull() ? "(absent)" : text(change, name); };
    std::cout << text(change, "file") << ':' << change["line"].GetInt() << ": " << text(change, "path") << ": "
              << side("before") << " -> " << side("after") << '\n';
}

bool writeFile(const fs::path& file, const std::string& content) {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    std::ofstream out{file, std::ios::binary};
    out << content;
    out.close();
    return static_cast<bool>(out);
}

}  // namespace

int reload(const Common& common) {
    std::string raw;
    const Result<rapidjson::Document> report = ask(common, "reload", raw);
    if (!report) return complain(report.error());
    const bool accepted = (*report)["accepted"].GetBool();
    if (common.json) {
        std::cout << raw << '\n';
    } else {
        printMistakes(*report);
        printConnectors((*report)["connectors"]);
        std::cout << (accepted ? "in effect: " : "refused, still in effect: ") << text(*report, "hash").substr(0, 12)
                  << " since " << text(*report, "since") << '\n';
    }
    return accepted ? kOk : kUsage;
}

int diffConfiguration(const Common& common) {
    std::string raw;
    const Result<rapidjson::Document> state = ask(common, "configuration", raw);
    if (!state) return complain(state.error());
    const Json& disk = (*state)["disk"];
    const bool same = disk["ok"].GetBool() && text(disk, "hash") == text(*state, "hash");
    if (common.json) {
        std::cout << raw << '\n';
    } else {
        printMistakes(disk);
        for (const Json& change : (*state)["changes"].GetArray()) printChange(change);
        std::cout << "in effect: " << text(*state, "hash").substr(0, 12) << " since " << text(*state, "since")
                  << (same ? "; the files are the same\n" : "; the files differ\n");
    }
    if (!disk["ok"].GetBool()) return kUsage;
    return same ? kOk : kProblem;
}

int showConfiguration(const Common& common) {
    const auto plugins = loadPlugins(common);
    const config::LoadResult loaded = loadConfiguration(common, *plugins, false);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) std::cerr << config::format(diagnostic) << '\n';
    if (!loaded.configuration) return kUsage;
    if (!common.json) {
        std::cout << config::showYaml(common.config);
        return kOk;
    }
    JsonOutput out;
    out.member("hash", loaded.configuration->hash);
    out.key("values");
    out.writer().StartArray();
    for (const config::EffectiveValue& one : loaded.configuration->values) {
        out.writer().StartObject();
        out.member("path", one.path);
        out.member("value", one.text);
        out.member("file", one.file);
        out.member("line", std::int64_t{one.line});
        out.member("column", std::int64_t{one.column});
        out.writer().EndObject();
    }
    out.writer().EndArray();
    return kOk;
}

int configurationHistory(const Common& common, int limit) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<store::Acceptance>> all = place.store->acceptances(limit);
        if (!all) return complain(all.error());
        if (!common.json) {
            for (const store::Acceptance& one : *all)
                std::cout << domain::formatInstant(one.at) << "  " << one.hash.substr(0, 12) << "  "
                          << (one.actor.empty() ? "-" : one.actor) << "  " << (one.node.empty() ? "-" : one.node)
                          << '\n';
            return static_cast<int>(kOk);
        }
        JsonOutput out;
        out.key("items");
        out.writer().StartArray();
        for (const store::Acceptance& one : *all) {
            out.writer().StartObject();
            out.member("sequence", one.sequence);
            out.member("at", domain::formatInstant(one.at));
            out.member("hash", one.hash);
            out.memberOrNull("actor", one.actor);
            out.memberOrNull("node", one.node);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

int schemas(const Common& common, const fs::path& folder, bool workflow) {
    const auto plugins = loadPlugins(common);
    const std::vector<const Descriptor*> all = plugins->all();
    if (folder.empty()) {
        std::cout << (workflow ? config::workflowSchema() : config::configurationSchema(all));
        return kOk;
    }
    const bool written = writeFile(folder / "paknhub.schema.json", config::configurationSchema(all)) &&
                         writeFile(folder / "workflow.schema.json", config::workflowSchema());
    if (!written) return complain({.code = Errc::kUnavailable, .message = "cannot write to " + folder.string()});
    return kOk;
}

}  // namespace pakn::app
