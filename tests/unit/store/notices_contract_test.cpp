/// @file
/// What officers are told here in the hub: whose it is, what of it is read, how it comes back from the journal.

#include <gmock/gmock.h>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using store::NoticeFilter;
using store::NoticeItem;
using testing::ElementsAre;
using testing::IsEmpty;

domain::Notified notified(domain::Role role, std::string unit, std::string account, std::string subject) {
    domain::Notified data;
    data.notice = "task";
    data.to_role = role;
    data.to_unit = std::move(unit);
    data.to_account = std::move(account);
    data.subject = std::move(subject);
    data.message = "Phản ánh đang chờ xử lý.";
    return data;
}

std::vector<std::string> subjectsOf(const store::Listing<NoticeItem>& listing) {
    std::vector<std::string> subjects;
    for (const NoticeItem& one : listing.items) subjects.push_back(one.told.subject);
    return subjects;
}

class Notices : public StoreContract {
protected:
    Notices() {
        using enum domain::Role;
        Story& one = stories_.emplace_back("p1");
        must(one.begins({received("060326001"), notified(kDispatcher, "", "", "triage")}, {}, kMorning));
        must(one.happens({notified(kOfficer, "so-a", "", "queue a")}, kMorning + 1h));
        must(one.happens({notified(kOfficer, "", "anna", "anna's")}, kMorning + 2h));
        Story& other = stories_.emplace_back("p2");
        domain::Received against = received("060326002");
        against.complained_unit = "so-a";
        must(other.begins({against, notified(kOfficer, "so-b", "", "queue b")}, {}, kMorning + 3h));
        must(other.happens({notified(kOfficer, "so-a", "", "against a")}, kMorning + 4h));
    }
    void must(store::Change change) {
        const Status done = commit(std::move(change));
        if (!done) throw std::runtime_error{done.error().message};
    }

    /// An officer of so-a.
    static NoticeFilter anna(bool unread = false) {
        return {.account = "anna",
                .queues = {{.role = domain::Role::kOfficer, .unit = "so-a"}},
                .hide_complained_units = {"so-a"},
                .unread = unread};
    }

    std::vector<Story> stories_;
};

TEST_P(Notices, EachReadsTheirOwnAndThoseOfTheirQueues) {
    const auto notices = test::must(store_->notices(anna(), {}));
    EXPECT_THAT(subjectsOf(notices), ElementsAre("anna's", "queue a")) << "nothing of what is said against so-a";
    EXPECT_EQ(notices.items[0].petition_id, "p1");
    EXPECT_EQ(notices.items[0].code, "060326001");
    EXPECT_EQ(notices.items[0].at, kMorning + 2h);
    EXPECT_EQ(notices.items[0].told.message, "Phản ánh đang chờ xử lý.");
    EXPECT_THAT(subjectsOf(test::must(store_->notices({.account = "bert"}, {}))), IsEmpty());
    const NoticeFilter centre{.account = "d", .queues = {{.role = domain::Role::kDispatcher, .unit = {}}}};
    EXPECT_THAT(subjectsOf(test::must(store_->notices(centre, {}))), ElementsAre("triage"));
}

TEST_P(Notices, PagesFollowEachOther) {
    NoticeFilter all = anna();
    all.hide_complained_units.clear();
    const auto first = test::must(store_->notices(all, {.after = {}, .limit = 2}));
    EXPECT_THAT(subjectsOf(first), ElementsAre("against a", "anna's"));
    const auto second = test::must(store_->notices(all, {.after = first.next, .limit = 2}));
    EXPECT_THAT(subjectsOf(second), ElementsAre("queue a"));
    EXPECT_EQ(second.next, "");
    EXPECT_EQ(codeOf(store_->notices(all, {.after = "zz"})), Errc::kInvalid);
}

TEST_P(Notices, ReadingIsEachReadersOwn) {
    const std::string id = test::must(store_->notices(anna(), {})).items[1].id;
    EXPECT_EQ(test::must(store_->countNotices(anna(true), 10)), 2);
    EXPECT_EQ(test::must(store_->countNotices(anna(true), 1)), 1) << "counted up to there";
    EXPECT_EQ(test::must(store_->markNotices(anna(true), {id, "nonsense"}, kMorning + 5h)), 1);
    EXPECT_EQ(test::must(store_->markNotices(anna(true), {id}, kMorning + 6h)), 0) << "read before";
    EXPECT_THAT(subjectsOf(test::must(store_->notices(anna(true), {}))), ElementsAre("anna's"));
    EXPECT_EQ(test::must(store_->notices(anna(), {})).items[1].read_at, kMorning + 5h);
    NoticeFilter colleague = anna(true);
    colleague.account = "bert";
    EXPECT_EQ(test::must(store_->countNotices(colleague, 10)), 1);
    EXPECT_EQ(test::must(store_->markNotices({.account = "carl"}, {id}, kMorning)), 0) << "nothing of others";
}

TEST_P(Notices, AllCanBeReadAtOnce) {
    NoticeFilter old = anna(true);
    old.since = kMorning + 2h;
    EXPECT_EQ(test::must(store_->countNotices(old, 10)), 1);
    EXPECT_EQ(test::must(store_->markNotices(anna(true), {}, kMorning + 5h)), 2);
    EXPECT_EQ(test::must(store_->countNotices(anna(true), 10)), 0);
}

TEST_P(Notices, TheyComeBackFromTheJournalAsTheyWere) {
    test::must(store_->markNotices(anna(true), {}, kMorning + 5h));
    reopen();
    const auto rebuilt = test::must(store_->rebuild(nullptr));
    EXPECT_TRUE(rebuilt.equal);
    const auto notices = test::must(store_->notices(anna(), {}));
    EXPECT_THAT(subjectsOf(notices), ElementsAre("anna's", "queue a"));
    EXPECT_TRUE(notices.items[0].read_at) << "who has read what is not forgotten";
}

TEST_P(Notices, TheirWordsAreSealed) {
    const std::string rows = test::must(store_->dumpProjections());
    EXPECT_NE(rows.find("[notices]"), std::string::npos);
    EXPECT_EQ(rows.find("queue a"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Every, Notices, testing::ValuesIn(adapters()), adapterName);

}  // namespace
}  // namespace pakn::test
