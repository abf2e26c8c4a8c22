#pragma once
/// @file
/// Mail addresses, as far as the channel compares and uses them. Nothing here believes more than the text says.

#include <optional>
#include <string>
#include <string_view>

namespace pakn::in_email {

/// An address that can stand in an SMTP command, its domain in lower case; nothing for anything else: control
/// characters, blanks, brackets, letters beyond ASCII, more than 254 bytes.
std::optional<std::string> plainAddress(std::string_view text);

/// For comparing: the whole address in lower case. Local parts that differ in case only are one person everywhere that
/// matters here.
std::string folded(std::string_view address);

/// "Trung tâm <paht@mau.example>" or a bare address.
struct NamedAddress {
    std::string name = {};
    std::string address = {};
};
std::optional<NamedAddress> namedAddress(std::string_view text);

/// Part after the last '@'.
std::string_view domainOf(std::string_view address);
/// Part before the last '@'.
std::string_view localOf(std::string_view address);

}  // namespace pakn::in_email
