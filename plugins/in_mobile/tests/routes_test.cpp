/// @file
/// The table of routes, the README's and openapi.yaml's say the same; what is no route is none.

#include "routes.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "app.hpp"
#include "test_paths.hpp"

namespace pakn::in_mobile {
namespace {

std::string fileText(const std::string& name) {
    std::ifstream file{PAKN_SOURCE_DIR "/plugins/in_mobile/" + name};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(MobileRoutes, TheReadmeShowsThemAll) {
    EXPECT_NE(fileText("README.md").find(routeTable()), std::string::npos) << "put this into it:\n" << routeTable();
}

/// "POST /codes" of every operation that the description has, by its indentation.
std::set<std::string> described() {
    std::istringstream lines{fileText("openapi.yaml")};
    std::set<std::string> calls;
    std::string path;
    bool in_paths = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line[0] != ' ') in_paths = line == "paths:";
        if (!in_paths) continue;
        if (line.starts_with("  /") && line.ends_with(":")) path = line.substr(2, line.size() - 3);
        for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
            std::string key = "    ";
            for (const char* c = method; *c != '\0'; ++c) key += static_cast<char>(*c - 'A' + 'a');
            if (line == key + ":") calls.insert(std::string{method} + ' ' + path);
        }
    }
    return calls;
}

TEST(MobileRoutes, TheDescriptionHasThemAllAndNoOther) {
    std::set<std::string> known;
    for (const Route& route : routes()) known.insert(std::string{route.method} + ' ' + std::string{route.path});
    EXPECT_EQ(described(), known);
    EXPECT_EQ(known.size(), routes().size()) << "each once";
}

TEST(MobileRoutes, EachIsFoundWithItsParts) {
    for (const Route& route : routes()) {
        std::string path{route.path};
        std::size_t names = 0;
        for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
            path.replace(at, path.find('}') - at + 1, "x%20" + std::to_string(names));
            ++names;
        }
        const Found found = findRoute(route.method, path);
        ASSERT_EQ(found.route, &route) << path;
        ASSERT_EQ(found.parts.size(), names);
        for (const auto& [name, value] : found.parts) EXPECT_EQ(value.substr(0, 2), "x ") << name;
    }
}

TEST(MobileRoutes, WhatIsNoneIsNotFound) {
    App app;
    for (const char* path : {"/", "", "/nothing", "/form/", "//form", "/FORM", "/petitions//files", "/uploads/", "form",
                             "/petitions/1/files", "/public/1/files/x/y", "/../form"})
        EXPECT_EQ(app.get(path).code(), "request.not_found") << path;
    EXPECT_EQ(app.get("/petitions/" + std::string(201, 'x')).status(), 404);
}

TEST(MobileRoutes, AnotherMethodIsToldWhichThereAre) {
    App app;
    const Heard heard = app.call("PATCH", "/petitions");
    EXPECT_EQ(heard.status(), 405);
    EXPECT_EQ(heard.response.headers.at("allow"), "POST, GET");
    EXPECT_EQ(app.call("OPTIONS", "/form").status(), 405);
}

TEST(MobileRoutes, BrokenEscapesStayWhatTheyAre) {
    EXPECT_EQ(percentDecoded("a%20b%"), "a b%");
    EXPECT_EQ(percentDecoded("%2"), "%2");
    EXPECT_EQ(percentDecoded("%zz%41"), "%zzA");
}

/// Who is nobody gets in where anybody may, and nowhere else.
TEST(MobileRoutes, WhoMayCallIsWhatTheTableSays) {
    for (const bool optional : {false, true}) {
        App app{{{"sign_in", optional ? "optional" : "required"}}};
        for (const Route& route : routes()) {
            std::string path{route.path};
            for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
                path.replace(at, path.find('}') - at + 1, "x");
            const bool closed =
                route.who == Who::kSignedIn || route.who == Who::kSender || (route.who == Who::kWriter && !optional);
            const std::string code = app.call(std::string{route.method}, path).code();
            EXPECT_EQ(code == "session.required", closed) << route.method << ' ' << route.path << ": " << code;
            app.token = "nobody's";
            const std::string false_token = app.call(std::string{route.method}, path).code();
            EXPECT_EQ(false_token == "session.required", route.who != Who::kAnybody) << route.path;
            app.token.clear();
        }
    }
}

}  // namespace
}  // namespace pakn::in_mobile
