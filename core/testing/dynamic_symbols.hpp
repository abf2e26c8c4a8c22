#pragma once
/// @file
/// What a shared object shows to the dynamic linker (System V ABI, ELF64).

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/testing/temporary_folder.hpp"

namespace pakn::testing {

struct DynamicSymbols {
    std::vector<std::string> exported = {};  ///< Defined here; sorted.
    int unique = 0;                          ///< Of them STB_GNU_UNIQUE: such a symbol is one for the whole process.
};

/// Throws std::runtime_error for what is no complete shared object.
inline DynamicSymbols dynamicSymbols(const std::filesystem::path& file) {
    const std::string bytes = readFile(file);
    const auto at = [&bytes]<class T>(std::size_t offset, T) {
        if (offset > bytes.size() || sizeof(T) > bytes.size() - offset) throw std::runtime_error{"a truncated file"};
        T value;
        std::memcpy(&value, bytes.data() + offset, sizeof value);
        return value;
    };
    const auto header = at(0, Elf64_Ehdr{});
    const auto section = [&](std::size_t index) {
        return at(header.e_shoff + index * sizeof(Elf64_Shdr), Elf64_Shdr{});
    };
    DynamicSymbols symbols;
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
        const Elf64_Shdr table = section(i);
        if (table.sh_type != SHT_DYNSYM) continue;
        const Elf64_Shdr names = section(table.sh_link);
        for (std::size_t offset = 0; offset + sizeof(Elf64_Sym) <= table.sh_size; offset += sizeof(Elf64_Sym)) {
            const auto symbol = at(table.sh_offset + offset, Elf64_Sym{});
            if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
            symbols.unique += ELF64_ST_BIND(symbol.st_info) == STB_GNU_UNIQUE ? 1 : 0;
            const std::size_t begin = names.sh_offset + symbol.st_name;
            symbols.exported.push_back(bytes.substr(begin, bytes.find('\0', begin) - begin));
        }
    }
    std::sort(symbols.exported.begin(), symbols.exported.end());
    return symbols;
}

}  // namespace pakn::testing
