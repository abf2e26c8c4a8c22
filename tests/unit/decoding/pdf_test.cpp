/// @file
/// PDFs through the real decoder: how many pages, and whether anybody can read them.

#include <gtest/gtest.h>
#include <qpdf/qpdf-c.h>

#include <string>

#include "core/decoding/pool.hpp"
#include "test_paths.hpp"

namespace pakn::decoding {
namespace {

/// Written by hand; a reader has to find its way by the table at its end.
std::string written(int pages) {
    std::string text = "%PDF-1.4\n";
    std::vector<std::size_t> at;
    const auto object = [&](const std::string& content) {
        at.push_back(text.size());
        text += std::to_string(at.size()) + " 0 obj\n" + content + "\nendobj\n";
    };
    std::string kids;
    for (int i = 0; i < pages; ++i) kids += std::to_string(i + 3) + " 0 R ";
    object("<</Type/Catalog/Pages 2 0 R>>");
    object("<</Type/Pages/Count " + std::to_string(pages) + "/Kids[" + kids + "]>>");
    for (int i = 0; i < pages; ++i) object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
    const std::size_t table = text.size();
    text += "xref\n0 " + std::to_string(at.size() + 1) + "\n0000000000 65535 f \n";
    for (const std::size_t offset : at) {
        const std::string digits = std::to_string(offset);
        text += std::string(10 - digits.size(), '0') + digits + " 00000 n \n";
    }
    return text + "trailer\n<</Size " + std::to_string(at.size() + 1) + "/Root 1 0 R>>\nstartxref\n" +
           std::to_string(table) + "\n%%EOF\n";
}

std::string encrypted(const std::string& plain, const char* user) {
    qpdf_data pdf = ::qpdf_init();
    EXPECT_EQ(::qpdf_read_memory(pdf, "", plain.data(), plain.size(), nullptr), QPDF_SUCCESS);
    EXPECT_EQ(::qpdf_init_write_memory(pdf), QPDF_SUCCESS);
    ::qpdf_set_r6_encryption_parameters2(pdf, user, "owner", QPDF_TRUE, QPDF_TRUE, QPDF_TRUE, QPDF_TRUE, QPDF_TRUE,
                                         QPDF_TRUE, qpdf_r3p_full, QPDF_TRUE);
    EXPECT_EQ(::qpdf_write(pdf), QPDF_SUCCESS);
    std::string bytes{reinterpret_cast<const char*>(::qpdf_get_buffer(pdf)), ::qpdf_get_buffer_length(pdf)};
    ::qpdf_cleanup(&pdf);
    return bytes;
}

class PdfTest : public ::testing::Test {
protected:
    /// "3 false": pages and encrypted, or the problem.
    std::string outcome(const std::string& bytes) {
        const Result<Decoded> decoded = pool_.decode("pdf", bytes);
        EXPECT_EQ(pool_.totals().crashed, 0);
        EXPECT_EQ(pool_.totals().late, 0);
        if (!decoded) return decoded.error().problem;
        const auto pages = decoded->attributes.find("pages");
        return (pages == decoded->attributes.end() ? "?" : pages->second) + ' ' +
               decoded->attributes.find("encrypted")->second;
    }
    Pool pool_{{.limits = {.processes = 1}, .program = PAKN_BINARY_DIR "/bin/paknhub-decoder"}};
};

TEST_F(PdfTest, PagesAreCounted) {
    for (const int pages : {1, 3, 750}) EXPECT_EQ(outcome(written(pages)), std::to_string(pages) + " false");
    EXPECT_EQ(outcome(written(0)), "0 false");
}

TEST_F(PdfTest, WhoAsksForAPasswordSaysNothingElse) {
    EXPECT_EQ(outcome(encrypted(written(3), "bi-mat")), "? true");
    EXPECT_EQ(outcome(encrypted(written(3), "")), "3 true") << "anybody can read it";
}

TEST_F(PdfTest, WhatIsBrokenIsReadIfItCanBe) {
    const std::string whole = written(3);
    std::string moved = whole;
    moved.replace(moved.rfind("startxref"), std::string::npos, "startxref\n7\n%%EOF\n");
    EXPECT_EQ(outcome(moved), "3 false");
    EXPECT_EQ(outcome("%PDF-1.4\n%%EOF\n"), "decode.damaged");
    EXPECT_EQ(outcome("%PDF-1.4\n" + std::string(100'000, 'x')), "decode.damaged");
    EXPECT_EQ(outcome("<html>"), "decode.not_a_pdf");
    EXPECT_EQ(outcome(std::string(2000, ' ') + whole), "decode.not_a_pdf") << "its mark stands too far behind";
}

TEST_F(PdfTest, PagesThatLeadInARingEnd) {
    std::string ring = written(1);
    const std::string kid = "/Kids[3 0 R ]";
    ring.replace(ring.find(kid), kid.size(), "/Kids[2 0 R ]");
    EXPECT_EQ(outcome(ring), "decode.damaged");
}

TEST_F(PdfTest, AnyBrokenByteIsSurvived) {
    const std::string whole = written(20);
    std::uint32_t random = 4711;
    for (int i = 0; i < 200; ++i) {
        std::string broken = whole;
        for (int flips = 0; flips < 8; ++flips) {
            random = random * 1664525U + 1013904223U;
            broken[9 + (random >> 8U) % (broken.size() - 9)] = static_cast<char>(random >> 3U);
        }
        static_cast<void>(outcome(broken));
    }
}

}  // namespace
}  // namespace pakn::decoding
