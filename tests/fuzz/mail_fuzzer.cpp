/// @file
/// Feeds the reader of mails with what libFuzzer makes of tests/data/mail. Besides crashes, what comes out must keep to
/// docs/contracts/email.md.

#include <unicode/normalizer2.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/decoder_process/mail.hpp"
#include "core/isolation/codec.hpp"

namespace {

using pakn::Decoded;

void demand(bool true_of_all, const char* what) {
    if (true_of_all) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

bool isNfc(std::string_view text) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(error);
    return nfc->isNormalizedUTF8({text.data(), static_cast<std::int32_t>(text.size())}, error) != 0;
}
bool hasControls(std::string_view text, bool several_lines) {
    return std::any_of(text.begin(), text.end(), [&](char c) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        return control && !(several_lines && (c == '\n' || c == '\t'));
    });
}

void check(const Decoded& mail) {
    constexpr std::size_t kMostText = 1U << 20U;
    demand(mail.content_type == "message/rfc822", "the type");
    demand(mail.text.size() <= kMostText, "a text of one megabyte");
    demand(isNfc(mail.text) && !hasControls(mail.text, true), "a clean text");
    for (const auto& [name, value] : mail.attributes) {
        demand(!value.empty() && value.size() <= 4000, "attributes within bounds");
        demand(isNfc(value) && !hasControls(value, false), "clean attributes");
    }
    demand(!mail.parts.empty() && mail.parts.front().content_type == "text/x-pakn-own", "the writer's part first");
    const std::string own = mail.parts.front().content.bytes(kMostText).value();
    demand(own.size() <= mail.text.size() + 1, "a part of the whole");
    demand(mail.parts.size() <= 201, "the number of files");
    std::size_t large = 0;
    for (const pakn::Attachment& part : mail.parts) {
        demand(!part.name.empty() && part.name.find_first_of("/\\") == std::string::npos, "names without paths");
        demand(part.name != "." && part.name != ".." && part.name.size() <= 700, "names of files");
        demand(isNfc(part.name) && !hasControls(part.name, false), "clean names");
        large += part.content.size() > pakn::isolation::kMostBytesInline ? 1 : 0;
    }
    demand(large + 2 <= pakn::isolation::kMostDescriptors, "an answer that can be sent");
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    demand(pakn::decoder_process::prepareMail().ok(), "that it can be prepared");
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string mail{reinterpret_cast<const char*>(data), size};
    const pakn::Result<Decoded> read = pakn::decoder_process::readMail(mail, {.output = 1U << 20U});
    if (read)
        check(*read);
    else
        demand(read.error().problem.starts_with("decode."), "a code for each error");
    return 0;
}
