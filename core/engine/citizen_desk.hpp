#pragma once
/// @file
/// Citizens who come back: one-time codes, their sessions, their petitions, their devices.

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/hub.hpp"
#include "core/security/one_time_codes.hpp"
#include "pakn/sdk/citizens.hpp"

namespace pakn::engine {

/// What all connectors share. Safe from any thread.
class CitizenDesk {
public:
    /// Has the connector of this id send it, now; the errors of Sender::send.
    using Send = std::function<Result<Receipt>(const std::string& connector, const Delivery&)>;

    /// Hub (which may be in the making) and store outlive it.
    CitizenDesk(Hub& hub, store::Store& store, Send send)
        : hub_{hub}, store_{store}, send_{std::move(send)}, codes_{store} {}

    // As in Citizens.
    Result<CodeSent> sendCode(const CodeRequest& request);
    Result<SignedInCitizen> signIn(std::string_view connector, std::string_view challenge, std::string_view code);
    Result<PetitionKey> openPetition(std::string_view challenge, std::string_view code);
    Result<PublicCitizen> citizen(std::string_view token);
    Status signOut(std::string_view token);
    Result<OwnPage> petitions(const std::string& channel, const OwnSearch& wanted);
    Status keepDevice(Device device);
    Result<std::vector<Device>> devices(std::string_view channel, std::string_view owner);
    Status forgetDevice(const Device& device);

private:
    /// How a person is reached; both empty: not at all.
    struct Contact {
        std::string phone = {};
        std::string email = {};
        /// By which it is known again: a mailbox is the same whatever the case of its address.
        [[nodiscard]] std::string key() const;
    };
    Result<Contact> typedContact(std::string_view typed) const;
    Result<Contact> contactOnRecord(const domain::Petition& petition) const;
    Result<CodeSent> sendTo(const Contact& contact, const security::CodePurpose& purpose);
    Status deliver(const Contact& contact, const security::OneTimeCode& made);

    Hub& hub_;
    store::Store& store_;
    const Send send_;
    security::OneTimeCodes codes_;
    std::atomic<int> sending_{0};
};

/// The same for one connector.
class InstanceCitizens final : public Citizens {
public:
    InstanceCitizens(CitizenDesk& desk, std::string connector) : desk_{desk}, connector_{std::move(connector)} {}

    Result<CodeSent> sendCode(const CodeRequest& request) override { return desk_.sendCode(request); }
    Result<SignedInCitizen> signIn(std::string_view challenge, std::string_view code) override {
        return desk_.signIn(connector_, challenge, code);
    }
    Result<PetitionKey> openPetition(std::string_view challenge, std::string_view code) override {
        return desk_.openPetition(challenge, code);
    }
    Result<PublicCitizen> citizen(std::string_view token) override { return desk_.citizen(token); }
    Status signOut(std::string_view token) override { return desk_.signOut(token); }
    Result<OwnPage> petitions(const OwnSearch& wanted) override { return desk_.petitions(connector_, wanted); }
    Status keepDevice(const Device& device) override {
        Device own = device;
        own.channel = connector_;
        return desk_.keepDevice(std::move(own));
    }
    Result<std::vector<Device>> devices(std::string_view channel, std::string_view owner) override {
        return desk_.devices(channel, owner);
    }
    Status forgetDevice(const Device& device) override {
        Device own = device;
        if (!own.owner.empty()) own.channel = connector_;
        return desk_.forgetDevice(own);
    }

private:
    CitizenDesk& desk_;
    const std::string connector_;
};

}  // namespace pakn::engine
