#include "api_keys.hpp"

#include <algorithm>
#include <pakn/sdk/text.hpp>
#include <stdexcept>

#include "text.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::size_t kMostName = 40;
constexpr std::size_t kMostKey = 200;
constexpr std::size_t kMostKeys = 1000;

bool isName(std::string_view name) {
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    return !name.empty() && name.size() <= kMostName && name.find_first_not_of(kAlphabet) == std::string_view::npos;
}

bool isKey(std::string_view key) {
    return key.size() >= ApiKeys::kShortest && key.size() <= kMostKey &&
           std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
}

ApiKey readKey(std::string_view word, std::size_t line) {
    const auto wrong = [line](const char* what) {
        return std::invalid_argument{"api_keys, line " + std::to_string(line) + ": " + what};
    };
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos) throw wrong("write NAME:KEY");
    if (!isName(word.substr(0, colon)))
        throw wrong("a name has 1 to 40 of the letters a-z, the digits, \"_\" and \"-\"");
    if (!isKey(word.substr(colon + 1))) throw wrong("a key has 16 to 200 printable ASCII characters and no blanks");
    return {std::string{word.substr(0, colon)}, std::string{word.substr(colon + 1)}};
}

}  // namespace

ApiKeys::ApiKeys(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        for (line = trimmed(line); !line.empty() && !line.starts_with('#'); line = trimmed(line)) {
            const std::string_view word = line.substr(0, line.find_first_of(" \t"));
            line.remove_prefix(word.size());
            if (keys_.size() == kMostKeys) throw std::invalid_argument{"api_keys: more than 1000 keys"};
            ApiKey one = readKey(word, number);
            for (const ApiKey& other : keys_)
                if (other.key == one.key)
                    throw std::invalid_argument{"api_keys, line " + std::to_string(number) + ": this key stands twice"};
            keys_.push_back(std::move(one));
        }
    }
    if (keys_.empty()) throw std::invalid_argument{"api_keys: there is no key; leave the option away to have none"};
}

std::optional<std::string> ApiKeys::nameOf(std::string_view key) const {
    const ApiKey* found = nullptr;
    for (const ApiKey& one : keys_)
        if (sameSecret(one.key, key)) found = &one;
    return found == nullptr ? std::nullopt : std::optional{found->name};
}

}  // namespace pakn::in_open311
