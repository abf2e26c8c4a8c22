/// @file
/// What everybody may see of a petition: nothing of one that is not public, whatever its state; how it goes on, without
/// a text that nobody has read, of one that is; all of it when its answer is out.

#include <gtest/gtest.h>

#include "core/domain/disclosure.hpp"
#include "tests/unit/domain/shipped.hpp"

namespace pakn::domain {
namespace {

using namespace sample;

/// Takes a petition from its receipt to its answer, and looks at it after each step.
template <class Look>
void walk(IncomingPetition petition, Look look) {
    Case one{sample::wholeRules()};
    ASSERT_TRUE(one.submit(std::move(petition)));
    look(one);
    const auto act = [&](std::string action, const Actor& actor, Act input = {}) {
        input.action = std::move(action);
        ASSERT_TRUE(one.act(input.action, actor, input)) << input.action;
        look(one);
    };
    act("accept", dispatcher());
    act("distribute", dispatcher(), {.units = {"so-xay-dung"}});
    act("start", officer());
    act("draft", officer(), {.result = "Đã lắp nắp mới."});
    act("submit", officer());
    act("approve", leader());
    act("release", dispatcher());
}

IncomingPetition told(bool is_public, bool anonymous = false) {
    return {.title = "Hố ga ở nhà ông A",
            .text = "Số điện thoại của tôi là 0912345678",
            .category = "khac",
            .is_public = is_public,
            .anonymous = anonymous,
            .location = {.address = "12 Nguyễn Huệ", .latitude = 16.46371, .longitude = 107.59091}};
}

TEST(Disclosure, NothingOfOneThatIsNotPublicWhateverItsState) {
    for (const IncomingPetition& petition : {told(false), told(true, true), told(false, true)})
        walk(petition, [](const Case& one) {
            EXPECT_EQ(shownToEverybody(one.petition), Shown::kNothing) << nameOf(one.petition.status);
            EXPECT_FALSE(viewUnderWay(one.petition, one.rules)) << nameOf(one.petition.status);
        });
}

TEST(Disclosure, OfOneUnderWayNoTextThatNobodyHasRead) {
    walk(told(true), [](const Case& one) {
        const auto view = viewUnderWay(one.petition, one.rules);
        ASSERT_TRUE(view);
        EXPECT_EQ(view->address, "");
        EXPECT_EQ(view->latitude, 16.464);
        EXPECT_EQ(view->longitude, 107.591);
        EXPECT_TRUE(view->attachments.empty());
        const bool answered = one.petition.released.has_value();
        EXPECT_EQ(view->title.empty(), !answered);
        EXPECT_EQ(view->content.empty(), !answered);
        EXPECT_EQ(view->answer.has_value(), answered);
        EXPECT_EQ(shownToEverybody(one.petition), answered ? Shown::kWhole : Shown::kUnderWay);
    });
}

}  // namespace
}  // namespace pakn::domain
