/// @file
/// The gate that files pass: types, sizes, pages, viruses.

#include "core/engine/file_gate.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/domain/shown_file.hpp"
#include "core/engine/intake.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "tests/unit/engine/bench.hpp"
#include "tests/unit/engine/clamd.hpp"

namespace pakn::engine {
namespace {

using test::Bench;
using test::Clamd;
using test::eicar;

/// A box of ISO base media: its length, its type, what is in it.
std::string box(const std::string& type, const std::string& content) {
    std::string all;
    for (int shift = 24; shift >= 0; shift -= 8)
        all += static_cast<char>((content.size() + 8) >> static_cast<unsigned>(shift));
    return all + type + content;
}
std::string media(const std::string& brand) {
    return box("ftyp", brand + std::string(4, '\0') + brand) + box("moov", "");
}
std::string repeated(std::string_view one, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += one;
    return all;
}
std::string zeros(std::size_t count) { return std::string(count, '\0'); }

struct Sample {
    std::string type;
    std::string bytes;
};

/// Beginnings of files as telephones and their networks make them.
std::vector<Sample> samples() {
    using namespace std::string_literals;
    const std::string page = "OggS\0\2"s + zeros(8) + "\1\0\0\0"s + zeros(8) + "\1\x13"s;
    return {
        {"image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"s},
        {"image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"s},
        {"image/webp", "RIFF\x24\0\0\0WEBPVP8 "s + zeros(24)},
        {"image/gif", "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff;"s},
        {"image/heic", media("heic")},
        {"image/heif", media("mif1")},
        {"application/pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"s},
        {"text/plain", "Biên bản kiểm tra"s},
        {"audio/mpeg", "ID3\3\0\0\0\0\0\x0a"s + zeros(10) + "\xff\xfb\x90\x64"s + zeros(413)},
        {"audio/x-wav",
         "RIFF\x88\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\x64\0\0\0"s + zeros(100)},
        {"audio/x-hx-aac-adts", repeated("\xff\xf1\x50\x80\x02\x1f\xfc\0\0\0\0\0\0\0\0\0"s, 50)},
        {"audio/x-m4a", media("M4A ")},
        {"audio/amr", "#!AMR\n\x3c"s + zeros(31)},
        {"audio/ogg", page + "OpusHead\1\1\x38\1\x80\xbb\0\0\0\0\0"s},
        {"audio/ogg", page + "\1vorbis\0\0\0\0\1\x44\xac\0\0"s + zeros(14)},
        {"video/mp4", media("isom")},
        {"video/mp4", media("mp42")},
        {"video/quicktime", media("qt  ")},
        {"video/3gpp", media("3gp4")},
        {"video/3gpp2", media("3g2a")},
    };
}

TEST(FileTypes, AreToldByContentAsTelephonesMakeThem) {
    for (const Sample& one : samples()) {
        const Result<std::string> type = acceptedType(one.bytes);
        ASSERT_TRUE(type) << one.type << ": " << type.error().message;
        EXPECT_EQ(*type, one.type);
    }
}

TEST(FileTypes, WhatNobodyShowsOrPlaysIsNotTaken) {
    using namespace std::string_literals;
    for (const std::string& bytes : {media("avif"), media("hevc"),
                                     "\x7f"
                                     "ELF\2\1\1"s +
                                         zeros(60),
                                     "<!DOCTYPE html><html></html>"s, "PK\3\4"s + zeros(60),
                                     "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"s,
                                     "\x1a\x45\xdf\xa3"s + zeros(60), zeros(100)}) {
        const Result<std::string> type = acceptedType(bytes);
        ASSERT_FALSE(type) << *type;
        EXPECT_EQ(type.error().problem, "attachment.type_not_accepted");
    }
    EXPECT_EQ(acceptedType("").error().problem, "attachment.empty");
}

TEST(FileTypes, DocumentsAndRecordingsHaveCapsOfTheirOwn) {
    const config::FileLimits limits{.document = 2000, .recording = 5000};
    const auto problem = [&](const std::string& beginning, std::size_t size) {
        const Result<std::string> type = acceptedType(beginning + zeros(size - beginning.size()), limits);
        return type ? "" : type.error().problem;
    };
    for (const Sample& one : samples()) {
        if (one.type == "text/plain") continue;
        const bool recording = one.type.starts_with("audio/") || one.type.starts_with("video/");
        const std::size_t most = recording ? limits.recording : limits.document;
        EXPECT_EQ(problem(one.bytes, most), "") << one.type;
        EXPECT_EQ(problem(one.bytes, most + 1), "attachment.too_large") << one.type;
    }
    EXPECT_EQ(acceptedType(std::string(16U << 20U, 'x')).error().code, Errc::kTooLarge) << "15 MB when nothing is said";
}

TEST(ShownFile, WhatNoBrowserShowsIsShownAsSomethingElse) {
    const auto shown = [](const char* name, const char* type) {
        return domain::shownName({.name = name, .type = type}) + ' ' + std::string{domain::shownType(type)};
    };
    EXPECT_EQ(shown("IMG_1.HEIC", "image/heic"), "IMG_1.jpg image/jpeg");
    EXPECT_EQ(shown("anh.heif", "image/heif"), "anh.jpg image/jpeg");
    EXPECT_EQ(shown("a.b.gif", "image/gif"), "a.b.png image/png");
    EXPECT_EQ(shown(".gif", "image/gif"), ".gif.png image/png");
    EXPECT_EQ(shown("anh", "image/gif"), "anh.png image/png");
    EXPECT_EQ(shown("anh.jpeg", "image/jpeg"), "anh.jpeg image/jpeg");
    EXPECT_EQ(shown("don.pdf", "application/pdf"), "don.pdf application/pdf");
}

class FileGateTest : public ::testing::Test {
protected:
    FileGateTest() { restart(true); }

    void restart(bool decoders) {
        FileGate::Parts parts{.blobs = *bench_.blobs, .log = [this](LogLevel, std::string_view id, std::string_view) {
                                  logged_.emplace_back(id);
                              }};
        if (decoders)
            parts.decode = [this](std::string_view kind, const Content&) -> Result<Decoded> {
                EXPECT_EQ(kind, "pdf");
                ++read_;
                return pdf_;
            };
        gate_ = std::make_unique<FileGate>(std::move(parts));
    }
    std::string outcome(const std::string& bytes, Pages pages = Pages::kCounted) {
        Result<domain::FileRef> kept = gate_->keep({.name = "tep", .content = bytes}, rules_, pages);
        if (kept) file_ = std::move(*kept);
        return kept ? "kept" : kept.error().problem;
    }
    std::string leaves() {
        const Status may = gate_->mayLeave(file_, rules_);
        return may ? "may" : may.error().problem;
    }
    std::string state() {
        const std::optional<ScanState> state = gate_->state(file_, rules_);
        return state ? std::string{nameOf(*state)} : "-";
    }
    static Decoded pages(const std::string& count, const std::string& encrypted = "false") {
        Decoded decoded{.attributes = {{"encrypted", encrypted}}};
        if (!count.empty()) decoded.attributes["pages"] = count;
        return decoded;
    }
    Result<Arrival> prepared(IntakeRequest request) {
        config::Configuration changed = *bench_.configuration;
        changed.intake = rules_;
        return prepare(std::move(request), changed, *gate_, *bench_.blobs, bench_.now.load());
    }

    const std::string kPdf = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n";
    Bench bench_;
    config::IntakeRules rules_;
    Result<Decoded> pdf_ = pages("3");
    int read_ = 0;
    std::vector<std::string> logged_;
    std::unique_ptr<FileGate> gate_;
    domain::FileRef file_;
};

TEST_F(FileGateTest, PagesOfAPdfAreCounted) {
    rules_.max_pages = 3;
    EXPECT_EQ(outcome(kPdf), "kept");
    pdf_ = pages("4");
    EXPECT_EQ(outcome(kPdf), "attachment.too_many_pages");
    pdf_ = pages("0");
    EXPECT_EQ(outcome(kPdf), "attachment.pdf_unreadable");
    pdf_ = pages("", "true");
    EXPECT_EQ(outcome(kPdf), "attachment.pdf_unreadable") << "it asks for a password";
    pdf_ = pages("2", "true");
    EXPECT_EQ(outcome(kPdf), "kept") << "it asks for none";
    for (const Errc code : {Errc::kRejected, Errc::kTooLarge}) {
        pdf_ = Error{.code = code, .problem = "decode.damaged"};
        EXPECT_EQ(outcome(kPdf), "attachment.pdf_unreadable");
    }
}

TEST_F(FileGateTest, WithoutADecoderAPdfIsTakenAsItIs) {
    pdf_ = Error{.code = Errc::kUnavailable, .problem = "decode.unavailable"};
    EXPECT_EQ(outcome(kPdf), "kept");
    restart(false);
    EXPECT_EQ(outcome(kPdf), "kept");
    EXPECT_EQ(read_, 1);
}

TEST_F(FileGateTest, OnlyPdfsFromOutsideAreRead) {
    pdf_ = pages("100000");
    EXPECT_EQ(outcome(kPdf, Pages::kAny), "kept");
    EXPECT_EQ(outcome("văn bản"), "kept");
    EXPECT_EQ(read_, 0);
}

TEST_F(FileGateTest, WhatWasLookedAtIsWhatIsStored) {
    // Whoever gave the descriptor writes on while the file is looked at.
    const std::filesystem::path path = bench_.folder.path() / "don.pdf";
    const std::string before = kPdf + std::string(400'000, 'x');
    std::ofstream{path, std::ios::binary} << before;
    restart(false);
    FileGate gate{{.blobs = *bench_.blobs, .decode = [&](std::string_view, const Content& content) -> Result<Decoded> {
                       std::ofstream{path, std::ios::binary} << "<html>" << std::string(500'000, 'y');
                       EXPECT_EQ(content.bytes(1U << 20U).value(), before);
                       return pages("1");
                   }}};
    const auto kept = gate.keep({.name = "don.pdf", .content = Content::open(path).value()}, rules_, Pages::kCounted);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(*bench_.blobs->get(kept->sha256), before);
}

TEST_F(FileGateTest, AnInfectedFileIsNotStored) {
    Clamd clamd;
    rules_.virus_scan.socket = clamd.socket();
    EXPECT_EQ(outcome(eicar()), "attachment.infected");
    EXPECT_FALSE(bench_.blobs->get(security::toHex(security::sha256(eicar()))));
    EXPECT_EQ(outcome("văn bản"), "kept");
    EXPECT_EQ(state(), "-");
    EXPECT_EQ(leaves(), "may");
    EXPECT_EQ(clamd.asked(), 2) << "what is known to be clean is not asked about again";
    EXPECT_EQ(logged_, std::vector<std::string>{"FILE_INFECTED"});
}

TEST_F(FileGateTest, WhatNobodyHasLookedAtIsShownToNobodyUntilSomebodyHas) {
    Clamd clamd;
    rules_.virus_scan.socket = clamd.socket();
    clamd.hangs_up = true;
    EXPECT_EQ(outcome("văn bản"), "kept") << "a petition is not lost over a scanner";
    EXPECT_EQ(state(), "pending");
    EXPECT_EQ(leaves(), "scan.pending");
    rules_.virus_scan.fail = config::ScanFailure::kAccept;
    EXPECT_EQ(state(), "-");
    EXPECT_EQ(leaves(), "may");
    rules_.virus_scan.fail = config::ScanFailure::kPending;
    clamd.hangs_up = false;
    restart(true);  // Nobody is kept waiting a moment after a failure; a hub that starts anew asks.
    EXPECT_EQ(leaves(), "may");
    EXPECT_EQ(state(), "-");
}

TEST_F(FileGateTest, AVirusThatIsFoundLaterStopsTheFileAndAWrongFindingIsUndone) {
    EXPECT_EQ(outcome(eicar()), "kept") << "nobody looks";
    EXPECT_EQ(leaves(), "may");
    Clamd clamd;
    rules_.virus_scan.socket = clamd.socket();
    EXPECT_EQ(state(), "pending");
    EXPECT_EQ(leaves(), "file.infected");
    EXPECT_EQ(state(), "infected");
    EXPECT_EQ(gate_->mayLeave(file_, rules_).error().code, Errc::kRejected);
    clamd.stop();
    restart(true);
    EXPECT_EQ(leaves(), "file.infected") << "whatever the scanner does then";
    ASSERT_TRUE(bench_.blobs->keepNote(file_.sha256, "scan1", "clean"));
    EXPECT_EQ(leaves(), "may");
}

TEST_F(FileGateTest, WhatNobodyCanUseIsRefusedToItsSenderAndLeftOutOfAConnectors) {
    Clamd clamd;
    rules_.virus_scan.socket = clamd.socket();
    pdf_ = pages("501");
    const auto bring = [&](bool connector, bool leave_out, std::vector<Attachment> files) {
        IntakeRequest request{.petition = {.external_id = "P-1", .text = "x", .attachments = std::move(files)},
                              .channel = "portal",
                              .caller = "portal",
                              .trust_external_id = connector,
                              .by_connector = connector};
        if (leave_out) request.petition.attributes[std::string{kLeaveOutFiles}] = "true";
        return prepared(std::move(request));
    };
    const std::vector<Attachment> files{{.name = "a.txt", .content = "văn bản"},
                                        {.name = "dày.pdf", .content = kPdf},
                                        {.name = "vi-rút.txt", .content = eicar()}};
    const auto direct = bring(false, false, files);
    ASSERT_FALSE(direct);
    EXPECT_EQ(direct.error().problem, "attachment.too_many_pages");
    EXPECT_EQ(direct.error().field, "/attachments/1");
    for (const bool asked : {false, true}) {
        const auto brought = bring(true, asked, files);
        ASSERT_TRUE(brought);
        ASSERT_EQ(brought->submit.files.size(), 1U);
        EXPECT_EQ(brought->birth->person.attributes.at("files_left_out"),
                  "dày.pdf: attachment.too_many_pages; vi-rút.txt: attachment.infected");
    }
    // What the hub does not take by type is another matter: the connector says whether it may be left out.
    const std::vector<Attachment> program{{.name = "a.exe", .content = "MZ" + zeros(100)}};
    EXPECT_EQ(bring(true, false, program).error().problem, "attachment.type_not_accepted");
    EXPECT_TRUE(bring(true, true, program));
}

TEST_F(FileGateTest, TheHubShowsNoFileThatWaits) {
    Clamd clamd;
    config::Configuration changed = *bench_.configuration;
    changed.intake.virus_scan.socket = clamd.socket();
    bench_.configuration = std::make_shared<const config::Configuration>(std::move(changed));
    clamd.stop();
    Hub hub{bench_.hubParts()};
    const auto kept = hub.keepFile({.name = "a.txt", .content = "văn bản"});
    ASSERT_TRUE(kept);
    EXPECT_EQ(hub.scanState(*kept), ScanState::kPending);
    const Result<Content> opened = hub.openFile(*kept);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().problem, "scan.pending");
    EXPECT_EQ(opened.error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace pakn::engine
