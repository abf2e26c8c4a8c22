/// @file
/// Packets of the manager interface, however they come.

#include "ami_packet.hpp"

#include <gtest/gtest.h>

namespace pakn::hotline {
namespace {

constexpr std::string_view kTwo =
    "Asterisk Call Manager/7.0.3\r\nResponse: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"
    "Event: Hangup\r\nCallerIDName: <unknown>\r\nAccountCode: \r\nUniqueid: 1763333492.8\r\nVia: a:b\r\n\r\n";

void expectTwo(const std::vector<AmiPacket>& packets) {
    ASSERT_EQ(packets.size(), 2U);
    EXPECT_TRUE(packets[0].isResponse());
    EXPECT_FALSE(packets[0].isEvent());
    EXPECT_EQ(packets[0].get("ActionID"), "1");
    EXPECT_TRUE(packets[1].isEvent());
    EXPECT_EQ(packets[1].get("uniqueID"), "1763333492.8");
    EXPECT_EQ(packets[1].get("AccountCode"), "");
    EXPECT_EQ(packets[1].get("Via"), "a:b");
    EXPECT_EQ(packets[1].get("CallerIDName"), "<unknown>");
}

TEST(AmiParser, PacketsAreTheSameHoweverTheirBytesAreCut) {
    for (std::size_t size = 1; size <= kTwo.size(); ++size) {
        AmiParser parser;
        std::vector<AmiPacket> packets;
        for (std::size_t at = 0; at < kTwo.size(); at += size)
            for (AmiPacket& one : parser.feed(kTwo.substr(at, size))) packets.push_back(std::move(one));
        EXPECT_TRUE(parser.greeted());
        expectTwo(packets);
    }
}

TEST(AmiParser, APacketWithoutItsEmptyLineIsNotThereYet) {
    AmiParser parser;
    EXPECT_TRUE(parser.feed("Event: Hangup\r\nUniqueid: 1\r\n").empty());
    EXPECT_FALSE(parser.greeted());
    EXPECT_TRUE(parser.feed("\r").empty());
    EXPECT_EQ(parser.feed("\n").size(), 1U);
    EXPECT_TRUE(parser.feed("\r\n\r\n\n").empty()) << "empty lines between packets are nothing";
    EXPECT_EQ(parser.feed("Event: A\nUniqueid: 1\n\n").size(), 1U) << "bare line feeds, too";
}

TEST(AmiParser, WhatIsLongIsCutAndTheRestGoesOn) {
    AmiParser parser;
    const std::string piece(1000, 'x');
    parser.feed("Event: VarSet\r\nValue: ");
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(parser.feed(piece).empty());
    const std::vector<AmiPacket> packets = parser.feed("\r\nUniqueid: 7\r\n\r\n");
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_LE(packets[0].get("Value").size(), AmiParser::kMostLine);
    EXPECT_EQ(packets[0].get("Uniqueid"), "7");

    std::string many = "Event: A\r\n";
    for (int i = 0; i < 1000; ++i) many += "Name" + std::to_string(i) + ": x\r\n";
    const std::vector<AmiPacket> large = parser.feed(many + "\r\nEvent: B\r\n\r\n");
    ASSERT_EQ(large.size(), 2U);
    EXPECT_EQ(large[0].get("Name198"), "x");
    EXPECT_EQ(large[0].get("Name900"), "");
    EXPECT_EQ(large[1].get("Event"), "B");
}

TEST(AmiParser, LinesWithoutAKeyAreNobodys) {
    AmiParser parser;
    const std::vector<AmiPacket> packets = parser.feed("garbage\r\nEvent: A\r\n\xff\xfe\r\n: x\r\n\r\n");
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_EQ(packets[0].get("Event"), "A");
}

}  // namespace
}  // namespace pakn::hotline
