#pragma once
/// @file
/// Small steps on texts that several parts take.

#include <optional>
#include <pakn/sdk/result.hpp>
#include <string>
#include <string_view>

namespace pakn::hotline {

/// ASCII letters only: names of headers, words of protocols.
std::string lowered(std::string_view text);
/// Without blanks around it, those that spreadsheets leave (U+00A0, U+FEFF) among them.
std::string_view trimmed(std::string_view text);
/// RFC 3986: all but unreserved characters.
std::string urlEncoded(std::string_view text);
/// Scheme and host in lower case with a port that is not the usual one: "https://tongdai.example". Empty for what is no
/// address, or one with a user in it.
std::string originOf(std::string_view url);
/// Of this machine: "127.…", "[::1]", "localhost".
bool isLoopback(std::string_view origin);
/// UTF-8 of bytes in an encoding ("utf-8", "windows-1258"), a byte order mark taken away. kInvalid
/// ("hotline.encoding").
Result<std::string> toUtf8(std::string_view bytes, const std::string& encoding);
bool isUtf8(std::string_view text);

}  // namespace pakn::hotline
