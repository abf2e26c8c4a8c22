#include "core/store/sqlite/sqlite_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/store/correspondent_rows.hpp"
#include "core/store/event_codec.hpp"
#include "core/store/search_words.hpp"
#include "core/store/sqlite/account_links.hpp"
#include "core/store/sqlite/accounts.hpp"
#include "core/store/sqlite/calls.hpp"
#include "core/store/sqlite/checkpointer.hpp"
#include "core/store/sqlite/correspondents.hpp"
#include "core/store/sqlite/duties.hpp"
#include "core/store/sqlite/hub_tables.hpp"
#include "core/store/sqlite/journal.hpp"
#include "core/store/sqlite/kept_events.hpp"
#include "core/store/sqlite/knowledge.hpp"
#include "core/store/sqlite/lists.hpp"
#include "core/store/sqlite/lock_file.hpp"
#include "core/store/sqlite/notices.hpp"
#include "core/store/sqlite/outbox.hpp"
#include "core/store/sqlite/pool.hpp"
#include "core/store/sqlite/projections.hpp"
#include "core/store/sqlite/reports.hpp"
#include "core/store/sqlite/schema.hpp"
#include "core/store/sqlite/transaction.hpp"

namespace pakn::store::sqlite {

using domain::Petition;
using security::Account;
using security::Secret;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReaders = 4;

class SqliteStore final : public Store {
public:
    SqliteStore(const fs::path& file, LockFile lock, std::unique_ptr<Connection> writer, security::HubKey hub_key)
        : lock_{std::move(lock)},
          hub_key_{std::move(hub_key)},
          sealer_{hub_key_},
          writer_{file, std::move(writer), [this](int pages) { checkpointer_.walGrew(pages); }},
          checkpointer_{file, writer_},
          readers_{file, kReaders} {}

    Result<std::unique_ptr<Transaction>> begin() override {
        auto turn = writer_.begin();
        if (!turn) return std::move(turn).error();
        return std::unique_ptr<Transaction>{std::make_unique<SqliteTransaction>(std::move(*turn), hub_key_, sealer_)};
    }

    [[nodiscard]] bool shared() const override { return false; }

    Result<std::optional<Petition>> petition(const std::string& id) override {
        return read([&](Connection& reader) { return readPetition(reader, hub_key_, id); });
    }
    Result<std::optional<Petition>> petitionByCode(const std::string& code) override {
        return read([&](Connection& reader) -> std::optional<Petition> {
            std::string id;
            {
                Statement row = reader.statement("SELECT id FROM petitions WHERE code = ?");
                if (!row.query(code).step()) return std::nullopt;
                id = row.text(0);
            }
            return readPetition(reader, hub_key_, id);
        });
    }
    Result<std::vector<domain::Event>> history(const std::string& id) override {
        return read([&](Connection& reader) {
            const auto key = dataKey(reader, hub_key_, id);
            return key ? readEvents(reader, *key, id) : std::vector<domain::Event>{};
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
        return read([&](Connection& reader) { return sqlite::countNotices(reader, filter, most); });
    }
    Result<std::int64_t> markNotices(const NoticeFilter& filter, const std::vector<std::string>& ids,
                                     Instant now) override {
        std::int64_t marked = 0;
        const Status done = change([&](Connection& writer) { marked = sqlite::markNotices(writer, filter, ids, now); });
        return done ? Result<std::int64_t>{marked} : Result<std::int64_t>{done.error()};
    }

    Result<Listing<Summary>> foundPetitions(const ReportFilter& filter, const Page& page, Instant now) override {
        return read([&](Connection& reader) { return listFound(reader, hub_key_, filter, page, now); });
    }

    Result<JournalSlice> journalAfter(std::int64_t position, int limit) override {
        return read([&](Connection& reader) { return sqlite::journalAfter(reader, position, limit); });
    }
    Result<std::vector<FollowedPetition>> followed(std::span<const std::string> ids,
                                                   std::span<const std::string_view> kinds) override {
        return read([&](Connection& reader) { return sqlite::followed(reader, hub_key_, ids, kinds); });
    }
    Result<std::int64_t> followerPosition(const std::string& follower) override {
        return read([&](Connection& reader) { return sqlite::followerPosition(reader, follower); });
    }
    Result<FollowerState> followerState(const std::string& follower) override {
        return read([&](Connection& reader) { return sqlite::followerState(reader, follower); });
    }
    Status keepReports(const std::string& follower, std::int64_t from, std::int64_t to, std::span<const ReportRow> rows,
                       std::span<const std::string> gone) override {
        const auto tokens = tokensOf(hub_key_, rows);  // Not while everybody waits for the writer.
        auto turn = writer_.begin();
        if (!turn) return std::move(turn).error();
        try {
            if (!sqlite::keepReports(turn->connection(), hub_key_, follower, from, to, rows, tokens, gone))
                return followerMoved(follower);
            turn->commit();
            return Done{};
        } catch (...) {
            return turn->connection().currentError();
        }
    }
    Status resetReports(const std::string& follower) override {
        return change([&](Connection& writer) { sqlite::resetReports(writer, follower); });
    }
    Result<std::vector<Tally>> tally(Measure measure, Grouping by, const ReportFilter& filter, Instant now) override {
        return read([&](Connection& reader) { return sqlite::tally(reader, hub_key_, measure, by, filter, now); });
    }
    Result<Listing<ReportRow>> reportLines(const ReportFilter& filter, const Page& page, Instant now) override {
        return read([&](Connection& reader) { return sqlite::reportLines(reader, hub_key_, filter, page, now); });
    }
    Result<Listing<ShownLine>> shown(const ShownFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return sqlite::shown(reader, hub_key_, filter, page); });
    }
    Result<Listing<SenderLine>> senders(const ReportFilter& filter, const Page& page, Instant now) override {
        return read([&](Connection& reader) { return sqlite::senders(reader, hub_key_, filter, page, now); });
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
        const auto any = read([&](Connection& reader) { return anythingToClaim(reader, connector, now); });
        if (!any) return any.error();
        if (!*any) return std::vector<ClaimedDelivery>{};
        return write([&](Connection& writer) { return claim(writer, connector, owner, now, lease_until, limit); });
    }
    Status renewDeliveries(const std::string& owner, std::span<const ClaimedDelivery> claims,
                           Instant lease_until) override {
        return change([&](Connection& writer) { renewClaims(writer, owner, claims, lease_until); });
    }
    Status returnDeliveries(const std::string& owner, std::span<const ClaimedDelivery> claims) override {
        return change([&](Connection& writer) { returnClaims(writer, owner, claims); });
    }
    Status endLeases() override { return change(endAllLeases); }
    Result<bool> holdLease(const std::string& name, const std::string& owner, Instant now, Instant until) override {
        return write([&](Connection& writer) { return sqlite::holdLease(writer, name, owner, now, until); });
    }
    Status releaseLease(const std::string& name, const std::string& owner) override {
        return change([&](Connection& writer) { sqlite::releaseLease(writer, name, owner); });
    }
    Result<Instant> clock() override {
        return read([](Connection& reader) {
            return instant(reader.number("SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"));
        });
    }

    Status keepRefused(const RefusedItem& item) override {
        return change([&](Connection& writer) { insertRefused(writer.session(), hub_key_, item); });
    }
    Result<Listing<RefusedItem>> refused(const RefusedFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return listRefused(reader, hub_key_, filter, page); });
    }
    Status keepConfiguration(const KeptConfiguration& configuration, const std::string& actor,
                             const std::string& node) override {
        const auto last = read([&](Connection& reader) { return lastAccepted(reader, node); });
        if (!last) return last.error();
        if (*last == configuration.hash) return Done{};
        return change([&](Connection& writer) { insertConfiguration(writer, configuration, actor, node); });
    }
    Result<std::vector<KeptConfiguration>> configurations() override {
        return read([&](Connection& reader) { return allConfigurations(reader); });
    }
    Result<std::vector<Acceptance>> acceptances(int most) override {
        return read([&](Connection& reader) { return lastAcceptances(reader, most); });
    }

    Result<std::optional<std::string>> stateValue(const std::string& connector, const std::string& key) override {
        return read([&](Connection& reader) { return findState(reader.session(), hub_key_, connector, key); });
    }
    Status putStateValue(const std::string& connector, const std::string& key, const std::string& value) override {
        return change([&](Connection& writer) { replaceState(writer.session(), hub_key_, connector, key, value); });
    }
    Result<StateSize> stateSize(const std::string& connector, const std::string& except) override {
        return read([&](Connection& reader) { return measureState(reader, connector, except); });
    }

    Result<std::vector<KeptEvent>> keepEvent(const std::string& connector, const KeptEvent& event) override {
        // A long conversation is read beside the writer, not while everybody waits for it.
        const Status kept = change([&](Connection& writer) { sqlite::keepEvent(writer, hub_key_, connector, event); });
        if (!kept) return kept.error();
        return keptEvents(connector, event.conversation);
    }
    Result<std::vector<KeptEvent>> keptEvents(const std::string& connector, const std::string& conversation) override {
        return read([&](Connection& reader) { return sqlite::keptEvents(reader, hub_key_, connector, conversation); });
    }
    Status dropEvents(const std::string& connector, const std::string& conversation, std::int64_t sequence) override {
        return change(
            [&](Connection& writer) { sqlite::dropEvents(writer, hub_key_, connector, conversation, sequence); });
    }
    Result<std::vector<std::string>> quietConversations(const std::string& connector, Instant before,
                                                        int most) override {
        return read(
            [&](Connection& reader) { return sqlite::quietConversations(reader, hub_key_, connector, before, most); });
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
        return read([&](Connection& reader) { return sqlite::articleVersions(reader, id, most); });
    }
    Result<Listing<Article>> articles(const ArticleFilter& filter, const Page& page) override {
        return read([&](Connection& reader) { return listArticles(reader, filter, page); });
    }
    Result<std::int64_t> countArticles() override { return read(sqlite::countArticles); }

    Result<Counts> counts() override { return read(countAll); }
    Result<Backlog> backlog(Instant now) override {
        return read([&](Connection& reader) { return countBacklog(reader, now); });
    }
    Status checkWritable() override {
        return change([](Connection& writer) { beat(writer.session()); });
    }
    Result<Rebuilt> rebuild(const std::function<void(std::int64_t, std::int64_t)>& progress) override {
        return write([&](Connection& writer) { return rebuildProjections(writer, hub_key_, progress); });
    }
    Result<std::string> dumpProjections() override { return read(sqlite::dumpProjections); }

    using AccountStore::addAccount;
    Status addAccount(const Account& account, const security::AccountContact& contact) override {
        return change([&](Connection& writer) {
            insertAccount(writer.session(), account);
            updateContact(writer, hub_key_, account.id, contact);
        });
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
        const auto found =
            write([&](Connection& writer) { return updateLocked(writer.session(), account_id, locked); });
        if (!found) return found.error();
        return *found ? Status{Done{}} : noAccount(account_id);
    }
    Status setPasswordHash(std::string_view account_id, std::string_view hash,
                           const std::optional<std::string>& known) override {
        const auto set =
            write([&](Connection& writer) { return updatePassword(writer.session(), account_id, hash, known); });
        if (!set) return set.error();
        if (*set) return Done{};
        const auto account = accountById(account_id);
        if (!account) return account.error();
        if (!*account) return noAccount(account_id);
        return Error{.code = Errc::kConflict, .message = "the account has another password by now"};
    }
    Result<std::optional<Account>> accountById(std::string_view id) override {
        return read([&](Connection& reader) { return findAccountById(reader.session(), id); });
    }
    Result<std::optional<Account>> accountByLogin(std::string_view login) override {
        return read([&](Connection& reader) { return findAccountByLogin(reader.session(), login); });
    }
    Result<std::vector<Account>> accounts() override {
        return read([](Connection& reader) { return allAccounts(reader.session()); });
    }
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
        return read([&](Connection& reader) { return sqlite::lastingSecrets(reader, hub_key_); });
    }
    Result<std::optional<Secret>> takeSecret(std::string_view hash) override {
        return write([&](Connection& writer) { return removeSecret(writer, hub_key_, hash); });
    }
    Status dropExpiredSecrets(Instant now) override {
        return change([&](Connection& writer) { removeExpiredSecrets(writer.session(), now); });
    }
    Status dropSecretsOf(std::string_view account_id) override {
        return change([&](Connection& writer) {
            removeSignIns(writer.session(), account_id);
            if (const auto account = findAccountById(writer.session(), account_id))
                writer.statement("DELETE FROM devices WHERE owner_index = ?")
                    .run(ownerIndex(hub_key_, {}, account->login));
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
        return read([&](Connection& reader) { return sqlite::stoodForBy(reader, account_id, now); });
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
        return readers_.read(std::move(work));
    }
    template <class Work>
    auto write(Work work) -> Result<std::invoke_result_t<Work, Connection&>> {
        return writer_.write(std::move(work));
    }
    template <class Work>
    Status change(Work work) {
        return writer_.change(std::move(work));
    }

    // The order matters: the checkpointer's thread ends before the writer goes, the lock goes last.
    const LockFile lock_;
    const security::HubKey hub_key_;
    Sealer sealer_;
    Writer writer_;
    Checkpointer checkpointer_;
    Readers readers_;
    SqliteDuties duties_{writer_, readers_, hub_key_};
    SqliteCalls calls_{writer_, readers_, hub_key_};
    SqliteCorrespondents correspondents_{writer_, readers_, hub_key_};
};

Error unavailable(const fs::path& path, const std::string& why) {
    return {.code = Errc::kUnavailable,
            .message = "cannot make " + path.string() + ": " + why + "; make its folder writable for the hub's user"};
}

/// Folders that are missing, for the hub's user alone.
Status makeFolders(const fs::path& folder) {
    if (folder.empty() || fs::exists(folder)) return Done{};
    if (auto parents = makeFolders(folder.parent_path()); !parents) return parents;
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return unavailable(folder, std::generic_category().message(errno));
    return Done{};
}

/// SQLite gives its WAL the mode of the database file, but makes that one itself with the umask's: so it is made here.
Status makeFile(const fs::path& file) {
    if (auto folders = makeFolders(file.parent_path()); !folders) return folders;
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return unavailable(file, std::generic_category().message(errno));
    ::close(descriptor);
    return Done{};
}

fs::path lockOf(const fs::path& file) { return file.string() + ".lock"; }

/// Who opens a store beside its hub must not change the schema under it.
Status prepareSchema(Connection& writer, const fs::path& file, bool alone) {
    const Result<bool> current = isUpToDate(writer);
    if (!current) return current.error();
    if (*current) return Done{};
    LockFile for_the_moment;
    if (!alone) {
        auto taken = LockFile::take(lockOf(file));
        if (!taken) {
            Error error = std::move(taken).error();
            error.message += "; it works with another version of the schema than this program: restart it first";
            return error;
        }
        for_the_moment = std::move(*taken);
    }
    return migrate(writer, file);
}

}  // namespace

Result<std::unique_ptr<Store>> openSqliteStore(const fs::path& file, const security::HubKey& hub_key, bool exclusive) {
    if (auto made = makeFile(file); !made) return std::move(made).error();
    LockFile lock;
    if (exclusive) {
        auto taken = LockFile::take(lockOf(file));
        if (!taken) return std::move(taken).error();
        lock = std::move(*taken);
    }
    auto writer = openConnection(file, Connection::Use::kWrite);
    if (!writer) return std::move(writer).error();
    if (auto ready = prepareSchema(**writer, file, exclusive); !ready) return std::move(ready).error();
    // The writer stays open from here on: were it the last to close, SQLite would first move a whole WAL that a killed
    // hub left behind, and the start would wait for it.
    return std::unique_ptr<Store>{std::make_unique<SqliteStore>(file, std::move(lock), std::move(*writer), hub_key)};
}

}  // namespace pakn::store::sqlite
