#pragma once
/// @file
/// What a lock screen shows: the number of a petition and how it stands. Nothing else of a delivery gets this far, so
/// nothing else can be shown to whoever picks the telephone up.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/delivery.hpp"

namespace pakn::out_push {

struct Notification {
    std::string id = {};  ///< Of the delivery: the same over every retry.
    std::string title = {};
    std::string body = {};
    std::string code = {};    ///< Of the petition; later notices of it take the place of this one.
    std::string status = {};  ///< For the app.
};

/// Words by what they are for: a status, or `event/` and the event that an officer is told of.
using Words = std::map<std::string, std::string, std::less<>>;

/// All that the connector says unless its settings say otherwise.
const Words& usualWords();

/// Title and words of a delivery of kind result, notice or status_update; nothing for other kinds, which have no reader
/// of an app. `title` holds {code}.
std::optional<Notification> notificationOf(const Delivery& delivery, std::string_view title, const Words& words);

}  // namespace pakn::out_push
