#include "core/config/compile.hpp"
#include "core/config/compile_calendars.hpp"
#include "core/config/compile_notices.hpp"
#include "core/config/compile_places.hpp"
#include "core/config/compile_units.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/config/hash.hpp"
#include "core/config/plugin_settings.hpp"
#include "core/config/secrets.hpp"
#include "core/config/template_files.hpp"

namespace pakn::config {

namespace {

using FileDigests = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kMostOptionFile = std::size_t{16} << 20U;

/// Length first: no two lists of values give the same text. A file counts by what it holds.
std::string digestOf(const Settings& settings, std::span<const Option> options, const FileDigests& files) {
    std::string all;
    const auto add = [&all](std::string_view text) {
        all.append(std::to_string(text.size())).append(1, ':').append(text);
    };
    for (const Option& option : options) {
        if (!settings.has(option.name)) continue;
        add(option.name);
        add(settings.text(option.name));
        const std::vector<std::string> list = settings.list(option.name);
        add(std::to_string(list.size()));
        for (const std::string& one : list) add(one);
        if (const auto file = files.find(option.name); file != files.end()) add(file->second);
    }
    return sha256Hex(all);
}

/// All files one after the other, each under a line with its name and length: no two sets of files give the same text.
std::string joinFiles(const std::vector<SourceFile>& files) {
    std::string text;
    for (const SourceFile& file : files) {
        text += "=== " + file.name + " (" + std::to_string(file.text.size()) + " bytes)\n" + file.text;
        if (!text.ends_with('\n')) text += '\n';
    }
    return text;
}

class Compiler {
public:
    Compiler(Reader& reader, Document document, const LoadOptions& options)
        : reader_{reader}, document_{std::move(document)}, options_{options} {}

    Configuration compile(std::vector<domain::Workflow> workflows, std::vector<SourceFile> files) {
        compileHub();
        compileConnectors(files);
        compileTemplates(files);
        compileAreas(reader_, document_.areas, *rules_);
        configuration_.places = compilePlaces(reader_, document_.places, rules_->areas, files, configuration_.values);
        configuration_.text = joinFiles(files);
        configuration_.hash = sha256Hex(configuration_.text);
        if (configuration_.hash.empty())
            reader_.error(Mark{}, "OpenSSL cannot compute SHA-256", "mend the OpenSSL installation");
        rules_->hash = configuration_.hash;
        compileCalendars(reader_, document_.calendar, document_.calendars, *rules_);
        compileUnits(reader_, document_.units, *rules_);
        compileRoutes();
        compileDeliveries();
        compileReplies();
        compileNotices(reader_, document_.notices, *rules_,
                       [this](const Marked<std::string>& connector) { checkSends(connector); });
        for (domain::Category& category : document_.categories) {
            std::string id = category.id;
            rules_->categories.emplace(std::move(id), std::move(category));
        }
        for (auto& [id, section] : document_.sla) {
            section.policy.id = id;
            for (Marked<SlaChange>& change : section.changes) {
                domain::SlaPolicy& policy = change.value.policy;
                policy.id = id + '@' + domain::formatDate(policy.from.value_or(domain::Date{}));
                rules_->sla.emplace(policy.id, std::move(policy));
            }
            rules_->sla.emplace(id, std::move(section.policy));
        }
        for (domain::Workflow& workflow : workflows) {
            std::string id = workflow.id;
            rules_->workflows.emplace(std::move(id), std::move(workflow));
        }
        rules_->codes.text = document_.codes.pattern;
        rules_->deadline_end = document_.deadline.end;
        rules_->default_sla = document_.deadline.default_sla;
        rules_->default_workflow = document_.workflow.use;
        rules_->ping_pong = document_.workflow.ping_pong;
        rules_->reopen_within = document_.workflow.reopen_within;
        rules_->follow_until = document_.workflow.follow_until;
        rules_->most_approvers = document_.workflow.approvers;
        const AppointmentSection& appointment = document_.appointment;
        rules_->appointment = {
            .least_regulated = appointment.more_than,
            .most = appointment.most,
            .longest = appointment.longest.value_or(domain::AppointmentRules{}.longest),
            .end = appointment.end,
            .remind_before = appointment.remind_before.value_or(domain::AppointmentRules{}.remind_before)};
        rules_->identity = std::move(document_.identity);
        rules_->oldest_receipt = document_.intake.back_dated.value_or(domain::Rules{}.oldest_receipt);
        rules_->retention = document_.retention;
        rules_->emergency_roster = document_.emergency.roster;
        rules_->emergency_line = std::move(document_.emergency.line);
        rules_->roster_wait = document_.emergency.answer_within.value_or(domain::Rules{}.roster_wait);
        rules_->suspected = std::move(document_.suspected);
        configuration_.rules = std::move(rules_);
        return std::move(configuration_);
    }

private:
    void compileHub() {
        HubSection& hub = document_.hub;
        configuration_.hub_name = std::move(hub.name);
        configuration_.listen_host = std::move(hub.listen.host);
        configuration_.listen_port = hub.listen.port;
        configuration_.public_url = std::move(hub.public_url);
        while (configuration_.public_url.ends_with('/')) configuration_.public_url.pop_back();
        configuration_.hub_key = hub.key.empty() ? reader_.resolve("var/hub.key") : std::move(hub.key);
        configuration_.store_url = std::move(document_.store.url);
        compileStorePassword();
        configuration_.blobs_url = std::move(document_.store.blobs);
        compileHttp(document_.http);
        compileOutgoing(document_.outgoing);
        configuration_.decode = document_.decode;
        configuration_.sandbox = document_.sandbox;
        configuration_.intake = {.outside = document_.intake.outside,
                                 .files = document_.intake.files,
                                 .max_pages = document_.intake.max_pages,
                                 .virus_scan = std::move(document_.intake.virus_scan)};
        compileOneTimeCodes();
        configuration_.emergency_channels = std::move(document_.emergency.channels);
    }

    void compileHttp(HttpSection& http) {
        configuration_.trusted_proxies = std::move(http.trusted_proxies);
        for (const std::string& range : http.metrics_readers)
            if (const auto network = Network::parse(range)) configuration_.metrics_readers.push_back(*network);
        configuration_.max_body = http.max_body;
        configuration_.http = {.head_deadline = http.head_deadline,
                               .body_deadline = http.body_deadline,
                               .connections = http.connections,
                               .connections_per_client = http.connections_per_client,
                               .rate_per_client = http.rate_per_client,
                               .burst_per_client = http.burst_per_client,
                               .reserved = http.reserved};
    }

    void compileOutgoing(OutgoingSection& outgoing) {
        Outgoing& way = configuration_.outgoing;
        way.proxy = std::move(outgoing.proxy.value);
        way.user = std::move(outgoing.user);
        way.no_proxy = std::move(outgoing.no_proxy);
        compileSecret(outgoing.password, way.password);
        const bool stray = way.proxy.empty() && (!way.user.empty() || outgoing.password || !way.no_proxy.empty());
        if (stray)
            reader_.diagnostics().warning(outgoing.password ? outgoing.password->mark : outgoing.proxy.mark,
                                          "outgoing names no proxy, so the rest of it means nothing",
                                          "write outgoing.proxy, or take the section away");
    }

    void compileStorePassword() { compileSecret(document_.store.password, configuration_.store_password); }

    void compileSecret(const std::optional<Marked<SecretReference>>& secret, std::string& into) {
        if (!secret) return;
        Result<std::string> value = resolveSecret(secret->value, reader_.resolve("."));
        if (value)
            into = std::move(*value);
        else if (options_.check_environment)
            reader_.error(secret->mark, value.error().message, "put it there");
    }

    [[nodiscard]] const Descriptor* plugin(std::string_view name) const {
        return options_.find_plugin ? options_.find_plugin(name) : nullptr;
    }

    void compileConnectors(std::vector<SourceFile>& files) {
        for (auto& [id, marked] : document_.connectors) {
            ConnectorSection& section = marked.value;
            if (id == domain::kReplyTarget)
                reader_.error(marked.mark, "\"reply\" means the channel a petition came by",
                              "give the connector another name");
            Connector connector{.id = id,
                                .plugin = section.plugin.value,
                                .sha256 = section.sha256,
                                .isolation = section.isolation,
                                .sandbox = section.sandbox,
                                .restart = {.first = section.restart.backoff.first,
                                            .most = section.restart.backoff.most,
                                            .crashes = section.restart.trip.crashes,
                                            .within = section.restart.trip.within},
                                .sign_in = section.sign_in.value,
                                .interval = section.interval,
                                .workers = section.limits.workers,
                                .rate = section.limits.rate,
                                .credits = section.limits.credits,
                                .frame = section.limits.frame,
                                .call_limit = section.limits.call,
                                .retry_for = section.limits.retry_for,
                                .backoff_first = section.backoff.first,
                                .backoff_most = section.backoff.most};
            const Descriptor* found = connector.plugin.empty() ? nullptr : plugin(connector.plugin);
            if (found) {
                connector.settings = readSettings(reader_, section.settings, marked.mark, found->info.options,
                                                  options_.check_environment);
                const FileDigests digests = digestsOf(connector.settings, found->info.options, section, marked.mark);
                for (const auto& [option, digest] : digests) journalFile(connector.id, option, digest, section, files);
                connector.settings_digest = digestOf(connector.settings, found->info.options, digests);
                connector.signs_in = found->has(Ability::kAuthenticator);
                if (found->has(Ability::kReceiver) && found->has(Ability::kSender)) rules_->answering.push_back(id);
                checkSignIn(connector, section, marked.mark);
                connector.mounts = mountsOf(connector.id, *found, section.plugin.mark);
            } else if (!connector.plugin.empty()) {
                reportUnknownPlugin(section.plugin);
            }
            configuration_.connectors.push_back(std::move(connector));
        }
    }

    /// Of every file that an option names, by option: the plugin reads it, so it belongs to the configuration.
    FileDigests digestsOf(const Settings& settings, std::span<const Option> options, const ConnectorSection& section,
                          const Mark& connector) {
        FileDigests digests;
        for (const Option& option : options) {
            if (option.type != OptionType::kFile || !settings.has(option.name)) continue;
            const std::string path = settings.text(option.name);
            std::error_code failed;
            if (!std::filesystem::is_regular_file(path, failed)) continue;  // Reading the settings has said so.
            const Result<std::string> content = readTextFile(path, kMostOptionFile);
            if (content)
                digests.emplace(option.name, sha256Hex(*content));
            else if (options_.check_environment)
                reader_.error(markOf(section, option.name, connector),
                              "the file " + inQuotes(path) + " " + content.error().message,
                              "let the user the hub runs as read it; at most 16 MB");
        }
        return digests;
    }

    /// The text that is kept names what such a file held; the file itself may say more than the journal should.
    void journalFile(const std::string& connector, const std::string& option, const std::string& digest,
                     const ConnectorSection& section, std::vector<SourceFile>& files) {
        const std::string path = "connectors." + connector + ".settings." + option + ".sha256";
        files.push_back({.name = path, .text = digest + "\n"});
        const Mark at = markOf(section, option, {});
        configuration_.values.push_back({path, digest, reader_.diagnostics().fileOf(at), at.line, at.column});
    }

    static Mark markOf(const ConnectorSection& section, std::string_view option, const Mark& otherwise) {
        const Entry* entry = section.settings ? section.settings->find(option) : nullptr;
        return entry ? entry->value.mark : otherwise;
    }

    void checkSignIn(const Connector& connector, const ConnectorSection& section, const Mark& at) {
        if (!connector.signs_in && section.sign_in.mark.line != 0)
            reader_.error(section.sign_in.mark, "plugin " + inQuotes(connector.plugin) + " signs nobody in",
                          "take sign_in away");
        if (connector.signs_in && configuration_.public_url.empty())
            reader_.error(at, inQuotes(connector.id) + " signs people in, and the hub has no public address",
                          "write hub.public_url: their provider sends browsers back there");
    }

    /// Where the instance is reached by HTTP. One path leads to one connector.
    std::vector<std::string> mountsOf(const std::string& id, const Descriptor& plugin, const Mark& at) {
        if (!plugin.has(Ability::kHandles)) return {};
        std::vector<std::string> mounts{plugin.info.mounts.begin(), plugin.info.mounts.end()};
        if (mounts.empty()) mounts.push_back("/hooks/" + id);
        for (const std::string& mount : mounts) {
            for (const Connector& other : configuration_.connectors) {
                if (std::find(other.mounts.begin(), other.mounts.end(), mount) == other.mounts.end()) continue;
                reader_.error(at, inQuotes(id) + " and " + inQuotes(other.id) + " both answer under " + inQuotes(mount),
                              "keep one of the two connectors");
            }
        }
        return mounts;
    }

    void reportUnknownPlugin(const Marked<std::string>& name) {
        const std::vector<std::string>& refused = options_.refused_plugins;
        if (std::find(refused.begin(), refused.end(), name.value) != refused.end()) {
            reader_.diagnostics().warning(name.mark, "plugin " + inQuotes(name.value) + " was refused",
                                          "the log and `paknhub check` say why; the hub runs without this connector");
            return;
        }
        const std::string hint = nameHint(name.value, options_.plugin_names);
        reader_.error(name.mark, "unknown plugin " + inQuotes(name.value), hint.empty() ? "is it installed?" : hint);
    }

    /// An area of the upper level means all below it, too.
    void spreadAreas(RouteSection& route) {
        if (rules_->areas.empty()) return;
        std::vector<std::string>& areas = route.when.area;
        for (std::size_t i = 0, named = areas.size(); i < named; ++i) {
            const std::string code = areas[i];
            if (!rules_->areas.contains(code))
                reader_.error(route.name.mark, "the route names an unknown area " + inQuotes(code),
                              "use a code of `areas`, or add it there");
            for (const auto& [id, area] : rules_->areas)
                if (area.parent == code && std::find(areas.begin(), areas.end(), id) == areas.end())
                    areas.push_back(id);
        }
    }

    void compileRoutes() {
        for (RouteSection& route : document_.routes) spreadAreas(route);
        std::map<std::string_view, Mark> names;
        for (std::size_t i = 0; i < document_.routes.size(); ++i) {
            const RouteSection& section = document_.routes[i];
            if (!section.sound) continue;
            if (const auto [first, is_new] = names.emplace(section.name.value, section.name.mark); !is_new)
                reader_.error(section.name.mark,
                              "the route " + inQuotes(section.name.value) + " stands twice, first at " +
                                  reader_.diagnostics().place(first->second),
                              "give one of them another name");
            else
                warnIfShadowed(i);
            rules_->routes.push_back({.name = section.name.value,
                                      .when = section.when,
                                      .unit = section.then.unit,
                                      .mode = section.then.mode,
                                      .workflow = section.then.workflow,
                                      .sla = section.then.sla,
                                      .tags = section.then.tags});
        }
        auto index = domain::RouteIndex::build(rules_->routes);
        if (index)
            rules_->route_index = std::move(*index);
        else
            reader_.error(document_.routes.front().name.mark, index.error().message,
                          "write fewer phrases and shorter patterns");
    }

    void warnIfShadowed(std::size_t index) {
        const RouteSection& route = document_.routes[index];
        for (std::size_t i = 0; i < index; ++i) {
            const RouteSection& earlier = document_.routes[i];
            if (!earlier.sound || !implies(route.when, earlier.when)) continue;
            reader_.diagnostics().warning(route.name.mark,
                                          "this route can never match: whatever it takes, " +
                                              inQuotes(earlier.name.value) + " at " +
                                              reader_.diagnostics().place(earlier.name.mark) + " takes first",
                                          "move it up, or remove it");
            return;
        }
    }

    /// Whoever meets `narrow` meets `wide` as well. Sure when true; text is compared phrase by phrase.
    static bool implies(const domain::Conditions& narrow, const domain::Conditions& wide) {
        const auto within = [](const std::vector<std::string>& inner, const std::vector<std::string>& outer) {
            return outer.empty() ||
                   (!inner.empty() && std::all_of(inner.begin(), inner.end(), [&](const std::string& one) {
                       return std::find(outer.begin(), outer.end(), one) != outer.end();
                   }));
        };
        const auto has_phrase = [&](const std::string& text) {
            return std::any_of(wide.text_any_folded.begin(), wide.text_any_folded.end(),
                               [&](const std::string& phrase) { return text.find(phrase) != std::string::npos; });
        };
        const bool text_within =
            wide.text_any_folded.empty() ||
            (!narrow.text_any_folded.empty() &&
             std::all_of(narrow.text_any_folded.begin(), narrow.text_any_folded.end(), has_phrase));
        const auto written = [](const std::vector<domain::TextPattern>& patterns) {
            std::vector<std::string> all;
            for (const domain::TextPattern& one : patterns) all.push_back(one.written());
            return all;
        };
        return text_within && within(written(narrow.text_match), written(wide.text_match)) &&
               within(narrow.category, wide.category) && within(narrow.area, wide.area) &&
               within(narrow.channel, wide.channel) && within(narrow.petition_class, wide.petition_class) &&
               (!wide.emergency || narrow.emergency == wide.emergency);
    }

    void compileDeliveries() {
        for (const DeliverySection& section : document_.deliveries) {
            if (section.to.value != domain::kReplyTarget) checkSends(section.to);
            const domain::DeliveryKind usual = section.on == domain::EventKind::kReleased
                                                   ? domain::DeliveryKind::kResult
                                                   : domain::DeliveryKind::kStatusUpdate;
            rules_->deliveries.push_back({.on = section.on,
                                          .to = section.to.value,
                                          .kind = section.kind.value_or(usual),
                                          .channel = section.when.channel,
                                          .origin = section.when.origin,
                                          .needs_signature = section.when.needs_signature});
        }
    }

    void compileOneTimeCodes() {
        const OneTimeCodesSection& section = document_.one_time_codes;
        for (const Marked<std::string>* way : {&section.phone, &section.email}) {
            if (way->value == domain::kReplyTarget)
                reader_.error(way->mark, "codes are sent by a connector", "name one whose plugin sends");
            else if (!way->value.empty())
                checkSends(*way);
        }
        configuration_.one_time_codes = {.phone = section.phone.value,
                                         .email = section.email.value,
                                         .text = section.text,
                                         .valid = section.valid,
                                         .session = section.session};
    }

    void compileReplies() {
        for (const ReplySection& section : document_.replies) {
            domain::ReplyRule rule{.channel = section.channel};
            for (const ReplyWaySection& way : section.by) {
                if (way.to.value == domain::kReplyTarget)
                    reader_.error(way.to.mark, "a way back is a connector", "name one whose plugin sends");
                checkSends(way.to);
                checkWay(way);
                rule.by.push_back(
                    {.connector = way.to.value, .way = way.way.value, .within = way.within, .try_for = way.try_for});
            }
            rules_->replies.push_back(std::move(rule));
        }
    }

    void checkWay(const ReplyWaySection& section) {
        const Descriptor* found = pluginOf(section.to.value);
        if (!found || section.way.value.empty()) return;
        const std::vector<std::string> known{found->ways().begin(), found->ways().end()};
        if (std::find(known.begin(), known.end(), section.way.value) != known.end()) return;
        const std::string hint =
            known.empty() ? std::string{"leave `way` out: its plugin has one"} : nameHint(section.way.value, known);
        reader_.error(section.way.mark, inQuotes(section.to.value) + " has no way " + inQuotes(section.way.value),
                      hint);
    }

    /// Null where it is not known.
    [[nodiscard]] const Descriptor* pluginOf(std::string_view connector) const {
        const auto found = document_.connectors.find(connector);
        return found == document_.connectors.end() ? nullptr : plugin(found->second.value.plugin.value);
    }

    void checkSends(const Marked<std::string>& name) {
        const Descriptor* found = pluginOf(name.value);
        if (found && !found->has(Ability::kSender))
            reader_.error(name.mark, "the connector " + inQuotes(name.value) + " brings petitions in, it sends nothing",
                          "name a connector whose plugin sends");
    }

    void compileTemplates(std::vector<SourceFile>& files) {
        TemplateFiles read = readTemplates(reader_, document_.templates);
        std::move(read.files.begin(), read.files.end(), std::back_inserter(files));
        rules_->notice_templates = std::move(read.notices);
        rules_->prepared_texts = std::move(read.texts);
        rules_->letter = std::move(read.letter);
        rules_->hub_name = configuration_.hub_name;
        rules_->public_url = configuration_.public_url;
        rules_->centre = std::move(document_.hub.contact);
    }

    Reader& reader_;
    Document document_;
    const LoadOptions& options_;
    Configuration configuration_;
    std::shared_ptr<domain::Rules> rules_ = std::make_shared<domain::Rules>();
};

}  // namespace

Configuration compile(Reader& reader, Document document, std::vector<domain::Workflow> workflows,
                      const LoadOptions& options, std::vector<SourceFile> files) {
    return Compiler{reader, std::move(document), options}.compile(std::move(workflows), std::move(files));
}

}  // namespace pakn::config
