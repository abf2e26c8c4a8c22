/// @file
/// What is found in a file before any of its code runs. Fixtures whose code must not run abort when it does.

#include <elf.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <random>
#include <string>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::plugin_host {
namespace {

namespace fs = std::filesystem;
using testing::readFile;
using testing::TemporaryFolder;

const fs::path kFixtures = fs::path{PAKN_BINARY_DIR} / "tests/fixtures/plugins";

/// The problem's id, or "" when the file passes.
std::string problemOf(const fs::path& file) {
    const Result<AbiTag> tag = inspect(file);
    if (tag) return {};
    EXPECT_EQ(tag.error().code, Errc::kMisconfigured);
    EXPECT_FALSE(tag.error().message.empty());
    return tag.error().problem;
}

std::string version(unsigned major, unsigned minor) { return std::to_string(major) + '.' + std::to_string(minor); }

/// Whether a refusal's text has all of these: what the file is, and what this hub takes.
::testing::AssertionResult names(const Result<AbiTag>& refused, std::initializer_list<std::string> parts) {
    if (refused) return ::testing::AssertionFailure() << "it is not refused";
    for (const std::string& part : parts)
        if (refused.error().message.find(part) == std::string::npos)
            return ::testing::AssertionFailure() << '"' << part << "\" is not in: " << refused.error().message;
    return ::testing::AssertionSuccess();
}

/// A fixture's bytes with one value put over them.
template <class T>
std::string patched(std::string bytes, std::size_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
    return bytes;
}

class InspectTest : public ::testing::Test {
protected:
    std::string problemOfBytes(std::string_view bytes) const { return problemOf(folder_.write("x.so", bytes)); }

    /// Where the fixture's tag begins.
    static std::size_t tagOffset(const std::string& bytes) {
        return bytes.find(std::string{currentAbiTag().magic, sizeof AbiTag::magic});
    }

    const TemporaryFolder folder_;
    const std::string good_ = readFile(kFixtures / "mischief.so");
};

TEST_F(InspectTest, ReadsTheTagOfASoundPlugin) {
    const Result<AbiTag> tag = inspect(kFixtures / "mischief.so");
    ASSERT_TRUE(tag) << tag.error().message;
    constexpr AbiTag kOurs = currentAbiTag();
    EXPECT_EQ(std::memcmp(&*tag, &kOurs, sizeof kOurs), 0);
}

TEST_F(InspectTest, RefusesWhatIsNoSharedObject) {
    EXPECT_EQ(problemOfBytes(""), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes("just a text, long enough to hold an ELF header were it one, which it is not at all"),
              "plugin.not_elf");
    EXPECT_EQ(problemOf(folder_.path()), "plugin.not_elf");
    EXPECT_EQ(problemOf("/dev/null"), "plugin.not_elf");
    ASSERT_EQ(::mkfifo((folder_ / "fifo.so").c_str(), 0600), 0);
    EXPECT_EQ(problemOf(folder_ / "fifo.so"), "plugin.not_elf");
    EXPECT_EQ(problemOf(folder_ / "absent.so"), "plugin.load_failed");
    EXPECT_EQ(problemOf("/proc/self/exe"), "plugin.no_tag");  // A position-independent program looks like one.
}

TEST_F(InspectTest, RefusesOtherMachinesClassesAndTypes) {
    EXPECT_EQ(problemOfBytes(patched<unsigned char>(good_, EI_CLASS, ELFCLASS32)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<unsigned char>(good_, EI_DATA, ELFDATA2MSB)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<unsigned char>(good_, EI_VERSION, 7)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_machine), EM_S390)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_type), ET_EXEC)), "plugin.not_elf");
}

TEST_F(InspectTest, NamesWhatAFileIsAndWhatThisHubTakes) {
    const auto inspected = [&](const std::string& bytes) { return inspect(folder_.write("x.so", bytes)); };
    EXPECT_TRUE(names(inspected("a text"), {"not an ELF file", "ELF shared objects"}));
    const std::string foreign = patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_machine), EM_S390);
    Elf64_Ehdr header;
    std::memcpy(&header, good_.data(), sizeof header);
    EXPECT_TRUE(names(inspected(foreign), {' ' + std::to_string(EM_S390), ' ' + std::to_string(header.e_machine)}));
    const std::string program = patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_type), ET_EXEC);
    EXPECT_TRUE(names(inspected(program), {' ' + std::to_string(ET_EXEC), ' ' + std::to_string(ET_DYN)}));
}

TEST_F(InspectTest, RefusesOffsetsThatLeadOutOfTheFile) {
    for (const std::uint64_t offset :
         std::initializer_list<std::uint64_t>{UINT64_MAX, UINT64_MAX - 63, INT64_MAX, good_.size()}) {
        EXPECT_EQ(problemOfBytes(patched(good_, offsetof(Elf64_Ehdr, e_shoff), offset)), "plugin.not_elf");
        EXPECT_EQ(problemOfBytes(patched(good_, offsetof(Elf64_Ehdr, e_phoff), offset)), "plugin.not_elf");
    }
    EXPECT_EQ(problemOfBytes(patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_shnum), 0xffff)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_shnum), 0)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_shstrndx), 0xfffe)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_shentsize), 1)), "plugin.not_elf");
    EXPECT_EQ(problemOfBytes(patched<Elf64_Half>(good_, offsetof(Elf64_Ehdr, e_phnum), 0)), "plugin.not_elf");
}

TEST_F(InspectTest, RefusesAFileTruncatedAnywhere) {
    const fs::path file = folder_.write("x.so", good_);
    // From the end, so that one file serves for all lengths.
    for (std::size_t size = (good_.size() - 1) / 64 * 64 + 64; size > 0;) {
        size -= 64;
        fs::resize_file(file, size);
        ASSERT_EQ(problemOf(file), "plugin.not_elf") << "cut at " << size;
    }
    EXPECT_EQ(problemOfBytes(good_.substr(0, good_.size() - 1)), "plugin.not_elf");
}

TEST_F(InspectTest, SurvivesDamagedHeaders) {
    Elf64_Ehdr header;
    std::memcpy(&header, good_.data(), sizeof header);
    const std::size_t sections_end = header.e_shoff + std::size_t{header.e_shnum} * header.e_shentsize;
    std::mt19937_64 random{20260306};
    const fs::path file = folder_.write("x.so", good_);
    std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
    const auto put = [&](std::size_t at, char value) {
        bytes.seekp(static_cast<std::streamoff>(at));
        bytes.put(value);
        bytes.flush();
    };
    int refused = 0;
    for (int i = 0; i < 5000; ++i) {
        const bool in_sections = i % 2 == 0;
        const std::size_t at = in_sections ? header.e_shoff + random() % (sections_end - header.e_shoff)
                                           : random() % (header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr));
        put(at, static_cast<char>(random()));
        if (!problemOf(file).empty()) ++refused;  // It may pass: not every byte matters to us.
        put(at, good_[at]);
    }
    EXPECT_GT(refused, 100);
    EXPECT_EQ(problemOf(file), "");
}

TEST_F(InspectTest, RefusesALibraryWithoutTag) {
    const Result<AbiTag> none = inspect(kFixtures / "no_tag.so");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().problem, "plugin.no_tag");
    EXPECT_TRUE(names(none, {"shared object", "PAKN_PLUGIN"})) << "what it is, and what it should be";
}

TEST_F(InspectTest, RefusesATagThatIsNone) {
    const std::size_t tag = tagOffset(good_);
    EXPECT_EQ(problemOfBytes(patched(good_, tag, 'X')), "plugin.no_tag");
    EXPECT_EQ(problemOfBytes(patched(good_, tag + offsetof(AbiTag, size), std::uint32_t{64})), "plugin.no_tag");
}

TEST_F(InspectTest, RefusesOtherSdkVersionsAndNamesBothSides) {
    const Result<AbiTag> major = inspect(kFixtures / "other_major.so");
    ASSERT_FALSE(major);
    EXPECT_EQ(major.error().problem, "plugin.sdk_major");
    EXPECT_TRUE(names(major, {version(kSdkMajor + 1, kSdkMinor), version(kSdkMajor, kSdkMinor)}));
    const Result<AbiTag> minor = inspect(kFixtures / "newer_minor.so");
    ASSERT_FALSE(minor);
    EXPECT_EQ(minor.error().problem, "plugin.sdk_minor");
    EXPECT_TRUE(names(minor, {version(kSdkMajor, kSdkMinor + 1), version(kSdkMajor, kSdkMinor)}));
}

TEST_F(InspectTest, RefusesAnotherToolchainEvenWithoutEndingZero) {
    EXPECT_EQ(problemOf(kFixtures / "other_toolchain.so"), "plugin.toolchain");
    std::string endless = good_;
    endless.replace(tagOffset(good_) + offsetof(AbiTag, toolchain), sizeof AbiTag::toolchain,
                    std::string(sizeof AbiTag::toolchain, '\x1b'));
    const Result<AbiTag> tag = inspect(folder_.write("x.so", endless));
    ASSERT_FALSE(tag);
    EXPECT_EQ(tag.error().problem, "plugin.toolchain");
    EXPECT_EQ(tag.error().message.find('\x1b'), std::string::npos) << "control bytes reach a terminal";
}

TEST_F(InspectTest, RefusesAFileThatOthersMayWrite) {
    const fs::path file = folder_.write("x.so", good_);
    EXPECT_EQ(problemOf(file), "");
    for (const fs::perms extra : {fs::perms::group_write, fs::perms::others_write}) {
        fs::permissions(file, static_cast<fs::perms>(0644) | extra);
        EXPECT_EQ(problemOf(file), "plugin.writable");
        EXPECT_TRUE(names(inspect(file), {extra == fs::perms::group_write ? "0664" : "0646", "0755"}));
    }
}

TEST_F(InspectTest, RefusesAFileOfAStranger) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    const fs::path file = folder_.write("x.so", good_);
    ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
    EXPECT_EQ(problemOf(file), "plugin.owner");
    EXPECT_TRUE(names(inspect(file), {"user 65534", "own user " + std::to_string(::geteuid())}));
}

}  // namespace
}  // namespace pakn::plugin_host
