#pragma once
/// @file
/// The configuration as the API tells it; the local control socket uses the same words.

#include <functional>
#include <string>
#include <string_view>

#include "core/http/exchange.hpp"

namespace pakn::http {

class JsonWriter;

Response configuration(const Call& call);
Response reloadConfiguration(const Call& call);

/// problemResponse() of a catalogue entry with members of its own behind the usual ones.
Response problemWith(std::string_view code, const std::function<void(JsonWriter&)>& more);

/// `{"accepted","changed","hash","since","connectors":{…},"errors":[…],"warnings":[…]}`.
std::string reloadJson(const engine::ReloadReport& report);

/// `{"hash","since","disk":{"ok","hash","errors","warnings"},"changes":[{"path","before","after","file","line","column"}]}`.
std::string configurationJson(const engine::ConfigurationState& state);

}  // namespace pakn::http
