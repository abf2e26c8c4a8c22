#include "core/http/trace.hpp"

#include <gtest/gtest.h>

namespace pakn::http {
namespace {

TEST(Trace, TakesTheTraceOfAWellFormedHeader) {
    EXPECT_EQ(traceOf("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), "0af7651916cd43dd8448eb211c80319c");
}

TEST(Trace, MakesItsOwnForAnythingElse) {
    for (const char* header :
         {"", "00", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "\r\n",
          "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c",
          "00-0af7651916cd43dd8448eb211c8031;c-b7ad6b7169203331-01"}) {
        const std::string trace = traceOf(header);
        EXPECT_NE(trace, traceOf(header)) << header;
        EXPECT_EQ(trace.find_first_of("\r\n;"), std::string::npos) << header;
    }
}

}  // namespace
}  // namespace pakn::http
