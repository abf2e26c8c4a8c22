/// @file
/// Call detail records as spreadsheets leave them, and the folder in which they lie.

#include <gmock/gmock.h>

#include <filesystem>

#include "call_inbox.hpp"
#include "cdr_folder.hpp"
#include "cdr_table.hpp"
#include "contract.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/temporary_folder.hpp"
#include "times.hpp"

namespace pakn::hotline {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kHead = "call_id,started_at,answered_at,ended_at,caller,called,agent,result,recording\n";
constexpr std::chrono::milliseconds kShortCall{3000};

struct Read {
    std::vector<Call> calls;
    std::vector<std::string> mistakes;  ///< "3 /result"
    std::string problem;                ///< Of the file.
};

Read read(const std::string& text, const std::string& encoding = "utf-8") {
    Read found;
    const Status done = readCdr(text, encoding, kShortCall, [&](const CdrRow& row) -> Status {
        if (row.call)
            found.calls.push_back(*row.call);
        else
            found.mistakes.push_back(std::to_string(row.number) + ' ' + row.call.error().field);
        return Done{};
    });
    if (!done) found.problem = done.error().problem;
    return found;
}

TEST(Cdr, ARowIsACall) {
    const Read found =
        read(kHead +
             "1763333492.7,2026-11-22T10:15:29+07:00,2026-11-22T10:15:41+07:00,2026-11-22T10:18:02+07:00,"
             "0912345678,1022,201,answered,https://tongdai.example/1.wav\n");
    ASSERT_THAT(found.calls, SizeIs(1));
    const Call& call = found.calls[0];
    EXPECT_EQ(call.id, "1763333492.7");
    EXPECT_EQ(call.caller, "0912345678");
    EXPECT_EQ(call.called, "1022");
    EXPECT_EQ(call.agent, "201");
    EXPECT_EQ(call.result, "answered");
    EXPECT_EQ(call.started_at, parseInstant("2026-11-22T10:15:29+07:00"));
    EXPECT_EQ(call.answered_at, parseInstant("2026-11-22T10:15:41+07:00"));
    EXPECT_EQ(call.ended_at, parseInstant("2026-11-22T10:18:02+07:00"));
    EXPECT_EQ(call.attributes, (Attributes{{"recording_url", "https://tongdai.example/1.wav"}}));
}

TEST(Cdr, EachRowOfTheContractsTable) {
    const auto callerOf = [](const std::string& cell) {
        return read("call_id;started_at;caller\nc;2026-11-22 10:15:29;" + cell + "\n").calls.at(0).caller;
    };
    EXPECT_EQ(callerOf("912345678"), "912345678");                 // 1: the hub knows what is missing.
    EXPECT_EQ(callerOf("\"=\"\"0912345678\"\"\""), "0912345678");  // 2
    EXPECT_EQ(callerOf("'0912345678"), "0912345678");
    EXPECT_EQ(callerOf("9.12345678E+8"), "912345678");  // 3
    EXPECT_EQ(callerOf("9,12345678E+08"), "912345678");
    EXPECT_EQ(callerOf("9.12E+08"), "");                                                                          // 4
    EXPECT_THAT(read("call_id;started_at\n1.76E+09;2026-11-22 10:15:29\n").mistakes, ElementsAre("2 /call_id"));  // 5
    EXPECT_EQ(read("call_id;started_at\n1763333492,7;2026-11-22 10:15:29\n").calls.at(0).id, "1763333492.7");     // 6
    const auto startOf = [](const std::string& cell) {
        return read("call_id;started_at\nc;" + cell + "\n").calls.at(0).started_at;
    };
    EXPECT_EQ(startOf("22/11/2026 10:15:29"), parseInstant("2026-11-22T10:15:29+07:00"));  // 7
    EXPECT_EQ(startOf("2026-11-22 10:15"), parseInstant("2026-11-22T10:15:00+07:00"));
    EXPECT_THAT(read("call_id;started_at\n;\n\nc;2026-11-22 10:15:29\n;;\n").calls, SizeIs(1));  // 8
    EXPECT_EQ(contractRows("| what a spreadsheet does | what becomes of it |").size(), 8U);
}

TEST(Cdr, SeparatorsByteOrderMarksAndColumnsAsTheyCome) {
    const Read found = read("\xEF\xBB\xBFStarted_At;CALL_ID; agent ;note\n2026-11-22 10:15:29;c1;201;x\n");
    ASSERT_THAT(found.calls, SizeIs(1));
    EXPECT_EQ(found.calls[0].agent, "201");
    EXPECT_EQ(read(kHead + "c,2026-11-22 10:15:29,NULL,-,N/A,,,,rec/c.wav\n").calls.at(0).attributes,
              (Attributes{{"recording_file", "rec/c.wav"}}));
    EXPECT_EQ(read("call_id;started_at;agent\nc;2026-11-22 10:15:29;H\xF5ng\n", "windows-1258")
                  .calls.at(0)
                  .agent.substr(0, 1),
              "H");
}

TEST(Cdr, AFileThatIsNoneIsTold) {
    EXPECT_EQ(read("call_id;agent\nc;201\n").problem, "hotline.columns");
    EXPECT_EQ(read("").problem, "hotline.columns");
    EXPECT_EQ(read("call_id;started_at\n\"c;2026").problem, "hotline.csv");
    EXPECT_EQ(read("call_id;started_at\n\xFF\xFE;x\n").problem, "hotline.encoding");
}

TEST(Cdr, RowsThatAreNoneDoNotKeepTheOthersFromBeingRead) {
    const Read found = read(kHead +
                            "c1,2026-11-22 10:15:29,,,,,,,\n"
                            ",2026-11-22 10:15:29,,,,,,,\n"
                            "c3,yesterday,,,,,,,\n"
                            "c4,2026-11-22 10:15:29,,,,,,lost,\n"
                            "c5,,,,,,,,\n" +
                            std::string(201, 'c') +
                            ",2026-11-22 10:15:29,,,,,,,\n"
                            "c7,2026-11-22 10:15:29,,2026-11-22 10:15:30,,,,Abandoned,\n");
    EXPECT_THAT(found.mistakes, ElementsAre("3 /call_id", "4 /started_at", "5 /result", "6 /started_at", "7 /call_id"));
    ASSERT_THAT(found.calls, SizeIs(2));
    EXPECT_EQ(found.calls[1].result, "abandoned");
    EXPECT_EQ(found.calls[1].attributes, (Attributes{{"short", "true"}}));
}

class CdrFolderTest : public ::testing::Test {
protected:
    CdrFolder open(bool renamed = true, std::int64_t most = 1 << 20) {
        return CdrFolder{{.directory = folder_.path(), .renamed = renamed, .max_file = most, .short_call = kShortCall},
                         services_};
    }
    [[nodiscard]] int count(const char* name) const {
        int files = 0;
        for (const fs::directory_entry& one : fs::directory_iterator{folder_ / name}) files += one.is_regular_file();
        return files;
    }
    static std::string rows(int first, int last) {
        std::string text = kHead;
        for (int i = first; i <= last; ++i)
            text +=
                "c" + std::to_string(i) + ",2026-11-22 10:15:29,,2026-11-22 10:18:02,0912345678,1022,201,answered,\n";
        return text;
    }

    const testing::TemporaryFolder folder_;
    testing::FakeHostServices services_;
    CallInbox inbox_;
};

TEST_F(CdrFolderTest, AFileIsTakenAndMovedAndTheSameAgainChangesNothing) {
    CdrFolder cdr = open();
    folder_.write("a.csv", rows(1, 3) + "bad\n");
    folder_.write(".hidden.csv", rows(7, 7));
    folder_.write("b.txt", rows(8, 8));
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_THAT(inbox_.calls(), SizeIs(3));
    ASSERT_THAT(inbox_.other().unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox_.other().unacceptable()[0].problem.problem, "hotline.row");
    EXPECT_THAT(inbox_.other().unacceptable()[0].problem.message, ::testing::HasSubstr("row 5"));
    EXPECT_EQ(count("done"), 1);
    EXPECT_EQ(count(""), 2) << "what is none of ours stays";
    folder_.write("a.csv", rows(1, 3) + "bad\n");
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_THAT(inbox_.calls(), SizeIs(3));
    EXPECT_EQ(count("done"), 1) << "the same file has the same name there";
}

TEST_F(CdrFolderTest, AFileThatStillGrowsIsNotTaken) {
    CdrFolder cdr = open(false);
    folder_.write("a.csv", rows(1, 1));
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_THAT(inbox_.calls(), IsEmpty());
    folder_.write("a.csv", rows(1, 2));
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_THAT(inbox_.calls(), IsEmpty());
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_THAT(inbox_.calls(), SizeIs(2));
}

TEST_F(CdrFolderTest, WhatIsNoFileOfCallsIsRejectedAndTheNextOneIsTaken) {
    CdrFolder cdr = open(true, 1000);
    folder_.write("a.csv", "so dien thoai;thoi gian\n0912345678;hom nay\n");
    folder_.write("b.csv", "\"call_id");
    folder_.write("c.csv", rows(1, 100));  // Too large.
    folder_.write("d.csv", rows(1, 1));
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_EQ(count("rejected"), 3);
    EXPECT_EQ(count("done"), 1);
    EXPECT_EQ(services_.counted("cdr_files_rejected"), 3);
    for (const auto& line : services_.logged()) EXPECT_EQ(line.text.find("0912345678"), std::string::npos);
}

TEST_F(CdrFolderTest, WhenTheHubIsNotWellTheFileStaysAndGoesOnWhereItWas) {
    CdrFolder cdr = open();
    folder_.write("a.csv", rows(1, 5));
    int left = 3;
    inbox_.setScript([&](const Call&) -> std::optional<Error> {
        if (left-- > 0) return std::nullopt;
        return Error{.code = Errc::kUnavailable, .message = "no"};
    });
    EXPECT_EQ(cdr.poll(inbox_, {}).error().code, Errc::kUnavailable);
    EXPECT_EQ(count("done"), 0);
    inbox_.setScript({});
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_THAT(inbox_.calls(), SizeIs(5));
    EXPECT_EQ(inbox_.told(), 6) << "three, one that failed, two";
    EXPECT_EQ(count("done"), 1);
}

TEST_F(CdrFolderTest, AHubThatHasEnoughForNowIsNoFailure) {
    CdrFolder cdr = open();
    folder_.write("a.csv", rows(1, 5));
    inbox_.fail(Errc::kUnavailable, "connector.busy");
    EXPECT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_EQ(count("done"), 0);
    inbox_.setScript({});
    EXPECT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_EQ(count("done"), 1);
}

TEST_F(CdrFolderTest, WhatTheHubRefusesIsARefusedRow) {
    CdrFolder cdr = open();
    folder_.write("a.csv", rows(1, 2));
    inbox_.setScript([](const Call& call) -> std::optional<Error> {
        if (call.id != "c1") return std::nullopt;
        return Error{.code = Errc::kInvalid, .message = "no", .problem = "call.field_invalid"};
    });
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    ASSERT_THAT(inbox_.other().unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox_.other().unacceptable()[0].problem.problem, "call.field_invalid");
    EXPECT_THAT(inbox_.calls(), SizeIs(1));
}

TEST_F(CdrFolderTest, AFileThatKilledTheProcessTwiceIsNotLookedIntoAgain) {
    CdrFolder cdr = open();
    folder_.write("a.csv", rows(1, 2));
    inbox_.refuseWork(true);
    ASSERT_TRUE(cdr.poll(inbox_, {}));
    EXPECT_EQ(count("rejected"), 1);
    EXPECT_THAT(inbox_.calls(), IsEmpty());
    ASSERT_THAT(inbox_.other().unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox_.other().unacceptable()[0].problem.problem, "connector.quarantined");
}

TEST_F(CdrFolderTest, AnEncodingIsOneOfTwo) {
    EXPECT_THROW((CdrFolder{{.directory = folder_.path(), .encoding = "latin-1"}, services_}), std::invalid_argument);
}

}  // namespace
}  // namespace pakn::hotline
