/// @file
/// The few parts of the ELF64 format that lead to one section (System V ABI, chapters 4 and 5). Besides, all segments
/// must lie inside the file: the dynamic loader maps them unchecked and would die of SIGBUS on a truncated file.

#include "core/plugin_host/elf.hpp"

#include <elf.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "name the ELF machine of this platform"
#endif
constexpr unsigned char kByteOrder = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
/// More than any linker writes; keeps a hostile header from asking for gigabytes.
constexpr std::uint64_t kMostNames = 4U << 20U;

Error notElf(std::string why) { return refuse("plugin.not_elf", std::move(why)); }
Error truncated(std::string_view part) {
    return notElf("truncated or damaged: its " + std::string{part} + " lies outside the file");
}

Result<Elf64_Ehdr> readHeader(const PluginFile& file) {
    const auto header = file.readAs<Elf64_Ehdr>(0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return notElf("not an ELF file, this hub loads ELF shared objects");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != kByteOrder ||
        header->e_ident[EI_VERSION] != EV_CURRENT) {
        return notElf("an ELF file of class " + std::to_string(header->e_ident[EI_CLASS]) + " and byte order " +
                      std::to_string(header->e_ident[EI_DATA]) + ", this hub needs " + std::to_string(ELFCLASS64) +
                      " and " + std::to_string(kByteOrder));
    }
    if (header->e_machine != kMachine) {
        return notElf("built for ELF machine " + std::to_string(header->e_machine) + ", this hub runs on " +
                      std::to_string(kMachine));
    }
    if (header->e_type != ET_DYN) {
        return notElf("an ELF file of type " + std::to_string(header->e_type) + ", a shared object has " +
                      std::to_string(ET_DYN));
    }
    return *header;
}

/// A header table: `count` entries of type Entry, which say their own size.
template <class Entry>
std::optional<std::vector<Entry>> readTable(const PluginFile& file, std::uint64_t offset, std::uint64_t count,
                                            std::uint64_t entry_size) {
    if (entry_size != sizeof(Entry)) return std::nullopt;
    const std::optional<std::string> bytes = file.read(offset, count * sizeof(Entry));  // count has 16 bits
    if (!bytes) return std::nullopt;
    std::vector<Entry> table(count);
    if (!table.empty()) std::memcpy(table.data(), bytes->data(), bytes->size());
    return table;
}

Status checkSegments(const PluginFile& file, const Elf64_Ehdr& header) {
    const auto segments = readTable<Elf64_Phdr>(file, header.e_phoff, header.e_phnum, header.e_phentsize);
    if (!segments || segments->empty()) return truncated("program header table");
    for (const Elf64_Phdr& segment : *segments) {
        if (segment.p_type != PT_LOAD && segment.p_type != PT_DYNAMIC) continue;
        if (segment.p_offset > file.size() || segment.p_filesz > file.size() - segment.p_offset)
            return truncated("segment at " + std::to_string(segment.p_offset));
    }
    return Done{};
}

/// Whether the name at `offset` of a string table is `name`, zero included.
bool isNamed(std::string_view names, std::uint64_t offset, std::string_view name) {
    return offset < names.size() && names.size() - offset > name.size() && names.substr(offset, name.size()) == name &&
           names[offset + name.size()] == '\0';
}

}  // namespace

Result<AbiTag> readAbiTag(const PluginFile& file) {
    const Result<Elf64_Ehdr> header = readHeader(file);
    if (!header) return header.error();
    if (Status complete = checkSegments(file, *header); !complete) return complete.error();

    const auto sections = readTable<Elf64_Shdr>(file, header->e_shoff, header->e_shnum, header->e_shentsize);
    if (!sections || header->e_shstrndx >= sections->size()) return truncated("section header table");
    const Elf64_Shdr& names_section = (*sections)[header->e_shstrndx];
    if (names_section.sh_size > kMostNames) return truncated("table of section names");
    const std::optional<std::string> names = file.read(names_section.sh_offset, names_section.sh_size);
    if (!names) return truncated("table of section names");

    for (const Elf64_Shdr& section : *sections) {
        if (!isNamed(*names, section.sh_name, PAKN_ABI_SECTION)) continue;
        if (section.sh_type != SHT_PROGBITS || section.sh_size != sizeof(AbiTag)) {
            return refuse("plugin.no_tag", "its section " PAKN_ABI_SECTION " holds " + std::to_string(section.sh_size) +
                                               " bytes, a tag has " + std::to_string(sizeof(AbiTag)) +
                                               ": PAKN_PLUGIN stands once in a plugin");
        }
        const auto tag = file.readAs<AbiTag>(section.sh_offset);
        return tag ? Result<AbiTag>{*tag} : truncated("section " PAKN_ABI_SECTION);
    }
    return refuse("plugin.no_tag", "a shared object without the section " PAKN_ABI_SECTION
                                   ": this hub loads plugins declared with PAKN_PLUGIN");
}

}  // namespace pakn::plugin_host
