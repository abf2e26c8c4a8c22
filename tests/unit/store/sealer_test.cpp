#include "core/store/sealer.hpp"

#include <gtest/gtest.h>

#include "core/store/event_codec.hpp"
#include "tests/unit/store/samples.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using store::Change;
using store::SealedChange;
using store::Sealer;

class SealerTest : public testing::Test {
protected:
    static Change change(const std::string& id) {
        return Story{id}.begins({received("090326001", "Đèn hỏng"), queued("d1")});
    }

    /// Opens what was sealed, and compares it with what went in.
    void expectSealed(const Change& change, const SealedChange& sealed) const {
        const std::string& id = change.after.id;
        ASSERT_EQ(sealed.entries.size(), change.events.size());
        for (std::size_t i = 0; i < sealed.entries.size(); ++i) {
            const domain::Event& event = change.events[i];
            EXPECT_EQ(store::encodePayload(
                          store::openPayload(key_, id, event.version, event.kind(), sealed.entries[i].sealed)),
                      store::encodePayload(event.data));
            EXPECT_EQ(sealed.entries[i].leaf, store::leafHash(event, sealed.entries[i].commitment));
        }
        ASSERT_TRUE(sealed.person);
        EXPECT_EQ(store::openDataKey(hub_key_, id, sealed.person->wrapped_key).bytes(), key_.bytes());
        EXPECT_EQ(store::openPerson(key_, id, sealed.person->sealed).petitioner.phone,
                  change.birth->person.petitioner.phone);
        EXPECT_EQ(sealed.person->phone_index, hub_key_.blindIndex("phone", change.birth->person.petitioner.phone));
    }

    const security::HubKey hub_key_{security::Key::random()};
    const security::Key key_ = security::Key::random();
    Sealer sealer_{hub_key_};
};

TEST_F(SealerTest, SealsOnItsOwnThreadOrOnTheAskers) {
    const Change one = change("p1");
    const Change other = change("p2");
    Sealer::Pending started = sealer_.start({.events = one.events, .birth = one.birth, .data_key = key_});
    Sealer::Pending put = sealer_.put({.events = other.events, .birth = other.birth, .data_key = key_});
    expectSealed(one, started.get());
    expectSealed(other, put.get());
    EXPECT_EQ(&started.get(), &started.get()) << "sealed once";
}

TEST_F(SealerTest, SealsThousandsWhileSomebodyAsksForThem) {
    std::vector<Change> changes;
    for (int i = 0; i < 2000; ++i) changes.push_back(change("p" + std::to_string(i)));
    std::vector<Sealer::Pending> pending;
    for (const Change& one : changes)
        pending.push_back(sealer_.start({.events = one.events, .birth = one.birth, .data_key = key_}));
    for (std::size_t i = 0; i < changes.size(); ++i) expectSealed(changes[i], pending[i].get());
}

TEST_F(SealerTest, LooksAtNothingOfAChangeThatWasDropped) {
    for (int i = 0; i < 2000; ++i) {
        auto dropped = std::make_unique<Change>(change("p"));
        const Sealer::Pending pending =
            sealer_.start({.events = dropped->events, .birth = dropped->birth, .data_key = key_});
    }  // The events go here: the address sanitiser would tell.
    const Change last = change("p");
    expectSealed(last, sealer_.start({.events = last.events, .birth = last.birth, .data_key = key_}).get());
}

TEST_F(SealerTest, StopsWithWorkLeft) {
    const Change one = change("p1");
    auto sealer = std::make_unique<Sealer>(hub_key_);
    std::vector<Sealer::Pending> pending;
    for (int i = 0; i < 100; ++i)
        pending.push_back(sealer->start({.events = one.events, .birth = one.birth, .data_key = key_}));
    sealer.reset();
    for (Sealer::Pending& each : pending) expectSealed(one, each.get());
}

}  // namespace
}  // namespace pakn::test
