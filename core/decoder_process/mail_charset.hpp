#pragma once
/// @file
/// Bytes of a mail as Unicode: by the encoding that is declared, or by what they look like where that cannot be right.
/// Never fails, and opens no file.

#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::decoder_process {

struct DecodedText {
    std::string utf8 = {};  ///< Not normalised, and with whatever control characters there were.
    bool guessed = false;   ///< The bytes were not what they were declared to be.
};

/// Reads the tables of ICU that are needed later. kMisconfigured.
Status prepareCharsets();

/// `declared`: as the mail says, in any spelling; may be empty or unknown.
DecodedText decodeCharset(std::string_view bytes, std::string_view declared);

/// One spelling for each encoding: lower case, well-known other names replaced. What is unknown stays as it is.
std::string canonicalCharset(std::string_view declared);

}  // namespace pakn::decoder_process
