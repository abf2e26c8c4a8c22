#include <fstream>
#include <memory>

#include "core/reporting/search_text.hpp"
#include "tests/unit/reporting/support.hpp"

namespace pakn::test {
namespace {

class Search : public Reporting {
protected:
    Story& add(const std::string& id, const std::string& title, const std::string& content, Instant due) {
        Story& story = *stories_.emplace_back(std::make_unique<Story>(id));
        domain::Received data = received("code" + id, title);
        data.content = content;
        mustCommit(story.begins({data, routed(due)}));
        return story;
    }
    std::vector<std::string> found(std::string_view text, store::ReportFilter filter = {}, int limit = 50) {
        followAll();
        filter.text = reporting::parseSearch(text);
        std::vector<std::string> ids;
        store::Page page{.limit = limit};
        do {
            const auto lines = must(store_->foundPetitions(filter, page, kMorning));
            for (const store::Summary& one : lines.items) ids.push_back(one.id);
            page.after = lines.next;
        } while (!page.after.empty());
        return ids;
    }
    using Ids = std::vector<std::string>;
    std::vector<std::unique_ptr<Story>> stories_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Search, testing::ValuesIn(adapters()), adapterName);

TEST_P(Search, FindsWordsWithoutAccentsInAnyOrder) {
    add("p1", "Đèn đường hỏng", "Trước cổng trường", kMorning + 1h);
    add("p2", "Hố ga mất nắp", "Cạnh đường tàu", kMorning + 2h);
    EXPECT_EQ(found("duong"), (Ids{"p1", "p2"}));
    EXPECT_EQ(found("ĐƯỜNG den"), (Ids{"p1"}));
    EXPECT_EQ(found("d\u0111e\u0300n"), Ids{});
    EXPECT_EQ(found("\u0111e\u0300n"), (Ids{"p1"}));  // NFD
    EXPECT_EQ(found("codep2"), (Ids{"p2"}));
    EXPECT_EQ(found("duon"), Ids{});
}

TEST_P(Search, AQuotedPhraseStandsTogetherAndInOneField) {
    add("p1", "Đèn đường", "hỏng", kMorning + 1h);
    add("p2", "Đường đèn", "khác", kMorning + 2h);
    EXPECT_EQ(found("\"đèn đường\""), (Ids{"p1"}));
    EXPECT_EQ(found("\"đường hỏng\""), Ids{});
    EXPECT_EQ(found("đường hỏng"), (Ids{"p1"}));
}

TEST_P(Search, WhatIsSyntaxElsewhereIsText) {
    add("p1", "Đèn \" đường", "a OR b", kMorning + 1h);
    for (const std::string_view text : {"\"", "\"\"\"", "a* OR c", "NEAR(den duong)", "') OR 1=1 --", "den:*", "!den",
                                        "den & duong | x", "<->", "words : den", "{words} : den", "^den", "den AND"})
        EXPECT_NO_THROW(found(text)) << text;
    EXPECT_EQ(found("den -duong"), (Ids{"p1"}));
    EXPECT_EQ(found("???"), Ids{});
}

TEST_P(Search, OverdueFirstThenByDueThenFinishedAcrossPages) {
    add("p1", "đèn", "x", kMorning + 5h);
    Story& finished = add("p2", "đèn", "x", kMorning + 1h);
    add("p3", "đèn", "x", kMorning - 5h);
    Story& later = add("p4", "đèn", "x", kMorning + 1h);
    add("p5", "đèn", "x", kMorning + 2h);
    mustCommit(finished.happens({refusedByCentre()}));
    mustCommit(later.happens({refusedByCentre()}));
    for (const int limit : {1, 2, 3, 50})
        EXPECT_EQ(found("đèn", {}, limit), (Ids{"p3", "p5", "p1", "p2", "p4"})) << limit;
}

TEST_P(Search, FindsAnAnswerOnceItIsReleased) {
    Story& story = add("p1", "Đèn", "x", kMorning + 5h);
    domain::Approved approved;
    approved.text = "Đã thay bóng mới";
    mustCommit(story.happens({distributed("so-xay-dung", kMorning + 9h), approved}));
    EXPECT_EQ(found("thay bong"), Ids{});
    mustCommit(story.happens({domain::Released{}}));
    EXPECT_EQ(found("thay bong"), (Ids{"p1"}));
    EXPECT_EQ(found("den"), (Ids{"p1"}));
}

TEST_P(Search, AUnitFindsWhatItHoldsOrHeld) {
    Story& story = add("p1", "Đèn", "x", kMorning + 5h);
    add("p2", "Đèn", "x", kMorning + 6h);
    mustCommit(story.happens({distributed("so-xay-dung", kMorning + 9h)}));
    EXPECT_EQ(found("den", {.held_by = {"so-xay-dung"}}), (Ids{"p1"}));
    EXPECT_EQ(found("den", {.held_by = {"cong-an", "so-xay-dung"}}), (Ids{"p1"}));
    EXPECT_EQ(found("den", {.held_by = {"cong-an"}}), Ids{});
}

TEST_P(Search, FiltersHoldBesideWords) {
    Story& story = *stories_.emplace_back(std::make_unique<Story>("p1"));
    domain::Received data = received("code1", "Đèn");
    data.complained_unit = "cong-an";
    data.area = "19753";
    mustCommit(story.begins({data, routed(kMorning - 1h)}));
    add("p2", "Đèn", "x", kMorning + 99h);
    EXPECT_EQ(found("den", {.areas = {"19753"}}), (Ids{"p1"}));
    EXPECT_EQ(found("den", {.hide_complained_units = {"cong-an"}}), (Ids{"p2"}));
    EXPECT_EQ(found("den", {.progress = domain::Progress::kOverdue}), (Ids{"p1"}));
    EXPECT_EQ(found("den", {.channel = "zalo"}), Ids{});
    EXPECT_EQ(found("den", {.status = domain::Status::kReceived}), (Ids{"p1", "p2"}));
    store::ReportFilter filter{.areas = {"19753"}, .text = reporting::parseSearch("den")};
    const auto senders = must(store_->senders(filter, {}, kMorning)).items;
    ASSERT_EQ(senders.size(), 1U);
    EXPECT_EQ(senders[0].petitions, 1);
    EXPECT_EQ(tally(store::Measure::kStatus, store::Grouping::kNone, filter),
              (std::map<std::string, std::int64_t>{{"/received", 1}}));
}

TEST_P(Search, TasksAreFoundByWordsToo) {
    add("p1", "Đèn đường", "x", kMorning - 5h);
    add("p2", "Hố ga", "x", kMorning + 5h);
    followAll();
    store::TaskFilter filter{.queues = {{domain::Role::kDispatcher, ""}}, .now = kMorning};
    const auto ids = [&] {
        Ids list;
        for (const auto& one : must(store_->tasks(filter, {})).items) list.push_back(one.petition.id);
        return list;
    };
    EXPECT_EQ(ids(), (Ids{"p1", "p2"}));
    filter.text = reporting::parseSearch("duong");
    EXPECT_EQ(ids(), (Ids{"p1"}));
    filter.text = std::nullopt;
    filter.progress = domain::Progress::kDueSoon;
    EXPECT_EQ(ids(), (Ids{"p2"}));
    filter.category = "other";
    EXPECT_EQ(ids(), Ids{});
}

/// Whoever has the database alone reads no words in it.
TEST_P(Search, TheIndexHoldsNoText) {
    if (store_->shared()) GTEST_SKIP() << "looked for in the file of the embedded store";
    add("p1", "hoangyenketchuyen", "Chim hoàng yến kết chuyện", kMorning + 1h);
    EXPECT_EQ(found("hoangyenketchuyen"), (Ids{"p1"}));
    store_.reset();
    for (const auto& file : std::filesystem::recursive_directory_iterator{folder_.path()}) {
        if (!file.is_regular_file()) continue;
        std::ifstream stream{file.path(), std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
        EXPECT_EQ(bytes.find("hoangyen"), std::string::npos) << file.path();
        EXPECT_EQ(bytes.find("hoàng"), std::string::npos) << file.path();
    }
}

}  // namespace
}  // namespace pakn::test
