/// @file
/// The route table and docs/api/openapi.yaml name the same calls.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "core/http/router.hpp"
#include "test_paths.hpp"

namespace pakn::http {
namespace {

/// "GET /api/v1/me" for every operation under `paths:`; the file indents paths by two and methods by four.
std::set<std::string> documentedCalls() {
    std::ifstream file{std::string{PAKN_SOURCE_DIR} + "/docs/api/openapi.yaml"};
    std::set<std::string> calls;
    std::string path;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && line[0] != ' ') inside = line == "paths:";
        if (!inside || line.size() < 4 || line.back() != ':') continue;
        const std::size_t indent = line.find_first_not_of(' ');
        std::string name = line.substr(indent, line.size() - indent - 1);
        if (indent == 2) path = name;
        if (indent != 4) continue;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return static_cast<char>(std::toupper(c)); });
        if (name == "GET" || name == "POST" || name == "PUT" || name == "PATCH" || name == "DELETE")
            calls.insert(name + ' ' + path);
    }
    return calls;
}

TEST(Routes, AreThoseOfTheOpenApiDocument) {
    std::set<std::string> served;
    for (const Route& route : routes())
        EXPECT_TRUE(served.insert(std::string{route.method} + ' ' + std::string{route.pattern}).second)
            << route.method << ' ' << route.pattern << " stands twice";
    EXPECT_EQ(served, documentedCalls());
}

}  // namespace
}  // namespace pakn::http
