/// @file
/// The README's table of remedies names every row of the contract, each once.

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "contract.hpp"

namespace pakn::out_push {
namespace {

/// The answers that first cells name behind a service: "FCM 404 UNREGISTERED, 401 - · APNs 410 Unregistered".
std::multiset<std::string> namedInReadme(const std::string& service) {
    std::ifstream lines{PAKN_SOURCE_DIR "/connectors/out_push/README.md"};
    std::multiset<std::string> rows;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| ")) continue;
        const std::string cell = line.substr(2, line.find(" |", 2) - 2);
        const std::size_t at = cell.find(service + ' ');
        if (at == std::string::npos) continue;
        const std::string named = cell.substr(at + service.size() + 1);
        std::istringstream answers{named.substr(0, named.find(" ·"))};
        for (std::string answer; std::getline(answers >> std::ws, answer, ',');) rows.insert(answer);
    }
    return rows;
}

TEST(PushReadme, NamesEveryRowOnce) {
    for (const auto& [service, table] : {std::pair{"FCM", "fcm"}, std::pair{"APNs", "apns"}}) {
        const std::vector<std::string> rows = contractRows(table);
        EXPECT_EQ(namedInReadme(service), (std::multiset<std::string>{rows.begin(), rows.end()})) << service;
    }
}

}  // namespace
}  // namespace pakn::out_push
