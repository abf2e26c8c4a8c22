#pragma once
/// @file
/// Zip archives and small workbooks for tests, written by libarchive.

#include <archive.h>
#include <archive_entry.h>

#include <map>
#include <stdexcept>
#include <string>

namespace pakn::in_portal {

inline std::string zipOf(const std::map<std::string, std::string>& files) {
    std::string bytes(std::size_t{8} << 20U, '\0');
    std::size_t used = 0;
    archive* zip = archive_write_new();
    archive_write_set_format_zip(zip);
    if (archive_write_open_memory(zip, bytes.data(), bytes.size(), &used) != ARCHIVE_OK)
        throw std::runtime_error{"no zip"};
    for (const auto& [name, content] : files) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(zip, entry);
        archive_write_data(zip, content.data(), content.size());
        archive_entry_free(entry);
    }
    archive_write_close(zip);
    archive_write_free(zip);
    bytes.resize(used);
    return bytes;
}

/// A workbook with one sheet "Phản ánh" whose rows are `rows`; style 1 is a date, 2 a date of its own format.
inline std::map<std::string, std::string> workbookFiles(const std::string& rows, const std::string& strings = "") {
    return {
        {"xl/workbook.xml",
         R"(<workbook xmlns:r="r"><sheets><sheet name="Phản ánh" sheetId="1" r:id="rId1"/></sheets></workbook>)"},
        {"xl/_rels/workbook.xml.rels",
         R"(<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>)"},
        {"xl/styles.xml", R"(<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\ hh:mm"/>
            <numFmt numFmtId="165" formatCode="&quot;day&quot;0.00[Red]"/></numFmts>
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
            <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>)"},
        {"xl/sharedStrings.xml", "<sst>" + strings + "</sst>"},
        {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"},
        {"docProps/app.xml", "<ignored/>"},
    };
}

}  // namespace pakn::in_portal
