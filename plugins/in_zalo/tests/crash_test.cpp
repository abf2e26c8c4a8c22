/// @file
/// The hub dies at every single write, before it and after it, and comes again: one petition, with its photo, and no
/// second confirmation.

#include "desk_fixture.hpp"

namespace pakn::in_zalo {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Counts writes; from a given one on nothing works any more, as for a process that is gone.
class Fate {
public:
    enum class Death : std::uint8_t { kBefore, kAfter };
    void dieAt(int write, Death how) {
        write_ = write;
        how_ = how;
        count_ = 0;
        dead_ = false;
    }
    void live() { dieAt(0, Death::kBefore); }
    [[nodiscard]] bool isDead() const { return dead_; }
    [[nodiscard]] int count() const { return count_; }

    template <class Work>
    std::invoke_result_t<Work> write(Work work) {
        const Error gone{.code = Errc::kUnavailable, .message = "the hub is dead"};
        if (dead_) return gone;
        const bool now = ++count_ == write_;
        if (now && how_ == Death::kBefore) {
            dead_ = true;
            return gone;
        }
        std::invoke_result_t<Work> done = work();
        if (!now) return done;
        dead_ = true;
        return gone;
    }

private:
    int write_ = 0;
    Death how_ = Death::kBefore;
    int count_ = 0;
    bool dead_ = false;
};

class MortalInbox final : public Inbox {
public:
    MortalInbox(Inbox& inner, Fate& fate) : inner_{inner}, fate_{fate} {}
    Result<Accepted> accept(IncomingPetition petition) override {
        return fate_.write([&] { return inner_.accept(std::move(petition)); });
    }
    Result<std::vector<KeptEvent>> keep(KeptEvent event) override {
        return fate_.write([&] { return inner_.keep(std::move(event)); });
    }
    Result<std::vector<KeptEvent>> kept(std::string_view conversation) override { return inner_.kept(conversation); }
    Status drop(std::string_view conversation, std::int64_t sequence) override {
        return fate_.write([&] { return inner_.drop(conversation, sequence); });
    }
    Result<std::vector<std::string>> quiet(Instant before, int most) override { return inner_.quiet(before, most); }
    Result<Accepted> update(Update update) override {
        return fate_.write([&] { return inner_.update(std::move(update)); });
    }
    Result<Accepted> refuse(Unacceptable item) override {
        return fate_.write([&] { return inner_.refuse(std::move(item)); });
    }

private:
    Inbox& inner_;
    Fate& fate_;
};

class MortalServices final : public HostServices {
public:
    MortalServices(testing::FakeHostServices& inner, Fate& fate) : inner_{inner}, state_{inner.kept, fate} {}
    void log(LogLevel level, std::string_view text) override { inner_.log(level, text); }
    [[nodiscard]] Instant now() const override { return inner_.now(); }
    HttpClient& http() override { return inner_.http(); }
    State& state() override { return state_; }
    void count(std::string_view counter, std::int64_t by) override { inner_.count(counter, by); }
    [[nodiscard]] std::string address() const override { return inner_.address(); }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override {
        return inner_.lease(name, hold);
    }
    Status release(std::string_view name) override { return inner_.release(name); }
    PublicRecords& records() override { return inner_.records(); }
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        return inner_.decode(kind, content);
    }
    Result<std::int64_t> endSessions(const ProviderLogout& over) override { return inner_.endSessions(over); }
    Citizens& citizens() override { return inner_.citizens(); }

private:
    class MortalState final : public State {
    public:
        MortalState(State& inner, Fate& fate) : inner_{inner}, fate_{fate} {}
        Result<std::optional<std::string>> get(std::string_view key) override { return inner_.get(key); }
        Status put(std::string_view key, std::string_view value) override {
            return fate_.write([&] { return inner_.put(key, value); });
        }

    private:
        State& inner_;
        Fate& fate_;
    };

    testing::FakeHostServices& inner_;
    MortalState state_;
};

constexpr const char* kPhoto = "https://f1.example-zdn.vn/a.jpg";

/// A whole conversation; what happened in it.
struct Outcome {
    std::vector<IncomingPetition> petitions;
    std::vector<Update> updates;
    int confirmations = 0;
    std::vector<std::string> left;
    int writes = 0;
    bool died = false;
};

/// With a death at that write (0: none), and another life behind it.
Outcome converse(int death, Fate::Death how, const std::vector<std::string>& words) {
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    FakeZalo zalo{services.peer};
    zalo.files[kPhoto] = {.body = kJpeg};
    Fate fate;
    MortalInbox mortal{inbox, fate};
    MortalServices mortal_services{services, fate};
    const Settings settings = settingsWith();
    auto connector = std::make_unique<Connector>(mortal_services, settings);
    Writer user;
    for (const std::string& word : words) {
        const std::string body = word == "photo" ? user.image(kPhoto, "Ổ gà trước số 12") : user.text(word);
        EXPECT_TRUE(connector->webhook.handle(signedRequest(body), mortal).ok());
    }
    // A pair of tokens that is lost between Zalo and the disk takes a person: that is Zalo's rule, not looked at here.
    EXPECT_TRUE(connector->tokens.token().ok());
    fate.dieAt(death, how);
    Outcome outcome;
    for (int life = 0; life < 2; ++life) {
        for (int i = 0; i < 6; ++i) static_cast<void>(connector->desk.poll(mortal, {}).ok());
        if (life == 0) outcome.writes = fate.count();
        outcome.died = outcome.died || fate.isDead();
        fate.live();
        connector = std::make_unique<Connector>(mortal_services, settings);
        services.clock.advance(std::chrono::seconds{31});
        inbox.clock.advance(std::chrono::seconds{31});
    }
    services.clock.advance(std::chrono::hours{2});
    inbox.clock.advance(std::chrono::hours{2});
    for (int i = 0; i < 3; ++i) static_cast<void>(connector->desk.poll(mortal, {}).ok());
    outcome.petitions = inbox.stored();
    outcome.updates = inbox.updates();
    outcome.confirmations = zalo.said("T1.");
    outcome.left = *inbox.quiet(services.now() + std::chrono::hours{1}, 100);
    return outcome;
}

TEST(Crashes, AtNoWriteMakeTwoPetitionsOrLoseOne) {
    const std::vector<std::string> words{"photo", "ngay cổng trường", "gửi"};
    const Outcome quiet = converse(0, Fate::Death::kBefore, words);
    ASSERT_THAT(quiet.petitions, SizeIs(1));
    ASSERT_EQ(quiet.confirmations, 1);
    ASSERT_GT(quiet.writes, 8);
    int lost_confirmations = 0;
    for (int death = 1; death <= quiet.writes; ++death)
        for (const Fate::Death how : {Fate::Death::kBefore, Fate::Death::kAfter}) {
            const Outcome outcome = converse(death, how, words);
            const std::string where =
                "write " + std::to_string(death) + (how == Fate::Death::kBefore ? ", before" : ", after");
            EXPECT_TRUE(outcome.died) << where;
            ASSERT_THAT(outcome.petitions, SizeIs(1)) << where;
            EXPECT_EQ(outcome.petitions[0].text, quiet.petitions[0].text) << where;
            EXPECT_EQ(outcome.petitions[0].external_id, quiet.petitions[0].external_id) << where;
            ASSERT_THAT(outcome.petitions[0].attachments, SizeIs(2)) << where;
            EXPECT_TRUE(*outcome.petitions[0].attachments[0].content.bytes(1U << 20U) == kJpeg) << where;
            EXPECT_LE(outcome.confirmations, 1) << where;
            EXPECT_THAT(outcome.left, IsEmpty()) << where;
            lost_confirmations += outcome.confirmations == 0 ? 1 : 0;
        }
    EXPECT_LE(lost_confirmations, 1) << "only a death between the mark of the confirmation and its sending";
}

TEST(Crashes, AtNoWriteMakeTwoAdditionsOrLoseOne) {
    const std::vector<std::string> words{"Đèn hỏng", "gửi", "bổ sung", "photo", "gửi"};
    const Outcome quiet = converse(0, Fate::Death::kBefore, words);
    ASSERT_THAT(quiet.petitions, SizeIs(1));
    ASSERT_THAT(quiet.updates, SizeIs(1));
    ASSERT_THAT(quiet.left, IsEmpty());
    for (int death = 1; death <= quiet.writes; ++death)
        for (const Fate::Death how : {Fate::Death::kBefore, Fate::Death::kAfter}) {
            const Outcome outcome = converse(death, how, words);
            const std::string where =
                "write " + std::to_string(death) + (how == Fate::Death::kBefore ? ", before" : ", after");
            EXPECT_THAT(outcome.petitions, SizeIs(1)) << where;
            ASSERT_THAT(outcome.updates, SizeIs(1)) << where;
            EXPECT_EQ(outcome.updates[0].text, quiet.updates[0].text) << where;
            EXPECT_THAT(outcome.left, IsEmpty()) << where;
        }
}

}  // namespace
}  // namespace pakn::in_zalo
