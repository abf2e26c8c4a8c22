/// @file
/// What a server announces is looked at before libetpan takes memory for it, however its bytes arrive.

#include "literals.hpp"

#include <gtest/gtest.h>

namespace pakn::in_email {
namespace {

bool sound(std::string_view said, std::size_t at_a_time) {
    Literals literals{100};
    for (std::size_t at = 0; at < said.size(); at += at_a_time)
        if (!literals.sound(said.substr(at, at_a_time))) return false;
    return true;
}

void expect(std::string_view said, bool is_sound) {
    for (const std::size_t at_a_time : {std::size_t{1}, std::size_t{7}, said.size()})
        EXPECT_EQ(sound(said, at_a_time), is_sound) << said << " by " << at_a_time;
}

TEST(LiteralsTest, WhatIsAskedForComes) {
    expect("* 4 FETCH (UID 4 BODY[] {100}\r\n" + std::string(100, '{') + ")\r\na1 OK\r\n", true);
    expect("* LIST () \"/\" {3}\r\na}b\r\n* LIST () \"/\" x\r\n", true);
    expect("* 4 FETCH (UID 4 BODY[] {}\r\n", true);
    expect("* 4 FETCH (UID 4 BODY[] {99} )\r\n{100}\r\n", true);
}

TEST(LiteralsTest, MoreThanThatIsTheEndOfIt) {
    expect("* 4 FETCH (UID 4 BODY[] {101}\r\n", false);
    expect("* 4 FETCH (UID 4 BODY[] {101}\n", false);
    expect("* 4 FETCH (UID 4 BODY[] {4294967296}\r\n", false);
    expect("* 4 FETCH (UID 4 BODY[] {16666666666666666666666666666666666668}\r\n", false);
    expect("* 4 FETCH (UID 4 X {5}\r\n{101} BODY[] {101}\r\n", false);
}

TEST(LiteralsTest, AMailMaySayWhatItLikes) {
    const std::string mail = "\r\n{4294967296}\r\n* 1 FETCH {999}\r\n";
    expect("* 4 FETCH (BODY[] {" + std::to_string(mail.size()) + "}\r\n" + mail + ")\r\na1 OK\r\n", true);
}

TEST(LiteralsTest, WordsForPeopleAnnounceNothing) {
    for (const char* const words : {"* OK see {30}\r\n", "a1 no {30}\r\n", "+ go on {30}\r\n", "* BYE {30}\r\n"})
        expect(std::string{words} + "* 4 FETCH (BODY[] {999}\r\n", false);
    expect("* 3 EXISTS {30}\r\n" + std::string(30, '{') + "\r\n* 4 FETCH (BODY[] {100}\r\n", true);
}

TEST(LiteralsTest, OddPlacesAreNoExcuse) {
    for (const char* const said :
         {"* 4 FETCH (BODY[] {999}9}\r\n", "* OK [BADCHARSET ({999}\r\n", "* OK {999", "{101}"})
        expect(said, false);
}

}  // namespace
}  // namespace pakn::in_email
