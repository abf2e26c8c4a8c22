/// @file
/// Statistics equal a naive recount of journals that real decisions have left (recount.hpp).

#include <algorithm>
#include <random>

#include "core/reporting/lines.hpp"
#include "core/reporting/search_text.hpp"
#include "core/reporting/statistics.hpp"
#include "tests/unit/domain/walk_rules.hpp"
#include "tests/unit/reporting/recount.hpp"
#include "tests/unit/reporting/support.hpp"

namespace pakn::test {
namespace {

using recount::Plain;
using reporting::CellKind;
using reporting::Statistic;
using store::Grouping;

constexpr unsigned kSeed = 20260306;
constexpr unsigned kPetitions = 120;
/// Groups of a dimension, then columns.
using Numbers = std::map<std::string, std::map<std::string, std::int64_t>>;

struct Asked {
    std::optional<std::int64_t> from, to;
    std::vector<std::string> units, held_by;
    std::string channel, category, area, tag, status, progress, identity, rating, sender, hide;
    const recount::Search* search = nullptr;
};

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }

class Recount : public Reporting {
protected:
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[std::uniform_int_distribution<std::size_t>{0, from.size() - 1}(random_)];
    }
    int number(int most) { return std::uniform_int_distribution{0, most}(random_); }
    bool oneIn(int count) { return number(count - 1) == 0; }

    const std::vector<std::string> units_{"ubnd", "so-xay-dung", "chieu-sang"};
    const std::vector<std::string> channels_{"web", "zalo", "paper"};
    const std::vector<std::string> categories_{"ha-tang", "khac"};
    const std::vector<std::string> areas_{"19753", "19756", ""};
    // Months meet at 17:00 UTC of the last day: instants around that and far from it.
    Instant anyInstant() {
        constexpr Instant kFirstOfMarch{std::chrono::milliseconds{1772298000000}};
        return kFirstOfMarch + std::chrono::hours{24 * number(150) - 24 * 60} +
               std::chrono::milliseconds{number(2) == 0 ? number(3) - 1 : number(86'400'000)};
    }

    /// A petition on its way, and how much of its journal the store has.
    struct Life {
        std::unique_ptr<domain::walk::Walk> walk;
        store::Person who;
        domain::Petition kept = {};
        std::size_t events = 0;
    };

    Life live(unsigned index) {
        const recount::Sender& sender = pick(recount::kSenders);
        Instant start = anyInstant();
        Life life{.walk = std::make_unique<domain::walk::Walk>(worlds_[index % 2], index, start), .who = {}};
        domain::walk::Walk::Beginning with = life.walk->anything();
        with.petition.anonymous = oneIn(5);
        with.petition.location.address = pick(domain::walk::kAddresses);
        with.petition.location.area = pick(areas_);
        with.channel = pick(channels_);
        with.code = "R" + std::to_string(1000 + index);
        if (with.channel == "paper") with.received_at = start - std::chrono::hours{number(20 * 24)};
        life.who = person();
        life.who.petitioner.kind = sender.kind;
        life.who.petitioner.name = sender.name;
        life.who.petitioner.phone = sender.phone;
        life.who.petitioner.citizen_id = sender.citizen_id;
        life.who.consent.publish_identity = oneIn(2);
        Plain& plain = plain_.emplace_back();
        plain.sender = sender;
        plain.publishes = life.who.consent.publish_identity;
        life.walk->begin(std::move(with));
        for (int steps = number(70); steps > 0; --steps) life.walk->step();
        return life;
    }

    /// What happened to it since, up to some decision.
    void keep(Life& life, Plain& plain) {
        const std::vector<std::size_t>& decisions = life.walk->decisions;
        const auto next = std::upper_bound(decisions.begin(), decisions.end(), life.events);
        const auto until = next + number(static_cast<int>(decisions.end() - next) - 1);
        store::Change change{.before = life.kept};
        if (life.events == 0) {
            change.birth = std::make_shared<const store::Birth>(store::Birth{.person = life.who, .body_hash = "body"});
            plain.born = born_++;
        }
        for (; life.events < *until; ++life.events) {
            const domain::Event& event = life.walk->journal[life.events];
            life.kept = apply(std::move(life.kept), event);
            plain.happened(event);
            change.events.push_back(event);
        }
        change.after = life.kept;
        mustCommit(std::move(change));
    }

    /// All petitions go their ways one beside the other; now and then the follower is in the middle of them.
    void liveAll() {
        std::vector<Life> lives;
        for (unsigned i = 0; i < kPetitions; ++i) lives.push_back(live(i));
        std::vector<std::size_t> open(lives.size());
        for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
        while (!open.empty()) {
            const auto at = static_cast<std::size_t>(number(static_cast<int>(open.size()) - 1));
            Life& life = lives[open[at]];
            keep(life, plain_[open[at]]);
            if (life.events == life.walk->journal.size()) open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
            if (oneIn(20)) followAll(1 + number(30));
        }
        for (std::size_t i = 0; i < lives.size(); ++i) {
            for (const domain::Event& event : lives[i].walk->journal) seen_.insert(event.kind());
            close(lives[i].walk->petition, plain_[i]);
        }
    }

    /// The limits that stand at the end: of whoever has it the earliest, else the sender's.
    static void close(const domain::Petition& petition, Plain& plain) {
        using domain::Clock;
        plain.id = petition.id;
        if (plain.merged) plain.moves.emplace_back(plain.merged_at, "merged");
        const auto end = [&](Clock clock) {
            const auto found = petition.due.find(clock);
            return found == petition.due.end() ? std::optional<std::int64_t>{} : ms(found->second);
        };
        plain.total = end(Clock::kTotal);
        if (plain.finished || plain.merged) return;
        for (const Clock clock :
             {Clock::kTriage, Clock::kHandle, Clock::kRelease, Clock::kAssign, Clock::kStep, Clock::kTask})
            if (const auto one = end(clock); one && (!plain.due || *one < *plain.due)) plain.due = one;
        if (!plain.due) plain.due = plain.total;
    }

    static bool isAsked(const Plain& one, const Asked& asked, const std::string& unit, std::int64_t now) {
        const auto among = [](const std::vector<std::string>& wanted, const auto& is) {
            return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), is);
        };
        return (!asked.from || one.received >= *asked.from) && (!asked.to || one.received < *asked.to) &&
               among(asked.units, [&](const std::string& wanted) { return wanted == unit; }) &&
               among(asked.held_by, [&](const std::string& wanted) { return one.parties.contains(wanted); }) &&
               (asked.channel.empty() || one.channel == asked.channel) &&
               (asked.category.empty() || one.category == asked.category) &&
               (asked.area.empty() || one.area == asked.area) && (asked.tag.empty() || one.tags.contains(asked.tag)) &&
               (asked.status.empty() || one.status == asked.status) &&
               (asked.progress.empty() || one.progress(now) == asked.progress) &&
               (asked.identity.empty() || one.identity() == asked.identity) &&
               (asked.rating.empty() || one.rating == asked.rating) &&
               (asked.sender.empty() || (!one.anonymous && one.sender.same() == asked.sender)) &&
               (asked.hide.empty() || one.complained != asked.hide) && (!asked.search || one.says(*asked.search));
    }
    static std::string groupOf(const Plain& one, Grouping by, const std::string& unit) {
        switch (by) {
            case Grouping::kUnit:
                return unit;
            case Grouping::kCategory:
                return one.category;
            case Grouping::kChannel:
                return one.channel;
            case Grouping::kArea:
                return one.area;
            default:
                return "";
        }
    }
    static std::int64_t share(std::int64_t part, std::int64_t all) {
        return all == 0 ? 0
                        : static_cast<std::int64_t>(100.0 * static_cast<double>(part) / static_cast<double>(all) + 0.5);
    }

    [[nodiscard]] Numbers recounted(Statistic what, Grouping by, const Asked& asked, std::int64_t now) const {
        Numbers numbers;
        std::int64_t all = 0;
        for (const Plain& one : plain_) {
            if (what == Statistic::kReturns) {
                for (const auto& [unit, move] : one.moves) {
                    if (!isAsked(one, asked, unit, now)) continue;
                    auto& row = numbers[groupOf(one, by, unit)];
                    ++row[move];
                    if (move == "returned_late") ++row["returned"];
                }
                continue;
            }
            if (what == Statistic::kRatings && one.rating.empty()) continue;
            const std::string& unit = what == Statistic::kRatings ? one.rated_unit : one.unit;
            if (!isAsked(one, asked, unit, now)) continue;
            ++all;
            auto& row = numbers[what == Statistic::kStatus ? one.status : groupOf(one, by, unit)];
            ++row[what == Statistic::kStatus ? "count" : "total"];
            if (what == Statistic::kChannels) ++row[one.status];
            if (what == Statistic::kProgress) ++row[one.progress(now)];
            if (what == Statistic::kIdentity) ++row[one.identity()];
            if (what == Statistic::kRatings) ++row[one.rating];
        }
        for (auto& [group, row] : numbers) complete(what, row, all);
        return numbers;
    }

    /// What follows from the counts of a row.
    static void complete(Statistic what, std::map<std::string, std::int64_t>& row, std::int64_t all) {
        if (what == Statistic::kStatus) row["percent"] = share(row["count"], all);
        if (what == Statistic::kProgress) {
            row["finished"] = row["on_time"] + row["late"];
            row["on_time_percent"] = share(row["on_time"], row["finished"]);
            row["late_percent"] = share(row["late"], row["finished"]);
        }
        if (what == Statistic::kIdentity) {
            row["identified"] = row["private"] + row["public"];
            row["identified_percent"] = share(row["identified"], row["total"]);
            row["not_identified"] = row["anonymous"] + row["unidentified"];
            row["public_percent"] = share(row["public"], row["total"]);
            row["not_public"] = row["total"] - row["public"];
        }
        if (what == Statistic::kRatings)
            for (const char* one : {"satisfied", "neutral", "dissatisfied"})
                row[std::string{one} + "_percent"] = share(row[one], row["total"]);
    }

    /// What the table says, and that it has no rows besides.
    static void expectSame(const reporting::Table& table, Numbers expected, const std::string& about) {
        const bool apart = table.columns.front().kind == CellKind::kText;
        for (const reporting::Cells& row : table.rows) {
            const auto* id = apart ? std::get_if<std::string>(row.data()) : nullptr;
            const std::string group = id ? *id : "";
            expectRow(table, row, expected[group], about + ": " + group);
            expected.erase(group);
        }
        EXPECT_TRUE(expected.empty()) << about << ": no row for " << (expected.empty() ? "" : expected.begin()->first);
    }
    static void expectRow(const reporting::Table& table, const reporting::Cells& row,
                          std::map<std::string, std::int64_t>& wanted, const std::string& about) {
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (const auto* shown = std::get_if<std::int64_t>(&row[i])) {
                EXPECT_EQ(*shown, wanted[table.columns[i].id]) << about << ' ' << table.columns[i].id;
            }
    }

    /// Everything that can be asked for, each now and then, and what the store is asked for it.
    Asked anyQuestion() {
        Asked asked;
        if (oneIn(2)) asked.from = ms(anyInstant());
        if (oneIn(2)) asked.to = ms(anyInstant());
        if (oneIn(3)) asked.units = {pick(units_), pick(units_)};
        if (oneIn(8)) asked.held_by = {pick(units_)};
        if (oneIn(4)) asked.channel = pick(channels_);
        if (oneIn(4)) asked.category = pick(categories_);
        if (oneIn(6)) asked.area = areas_[0];
        if (oneIn(8)) asked.tag = "ho-ga";
        if (oneIn(8)) asked.status = pick(plain_).status;
        if (oneIn(8))
            asked.progress = pick(std::vector<std::string>{"not_due", "due_soon", "overdue", "on_time", "late"});
        if (oneIn(8)) asked.identity = pick(plain_).identity();
        if (oneIn(8)) asked.rating = pick(std::vector<std::string>{"satisfied", "neutral", "dissatisfied"});
        if (oneIn(8)) asked.sender = pick(keys_).first;
        if (oneIn(4)) asked.hide = pick(units_);
        if (oneIn(6)) asked.search = &pick(recount::kSearches);
        return asked;
    }
    [[nodiscard]] store::ReportFilter filterOf(const Asked& asked) const {
        store::ReportFilter filter{
            .units = asked.units,
            .held_by = asked.held_by,
            .category = asked.category,
            .channel = asked.channel,
            .areas = asked.area.empty() ? std::vector<std::string>{} : std::vector{asked.area},
            .tag = asked.tag,
            .identity = asked.identity,
            .rating = asked.rating,
            .status = domain::findStatus(asked.status),
            .progress = domain::findProgress(asked.progress),
            .hide_complained_units = asked.hide.empty() ? std::vector<std::string>{} : std::vector{asked.hide}};
        if (asked.from) filter.from = Instant{std::chrono::milliseconds{*asked.from}};
        if (asked.to) filter.to = Instant{std::chrono::milliseconds{*asked.to}};
        for (const auto& [same, key] : keys_)
            if (!asked.sender.empty() && same == asked.sender) filter.sender = key;
        if (asked.search) filter.text = reporting::parseSearch(asked.search->typed);
        return filter;
    }

    /// All pages one after the other.
    template <class Read>
    static reporting::Table allPages(const Read& read) {
        store::Page page{.limit = 7};
        reporting::Table all;
        do {
            reporting::Lines lines = must(read(page));
            all.columns = std::move(lines.table.columns);
            std::move(lines.table.rows.begin(), lines.table.rows.end(), std::back_inserter(all.rows));
            page.after = lines.next;
        } while (!page.after.empty());
        return all;
    }
    static reporting::Cell cellOf(const reporting::Table& table, const reporting::Cells& row, std::string_view column) {
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (table.columns[i].id == column) return row[i];
        ADD_FAILURE() << "no column " << column;
        return {};
    }
    static std::string textOf(const reporting::Table& table, const reporting::Cells& row, std::string_view column) {
        const reporting::Cell cell = cellOf(table, row, column);
        const auto* text = std::get_if<std::string>(&cell);
        return text ? *text : "";
    }

    /// A person's petitions share a key, and nobody else's have it.
    void learnKeys() {
        const reporting::Table table =
            allPages([&](const store::Page& page) { return reporting::senders(*store_, {}, page, kMorning); });
        for (const reporting::Cells& row : table.rows)
            for (const Plain& one : plain_)
                if (one.code == textOf(table, row, "last_code"))
                    keys_.emplace_back(one.sender.same(), textOf(table, row, "key"));
        std::set<std::string> keys;
        for (const auto& [same, key] : keys_) keys.insert(key);
        ASSERT_EQ(keys_.size(), keys.size());
        ASSERT_EQ(keys.size(), 3U) << "of the five two are the same one, and one is not known";
    }

    void expectSenders(const Asked& asked, Instant now, const std::string& about) {
        const reporting::Table table =
            allPages([&](const store::Page& page) { return reporting::senders(*store_, filterOf(asked), page, now); });
        struct Line {
            std::int64_t petitions = 0, first = 0, last = 0;
            const Plain* latest = nullptr;
        };
        std::map<std::string, Line> expected;
        for (const Plain& one : plain_) {
            if (one.anonymous || !one.sender.identified() || !isAsked(one, asked, one.unit, ms(now))) continue;
            Line& line = expected[one.sender.same()];
            line.first = line.petitions == 0 ? one.received : std::min(line.first, one.received);
            line.last = line.petitions == 0 ? one.received : std::max(line.last, one.received);
            ++line.petitions;
            if (!line.latest || one.born > line.latest->born) line.latest = &one;
        }
        ASSERT_EQ(table.rows.size(), expected.size()) << about;
        std::int64_t before = kPetitions;
        for (const reporting::Cells& row : table.rows) {
            const auto known = std::find_if(keys_.begin(), keys_.end(),
                                            [&](const auto& one) { return one.second == textOf(table, row, "key"); });
            ASSERT_TRUE(known != keys_.end() && expected.contains(known->first)) << about;
            const Line& line = expected.at(known->first);
            const auto at = [](std::int64_t when) { return reporting::Cell{Instant{std::chrono::milliseconds{when}}}; };
            EXPECT_EQ(cellOf(table, row, "petitions"), reporting::Cell{line.petitions}) << about;
            EXPECT_EQ(cellOf(table, row, "first_at"), at(line.first)) << about;
            EXPECT_EQ(cellOf(table, row, "last_at"), at(line.last)) << about;
            EXPECT_EQ(textOf(table, row, "last_code"), line.latest->code) << about;
            EXPECT_EQ(textOf(table, row, "sender"), line.latest->sender.masked_name) << about;
            EXPECT_EQ(textOf(table, row, "phone"), line.latest->sender.masked_phone) << about;
            EXPECT_EQ(textOf(table, row, "sender_kind"), line.latest->sender.kind) << about;
            EXPECT_LE(line.petitions, before) << about << ": who sent most comes first";
            before = line.petitions;
        }
    }

    /// Every field of a line.
    static std::map<std::string, reporting::Cell> lineOf(const Plain& one, std::int64_t now) {
        const auto text = [](const std::string& words) { return words.empty() ? reporting::Cell{} : words; };
        const auto at = [](const std::optional<std::int64_t>& when) {
            return when ? reporting::Cell{Instant{std::chrono::milliseconds{*when}}} : reporting::Cell{};
        };
        return {{"code", text(one.code)},
                {"received_at", at(one.received)},
                {"sender", one.anonymous ? reporting::Cell{} : text(one.sender.masked_name)},
                {"phone", one.anonymous ? reporting::Cell{} : text(one.sender.masked_phone)},
                {"sender_kind", text(one.sender.kind)},
                {"identity", text(one.identity())},
                {"complained_unit", text(one.complained)},
                {"title", text(one.title)},
                {"content", text(one.content)},
                {"address", text(one.address)},
                {"area", text(one.area)},
                {"category", text(one.category == "ha-tang" ? "Hạ tầng" : "Khác")},
                {"class", {}},
                {"channel", text(one.channel)},
                {"unit", text(one.unit)},
                {"status", text(one.status)},
                {"progress", text(one.progress(now))},
                {"due_at", at(one.due)},
                {"finished_at", at(one.finished)},
                {"rating", text(one.rating)},
                {"public", text(one.is_public ? "true" : "false")},
                {"emergency", text(one.emergency ? "true" : "false")},
                {"recorded_at", at(one.recorded)},
                {"tags", text(joined(one.marks))},
                {"returns", one.returns},
                {"late_returns", count(one, "returned_late")},
                {"reopened", count(one, "reopened")},
                {"answer", text(one.answer)},
                {"id", text(one.id)}};
    }

    static std::int64_t count(const Plain& one, std::string_view what) {
        return std::count_if(one.moves.begin(), one.moves.end(), [&](const auto& move) { return move.second == what; });
    }
    static std::string joined(const std::vector<std::string>& words) {
        std::string all;
        for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
        return all;
    }

    void expectList(const Asked& asked, Instant now, const std::string& about) {
        // Shown as they stand: nothing of them is counted.
        const std::set<std::string> copied{"email", "citizen_id",  "sender_address", "lat",
                                           "lon",   "occurred_at", "officer"};
        const reporting::Table table = allPages([&](const store::Page& page) {
            return reporting::list(*store_, worlds_[0].usual, filterOf(asked), page, now);
        });
        std::vector<const Plain*> expected;
        for (const Plain& one : plain_)
            if (isAsked(one, asked, one.unit, ms(now))) expected.push_back(&one);
        // Open ones by their limit, then what is finished; then as they came.
        std::sort(expected.begin(), expected.end(), [](const Plain* a, const Plain* b) {
            const auto place = [](const Plain& one) {
                constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
                return std::tuple{one.finished.has_value(), one.finished ? 0 : one.due.value_or(kNever), one.born};
            };
            return place(*a) < place(*b);
        });
        ASSERT_EQ(table.rows.size(), expected.size()) << about;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto line = lineOf(*expected[i], ms(now));
            for (std::size_t column = 0; column < table.columns.size(); ++column) {
                const std::string& id = table.columns[column].id;
                if (copied.contains(id)) continue;
                ASSERT_TRUE(line.contains(id)) << id;
                EXPECT_EQ(table.rows[i][column], line.at(id)) << about << ": " << expected[i]->code << ' ' << id;
            }
        }
    }

    void ask(Statistic what, const Asked& asked, Instant now, const std::string& about) {
        if (what == Statistic::kList) return expectList(asked, now, about);
        if (what == Statistic::kSenders) return expectSenders(asked, now, about);
        const auto by = what == Statistic::kChannels ? Grouping::kChannel
                        : what == Statistic::kStatus
                            ? Grouping::kNone
                            : pick(std::vector{Grouping::kUnit, Grouping::kCategory, Grouping::kChannel,
                                               Grouping::kArea, Grouping::kNone});
        const auto table = must(reporting::numbers(*store_, worlds_[0].usual, what, by, filterOf(asked), now));
        const std::string apart = about + " by " + std::string{store::kGroupingNames[static_cast<std::size_t>(by)]};
        expectSame(table, recounted(what, by, asked, ms(now)), apart);
        if (table.total.empty()) return;
        std::map<std::string, std::int64_t> all;
        for (const auto& [group, row] : recounted(what, by, asked, ms(now)))
            for (const auto& [column, count] : row) all[column] += count;
        complete(what, all, all["count"]);
        expectRow(table, table.total, all, apart + ", total");
    }

    const std::vector<domain::walk::World> worlds_{domain::walk::World{domain::walk::sample()},
                                                   domain::walk::World{domain::walk::sampleByHours()}};
    std::mt19937 random_{kSeed};
    std::vector<Plain> plain_;
    std::size_t born_ = 0;
    std::set<domain::EventKind> seen_;
    std::vector<std::pair<std::string, std::string>> keys_;  ///< Who is the same one, and by which key.
};
INSTANTIATE_TEST_SUITE_P(Stores, Recount, testing::ValuesIn(adapters()), adapterName);

TEST_P(Recount, EveryStatisticUnderEveryFilter) {
    liveAll();
    followAll(40);
    for (const auto kind :
         {domain::EventKind::kMerged, domain::EventKind::kUnmerged, domain::EventKind::kReopened,
          domain::EventKind::kRated, domain::EventKind::kCoordinatingRequested, domain::EventKind::kCoordinatingDone,
          domain::EventKind::kUnitTransferred, domain::EventKind::kPaused, domain::EventKind::kResumed,
          domain::EventKind::kAppointed, domain::EventKind::kReturned, domain::EventKind::kRelocated})
        EXPECT_TRUE(seen_.contains(kind)) << nameOf(kind) << " is in no journal";
    learnKeys();
    const auto failures = [] {
        return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
    };
    for (std::size_t i = 0; i < reporting::kStatisticNames.size(); ++i) {
        const auto what = static_cast<Statistic>(i);
        const int before = failures();
        for (int round = 0; round < 50; ++round) {
            // The first question is the whole of it.
            const Asked asked = round == 0 ? Asked{} : anyQuestion();
            ask(what, asked, anyInstant(),
                "seed " + std::to_string(kSeed) + ", " + std::string{nameOf(what)} + ", round " +
                    std::to_string(round));
            if (failures() > before) break;  // One question says enough.
        }
    }
}

/// AX-17: shares of one unit's ratings.
TEST_P(Recount, RatingsOfAUnit) {
    std::vector<store::ReportRow> rows;
    const auto add = [&](std::string unit, std::string rating) {
        const auto n = static_cast<std::int64_t>(rows.size()) + 1;
        rows.push_back({.doc = n,
                        .petition_id = "p" + std::to_string(n),
                        .unit = unit,
                        .status = "answered",
                        .identity = "private",
                        .rating = std::move(rating),
                        .rating_unit = unit,
                        .progress = "on_time",
                        .received_at = kMorning,
                        .finished = true,
                        .moves = {{3, "reopened", unit}, {4, "merged", unit}}});
    };
    add("so-a", "satisfied");
    add("so-a", "neutral");
    add("so-a", "neutral");
    add("so-b", "");
    ASSERT_TRUE(store_->keepReports("reports", 0, 10, rows, {}).ok());
    const domain::Rules rules;
    const auto ratings = must(reporting::numbers(*store_, rules, Statistic::kRatings, Grouping::kUnit, {}, kMorning));
    ASSERT_EQ(ratings.rows.size(), 1U);
    const reporting::Cells expected{std::string{"so-a"}, {},
                                    std::int64_t{3},     std::int64_t{1},
                                    std::int64_t{2},     std::int64_t{0},
                                    std::int64_t{33},    std::int64_t{67},
                                    std::int64_t{0}};
    EXPECT_EQ(ratings.rows[0], expected);
    const auto none =
        must(reporting::numbers(*store_, rules, Statistic::kRatings, Grouping::kNone, {.units = {"so-b"}}, kMorning));
    EXPECT_EQ(none.rows[0], reporting::Cells(7, std::int64_t{0}));
    rows[0].rating = "dissatisfied";
    rows[0].moves = {};
    ASSERT_TRUE(store_->keepReports("reports", 10, 11, {rows.data(), 1}, {}).ok());
    EXPECT_EQ(tally(store::Measure::kRating),
              (std::map<std::string, std::int64_t>{{"/dissatisfied", 1}, {"/neutral", 2}}));
    EXPECT_EQ(tally(store::Measure::kMoves), (std::map<std::string, std::int64_t>{{"/merged", 3}, {"/reopened", 3}}));
}

/// What is kept of somebody whose key was destroyed: the numbers, nothing to find them by.
TEST_P(Recount, WhoIsErasedStaysCountedOnly) {
    store::ReportRow row{.doc = 1,
                         .petition_id = "p1",
                         .status = "answered",
                         .identity = "private",
                         .progress = "on_time",
                         .sender = "keyed",
                         .received_at = kMorning,
                         .finished = true,
                         .words = {"den"}};
    ASSERT_TRUE(store_->keepReports("reports", 0, 1, {&row, 1}, {}).ok());
    EXPECT_EQ(must(store_->reportLines({.text = {{{"den"}}}}, {}, kMorning)).items.size(), 1U);
    const std::string gone = "p1";
    ASSERT_TRUE(store_->keepReports("reports", 1, 2, {}, {&gone, 1}).ok());
    EXPECT_EQ(must(store_->reportLines({.text = {{{"den"}}}}, {}, kMorning)).items.size(), 0U);
    EXPECT_EQ(must(store_->senders({}, {}, kMorning)).items.size(), 0U);
    EXPECT_EQ(tally(store::Measure::kStatus), (std::map<std::string, std::int64_t>{{"/answered", 1}}));
}

}  // namespace
}  // namespace pakn::test
