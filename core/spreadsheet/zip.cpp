#include "core/spreadsheet/zip.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace pakn::spreadsheet {
namespace {

struct Free {
    void operator()(archive* one) const { archive_read_free(one); }
};

Error wrong(std::string what, Errc code = Errc::kInvalid) {
    return {.code = code, .message = "the workbook " + std::move(what)};
}

Result<std::string> readEntry(archive* zip, std::size_t most) {
    std::string bytes;
    char piece[65536];
    for (;;) {
        const la_ssize_t got = archive_read_data(zip, piece, sizeof piece);
        if (got < 0) return wrong("is damaged");
        if (got == 0) return bytes;
        if (static_cast<std::size_t>(got) > most - bytes.size())
            return wrong("unpacks to more than is allowed", Errc::kTooLarge);
        bytes.append(piece, static_cast<std::size_t>(got));
    }
}

}  // namespace

Result<std::map<std::string, std::string>> unzip(std::string_view bytes,
                                                 const std::function<bool(std::string_view name)>& wanted,
                                                 const ZipLimits& limits) {
    const std::unique_ptr<archive, Free> zip{archive_read_new()};
    const bool opened = zip != nullptr && archive_read_support_format_zip_seekable(zip.get()) == ARCHIVE_OK &&
                        archive_read_open_memory(zip.get(), bytes.data(), bytes.size()) == ARCHIVE_OK;
    if (!opened) return wrong("is no zip archive");
    std::map<std::string, std::string> files;
    std::size_t total = 0;
    for (int count = 0;; ++count) {
        archive_entry* entry = nullptr;
        const int next = archive_read_next_header(zip.get(), &entry);
        if (next == ARCHIVE_EOF) return files;
        if (next != ARCHIVE_OK && next != ARCHIVE_WARN) return wrong("is no zip archive, or damaged");
        if (count >= limits.entries) return wrong("holds too many files", Errc::kTooLarge);
        const char* const name = archive_entry_pathname(entry);
        if (name == nullptr || !wanted(name)) continue;
        if (archive_entry_is_encrypted(entry) != 0) return wrong("is encrypted");
        Result<std::string> content = readEntry(zip.get(), std::min(limits.entry_bytes, limits.total_bytes - total));
        if (!content) return std::move(content).error();
        total += content->size();
        files.insert_or_assign(name, *std::move(content));
    }
}

}  // namespace pakn::spreadsheet
