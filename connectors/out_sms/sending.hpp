#pragma once
/// @file
/// From a delivery to a short message, and from a gateway's answer to what the hub does next. Which gateway it is, only
/// the driver knows.

#include <memory>
#include <string>

#include "driver.hpp"
#include "marks.hpp"
#include "options.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::out_sms {

/// Safe from any thread.
class Sending {
public:
    /// `failures` counts how often a gateway said afterwards that a delivery failed; it and `services` outlive this.
    Sending(Options options, HostServices& services, Marks& failures);

    Result<Receipt> send(const Delivery& delivery);
    /// After a crash: whether the delivery arrived. Where the gateway knows request ids again, the same request is the
    /// question.
    Result<Receipt> reconcile(const Delivery& delivery);

private:
    Result<Message> compose(const Delivery& delivery);
    Result<std::string> keyOf(const Delivery& delivery);
    Result<Number> recipientOf(const Delivery& delivery) const;
    void word(Message& message, const Values& values) const;
    Result<Receipt> exchange(Message message, const Delivery& delivery);
    Result<Verdict> ask(const Message& message, const Delivery& delivery);
    std::optional<Result<Receipt>> askState(const Message& message, const Delivery& delivery);
    Result<Receipt> conclude(const Verdict& verdict, const Message& message, const Delivery& delivery) const;
    Status doubt(const Delivery& delivery, Instant since);
    Error unanswered(const Delivery& delivery, const std::string& why);
    [[nodiscard]] bool mayRepeat() const { return driver_->knowsIds() && options_.remembers.count() > 0; }

    const Options options_;
    HostServices& services_;
    const std::unique_ptr<Driver> driver_;  ///< Uses options_.
    Marks& failures_;
    Marks doubts_;  ///< Since when, in milliseconds, a delivery may have arrived.
};

}  // namespace pakn::out_sms
