#pragma once
/// @file
/// Which files the hub takes, decided by content (libmagic), never by name; and how they are stored.

#include <functional>
#include <string>
#include <string_view>

#include "core/config/intake_settings.hpp"
#include "core/domain/petition.hpp"
#include "core/store/blobs.hpp"

namespace pakn::engine {

/// The type of a file by its content, if it is one of the accepted: photos (JPEG, PNG, WebP, HEIC, GIF), PDF, plain
/// text, sounds (MP3, WAV, AAC, M4A, Ogg, AMR), films (MP4, QuickTime, 3GP). kInvalid "attachment.type_not_accepted",
/// "attachment.empty", kTooLarge "attachment.too_large".
Result<std::string> acceptedType(std::string_view bytes, const config::FileLimits& limits = {});

/// Looks at a file before it is stored; its error refuses it.
using LookAt = std::function<Status(std::string_view type, const Content& content)>;

/// Stores one file durably; what `look` was shown is what is stored. Errors of acceptedType(), `look` and Blobs::put.
Result<domain::FileRef> keepFile(store::Blobs& blobs, const Attachment& attachment,
                                 const config::FileLimits& limits = {}, const LookAt& look = {});

/// Stores what came in as it came, whatever its type. kInvalid ("attachment.empty"), kTooLarge, those of Blobs::put.
Result<domain::FileRef> keepOriginal(store::Blobs& blobs, const Attachment& attachment);

/// Stores the recording of a call: WAV, MP3, AAC, M4A, Ogg, AMR of at most 64 MB. Errors as keepFile().
Result<domain::FileRef> keepRecording(store::Blobs& blobs, const Attachment& attachment);

}  // namespace pakn::engine
