/// @file
/// docs/configuration.md lists the keys of the tables, no more and no fewer, in their words.

#include <gtest/gtest.h>

#include <sstream>

#include "core/config/document.hpp"
#include "core/config/workflow_file.hpp"
#include "support.hpp"

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
            return "list of " + wordOf(shape.element());
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
                       " | " + std::string{key.help} + " |");
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

TEST(Documentation, ListsEveryKeyAsTheTablesDo) {
    std::vector<std::string> rows;
    addRows(keyInfos<Document>(), "", rows);
    addRows(keyInfos<domain::Workflow>(), "", rows);
    EXPECT_EQ(documentedRows(), rows);
}

// The sample of an error in the documentation is what the program prints.
TEST(Documentation, ShowsAnErrorAsItIsPrinted) {
    const LoadResult result = loadFrom(testData() / "bad/unknown_references");
    const std::string text = readAll(std::filesystem::path{PAKN_SOURCE_DIR} / "docs/configuration.md");
    EXPECT_NE(text.find(format(result.diagnostics.at(3))), std::string::npos) << format(result.diagnostics.at(3));
}

}  // namespace
}  // namespace pakn::config
