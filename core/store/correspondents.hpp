#pragma once
/// @file
/// The part of the store's port that finds citizens who come back: their petitions by the address that replies go to,
/// and the devices that notices go to. Neither addresses nor owners nor tokens are stored in the clear: they are found
/// by blind indexes.
///
/// Errors of every call: those of store.hpp.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/page.hpp"
#include "core/store/reports.hpp"
#include "pakn/sdk/citizens.hpp"

namespace pakn::store {

struct OwnFilter {
    std::string channel = {};
    std::string reply_address = {};
    std::vector<std::string> codes = {};       ///< One of these.
    std::optional<Instant> changed_from = {};  ///< As followers know it.
    std::optional<Instant> changed_to = {};
};

/// Safe from any thread.
class Correspondents {
public:
    virtual ~Correspondents() = default;

    /// Petitions that came over the channel with this reply address, the newest first.
    virtual Result<Listing<ShownLine>> petitionsOf(const OwnFilter& filter, const Page& page) = 0;

    /// The device is this owner's from now on, whosever it was. Of the owner's devices the `most` seen last stay, of
    /// all those seen at or after `oldest`. Durable when it returns.
    virtual Status keepDevice(const Device& device, int most, Instant oldest) = 0;
    /// The one seen last first.
    virtual Result<std::vector<Device>> devices(std::string_view channel, std::string_view owner) = 0;
    /// By platform and token; with an owner, if it is theirs on that channel. An unknown one is no error.
    virtual Status forgetDevice(const Device& device) = 0;
    /// All that were told with this session.
    virtual Status forgetDevicesOf(std::string_view session) = 0;
};

}  // namespace pakn::store
