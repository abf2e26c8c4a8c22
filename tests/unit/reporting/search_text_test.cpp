#include "core/reporting/search_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pakn::reporting {
namespace {

using Phrases = std::vector<store::Phrase>;

TEST(SearchText, WordsWithoutAccentsAndCase) {
    EXPECT_EQ(parseSearch("Đèn ĐƯỜNG hỏng"), (Phrases{{"den"}, {"duong"}, {"hong"}}));
    EXPECT_EQ(parseSearch("ho\u0302\u0301 ga"), (Phrases{{"ho"}, {"ga"}}));  // NFD
}

TEST(SearchText, QuotedWordsStandTogether) {
    EXPECT_EQ(parseSearch("\"đèn đường\" hỏng"), (Phrases{{"den", "duong"}, {"hong"}}));
    EXPECT_EQ(parseSearch("“đèn đường”"), (Phrases{{"den", "duong"}}));
    EXPECT_EQ(parseSearch("hỏng \"đèn đường"), (Phrases{{"hong"}, {"den", "duong"}}));
}

TEST(SearchText, OperatorsOfSearchEnginesAreText) {
    EXPECT_EQ(parseSearch("a* OR NEAR(b, 2) -c ^d col:e"),
              (Phrases{{"a"}, {"or"}, {"near"}, {"b"}, {"2"}, {"c"}, {"d"}, {"col"}, {"e"}}));
    EXPECT_EQ(parseSearch("'; DROP TABLE petitions; --"), (Phrases{{"drop"}, {"table"}, {"petitions"}}));
}

TEST(SearchText, OfNoWordsNothing) {
    EXPECT_EQ(parseSearch("!?… \"\""), Phrases{});
    EXPECT_EQ(parseSearch(""), Phrases{});
}

TEST(SearchText, IsBounded) {
    EXPECT_TRUE(parseSearch(std::string(kLongestSearch, 'a')));
    EXPECT_FALSE(parseSearch(std::string(kLongestSearch + 1, 'a')));
    std::string words;
    for (std::size_t i = 0; i < kMostSearchWords; ++i) words += "a ";
    EXPECT_TRUE(parseSearch(words));
    EXPECT_FALSE(parseSearch(words + 'a'));
}

}  // namespace
}  // namespace pakn::reporting
