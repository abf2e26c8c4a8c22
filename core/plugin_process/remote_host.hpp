#pragma once
/// @file
/// What the hub lends, as the plugin in this process sees it. Every call goes to the hub and waits for it.

#include <mutex>
#include <string>

#include "core/plugin_process/uplink.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::plugin_process {

class RemoteState final : public State {
public:
    explicit RemoteState(Uplink& uplink) : uplink_{uplink} {}
    Result<std::optional<std::string>> get(std::string_view key) override;
    Status put(std::string_view key, std::string_view value) override;

private:
    Uplink& uplink_;
};

class RemoteHttpClient final : public HttpClient {
public:
    explicit RemoteHttpClient(Uplink& uplink) : uplink_{uplink} {}
    Result<HttpResponse> perform(const HttpRequest& request, const Limits& limits) override;

private:
    Uplink& uplink_;
};

class RemoteRecords final : public PublicRecords {
public:
    explicit RemoteRecords(Uplink& uplink) : uplink_{uplink} {}
    Result<PublicPetition> track(std::string_view code, std::string_view secret) override;
    Result<Content> file(std::string_view code, std::string_view secret, std::string_view sha256) override;
    Result<PublicPage> list(const PublicFilter& filter) override;
    Result<PublicPetition> show(std::string_view code) override;
    Result<Content> answerFile(std::string_view code, std::string_view sha256) override;
    Result<std::vector<PublicName>> categories() override;
    Result<std::vector<PublicName>> areas() override;
    Result<PublicStatistics> statistics() override;
    Result<PublicCitizen> citizen(std::string_view session) override;
    Result<PublicPage> search(const PublicSearch& wanted) override;
    Result<PublicLabel> problem(std::string_view id) override;

private:
    Uplink& uplink_;
};

class RemoteCitizens final : public Citizens {
public:
    explicit RemoteCitizens(Uplink& uplink) : uplink_{uplink} {}
    Result<CodeSent> sendCode(const CodeRequest& request) override;
    Result<SignedInCitizen> signIn(std::string_view challenge, std::string_view code) override;
    Result<PetitionKey> openPetition(std::string_view challenge, std::string_view code) override;
    Result<PublicCitizen> citizen(std::string_view token) override;
    Status signOut(std::string_view token) override;
    Result<OwnPage> petitions(const OwnSearch& wanted) override;
    Status keepDevice(const Device& device) override;
    Result<std::vector<Device>> devices(std::string_view channel, std::string_view owner) override;
    Status forgetDevice(const Device& device) override;

private:
    Uplink& uplink_;
};

class RemoteInbox final : public Inbox {
public:
    explicit RemoteInbox(Uplink& uplink) : uplink_{uplink} {}
    Result<Accepted> accept(IncomingPetition petition) override;
    Result<std::vector<KeptEvent>> keep(KeptEvent event) override;
    Result<std::vector<KeptEvent>> kept(std::string_view conversation) override;
    Status drop(std::string_view conversation, std::int64_t sequence) override;
    Result<std::vector<std::string>> quiet(Instant before, int most) override;
    Result<Accepted> update(Update update) override;
    Result<CallState> call(Call call) override;
    Result<std::vector<Call>> unrecorded(Instant since, bool petition, int most) override;
    Result<Accepted> refuse(Unacceptable item) override;
    Status working(std::string_view external_id) override;

private:
    Result<std::vector<KeptEvent>> whole(Result<isolation::KeptPage> page, std::string_view conversation);
    Result<Accepted> refuseTooLarge(std::string_view external_id, std::string raw, const Error& why);

    Uplink& uplink_;
};

class RemoteHost final : public HostServices {
public:
    RemoteHost(Uplink& uplink, std::string address)
        : uplink_{uplink},
          address_{std::move(address)},
          state_{uplink},
          http_{uplink},
          records_{uplink},
          citizens_{uplink} {}

    void log(LogLevel level, std::string_view text) override;
    [[nodiscard]] Instant now() const override;
    HttpClient& http() override { return http_; }
    State& state() override { return state_; }
    void count(std::string_view counter, std::int64_t increment) override;
    [[nodiscard]] std::string address() const override { return address_; }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override;
    Status release(std::string_view name) override;
    PublicRecords& records() override { return records_; }
    Result<Decoded> decode(std::string_view kind, const Content& content) override;
    Result<std::int64_t> endSessions(const ProviderLogout& over) override;
    Citizens& citizens() override { return citizens_; }

private:
    Uplink& uplink_;
    const std::string address_;
    RemoteState state_;
    RemoteHttpClient http_;
    RemoteRecords records_;
    RemoteCitizens citizens_;
};

}  // namespace pakn::plugin_process
