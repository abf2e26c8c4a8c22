/// @file
/// The store's contract: the knowledge base (GL-10).

#include <gmock/gmock.h>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using store::Article;
using testing::ElementsAre;
using testing::IsEmpty;

domain::Date day(const char* text) { return domain::parseDate(text).value(); }

Article article(std::string id, std::string title, std::string text, int version = 1, int minute = 0) {
    return {.id = std::move(id),
            .version = version,
            .title = std::move(title),
            .text = std::move(text),
            .at = kMorning + std::chrono::minutes{minute},
            .by = "account-1"};
}

std::vector<std::string> idsOf(const store::Listing<Article>& listing) {
    std::vector<std::string> ids;
    for (const Article& one : listing.items) ids.push_back(one.id);
    return ids;
}

class KnowledgeContract : public StoreContract {
protected:
    std::vector<std::string> found(std::optional<std::vector<store::Phrase>> text) {
        return idsOf(must(store_->articles({.text = std::move(text)}, {})));
    }
};

TEST_P(KnowledgeContract, GL_10_EachEditIsAVersionBehindTheLastOne) {
    Article one = article("cap-cccd", "Cấp căn cước", "Mang theo giấy khai sinh.");
    one.category = "ho-so-dvc";
    one.unit = "cong-an";
    one.valid_from = day("2026-01-01");
    one.valid_to = day("2026-12-31");
    ASSERT_TRUE(store_->putArticle(one).ok());
    EXPECT_EQ(store_->putArticle(one).error().code, Errc::kConflict) << "there is a first version";
    Article next = article("cap-cccd", "Cấp căn cước", "Không cần giấy khai sinh.", 3, 5);
    EXPECT_EQ(store_->putArticle(next).error().code, Errc::kConflict) << "there is no second version yet";
    next.version = 2;
    ASSERT_TRUE(store_->putArticle(next).ok());
    EXPECT_EQ(store_->putArticle(next).error().code, Errc::kConflict) << "somebody was faster";
    EXPECT_EQ(store_->putArticle(article("khac", "Khác", "Khác", 2)).error().code, Errc::kConflict);
    reopen();

    EXPECT_EQ(must(store_->article("cap-cccd", 0))->text, "Không cần giấy khai sinh.");
    const std::optional<Article> first = must(store_->article("cap-cccd", 1));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->saysTheSameAs(one));
    EXPECT_EQ(first->at, kMorning);
    EXPECT_EQ(first->by, "account-1");
    EXPECT_FALSE(must(store_->article("cap-cccd", 3)));
    EXPECT_FALSE(must(store_->article("khac", 0)));
    const std::vector<Article> versions = must(store_->articleVersions("cap-cccd", 10));
    ASSERT_EQ(versions.size(), 2U);
    EXPECT_EQ(versions[0].version, 2);
    EXPECT_EQ(must(store_->articleVersions("cap-cccd", 1)).size(), 1U);
    EXPECT_EQ(must(store_->countArticles()), 1);
}

TEST_P(KnowledgeContract, GL_10_WordsAreFoundWithoutAccentsInTheLastVersionAlone) {
    ASSERT_TRUE(store_->putArticle(article("a", "Lịch cắt điện", "Khu phố 3 mất điện tối nay.")).ok());
    ASSERT_TRUE(store_->putArticle(article("b", "Đăng ký khai sinh", "Nộp tại UBND xã.", 1, 1)).ok());
    EXPECT_THAT(found({{{"cat", "dien"}}}), ElementsAre("a")) << "they stand together in the title";
    EXPECT_THAT(found({{{"dien", "toi"}}}), ElementsAre("a"));
    EXPECT_THAT(found({{{"dien", "khu"}}}), IsEmpty()) << "no phrase goes from the title into the text";
    EXPECT_THAT(found({{{"dien"}, {"nop"}}}), IsEmpty()) << "all of them";
    EXPECT_THAT(found({{{"die"}}}), IsEmpty()) << "whole words";
    EXPECT_THAT(found(std::vector<store::Phrase>{}), IsEmpty());
    EXPECT_THAT(found(std::nullopt), ElementsAre("b", "a")) << "what was written last comes first";
    ASSERT_TRUE(store_->putArticle(article("a", "Lịch cấp nước", "Đủ nước.", 2, 2)).ok());
    EXPECT_THAT(found({{{"dien"}}}), IsEmpty()) << "an older version says nothing any more";
    EXPECT_THAT(found({{{"nuoc"}}}), ElementsAre("a"));
}

TEST_P(KnowledgeContract, GL_10_ArticlesAreListedByDayCategoryAndUnit) {
    Article soon = article("soon", "Sắp tới", "x");
    soon.valid_from = day("2026-03-10");
    Article over = article("over", "Đã hết", "x", 1, 1);
    over.valid_to = day("2026-03-09");
    over.category = "ha-tang";
    Article always = article("always", "Luôn luôn", "x", 1, 2);
    always.unit = "so-xay-dung";
    for (const Article& one : {soon, over, always}) ASSERT_TRUE(store_->putArticle(one).ok());
    const auto on = [&](const char* when) { return idsOf(must(store_->articles({.on = day(when)}, {}))); };
    EXPECT_THAT(on("2026-03-09"), ElementsAre("always", "over"));
    EXPECT_THAT(on("2026-03-10"), ElementsAre("always", "soon"));
    EXPECT_THAT(idsOf(must(store_->articles({.category = "ha-tang"}, {}))), ElementsAre("over"));
    EXPECT_THAT(idsOf(must(store_->articles({.unit = "so-xay-dung"}, {}))), ElementsAre("always"));
}

TEST_P(KnowledgeContract, GL_10_ListsComeInPages) {
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(store_->putArticle(article("a" + std::to_string(i), "Bài", "x", 1, i / 2)).ok());
    std::vector<std::string> all;
    store::Page page{.after = {}, .limit = 2};
    do {
        const store::Listing<Article> part = must(store_->articles({}, page));
        for (const Article& one : part.items) all.push_back(one.id);
        page.after = part.next;
    } while (!page.after.empty());
    EXPECT_THAT(all, ElementsAre("a4", "a2", "a3", "a0", "a1"));
    EXPECT_EQ(codeOf(store_->articles({}, {.after = "nonsense"})), Errc::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Adapters, KnowledgeContract, testing::ValuesIn(adapters()), adapterName);

}  // namespace
}  // namespace pakn::test
