/// @file
/// The store's contract: the register of calls. What comes of a call in any order gives the same, and the petition that
/// came of it finds it, whichever was there first.

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "tests/unit/store/postgresql_server.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using store::PhoneCall;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPhone = "+84912345678";

PhoneCall told(std::string call_id, int minute = 0) {
    static int calls = 0;
    return {.id = "call-" + std::to_string(++calls),
            .connector = "tongdai",
            .call_id = std::move(call_id),
            .updated_at = kMorning + std::chrono::minutes{minute}};
}

PhoneCall started(std::string call_id, int minute = 0) {
    PhoneCall call = told(std::move(call_id), minute);
    call.caller = "0912345678";
    call.phone = kPhone;
    call.called = "1022";
    call.started_at = call.updated_at;
    return call;
}

PhoneCall answered(std::string call_id, int minute = 1) {
    PhoneCall call = told(std::move(call_id), minute);
    call.agent = "201";
    call.result = "answered";
    call.answered_at = call.updated_at;
    call.attributes = {{"recording_url", "https://tongdai.example/1.wav"}};
    return call;
}

PhoneCall ended(std::string call_id, int minute = 2) {
    PhoneCall call = told(std::move(call_id), minute);
    call.ended_at = call.updated_at;
    return call;
}

PhoneCall recorded(std::string call_id, std::string sha256 = std::string(64, 'a')) {
    PhoneCall call = told(std::move(call_id), 3);
    call.recording = domain::FileRef{.sha256 = std::move(sha256), .name = "x", .type = "audio/x-wav", .size = 44};
    return call;
}

std::vector<std::string> idsOf(const std::vector<PhoneCall>& calls) {
    std::vector<std::string> ids;
    for (const PhoneCall& one : calls) ids.push_back(one.call_id);
    return ids;
}

class CallsContract : public StoreContract {
protected:
    PhoneCall put(const PhoneCall& call) { return must(store_->calls().putCall(call)); }
    PhoneCall byId(const std::string& id) {
        const std::optional<PhoneCall> found = must(store_->calls().call(id));
        if (!found) throw std::runtime_error{"no such call"};
        return *found;
    }
    /// A petition that came of a call.
    void petition(const std::string& id, std::string call_id, const std::string& phone = kPhone,
                  Instant received_at = kMorning) {
        Story story{id};
        domain::Received data = received(id);
        data.received_at = received_at;
        store::Change change = story.begins({data, routed(kMorning + 24h)}, {}, received_at);
        store::Birth birth = *change.birth;
        birth.call_id = std::move(call_id);
        birth.person.petitioner.phone = phone;
        change.birth = std::make_shared<const store::Birth>(std::move(birth));
        mustCommit(std::move(change));
    }
};

TEST_P(CallsContract, WhatIsToldInAnyOrderGivesTheSame) {
    std::vector<PhoneCall> pieces{started("c"), answered("c"), ended("c"), recorded("c")};
    std::vector<int> order{0, 1, 2, 3};
    int n = 0;
    do {
        const std::string call_id = "c" + std::to_string(++n);
        std::string id;
        for (const int i : order) {
            PhoneCall piece = pieces[static_cast<std::size_t>(i)];
            piece.id += "-" + call_id;
            piece.call_id = call_id;
            const PhoneCall known = put(piece);
            if (id.empty()) id = piece.id;
            EXPECT_EQ(known.id, id) << "it keeps the id that it first had";
        }
        const PhoneCall call = byId(id);
        EXPECT_EQ(call.connector, "tongdai");
        EXPECT_EQ(call.caller, "0912345678");
        EXPECT_EQ(call.phone, kPhone);
        EXPECT_EQ(call.called, "1022");
        EXPECT_EQ(call.agent, "201");
        EXPECT_EQ(call.result, "answered");
        EXPECT_EQ(call.started_at, kMorning);
        EXPECT_EQ(call.answered_at, kMorning + 1min);
        EXPECT_EQ(call.ended_at, kMorning + 2min);
        EXPECT_EQ(call.attributes, (Attributes{{"recording_url", "https://tongdai.example/1.wav"}}));
        ASSERT_TRUE(call.recording);
        EXPECT_EQ(call.recording->sha256, std::string(64, 'a'));
        EXPECT_EQ(call.recording->type, "audio/x-wav");
        EXPECT_EQ(call.recording->size, 44);
        EXPECT_FALSE(call.has_petition);
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(n, 24);
}

TEST_P(CallsContract, TheSameAgainChangesNothing) {
    const PhoneCall first = put(started("c"));
    PhoneCall again = started("c", 0);
    again.updated_at += 1h;
    EXPECT_EQ(put(again).updated_at, first.updated_at);
    EXPECT_EQ(byId(first.id).updated_at, first.updated_at);
    EXPECT_EQ(must(store_->calls().calls({}, {})).items.size(), 1U);
}

TEST_P(CallsContract, WhatIsKnownIsNotTakenAway) {
    const std::string id = put(started("c")).id;
    put(answered("c"));
    PhoneCall worse = told("c", 5);
    worse.caller = "anonymous";
    worse.result = "abandoned";
    worse.started_at = kMorning + 1min;
    worse.answered_at = kMorning + 4min;
    put(worse);
    PhoneCall call = byId(id);
    EXPECT_EQ(call.caller, "0912345678") << "a number is not replaced by none";
    EXPECT_EQ(call.result, "answered");
    EXPECT_EQ(call.started_at, kMorning);
    EXPECT_EQ(call.answered_at, kMorning + 1min);
    put(ended("c", 9));
    put(ended("c", 7));
    EXPECT_EQ(byId(id).ended_at, kMorning + 9min) << "one leg ends before the call does";
    PhoneCall none = told("c", 9);
    none.no_recording = true;
    put(none);
    EXPECT_TRUE(byId(id).no_recording);
    put(recorded("c"));
    call = byId(id);
    EXPECT_TRUE(call.recording) << "it came after all";
    EXPECT_FALSE(call.no_recording);
    put(none);
    EXPECT_FALSE(byId(id).no_recording);
}

TEST_P(CallsContract, ConnectorsDoNotMeet) {
    put(started("c"));
    PhoneCall other = ended("c");
    other.connector = "khac";
    put(other);
    EXPECT_EQ(must(store_->calls().calls({}, {})).items.size(), 2U);
    EXPECT_FALSE(must(store_->calls().call("c"))) << "the call centre's id is not the hub's";
}

TEST_P(CallsContract, ListsAreFilteredAndComeInPagesTheNewestFirst) {
    for (int i = 0; i < 5; ++i) put(started("c" + std::to_string(i), i));
    put(answered("c3", 3));
    PhoneCall missed = ended("c1", 1);
    missed.result = "abandoned";
    put(missed);
    put(ended("unknown-beginning", 2));
    std::vector<std::string> all;
    store::Page page{.after = {}, .limit = 2};
    do {
        const store::Listing<PhoneCall> part = must(store_->calls().calls({}, page));
        EXPECT_LE(part.items.size(), 2U);
        for (const PhoneCall& one : part.items) all.push_back(one.call_id);
        page.after = part.next;
    } while (!page.after.empty());
    EXPECT_THAT(all, ElementsAre("c4", "c3", "unknown-beginning", "c2", "c1", "c0"));
    const auto of = [&](const store::CallFilter& filter) {
        return idsOf(must(store_->calls().calls(filter, {})).items);
    };
    EXPECT_THAT(of({.agent = "201"}), ElementsAre("c3"));
    EXPECT_THAT(of({.result = "abandoned"}), ElementsAre("c1"));
    EXPECT_THAT(of({.from = kMorning + 1min, .to = kMorning + 2min}), ElementsAre("c1"));
    EXPECT_THAT(of({.agent = "202"}), IsEmpty());
    EXPECT_EQ(codeOf(store_->calls().calls({}, {.after = "nonsense"})), Errc::kInvalid);
}

TEST_P(CallsContract, APetitionFindsItsCallWhicheverCameFirst) {
    petition("p1", "c1");  // Before anything is known of the call.
    const PhoneCall first = put(started("c1"));
    EXPECT_TRUE(first.has_petition);
    EXPECT_TRUE(byId(first.id).has_petition);
    EXPECT_THAT(idsOf(must(store_->calls().callsOf("p1"))), ElementsAre("c1"));

    const PhoneCall second = put(started("c2"));
    EXPECT_FALSE(second.has_petition);
    petition("p2", "c2");
    petition("p3", "c2");       // One call, two petitions.
    petition("p4", second.id);  // By the hub's own id.
    petition("p5", "");         // No call.
    petition("p6", "never-heard-of");
    EXPECT_TRUE(put(ended("c2")).has_petition);
    EXPECT_THAT(must(store_->calls().petitionsOf(second)), ElementsAre("p2", "p3", "p4"));
    EXPECT_THAT(idsOf(must(store_->calls().callsOf("p4"))), ElementsAre("c2"));
    EXPECT_THAT(must(store_->calls().callsOf("p5")), IsEmpty());
    EXPECT_THAT(must(store_->calls().callsOf("p6")), IsEmpty());
    must(store_->rebuild({}));
    reopen();
    EXPECT_THAT(must(store_->calls().petitionsOf(second)), ElementsAre("p2", "p3", "p4")) << "it is no projection";
}

TEST_P(CallsContract, CallsWithoutARecordingAreFoundTheOldestFirst) {
    put(ended("c3", 3));
    put(ended("c1", 1));
    put(ended("c2", 2));
    put(started("running"));
    put(ended("recorded"));
    put(recorded("recorded"));
    PhoneCall none = ended("none");
    none.no_recording = true;
    put(none);
    PhoneCall other = ended("others");
    other.connector = "khac";
    put(other);
    petition("p1", "c2");
    const auto of = [&](int minute, bool linked, int most) {
        return idsOf(
            must(store_->calls().unrecordedCalls("tongdai", kMorning + std::chrono::minutes{minute}, linked, most)));
    };
    EXPECT_THAT(of(0, false, 10), ElementsAre("c1", "c2", "c3"));
    EXPECT_THAT(of(2, false, 10), ElementsAre("c2", "c3"));
    EXPECT_THAT(of(0, false, 1), ElementsAre("c1"));
    EXPECT_THAT(of(0, true, 10), ElementsAre("c2"));
    EXPECT_THAT(of(4, false, 10), IsEmpty());
}

TEST_P(CallsContract, PetitionsAreFoundByTheNumberOpenOnesFirst) {
    Story over{"over"};
    mustCommit(over.begins({received("over"), routed(kMorning + 24h)}));
    mustCommit(over.happens({refusedByCentre()}, kMorning + 1h));
    petition("older", "", kPhone, kMorning - 2h);
    petition("newer", "", kPhone, kMorning - 1h);
    petition("others", "", "+84987654321");
    const auto of = [&](const char* phone, int most) { return must(store_->calls().petitionsOfPhone(phone, most)); };
    EXPECT_THAT(of(kPhone, 10), ElementsAre("newer", "older", "over"));
    EXPECT_THAT(of(kPhone, 1), ElementsAre("newer"));
    EXPECT_THAT(of("+84900000000", 10), IsEmpty());
    EXPECT_THAT(of("", 10), IsEmpty()) << "whoever gave no number is not found by none";
}

TEST_P(CallsContract, WhatSeveralHearOfACallAtTheSameTimeIsNotLost) {
    constexpr int kPieces = 8;
    std::vector<std::thread> threads;
    for (int i = 0; i < kPieces; ++i)
        threads.emplace_back([this, i] {
            PhoneCall piece;
            piece.id = "id-" + std::to_string(i);
            piece.connector = "tongdai";
            piece.call_id = "c";
            piece.updated_at = kMorning;
            piece.attributes = {{"a" + std::to_string(i), "x"}};
            EXPECT_TRUE(store_->calls().putCall(piece).ok());
        });
    for (std::thread& thread : threads) thread.join();
    const std::vector<PhoneCall> all = must(store_->calls().calls({}, {})).items;
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].attributes.size(), static_cast<std::size_t>(kPieces));
}

TEST_P(CallsContract, NobodyReadsInTheDatabaseWhoCalled) {
    PhoneCall call = started("c");
    call.attributes = {{"recording_url", "https://tongdai.example/canary"}};
    put(call);
    std::string bytes;
    if (GetParam().name == "postgresql") {
        RawPostgresql raw{postgresqlUrl(folder_.path())};
        bytes = raw.value("SELECT c::text || encode(sealed, 'escape') FROM calls c");
    } else {
        for (const char* name : {"hub.db", "hub.db-wal"}) {
            std::ifstream file{folder_.path() / name, std::ios::binary};
            bytes.append(std::istreambuf_iterator<char>{file}, {});
        }
    }
    EXPECT_NE(bytes.find("tongdai"), std::string::npos) << "this is where it lies";
    for (const char* canary : {"912345678", "canary", "recording_url"})
        EXPECT_EQ(bytes.find(canary), std::string::npos) << canary;
}

INSTANTIATE_TEST_SUITE_P(Adapters, CallsContract, testing::ValuesIn(adapters()), adapterName);

}  // namespace
}  // namespace pakn::test
