#pragma once
/// @file
/// A hub's parts for the engine's tests: a real store, embedded in a folder of its own unless told otherwise, a clock
/// set by hand.

#include "core/engine/committer.hpp"
#include "core/engine/hub.hpp"
#include "core/testing/temporary_folder.hpp"
#include "tests/unit/domain/sample_rules.hpp"

namespace pakn::engine::test {

/// Hands every transaction on, but lets a number of commits fail first.
class FaultyTransaction final : public store::Transaction {
public:
    FaultyTransaction(std::unique_ptr<store::Transaction> real, std::optional<Error> fault,
                      const std::set<std::string>& damaged)
        : real_{std::move(real)}, fault_{std::move(fault)}, damaged_{damaged} {}
    Result<std::unordered_map<std::string, store::InboxEntry>> findInbox(std::span<const std::string> keys) override {
        return real_->findInbox(keys);
    }
    Result<std::optional<domain::Petition>> load(const std::string& id) override {
        if (damaged_.contains(id)) return Error{.code = Errc::kInternal, .message = "damaged", .problem = {}};
        return real_->load(id);
    }
    Result<int> lastSerial(domain::Date day) override { return real_->lastSerial(day); }
    void setSerial(domain::Date day, int last) override { real_->setSerial(day, last); }
    void append(store::Change change) override { real_->append(std::move(change)); }
    Status flush() override { return real_->flush(); }
    Status commit() override {
        if (fault_) return *fault_;
        return real_->commit();
    }

private:
    std::unique_ptr<store::Transaction> real_;
    std::optional<Error> fault_;
    const std::set<std::string>& damaged_;
};

class FaultyStore final : public store::Store {
public:
    explicit FaultyStore(store::Store& real) : real_{real} {}

    std::set<std::string> damaged;     ///< Petitions that no command can load; set before anybody is at work.
    std::atomic<int> claims_asked{0};  ///< Calls of claimDeliveries() that have returned.

    /// The next `count` transactions fail at commit with this error.
    void failNext(int count, Error error) {
        const std::lock_guard lock{mutex_};
        failures_ = count;
        error_ = std::move(error);
    }

    Result<std::unique_ptr<store::Transaction>> begin() override {
        std::optional<Error> fault;
        {
            const std::lock_guard lock{mutex_};
            if (failures_ > 0) {
                --failures_;
                fault = error_;
            }
        }
        auto real = real_.begin();
        if (!real) return std::move(real).error();
        return std::unique_ptr<store::Transaction>{
            std::make_unique<FaultyTransaction>(std::move(*real), std::move(fault), damaged)};
    }

    [[nodiscard]] bool shared() const override { return real_.shared(); }
    security::Duties& duties() override { return real_.duties(); }
    store::Calls& calls() override { return real_.calls(); }
    store::Correspondents& correspondents() override { return real_.correspondents(); }
    Result<std::vector<domain::Colleague>> stoodForBy(std::string_view account, Instant now) override {
        return real_.stoodForBy(account, now);
    }

    using Text = std::string;
    Result<std::optional<domain::Petition>> petition(const Text& id) override { return real_.petition(id); }
    Result<std::optional<domain::Petition>> petitionByCode(const Text& c) override { return real_.petitionByCode(c); }
    Result<std::vector<domain::Event>> history(const Text& id) override { return real_.history(id); }
    Result<std::optional<store::Person>> person(const Text& id) override { return real_.person(id); }
    Result<store::Listing<store::TaskItem>> tasks(const store::TaskFilter& f, const store::Page& p) override {
        return real_.tasks(f, p);
    }
    Result<store::Listing<store::Summary>> petitions(const store::PetitionFilter& f, const store::Page& p,
                                                     Instant now) override {
        return real_.petitions(f, p, now);
    }
    Result<store::Listing<store::DeliveryItem>> deliveries(const store::DeliveryFilter& f,
                                                           const store::Page& p) override {
        return real_.deliveries(f, p);
    }
    Result<store::Listing<store::Summary>> foundPetitions(const store::ReportFilter& f, const store::Page& p,
                                                          Instant now) override {
        return real_.foundPetitions(f, p, now);
    }
    Result<store::JournalSlice> journalAfter(std::int64_t position, int limit) override {
        return real_.journalAfter(position, limit);
    }
    Result<std::vector<store::FollowedPetition>> followed(std::span<const Text> ids,
                                                          std::span<const std::string_view> kinds) override {
        return real_.followed(ids, kinds);
    }
    Result<std::int64_t> followerPosition(const Text& name) override { return real_.followerPosition(name); }
    Result<store::FollowerState> followerState(const Text& name) override { return real_.followerState(name); }
    Status keepReports(const Text& name, std::int64_t from, std::int64_t to, std::span<const store::ReportRow> rows,
                       std::span<const Text> gone) override {
        return real_.keepReports(name, from, to, rows, gone);
    }
    Status resetReports(const Text& name) override { return real_.resetReports(name); }
    Result<std::vector<store::Tally>> tally(store::Measure what, store::Grouping by, const store::ReportFilter& f,
                                            Instant now) override {
        return real_.tally(what, by, f, now);
    }
    Result<store::Listing<store::ShownLine>> shown(const store::ShownFilter& f, const store::Page& p) override {
        return real_.shown(f, p);
    }
    Result<store::Listing<store::ReportRow>> reportLines(const store::ReportFilter& f, const store::Page& p,
                                                         Instant now) override {
        return real_.reportLines(f, p, now);
    }
    Result<store::Listing<store::SenderLine>> senders(const store::ReportFilter& f, const store::Page& p,
                                                      Instant now) override {
        return real_.senders(f, p, now);
    }
    Result<store::Listing<store::NoticeItem>> notices(const store::NoticeFilter& f, const store::Page& p) override {
        return real_.notices(f, p);
    }
    Result<std::int64_t> countNotices(const store::NoticeFilter& f, int most) override {
        return real_.countNotices(f, most);
    }
    Result<std::int64_t> markNotices(const store::NoticeFilter& f, const std::vector<Text>& ids, Instant now) override {
        return real_.markNotices(f, ids, now);
    }
    Result<std::vector<store::DueTimer>> dueTimers(Instant now, int limit) override {
        return real_.dueTimers(now, limit);
    }
    Result<std::vector<store::Merge>> sharable(int limit) override { return real_.sharable(limit); }
    Result<std::vector<Text>> mergedInto(const Text& id, int limit) override { return real_.mergedInto(id, limit); }
    Result<std::vector<Text>> openPetitions(const Text& after, int limit) override {
        return real_.openPetitions(after, limit);
    }
    Result<std::vector<store::ClaimedDelivery>> claimDeliveries(const Text& connector, const Text& owner, Instant now,
                                                                Instant until, int limit) override {
        auto claimed = real_.claimDeliveries(connector, owner, now, until, limit);
        ++claims_asked;
        return claimed;
    }
    Status renewDeliveries(const Text& owner, std::span<const store::ClaimedDelivery> claims, Instant until) override {
        return real_.renewDeliveries(owner, claims, until);
    }
    Status returnDeliveries(const Text& owner, std::span<const store::ClaimedDelivery> claims) override {
        return real_.returnDeliveries(owner, claims);
    }
    Status endLeases() override { return real_.endLeases(); }
    Result<bool> holdLease(const Text& name, const Text& owner, Instant now, Instant until) override {
        ++leases_asked_;
        return real_.holdLease(name, owner, now, until);
    }
    Status releaseLease(const Text& name, const Text& owner) override { return real_.releaseLease(name, owner); }
    Result<Instant> clock() override {
        const std::lock_guard lock{mutex_};
        return clock_;
    }
    [[nodiscard]] int leasesAsked() const { return leases_asked_; }
    void setClock(Result<Instant> clock) {
        const std::lock_guard lock{mutex_};
        clock_ = std::move(clock);
    }
    Status keepRefused(const store::RefusedItem& item) override { return real_.keepRefused(item); }
    Result<store::Listing<store::RefusedItem>> refused(const store::RefusedFilter& filter,
                                                       const store::Page& page) override {
        return real_.refused(filter, page);
    }
    Status keepConfiguration(const store::KeptConfiguration& one, const Text& actor, const Text& node) override {
        return real_.keepConfiguration(one, actor, node);
    }
    Result<std::vector<store::Acceptance>> acceptances(int most) override { return real_.acceptances(most); }
    Result<std::vector<store::KeptConfiguration>> configurations() override { return real_.configurations(); }
    Result<std::optional<Text>> stateValue(const Text& c, const Text& k) override { return real_.stateValue(c, k); }
    Status putStateValue(const Text& c, const Text& k, const Text& v) override { return real_.putStateValue(c, k, v); }
    Result<store::StateSize> stateSize(const Text& c, const Text& k) override {
        ++sizes_asked_;
        return real_.stateSize(c, k);
    }
    [[nodiscard]] int sizesAsked() const { return sizes_asked_; }
    Result<std::vector<KeptEvent>> keepEvent(const Text& c, const KeptEvent& e) override {
        return real_.keepEvent(c, e);
    }
    Result<std::vector<KeptEvent>> keptEvents(const Text& c, const Text& k) override { return real_.keptEvents(c, k); }
    Status dropEvents(const Text& c, const Text& k, std::int64_t s) override { return real_.dropEvents(c, k, s); }
    Result<std::vector<Text>> quietConversations(const Text& c, Instant before, int most) override {
        return real_.quietConversations(c, before, most);
    }
    Status putArticle(const store::Article& article) override { return real_.putArticle(article); }
    Result<std::optional<store::Article>> article(std::string_view id, int version) override {
        return real_.article(id, version);
    }
    Result<std::vector<store::Article>> articleVersions(std::string_view id, int most) override {
        return real_.articleVersions(id, most);
    }
    Result<store::Listing<store::Article>> articles(const store::ArticleFilter& f, const store::Page& p) override {
        return real_.articles(f, p);
    }
    Result<std::int64_t> countArticles() override { return real_.countArticles(); }
    Result<store::Backlog> backlog(Instant now) override { return real_.backlog(now); }
    Result<store::Counts> counts() override { return real_.counts(); }
    Status checkWritable() override { return real_.checkWritable(); }
    Result<store::Rebuilt> rebuild(const std::function<void(std::int64_t, std::int64_t)>& progress) override {
        return real_.rebuild(progress);
    }
    Result<Text> dumpProjections() override { return real_.dumpProjections(); }
    using AccountStore::addAccount;
    Status addAccount(const security::Account& a, const security::AccountContact& contact) override {
        return real_.addAccount(a, contact);
    }
    Status setContact(std::string_view id, const security::AccountContact& c) override {
        return real_.setContact(id, c);
    }
    Result<security::AccountContact> contact(std::string_view id) override { return real_.contact(id); }
    Status setLocked(std::string_view id, bool locked) override { return real_.setLocked(id, locked); }
    Status setPasswordHash(std::string_view id, std::string_view hash, const std::optional<Text>& known) override {
        return real_.setPasswordHash(id, hash, known);
    }
    Result<std::optional<security::Account>> accountById(std::string_view id) override { return real_.accountById(id); }
    Result<std::optional<security::Account>> accountByLogin(std::string_view login) override {
        return real_.accountByLogin(login);
    }
    Result<std::vector<security::Account>> accounts() override { return real_.accounts(); }
    Status addSecret(const security::Secret& s) override { return real_.addSecret(s); }
    Status addSession(const security::Secret& s, std::string_view hash) override { return real_.addSession(s, hash); }
    Result<std::optional<security::Secret>> secret(std::string_view hash) override { return real_.secret(hash); }
    Result<std::vector<security::Secret>> lastingSecrets() override { return real_.lastingSecrets(); }
    Result<std::optional<security::Secret>> takeSecret(std::string_view hash) override {
        return real_.takeSecret(hash);
    }
    Status dropExpiredSecrets(Instant now) override { return real_.dropExpiredSecrets(now); }
    Status dropSecretsOf(std::string_view account_id) override { return real_.dropSecretsOf(account_id); }
    Status setDuties(std::string_view id, const std::vector<domain::Role>& roles, std::string_view unit) override {
        return real_.setDuties(id, roles, unit);
    }
    Status addLinkedAccount(const security::Account& a, const security::AccountLink& l) override {
        return real_.addLinkedAccount(a, l);
    }
    Status putLink(const security::AccountLink& l) override { return real_.putLink(l); }
    Result<bool> removeLink(std::string_view i, std::string_view s) override { return real_.removeLink(i, s); }
    Result<std::optional<security::AccountLink>> link(std::string_view i, std::string_view s) override {
        return real_.link(i, s);
    }
    Result<std::vector<security::AccountLink>> links() override { return real_.links(); }
    Result<std::int64_t> waitingAccounts() override { return real_.waitingAccounts(); }
    Result<std::int64_t> dropProviderSessions(const security::ProviderSession& whose) override {
        return real_.dropProviderSessions(whose);
    }

private:
    store::Store& real_;
    std::mutex mutex_;
    int failures_ = 0;
    std::atomic<int> leases_asked_{0};
    std::atomic<int> sizes_asked_{0};
    Error error_;
    Result<Instant> clock_ = Error{.code = Errc::kUnavailable, .message = "not set"};
};

/// A connector that does nothing; tests override what they need.
class IdleInstance : public plugin_host::Instance {
public:
    [[nodiscard]] const Descriptor& descriptor() const override { return descriptor_; }
    Status poll(Inbox&, std::stop_token) override { return Done{}; }
    Result<HttpResponse> handle(const HttpRequest&, Inbox&, std::stop_token) override { return HttpResponse{}; }
    Result<Receipt> send(const Delivery&, std::stop_token) override { return Receipt{}; }
    Result<Receipt> reconcile(const Delivery&, std::stop_token) override { return Receipt{}; }
    Result<LoginStart> begin(const LoginRequest&, std::stop_token) override { return LoginStart{}; }
    Result<Identity> finish(const LoginCallback&, std::stop_token) override { return Identity{}; }
    Result<std::string> logout(const LogoutRequest&, std::stop_token) override { return std::string{}; }

protected:
    Descriptor descriptor_;
};

struct Bench {
    /// Benches on one database need the same key.
    explicit Bench(const std::string& url = "sqlite:hub.db",
                   const security::HubKey& hub_key = security::HubKey{security::Key::random()}) {
        auto opened = store::openStore({.url = url, .base = folder.path(), .hub_key = hub_key, .exclusive = true});
        if (!opened) throw std::runtime_error{opened.error().message};
        real = std::shared_ptr<store::Store>{std::move(*opened)};
        faulty = std::make_shared<FaultyStore>(*real);
        auto files = store::openBlobs("directory:blobs", folder.path());
        if (!files) throw std::runtime_error{files.error().message};
        blobs = std::shared_ptr<store::Blobs>{std::move(*files)};
        auto compiled = std::make_shared<config::Configuration>();
        compiled->rules = std::make_shared<const domain::Rules>(domain::sample::rules());
        compiled->emergency_channels = {"hotline1022"};
        configuration = compiled;
    }

    [[nodiscard]] Committer::Parts committerParts() {
        return {.store = *faulty,
                .rules = [this] { return configuration->rules; },
                .now = [this] { return now.load(); },
                .committed = {},
                .store_state = {}};
    }
    [[nodiscard]] Hub::Parts hubParts() {
        return {.configuration = configuration,
                .store = faulty,
                .blobs = blobs,
                .plugins = nullptr,
                .now = [this] { return now.load(); },
                .log = [](LogLevel, std::string_view, std::string_view) {}};
    }
    [[nodiscard]] static IncomingPetition petition(std::string text = "Hố ga mất nắp") {
        return {.title = "Hố ga", .text = std::move(text), .category = "ha-tang"};
    }
    [[nodiscard]] Arrival arrival(const std::string& key, std::string text = "Hố ga mất nắp") {
        auto made = prepareOne(
            {.petition = petition(std::move(text)), .channel = "web", .caller = "web", .idempotency_key = key});
        if (!made) throw std::runtime_error{made.error().message};
        return std::move(*made);
    }
    Result<Arrival> prepareOne(IntakeRequest request);

    testing::TemporaryFolder folder;
    std::shared_ptr<store::Store> real;
    std::shared_ptr<FaultyStore> faulty;
    std::shared_ptr<store::Blobs> blobs;
    std::shared_ptr<const config::Configuration> configuration;
    std::atomic<Instant> now{domain::sample::at(2026, 3, 6, 8)};
};

}  // namespace pakn::engine::test

#include "core/engine/intake.hpp"

inline pakn::Result<pakn::engine::Arrival> pakn::engine::test::Bench::prepareOne(IntakeRequest request) {
    return prepare(std::move(request), *configuration, *blobs, now.load());
}
