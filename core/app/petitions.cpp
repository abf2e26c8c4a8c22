/// @file
/// `paknhub petition show|timeline`: where one petition stands and how it got there. What the citizen wrote and who
/// they are stays masked unless the look is given a reason, which is journalled first; `refused list|show`: what
/// channels brought that could never become a petition.

#include <algorithm>
#include <iomanip>
#include <iostream>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/civil_time.hpp"
#include "core/domain/phone.hpp"
#include "core/engine/refused_content.hpp"
#include "core/http/petition_text.hpp"

namespace pakn::app {

namespace {

struct PetitionOptions {
    std::string code = {};
    bool reveal = false;
    std::string reason = {};
};

Result<domain::Petition> find(store::Store& store, const std::string& code) {
    Result<std::optional<domain::Petition>> found = store.petitionByCode(code);
    if (found && !*found) found = store.petition(code);
    if (!found) return std::move(found).error();
    if (!*found) return Error{.code = Errc::kNotFound, .message = "no petition " + code};
    return **std::move(found);
}

/// Who sent it, as much of it as may be shown.
struct Shown {
    Petitioner petitioner = {};
    bool in_clear = false;
    std::string title = {};    ///< Only in clear.
    std::string content = {};  ///< Only in clear.
};

Result<Shown> masked(store::Store& store, const domain::Petition& petition) {
    const Result<std::optional<store::Person>> person = store.person(petition.id);
    if (!person) return person.error();
    Shown shown;
    if (!*person || hidesSender(petition)) return shown;
    const Petitioner& who = (**person).petitioner;
    shown.petitioner = {.kind = who.kind,
                        .name = domain::maskName(who.name),
                        .phone = domain::maskPhone(who.phone),
                        .email = domain::maskEmail(who.email),
                        .citizen_id = domain::maskCitizenId(who.citizen_id),
                        .address = {}};
    return shown;
}

/// Journals the look, then reads: nobody sees what is not on record.
Result<Shown> revealed(Workplace& place, const domain::Petition& petition, const std::string& reason) {
    engine::Committer committer = committerOf(place);
    const Result<engine::Committed> looked =
        committer.run(engine::Order{petition.id, domain::Reveal{reason}, commandLine(domain::Role::kDispatcher)});
    if (!looked) {
        Error error = looked.error();
        error.message = http::describe(error);
        return error;
    }
    const Result<std::optional<store::Person>> person = place.store->person(petition.id);
    if (!person) return person.error();
    Shown shown{.petitioner = {}, .in_clear = true, .title = petition.title, .content = petition.content};
    if (*person) shown.petitioner = (**person).petitioner;
    return shown;
}

/// name, text; an empty text is not there.
std::vector<std::pair<std::string, std::string>> factsOf(const domain::Petition& petition) {
    const auto at = [](const std::optional<Instant>& instant) {
        return instant ? domain::formatInstant(*instant) : std::string{};
    };
    return {{"code", petition.code},
            {"id", petition.id},
            {"status", std::string{domain::nameOf(petition.status)}},
            {"step", petition.step},
            {"progress", std::string{domain::nameOf(domain::progressOf(petition, systemNow()))}},
            {"channel", petition.channel},
            {"category", petition.category},
            {"rule", petition.rule},
            {"unit", petition.unit},
            {"suggested_unit", petition.suggested_unit},
            {"officer", petition.officer},
            {"workflow", petition.workflow},
            {"sla", petition.sla},
            {"received_at", at(petition.received_at)},
            {"recorded_at", at(petition.recorded_at)},
            {"due_at", at(petition.currentDue())},
            {"finished_at", at(petition.finished_at)}};
}

std::vector<std::pair<std::string, std::string>> identityOf(const Shown& shown) {
    const Petitioner& who = shown.petitioner;
    return {{"kind", who.kind},
            {"name", who.name},
            {"phone", who.phone},
            {"email", who.email},
            {"citizen_id", who.citizen_id},
            {"address", who.address}};
}

void printJson(const domain::Petition& petition, const Shown& shown) {
    JsonOutput out;
    for (const auto& [name, text] : factsOf(petition)) out.memberOrNull(name, text);
    out.member("version", std::int64_t{petition.version});
    out.key("petitioner");
    out.writer().StartObject();
    out.member("masked", !shown.in_clear);
    for (const auto& [name, text] : identityOf(shown)) out.memberOrNull(name, text);
    out.writer().EndObject();
    out.memberOrNull("title", shown.title);
    out.memberOrNull("content", shown.content);
    out.member("attachments", static_cast<std::int64_t>(petition.files.size()));
    out.key("deliveries");
    out.writer().StartArray();
    for (const domain::DeliveryRecord& one : petition.deliveries) {
        out.writer().StartObject();
        out.member("id", one.id);
        out.member("connector", one.connector);
        out.member("kind", domain::nameOf(one.kind));
        out.member("state", domain::nameOf(one.state));
        out.member("attempts", std::int64_t{one.attempts});
        out.memberOrNull("last_error", one.last_error);
        out.writer().EndObject();
    }
    out.writer().EndArray();
}

void printText(const domain::Petition& petition, const Shown& shown) {
    const auto line = [](std::string_view name, const std::string& text) {
        if (!text.empty()) std::cout << std::left << std::setw(16) << name << text << '\n';
    };
    for (const auto& [name, text] : factsOf(petition)) line(name, text);
    for (const auto& [name, text] : identityOf(shown)) line("petitioner." + name, text);
    line("title", shown.title);
    line("content", shown.content);
    for (const domain::DeliveryRecord& one : petition.deliveries)
        line("delivery", one.id + "  " + one.connector + "  " + std::string{domain::nameOf(one.kind)} + "  " +
                             std::string{domain::nameOf(one.state)} + "  attempts " + std::to_string(one.attempts) +
                             "  " + one.last_error);
}

int showPetition(const Common& common, const PetitionOptions& options) {
    if (options.reveal == options.reason.empty())
        return complain(
            usage("--reveal and --reason go together: every look at an identity is journalled with its reason"));
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<domain::Petition> petition = find(*place.store, options.code);
        if (!petition) return complain(petition.error());
        const Result<Shown> shown =
            options.reveal ? revealed(place, *petition, options.reason) : masked(*place.store, *petition);
        if (!shown) return complain(shown.error());
        if (common.json)
            printJson(*petition, *shown);
        else
            printText(*petition, *shown);
        return static_cast<int>(kOk);
    });
}

/// What an event says besides its kind. Texts that people wrote stay out: they may name anybody.
std::vector<std::pair<std::string, std::string>> detailsOf(const domain::Event& event) {
    std::vector<std::pair<std::string, std::string>> details;
    const auto add = [&](const char* name, const auto& value) {
        if (!std::string{value}.empty()) details.emplace_back(name, value);
    };
    std::visit(
        [&](const auto& data) {
            if constexpr (requires { data.action; }) add("action", data.action);
            if constexpr (requires { data.step; }) add("step", data.step);
            if constexpr (requires { data.rule; }) add("rule", data.rule);
            if constexpr (requires { data.unit; }) add("unit", data.unit);
            if constexpr (requires { data.clock; }) add("clock", domain::nameOf(data.clock));
            if constexpr (requires { data.due; }) add("due", domain::formatInstant(data.due));
            if constexpr (requires { data.connector; }) add("connector", data.connector);
            if constexpr (requires { data.notice; }) add("notice", data.notice);
            if constexpr (requires { data.delivery; }) add("delivery", data.delivery);
            if constexpr (requires { data.attempt; }) add("attempt", std::to_string(data.attempt));
            if constexpr (requires { data.error; }) add("error", data.error);
        },
        event.data);
    return details;
}

int showTimeline(const Common& common, const PetitionOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<domain::Petition> petition = find(*place.store, options.code);
        if (!petition) return complain(petition.error());
        const Result<std::vector<domain::Event>> history = place.store->history(petition->id);
        if (!history) return complain(history.error());
        if (!common.json) {
            for (const domain::Event& event : *history) {
                std::cout << domain::formatInstant(event.at) << "  " << std::left << std::setw(11)
                          << domain::nameOf(event.role) << std::setw(19) << domain::nameOf(event.kind());
                for (const auto& [name, text] : detailsOf(event)) std::cout << "  " << name << ' ' << text;
                std::cout << '\n';
            }
            return static_cast<int>(kOk);
        }
        JsonOutput out;
        out.member("code", petition->code);
        out.key("events");
        out.writer().StartArray();
        for (const domain::Event& event : *history) {
            out.writer().StartObject();
            out.member("id", event.id);
            out.member("version", std::int64_t{event.version});
            out.member("at", domain::formatInstant(event.at));
            out.member("kind", domain::nameOf(event.kind()));
            out.member("role", domain::nameOf(event.role));
            out.member("actor", event.actor);
            for (const auto& [name, text] : detailsOf(event)) out.member(name, text);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

// --- refused items

struct RefusedOptions {
    std::string id = {};
    std::string channel = {};
    bool content = false;
};

/// All of them, without what they hold.
Result<std::vector<store::RefusedItem>> refusedItems(store::Store& store, const std::string& channel) {
    std::vector<store::RefusedItem> all;
    store::Page page{.after = {}, .limit = 200};
    do {
        Result<store::Listing<store::RefusedItem>> listing =
            store.refused({.channel = channel, .content = false}, page);
        if (!listing) return std::move(listing).error();
        std::move(listing->items.begin(), listing->items.end(), std::back_inserter(all));
        page.after = listing->next;
    } while (!page.after.empty());
    return all;
}

Result<store::RefusedItem> refusedItem(store::Store& store, const std::string& id) {
    Result<store::Listing<store::RefusedItem>> listing = store.refused({.id = id}, {});
    if (!listing) return std::move(listing).error();
    if (id.empty() || listing->items.empty())
        return Error{.code = Errc::kNotFound, .message = "no refused item \"" + id + '"'};
    return std::move(listing->items.front());
}

void writeMembers(JsonOutput& out, const store::RefusedItem& item) {
    out.member("id", item.id);
    out.member("channel", item.channel);
    out.member("at", domain::formatInstant(item.at));
    out.member("problem", item.problem);
    out.member("bytes", item.bytes);
}

int listRefused(const Common& common, const RefusedOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<std::vector<store::RefusedItem>> items = refusedItems(*place.store, options.channel);
        if (!items) return complain(items.error());
        if (!common.json) {
            for (const store::RefusedItem& item : *items)
                std::cout << item.id << "  " << domain::formatInstant(item.at) << "  " << item.channel << "  "
                          << item.problem << "  " << item.bytes << " bytes\n";
            return static_cast<int>(kOk);
        }
        JsonOutput out;
        out.key("items");
        out.writer().StartArray();
        for (const store::RefusedItem& item : *items) {
            out.writer().StartObject();
            writeMembers(out, item);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return static_cast<int>(kOk);
    });
}

int showRefused(const Common& common, const RefusedOptions& options) {
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<store::RefusedItem> found = refusedItem(*place.store, options.id);
        if (!found) return complain(found.error());
        const store::RefusedItem& item = *found;
        const engine::RefusedContent content = engine::readRefused(item.content);
        const http::ProblemText problem = http::problemText(item.problem);
        if (common.json) {
            JsonOutput out;
            writeMembers(out, item);
            out.memberOrNull("detail", problem.detail);
            out.memberOrNull("detail_en", problem.detail_en);
            if (options.content) {
                out.memberOrNull("external_id", content.external_id);
                out.memberOrNull("field", content.field);
                out.memberOrNull("reason", content.detail);
                out.member("content", content.raw);
            }
            return static_cast<int>(kOk);
        }
        std::cout << item.id << "  " << domain::formatInstant(item.at) << "  " << item.channel << '\n'
                  << item.problem << ": " << problem.detail_en << '\n';
        if (options.content)
            std::cout << content.external_id << "  " << content.field << "  " << content.detail << "\n\n"
                      << content.raw << '\n';
        return static_cast<int>(kOk);
    });
}

}  // namespace

void addPetitions(const Registry& registry) {
    CLI::App& petition = registry.group("petition", "One petition");
    registry.verb<PetitionOptions>(
        petition, "show", "Where it stands; the petitioner masked",
        [](CLI::App& verb, PetitionOptions& options) {
            verb.add_option("CODE", options.code, "Its code, or its id")->required();
            verb.add_flag("--reveal", options.reveal, "Show who sent it and what they wrote; journalled");
            verb.add_option("--reason", options.reason, "Why the identity has to be seen");
        },
        showPetition);
    registry.verb<PetitionOptions>(
        petition, "timeline", "Everything that happened to it, oldest first",
        [](CLI::App& verb, PetitionOptions& options) {
            verb.add_option("CODE", options.code, "Its code, or its id")->required();
        },
        showTimeline);

    CLI::App& refused = registry.group("refused", "What channels brought that can never become a petition");
    registry.verb<RefusedOptions>(
        refused, "list", "Refused items, newest first",
        [](CLI::App& verb, RefusedOptions& options) {
            verb.add_option("--channel", options.channel, "Of this channel only");
        },
        listRefused);
    registry.verb<RefusedOptions>(
        refused, "show", "One refused item and why it was refused",
        [](CLI::App& verb, RefusedOptions& options) {
            verb.add_option("ID", options.id, "The item")->required();
            verb.add_flag("--content", options.content, "Also what it said; it may name people");
        },
        showRefused);
}

}  // namespace pakn::app
