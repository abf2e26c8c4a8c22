#pragma once
/// @file
/// The parts of a mail: which of them are read, which go along as files.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/decoder_process/mail_header.hpp"
#include "core/decoder_process/mail_words.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::decoder_process {

/// A part that holds no others. Its bytes belong to the tree.
struct Leaf {
    std::string type = {};           ///< "text/plain".
    Parameterized content = {};      ///< Content-Type.
    Parameterized disposition = {};  ///< Content-Disposition.
    std::string encoding = {};       ///< Content-Transfer-Encoding.
    std::string_view raw = {};

    /// As the sender called it, with its path; empty when nobody named it.
    [[nodiscard]] std::string_view name() const;
};

struct Tree {
    Header header = {};
    std::string type = {};         ///< Of the mail as a whole: "multipart/report".
    std::string report_type = {};  ///< "delivery-status".
    std::vector<Leaf> bodies = {};
    std::vector<Leaf> files = {};
    std::set<std::string> notes = {};

    std::shared_ptr<const void> memory = {};  ///< What the views point into.
};

/// Makes GMime ready. Opens files, starts no thread.
void prepareTrees();

/// kRejected ("decode.not_a_mail"), kTooLarge ("decode.header_too_large"). What is too deep or too
/// much is left out and noted: "cut_depth", "cut_parts".
Result<Tree> readTree(std::string mail);

}  // namespace pakn::decoder_process
