#pragma once
/// @file
/// The inbox of one connector instance: what its poll and its handle bring goes into the hub.

#include <functional>
#include <mutex>
#include <string>
#include <unordered_set>

#include "core/config/configuration.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/instance_services.hpp"
#include "core/engine/refused_content.hpp"

namespace pakn::engine {

/// Safe from any thread.
class InstanceInbox final : public Inbox {
public:
    /// Asked before anything is taken in; its error is the answer.
    using May = std::function<Status()>;

    /// All references outlive the inbox.
    InstanceInbox(
        Hub& hub, const config::Connector& settings, Condition& condition, Log log, May may = [] { return Done{}; })
        : hub_{hub}, settings_{settings}, condition_{condition}, log_{std::move(log)}, may_{std::move(may)} {}

    Result<Accepted> accept(IncomingPetition petition) override;
    Result<std::vector<KeptEvent>> keep(KeptEvent event) override;
    Result<std::vector<KeptEvent>> kept(std::string_view conversation) override;
    Status drop(std::string_view conversation, std::int64_t sequence) override;
    Result<std::vector<std::string>> quiet(Instant before, int most) override;
    Result<Accepted> update(Update update) override;
    Result<Accepted> refuse(Unacceptable unacceptable) override;
    // instance_calls.cpp
    Result<CallState> call(Call call) override;
    Result<std::vector<Call>> unrecorded(Instant since, bool petition, int most) override;

    /// Keeps, sealed, what the plugin cannot be given: its name once, whoever brings it again.
    Status setAside(std::string_view name, const std::string& content, const std::string& problem);

private:
    Result<Accepted> keepRefused(RefusedContent content, Error problem);
    Result<std::vector<domain::FileRef>> keepFilesOf(const IncomingPetition& refused);
    Result<std::string> keepOnce(RefusedContent content, const std::string& problem,
                                 const std::function<Status(const store::RefusedItem&)>& keep);
    Result<std::string> petitionOf(const Update& update);
    Status openedBySecret(const Update& update);
    Result<std::vector<domain::FileRef>> filesOf(const Update& update, std::string& text);
    Result<std::optional<Accepted>> actAsSender(const std::string& id, domain::Effect effect, const Update& update,
                                                const std::string& text, const std::vector<domain::FileRef>& files);

    Hub& hub_;
    const config::Connector& settings_;
    Condition& condition_;
    Log log_;
    const May may_;
    std::mutex mutex_;
    std::unordered_set<std::string> refused_;  ///< Fingerprints of what is kept; guarded by mutex_.
};

}  // namespace pakn::engine
