/// @file
/// docs/configuration.md lists the keys of the tables, no more and no fewer, in their words.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/config/document.hpp"
#include "core/config/workflow_file.hpp"
#include "support.hpp"
#include "test_paths.hpp"

namespace pakn::config {
namespace {

std::string wordOf(const Shape& shape) {
    std::string text;
    switch (shape.form) {
        case Shape::Form::kChoice:
            for (const std::string_view choice : shape.choices)
                text += (text.empty() ? "`" : ", `") + std::string{choice} + "`";
            return text;
        case Shape::Form::kList:
            return (shape.or_one ? "one or list of " : "list of ") + wordOf(shape.element());
        case Shape::Form::kMap:
            return "map of " + wordOf(shape.element());
        default:
            return std::string{shape.word};
    }
}

/// One row per key, what it holds below it.
void addRows(const std::vector<KeyInfo>& keys, const std::string& prefix, std::vector<std::string>& rows) {
    for (const KeyInfo& key : keys) {
        const std::string path = prefix + std::string{key.name};
        rows.push_back("| `" + path + "` | " + wordOf(key.shape) + " | " + (key.need == Need::kRequired ? "yes" : "") +
                       " | " + std::string{key.help} + (key.shape.later ? " *Not in effect yet.*" : "") + " |");
        Shape shape = key.shape;
        std::string below = path;
        while (shape.form == Shape::Form::kList || shape.form == Shape::Form::kMap) {
            below += shape.form == Shape::Form::kList ? "[]" : ".*";
            shape = shape.element();
        }
        if (shape.form == Shape::Form::kSection) addRows(shape.keys(), below + ".", rows);
    }
}

std::vector<std::string> documentedRows() {
    std::vector<std::string> rows;
    std::istringstream text{readAll(std::filesystem::path{PAKN_SOURCE_DIR} / "docs/configuration.md")};
    for (std::string line; std::getline(text, line);)
        if (line.starts_with("| `")) rows.push_back(line);
    return rows;
}

/// PAKN_REWRITE=1 mends the page instead: the old rows of each table give way to the new ones.
void rewriteRows(const std::vector<std::string>& rows) {
    const std::filesystem::path file = std::filesystem::path{PAKN_SOURCE_DIR} / "docs/configuration.md";
    std::istringstream old{readAll(file)};
    std::string text;
    bool in_table = false;
    auto next = rows.begin();
    for (std::string line; std::getline(old, line);) {
        const bool row = line.starts_with("| `");
        if (!row) text += line + "\n";
        // The second table begins with the first key that workflow files alone have.
        if (row && !in_table)
            for (bool first = true; next != rows.end() && (first || !next->starts_with("| `id`")); first = false)
                text += *next++ + "\n";
        in_table = row;
    }
    std::ofstream{file, std::ios::binary} << text;
}

TEST(Documentation, ListsEveryKeyAsTheTablesDo) {
    std::vector<std::string> rows;
    addRows(keyInfos<Document>(), "", rows);
    addRows(keyInfos<domain::Workflow>(), "", rows);
    if (std::getenv("PAKN_REWRITE") != nullptr) rewriteRows(rows);
    EXPECT_EQ(documentedRows(), rows) << "PAKN_REWRITE=1 mends the page";
}

// The sample of an error in the documentation is what the program prints.
TEST(Documentation, ShowsAnErrorAsItIsPrinted) {
    const LoadResult result = loadFrom(testData() / "bad/unknown_references");
    const std::string text = readAll(std::filesystem::path{PAKN_SOURCE_DIR} / "docs/configuration.md");
    EXPECT_NE(text.find(format(result.diagnostics.at(3))), std::string::npos) << format(result.diagnostics.at(3));
}

}  // namespace
}  // namespace pakn::config
