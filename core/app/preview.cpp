/// @file
/// `paknhub connector try`: the petitions that a connector would make of a sample file, where they would go and by when
/// they would be due. Asks the plugin's own code and the code that decides in the running hub; nothing is stored.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/civil_time.hpp"
#include "core/engine/intake.hpp"
#include "core/http/petition_text.hpp"

namespace pakn::app {

namespace {

struct PreviewOptions {
    std::string connector = {};
    std::string file = {};
    std::string at = {};
};

/// An item with what the hub would do with it.
struct Shown {
    Previewed item = {};
    std::optional<engine::Placement> placement = {};
    std::string same_as = {};  ///< Where the same id stood before in the sample: no petition of its own.
};

Result<std::string> readSample(const std::string& name) {
    constexpr std::size_t kMost = 64U << 20U;
    std::ifstream file{name, std::ios::binary};
    std::string bytes;
    for (char c; bytes.size() <= kMost && file.get(c);) bytes += c;
    if (!file.eof() || bytes.size() > kMost) return usage(name + ": cannot be read, or is larger than 64 MB");
    return bytes;
}

/// Where the hub itself would refuse the petition, the item has a problem, too.
Shown placed(Previewed item, const std::string& channel, const config::Configuration& configuration, Instant at) {
    Shown shown{.item = std::move(item)};
    if (!shown.item.petition) return shown;
    Result<engine::Placement> placement = engine::explainPlacement(*shown.item.petition, channel, configuration, at);
    if (placement)
        shown.placement = *std::move(placement);
    else
        shown.item.problem = std::move(placement).error();
    return shown;
}

std::string dueOf(const engine::Placement& placement) {
    const auto found = placement.due.find(domain::Clock::kTotal);
    return found == placement.due.end() ? std::string{} : domain::formatInstant(found->second);
}

void printPetition(JsonOutput& out, const IncomingPetition& petition) {
    out.key("petition");
    out.writer().StartObject();
    const std::pair<const char*, const std::string*> texts[] = {{"title", &petition.title},
                                                                {"content", &petition.text},
                                                                {"category", &petition.category},
                                                                {"class", &petition.petition_class},
                                                                {"complained_unit", &petition.complained_unit},
                                                                {"name", &petition.petitioner.name},
                                                                {"phone", &petition.petitioner.phone},
                                                                {"address", &petition.location.address},
                                                                {"area", &petition.location.area}};
    for (const auto& [name, text] : texts) out.memberOrNull(name, *text);
    out.member("public", petition.is_public);
    out.member("emergency", petition.emergency);
    out.member("anonymous", petition.anonymous);
    out.member("process_personal_data", petition.consent.process_personal_data);
    out.memberOrNull("occurred_at",
                     petition.occurred_at ? domain::formatInstant(*petition.occurred_at) : std::string{});
    out.key("attributes");
    out.writer().StartObject();
    for (const auto& [name, value] : petition.attributes) out.member(name, value);
    out.writer().EndObject();
    out.writer().EndObject();
}

void printJson(const std::vector<Shown>& items, bool ok) {
    JsonOutput out;
    out.member("ok", ok);
    out.key("items");
    out.writer().StartArray();
    for (const Shown& one : items) {
        out.writer().StartObject();
        out.member("where", one.item.where);
        out.memberOrNull("external_id", one.item.external_id);
        out.member("refused", one.item.problem.has_value());
        if (one.item.problem) {
            out.member("problem", one.item.problem->problem);
            out.memberOrNull("field", one.item.problem->field);
            out.member("message", one.item.problem->message);
        }
        if (!one.same_as.empty()) out.member("same_as", one.same_as);
        if (one.item.petition) printPetition(out, *one.item.petition);
        if (one.item.petition) out.member("files", std::int64_t{one.item.files});
        if (one.placement) {
            out.memberOrNull("unit", one.placement->route.unit);
            out.memberOrNull("rule", one.placement->route.rule);
            out.memberOrNull("sla", one.placement->route.sla);
            out.memberOrNull("due_at", dueOf(*one.placement));
        }
        out.writer().EndObject();
    }
    out.writer().EndArray();
}

void printText(const std::vector<Shown>& items) {
    for (const Shown& one : items) {
        std::cout << one.item.where << "  " << (one.item.external_id.empty() ? "-" : one.item.external_id) << "  ";
        if (one.item.problem) {
            std::cout << "refused: " << one.item.problem->problem << ' ' << one.item.problem->field << ": "
                      << one.item.problem->message << '\n';
            continue;
        }
        if (!one.same_as.empty()) {
            std::cout << "the same id as " << one.same_as << ": no petition of its own\n";
            continue;
        }
        const engine::Placement& placement = *one.placement;
        std::cout << (placement.route.unit.empty() ? "triage" : placement.route.unit) << "  due " << dueOf(placement)
                  << "  "
                  << (one.item.petition->title.empty() ? one.item.petition->text.substr(0, 80)
                                                       : one.item.petition->title)
                  << '\n';
    }
}

int tryConnector(const Common& common, const PreviewOptions& options) {
    const auto plugins = loadPlugins(common);
    const config::LoadResult loaded = loadConfiguration(common, *plugins, false);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) std::cerr << config::format(diagnostic) << '\n';
    if (!loaded.configuration) return kUsage;
    const config::Configuration& configuration = *loaded.configuration;
    const auto connector = std::find_if(configuration.connectors.begin(), configuration.connectors.end(),
                                        [&](const config::Connector& one) { return one.id == options.connector; });
    if (connector == configuration.connectors.end())
        return complain(Error{.code = Errc::kNotFound,
                              .message = "no connector \"" + options.connector + "\" in the configuration"});
    const Result<Instant> at = options.at.empty() ? Result<Instant>{systemNow()} : instantOf("--at", options.at);
    if (!at) return complain(at.error());
    const Result<std::string> sample = readSample(options.file);
    if (!sample) return complain(sample.error());
    Result<std::vector<Previewed>> items =
        plugins->preview(connector->plugin, connector->settings, *sample,
                         std::filesystem::path{options.file}.filename().string(), connector->sha256);
    if (!items) return complain(usage(options.file + ": " + items.error().problem + ": " + items.error().message));

    std::vector<Shown> shown;
    std::map<std::string, std::string> seen;
    bool ok = true;
    for (Previewed& item : *items) {
        shown.push_back(placed(std::move(item), connector->id, configuration, *at));
        Shown& one = shown.back();
        ok = ok && !one.item.problem;
        if (one.item.problem || one.item.external_id.empty()) continue;
        const auto [first, fresh] = seen.emplace(one.item.external_id, one.item.where);
        if (!fresh) one.same_as = first->second;
    }
    if (common.json)
        printJson(shown, ok);
    else
        printText(shown);
    return ok ? kOk : kProblem;
}

}  // namespace

void addPreview(const Registry& registry, CLI::App& connector) {
    registry.verb<PreviewOptions>(
        connector, "try", "The petitions it would make of a sample file; nothing is stored",
        [](CLI::App& verb, PreviewOptions& options) {
            verb.add_option("ID", options.connector, "The connector")->required();
            verb.add_option("FILE", options.file, "A file as its peer sends it")->required();
            verb.add_option("--at", options.at, "Instant that counts as now, RFC 3339");
        },
        tryConnector);
}

}  // namespace pakn::app
