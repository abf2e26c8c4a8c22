/// @file
/// `paknhub replay --candidate DIR`: what a candidate configuration would have done with the real history. Reads the
/// journal beside a running hub and changes nothing.

#include <iostream>

#include "core/app/json_output.hpp"
#include "core/app/progress.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/civil_time.hpp"
#include "core/domain/replay.hpp"

namespace pakn::app {

namespace {

struct ReplayOptions {
    std::filesystem::path candidate = {};
    std::string from = {};
    std::string to = {};
    int most = 1000;
};

struct Item {
    std::string code;
    Instant received_at;
    domain::Replayed replayed;
};

struct Totals {
    std::int64_t petitions = 0;
    std::int64_t routed = 0;
    std::int64_t due = 0;
    std::int64_t late = 0;
    std::int64_t in_time = 0;
};

struct Report {
    Totals totals = {};
    std::vector<Item> items = {};  ///< Those that would be different, the first `most`.
};

bool differs(const domain::Replayed& one) {
    return one.routedDifferently() || one.dueDifferently() || one.wouldBeLate() || one.wouldBeInTime();
}

Result<std::optional<Instant>> instantOf(const std::string& text, std::string_view option) {
    if (text.empty()) return std::optional<Instant>{};
    const std::optional<Instant> at = domain::parseInstant(text);
    if (!at) return usage(std::string{option} + " takes an instant as 2026-03-06T08:00:00+07:00");
    return at;
}

/// Looks at every petition of the span; one page of the list after the other.
Result<Report> replayAll(store::Store& store, const domain::Rules& candidate, const store::PetitionFilter& filter,
                         int most, Progress& progress) {
    Report report;
    const Instant now = systemNow();
    store::Page page{.after = {}, .limit = 200};
    do {
        const Result<store::Listing<store::Summary>> listed = store.petitions(filter, page, now);
        if (!listed) return listed.error();
        for (const store::Summary& summary : listed->items) {
            const Result<std::optional<domain::Petition>> petition = store.petition(summary.id);
            if (!petition) return petition.error();
            progress.step();
            if (!*petition) continue;
            const domain::Replayed one = domain::replayed(**petition, candidate, now);
            ++report.totals.petitions;
            report.totals.routed += one.routedDifferently() ? 1 : 0;
            report.totals.due += one.dueDifferently() ? 1 : 0;
            report.totals.late += one.wouldBeLate() ? 1 : 0;
            report.totals.in_time += one.wouldBeInTime() ? 1 : 0;
            if (differs(one) && report.items.size() < static_cast<std::size_t>(most))
                report.items.push_back({summary.code, summary.received_at, one});
        }
        page.after = listed->next;
    } while (!page.after.empty());
    return report;
}

std::string textOf(const std::optional<Instant>& at) { return at ? domain::formatInstant(*at) : std::string{}; }

void writeLimit(JsonOutput& out, std::string_view name, const domain::ReplayedLimit& limit) {
    out.key(name);
    out.writer().StartObject();
    out.memberOrNull("then", textOf(limit.then));
    out.memberOrNull("now", textOf(limit.now));
    out.member("late_then", limit.late_then);
    out.member("late_now", limit.late_now);
    out.member("judged_at", domain::formatInstant(limit.judged_at));
    out.memberOrNull("because", limit.because);
    out.writer().EndObject();
}

void printJson(const Report& report) {
    JsonOutput out;
    out.member("petitions", report.totals.petitions);
    out.member("routed_differently", report.totals.routed);
    out.member("due_differently", report.totals.due);
    out.member("would_be_late", report.totals.late);
    out.member("would_be_in_time", report.totals.in_time);
    out.key("items");
    out.writer().StartArray();
    for (const Item& item : report.items) {
        const domain::Replayed& one = item.replayed;
        out.writer().StartObject();
        out.member("code", item.code);
        out.member("received_at", domain::formatInstant(item.received_at));
        out.memberOrNull("rule_then", one.rule_then);
        out.memberOrNull("rule_now", one.rule_now);
        out.memberOrNull("unit_then", one.unit_then);
        out.memberOrNull("unit_now", one.unit_now);
        out.memberOrNull("unit_because", one.unit_because);
        out.memberOrNull("workflow_then", one.workflow_then);
        out.memberOrNull("workflow_now", one.workflow_now);
        out.memberOrNull("workflow_because", one.workflow_because);
        out.memberOrNull("sla_then", one.sla_then);
        out.memberOrNull("sla_now", one.sla_now);
        out.memberOrNull("sla_because", one.sla_because);
        writeLimit(out, "handle", one.handle);
        writeLimit(out, "total", one.total);
        out.member("routed_differently", one.routedDifferently());
        out.member("due_differently", one.dueDifferently());
        out.member("would_be_late", one.wouldBeLate());
        out.member("would_be_in_time", one.wouldBeInTime());
        out.writer().EndObject();
    }
    out.writer().EndArray();
}

std::string orNobody(const std::string& unit) { return unit.empty() ? "nobody" : unit; }

void printText(const Report& report) {
    for (const Item& item : report.items) {
        const domain::Replayed& one = item.replayed;
        std::cout << item.code << '\n';
        if (one.unit_then != one.unit_now)
            std::cout << "  unit      " << orNobody(one.unit_then) << " -> " << orNobody(one.unit_now) << " ("
                      << one.unit_because << ")\n";
        if (one.workflow_then != one.workflow_now)
            std::cout << "  workflow  " << one.workflow_then << " -> " << one.workflow_now << " ("
                      << one.workflow_because << ")\n";
        const auto limit = [](std::string_view name, const domain::ReplayedLimit& of) {
            if (of.moved())
                std::cout << "  " << name << textOf(of.then) << " -> " << textOf(of.now) << " (" << of.because << ")\n";
            if (of.late_now != of.late_then)
                std::cout << "  " << name << (of.late_now ? "would be late" : "would be in time") << " (at "
                          << textOf(of.judged_at) << ")\n";
        };
        limit("handle    ", one.handle);
        limit("total     ", one.total);
    }
    const Totals& totals = report.totals;
    std::cout << totals.petitions << " petitions: " << totals.routed << " routed differently, " << totals.due
              << " due differently, " << totals.late << " would be late, " << totals.in_time
              << " would be in time; nothing was changed\n";
}

int replay(const Common& common, const ReplayOptions& options) {
    const Result<std::optional<Instant>> from = instantOf(options.from, "--from");
    if (!from) return complain(from.error());
    const Result<std::optional<Instant>> to = instantOf(options.to, "--to");
    if (!to) return complain(to.error());
    Common of_candidate = common;
    of_candidate.config = options.candidate;
    std::shared_ptr<const domain::Rules> rules;
    const int read = withConfiguration(of_candidate, [&](const config::Configuration& configuration) {
        rules = configuration.rules;
        return static_cast<int>(kOk);
    });
    if (read != kOk) return read;
    return withWorkplace(common, false, [&](Workplace& place) {
        const Result<store::Counts> counts = place.store->counts();
        if (!counts) return complain(counts.error());
        Progress progress{"replayed", common, counts->petitions};
        store::PetitionFilter filter;
        filter.from = *from;
        filter.to = *to;
        const Result<Report> report = replayAll(*place.store, *rules, filter, options.most, progress);
        progress.end();
        if (!report) return complain(report.error());
        common.json ? printJson(*report) : printText(*report);
        return static_cast<int>(kOk);
    });
}

}  // namespace

void addReplay(const Registry& registry) {
    registry.verb<ReplayOptions>(
        registry.app, "replay", "What a candidate configuration would have done with the history; changes nothing",
        [](CLI::App& verb, ReplayOptions& options) {
            verb.add_option("--candidate", options.candidate, "Directory of the candidate configuration")
                ->required()
                ->check(CLI::ExistingDirectory);
            verb.add_option("--from", options.from, "Petitions received at or after this instant");
            verb.add_option("--to", options.to, "Petitions received before this instant");
            verb.add_option("--most", options.most, "Differences to list; the totals count all")
                ->check(CLI::Range(0, 1000000));
        },
        replay);
}

}  // namespace pakn::app
