#include "core/config/journalled.hpp"

#include <filesystem>
#include <utility>
#include <vector>

#include "core/config/sources.hpp"
#include "core/config/values.hpp"
#include "core/config/workflow_file.hpp"

namespace pakn::config {

namespace {

/// "=== workflows/x.yaml (123 bytes)", then so many bytes; see joinFiles in compile.cpp. Ends where the form is not
/// kept.
std::vector<SourceFile> splitFiles(std::string_view text) {
    constexpr std::string_view kHead = "=== ";
    constexpr std::string_view kTail = " bytes)";
    std::vector<SourceFile> files;
    while (text.starts_with(kHead)) {
        const std::string_view head = text.substr(0, text.find('\n'));
        const std::size_t size_at = head.rfind(" (");
        if (size_at == std::string_view::npos || !head.ends_with(kTail) || head.size() == text.size()) break;
        const std::string_view digits = head.substr(size_at + 2, head.size() - size_at - 2 - kTail.size());
        const auto size = static_cast<std::size_t>(parseInteger(digits).value_or(-1));
        text.remove_prefix(head.size() + 1);
        if (size > text.size()) break;
        const std::string_view content = text.substr(0, size);
        files.push_back({std::string{head.substr(kHead.size(), size_at - kHead.size())}, std::string{content}});
        text.remove_prefix(size);
        if (!content.ends_with('\n') && text.starts_with('\n')) text.remove_prefix(1);
    }
    return files;
}

bool isWorkflow(const SourceFile& file) {
    return std::filesystem::path{file.name}.parent_path().filename() == "workflows";
}

}  // namespace

std::string workflowPart(std::string_view journalled) {
    std::string part;
    for (const SourceFile& file : splitFiles(journalled))
        if (isWorkflow(file))
            part += "=== " + file.name + " (" + std::to_string(file.text.size()) + " bytes)\n" + file.text + "\n";
    return part;
}

domain::Workflows workflowsOf(std::string_view journalled) {
    domain::Workflows workflows;
    for (const SourceFile& file : splitFiles(journalled)) {
        if (!isWorkflow(file)) continue;
        Diagnostics unheard;
        const ParsedYaml parsed = parseYaml(file.text, unheard.addFile(file.name), unheard);
        Reader reader{unheard, {}, {}};
        if (!parsed.complete || parsed.root.kind != Node::Kind::kMap) continue;
        domain::Workflow workflow = readWorkflow(reader, parsed.root);
        // What a directory says itself stands behind what it includes, so the later one of an id holds.
        if (unheard.errors() == 0) workflows.insert_or_assign(workflow.id, std::move(workflow));
    }
    return workflows;
}

}  // namespace pakn::config
