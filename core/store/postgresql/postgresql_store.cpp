#include "core/store/postgresql/postgresql_store.hpp"

#include "core/store/correspondent_rows.hpp"
#include "core/store/postgresql/account_links.hpp"
#include "core/store/postgresql/accounts.hpp"
#include "core/store/postgresql/calls.hpp"
#include "core/store/postgresql/correspondents.hpp"
#include "core/store/postgresql/duties.hpp"
#include "core/store/postgresql/hub_tables.hpp"
#include "core/store/postgresql/kept_events.hpp"
#include "core/store/postgresql/knowledge.hpp"
#include "core/store/postgresql/lists.hpp"
#include "core/store/postgresql/notices.hpp"
#include "core/store/postgresql/outbox.hpp"
#include "core/store/postgresql/projections.hpp"
#include "core/store/postgresql/reports.hpp"
#include "core/store/postgresql/schema.hpp"
#include "core/store/postgresql/transaction.hpp"
#include "core/store/row_codec.hpp"
#include "core/store/search_words.hpp"

namespace pakn::store::postgresql {

using domain::Petition;
using security::Account;
using security::Secret;

namespace {

/// Up to 12 connections a hub. Readers never take what writers need.
constexpr std::size_t kReaders = 8;
constexpr std::size_t kWriters = 4;
/// What a reader may cost the server. Less than the silence after which the server is taken for dead.
constexpr std::chrono::seconds kReadLimit{15};

Address forReaders(Address address) {
    address.statement_limit = kReadLimit;
    return address;
}

class PostgresqlStore final : public Store {
public:
    PostgresqlStore(const Address& address, security::HubKey hub_key)
        : hub_key_{std::move(hub_key)},
          sealer_{hub_key_},
          writers_{address, kWriters},
          readers_{forReaders(address), kReaders} {}

    Result<std::unique_ptr<Transaction>> begin() override {
        auto connection = writers_.take();
        if (!connection) return std::move(connection).error();
        return std::unique_ptr<Transaction>{
            std::make_unique<PostgresqlTransaction>(std::move(*connection), writers_.address(), hub_key_, sealer_)};
    }
    [[nodiscard]] bool shared() const override { return true; }

    Result<std::optional<Petition>> petition(const std::string& id) override {
        return read([&](Connection& reader) -> std::optional<Petition> {
            const auto journal = readJournal(reader, hub_key_, id);
            return journal ? std::optional{fold(journal->events)} : std::nullopt;
        });
    }
    Result<std::optional<Petition>> petitionByCode(const std::string& code) override {
        return read([&](Connection& reader) -> std::optional<Petition> {
            const Rows rows = reader.query("SELECT id FROM petitions WHERE code = $1", code);
            if (rows.empty()) return std::nullopt;
            const auto journal = readJournal(reader, hub_key_, rows[0].text(0));
            return journal ? std::optional{fold(journal->events)} : std::nullopt;
        });
    }
    Result<std::vector<domain::Event>> history(const std::string& id) override {
        return read([&](Connection& reader) {
            auto journal = readJournal(reader, hub_key_, id);
            return journal ? std::move(journal->events) : std::vector<domain::Event>{};
        });
    }
    Result<std::optional<Person>> person(const std::string& id) override {
        return read([&](Connection& reader) { return readPerson(reader, hub_key_, id); });
    }
    Result<Listing<TaskItem>> tasks(const TaskFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return listTasks(reader, hub_key_, filter, page); });
    }
    Result<Listing<Summary>> petitions(const PetitionFilter& filter, const Page& page, Instant now) override {
        return read([&](Connection& reader) { return listPetitions(reader, hub_key_, filter, page, now); });
    }
    Result<Listing<DeliveryItem>> deliveries(const DeliveryFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return listDeliveries(reader, filter, page); });
    }
    Result<Listing<NoticeItem>> notices(const NoticeFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return listNotices(reader, hub_key_, filter, page); });
    }
    Result<std::int64_t> countNotices(const NoticeFilter& filter, int most) override {
        return read([&](Connection& reader) { return postgresql::countNotices(reader, filter, most); });
    }
    Result<std::int64_t> markNotices(const NoticeFilter& filter, const std::vector<std::string>& ids,
                                     Instant now) override {
        std::int64_t marked = 0;
        const Status done =
            change([&](Connection& writer) { marked = postgresql::markNotices(writer, filter, ids, now); });
        return done ? Result<std::int64_t>{marked} : Result<std::int64_t>{done.error()};
    }

    Result<Listing<Summary>> foundPetitions(const ReportFilter& filter, const Page& page, Instant now) override {
        return read([&](Connection& reader) { return listFound(reader, hub_key_, filter, page, now); });
    }

    Result<JournalSlice> journalAfter(std::int64_t position, int limit) override {
        return read([&](Connection& reader) { return postgresql::journalAfter(reader, horizon_, position, limit); });
    }
    Result<std::vector<FollowedPetition>> followed(std::span<const std::string> ids,
                                                   std::span<const std::string_view> kinds) override {
        return read([&](Connection& reader) { return postgresql::followed(reader, hub_key_, ids, kinds); });
    }
    Result<std::int64_t> followerPosition(const std::string& follower) override {
        return read([&](Connection& reader) { return postgresql::followerPosition(reader, follower); });
    }
    Result<FollowerState> followerState(const std::string& follower) override {
        return read([&](Connection& reader) { return postgresql::followerState(reader, follower); });
    }
    Status keepReports(const std::string& follower, std::int64_t from, std::int64_t to, std::span<const ReportRow> rows,
                       std::span<const std::string> gone) override {
        const auto tokens = tokensOf(hub_key_, rows);
        const auto kept = write([&](Connection& writer) {
            writer.query("BEGIN");
            const bool done = postgresql::keepReports(writer, hub_key_, follower, from, to, rows, tokens, gone);
            writer.query(done ? "COMMIT" : "ROLLBACK");
            return done;
        });
        if (!kept) return kept.error();
        return *kept ? Status{Done{}} : followerMoved(follower);
    }
    Status resetReports(const std::string& follower) override {
        return alone([&](Connection& writer) {
            writer.query("BEGIN");
            postgresql::resetReports(writer, follower);
            writer.query("COMMIT");
            return Done{};
        });
    }
    Result<std::vector<Tally>> tally(Measure measure, Grouping by, const ReportFilter& filter, Instant now) override {
        return snapshot(
            [&](Connection& reader) { return postgresql::tally(reader, hub_key_, measure, by, filter, now); });
    }
    Result<Listing<ReportRow>> reportLines(const ReportFilter& filter, const Page& page, Instant now) override {
        return snapshot(
            [&](Connection& reader) { return postgresql::reportLines(reader, hub_key_, filter, page, now); });
    }
    Result<Listing<ShownLine>> shown(const ShownFilter& filter, const Page& page) override {
        return snapshot([&](Connection& reader) { return postgresql::shown(reader, hub_key_, filter, page); });
    }
    Result<Listing<SenderLine>> senders(const ReportFilter& filter, const Page& page, Instant now) override {
        return snapshot([&](Connection& reader) { return postgresql::senders(reader, hub_key_, filter, page, now); });
    }

    Result<std::vector<DueTimer>> dueTimers(Instant now, int limit) override {
        return read([&](Connection& reader) { return findDueTimers(reader, now, limit); });
    }
    Result<std::vector<Merge>> sharable(int limit) override {
        return read([&](Connection& reader) { return findSharable(reader, limit); });
    }
    Result<std::vector<std::string>> mergedInto(const std::string& petition_id, int limit) override {
        return read([&](Connection& reader) { return findMergedInto(reader, petition_id, limit); });
    }
    Result<std::vector<std::string>> openPetitions(const std::string& after, int limit) override {
        return read([&](Connection& reader) { return findOpenPetitions(reader, after, limit); });
    }
    Result<std::vector<ClaimedDelivery>> claimDeliveries(const std::string& connector, const std::string& owner,
                                                         Instant now, Instant lease_until, int limit) override {
        return write([&](Connection& writer) { return claim(writer, connector, owner, now, lease_until, limit); });
    }
    Status renewDeliveries(const std::string& owner, std::span<const ClaimedDelivery> claims,
                           Instant lease_until) override {
        return change([&](Connection& writer) { renewClaims(writer, owner, claims, lease_until); });
    }
    Status returnDeliveries(const std::string& owner, std::span<const ClaimedDelivery> claims) override {
        return change([&](Connection& writer) { returnClaims(writer, owner, claims); });
    }
    Status endLeases() override { return Done{}; }
    Result<bool> holdLease(const std::string& name, const std::string& owner, Instant now, Instant until) override {
        return write([&](Connection& writer) { return postgresql::holdLease(writer, name, owner, now, until); });
    }
    Status releaseLease(const std::string& name, const std::string& owner) override {
        return change([&](Connection& writer) { postgresql::releaseLease(writer, name, owner); });
    }
    Result<Instant> clock() override { return read(serverClock); }

    Status keepRefused(const RefusedItem& item) override {
        return change([&](Connection& writer) { insertRefused(writer, hub_key_, item); });
    }
    Result<Listing<RefusedItem>> refused(const RefusedFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return listRefused(reader, hub_key_, filter, page); });
    }
    Status keepConfiguration(const KeptConfiguration& configuration, const std::string& actor,
                             const std::string& node) override {
        return change([&](Connection& writer) { insertConfiguration(writer, configuration, actor, node); });
    }
    Result<std::vector<KeptConfiguration>> configurations() override {
        return read([&](Connection& reader) { return allConfigurations(reader); });
    }
    Result<std::vector<Acceptance>> acceptances(int most) override {
        return read([&](Connection& reader) { return lastAcceptances(reader, most); });
    }

    Result<std::optional<std::string>> stateValue(const std::string& connector, const std::string& key) override {
        return read([&](Connection& reader) { return findState(reader, hub_key_, connector, key); });
    }
    Status putStateValue(const std::string& connector, const std::string& key, const std::string& value) override {
        return change([&](Connection& writer) { replaceState(writer, hub_key_, connector, key, value); });
    }
    Result<StateSize> stateSize(const std::string& connector, const std::string& except) override {
        return read([&](Connection& reader) { return measureState(reader, connector, except); });
    }

    Result<std::vector<KeptEvent>> keepEvent(const std::string& connector, const KeptEvent& event) override {
        return write([&](Connection& writer) {
            postgresql::keepEvent(writer, hub_key_, connector, event);
            return postgresql::keptEvents(writer, hub_key_, connector, event.conversation);
        });
    }
    Result<std::vector<KeptEvent>> keptEvents(const std::string& connector, const std::string& conversation) override {
        return read(
            [&](Connection& reader) { return postgresql::keptEvents(reader, hub_key_, connector, conversation); });
    }
    Status dropEvents(const std::string& connector, const std::string& conversation, std::int64_t sequence) override {
        return change(
            [&](Connection& writer) { postgresql::dropEvents(writer, hub_key_, connector, conversation, sequence); });
    }
    Result<std::vector<std::string>> quietConversations(const std::string& connector, Instant before,
                                                        int most) override {
        return read([&](Connection& reader) {
            return postgresql::quietConversations(reader, hub_key_, connector, before, most);
        });
    }

    Status putArticle(const Article& article) override {
        const auto put = write([&](Connection& writer) { return insertArticle(writer, article); });
        if (!put) return put.error();
        if (*put) return Done{};
        return Error{.code = Errc::kConflict, .message = "the article has another version by now"};
    }
    Result<std::optional<Article>> article(std::string_view id, int version) override {
        return read([&](Connection& reader) { return findArticle(reader, id, version); });
    }
    Result<std::vector<Article>> articleVersions(std::string_view id, int most) override {
        return read([&](Connection& reader) { return postgresql::articleVersions(reader, id, most); });
    }
    Result<Listing<Article>> articles(const ArticleFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return listArticles(reader, filter, page); });
    }
    Result<std::int64_t> countArticles() override { return read(postgresql::countArticles); }

    Result<Counts> counts() override { return read(countAll); }
    Result<Backlog> backlog(Instant now) override {
        return read([&](Connection& reader) { return countBacklog(reader, now); });
    }
    Status checkWritable() override { return change(beat); }
    Result<Rebuilt> rebuild(const std::function<void(std::int64_t, std::int64_t)>& progress) override {
        return alone([&](Connection& writer) {
            writer.query("BEGIN");
            const Rebuilt done = rebuildProjections(writer, hub_key_, progress);
            writer.query("COMMIT");
            return done;
        });
    }
    Result<std::string> dumpProjections() override { return alone(postgresql::dumpProjections); }

    using AccountStore::addAccount;
    Status addAccount(const Account& account, const security::AccountContact& contact) override {
        return change([&](Connection& writer) { insertAccount(writer, hub_key_, account, contact); });
    }
    Status setContact(std::string_view account_id, const security::AccountContact& contact) override {
        const auto found =
            write([&](Connection& writer) { return updateContact(writer, hub_key_, account_id, contact); });
        if (!found) return found.error();
        return *found ? Status{Done{}} : noAccount(account_id);
    }
    Result<security::AccountContact> contact(std::string_view account_id) override {
        return read([&](Connection& reader) { return findContact(reader, hub_key_, account_id); });
    }
    Status setLocked(std::string_view account_id, bool locked) override {
        const auto found = write([&](Connection& writer) { return updateLocked(writer, account_id, locked); });
        if (!found) return found.error();
        return *found ? Status{Done{}} : noAccount(account_id);
    }
    Status setPasswordHash(std::string_view account_id, std::string_view hash,
                           const std::optional<std::string>& known) override {
        const auto set = write([&](Connection& writer) { return updatePassword(writer, account_id, hash, known); });
        if (!set) return set.error();
        if (*set) return Done{};
        const auto account = accountById(account_id);
        if (!account) return account.error();
        if (!*account) return noAccount(account_id);
        return Error{.code = Errc::kConflict, .message = "the account has another password by now"};
    }
    Result<std::optional<Account>> accountById(std::string_view id) override {
        return read([&](Connection& reader) { return findAccountById(reader, id); });
    }
    Result<std::optional<Account>> accountByLogin(std::string_view login) override {
        return read([&](Connection& reader) { return findAccountByLogin(reader, login); });
    }
    Result<std::vector<Account>> accounts() override { return read(allAccounts); }
    Status addSecret(const Secret& secret) override {
        return change([&](Connection& writer) { insertSecret(writer, hub_key_, secret); });
    }
    Status addSession(const Secret& session, std::string_view password_hash) override {
        const auto added =
            write([&](Connection& writer) { return insertSession(writer, hub_key_, session, password_hash); });
        if (!added) return added.error();
        if (*added) return Done{};
        return Error{.code = Errc::kConflict, .message = "the account was locked or changed meanwhile"};
    }
    Result<std::optional<Secret>> secret(std::string_view hash) override {
        return read([&](Connection& reader) { return findSecret(reader, hub_key_, hash); });
    }
    Result<std::vector<Secret>> lastingSecrets() override {
        return read([&](Connection& reader) { return postgresql::lastingSecrets(reader, hub_key_); });
    }
    Result<std::optional<Secret>> takeSecret(std::string_view hash) override {
        return write([&](Connection& writer) { return removeSecret(writer, hub_key_, hash); });
    }
    Status dropExpiredSecrets(Instant now) override {
        return change([&](Connection& writer) { removeExpiredSecrets(writer, now); });
    }
    Status dropSecretsOf(std::string_view account_id) override {
        return change([&](Connection& writer) {
            removeSignIns(writer, account_id);
            if (const auto account = findAccountById(writer, account_id))
                writer.query("DELETE FROM devices WHERE owner_index = $1", ownerIndex(hub_key_, {}, account->login));
        });
    }

    Status setDuties(std::string_view account_id, const std::vector<domain::Role>& roles,
                     std::string_view unit) override {
        const auto found = write([&](Connection& writer) { return updateDuties(writer, account_id, roles, unit); });
        if (!found) return found.error();
        return *found ? Status{Done{}} : noAccount(account_id);
    }
    Status addLinkedAccount(const Account& account, const security::AccountLink& link) override {
        return change([&](Connection& writer) { insertLinkedAccount(writer, hub_key_, account, link); });
    }
    Status putLink(const security::AccountLink& link) override {
        const auto put = write([&](Connection& writer) { return replaceLink(writer, hub_key_, link); });
        if (!put) return put.error();
        return *put ? Status{Done{}} : noAccount(link.account);
    }
    Result<bool> removeLink(std::string_view issuer, std::string_view subject) override {
        return write([&](Connection& writer) { return deleteLink(writer, hub_key_, issuer, subject); });
    }
    Result<std::optional<security::AccountLink>> link(std::string_view issuer, std::string_view subject) override {
        return read([&](Connection& reader) { return findLink(reader, hub_key_, issuer, subject); });
    }
    Result<std::vector<security::AccountLink>> links() override {
        return read([&](Connection& reader) { return allLinks(reader, hub_key_); });
    }
    Result<std::vector<domain::Colleague>> stoodForBy(std::string_view account_id, Instant now) override {
        return read([&](Connection& reader) { return postgresql::stoodForBy(reader, account_id, now); });
    }
    security::Duties& duties() override { return duties_; }
    Calls& calls() override { return calls_; }
    Correspondents& correspondents() override { return correspondents_; }
    Result<std::int64_t> waitingAccounts() override { return read(countWaiting); }
    Result<std::int64_t> dropProviderSessions(const security::ProviderSession& whose) override {
        return write([&](Connection& writer) { return removeProviderSessions(writer, hub_key_, whose); });
    }

private:
    static Error noAccount(std::string_view id) {
        return {.code = Errc::kNotFound, .message = "there is no account " + std::string{id}};
    }

    template <class Work>
    auto read(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
        return readers_.run(std::move(work), true);
    }
    /// Several statements that see the same.
    template <class Work>
    auto snapshot(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
        return read([&](Connection& reader) {
            reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            auto result = work(reader);
            reader.query("COMMIT");
            return result;
        });
    }
    /// Durable when it returns a value: synchronous_commit is on, and each statement is a transaction of its own.
    template <class Work>
    auto write(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
        return writers_.run(std::move(work), false);
    }
    /// On a connection of its own, which goes afterwards and takes along what was not committed; as long as it takes.
    template <class Work>
    auto alone(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
        const Address address = unhurried(writers_.address());
        try {
            Connection connection{address};
            return work(connection);
        } catch (...) {
            return currentError(address.shown);
        }
    }
    /// The same as write() for work that yields nothing.
    template <class Work>
    Status change(Work work) {
        return write([&](Connection& writer) {
            work(writer);
            return Done{};
        });
    }

    const security::HubKey hub_key_;
    Sealer sealer_;
    Horizon horizon_;
    Pool writers_;
    Pool readers_;
    PostgresqlDuties duties_{writers_, readers_, hub_key_};
    PostgresqlCalls calls_{writers_, readers_, hub_key_};
    PostgresqlCorrespondents correspondents_{writers_, readers_, hub_key_};
};

}  // namespace

Result<std::unique_ptr<Store>> openPostgresqlStore(const std::string& url, const std::string& password,
                                                   const security::HubKey& hub_key, bool may_migrate) {
    auto address = parseAddress(url, password);
    if (!address) return std::move(address).error();
    if (auto ready = migrate(*address, may_migrate); !ready) return std::move(ready).error();
    return std::unique_ptr<Store>{std::make_unique<PostgresqlStore>(*address, hub_key)};
}

}  // namespace pakn::store::postgresql
