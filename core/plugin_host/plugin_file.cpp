/// @file
/// Opens a plugin's file, and holds its owner, mode and AbiTag against what this hub takes.

#include "core/plugin_host/plugin_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/plugin_host/elf.hpp"
#include "core/plugin_host/plugin_host.hpp"
#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

/// Whoever may write the file can run code as this hub: only root and the hub's own user may.
Status checkOwner(const struct stat& facts) {
    const uid_t own = ::geteuid();
    if (facts.st_uid != 0 && facts.st_uid != own) {
        return refuse("plugin.owner", "owned by user " + std::to_string(facts.st_uid) +
                                          "; this hub takes files of root and of its own user " + std::to_string(own));
    }
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(facts.st_mode & 07777U));
        return refuse("plugin.writable", std::string{"its mode is "} + mode +
                                             ": more than its owner may write it; this hub takes 0755 or stricter");
    }
    return Done{};
}

std::string sdkVersion(const AbiTag& tag) {
    return std::to_string(tag.sdk_major) + '.' + std::to_string(tag.sdk_minor);
}

/// The toolchain's text; the array of a hostile file need not end in a zero.
std::string toolchain(const AbiTag& tag) {
    const char* const end = std::find(std::begin(tag.toolchain), std::end(tag.toolchain), '\0');
    return printable({tag.toolchain, static_cast<std::size_t>(end - tag.toolchain)});
}

Status checkTag(const AbiTag& tag) {
    constexpr AbiTag kOurs = currentAbiTag();
    if (std::memcmp(tag.magic, kOurs.magic, sizeof tag.magic) != 0 || tag.size != kOurs.size)
        return refuse("plugin.no_tag", "its section " PAKN_ABI_SECTION " holds no tag as this hub knows it");
    if (tag.sdk_major != kOurs.sdk_major) {
        return refuse("plugin.sdk_major",
                      "built for SDK " + sdkVersion(tag) + ", this hub has " + sdkVersion(kOurs) + ": build it anew");
    }
    if (tag.sdk_minor > kOurs.sdk_minor) {
        return refuse("plugin.sdk_minor", "built for SDK " + sdkVersion(tag) + ", this hub has " + sdkVersion(kOurs) +
                                              ": upgrade the hub or build it with the hub's SDK");
    }
    if (std::memcmp(tag.toolchain, kOurs.toolchain, sizeof tag.toolchain) != 0) {
        return refuse("plugin.toolchain", "built by the toolchain \"" + toolchain(tag) + "\", this hub by \"" +
                                              toolchain(kOurs) + "\": build it with the hub's");
    }
    return Done{};
}

}  // namespace

Result<PluginFile> PluginFile::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return refuse("plugin.load_failed", "cannot open it: " + std::generic_category().message(errno));
    return adopt(descriptor);
}

Result<PluginFile> PluginFile::adopt(int descriptor) {
    PluginFile file{descriptor, 0};
    struct stat facts {};
    if (::fstat(descriptor, &facts) != 0)
        return refuse("plugin.load_failed", "cannot look at it: " + std::generic_category().message(errno));
    if (!S_ISREG(facts.st_mode)) return refuse("plugin.not_elf", "not a file, so no shared object either");
    if (Status trusted = checkOwner(facts); !trusted) return trusted.error();

    file.size_ = static_cast<std::uint64_t>(facts.st_size);
    return file;
}

PluginFile::PluginFile(PluginFile&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)}, size_{other.size_} {}

PluginFile& PluginFile::operator=(PluginFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    return *this;
}

PluginFile::~PluginFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

int PluginFile::duplicate() const { return ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0); }

std::string PluginFile::loadPath() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

std::optional<std::string> PluginFile::read(std::uint64_t offset, std::uint64_t count) const {
    if (offset > size_ || count > size_ - offset) return std::nullopt;
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got =
            ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

Result<std::string> PluginFile::sha256() const {
    constexpr std::uint64_t kPiece = 1U << 20U;
    struct Free {
        void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
    };
    const std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
    bool sound = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    for (std::uint64_t offset = 0; sound && offset < size_; offset += kPiece) {
        const std::optional<std::string> piece = read(offset, std::min(kPiece, size_ - offset));
        sound = piece && EVP_DigestUpdate(context.get(), piece->data(), piece->size()) == 1;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (!sound || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1)
        return refuse("plugin.load_failed", "its bytes cannot be read to their end");
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4U];
        hex += "0123456789abcdef"[digest[i] & 15U];
    }
    return hex;
}

Result<AbiTag> inspect(const PluginFile& file) {
    Result<AbiTag> tag = readAbiTag(file);
    if (!tag) return tag;
    if (Status taken = checkTag(*tag); !taken) return taken.error();
    return tag;
}

Result<AbiTag> inspect(const std::filesystem::path& path) {
    const Result<PluginFile> file = PluginFile::open(path);
    return file ? inspect(*file) : Result<AbiTag>{file.error()};
}

}  // namespace pakn::plugin_host
