#pragma once
/// @file
/// An AccountStore in memory, with a switch that makes its writes fail as a full disk does.

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "core/security/accounts.hpp"

namespace pakn::security::testing {

class MemoryAccounts final : public AccountStore {
public:
    std::atomic<bool> disk_full = false;
    std::map<std::string, std::vector<domain::Colleague>, std::less<>> standing_for = {};  ///< By substitute.
    // Each runs once, before the next call of its kind.
    std::function<void()> before_take = {};      ///< takeSecret()
    std::function<void()> before_session = {};   ///< addSession()
    std::function<void()> before_password = {};  ///< setPasswordHash()

    using AccountStore::addAccount;
    Status addAccount(const Account& account, const AccountContact& contact) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        for (const auto& [id, other] : accounts_)
            if (other.login == account.login) return Error{.code = Errc::kConflict};
        accounts_[account.id] = account;
        contacts_[account.id] = contact;
        return Done{};
    }
    Status setContact(std::string_view id, const AccountContact& contact) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        if (accounts_.find(id) == accounts_.end()) return Error{.code = Errc::kNotFound};
        contacts_[std::string{id}] = contact;
        return Done{};
    }
    Result<AccountContact> contact(std::string_view id) override {
        const std::lock_guard lock{mutex_};
        const auto found = contacts_.find(id);
        return found == contacts_.end() ? AccountContact{} : found->second;
    }
    Status setLocked(std::string_view id, bool locked) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        const auto found = accounts_.find(id);
        if (found == accounts_.end()) return Error{.code = Errc::kNotFound};
        found->second.locked = locked;
        return Done{};
    }
    Status setPasswordHash(std::string_view id, std::string_view hash,
                           const std::optional<std::string>& known) override {
        if (before_password) std::exchange(before_password, nullptr)();
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        const auto found = accounts_.find(id);
        if (found == accounts_.end()) return Error{.code = Errc::kNotFound};
        if (known && found->second.password_hash != *known) return Error{.code = Errc::kConflict};
        found->second.password_hash = hash;
        return Done{};
    }
    Result<std::optional<Account>> accountById(std::string_view id) override {
        const std::lock_guard lock{mutex_};
        const auto found = accounts_.find(id);
        if (found == accounts_.end()) return std::optional<Account>{};
        return std::optional{found->second};
    }
    Result<std::vector<domain::Colleague>> stoodForBy(std::string_view id, Instant) override {
        const std::lock_guard lock{mutex_};
        const auto found = standing_for.find(id);
        return found == standing_for.end() ? std::vector<domain::Colleague>{} : found->second;
    }
    Result<std::optional<Account>> accountByLogin(std::string_view login) override {
        const std::lock_guard lock{mutex_};
        for (const auto& [id, account] : accounts_)
            if (account.login == login) return std::optional{account};
        return std::optional<Account>{};
    }
    Result<std::vector<Account>> accounts() override {
        const std::lock_guard lock{mutex_};
        std::vector<Account> all;
        for (const auto& [id, account] : accounts_) all.push_back(account);
        return all;
    }
    Status addSecret(const Secret& secret) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        return secrets_.try_emplace(secret.hash, secret).second ? Status{Done{}} : Error{.code = Errc::kConflict};
    }
    Status addSession(const Secret& session, std::string_view password_hash) override {
        if (before_session) std::exchange(before_session, nullptr)();
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        const auto found = accounts_.find(session.account);
        if (found == accounts_.end() || found->second.locked || found->second.password_hash != password_hash)
            return Error{.code = Errc::kConflict};
        secrets_[session.hash] = session;
        return Done{};
    }
    Result<std::optional<Secret>> secret(std::string_view hash) override {
        const std::lock_guard lock{mutex_};
        const auto found = secrets_.find(hash);
        if (found == secrets_.end()) return std::optional<Secret>{};
        return std::optional{found->second};
    }
    Result<std::vector<Secret>> lastingSecrets() override {
        const std::lock_guard lock{mutex_};
        std::vector<Secret> lasting;
        for (const auto& [hash, secret] : secrets_)
            if (secret.kind == SecretKind::kAccountToken || secret.kind == SecretKind::kSourceKey)
                lasting.push_back(secret);
        return lasting;
    }
    Result<std::optional<Secret>> takeSecret(std::string_view hash) override {
        if (before_take) std::exchange(before_take, nullptr)();
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        const auto found = secrets_.find(hash);
        if (found == secrets_.end()) return std::optional<Secret>{};
        std::optional taken{found->second};
        secrets_.erase(found);
        return taken;
    }
    Status dropExpiredSecrets(Instant now) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        std::erase_if(secrets_,
                      [now](const auto& entry) { return entry.second.expires_at && *entry.second.expires_at < now; });
        return Done{};
    }

    Status dropSecretsOf(std::string_view account_id) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        std::erase_if(secrets_, [account_id](const auto& entry) {
            const Secret& secret = entry.second;
            return secret.account == account_id &&
                   (secret.kind == SecretKind::kOneTimeLink || secret.kind == SecretKind::kSession);
        });
        return Done{};
    }

    Status setDuties(std::string_view id, const std::vector<domain::Role>& roles, std::string_view unit) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        const auto found = accounts_.find(id);
        if (found == accounts_.end()) return Error{.code = Errc::kNotFound};
        found->second.roles = roles;
        found->second.unit = unit;
        return Done{};
    }
    Status addLinkedAccount(const Account& account, const AccountLink& link) override {
        {
            const std::lock_guard lock{mutex_};
            if (links_.count({link.issuer, link.subject}) != 0) return Error{.code = Errc::kConflict};
        }
        if (Status added = addAccount(account); !added) return added;
        return putLink(link);
    }
    Status putLink(const AccountLink& link) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        if (accounts_.count(link.account) == 0) return Error{.code = Errc::kNotFound};
        links_[{link.issuer, link.subject}] = link;
        return Done{};
    }
    Result<bool> removeLink(std::string_view issuer, std::string_view subject) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        return links_.erase({std::string{issuer}, std::string{subject}}) > 0;
    }
    Result<std::optional<AccountLink>> link(std::string_view issuer, std::string_view subject) override {
        const std::lock_guard lock{mutex_};
        const auto found = links_.find({std::string{issuer}, std::string{subject}});
        return found == links_.end() ? std::optional<AccountLink>{} : std::optional{found->second};
    }
    Result<std::vector<AccountLink>> links() override {
        const std::lock_guard lock{mutex_};
        std::vector<AccountLink> all;
        for (const auto& [person, link] : links_) all.push_back(link);
        return all;
    }
    Result<std::int64_t> waitingAccounts() override {
        const std::lock_guard lock{mutex_};
        std::int64_t waiting = 0;
        for (const auto& [person, link] : links_) waiting += accounts_[link.account].roles.empty() ? 1 : 0;
        return waiting;
    }
    Result<std::int64_t> dropProviderSessions(const ProviderSession& whose) override {
        const std::lock_guard lock{mutex_};
        if (disk_full) return full();
        return static_cast<std::int64_t>(std::erase_if(secrets_, [&](const auto& entry) {
            const auto& of = entry.second.provider;
            return of && of->connector == whose.connector && of->issuer == whose.issuer &&
                   !(whose.subject.empty() && whose.session.empty()) &&
                   (whose.subject.empty() || of->subject == whose.subject) &&
                   (whose.session.empty() || of->session == whose.session);
        }));
    }

    [[nodiscard]] std::map<std::string, Secret, std::less<>> secrets() const {
        const std::lock_guard lock{mutex_};
        return secrets_;
    }

private:
    static Error full() { return {.code = Errc::kUnavailable}; }

    mutable std::mutex mutex_;
    std::map<std::string, Account, std::less<>> accounts_;
    std::map<std::string, AccountContact, std::less<>> contacts_;
    std::map<std::string, Secret, std::less<>> secrets_;
    std::map<std::pair<std::string, std::string>, AccountLink> links_;
};

}  // namespace pakn::security::testing
