#include "core/reporting/workbook.hpp"

#include <gtest/gtest.h>

#include "tests/unit/store/temporary_folder.hpp"

namespace pakn::reporting {
namespace {

const WorkbookHead kHead{.title = "Thử", .columns = {{"a", {"Cột", "Column"}, CellKind::kText}}, .notes = {{"x", "y"}}};

MoreRows once(std::vector<Cells> rows) {
    return [rows = std::move(rows), done = false]() mutable -> Result<std::vector<Cells>> {
        return std::exchange(done, true) ? std::vector<Cells>{} : rows;
    };
}

TEST(Workbook, IsAZipAndLeavesNothingBehind) {
    const test::TemporaryFolder folder;
    const Result<Content> book = makeWorkbook(
        kHead, once({{std::string{"=1+1"}}, {std::int64_t{7}}, {Cell{}}, {std::string(100'000, 'x')}}), folder.path());
    ASSERT_TRUE(book.ok()) << book.error().message;
    EXPECT_EQ(book->bytes(1 << 20)->substr(0, 2), "PK");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Workbook, HasNoMoreRowsThanASheetHolds) {
    const test::TemporaryFolder folder;
    const std::vector<Cells> rows(4, Cells{std::int64_t{1}});
    const Result<Content> book = makeWorkbook(
        kHead, [&]() -> Result<std::vector<Cells>> { return rows; }, folder.path(), 9);
    ASSERT_FALSE(book.ok());
    EXPECT_EQ(book.error().problem, "statistics.too_many_rows");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Workbook, SaysWhatItsRowsSay) {
    const test::TemporaryFolder folder;
    const Result<Content> book = makeWorkbook(
        kHead, [&]() -> Result<std::vector<Cells>> { return Error{.code = Errc::kUnavailable, .message = "away"}; },
        folder.path());
    ASSERT_FALSE(book.ok());
    EXPECT_EQ(book.error().code, Errc::kUnavailable);
    EXPECT_EQ(makeWorkbook(kHead, once({}), folder.path() / "missing").error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace pakn::reporting
