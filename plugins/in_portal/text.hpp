#pragma once
/// @file
/// Encodings and comparison of texts from outside, by ICU.

#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::in_portal {

/// Without blanks at its ends.
std::string_view trimmed(std::string_view text);

/// In the composed form (NFC), in which this project writes; no valid UTF-8: as it is.
std::string composed(std::string_view text);

/// A form in which two spellings of one word are equal: NFC, case folded, trimmed. No valid UTF-8: as it is.
std::string comparable(std::string_view text);

/// Whether a file may be written in this encoding: "utf-8", "utf-16", "windows-1258", "windows-1252".
bool isKnownEncoding(std::string_view name);

/// Bytes of a text file as UTF-8 without a byte order mark. "auto": by the byte order mark, else UTF-8.
/// kInvalid "portal.encoding" when they are not of this encoding.
Result<std::string> toUtf8(std::string_view bytes, const std::string& encoding);

bool isUtf8(std::string_view text);

/// Whether what a header or parameter of this name holds shows who asks: it belongs in no mapping and in no address.
bool namesASecret(std::string_view name);

/// Percent-encoded for one part of a URL.
std::string urlEncoded(std::string_view text);

}  // namespace pakn::in_portal
