#pragma once
/// @file
/// Deliveries on their way to a Zalo user. Zalo acts twice on what it is sent twice, so how far a delivery has come is
/// written down between any two messages.

#include <stop_token>
#include <string>
#include <vector>

#include "api.hpp"
#include "desk.hpp"
#include "ledger.hpp"
#include "pakn/sdk/delivery.hpp"
#include "plan.hpp"
#include "settings.hpp"

namespace pakn::in_zalo {

/// Safe from any thread; one delivery is one thread's at a time.
class Messenger {
public:
    Messenger(HostServices& services, const Rules& rules, Api& api);

    Result<Receipt> send(const Delivery& delivery, const std::stop_token& stop);
    /// After a crash: what is known to be sent counts, what is known not to be sent is sent; only a message that was on
    /// its way when it happened is of unknown outcome.
    Result<Receipt> reconcile(const Delivery& delivery, const std::stop_token& stop);

private:
    /// How far a delivery has come.
    struct Progress {
        std::string digest = {};               ///< Of its parts: another content begins anew.
        std::size_t done = 0;                  ///< So many parts are sent,
        bool under_way = false;                ///< and perhaps the next one.
        int unknown_errors = 0;                ///< Answers that no table knows.
        std::string reference = {};            ///< The first message's id.
        std::vector<std::string> assets = {};  ///< What was uploaded for each part.
    };

    Result<Progress> progressOf(const Delivery& delivery, const std::string& digest, std::size_t parts);
    static bool isUnclear(const Delivery& delivery, const Progress& progress);
    Status store(const Delivery& delivery, const Progress& progress);
    Result<Receipt> sendMessages(const Delivery& delivery, const std::stop_token& stop);
    Result<Receipt> sendTemplate(const Delivery& delivery, bool by_phone);
    Result<std::string> sendNext(const Delivery& delivery, const Part& part, Progress& progress);
    Result<std::string> transmit(const Delivery& delivery, const Part& part, const std::string& asset);
    Result<std::string> upload(const Delivery& delivery, const Part& part);
    /// Ends a try. Answers that no table knows are tried three times.
    Error failed(const Delivery& delivery, Progress progress, Error error);
    void remember(const std::string& message_id, const Delivery& delivery);
    Receipt receiptOf(const Delivery& delivery, const Progress& progress) const;
    Result<std::string> linkFor(const Delivery& delivery);

    HostServices& services_;
    const ReplyRules rules_;
    Api& api_;
    KnownUsers users_;
    Slots messages_;
    Notes sent_;
};

}  // namespace pakn::in_zalo
