#pragma once
/// @file
/// The files of texts that `templates` names: notices, texts that officers pick, the official letter. Read by tables of
/// keys, every place of every text checked.

#include <map>
#include <string>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/sources.hpp"
#include "core/domain/notice.hpp"

namespace pakn::config {

struct TemplateFiles {
    std::map<std::string, domain::NoticeTemplate, std::less<>> notices = {};
    std::map<std::string, domain::PreparedText, std::less<>> texts = {};
    std::optional<domain::TextTemplate> letter = {};
    std::vector<SourceFile> files = {};  ///< As read, for the journal of configurations.
};

/// A file that cannot be read is a mistake where it is named. Of two files a later one's text of the same id holds.
TemplateFiles readTemplates(Reader& reader, const TemplatesSection& section);

}  // namespace pakn::config
