#pragma once
/// @file
/// A petition that the hub refuses, as a text that a person can read and that can be sent again once it is mended.

#include <string>
#include <vector>

#include "core/domain/petition.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::engine {

/// The intake JSON of docs/api/openapi.yaml in one line, what is empty left out and `content` last, because the end of
/// a text that is too long is the first to go. `files` stand for the attachments: name, type, size, and the SHA-256
/// under which the bytes are kept (none: they are not).
std::string intakeJson(const IncomingPetition& petition, const std::vector<domain::FileRef>& files);

}  // namespace pakn::engine
