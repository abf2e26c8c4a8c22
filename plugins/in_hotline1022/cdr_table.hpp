#pragma once
/// @file
/// A file of call detail records as a spreadsheet leaves it: docs/contracts/hotline-1022.md, A4.

#include <chrono>
#include <functional>
#include <pakn/sdk/inbox.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::hotline {

/// One row: a call, or why it is none.
struct CdrRow {
    int number = 0;  ///< The line on which it begins, from 1.
    Result<Call> call;
    std::string raw;  ///< As it stands there. Personal data.
};

/// An error ends the reading and is returned.
using TakeCdrRow = std::function<Status(CdrRow row)>;

/// kInvalid ("hotline.encoding", "hotline.columns", "hotline.csv"): the file is none. A row that is none does not keep
/// the others from being read.
Status readCdr(std::string_view bytes, const std::string& encoding, std::chrono::milliseconds short_call,
               const TakeCdrRow& take);

/// A cell as it was before a spreadsheet looked at it: `="0912345678"` and `'0912345678` are numbers, `9.12345678E+8`
/// is one with its last digit where nothing was lost. Empty for `NULL` and the like.
std::string plainCell(std::string_view cell);

}  // namespace pakn::hotline
