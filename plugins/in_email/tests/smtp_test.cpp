/// @file
/// What a submission server's answer to the recipient means: that the address is wrong, or that something else is.

#include "smtp.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "core/testing/loopback_peer.hpp"

namespace pakn::in_email {
namespace {

/// Takes every command but RCPT, which it answers so.
void refuseRecipients(testing::Connection& connection, const std::string& answer) {
    connection.write("220 mx.mau.example\r\n");
    std::string bytes;
    char chunk[1024];
    for (ssize_t got = 0; (got = ::recv(connection.socket(), chunk, sizeof chunk, 0)) > 0;) {
        bytes.append(chunk, static_cast<std::size_t>(got));
        for (std::size_t end = 0; (end = bytes.find("\r\n")) != std::string::npos; bytes.erase(0, end + 2)) {
            const std::string verb = bytes.substr(0, 4);
            connection.write(verb == "RCPT" ? answer + "\r\n" : verb == "MAIL" ? "250 2.1.0 ok\r\n" : "250 mx\r\n");
        }
    }
}

Error errorAfter(const std::string& answer) {
    const testing::LoopbackPeer peer{[&](testing::Connection& connection) { refuseRecipients(connection, answer); }};
    const Server server{.host = "127.0.0.1", .port = peer.port(), .security = Security::kNone};
    const Status sent = submit(server, {.from = "paht@mau.example", .to = "lan@dan.example"}, "From: a\r\n", {});
    return sent ? Error{} : sent.error();
}

TEST(Submission, TheAddressIsWrongWhereTheServerSaysSo) {
    for (const char* answer : {"550 5.1.1 nobody of that name", "550 5.1.1", "550 5.1.10 no mail is taken there",
                               "550-5.1.1 nobody\r\n550-5.1.1 of\r\n550 5.1.1 that name",
                               "550-5.1.1 nobody\r\n550 look at https://mx.example/5.7.1", "550 5.2.1 closed"}) {
        const Error error = errorAfter(answer);
        EXPECT_EQ(error.code, Errc::kFallback) << answer;
        EXPECT_EQ(error.problem, "email.recipient") << answer;
    }
}

TEST(Submission, AnotherReasonSaysNothingOfTheAddress) {
    for (const char* answer :
         {"550 5.7.1 relaying denied", "554 5.7.1 <lan@dan.example>: Relay access denied", "550 no", "550",
          "550 5.1.7 the sender's address", "550 5.1.8 the sender's domain", "552 5.2.2 mailbox full",
          "550 5.2.10 unknown", "550 15.1.1 no status", "550 see 5.1.1", "550 5.1 half", "550 5.1.1.1 too much"}) {
        const Error error = errorAfter(answer);
        EXPECT_EQ(error.code, Errc::kFallback) << answer;
        EXPECT_EQ(error.problem, "email.recipient_refused") << answer;
    }
}

TEST(Submission, ForNowIsNoForEver) {
    EXPECT_EQ(errorAfter("450 4.2.1 come back").problem, "email.later");
    EXPECT_EQ(errorAfter("450 5.1.1 which is it").problem, "email.later");
}

}  // namespace
}  // namespace pakn::in_email
