#include "core/decoder_process/pdf.hpp"

#include <qpdf/qpdf-c.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/isolation/codec.hpp"

namespace pakn::decoder_process {

namespace {

constexpr std::size_t kHead = 1024;  ///< The mark of a PDF may stand behind something else, but not far.

struct Cleanup {
    void operator()(qpdf_data pdf) const { ::qpdf_cleanup(&pdf); }
};
/// By the C interface of qpdf: its own exceptions end there.
using Pdf = std::unique_ptr<std::remove_pointer_t<qpdf_data>, Cleanup>;

Error refuse(Errc code, const char* problem) { return {.code = code, .message = problem, .problem = problem}; }

}  // namespace

Result<Decoded> readPdf(const Content& content) {
    const Result<std::string> bytes = content.bytes(isolation::kMostBytes);
    if (!bytes) return refuse(Errc::kTooLarge, "decode.input_too_large");
    if (std::string_view{*bytes}.substr(0, kHead).find("%PDF-") == std::string_view::npos)
        return refuse(Errc::kRejected, "decode.not_a_pdf");
    const Pdf pdf{::qpdf_init()};
    ::qpdf_silence_errors(pdf.get());
    ::qpdf_set_suppress_warnings(pdf.get(), QPDF_TRUE);
    Decoded decoded{.content_type = "application/pdf"};
    const QPDF_ERROR_CODE read = ::qpdf_read_memory(pdf.get(), "", bytes->data(), bytes->size(), nullptr);
    if ((read & QPDF_ERRORS) != 0) {
        const qpdf_error error = ::qpdf_get_error(pdf.get());
        if (::qpdf_get_error_code(pdf.get(), error) != qpdf_e_password)
            return refuse(Errc::kRejected, "decode.damaged");
        decoded.attributes["encrypted"] = "true";
        return decoded;
    }
    const int pages = ::qpdf_get_num_pages(pdf.get());
    if (pages < 0) return refuse(Errc::kRejected, "decode.damaged");
    decoded.attributes["encrypted"] = ::qpdf_is_encrypted(pdf.get()) != QPDF_FALSE ? "true" : "false";
    decoded.attributes["pages"] = std::to_string(pages);
    return decoded;
}

}  // namespace pakn::decoder_process
