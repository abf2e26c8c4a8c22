#pragma once
/// @file
/// Undoes what was done to bytes so that mail servers let them pass: base64, quoted-printable, uuencode.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/content.hpp"

namespace pakn::decoder_process {

/// `encoding`: the value of Content-Transfer-Encoding. Broken places cost themselves only. At most about `most` bytes.
std::string decodeTransfer(std::string_view raw, std::string_view encoding, std::size_t most);

/// The same, for files. kTooLarge: more than `most` bytes; kUnavailable.
Result<Content> decodeTransferTo(std::string_view raw, std::string_view encoding, std::uint64_t most);

struct UuFile {
    std::string name = {};  ///< As it stands there.
    std::string bytes = {};
};
/// A text and the files that programs of old wrote into it.
struct UuText {
    std::string text = {};
    std::vector<UuFile> files = {};
};
UuText takeUuencoded(std::string_view text);

}  // namespace pakn::decoder_process
