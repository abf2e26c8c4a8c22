/// @file
/// The README's table of remedies names every code of the contract, each once.

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "contract.hpp"

namespace pakn::out_sms {
namespace {

/// The codes that first cells name behind a gateway: "VNPT 8, 12 · eSMS 99".
std::multiset<std::string> namedInReadme(const std::string& gateway) {
    std::istringstream lines{fileText("connectors/out_sms/README.md")};
    std::multiset<std::string> codes;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| ")) continue;
        const std::string cell = line.substr(2, line.find(" |", 2) - 2);
        std::size_t at = cell.find(gateway + ' ');
        if (at == std::string::npos) continue;
        std::string named = cell.substr(at + gateway.size() + 1);
        named = named.substr(0, named.find(" ·"));
        std::istringstream words{named};
        for (std::string code; std::getline(words >> std::ws, code, ',');)
            if (code.find_first_not_of("-0123456789") == std::string::npos) codes.insert(code);
    }
    return codes;
}

TEST(SmsReadme, NamesEveryCodeOnce) {
    for (const auto& [gateway, table] : {std::pair{"VNPT", "vnpt"}, std::pair{"eSMS", "esms"}}) {
        const std::vector<std::string> rows = contractRows(table);
        EXPECT_EQ(namedInReadme(gateway), (std::multiset<std::string>{rows.begin(), rows.end()})) << gateway;
    }
}

}  // namespace
}  // namespace pakn::out_sms
