/// @file
/// Settings that cannot work are found before a connector is made of them.

#include "options.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/testing/settings.hpp"
#include "option_table.hpp"

namespace pakn::in_email {
namespace {

Settings with(Settings::Values more) {
    more.emplace("imap_host", "mail.mau.example");
    more.emplace("imap_user", "paht");
    more.emplace("imap_password", "s");
    more.emplace("from", "paht@mau.example");
    return testing::settingsFor(kOptions, std::move(more));
}

std::vector<std::string> mistakes(Settings::Values more) {
    std::vector<std::string> options;
    for (const SettingsMistake& one : mistakesIn(with(std::move(more)))) options.push_back(one.option);
    return options;
}
using Names = std::vector<std::string>;

TEST(EmailOptions, SoundOnesHaveNoMistake) {
    EXPECT_EQ(mistakes({}), Names{});
    EXPECT_EQ(mistakes({{"from", "Trung tâm <paht@mau.example>"},
                        {"smtp_host", "127.0.0.1"},
                        {"smtp_security", "none"},
                        {"smtp_user", "a"},
                        {"smtp_password", "b"}}),
              Names{});
}

TEST(EmailOptions, PasswordsDoNotCrossTheNetworkInClear) {
    EXPECT_EQ(mistakes({{"imap_security", "none"}}), Names{"imap_security"});
    EXPECT_EQ(mistakes({{"smtp_security", "none"}, {"smtp_host", "mail.mau.example"}}), Names{"smtp_security"});
    EXPECT_EQ(mistakes({{"imap_security", "ssl"}}), Names{"imap_security"});
}

TEST(EmailOptions, WhatCannotWorkIsNamed) {
    EXPECT_EQ(mistakes({{"from", "Trung tâm"}}), Names{"from"});
    EXPECT_EQ(mistakes({{"imap_port", "0"}}), Names{"imap_port"});
    EXPECT_EQ(mistakes({{"smtp_port", "70000"}}), Names{"smtp_port"});
    EXPECT_EQ(mistakes({{"smtp_user", "a"}}), Names{"smtp_user"});
    EXPECT_EQ(mistakes({{"bounces_to", "nobody"}}), Names{"bounces_to"});
}

TEST(EmailOptions, OwnAddressesAreAllThatTheMailboxHas) {
    const IntakeSettings read =
        intakeSettings(with({{"imap_user", "Hop.Thu@mau.example"}, {"bounces_to", "b@mau.example"}}));
    EXPECT_EQ(read.own_addresses,
              (std::vector<std::string>{"paht@mau.example", "b@mau.example", "hop.thu@mau.example"}));
}

TEST(EmailOptions, AFolderIsNamedWithItsServerAndLogin) {
    const auto name = [](Settings::Values more) { return folderName(mailboxSettings(with(std::move(more)))); };
    const std::set<std::string> names{name({}), name({{"imap_host", "khac.mau.example"}}),
                                      name({{"imap_user", "khac"}}), name({{"mailbox", "Phan anh"}}),
                                      name({{"mailbox", "phan anh"}})};
    EXPECT_EQ(names.size(), 5U);
    EXPECT_EQ(name({}), name({{"imap_host", "Mail.Mau.Example"}, {"mailbox", "inbox"}, {"imap_port", "143"}}));
}

}  // namespace
}  // namespace pakn::in_email
