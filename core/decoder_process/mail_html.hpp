#pragma once
/// @file
/// HTML bodies as text that people can read and that says what the mail says: no scripts, no styles, nothing hidden,
/// nothing fetched.

#include <cstddef>
#include <string>
#include <string_view>

namespace pakn::decoder_process {

struct HtmlText {
    std::string text = {};
    bool cut = false;  ///< There was more, of the page or of the text.
};
/// `html`: UTF-8. At most about `most` bytes come out. Linear time, bounded memory.
HtmlText htmlToText(std::string_view html, std::size_t most);

/// The encoding that a page itself names in its first thousand bytes; empty when it does not.
std::string_view charsetOfPage(std::string_view html);

}  // namespace pakn::decoder_process
