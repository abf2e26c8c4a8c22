/// @file
/// Statistics equal a naive recount over random journals. The recount reads the events themselves and shares no code
/// with what it checks.

#include <algorithm>
#include <random>

#include "core/reporting/statistics.hpp"
#include "tests/unit/reporting/support.hpp"

namespace pakn::test {
namespace {

using reporting::Statistic;
using store::Grouping;

constexpr unsigned kSeed = 20260306;
constexpr int kPetitions = 160;
/// Groups of a dimension, then columns.
using Numbers = std::map<std::string, std::map<std::string, std::int64_t>>;

/// What the recount remembers of a petition.
struct Plain {
    std::string channel = {}, category = {}, area = {}, complained = {}, status = "received", unit = {}, identity = {};
    std::int64_t received = 0;  ///< Epoch milliseconds, as all.
    std::optional<std::int64_t> due = {}, total = {}, finished = {};
    std::vector<std::pair<std::string, std::string>> moves = {};  ///< Unit, what.
};

struct Asked {
    std::optional<std::int64_t> from, to;
    std::vector<std::string> units;
    std::string channel, category, area, hide;
};

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }

class Recount : public Reporting {
protected:
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[std::uniform_int_distribution<std::size_t>{0, from.size() - 1}(random_)];
    }
    int number(int most) { return std::uniform_int_distribution{0, most}(random_); }

    const std::vector<std::string> units_{"so-a", "so-b", "xa-c", "xa-d"};
    const std::vector<std::string> channels_{"web", "zalo", "hotline1022"};
    const std::vector<std::string> categories_{"ha-tang", "moi-truong"};
    const std::vector<std::string> areas_{"19753", "19756", ""};
    // Months meet at 17:00 UTC of the last day: instants around that and far from it.
    Instant anyInstant() {
        constexpr Instant kFirstOfMarch{std::chrono::milliseconds{1772298000000}};
        return kFirstOfMarch + std::chrono::hours{24 * number(150) - 24 * 60} +
               std::chrono::milliseconds{number(2) == 0 ? number(3) - 1 : number(86'400'000)};
    }

    /// A random life; the recount writes down what happens beside it.
    void live(int index) {
        const std::string id = "petition-" + std::to_string(index);
        Story story{id};
        Plain plain{.channel = pick(channels_), .category = pick(categories_), .area = pick(areas_)};
        Instant at = anyInstant();
        plain.received = ms(at);
        domain::Received born = received("code-" + std::to_string(index));
        born.channel = plain.channel;
        born.category = plain.category;
        born.area = plain.area;
        born.anonymous = number(4) == 0;
        if (number(5) == 0) born.complained_unit = plain.complained = pick(units_);
        store::Person who = person();
        if (number(3) == 0) who.petitioner.phone = who.petitioner.citizen_id = "";
        who.consent.publish_identity = number(1) == 0;
        plain.identity = born.anonymous                 ? "anonymous"
                         : who.petitioner.phone.empty() ? "unidentified"
                         : who.consent.publish_identity ? "public"
                                                        : "private";
        const auto later = [&](int days) { return at + std::chrono::hours{1 + number(24 * days)}; };
        const Instant triage = later(3);
        const Instant total = later(30);
        store::Change birth = story.begins({born, routed(triage, total)}, {}, at);
        birth.birth = std::make_shared<const store::Birth>(store::Birth{.person = who, .body_hash = "body"});
        plain.due = ms(triage);
        plain.total = ms(total);
        mustCommit(std::move(birth));
        std::string holder;
        for (int steps = number(6); steps > 0 && !plain.finished; --steps) {
            at += std::chrono::hours{number(200)};
            switch (number(5)) {
                case 0: {
                    const Instant due = later(10);
                    plain.unit = holder = pick(units_);
                    mustCommit(story.happens({distributed(holder, due)}, at));
                    plain.status = "distributed";
                    plain.due = ms(due);
                    break;
                }
                case 1: {
                    if (holder.empty()) break;
                    domain::Returned back;
                    back.unit = holder;
                    back.late = number(1) == 0;
                    back.status = domain::Status::kReturned;
                    back.triage_due = later(2);
                    mustCommit(story.happens({back}, at));
                    plain.moves.emplace_back(holder, back.late ? "returned_late" : "returned");
                    plain.status = "returned";
                    plain.due = ms(*back.triage_due);
                    plain.unit = holder = "";
                    break;
                }
                case 2: {
                    if (holder.empty()) break;
                    domain::Unclaimed gone;
                    gone.status = domain::Status::kDistributed;
                    mustCommit(story.happens({gone}, at));
                    plain.moves.emplace_back(holder, "unclaimed");
                    plain.status = "distributed";
                    break;
                }
                case 3: {
                    if (holder.empty()) break;
                    domain::SentBack again;
                    again.status = domain::Status::kInProgress;
                    again.handle_due = later(5);
                    mustCommit(story.happens({again}, at));
                    plain.moves.emplace_back(holder, "sent_back");
                    plain.status = "in_progress";
                    plain.due = ms(*again.handle_due);
                    break;
                }
                case 4: {
                    domain::Released out;
                    out.status = domain::Status::kAnswered;
                    mustCommit(story.happens({out}, at));
                    plain.status = "answered";
                    plain.finished = ms(at);
                    break;
                }
                default:
                    mustCommit(story.happens({refusedByCentre()}, at));
                    plain.status = "refused";
                    plain.finished = ms(at);
            }
            // Now and then the follower is in the middle of a life.
            if (number(20) == 0) followAll(1 + number(30));
        }
        plain_.push_back(std::move(plain));
    }

    static bool isAsked(const Plain& one, const Asked& asked, const std::string& unit) {
        return (!asked.from || one.received >= *asked.from) && (!asked.to || one.received < *asked.to) &&
               (asked.units.empty() || std::count(asked.units.begin(), asked.units.end(), unit) > 0) &&
               (asked.channel.empty() || one.channel == asked.channel) &&
               (asked.category.empty() || one.category == asked.category) &&
               (asked.area.empty() || one.area == asked.area) && (asked.hide.empty() || one.complained != asked.hide);
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
    static std::string progressOf(const Plain& one, std::int64_t now) {
        if (one.finished) return *one.finished <= *one.total ? "on_time" : "late";
        if (*one.due <= now) return "overdue";
        return *one.due - now <= 86'400'000 ? "due_soon" : "not_due";
    }
    static std::int64_t share(std::int64_t part, std::int64_t all) {
        return all == 0 ? 0
                        : static_cast<std::int64_t>(100.0 * static_cast<double>(part) / static_cast<double>(all) + 0.5);
    }

    [[nodiscard]] Numbers recount(Statistic what, Grouping by, const Asked& asked, std::int64_t now) const {
        Numbers numbers;
        for (const Plain& one : plain_) {
            if (what == Statistic::kReturns) {
                for (const auto& [unit, move] : one.moves) {
                    if (!isAsked(one, asked, unit)) continue;
                    auto& row = numbers[groupOf(one, by, unit)];
                    ++row[move];
                    if (move == "returned_late") ++row["returned"];
                }
                continue;
            }
            if (!isAsked(one, asked, one.unit)) continue;
            auto& row = numbers[groupOf(one, by, one.unit)];
            ++row["total"];
            if (what == Statistic::kChannels) ++row[one.status];
            if (what == Statistic::kProgress) ++row[progressOf(one, now)];
            if (what == Statistic::kIdentity) ++row[one.identity];
        }
        for (auto& [group, row] : numbers) {
            if (what == Statistic::kProgress) {
                row["finished"] = row["on_time"] + row["late"];
                row["on_time_percent"] = share(row["on_time"], row["finished"]);
                row["late_percent"] = share(row["late"], row["finished"]);
            }
            if (what == Statistic::kIdentity) {
                row["identified"] = row["private"] + row["public"];
                row["not_identified"] = row["anonymous"] + row["unidentified"];
                row["not_public"] = row["total"] - row["public"];
            }
        }
        return numbers;
    }

    /// What the table says of the columns that the recount has; and that it has no rows besides.
    static void expectSame(const reporting::Table& table, Numbers expected, Grouping by, const std::string& about) {
        for (const reporting::Cells& row : table.rows) {
            const auto* id = by == Grouping::kNone ? nullptr : std::get_if<std::string>(row.data());
            auto& wanted = expected[id ? *id : ""];
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                const auto* shown = std::get_if<std::int64_t>(&row[i]);
                const std::string& column = table.columns[i].id;
                if (!shown || (table.columns[i].kind == reporting::CellKind::kPercent && !wanted.contains(column)))
                    continue;
                EXPECT_EQ(*shown, wanted[column]) << about << ": " << (id ? *id : "") << ' ' << column;
            }
            expected.erase(id ? *id : "");
        }
        EXPECT_TRUE(expected.empty()) << about << ": no row for " << (expected.empty() ? "" : expected.begin()->first);
    }

    std::mt19937 random_{kSeed};
    std::vector<Plain> plain_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Recount, testing::ValuesIn(adapters()), adapterName);

TEST_P(Recount, EveryStatisticUnderEveryFilter) {
    for (int i = 0; i < kPetitions; ++i) live(i);
    followAll(40);
    const domain::Rules rules;
    for (int round = 0; round < 150; ++round) {
        Asked asked;
        if (number(1) == 0) asked.from = ms(anyInstant());
        if (number(1) == 0) asked.to = ms(anyInstant());
        if (number(2) == 0) asked.units = {pick(units_), pick(units_)};
        if (number(3) == 0) asked.channel = pick(channels_);
        if (number(3) == 0) asked.category = pick(categories_);
        if (number(5) == 0) asked.area = areas_[0];
        if (number(3) == 0) asked.hide = pick(units_);
        store::ReportFilter filter{
            .units = asked.units,
            .category = asked.category,
            .channel = asked.channel,
            .areas = asked.area.empty() ? std::vector<std::string>{} : std::vector{asked.area},
            .hide_complained_units = asked.hide.empty() ? std::vector<std::string>{} : std::vector{asked.hide}};
        if (asked.from) filter.from = Instant{std::chrono::milliseconds{*asked.from}};
        if (asked.to) filter.to = Instant{std::chrono::milliseconds{*asked.to}};
        const Instant now = anyInstant();
        const auto what =
            pick(std::vector{Statistic::kChannels, Statistic::kIdentity, Statistic::kProgress, Statistic::kReturns});
        const auto by =
            what == Statistic::kChannels
                ? Grouping::kChannel
                : pick(std::vector{Grouping::kUnit, Grouping::kCategory, Grouping::kChannel, Grouping::kArea});
        const auto table = must(reporting::numbers(*store_, rules, what, by, filter, now));
        expectSame(
            table, recount(what, by, asked, ms(now)), by,
            "seed " + std::to_string(kSeed) + ", round " + std::to_string(round) + ", " + std::string{nameOf(what)});
        if (HasFailure()) return;
    }
}

/// AX-17, and what no journal of today brings: ratings, reopened and merged petitions.
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
