/// @file
/// Files that call themselves plugins: what the hub reads out of an ELF file before it loads any of it.

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/plugin_host/elf.hpp"
#include "harness.hpp"

namespace pakn::fuzz {

void tryOne(std::string_view bytes) {
    const int file = ::memfd_create("plugin", MFD_CLOEXEC);
    FUZZ_CHECK(file >= 0 && ::fchmod(file, 0755) == 0);
    FUZZ_CHECK(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    const Result<plugin_host::PluginFile> plugin = plugin_host::PluginFile::adopt(file);
    if (!plugin) {
        FUZZ_CHECK(bytes.empty());
        return;
    }
    FUZZ_CHECK(plugin->size() == bytes.size());
    for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size()}) {
        const auto part = plugin->read(at, bytes.size() - at);
        FUZZ_CHECK(part && *part == bytes.substr(at));
        FUZZ_CHECK(!plugin->read(at, bytes.size() - at + 1));
    }
    const Result<AbiTag> tag = plugin_host::readAbiTag(*plugin);
    if (tag) {
        // It stands somewhere in the file as it is.
        const std::string_view raw{reinterpret_cast<const char*>(&*tag), sizeof(AbiTag)};
        FUZZ_CHECK(bytes.find(raw) != std::string_view::npos);
    } else {
        FUZZ_CHECK(tag.error().problem == "plugin.not_elf" || tag.error().problem == "plugin.no_tag");
    }
    static_cast<void>(plugin_host::inspect(*plugin).ok());
}

}  // namespace pakn::fuzz
