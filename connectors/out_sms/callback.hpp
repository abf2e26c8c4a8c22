#pragma once
/// @file
/// The final state of a message, as eSMS tells it: a GET of an address that we gave with the message. It bears no
/// signature, so whoever knows the address is believed: a secret is a part of it, and so is the delivery's id.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "marks.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::out_sms {

/// "/esms/<token>/<delivery>", to stand behind the connector's own address.
std::string callbackPath(std::string_view token, std::string_view delivery);

struct Report {
    enum class State : std::uint8_t { kDelivered, kFailed, kNotFinal };
    std::string delivery = {};  ///< Empty: the callback is about none of ours.
    std::string message = {};   ///< The gateway's id; whatever it may be.
    State state = State::kNotFinal;
};

/// Takes callbacks. Safe from any thread.
class Callbacks {
public:
    /// `token`: empty takes none. `failures` counts what failed, for Sending; it and `services` outlive this.
    Callbacks(std::string token, HostServices& services, Marks& failures)
        : token_{std::move(token)}, services_{services}, failures_{failures} {}

    /// 200 once the hub has it, also when it knew it, is not about ours, or says nothing final; 405 for other methods
    /// than GET and POST. kNotFound: another address, or a wrong token. kTooLarge, kInvalid: the body. Errors of the
    /// inbox.
    Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox);

private:
    Result<HttpResponse> tell(const Report& report, Inbox& inbox);

    const std::string token_;
    HostServices& services_;
    Marks& failures_;
};

}  // namespace pakn::out_sms
