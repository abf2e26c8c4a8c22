/// @file
/// PDF files, in this process: pages that can be counted, or a code why not. qpdf is Debian's and not compiled to be
/// watched.

#include "core/decoder_process/pdf.hpp"
#include "harness.hpp"

namespace pakn::fuzz {

void tryOne(std::string_view bytes) {
    const Result<Decoded> read = decoder_process::readPdf(Content{std::string{bytes}});
    if (!read) {
        FUZZ_CHECK(read.error().code == Errc::kRejected || read.error().code == Errc::kTooLarge);
        FUZZ_CHECK(read.error().problem.starts_with("decode."));
        return;
    }
    const auto encrypted = read->attributes.find("encrypted");
    FUZZ_CHECK(encrypted != read->attributes.end());
    FUZZ_CHECK(encrypted->second == "true" || encrypted->second == "false");
    const auto pages = read->attributes.find("pages");
    FUZZ_CHECK(pages != read->attributes.end() || encrypted->second == "true");
    if (pages != read->attributes.end()) FUZZ_CHECK(std::stoul(pages->second) <= bytes.size());
    FUZZ_CHECK(read->parts.empty() && read->text.empty());
}

}  // namespace pakn::fuzz
