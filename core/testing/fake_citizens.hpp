#pragma once
/// @file
/// Citizens who come back, for tests without a hub: every code is 123456, and what was told is remembered.

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/citizens.hpp"

namespace pakn::testing {

/// Safe from any thread but for the public members: fill those before use.
class FakeCitizens final : public Citizens {
public:
    static constexpr std::string_view kCode = "123456";

    Result<CodeSent> sendCode(const CodeRequest& request) override {
        if (code_error) return *code_error;
        const std::lock_guard lock{mutex_};
        codes_.push_back(request);
        return CodeSent{.challenge = "challenge-" + std::to_string(codes_.size()), .until = code_until};
    }
    Result<SignedInCitizen> signIn(std::string_view challenge, std::string_view code) override {
        const std::lock_guard lock{mutex_};
        const std::optional<CodeRequest> asked = use(challenge, code);
        if (!asked || asked->contact.empty()) return wrong();
        const bool mail = asked->contact.find('@') != std::string::npos;
        SignedInCitizen one{.token = "session-" + std::to_string(++sessions_made_),
                            .until = code_until,
                            .citizen = {.issuer = "one-time-code", .subject = asked->contact}};
        (mail ? one.citizen.email : one.citizen.phone) = asked->contact;
        sessions_[one.token] = one.citizen;
        return one;
    }
    Result<PetitionKey> openPetition(std::string_view challenge, std::string_view code) override {
        const std::lock_guard lock{mutex_};
        const std::optional<CodeRequest> asked = use(challenge, code);
        const auto found = asked ? secrets.find(asked->petition) : secrets.end();
        if (found == secrets.end()) return wrong();
        return PetitionKey{found->first, found->second};
    }
    Result<PublicCitizen> citizen(std::string_view token) override {
        const std::lock_guard lock{mutex_};
        const auto found = sessions_.find(token);
        if (found != sessions_.end()) return found->second;
        return Error{.code = Errc::kUnauthenticated, .message = "nobody's session", .problem = "session.required"};
    }
    Status signOut(std::string_view token) override {
        const std::lock_guard lock{mutex_};
        if (const auto found = sessions_.find(token); found != sessions_.end()) sessions_.erase(found);
        std::erase_if(devices_, [&](const Device& one) { return one.session == token; });
        return Done{};
    }
    Result<OwnPage> petitions(const OwnSearch& wanted) override {
        const auto found = own.find(wanted.reply_address);
        if (found == own.end()) return OwnPage{};
        OwnPage page{.items = found->second};
        if (!wanted.codes.empty())
            std::erase_if(page.items, [&](const OwnPetition& one) {
                return std::find(wanted.codes.begin(), wanted.codes.end(), one.petition.code) == wanted.codes.end();
            });
        return page;
    }
    Status keepDevice(const Device& device) override {
        const std::lock_guard lock{mutex_};
        drop(device.platform, device.token);
        devices_.insert(devices_.begin(), device);
        return Done{};
    }
    Result<std::vector<Device>> devices(std::string_view channel, std::string_view owner) override {
        const std::lock_guard lock{mutex_};
        std::vector<Device> found;
        for (const Device& one : devices_)
            if (one.channel == channel && one.owner == owner) found.push_back(one);
        return found;
    }
    Status forgetDevice(const Device& device) override {
        const std::lock_guard lock{mutex_};
        std::erase_if(devices_, [&](const Device& one) {
            return one.platform == device.platform && one.token == device.token &&
                   (device.owner.empty() || one.owner == device.owner);
        });
        return Done{};
    }

    /// What codes were asked for.
    [[nodiscard]] std::vector<CodeRequest> codes() const {
        const std::lock_guard lock{mutex_};
        return codes_;
    }
    /// All devices that are known now, whoever's.
    [[nodiscard]] std::vector<Device> known() const {
        const std::lock_guard lock{mutex_};
        return devices_;
    }

    std::optional<Error> code_error = {};                              ///< The answer to sendCode().
    Instant code_until = {};                                           ///< Also of sessions.
    std::map<std::string, std::string, std::less<>> secrets;           ///< Of petitions, by code.
    std::map<std::string, std::vector<OwnPetition>, std::less<>> own;  ///< By reply address.

private:
    static Error wrong() {
        return {.code = Errc::kUnauthenticated, .message = "not the code", .problem = "code.wrong"};
    }
    std::optional<CodeRequest> use(std::string_view challenge, std::string_view code) {
        constexpr std::string_view kPrefix = "challenge-";
        if (code != kCode || !challenge.starts_with(kPrefix)) return std::nullopt;
        for (std::size_t i = 0; i < codes_.size(); ++i)
            if (challenge.substr(kPrefix.size()) == std::to_string(i + 1)) {
                CodeRequest asked = codes_[i];
                codes_[i] = {};
                return asked;
            }
        return std::nullopt;
    }
    void drop(std::string_view platform, std::string_view token) {
        devices_.erase(
            std::remove_if(devices_.begin(), devices_.end(),
                           [&](const Device& one) { return one.platform == platform && one.token == token; }),
            devices_.end());
    }

    mutable std::mutex mutex_;
    std::vector<CodeRequest> codes_;
    std::map<std::string, PublicCitizen, std::less<>> sessions_;
    std::vector<Device> devices_;
    int sessions_made_ = 0;
};

}  // namespace pakn::testing
