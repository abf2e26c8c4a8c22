#pragma once
/// @file
/// Words of header fields: encoded words (RFC 2047), parameters (RFC 2231), and what mail programs make of both.
/// Values come as they stand in the mail, folds and bytes beyond ASCII included; UTF-8 comes out.

#include <map>
#include <string>
#include <string_view>

namespace pakn::decoder_process {

/// What stands there in UTF-8. Encoded words that follow each other are joined before they are decoded, because many
/// programs split them inside a character. Bytes beyond ASCII are guessed.
std::string decodeWords(std::string_view raw);

/// Where the encoded word that begins at `at` ends; 0: none begins there.
std::size_t encodedWordEnd(std::string_view raw, std::size_t at);

/// "text/plain; charset=utf-8" taken apart.
struct Parameterized {
    std::string value = {};  ///< Lower case.
    std::map<std::string, std::string, std::less<>> parameters = {};

    /// Empty when there is none.
    [[nodiscard]] std::string_view operator[](std::string_view name) const {
        const auto found = parameters.find(name);
        return found == parameters.end() ? std::string_view{} : std::string_view{found->second};
    }
};
Parameterized parseParameterized(std::string_view raw);

}  // namespace pakn::decoder_process
